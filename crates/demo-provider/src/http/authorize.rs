//! The authorization endpoint (RFC 6749 §3.1, §4.1; RFC 7636 §4.3; RFC 9207) and the decision on its page.
//!
//! Invariant: nothing is redirected before client and redirect URI are known to belong together, and a decision
//! counts only if it comes from the browser that was shown the page, with the token in its form.

use super::pages::{self, Consent, Refusal};
use super::params::Params;
use crate::faults::NextRedirect;
use crate::ledger::{Consent as Given, Millis, millis};
use crate::options::Client;
use crate::secrets::{Digest, random};
use crate::shared::Shared;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A consent page somebody is looking at.
pub(crate) struct Pending {
    request: Request,
    /// The cookie of the browser it was shown to.
    browser: Digest,
    expires_at: Millis,
}

/// An authorization request that holds.
#[derive(Clone)]
struct Request {
    client: Client,
    reply: Reply,
    scopes: Vec<String>,
    challenge: String,
}

/// Where the answer goes. There is one only once client and redirect URI are known to belong together.
#[derive(Clone)]
struct Reply {
    /// As the client sent it, byte for byte: what the token request must repeat.
    redirect_uri: String,
    url: Url,
    state: Option<String>,
}

enum Fault {
    /// Shown here: there is nowhere safe to send it.
    Page(Refusal),
    /// Sent to the client (RFC 6749 §4.1.2.1).
    Redirect(Box<Reply>, &'static str, &'static str),
}

/// How long somebody may think about it.
const CONSENT_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How many open pages are kept; the oldest go first.
const PENDING_MAX: usize = 1_000;
const COOKIE: &str = "demo_provider_browser";

/// Shows the consent page.
pub(crate) async fn show(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let request = match read(&shared, query.as_deref().unwrap_or_default()) {
        Ok(request) => request,
        Err(Fault::Page(refusal)) => return pages::refusal(refusal),
        Err(Fault::Redirect(reply, error, description)) => {
            return redirect(&shared, &reply, &[("error", error), ("error_description", description)]);
        }
    };
    let known = cookie(&headers).map(str::to_owned);
    let browser = known.clone().unwrap_or_else(random);
    let consent = random();
    let account = shared.with(|state, now| {
        state.pending.retain(|_, pending| pending.expires_at > now);
        if state.pending.len() >= PENDING_MAX {
            let oldest = state.pending.iter().min_by_key(|(_, pending)| pending.expires_at);
            let oldest = oldest.map(|(token, _)| token.clone());
            oldest.and_then(|token| state.pending.remove(&token));
        }
        let expires_at = now + millis(CONSENT_LIFETIME);
        let pending = Pending { request: request.clone(), browser: Digest::of(&browser), expires_at };
        state.pending.insert(consent.clone(), pending);
        state.account.clone()
    });
    let page =
        Consent::new(&shared, &request.client, &account, &request.scopes, &request.reply.url, &consent);
    let mut response = page.into_response();
    if known.is_none() {
        set_cookie(&shared, &mut response, &browser);
    }
    response
}

/// Takes the decision.
pub(crate) async fn decide(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(params) = Params::parse(&body) else {
        return pages::refusal(Refusal::STALE);
    };
    let browser = cookie(&headers).unwrap_or_default();
    let pending = shared.with(|state, now| {
        let token = params.get("consent").unwrap_or_default();
        let pending = state.pending.get(token)?;
        if pending.expires_at <= now || pending.browser != Digest::of(browser) {
            return None;
        }
        state.pending.remove(token)
    });
    let Some(Pending { request, .. }) = pending else {
        return pages::refusal(Refusal::STALE);
    };
    match params.get("decision") {
        Some("allow") => {
            let code = allow(&shared, &request);
            redirect(&shared, &request.reply, &[("code", &code)])
        }
        // As vendors have it where an admin of the account's organization must allow an app.
        Some("request") => redirect(&shared, &request.reply, &[("setup_action", "request")]),
        // Anything but a clear yes is a no.
        _ => {
            let denied = [("error", "access_denied"), ("error_description", "the account owner declined")];
            redirect(&shared, &request.reply, &denied)
        }
    }
}

fn allow(shared: &Shared, request: &Request) -> String {
    shared.change(|state, now| {
        let given = Given {
            client_id: request.client.id.clone(),
            redirect_uri: request.reply.redirect_uri.clone(),
            challenge: request.challenge.clone(),
            account: state.account.clone(),
            scopes: request.scopes.clone(),
        };
        let expires_at = now + millis(shared.code_lifetime);
        state.ledger().authorize(given, &shared.mint, expires_at)
    })
}

fn read(shared: &Shared, query: &str) -> Result<Request, Fault> {
    let params = Params::parse(query.as_bytes()).map_err(|_| Fault::Page(Refusal::REPEATED))?;
    let client = shared
        .with(|state, _| params.get("client_id").and_then(|id| state.clients.get(id).cloned()))
        .ok_or(Fault::Page(Refusal::CLIENT))?;
    let redirect_uri = params
        .get("redirect_uri")
        .filter(|uri| client.redirect_uris.iter().any(|registered| registered == uri))
        .ok_or(Fault::Page(Refusal::REDIRECT_URI))?;
    let reply = Reply {
        redirect_uri: redirect_uri.to_owned(),
        url: Url::parse(redirect_uri).map_err(|_| Fault::Page(Refusal::REDIRECT_URI))?,
        state: params.get("state").map(str::to_owned),
    };
    match checked(&params, &client) {
        Ok((scopes, challenge)) => Ok(Request { client, reply, scopes, challenge }),
        Err((error, description)) => Err(Fault::Redirect(Box::new(reply), error, description)),
    }
}

/// Scopes and code challenge, once the client may be told what is wrong with them.
fn checked(params: &Params, client: &Client) -> Result<(Vec<String>, String), (&'static str, &'static str)> {
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(("unsupported_response_type", "only response_type=code is supported")),
        None => return Err(("invalid_request", "response_type is missing")),
    }
    let challenge = params.get("code_challenge").ok_or(("invalid_request", "code_challenge is required"))?;
    // An absent method means plain (RFC 7636 §4.3), which we refuse as well.
    if params.get("code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "code_challenge_method must be S256"));
    }
    let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if challenge.len() != 43 || !challenge.bytes().all(base64url) {
        return Err(("invalid_request", "code_challenge is not a base64url SHA-256"));
    }
    let scopes = params.scopes().unwrap_or_else(|| client.scopes.clone());
    if !scopes.iter().all(|scope| client.scopes.contains(scope)) {
        return Err(("invalid_scope", "the client may not ask for that scope"));
    }
    Ok((scopes, challenge.to_owned()))
}

/// 303, so that the form is not posted on (RFC 9700 §4.12), with `state` and `iss` on every answer.
fn redirect(shared: &Shared, reply: &Reply, fields: &[(&str, &str)]) -> Response {
    let scripted = shared.with(|state, _| state.faults.next_redirect());
    let mut url = reply.url.clone();
    {
        let mut query = url.query_pairs_mut();
        match scripted {
            Some(NextRedirect::ServerError) => query.append_pair("error", "server_error"),
            _ => query.extend_pairs(fields),
        };
        match (&reply.state, scripted) {
            (Some(_), Some(NextRedirect::WrongState)) => query.append_pair("state", &random()),
            (Some(state), _) => query.append_pair("state", state),
            (None, _) => &mut query,
        };
        match scripted {
            Some(NextRedirect::WrongIssuer) => query.append_pair("iss", "https://someone-else.invalid"),
            Some(NextRedirect::OmitIssuer) => &mut query,
            _ => query.append_pair("iss", &shared.issuer),
        };
    }
    (StatusCode::SEE_OTHER, [(header::LOCATION, String::from(url))]).into_response()
}

pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    // A cookie we did not make is short; it must not become the secret of a page.
    pairs.find(|(name, value)| *name == COOKIE && value.len() == 43).map(|(_, value)| value)
}

pub(super) fn set_cookie(shared: &Shared, response: &mut Response, browser: &str) {
    let path = if shared.base_path.is_empty() { "/" } else { &shared.base_path };
    let secure = if shared.issuer.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={browser}; Path={path}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}
