//! The words the tests of this crate share.
#![allow(dead_code)]
#![allow(clippy::unwrap_used)] // Its functions are only called by tests.

pub mod golden;
pub mod plausible;
pub mod written;

use latchkey_providers::{
    AuthMode, AuthorizationParams, Body, Catalogue, Grant, HttpRequest, Provider, RefreshMode, RenderError,
    StepWhen, Trust, Values,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

pub fn texts<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

pub fn provider(id: &str) -> Arc<Provider> {
    Catalogue::embedded().get(id).unwrap()
}

/// An entry of the test's own.
pub fn entry(id: &str, text: &str) -> Arc<Provider> {
    Catalogue::embedded().with_entry(text, Trust::Public).unwrap().get(id).unwrap()
}

/// What an honest user types, for entries that tests look at closely.
pub fn honest(id: &str) -> BTreeMap<String, String> {
    match id {
        "zendesk" | "shopify" => texts([("subdomain", "acme")]),
        "salesforce" => texts([("hostname", "acme.my.salesforce.com")]),
        "stripe" => texts([("api_key", "rk_test_51abcDEF"), ("context", "acct_1Abc")]),
        "jira-basic" => {
            texts([("subdomain", "acme"), ("username", "ada@example.com"), ("password", "canary_token")])
        }
        "auth0" => texts([
            ("tenant", "acme.eu.auth0.com"),
            ("audience", "https://acme.eu.auth0.com/api/v2/"),
            ("client_id", "the-client"),
            ("client_secret", "canary_secret"),
        ]),
        _ => BTreeMap::new(),
    }
}

/// Values of a connection that exists, with what its answers brought.
pub fn connected(conn: BTreeMap<String, String>) -> Values {
    let mut values = Values::at(1_700_000_000_123);
    values.app = texts([("client_id", "client:1"), ("client_secret", "canary&secret")]);
    values.token = texts([
        ("access_token", "canary_access"),
        ("refresh_token", "canary/refresh"),
        ("token_secret", "canary_token_secret"),
    ]);
    values.conn = texts([("instance_url", "https://acme.my.salesforce.com")]);
    values.conn.extend(conn);
    values.randomness = Some([7; 32]);
    values
}

static NOTHING: BTreeMap<String, String> = BTreeMap::new();

pub fn asked() -> AuthorizationParams<'static> {
    AuthorizationParams {
        client_id: "client:1",
        redirect_uri: "https://app.example.com/callback",
        state: "st ate",
        scopes: &[],
        code_challenge: Some("challenge"),
        others: &NOTHING,
    }
}

pub const CODE: Grant<'static> = Grant::AuthorizationCode {
    code: "the code",
    redirect_uri: "https://app.example.com/callback",
    code_verifier: Some("verifier"),
};
pub const REFRESH: Grant<'static> = Grant::RefreshToken { refresh_token: "old refresh" };

/// Every URL the entry makes of these values, whichever its way of authorizing.
pub fn every_url(provider: &Provider, values: &Values) -> Vec<Result<Url, RenderError>> {
    let mut urls = vec![];
    let request = |request: Result<HttpRequest, RenderError>| request.map(|request| request.url);
    match provider.auth_mode() {
        AuthMode::OAuth2Code => {
            urls.push(provider.authorization_url(values, asked()));
            urls.push(request(provider.token_request(values, CODE)));
            if provider.refresh_mode() == RefreshMode::RefreshToken {
                urls.push(request(provider.token_request(values, REFRESH)));
            }
        }
        AuthMode::OAuth2ClientCredentials => {
            urls.push(request(provider.token_request(values, Grant::ClientCredentials { scopes: &[] })));
        }
        AuthMode::Installation => {
            urls.push(provider.interaction_url(values, "https://us.example.com/back", "s"))
        }
        _ => {}
    }
    for step in provider.steps().iter().chain(provider.steps_after(StepWhen::Obtain)) {
        urls.extend(request_of(provider.step_request(step, &answered(provider, values))));
    }
    match provider.refresh_mode() {
        RefreshMode::AccessToken => {
            urls.push(request(provider.token_request(values, Grant::AccessToken { access_token: "old" })));
        }
        RefreshMode::AppSigned => urls.push(request(provider.token_request(values, Grant::AppSigned))),
        _ => {}
    }
    urls.extend(provider.base_url(values).transpose());
    urls.extend(
        provider
            .verify_probes(values)
            .map(|probes| probes.into_iter().next())
            .transpose()
            .map(|probe| probe.map(|probe| probe.request.url)),
    );
    urls.extend(
        provider.identity_probe(values).transpose().map(|probe| probe.map(|probe| probe.request.url)),
    );
    urls.extend(provider.revoke_request(values).transpose().map(request));
    urls
}

fn request_of(request: Result<Option<HttpRequest>, RenderError>) -> Option<Result<Url, RenderError>> {
    request.map(|request| request.map(|request| request.url)).transpose()
}

/// Answers to every step, by the names entries read addresses from, on hosts the entry allows.
fn answered(provider: &Provider, values: &Values) -> Values {
    let host =
        provider.api.hosts.first().map_or("api.example.com".into(), |host| host.text.replace('*', "as"));
    let mut answer = serde_json::json!({"access_token": "canary_step"});
    for name in ["IdentityServiceUrl", "token_endpoint", "restApiEndpoint", "instance_url"] {
        answer[name] = format!("https://{host}").into();
    }
    let mut values = values.clone();
    values.step = vec![answer.clone(), answer];
    values
        .assertion
        .extend(provider.obtain.assertions.keys().map(|name| (name.clone(), "signed".to_owned())));
    values
}

pub fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

pub fn form(request: &HttpRequest) -> BTreeMap<String, String> {
    match &request.body {
        Body::Form(pairs) => pairs.iter().cloned().collect(),
        other => panic!("not a form: {other:?}"),
    }
}

pub fn query(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}
