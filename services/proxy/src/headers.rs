//! Which headers cross, and which end here. Pure.
//!
//! A message is framed anew on each side, so nothing that describes one connection crosses to the other (RFC 9110 §7.6.1).

use http::{HeaderMap, HeaderName, HeaderValue, header};
use latchkey_wire::contract::Source;

/// About one connection only (RFC 9110 §7.6.1, and `keep-alive` and `proxy-connection` of old).
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
];

/// Ours, or about the way to us: whose key this is, which proxies were passed, what the caller's browser holds for us.
const ENDS_HERE: [&str; 11] = [
    "authorization",
    "cookie",
    "host",
    "content-length",
    "forwarded",
    "via",
    "x-real-ip",
    "x-request-id",
    "traceparent",
    "tracestate",
    "baggage",
];
const ENDS_HERE_PREFIXES: [&str; 3] = ["latchkey-", "x-forwarded-", "proxy-"];

/// What a provider may not tell a client of ours: it would hold for our own origin.
const NOT_OURS_TO_SAY: [&str; 9] = [
    "set-cookie",
    "alt-svc",
    "strict-transport-security",
    "clear-site-data",
    "content-security-policy",
    "public-key-pins",
    "service-worker-allowed",
    "latchkey-source",
    Source::HEADER,
];

/// The caller's headers as they go to the provider, without those that the credential sets.
pub fn to_provider(sent: &HeaderMap, set_by_credential: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    let named = named_by_connection(sent);
    let crosses = |name: &HeaderName| !is_for_us(name) && !named.contains(name) && !set_by_credential(name);
    sent.iter().filter(|(name, _)| crosses(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether a caller's header ends here, whatever the provider.
pub fn is_for_us(name: &HeaderName) -> bool {
    let text = name.as_str();
    HOP_BY_HOP.contains(&text)
        || ENDS_HERE.contains(&text)
        || ENDS_HERE_PREFIXES.iter().any(|prefix| text.starts_with(prefix))
}

/// The provider's headers as they go to the caller.
pub fn to_caller(answered: &HeaderMap) -> HeaderMap {
    let named = named_by_connection(answered);
    let crosses = |name: &HeaderName| {
        let text = name.as_str();
        !HOP_BY_HOP.contains(&text)
            && !NOT_OURS_TO_SAY.contains(&text)
            && !text.starts_with("proxy-")
            && !named.contains(name)
    };
    let mut headers: HeaderMap = answered
        .iter()
        .filter(|(name, _)| crosses(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    // Whatever it is, it is not a page of ours.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
}

/// The length of a body that is passed on while it comes, if the caller told it.
pub fn content_length(sent: &HeaderMap) -> Option<u64> {
    sent.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether the caller wants to speak WebSocket (RFC 6455 §4.1).
pub fn asks_for_websocket(sent: &HeaderMap) -> bool {
    let says = |name: HeaderName, word: &str| {
        let lists = sent.get_all(name);
        lists
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|list| list.split(',').any(|item| item.trim().eq_ignore_ascii_case(word)))
    };
    says(header::CONNECTION, "upgrade") && says(header::UPGRADE, "websocket")
}

fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let lists = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).filter_map(|name| name.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        headers.keys().map(HeaderName::as_str).collect()
    }

    #[test]
    fn what_describes_the_way_to_us_ends_here() {
        let sent = headers(&[
            ("accept", "application/json"),
            ("authorization", "Bearer canary_key"),
            ("connection", "keep-alive, X-Hop"),
            ("x-hop", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("cookie", "a=b"),
            ("x-forwarded-for", "1.2.3.4"),
            ("forwarded", "for=1.2.3.4"),
            ("latchkey-connection", "con_1"),
            ("proxy-authorization", "Basic x"),
            ("host", "latchkey"),
            ("content-length", "3"),
        ]);
        assert_eq!(names(&to_provider(&sent, |_| false)), ["accept"]);
    }

    #[test]
    fn a_caller_cannot_set_or_smuggle_away_what_the_credential_sets() {
        let sent = headers(&[
            ("x-api-key", "forged"),
            ("x-api-key", "twice"),
            ("connection", "x-version"),
            ("x-version", "1"),
        ]);
        assert!(to_provider(&sent, |name| name == "x-api-key").is_empty());
    }

    #[test]
    fn what_would_hold_for_our_own_origin_is_left_out() {
        let answered = headers(&[
            ("content-type", "text/html"),
            ("set-cookie", "a=b"),
            ("strict-transport-security", "max-age=1"),
            ("content-security-policy", "default-src *"),
            ("link", "<x>; rel=next"),
        ]);
        let passed = to_caller(&answered);
        assert_eq!(passed["content-security-policy"], "sandbox");
        assert_eq!(passed["link"], "<x>; rel=next");
        assert!(!passed.contains_key("set-cookie") && !passed.contains_key("strict-transport-security"));
    }

    #[test]
    fn a_websocket_is_asked_for_by_two_headers() {
        let both = [("connection", "keep-alive, Upgrade"), ("upgrade", "WebSocket")];
        assert!(asks_for_websocket(&headers(&both)));
        assert!(!asks_for_websocket(&headers(&both[..1])) && !asks_for_websocket(&headers(&both[1..])));
    }
}
