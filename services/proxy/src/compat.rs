//! Requests as another product's clients write them: their headers become ours before anything else looks at them, and what
//! is refused is told in their envelope. Nothing more is allowed to them than to our own. Pure.

use crate::headers::is_for_us;
use crate::refusal::{Refusal, SOURCE};
use crate::target::{BASE_URL, CONNECTION, RETRIES};
use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use latchkey_wire::{Kind, Reason};
use serde_json::json;

const THEIR_CONNECTION: &str = "connection-id";
const THEIR_INTEGRATION: &str = "provider-config-key";
const RETRY_ON: &str = "retry-on";
/// A header's new name, and the one it is to have at the provider.
const PASSED_ON: &str = "nango-proxy-";

/// Headers that become ours; an empty one says nothing.
const RENAMED: [(&str, &str); 3] =
    [(THEIR_CONNECTION, CONNECTION), ("retries", RETRIES), ("base-url-override", BASE_URL)];

/// Headers that end here without a counterpart: bodies are passed on as they are, and redirects are the caller's to follow.
const DROPPED: [&str; 2] = ["decompress", "forward-headers-on-redirect"];

/// What their requests may say and ours do not.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The integration the connection has to be of.
    pub integration: Option<String>,
    /// Statuses beside the usual ones after which a request is sent again.
    pub retry_on: Vec<StatusCode>,
}

/// Whether a request is theirs. One that names a connection our way is ours.
pub fn is_theirs(headers: &HeaderMap) -> bool {
    !headers.contains_key(CONNECTION)
        && (headers.contains_key(THEIR_CONNECTION) || headers.contains_key(THEIR_INTEGRATION))
}

/// # Errors
/// With the header that is missing or cannot be used.
pub fn translated(headers: &mut HeaderMap) -> Result<Asked, Refusal> {
    for name in RENAMED.map(|(theirs, _)| theirs).into_iter().chain([THEIR_INTEGRATION, RETRY_ON]) {
        if headers.get_all(name).iter().count() > 1 {
            return Err(Refusal::field(name, "Give this header once."));
        }
    }
    let integration = taken(headers, THEIR_INTEGRATION)
        .ok_or_else(|| Refusal::field(THEIR_INTEGRATION, "Name the integration in this header."))?;
    if headers.get(THEIR_CONNECTION).is_none_or(HeaderValue::is_empty) {
        return Err(Refusal::field(THEIR_CONNECTION, "Name the connection in this header."));
    }
    let retry_on = retry_on(&taken(headers, RETRY_ON).unwrap_or_default())?;
    pass_on(headers);
    for (theirs, ours) in RENAMED {
        let value = headers.remove(theirs).filter(|value| !value.is_empty());
        if let Some(value) = value {
            headers.insert(ours, value);
        }
    }
    DROPPED.iter().for_each(|name| drop(headers.remove(*name)));
    Ok(Asked { integration: Some(integration), retry_on })
}

/// `nango-proxy-a` goes as `a`, but for what frames or routes the message: that is ours to write. The rest of their own
/// headers ends here.
fn pass_on(headers: &mut HeaderMap) {
    let theirs: Vec<HeaderName> =
        headers.keys().filter(|name| name.as_str().starts_with("nango-")).cloned().collect();
    for name in theirs {
        let values: Vec<HeaderValue> = headers.get_all(&name).iter().cloned().collect();
        headers.remove(&name);
        let plain = name.as_str().strip_prefix(PASSED_ON).and_then(|plain| plain.parse::<HeaderName>().ok());
        let Some(plain) = plain.filter(|plain| !is_for_us(plain)) else { continue };
        headers.remove(&plain);
        for value in values {
            headers.append(&plain, value);
        }
    }
}

fn retry_on(list: &str) -> Result<Vec<StatusCode>, Refusal> {
    let items = list.split(',').map(str::trim).filter(|item| !item.is_empty());
    let statuses = items.map(str::parse::<StatusCode>).collect::<Result<Vec<_>, _>>();
    statuses.map_err(|_| Refusal::field(RETRY_ON, "Give status codes with commas between them."))
}

fn taken(headers: &mut HeaderMap, name: &str) -> Option<String> {
    let value = headers.remove(name)?;
    value.to_str().ok().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A refusal in their envelope.
pub fn refused(Refusal(fault): Refusal) -> Response {
    let field = fault.metadata.get("field").map(String::as_str);
    let (status, code) = match (fault.reason, fault.kind) {
        (Reason::ApiKeyMissing, _) => (StatusCode::UNAUTHORIZED, "missing_auth_header"),
        (_, Kind::Unauthenticated) => (StatusCode::UNAUTHORIZED, "unknown_account"),
        (Reason::EgressBlocked, _) => (StatusCode::BAD_REQUEST, "base_url_override_not_allowed"),
        (_, Kind::Forbidden) => (StatusCode::FORBIDDEN, "forbidden"),
        (Reason::FieldInvalid, _) if field == Some(CONNECTION) || field == Some(THEIR_CONNECTION) => {
            (StatusCode::BAD_REQUEST, "missing_connection")
        }
        (Reason::FieldInvalid, _) if field == Some(BASE_URL) => (StatusCode::BAD_REQUEST, "missing_api_url"),
        (Reason::ConnectionUnknown | Reason::ConnectionDeleted, _) => {
            (StatusCode::BAD_REQUEST, "missing_connection")
        }
        (Reason::ReauthRequired | Reason::CredentialUnreadable | Reason::ClientRejected, _) => {
            (StatusCode::FAILED_DEPENDENCY, "connection_refresh_exhausted")
        }
        (_, Kind::Invalid) => (StatusCode::BAD_REQUEST, "invalid_headers"),
        (_, Kind::Exhausted) => (StatusCode::TOO_MANY_REQUESTS, "too_many_request"),
        (_, Kind::Refused) => (StatusCode::BAD_REQUEST, "unsupported_auth"),
        _ => (fault.http_status(), "server_error"),
    };
    let body = json!({ "error": { "code": code, "message": fault.message } });
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(SOURCE, HeaderValue::from_static("proxy"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    const WHOSE: [(&str, &str); 2] = [(THEIR_CONNECTION, "con_1"), (THEIR_INTEGRATION, "github")];

    #[test]
    fn their_headers_become_ours_and_empty_ones_say_nothing() {
        let mut sent = headers(&WHOSE);
        sent.extend(headers(&[
            ("base-url-override", ""),
            ("nango-activity-log-id", ""),
            ("nango-is-sync", "false"),
            ("retries", "3"),
            ("retry-on", "409, 500"),
            ("decompress", "true"),
            ("accept", "text/html"),
            ("nango-proxy-accept", "application/json"),
        ]));
        let asked = translated(&mut sent).unwrap();
        assert_eq!(asked.integration.as_deref(), Some("github"));
        assert_eq!(asked.retry_on, [StatusCode::CONFLICT, StatusCode::INTERNAL_SERVER_ERROR]);
        let ours = headers(&[(CONNECTION, "con_1"), (RETRIES, "3"), ("accept", "application/json")]);
        assert_eq!(sent, ours);
    }

    #[test]
    fn what_frames_or_routes_a_message_cannot_be_passed_on() {
        for name in ["content-length", "transfer-encoding", "connection", "host", "authorization", CONNECTION]
        {
            let mut sent = headers(&WHOSE);
            let theirs: HeaderName = format!("{PASSED_ON}{name}").parse().unwrap();
            sent.insert(theirs, HeaderValue::from_static("evil"));
            translated(&mut sent).unwrap();
            assert_ne!(sent.get(name), Some(&HeaderValue::from_static("evil")), "{name}");
        }
    }

    #[test]
    fn a_request_is_theirs_only_where_it_is_not_ours() {
        assert!(is_theirs(&headers(&WHOSE)));
        assert!(!is_theirs(&headers(&[(CONNECTION, "con_1"), (THEIR_CONNECTION, "con_2")])));
        assert!(!is_theirs(&headers(&[])));
    }

    #[test]
    fn whose_request_it_is_has_to_be_said() {
        let field = |pairs: &[_]| translated(&mut headers(pairs)).unwrap_err().field_name().to_owned();
        assert_eq!(field(&[WHOSE[0]]), THEIR_INTEGRATION);
        assert_eq!(field(&[WHOSE[1]]), THEIR_CONNECTION);
        assert_eq!(field(&[WHOSE[0], WHOSE[1], (RETRY_ON, "often")]), RETRY_ON);
    }
}
