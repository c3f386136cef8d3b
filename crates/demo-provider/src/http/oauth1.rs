//! The three endpoints of OAuth 1.0a (RFC 5849 §2) and an API behind them: `/oauth1/initiate`, `/oauth1/authorize`,
//! `/oauth1/token`, `/oauth1/me`.

use super::authorize::{cookie, set_cookie};
use super::pages::{self, Consent, Refusal};
use super::params::Params;
use super::resources::account;
use super::strike::strike;
use crate::faults::Target;
use crate::ledger::Millis;
use crate::oauth1::{Pair, Refused, Signed, protocol_parameters};
use crate::secrets::{Digest, random};
use crate::shared::{Shared, State as ProviderState};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use url::Url;
use url::form_urlencoded::{Serializer, parse};

/// A consent page somebody is looking at: the temporary credentials it is about, and the browser it was shown to.
pub(crate) struct Pending {
    token: String,
    browser: Digest,
}

/// Temporary credentials (§2.1).
pub(crate) async fn initiate(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let signed = signed(&shared, "POST", "/oauth1/initiate", query, &headers, &body);
    let outcome = shared.change(|state, now| {
        let signed = signed?;
        let callback = signed.get("oauth_callback")?;
        let (secret, callbacks) = client(state, &signed)?;
        if !callbacks.iter().any(|registered| registered == callback) {
            return Err(Refused::Malformed("oauth_callback"));
        }
        let pair = Pair { token: random(), secret: shared.mint.make("o1t") };
        state.stored.oauth1.begin(&signed, &secret, pair, now)
    });
    answer(outcome, &[("oauth_callback_confirmed", "true")])
}

/// The owner's page (§2.2).
pub(crate) async fn show(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Ok(params) = Params::parse(query.as_deref().unwrap_or_default().as_bytes()) else {
        return pages::refusal(Refusal::REPEATED);
    };
    let known = cookie(&headers).map(str::to_owned);
    let browser = known.clone().unwrap_or_else(random);
    let consent = random();
    let found = shared.with(|state, now| {
        let token = params.get("oauth_token")?;
        let temporary = state.stored.oauth1.undecided(token, now)?.clone();
        let client = state.clients.get(&temporary.client_id)?.clone();
        let callback = Url::parse(&temporary.callback).ok()?;
        let pending = Pending { token: token.to_owned(), browser: Digest::of(&browser) };
        // A page is as short-lived as the credentials it is about; what nobody answered goes with them.
        let oauth1 = &state.stored.oauth1;
        state.pending_oauth1.retain(|_, pending| oauth1.undecided(&pending.token, now).is_some());
        state.pending_oauth1.insert(consent.clone(), pending);
        Some((client, callback, state.account.clone()))
    });
    let Some((client, callback, account)) = found else { return pages::refusal(Refusal::STALE) };
    let page = Consent::new(&shared, &client, &account, &client.scopes, &callback, &consent);
    let mut response = page.decided_at("/oauth1/authorize/decision").into_response();
    if known.is_none() {
        set_cookie(&shared, &mut response, &browser);
    }
    response
}

/// Takes the decision.
pub(crate) async fn decide(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(params) = Params::parse(&body) else { return pages::refusal(Refusal::STALE) };
    let browser = Digest::of(cookie(&headers).unwrap_or_default());
    let allowed = params.get("decision") == Some("allow");
    let verifier = random();
    let back = shared.change(|state, now| {
        let consent = params.get("consent").unwrap_or_default();
        if state.pending_oauth1.get(consent)?.browser != browser {
            return None;
        }
        let token = state.pending_oauth1.remove(consent)?.token;
        let mut back = Url::parse(&state.stored.oauth1.undecided(&token, now)?.callback).ok()?;
        // RFC 5849 has no word for a refusal; `denied` is what the field came to use.
        if allowed {
            state.stored.oauth1.allow(&token, verifier.clone());
            back.query_pairs_mut()
                .append_pair("oauth_token", &token)
                .append_pair("oauth_verifier", &verifier);
        } else {
            state.stored.oauth1.deny(&token);
            back.query_pairs_mut().append_pair("denied", &token);
        }
        Some(back)
    });
    match back {
        Some(back) => (StatusCode::SEE_OTHER, [(header::LOCATION, String::from(back))]).into_response(),
        None => pages::refusal(Refusal::STALE),
    }
}

/// Token credentials (§2.3).
pub(crate) async fn token(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(struck) = strike(&shared, Target::Token).await {
        return struck;
    }
    let signed = signed(&shared, "POST", "/oauth1/token", query, &headers, &body);
    let outcome = shared.change(|state, now: Millis| {
        let signed = signed?;
        let (secret, _) = client(state, &signed)?;
        let pair = Pair { token: shared.mint.make("o1"), secret: shared.mint.make("o1s") };
        let account = state.account.clone();
        state.stored.oauth1.exchange(&signed, &secret, pair, account, now)
    });
    answer(outcome, &[])
}

/// The account, for a signed request.
pub(crate) async fn me(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Some(struck) = strike(&shared, Target::Api).await {
        return struck;
    }
    let signed = signed(&shared, "GET", "/oauth1/me", query, &headers, &Bytes::new());
    let outcome = shared.change(|state, now| {
        let signed = signed?;
        let (secret, _) = client(state, &signed)?;
        state.stored.oauth1.whose(&signed, &secret, now)
    });
    match outcome {
        Ok(whose) => account(&whose),
        Err(refused) => refuse(refused),
    }
}

fn signed(
    shared: &Shared,
    method: &'static str,
    path: &str,
    query: Option<String>,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Signed, Refused> {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let protocol = shown.and_then(protocol_parameters).ok_or(Refused::Malformed("Authorization"))?;
    let form =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/x-www-form-urlencoded");
    let mut params: Vec<(String, String)> =
        parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    if form {
        params.extend(parse(body).into_owned());
    }
    Ok(Signed { method, base_uri: format!("{}{path}", shared.issuer), params, protocol })
}

/// The secret and the callbacks of the client that signed.
fn client(state: &ProviderState, signed: &Signed) -> Result<(String, Vec<String>), Refused> {
    let unknown = Refused::Unauthorized("the client is not known");
    let client = state.clients.get(signed.get("oauth_consumer_key")?).ok_or(unknown)?;
    Ok((client.secret.clone().ok_or(unknown)?, client.redirect_uris.clone()))
}

fn answer(outcome: Result<Pair, Refused>, more: &[(&str, &str)]) -> Response {
    let pair = match outcome {
        Ok(pair) => pair,
        Err(refused) => return refuse(refused),
    };
    let mut form = Serializer::new(String::new());
    form.append_pair("oauth_token", &pair.token).append_pair("oauth_token_secret", &pair.secret);
    form.extend_pairs(more);
    ([(header::CONTENT_TYPE, "application/x-www-form-urlencoded")], form.finish()).into_response()
}

fn refuse(refused: Refused) -> Response {
    match refused {
        Refused::Malformed(name) => {
            (StatusCode::BAD_REQUEST, format!("`{name}` is missing or not usable\n")).into_response()
        }
        Refused::Unauthorized(why) => {
            let challenge = [(header::WWW_AUTHENTICATE, r#"OAuth realm="demo-provider""#)];
            (StatusCode::UNAUTHORIZED, challenge, format!("{why}\n")).into_response()
        }
    }
}
