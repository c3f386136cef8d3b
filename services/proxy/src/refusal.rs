//! Answers of the proxy's own, as opposed to the provider's: told apart by a header.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue};
use latchkey_wire::{Fault, Kind, Reason};

/// On every answer: `provider` where the provider gave it, `proxy` where it could not be asked or not be believed.
pub const SOURCE: HeaderName = HeaderName::from_static("latchkey-source");

/// Why the provider was not asked, or has not answered.
#[derive(Debug)]
pub struct Refusal(pub Fault);

impl Refusal {
    /// A header or part of the request is wrong.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self(Fault::field_invalid(field, message))
    }

    /// The request may not go there.
    pub fn egress_blocked(field: &'static str, message: &str) -> Self {
        Self(Fault::new(Kind::Forbidden, Reason::EgressBlocked, message).with("field", field))
    }

    /// The provider could not be asked, or its answer has not come.
    pub fn upstream(reason: Reason, message: &str) -> Self {
        Self(Fault::new(Kind::Unavailable, reason, message))
    }

    /// The header or part of the request that is wrong.
    #[cfg(test)]
    pub fn field_name(&self) -> &str {
        self.0.metadata.get("field").map_or("", String::as_str)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(fault) = self;
        let body = Body::from(fault.problem().to_string());
        let mut response = (fault.http_status(), fault.problem_headers(), body).into_response();
        response.headers_mut().insert(SOURCE, HeaderValue::from_static("proxy"));
        response
    }
}
