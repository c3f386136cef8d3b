use super::TOKEN_PATH;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use latchkey_issuers::{KeysError, WorkloadError};
use latchkey_wire::contract::TakenToken;
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::{Fault, Kind, Reason};
use serde_json::{Value, json};
use url::Url;

/// Why there is no token, in the words of RFC 6749 §5.2 and RFC 8693 §2.2.2.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    error: &'static str,
    description: String,
    retry_after: Option<u64>,
}

impl Refused {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into(), retry_after: None }
    }

    /// The request is not one of token exchange.
    pub fn request(description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub fn grant_type() -> Self {
        let only = "Only token exchange is offered here: urn:ietf:params:oauth:grant-type:token-exchange.";
        Self::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", only)
    }

    /// The subject is known, and may not do this.
    pub fn unauthorized(description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unauthorized_client", description)
    }

    /// There is no such connection for whoever asks.
    pub fn target() -> Self {
        let what = "There is no such connection for this subject. Name it as <integration>/<connection id>.";
        Self::new(StatusCode::BAD_REQUEST, "invalid_target", what)
    }

    fn unavailable(description: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", description)
    }

    pub fn word(&self) -> &'static str {
        self.error
    }

    /// Whether it is no fault of whoever asks.
    pub fn is_ours(&self) -> bool {
        self.status.is_server_error()
    }
}

/// A subject token that is not good is an invalid request (RFC 8693 §2.2.2).
impl From<WorkloadError> for Refused {
    fn from(error: WorkloadError) -> Self {
        match error {
            WorkloadError::Keys(KeysError::Unavailable) => Self::unavailable(
                "The issuer of the subject token cannot be asked for its keys just now. Ask again.",
            ),
            error => Self::request(&format!("The subject token is not accepted: {error}.")),
        }
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        let retry_after = fault.retry_after.map(|wait| wait.as_secs().max(1));
        let refused = match (fault.kind, fault.reason) {
            (Kind::Unauthenticated, _) => {
                Self::request("The subject token is not accepted: it is no API key that is good.")
            }
            (Kind::NotFound, _) | (_, Reason::ConnectionDeleted | Reason::IntegrationMismatch) => {
                Self::target()
            }
            (_, Reason::ReauthRequired) => Self::new(
                StatusCode::BAD_REQUEST,
                "invalid_grant",
                "This connection has no credential that works any more. Send the end user a reconnect link.",
            ),
            (Kind::Refused | Kind::Invalid | Kind::Forbidden | Kind::Taken | Kind::Outdated, _) => {
                Self::new(StatusCode::BAD_REQUEST, "invalid_target", fault.message)
            }
            (Kind::Unavailable | Kind::Exhausted | Kind::Internal, _) => Self::unavailable(fault.message),
        };
        Self { retry_after, ..refused }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.error, "error_description": ascii(&self.description) }));
        let mut response = (self.status, [(header::CACHE_CONTROL, "no-store")], body).into_response();
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}

/// What an `error_description` may hold (RFC 6749 §5.2).
fn ascii(text: &str) -> String {
    text.chars()
        .map(|sign| if matches!(sign, ' '..='~') && !matches!(sign, '"' | '\\') { sign } else { '\'' })
        .collect()
}

/// RFC 8693 §2.2.1.
///
/// # Errors
/// `invalid_scope` where the token has not all the scopes that were asked for.
pub fn given(taken: TakenToken, scopes: &[String], now: i64) -> Result<Response, Refused> {
    if let Some(lacking) = scopes.iter().find(|scope| !taken.scopes.contains(scope)) {
        let message =
            format!("The connection's token has not the scope {lacking}: the end user did not grant it.");
        return Err(Refused::new(StatusCode::BAD_REQUEST, "invalid_scope", message));
    }
    let mut body = json!({
        "access_token": secret_to_pb(&taken.access_token),
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        // What is put on a request otherwise is no bearer token (RFC 6750).
        "token_type": if taken.bearer { "Bearer" } else { "N_A" },
    });
    if let Some(expires_at) = taken.expires_at {
        body["expires_in"] = json!((expires_at.0 - now).max(0) / 1000);
    }
    if !taken.scopes.is_empty() {
        body["scope"] = json!(taken.scopes.join(" "));
    }
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// RFC 8414 §2.
pub fn metadata(public_url: &Url) -> Json<Value> {
    let issuer = public_url.as_str().trim_end_matches('/');
    Json(json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}{TOKEN_PATH}"),
        "grant_types_supported": ["urn:ietf:params:oauth:grant-type:token-exchange"],
        // Required, and there is none: nobody is sent here to authorize anything.
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["none"],
    }))
}
