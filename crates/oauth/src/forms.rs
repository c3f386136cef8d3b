//! The forms a secret takes on its way: as it is, percent-encoded, in base64.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};

pub(crate) fn of(secret: &str) -> [String; 5] {
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let lower = lower_hex(&encoded);
    [secret.to_owned(), encoded, lower, STANDARD.encode(secret), URL_SAFE_NO_PAD.encode(secret)]
}

/// Some servers write `%2f` where others write `%2F`.
fn lower_hex(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(part.len().min(2));
        lower.push('%');
        lower.push_str(&digits.to_ascii_lowercase());
        lower.push_str(rest);
    }
    lower
}
