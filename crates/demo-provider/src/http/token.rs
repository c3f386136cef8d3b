//! The token endpoint (RFC 6749 §3.2, §4.1.3, §4.4, §6; RFC 7636 §4.5).

use super::client_auth::authenticate;
use super::params::Params;
use super::record::GrantType;
use super::scripted;
use super::strike::strike;
use crate::faults::{NextAnswer, Target};
use crate::ledger::{CodeUse, Issued, Named, RefreshUse, Refusal};
use crate::options::Client;
use crate::shared::{Shared, State};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) async fn token(
    Extract(shared): Extract<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let _in_flight = InFlight::enter(&shared);
    let params = form(&headers, &body);
    let grant_type = known_grant_type(params.as_ref().ok());
    shared.with(|state, _| {
        *state.records.counters.token_requests.entry(grant_type.to_owned()).or_default() += 1;
    });
    let mut response = match strike(&shared, Target::Token).await {
        Some(struck) => struck,
        None => answer(&shared, &headers, params),
    };
    response.extensions_mut().insert(GrantType(grant_type));
    response
}

fn answer(shared: &Shared, headers: &HeaderMap, params: Result<Params, TokenError>) -> Response {
    let next = shared.with(|state, _| state.faults.next_answer());
    if let Some(next) = next.filter(|next| next.instead()) {
        return scripted::instead(next);
    }
    match params.and_then(|params| granted(shared, headers, &params, next)) {
        Ok(tokens) => scripted::after(next, tokens),
        Err(error) => error.into_response(),
    }
}

/// Works on the request: the JSON of RFC 6749 §5.1.
fn granted(
    shared: &Shared,
    headers: &HeaderMap,
    params: &Params,
    next: Option<NextAnswer>,
) -> Result<Value, TokenError> {
    let named = match next {
        Some(NextAnswer::OmitRefreshToken) => Named::Omitted,
        _ => Named::Yes,
    };
    shared.change(|state, now| {
        let client = authenticate(headers, params, state)?;
        let policy = shared.policy(state, now, named);
        let issued = match params.get("grant_type") {
            Some("authorization_code") => {
                let presented = CodeUse {
                    code: required(params, "code", "code is missing")?,
                    client_id: &client.id,
                    redirect_uri: required(params, "redirect_uri", "redirect_uri is missing")?,
                    code_verifier: required(params, "code_verifier", "code_verifier is missing")?,
                };
                state.ledger().redeem(&presented, &policy)
            }
            Some("refresh_token") => {
                let presented = RefreshUse {
                    refresh_token: required(params, "refresh_token", "refresh_token is missing")?,
                    client_id: &client.id,
                    scopes: params.scopes(),
                };
                let refreshed = state.ledger().refresh(presented, &policy);
                state.records.counters.refreshes_accepted += u64::from(refreshed.is_ok());
                refreshed
            }
            Some("client_credentials") => {
                let scopes = scopes_for_itself(&client, params)?;
                Ok(state.ledger().grant_to_client(&client.id, scopes, &policy))
            }
            Some(_) => return Err(TokenError::bad("unsupported_grant_type", "no such grant_type here")),
            None => return Err(TokenError::invalid_request("grant_type is missing")),
        };
        issued.map(tokens).map_err(|refusal| refused(refusal, state))
    })
}

fn required<'a>(params: &'a Params, name: &str, missing: &'static str) -> Result<&'a str, TokenError> {
    params.get(name).ok_or(TokenError::invalid_request(missing))
}

fn scopes_for_itself(client: &Client, params: &Params) -> Result<Vec<String>, TokenError> {
    if client.secret.is_none() {
        return Err(TokenError::bad("unauthorized_client", "a public client cannot act for itself"));
    }
    let scopes = params.scopes().unwrap_or_else(|| client.scopes.clone());
    if !scopes.iter().all(|scope| client.scopes.contains(scope)) {
        return Err(TokenError::bad("invalid_scope", "the client may not ask for that scope"));
    }
    Ok(scopes)
}

fn tokens(issued: Issued) -> Value {
    let mut tokens = json!({
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in.as_secs(),
        "scope": issued.scopes.join(" "),
    });
    if let Some(refresh_token) = issued.refresh_token {
        tokens["refresh_token"] = refresh_token.into();
    }
    tokens
}

fn refused(refusal: Refusal, state: &mut State) -> TokenError {
    let counters = &mut state.records.counters;
    match refusal {
        Refusal::InvalidGrant(why) => TokenError::bad("invalid_grant", why),
        Refusal::InvalidScope(why) => TokenError::bad("invalid_scope", why),
        Refusal::RefreshTokenReused { family_revoked } => {
            counters.refresh_token_reuses += 1;
            counters.families_revoked_by_reuse += u64::from(family_revoked);
            TokenError::bad("invalid_grant", "the refresh token was used before; its grant is revoked")
        }
        Refusal::CodeReused => {
            counters.code_reuses += 1;
            TokenError::bad("invalid_grant", "the code was used before; what it issued is revoked")
        }
    }
}

/// The parameters of a form request, if it is one.
pub(crate) fn form(headers: &HeaderMap, body: &[u8]) -> Result<Params, TokenError> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(TokenError::invalid_request("send application/x-www-form-urlencoded"));
    }
    Params::parse(body).map_err(|_| TokenError::invalid_request("a parameter was sent twice"))
}

fn known_grant_type(params: Option<&Params>) -> &'static str {
    match params.and_then(|params| params.get("grant_type")) {
        Some("authorization_code") => "authorization_code",
        Some("refresh_token") => "refresh_token",
        Some("client_credentials") => "client_credentials",
        Some(_) | None => "other",
    }
}

/// The error answer of RFC 6749 §5.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenError {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
}

impl TokenError {
    pub(crate) fn bad(error: &'static str, description: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description }
    }

    pub(crate) fn invalid_request(description: &'static str) -> Self {
        Self::bad("invalid_request", description)
    }

    pub(crate) fn invalid_client(description: &'static str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: "invalid_client", description }
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let body = json!({"error": self.error, "error_description": self.description});
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Basic realm="demo-provider""#);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Counts a token request while it is being answered, and no longer if its client goes away.
struct InFlight(Arc<Shared>);

impl InFlight {
    fn enter(shared: &Arc<Shared>) -> Self {
        shared.with(|state, _| state.records.enter());
        Self(shared.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.with(|state, _| state.records.leave());
    }
}
