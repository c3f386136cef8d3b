//! The three pages: what this is, do you consent, and why not. Rendered here; no script, nothing fetched.

use crate::ledger::Account;
use crate::options::{Client, SCOPES};
use crate::shared::Shared;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, LazyLock};
use url::Url;

const STYLE: &str = include_str!("../../templates/style.css");

/// The one style sheet is allowed by its hash, and nothing else is. `form-action` is judged along the whole chain of
/// redirects after the form, and where a client sends its user in the end only the client knows: so any web
/// address is allowed there. The form cannot be another one: there is no script, and all text is escaped.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self' http: https:; base-uri 'none'; \
         frame-ancestors 'none'"
    )
});

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    issuer: &'a str,
    base_path: &'a str,
    login: &'a str,
    lifetime_seconds: u64,
}

pub(crate) async fn home(State(shared): State<Arc<Shared>>) -> Response {
    let account = shared.with(|state, _| state.account.clone());
    let home = Home {
        issuer: &shared.issuer,
        base_path: &shared.base_path,
        login: &account.login,
        lifetime_seconds: shared.access_token_lifetime.as_secs(),
    };
    page(StatusCode::OK, &home)
}

/// The consent page.
#[derive(Template)]
#[template(path = "consent.html")]
pub(crate) struct Consent<'a> {
    base_path: &'a str,
    client: &'a str,
    client_initial: char,
    account: &'a Account,
    account_initial: char,
    /// Each with what it means, in plain words.
    scopes: Vec<(&'a str, &'a str)>,
    /// Where the browser goes next.
    destination: String,
    consent: &'a str,
    /// Where the decision is sent, below the base path.
    action: &'static str,
    /// Whether an admin can be asked instead.
    has_admin: bool,
}

impl<'a> Consent<'a> {
    pub(crate) fn new(
        shared: &'a Shared,
        client: &'a Client,
        account: &'a Account,
        scopes: &'a [String],
        redirect: &Url,
        consent: &'a str,
    ) -> Self {
        Self {
            base_path: &shared.base_path,
            client: &client.name,
            client_initial: initial(&client.name),
            account,
            account_initial: initial(&account.name),
            scopes: scopes.iter().map(|scope| (scope.as_str(), meaning(scope))).collect(),
            destination: destination(redirect),
            consent,
            action: "/authorize/decision",
            has_admin: true,
        }
    }

    /// The same page for another endpoint's decision.
    pub(crate) fn decided_at(self, action: &'static str) -> Self {
        Self { action, has_admin: false, ..self }
    }
}

impl IntoResponse for Consent<'_> {
    fn into_response(self) -> Response {
        page(StatusCode::OK, &self)
    }
}

/// Why a request ends here instead of going back to the client.
#[derive(Clone, Copy)]
pub(crate) struct Refusal {
    title: &'static str,
    what: &'static str,
    remedy: &'static str,
}

impl Refusal {
    pub(crate) const CLIENT: Self = Self {
        title: "Unknown app",
        what: "The link that brought you here names an app that is not registered.",
        remedy: "Its developer should check client_id.",
    };
    pub(crate) const REDIRECT_URI: Self = Self {
        title: "Unknown return address",
        what: "The app wants its answer sent to an address that it has not registered, so nothing is sent there.",
        remedy: "Its developer should check redirect_uri: it must be a registered one, letter by letter.",
    };
    pub(crate) const REPEATED: Self = Self {
        title: "Garbled request",
        what: "The link that brought you here says something twice.",
        remedy: "Its developer should send each parameter once.",
    };
    pub(crate) const STALE: Self = Self {
        title: "This page is no longer current",
        what: "It was answered already, is older than ten minutes, or was opened in another browser.",
        remedy: "Go back to the app and start again. Cookies must be allowed.",
    };
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage {
    refusal: Refusal,
}

pub(crate) fn refusal(refusal: Refusal) -> Response {
    page(StatusCode::BAD_REQUEST, &RefusalPage { refusal })
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    let html = match template.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "A page of the demo provider could not be rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = (status, Html(html)).into_response();
    if let Ok(policy) = HeaderValue::from_str(&POLICY) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn initial(name: &str) -> char {
    name.chars().next().map_or('?', |first| first.to_uppercase().next().unwrap_or(first))
}

/// Host and port of a web address; the scheme of an app's own (RFC 8252 §7.1).
fn destination(redirect: &Url) -> String {
    match (redirect.host_str(), redirect.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => format!("{}:", redirect.scheme()),
    }
}

fn meaning(scope: &str) -> &str {
    SCOPES.iter().find(|(known, _)| *known == scope).map_or(scope, |(_, meaning)| meaning)
}
