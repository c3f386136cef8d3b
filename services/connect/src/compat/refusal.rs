//! Failures in the contract's envelope: `{"error": {"code", "message", "errors", "payload"}}`.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use latchkey_wire::{Fault, Kind, Reason};
use serde_json::{Value, json};

#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    issues: Vec<Issue>,
    payload: Option<Box<Value>>,
}

/// One thing that is wrong with a body or a query. Never repeats the value.
#[derive(Debug)]
pub struct Issue {
    pub code: &'static str,
    pub message: String,
    pub path: Vec<String>,
}

impl Issue {
    pub fn custom(path: &[&str], message: impl Into<String>) -> Self {
        let path = path.iter().map(|&part| part.to_owned()).collect();
        Self { code: "custom", message: message.into(), path }
    }
}

impl Refusal {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), issues: vec![], payload: None }
    }

    pub fn invalid(code: &'static str, issues: Vec<Issue>) -> Self {
        let message = issues.first().map(|issue| issue.message.clone()).unwrap_or_default();
        Self { issues, ..Self::new(StatusCode::BAD_REQUEST, code, message) }
    }

    pub fn body(path: &[&str], message: impl Into<String>) -> Self {
        Self::invalid("invalid_body", vec![Issue::custom(path, message)])
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// Of an object in an object: what is wrong with it is found further in.
    pub fn within(mut self, outer: &str) -> Self {
        self.issues.iter_mut().for_each(|issue| issue.path.insert(0, outer.to_owned()));
        self
    }

    /// The contract has it, and this server does not.
    pub fn unsupported(what: &str) -> Self {
        let message = format!("{what} is not supported by this server.");
        Self::new(StatusCode::NOT_IMPLEMENTED, "not_supported", message)
    }

    #[must_use]
    pub fn with_payload(mut self, payload: Value) -> Self {
        self.payload = Some(Box::new(payload));
        self
    }

    pub fn missing_key() -> Self {
        let message = "No API key came with the call. Send `Authorization: Bearer <API key>`.";
        Self::new(StatusCode::UNAUTHORIZED, "missing_auth_header", message)
    }

    /// # Errors
    /// Where the header holds nothing that could be a key of ours.
    pub fn check_key_form(value: &HeaderValue) -> Result<(), Self> {
        let refused = |code, message| Err(Self::new(StatusCode::UNAUTHORIZED, code, message));
        let key = value.to_str().ok().and_then(|text| text.split_once(' '));
        match key {
            Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") && !key.trim().is_empty() => {
                if key.trim().starts_with("lk_") {
                    return Ok(());
                }
                refused("invalid_secret_key_format", "That is no API key of this server: it begins with lk_.")
            }
            _ => refused("malformed_auth_header", "Send `Authorization: Bearer <API key>`."),
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        if fault.reason == Reason::FieldInvalid {
            let field = match fault.metadata.get("field").map(String::as_str).unwrap_or_default() {
                // As it is called here.
                "webhook_url" => "webhook_url_override",
                "integration.key" => "unique_key",
                "integration.client_id" => "credentials.client_id",
                "integration.scopes" => "credentials.scopes",
                field => field.strip_prefix("integration.").unwrap_or(field),
            };
            let path: Vec<&str> = field.split('.').filter(|part| !part.is_empty()).collect();
            return Self::body(&path, fault.message);
        }
        let code = match (fault.reason, fault.kind) {
            (Reason::ApiKeyMissing, _) => "missing_auth_header",
            (_, Kind::Unauthenticated) => "unknown_account",
            (_, Kind::Forbidden) => "forbidden",
            (_, Kind::NotFound) => "not_found",
            (_, Kind::Exhausted) => "too_many_request",
            (_, Kind::Invalid | Kind::Refused | Kind::Taken | Kind::Outdated) => "invalid_body",
            (_, Kind::Unavailable | Kind::Internal) => "server_error",
        };
        let status = match fault.kind {
            // The contract knows no 409 here.
            Kind::Refused | Kind::Taken | Kind::Outdated => StatusCode::BAD_REQUEST,
            _ => fault.http_status(),
        };
        Self::new(status, code, fault.message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut error = json!({ "code": self.code, "message": self.message });
        if !self.issues.is_empty() {
            let issues = self.issues.into_iter().map(|issue| {
                let Issue { code, message, path } = issue;
                json!({ "code": code, "message": message, "path": path })
            });
            error["errors"] = issues.collect();
        }
        if let Some(payload) = self.payload {
            error["payload"] = *payload;
        }
        let mut response = (self.status, Json(json!({ "error": error }))).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110 §11.6.1: a 401 says how to do better.
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_holds_no_key_is_told_apart_from_one_that_is_malformed() {
        let code = |text: &'static str| {
            Refusal::check_key_form(&HeaderValue::from_static(text)).map_err(|refusal| refusal.code)
        };
        assert_eq!(code("Bearer lk_dev_x"), Ok(()));
        assert_eq!(code("bearer lk_dev_x"), Ok(()));
        assert_eq!(code("Basic abc"), Err("malformed_auth_header"));
        assert_eq!(code("Bearer "), Err("malformed_auth_header"));
        assert_eq!(code("Bearer 3f6e1c1a-0000"), Err("invalid_secret_key_format"));
    }

    #[test]
    fn a_field_that_is_wrong_is_named_by_its_path() {
        let refusal = Refusal::from(Fault::field_invalid("integration.key", "It is malformed."));
        assert_eq!((refusal.status, refusal.code), (StatusCode::BAD_REQUEST, "invalid_body"));
        assert_eq!(refusal.issues[0].path, ["unique_key"]);
        let refusal = Refusal::from(Fault::field_invalid("integration.client_id", "It is missing."));
        assert_eq!(refusal.issues[0].path, ["credentials", "client_id"]);
        let inner = Refusal::body(&["id"], "It is missing.").within("end_user");
        assert_eq!(inner.issues[0].path, ["end_user", "id"]);
    }
}
