//! Answers of the proxy's own, as opposed to the provider's: RFC 9457 problem details, told apart by a header.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use latchkey_wire::{Fault, Kind, Reason};
use serde_json::json;

/// On every answer: `provider` where the provider gave it, `proxy` where it could not be asked or not be believed.
pub const SOURCE: HeaderName = HeaderName::from_static("latchkey-source");

/// Why the provider was not asked, or has not answered.
#[derive(Debug)]
pub struct Refusal {
    pub status: StatusCode,
    pub fault: Fault,
}

impl Refusal {
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        let fault = Fault::field_invalid(field, message);
        Self { status: StatusCode::BAD_REQUEST, fault }
    }

    /// The request may not go there.
    pub fn forbidden(field: &'static str, reason: Reason, message: &str) -> Self {
        let fault = Fault::new(Kind::Forbidden, reason, message).with("field", field);
        Self { status: StatusCode::FORBIDDEN, fault }
    }

    /// The provider could not be asked, or its answer has not come.
    pub fn upstream(status: StatusCode, reason: Reason, message: &str) -> Self {
        Self { status, fault: Fault::new(Kind::Unavailable, reason, message) }
    }

    /// The header or part of the request that is wrong.
    #[cfg(test)]
    pub fn field_name(&self) -> &str {
        self.fault.metadata.get("field").map_or("", String::as_str)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        let status = match (fault.reason, fault.kind) {
            // The connection, not this request, needs something done (the provider would have said 401).
            (Reason::ReauthRequired | Reason::CredentialUnreadable, _) => StatusCode::FAILED_DEPENDENCY,
            (Reason::ConnectionDeleted, _) => StatusCode::GONE,
            (_, Kind::Invalid) => StatusCode::BAD_REQUEST,
            (_, Kind::Unauthenticated) => StatusCode::UNAUTHORIZED,
            (_, Kind::Forbidden) => StatusCode::FORBIDDEN,
            (_, Kind::NotFound) => StatusCode::NOT_FOUND,
            (_, Kind::Refused) => StatusCode::CONFLICT,
            (_, Kind::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
            (_, Kind::Exhausted) => StatusCode::TOO_MANY_REQUESTS,
            (_, Kind::Internal) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, fault }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let wait = self.fault.retry_after.map(|wait| wait.as_secs().max(1));
        let reason = self.fault.reason.word();
        let mut problem = json!({
            "type": format!("https://latchkey.dev/problems/{}", reason.to_ascii_lowercase().replace('_', "-")),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.fault.message,
            "reason": reason,
            "metadata": self.fault.metadata,
        });
        if let Some(wait) = wait {
            problem["retry_after_seconds"] = json!(wait);
        }
        let mut response = (self.status, Body::from(problem.to_string())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(SOURCE, HeaderValue::from_static("proxy"));
        if let Some(wait) = wait {
            headers.insert(header::RETRY_AFTER, wait.into());
        }
        response
    }
}
