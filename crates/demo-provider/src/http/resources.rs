//! The API behind the credentials: one account, three ways to prove who asks.

use super::client_auth::basic_credentials;
use super::strike::strike;
use crate::faults::Target;
use crate::ledger::{Account, Standing};
use crate::secrets::same;
use crate::shared::Shared;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

/// `/me`: a bearer token in the Authorization header (RFC 6750 §2.1).
pub(crate) async fn me(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if let Some(struck) = strike(&shared, Target::Api).await {
        return struck;
    }
    match standing(&shared, &headers) {
        Ok(standing) => whose(&standing),
        Err(challenge) => unauthorized(challenge),
    }
}

/// What the bearer token of a request stands for, or the challenge to one that stands for nothing.
pub(super) fn standing(shared: &Shared, headers: &HeaderMap) -> Result<Standing, &'static str> {
    let Some(token) = bearer(headers) else {
        // Nothing was tried, so nothing is called wrong (RFC 6750 §3.1).
        return Err(r#"Bearer realm="demo-provider""#);
    };
    shared.with(|state, now| state.ledger().access(token, now)).ok_or(
        r#"Bearer realm="demo-provider", error="invalid_token", error_description="unknown, expired or revoked""#,
    )
}

/// `/keyed/me`: a key in `x-demo-key`.
pub(crate) async fn keyed_me(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if let Some(struck) = strike(&shared, Target::Api).await {
        return struck;
    }
    let key = headers.get("x-demo-key").and_then(|value| value.to_str().ok());
    shared.with(|state, _| {
        let known = key.is_some_and(|key| state.api_keys.iter().any(|known| same(known, key)));
        if known { account(&state.account) } else { unauthorized(r#"DemoKey realm="demo-provider""#) }
    })
}

/// `/basic/me`: a user name and a password (RFC 7617).
pub(crate) async fn basic_me(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if let Some(struck) = strike(&shared, Target::Api).await {
        return struck;
    }
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = header.and_then(basic_credentials);
    shared.with(|state, _| match given {
        Some((user, password)) if user == state.basic.0 && same(&state.basic.1, &password) => {
            account(&state.account)
        }
        _ => unauthorized(r#"Basic realm="demo-provider", charset="UTF-8""#),
    })
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(super) fn whose(standing: &Standing) -> Response {
    let scope = standing.scopes.join(" ");
    match &standing.account {
        Some(Account { id, login, name }) => {
            Json(json!({"id": id, "login": login, "name": name, "scope": scope})).into_response()
        }
        None => {
            let id = &standing.client_id;
            Json(json!({"id": id, "login": id, "name": id, "scope": scope})).into_response()
        }
    }
}

pub(super) fn account(account: &Account) -> Response {
    Json(json!({"id": account.id, "login": account.login, "name": account.name})).into_response()
}

pub(super) fn unauthorized(challenge: &'static str) -> Response {
    let body = Json(json!({"error": "unauthorized"}));
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)], body).into_response()
}
