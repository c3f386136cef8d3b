//! Operators log in with an OpenID provider: the code flow with PKCE (OpenID Connect Core §3.1, RFC 7636).
//!
//! Invariant: an answer is believed only in the browser that was sent to the provider, once, with the state, the nonce and
//! the verifier it was sent with; who somebody is and what they may do is the signed word of the issuer that is configured.

mod claims;
mod provider;

pub use provider::{Provider, providers};

use super::Door;
use super::login::logged_in;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode};
use latchkey_domain::Digest;
use latchkey_wire::Fault;
use latchkey_wire::contract::CreateLogin;
use latchkey_wire::convert::secret_to_pb;
use rand::Rng as _;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tracing::warn;

/// What is registered with providers, behind the public address.
pub const CALLBACK: &str = "/dashboard/login/callback";

/// A login is spent in the same breath.
const LOGIN_LIFETIME: Duration = Duration::from_secs(60);

/// What a login was begun with. The browser keeps it, so that it does not matter which process the answer comes to.
struct Begun {
    number: usize,
    state: String,
    nonce: String,
    verifier: String,
}

#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Another browser's answer, one that came before, or one that nobody asked for.
    #[error("no login was begun in this browser, or too long ago")]
    Stale,
    #[error("the provider refused: {0}")]
    Provider(String),
    #[error("the provider's answer cannot be believed: {0}")]
    Unbelievable(&'static str),
    #[error("the provider does not answer as it should just now")]
    Unavailable,
    #[error("{0} has none of the configured roles")]
    NoRole(String),
    #[error(transparent)]
    Vault(#[from] Fault),
}

impl Refused {
    /// For the login page, one word.
    fn word(&self) -> &'static str {
        match self {
            Self::Stale => "LOGIN_STALE",
            Self::Provider(_) => "LOGIN_DECLINED",
            Self::Unbelievable(_) | Self::Unavailable => "PROVIDER_FAILED",
            Self::NoRole(_) => "ROLE_MISSING",
            Self::Vault(fault) => fault.reason.word(),
        }
    }
}

/// What there is to log in with, for the login page.
pub async fn list(State(door): State<Door>) -> Json<Value> {
    let one = |(number, provider): (usize, &Provider)| json!({ "number": number, "name": provider.name(), "environment": provider.environment().to_string() });
    Json(json!({ "providers": door.providers.iter().enumerate().map(one).collect::<Vec<_>>() }))
}

/// Sends the browser to the provider. Whoever is logged in already stays so where it is for another environment: the answer
/// comes from another site, with which the browser sends no login along, and its new login takes the place of the present one.
pub async fn begin(State(door): State<Door>, headers: HeaderMap, Path(number): Path<usize>) -> Response {
    let Some(provider) = door.providers.get(number) else { return StatusCode::NOT_FOUND.into_response() };
    let begun = Begun { number, state: random(), nonce: random(), verifier: random() };
    match provider.authorize_url(&redirect_uri(&door), &begun.state, &begun.nonce, &begun.verifier).await {
        Ok(url) => {
            let mut cookies: HeaderMap = door.cookies.set_begun(begun.to_text()).into_iter().collect();
            if let Ok((login, key)) = door.operator(&headers).await
                && key.environment != *provider.environment()
            {
                cookies.extend(door.cookies.park(&key.environment, &login));
            }
            (cookies, Redirect::to(url.as_str())).into_response()
        }
        Err(refused) => back(&door, &refused),
    }
}

#[derive(Deserialize)]
pub struct Answer {
    code: Option<String>,
    state: Option<String>,
    /// The issuer, where the server names itself (RFC 9207).
    iss: Option<String>,
    error: Option<String>,
}

/// Takes the provider's answer.
pub async fn callback(
    State(door): State<Door>,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    match entered(&door, &headers, answer).await {
        Ok(mut cookies) => {
            cookies.extend(door.cookies.set_begun(String::new()));
            (cookies, Redirect::to("/dashboard")).into_response()
        }
        Err(refused) => back(&door, &refused),
    }
}

async fn entered(door: &Door, headers: &HeaderMap, answer: Answer) -> Result<HeaderMap, Refused> {
    let begun = door.cookies.begun(headers).and_then(|text| Begun::parse(&text)).ok_or(Refused::Stale)?;
    let provider = door.providers.get(begun.number).ok_or(Refused::Stale)?;
    // Digests are compared, so that the time it takes tells nothing.
    let shown = Digest::of(answer.state.unwrap_or_default().as_bytes());
    if shown != Digest::of(begun.state.as_bytes()) {
        return Err(Refused::Stale);
    }
    if answer.iss.is_some_and(|iss| iss != provider.issuer()) {
        return Err(Refused::Unbelievable("another issuer answered (RFC 9207)"));
    }
    if let Some(error) = answer.error {
        return Err(Refused::Provider(error.chars().filter(|sign| !sign.is_control()).take(64).collect()));
    }
    let code = answer.code.ok_or(Refused::Unbelievable("it holds no code"))?;
    let operator = provider.redeem(code, &redirect_uri(door), &begun.nonce, begun.verifier).await?;
    let create = CreateLogin {
        environment: provider.environment().clone(),
        operator: operator.name,
        role: operator.role,
        lifetime: LOGIN_LIFETIME,
    };
    let created = door.vault.create_login(create).await?;
    Ok(logged_in(door, headers, &secret_to_pb(&created.token).into()).await?.cookies)
}

/// To the login page, which says in words what went wrong.
fn back(door: &Door, refused: &Refused) -> Response {
    warn!(problem = %refused, "An operator was not let in");
    let cookies: HeaderMap = door.cookies.set_begun(String::new()).into_iter().collect();
    (cookies, Redirect::to(&format!("/dashboard/login#problem={}", refused.word()))).into_response()
}

fn redirect_uri(door: &Door) -> String {
    format!("{}{CALLBACK}", door.public_url)
}

fn random() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Begun {
    fn to_text(&self) -> String {
        format!("{}.{}.{}.{}", self.number, self.state, self.nonce, self.verifier)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let number = parts.next()?.parse().ok()?;
        let mut next = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
        let begun = Self { number, state: next()?, nonce: next()?, verifier: next()? };
        parts.next().is_none().then_some(begun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_login_was_begun_with_is_read_as_it_was_written() {
        let begun = Begun { number: 2, state: random(), nonce: random(), verifier: random() };
        let read = Begun::parse(&begun.to_text()).unwrap();
        assert_eq!(
            (read.number, read.state, read.nonce, read.verifier),
            (2, begun.state, begun.nonce, begun.verifier)
        );
        for wrong in ["", "0", "0.a.b", "0.a.b.c.d", "x.a.b.c", "0..b.c"] {
            assert!(Begun::parse(wrong).is_none(), "{wrong}");
        }
    }
}
