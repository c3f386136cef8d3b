//! A [`Fault`] over HTTP: a status code, and a problem document (RFC 9457).

use super::{Fault, Kind, Reason};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// RFC 9457 §3.
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

impl Fault {
    /// Finer than gRPC's codes: what a refusal is about has statuses of its own in HTTP.
    #[must_use]
    pub fn http_status(&self) -> StatusCode {
        match (self.reason, self.kind) {
            // The connection needs something done, not this request: 401 and 403 would blame the caller's key.
            (Reason::ReauthRequired | Reason::CredentialUnreadable | Reason::ClientRejected, _) => {
                StatusCode::FAILED_DEPENDENCY
            }
            // What was sent is well-formed, and the provider does not take it.
            (Reason::CredentialsRejected, Kind::Refused) => StatusCode::UNPROCESSABLE_ENTITY,
            (Reason::ConnectionDeleted | Reason::SessionExpired | Reason::SessionConsumed, _) => {
                StatusCode::GONE
            }
            (Reason::MethodNotAllowed, _) => StatusCode::METHOD_NOT_ALLOWED,
            (Reason::ProviderTimeout, _) => StatusCode::GATEWAY_TIMEOUT,
            (
                Reason::ProviderUnavailable | Reason::ProviderUnreachable | Reason::ProviderResponseInvalid,
                _,
            ) => StatusCode::BAD_GATEWAY,
            (_, Kind::Invalid) => StatusCode::BAD_REQUEST,
            (_, Kind::Unauthenticated) => StatusCode::UNAUTHORIZED,
            (_, Kind::Forbidden) => StatusCode::FORBIDDEN,
            (_, Kind::NotFound) => StatusCode::NOT_FOUND,
            (_, Kind::Refused | Kind::Taken | Kind::Outdated) => StatusCode::CONFLICT,
            (_, Kind::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
            (_, Kind::Exhausted) => StatusCode::TOO_MANY_REQUESTS,
            (_, Kind::Internal) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The document. `reason` is what programs branch on; `detail` is for people.
    #[must_use]
    pub fn problem(&self) -> Value {
        let reason = self.reason.word();
        let status = self.http_status();
        let mut problem = json!({
            "type": format!("https://latchkey.dev/problems/{}", reason.to_ascii_lowercase().replace('_', "-")),
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "detail": self.message,
            "reason": reason,
            "metadata": self.metadata,
        });
        if let Some(field) = self.metadata.get("field") {
            problem["field_errors"] = json!([{ "field": field, "message": self.message }]);
        }
        if let Some(seconds) = self.retry_seconds() {
            problem["retry_after_seconds"] = json!(seconds);
        }
        problem
    }

    /// The headers that belong to the document.
    #[must_use]
    pub fn problem_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, PROBLEM_JSON)]);
        headers.extend(self.retry_seconds().map(|seconds| (header::RETRY_AFTER, seconds.into())));
        if self.kind == Kind::Unauthenticated {
            // RFC 9110 §11.6.1: a 401 says how to do better.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        headers
    }

    fn retry_seconds(&self) -> Option<u64> {
        self.retry_after.map(|wait| wait.as_secs().max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_problem_says_what_programs_and_people_need() {
        let fault = Fault::new(Kind::Refused, Reason::ReauthRequired, "Connect again.")
            .with("owner", "END_USER")
            .retry_after(Duration::from_millis(100));
        let problem = fault.problem();
        assert_eq!(
            (problem["status"].as_u64(), problem["reason"].as_str()),
            (Some(424), Some("REAUTH_REQUIRED"))
        );
        assert_eq!(problem["type"], "https://latchkey.dev/problems/reauth-required");
        assert_eq!(problem["metadata"]["owner"], "END_USER");
        assert_eq!(problem["retry_after_seconds"], 1, "never zero: nobody is told to hammer");
        assert_eq!(fault.problem_headers()["retry-after"], "1");
    }

    #[test]
    fn what_is_wrong_with_a_field_is_told_by_its_name() {
        let problem = Fault::field_invalid("lifetime", "Too long.").problem();
        assert_eq!(problem["field_errors"], json!([{ "field": "lifetime", "message": "Too long." }]));
        assert!(Fault::internal().problem().get("field_errors").is_none());
    }

    #[test]
    fn a_caller_without_a_key_is_told_how_to_show_one() {
        let fault = Fault::new(Kind::Unauthenticated, Reason::ApiKeyMissing, "No key.");
        assert_eq!(fault.http_status(), StatusCode::UNAUTHORIZED);
        assert_eq!(fault.problem_headers()["www-authenticate"], "Bearer");
    }
}
