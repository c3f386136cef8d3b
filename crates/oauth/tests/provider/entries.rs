//! Catalogue entries, apps and credentials for tests.

use latchkey_oauth::{App, Client, ClientOptions, Fault, Inputs};
use latchkey_providers::{Catalogue, Provider, Trust};
use latchkey_secret::{AuthorizationCode, CodeVerifier, Grant, RefreshToken, Renewal, SecretText};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

pub const REDIRECT_URI: &str = "https://latchkey.example/callback";
pub const VERIFIER: &str = "canary_verifier_0123456789012345678901234567890";
pub const REFRESH_TOKEN: &str = "canary_refresh_token_one";
pub const SECRET: &str = "canary_client_secret";

/// An OAuth 2 entry whose endpoints are at `origin`, with `changes` merged over it.
pub fn entry(origin: &str, changes: Value) -> Arc<Provider> {
    let mut entry = json!({
        "id": "acme-oauth",
        "name": "Acme",
        "categories": ["other"],
        "obtain": {
            "type": "oauth2",
            "authorization_endpoint": format!("{origin}/authorize"),
            "token_endpoint": format!("{origin}/token"),
            "token_endpoint_auth_method": "client_secret_basic",
            "code_challenge_methods": ["S256"],
        },
        "apply": {"scheme": "bearer"},
        "api": {"base_url": format!("{origin}/api"), "hosts": ["127.0.0.1"]},
    });
    merge(&mut entry, changes);
    catalogued(&entry, Trust::Loopback)
}

/// An entry for a key that somebody types.
pub fn key_entry(origin: &str, changes: Value) -> Arc<Provider> {
    let mut entry = json!({
        "id": "acme-key",
        "name": "Acme",
        "categories": ["other"],
        "inputs": [{"name": "api_key", "ask": "connection", "label": "Key", "secret": true}],
        "obtain": {"type": "given"},
        "apply": {"scheme": "none", "headers": {"x-api-key": "${conn.api_key}"}},
        "api": {"base_url": format!("{origin}/api"), "hosts": ["127.0.0.1"]},
        "probes": {"verify": {"url": "/me"}},
    });
    merge(&mut entry, changes);
    catalogued(&entry, Trust::Loopback)
}

pub fn catalogued(entry: &Value, trust: Trust) -> Arc<Provider> {
    let id = entry["id"].as_str().unwrap();
    let catalogue = Catalogue::embedded().with_entry(&entry.to_string(), trust);
    catalogue.unwrap_or_else(|error| panic!("{error}")).get(id).unwrap()
}

pub fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                merge(base.entry(name).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

pub fn app() -> App {
    App {
        client_id: "client-1".into(),
        client_secret: Some(SECRET.to_owned().into()),
        scopes: vec!["read".into(), "write".into()],
        fields: Inputs::new(),
    }
}

pub fn client() -> Client {
    Client::new(&ClientOptions { deadline: Duration::from_secs(5), ..ClientOptions::default() }).unwrap()
}

pub fn renewal() -> Renewal {
    Renewal { refresh_token: Some(RefreshToken::new(REFRESH_TOKEN.into())), fields: Inputs::new() }
}

pub fn typed(pairs: &[(&str, &str)]) -> Inputs {
    pairs.iter().map(|&(name, value)| (name.to_owned(), SecretText::new(value.to_owned()))).collect()
}

pub async fn exchange(provider: &Provider) -> Result<Grant, Fault> {
    let code = AuthorizationCode::new("canary_code".into());
    let verifier = CodeVerifier::new(VERIFIER.into());
    client().exchange(provider, &app(), &Inputs::new(), REDIRECT_URI, &code, Some(&verifier)).await
}

pub async fn refresh(provider: &Provider) -> Result<Grant, Fault> {
    client().refresh(provider, &app(), &renewal()).await
}

pub fn access_token(grant: &Grant) -> &str {
    grant.handout.access_token.as_ref().unwrap().expose()
}

pub fn refresh_token(grant: &Grant) -> Option<&str> {
    grant.renewal.as_ref()?.refresh_token.as_ref().map(RefreshToken::expose)
}

pub fn field<'a>(fields: &'a Inputs, name: &str) -> Option<&'a str> {
    fields.get(name).map(SecretText::expose)
}

pub fn renewing(grant: Grant) -> Renewal {
    grant.renewal.expect("a renewal")
}
