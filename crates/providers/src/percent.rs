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

/// Takes out the pairs of these names.
pub(crate) fn remove(url: &mut Url, is_meant: impl Fn(&str) -> bool) {
    let Some(query) = url.query() else { return };
    let name =
        |pair: &str| url::form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned());
    let kept: Vec<_> =
        query.split('&').filter(|pair| !name(pair).is_some_and(|name| is_meant(&name))).collect();
    let kept = Some(kept.join("&")).filter(|kept| !kept.is_empty());
    url.set_query(kept.as_deref());
}

/// Appends a pair. A space becomes `%20`, which every decoder reads alike.
pub(crate) fn append(url: &mut Url, name: &str, value: &str) {
    append_encoded(url, name, &encode(value));
}
