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
    let Entered { cookies, login, key, elsewhere } = logged_in(door, headers, &shown.token.into()).await?;
    let here = Here { login: &login, key: &key, elsewhere: &elsewhere };
    Ok((cookies, Json(who(door, &here))).into_response())
}

/// Somebody who came in.
pub struct Entered {
    pub cookies: HeaderMap,
    login: Login,
    key: KeyView,
    elsewhere: Vec<KeyView>,
}

/// Spends a login's token for the browser's cookie. The same person stays logged in to other environments; whoever else was
/// logged in there before no longer is.
pub async fn logged_in(door: &Door, headers: &HeaderMap, token: &SecretText) -> Result<Entered, Fault> {
    let IssuedKey { key, secret } = door.vault.redeem_login(token).await?;
    let (mut cookies, mut elsewhere) = (HeaderMap::new(), vec![]);
    for (login, before) in door.logins(headers).await {
        if before.name == key.name && before.environment != key.environment {
            cookies.extend(door.cookies.park(&before.environment, &login));
            elsewhere.push(before);
        } else {
            door.vault.revoke_key(&before.environment, before.id).await?;
            cookies.extend(door.cookies.unpark(&before.environment));
        }
    }
    info!(operator = key.name, key.id = %key.id, "An operator logged in");
    let login = Login::new(secret_to_pb(&secret));
    cookies.extend(door.cookies.set(&login));
    Ok(Entered { cookies, login, key, elsewhere })
}

/// Who is logged in, what they may do, and what their requests must carry. Other sites can neither ask nor read this.
pub async fn session(State(door): State<Door>, headers: HeaderMap) -> Response {
    let told = async {
        let (login, key) = door.operator(&headers).await?;
        let (elsewhere, cookies) = door.elsewhere(&headers, &key).await?;
        let elsewhere: Vec<KeyView> = elsewhere.into_iter().map(|(_, key)| key).collect();
        let here = Here { login: &login, key: &key, elsewhere: &elsewhere };
        Ok::<_, Fault>((cookies, Json(who(&door, &here))))
    };
    match told.await {
        Ok(told) => told.into_response(),
        Err(fault) => problem(&fault),
    }
}

/// A login, and the same person's to other environments.
pub struct Here<'a> {
    pub login: &'a Login,
    pub key: &'a KeyView,
    pub elsewhere: &'a [KeyView],
}

pub fn who(door: &Door, here: &Here<'_>) -> Value {
    let Here { login, key, .. } = here;
    json!({
        "operator": key.name,
        "role": key.role.map(latchkey_domain::Role::as_str),
        "environment": key.environment.to_string(),
        "environments": door.environments(here),
        "scopes": key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(),
        "expires_at": key.expires_at.map(|at| at.0),
        "csrf_token": login.csrf_token(),
        "public_url": &*door.public_url,
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// The keys of this browser open nothing from now on, everywhere within five seconds.
pub async fn log_out(State(door): State<Door>, headers: HeaderMap) -> Response {
    let ended = async {
        let (login, key) = door.operator(&headers).await?;
        if !from_here(&headers) || !login.sent(&headers) {
            return Err(foreign());
        }
        let mut cookies = HeaderMap::new();
        for (_, ended) in door.logins(&headers).await {
            door.vault.revoke_key(&ended.environment, ended.id).await?;
            cookies.extend(door.cookies.unpark(&ended.environment));
        }
        info!(operator = key.name, key.id = %key.id, "An operator logged out");
        cookies.extend(door.cookies.clear());
        Ok(cookies)
    };
    match ended.await {
        Ok(cookies) => (StatusCode::NO_CONTENT, cookies).into_response(),
        Err(fault) => problem(&fault),
    }
}
