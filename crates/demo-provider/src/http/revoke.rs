//! Revocation (RFC 7009) and introspection (RFC 7662).

use super::client_auth::authenticate;
use super::strike::strike;
use super::token::{TokenError, form};
use crate::faults::Target;
use crate::shared::Shared;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// Succeeds also for a token nobody knows (RFC 7009 §2.2): it is as dead as was asked.
pub(crate) async fn revoke(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, TokenError> {
    if let Some(struck) = strike(&shared, Target::Revocation).await {
        return Ok(struck);
    }
    let params = form(&headers, &body)?;
    let token = params.get("token").ok_or(TokenError::invalid_request("token is missing"))?;
    shared.change(|state, _| {
        let client = authenticate(&headers, &params, state)?;
        state.ledger().revoke_token(token, &client.id);
        Ok(StatusCode::OK.into_response())
    })
}

/// A client learns of its own tokens only (RFC 7662 §4).
pub(crate) async fn introspect(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, TokenError> {
    let params = form(&headers, &body)?;
    let token = params.get("token").ok_or(TokenError::invalid_request("token is missing"))?;
    shared.with(|state, now| {
        let client = authenticate(&headers, &params, state)?;
        if client.secret.is_none() {
            return Err(TokenError::invalid_client("a public client cannot introspect"));
        }
        let ledger = state.ledger();
        let standing = ledger.access(token, now).or_else(|| ledger.refreshable(token));
        let Some(standing) = standing.filter(|standing| standing.client_id == client.id) else {
            return Ok(Json(json!({"active": false})));
        };
        let mut answer = json!({
            "active": true,
            "iss": shared.issuer,
            "client_id": standing.client_id,
            "scope": standing.scopes.join(" "),
        });
        if let Some(account) = standing.account {
            answer["sub"] = account.id.into();
            answer["username"] = account.login.into();
        }
        if let (Some(issued_at), Some(expires_at)) = (standing.issued_at, standing.expires_at) {
            answer["token_type"] = "Bearer".into();
            answer["iat"] = (issued_at / 1000).into();
            answer["exp"] = (expires_at / 1000).into();
        }
        Ok(Json(answer))
    })
}
