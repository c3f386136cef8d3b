use super::cookie::Login;
use super::{Door, foreign};
use crate::http::from_here;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use latchkey_rest::problem;
use latchkey_secret::SecretText;
use latchkey_wire::Fault;
use latchkey_wire::contract::{IssuedKey, KeyView};
use latchkey_wire::convert::secret_to_pb;
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::info;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// From the link's fragment.
    token: String,
}

/// Spends a login link. The answer brings a new cookie, whatever the browser had before: nobody can choose it.
pub async fn log_in(State(door): State<Door>, headers: HeaderMap, Json(shown): Json<Shown>) -> Response {
    match enter(&door, &headers, shown).await {
        Ok(response) => response,
        Err(fault) => problem(&fault),
    }
}

async fn enter(door: &Door, headers: &HeaderMap, shown: Shown) -> Result<Response, Fault> {
    // A form of another site cannot send JSON; this is for browsers that let it.
    if !from_here(headers) {
        return Err(foreign());
    }
    let (cookie, key) = logged_in(door, headers, &shown.token.into()).await?;
    let login = Login::new(secret_to_pb(&key.secret));
    Ok((cookie, Json(who(door, &login, &key.key))).into_response())
}

/// Spends a login's token for the browser's cookie. Whoever was logged in there before no longer is.
pub async fn logged_in(
    door: &Door,
    headers: &HeaderMap,
    token: &SecretText,
) -> Result<(HeaderMap, IssuedKey), Fault> {
    let issued = door.vault.redeem_login(token).await?;
    if let Ok((_, before)) = door.operator(headers).await {
        door.vault.revoke_key(&before.environment, before.id).await?;
    }
    info!(operator = issued.key.name, key.id = %issued.key.id, "An operator logged in");
    let cookie = door.cookies.set(secret_to_pb(&issued.secret)).into_iter().collect();
    Ok((cookie, issued))
}

/// Who is logged in, what they may do, and what their requests must carry. Other sites can neither ask nor read this.
pub async fn session(State(door): State<Door>, headers: HeaderMap) -> Response {
    match door.operator(&headers).await {
        Ok((login, key)) => Json(who(&door, &login, &key)).into_response(),
        Err(fault) => problem(&fault),
    }
}

fn who(door: &Door, login: &Login, key: &KeyView) -> Value {
    json!({
        "operator": key.name,
        "role": key.role.map(latchkey_domain::Role::as_str),
        "environment": key.environment.to_string(),
        "scopes": key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(),
        "expires_at": key.expires_at.map(|at| at.0),
        "csrf_token": login.csrf_token(),
        "public_url": &*door.public_url,
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// The key opens nothing from now on, everywhere within five seconds.
pub async fn log_out(State(door): State<Door>, headers: HeaderMap) -> Response {
    let ended = async {
        let (login, key) = door.operator(&headers).await?;
        if !from_here(&headers) || !login.sent(&headers) {
            return Err(foreign());
        }
        door.vault.revoke_key(&key.environment, key.id).await?;
        info!(operator = key.name, key.id = %key.id, "An operator logged out");
        Ok(door.cookies.clear())
    };
    match ended.await {
        Ok(cookie) => (StatusCode::NO_CONTENT, cookie.into_iter().collect::<HeaderMap>()).into_response(),
        Err(fault) => problem(&fault),
    }
}
