//! Percent-encoding of everything that is not unreserved (RFC 3986 §2.3), and queries written with it.

use url::Url;

pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Encodes only what would end or split a query value.
pub(crate) fn encode_barely(text: &str) -> String {
    let special = |c: char| c.is_control() || c.is_whitespace() || "&#+%=\"<>".contains(c) || !c.is_ascii();
    text.chars().map(|c| if special(c) { encode(&c.to_string()) } else { c.to_string() }).collect()
}

/// Appends a pair whose value is encoded already.
pub(crate) fn append_encoded(url: &mut Url, name: &str, encoded: &str) {
    let pair = format!("{}={encoded}", encode(name));
    let query = match url.query() {
        Some(before) if !before.is_empty() => format!("{before}&{pair}"),
        _ => pair,
    };
    url.set_query(Some(&query));
}

/// Appends a pair. A space becomes `%20`, which every decoder reads alike.
pub(crate) fn append(url: &mut Url, name: &str, value: &str) {
    append_encoded(url, name, &encode(value));
}
