//! Which addresses a credential may be sent to.

use url::Url;

/// Whether an origin of a credential's covers an address: `scheme://host[:port]`, or `https://*.suffix` for every host under
/// the suffix, on the standard port.
#[must_use]
pub fn covers(origin: &str, address: &Url) -> bool {
    match origin.split_once("://*.") {
        Some((scheme, suffix)) => {
            let host = address.host_str().unwrap_or_default();
            let under = host.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('.'));
            scheme == address.scheme()
                && address.port().is_none()
                && under.is_some_and(|label| !label.is_empty())
        }
        None => Url::parse(origin).is_ok_and(|origin| origin.origin() == address.origin()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_covers_itself_and_a_wildcard_what_is_under_it() {
        let covers = |origin, address: &str| covers(origin, &address.parse().unwrap());
        assert!(covers("https://api.example.com", "https://api.example.com:443/x?y"));
        assert!(covers("https://*.example.com", "https://a.b.example.com/"));
        for (origin, address) in [
            ("https://api.example.com", "http://api.example.com/"),
            ("https://api.example.com", "https://api.example.com:8443/"),
            ("https://api.example.com", "https://api.example.com.evil.example/"),
            ("https://*.example.com", "https://example.com/"),
            ("https://*.example.com", "https://evilexample.com/"),
            ("https://*.example.com", "https://a.example.com:444/"),
            ("https://*.example.com", "http://a.example.com/"),
        ] {
            assert!(!covers(origin, address), "{origin} {address}");
        }
    }
}
