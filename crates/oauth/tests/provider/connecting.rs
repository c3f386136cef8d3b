//! Obtaining a credential: by code, by client credentials, by what was typed.

use crate::{
    entries::{
        REDIRECT_URI, SECRET, access_token, app, client, entry, exchange, key_entry, refresh_token, typed,
    },
    server::{Reply, Server},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use latchkey_oauth::{FaultKind, Inputs, callback_fields, check_issuer, given};
use latchkey_secret::AuthorizationCode;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, time::Duration};

fn token_reply() -> Reply {
    Reply::json(
        200,
        r#"{"access_token":"canary_at","token_type":"bearer","expires_in":3600,"refresh_token":"canary_rt"}"#,
    )
}

#[tokio::test]
async fn the_verifier_of_the_exchange_is_the_one_whose_hash_was_shown() {
    let server = Server::answering(token_reply()).await;
    let provider = entry(&server.origin, json!({}));
    let client = client();
    let begun =
        client.begin(&provider, &app(), &Inputs::new(), REDIRECT_URI, "state-1", &BTreeMap::new()).unwrap();
    let shown: BTreeMap<String, String> = begun.url.query_pairs().into_owned().collect();
    assert_eq!(shown["code_challenge_method"], "S256");
    assert_eq!((shown["state"].as_str(), shown["scope"].as_str()), ("state-1", "read write"));
    assert_eq!(shown["redirect_uri"], REDIRECT_URI);

    let code = AuthorizationCode::new("canary_code".into());
    let verifier = begun.verifier.as_ref();
    client.exchange(&provider, &app(), &Inputs::new(), REDIRECT_URI, &code, verifier).await.unwrap();
    let sent = server.only().form();
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(&sent["code_verifier"]));
    assert_eq!(hash, shown["code_challenge"]);
    assert_eq!((sent["code"].as_str(), sent["grant_type"].as_str()), ("canary_code", "authorization_code"));
    assert_eq!(sent["redirect_uri"], REDIRECT_URI);
}

#[tokio::test]
async fn every_attempt_has_a_verifier_of_its_own() {
    let provider = entry("http://127.0.0.1:1", json!({}));
    let verifier = || {
        let begun =
            client().begin(&provider, &app(), &Inputs::new(), REDIRECT_URI, "s", &BTreeMap::new()).unwrap();
        begun.verifier.unwrap().expose().to_owned()
    };
    assert_ne!(verifier(), verifier());
}

#[test]
fn nobody_is_sent_to_a_provider_without_an_app() {
    let provider = entry("http://127.0.0.1:1", json!({}));
    let mut app = app();
    app.client_id = String::new();
    let fault =
        client().begin(&provider, &app, &Inputs::new(), REDIRECT_URI, "s", &BTreeMap::new()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::InputInvalid { field: "app.client_id".into() });
}

#[tokio::test]
async fn a_provider_that_refuses_pkce_is_not_sent_any() {
    let server = Server::answering(token_reply()).await;
    let provider = entry(&server.origin, json!({"obtain": {"code_challenge_methods": []}}));
    let begun =
        client().begin(&provider, &app(), &Inputs::new(), REDIRECT_URI, "s", &BTreeMap::new()).unwrap();
    assert!(begun.verifier.is_none() && !begun.url.as_str().contains("code_challenge"));
}

#[tokio::test]
async fn the_app_proves_itself_by_basic_and_by_nothing_else() {
    let server = Server::answering(token_reply()).await;
    exchange(&entry(&server.origin, json!({}))).await.unwrap();
    let sent = server.only();
    let expected = format!("Basic {}", STANDARD.encode(format!("client-1:{SECRET}")));
    assert_eq!(sent.header("authorization"), Some(expected.as_str()));
    assert!(!sent.form().contains_key("client_secret") && !sent.form().contains_key("client_id"));
}

#[tokio::test]
async fn the_app_proves_itself_in_the_body_and_nowhere_else() {
    let server = Server::answering(token_reply()).await;
    let post = json!({"obtain": {"token_endpoint_auth_method": "client_secret_post"}});
    exchange(&entry(&server.origin, post)).await.unwrap();
    let sent = server.only();
    assert_eq!(sent.header("authorization"), None);
    assert_eq!(
        (sent.form()["client_id"].as_str(), sent.form()["client_secret"].as_str()),
        ("client-1", SECRET)
    );
}

#[tokio::test]
async fn no_secret_ever_stands_in_a_url() {
    let server = Server::answering(token_reply()).await;
    for method in ["client_secret_basic", "client_secret_post", "none"] {
        exchange(&entry(&server.origin, json!({"obtain": {"token_endpoint_auth_method": method}})))
            .await
            .unwrap();
    }
    for sent in server.sent() {
        assert_eq!((sent.method.as_str(), sent.path.as_str(), sent.query.as_str()), ("POST", "/token", ""));
        assert_eq!(sent.header("accept"), Some("application/json"));
        assert!(sent.header("user-agent").unwrap().starts_with("latchkey/"));
    }
}

#[tokio::test]
async fn an_answer_becomes_a_grant() {
    let server = Server::answering(token_reply()).await;
    let grant = exchange(&entry(&server.origin, json!({}))).await.unwrap();
    assert_eq!(access_token(&grant), "canary_at");
    assert_eq!(refresh_token(&grant), Some("canary_rt"));
    assert_eq!(grant.expires_in, Some(Duration::from_secs(3600)));
    assert_eq!(grant.handout.headers["authorization"].expose(), "Bearer canary_at");
    assert!(grant.origins.contains(&server.origin), "{:?}", grant.origins);
    assert_eq!(grant.scopes, None);
}

#[tokio::test]
async fn without_a_refresh_token_nothing_can_be_renewed() {
    let server = Server::answering(Reply::json(200, r#"{"access_token":"a","refresh_token":""}"#)).await;
    let grant = exchange(&entry(&server.origin, json!({}))).await.unwrap();
    assert!(grant.renewal.is_none());
}

#[tokio::test]
async fn what_the_entry_captures_is_kept_for_the_backend_and_for_the_next_refresh() {
    let answer = r#"{"access_token":"a","refresh_token":"r","team":{"id":"T1"},"site":"from-answer","signing":"canary_s"}"#;
    let server = Server::answering(Reply::json(200, answer)).await;
    let provider = entry(
        &server.origin,
        json!({
            "inputs": [{"name": "site", "ask": "connection", "label": "Site"}],
            "obtain": {"token_response": {
                "set": {"team_id": "/team/id", "site": "/site"}, "set_secret": {"signing": "/signing"},
            }},
        }),
    );
    let code = AuthorizationCode::new("canary_code".into());
    let inputs = typed(&[("site", "typed")]);
    let grant = client().exchange(&provider, &app(), &inputs, REDIRECT_URI, &code, None).await.unwrap();
    let renewal = grant.renewal.as_ref().unwrap();
    for fields in [&grant.handout.fields, &renewal.fields] {
        assert_eq!(fields["team_id"].expose(), "T1");
        assert_eq!(fields["signing"].expose(), "canary_s");
        assert_eq!(fields["site"].expose(), "typed", "what was typed wins over an answer");
    }
}

#[tokio::test]
async fn what_is_used_once_is_not_kept() {
    let server = Server::answering(token_reply()).await;
    let provider = entry(
        &server.origin,
        json!({"inputs": [{"name": "pin", "ask": "once", "label": "Pin", "secret": true}]}),
    );
    let code = AuthorizationCode::new("canary_code".into());
    let inputs = typed(&[("pin", "canary_pin")]);
    let grant = client().exchange(&provider, &app(), &inputs, REDIRECT_URI, &code, None).await.unwrap();
    assert!(grant.handout.fields.is_empty() && grant.renewal.unwrap().fields.is_empty());
}

#[tokio::test]
async fn client_credentials_are_asked_for_and_asked_for_again() {
    let server = Server::answering(Reply::json(200, r#"{"access_token":"canary_at","expires_in":60}"#)).await;
    let provider = entry(&server.origin, json!({"obtain": {"grant_type": "client_credentials"}}));
    let grant = client().client_credentials(&provider, &app(), &Inputs::new()).await.unwrap();
    let renewal = grant.renewal.expect("asking again is always possible");
    assert!(renewal.refresh_token.is_none());
    let again = client().refresh(&provider, &app(), &renewal).await.unwrap();
    assert_eq!(access_token(&again), "canary_at");
    for sent in server.sent() {
        assert_eq!(sent.form()["grant_type"], "client_credentials");
        assert_eq!(sent.form()["scope"], "read write");
    }
    assert_eq!(server.sent().len(), 2);
}

#[tokio::test]
async fn a_client_that_was_typed_is_the_connections_to_mend() {
    let server = Server::answering(Reply::json(401, r#"{"error":"invalid_client"}"#)).await;
    let typed_client = json!({
        "inputs": [
            {"name": "client_id", "ask": "connection", "label": "Id"},
            {"name": "client_secret", "ask": "connection", "label": "Secret", "secret": true},
        ],
        "obtain": {
            "grant_type": "client_credentials",
            "client": {"id": "${conn.client_id}", "secret": "${conn.client_secret}"},
        },
    });
    let mut app = app();
    (app.client_id, app.client_secret) = (String::new(), None);
    let inputs = typed(&[("client_id", "c"), ("client_secret", "canary_typed")]);
    let provider = entry(&server.origin, typed_client);
    let fault = client().client_credentials(&provider, &app, &inputs).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::CredentialsRejected);
}

#[test]
fn a_typed_key_becomes_a_grant_without_asking_anybody() {
    let provider = key_entry("http://127.0.0.1:1", json!({}));
    let grant = given(&provider, &app(), &typed(&[("api_key", " canary_key\n")])).unwrap();
    assert_eq!(grant.handout.headers["x-api-key"].expose(), "canary_key");
    assert_eq!(grant.handout.fields["api_key"].expose(), "canary_key");
    assert_eq!(grant.origins, ["http://127.0.0.1:1", "https://127.0.0.1"]);
    assert!(grant.renewal.is_none() && grant.expires_in.is_none() && grant.handout.access_token.is_none());
}

#[test]
fn what_was_typed_wrongly_is_named_and_not_repeated() {
    let provider = key_entry("http://127.0.0.1:1", json!({}));
    for inputs in [typed(&[]), typed(&[("api_key", "canary\nkey")])] {
        let fault = given(&provider, &app(), &inputs).unwrap_err();
        assert_eq!(fault.kind, FaultKind::InputInvalid { field: "api_key".into() });
        assert!(!format!("{fault:?}").contains("canary"));
    }
}

#[test]
fn another_issuers_answer_is_refused() {
    let provider = entry("http://127.0.0.1:1", json!({"obtain": {"issuer": "https://as.example"}}));
    assert!(check_issuer(&provider, Some("https://as.example")).is_ok());
    assert!(check_issuer(&provider, None).is_ok());
    for other in ["https://as.example/", "https://AS.example", "https://evil.example", ""] {
        let fault = check_issuer(&provider, Some(other)).unwrap_err();
        assert_eq!(fault.code.as_deref(), Some("issuer_mismatch"), "{other}");
    }
    let silent = entry("http://127.0.0.1:1", json!({}));
    assert!(check_issuer(&silent, Some("https://anybody.example")).is_ok());
}

#[test]
fn a_callback_parameter_the_entry_wants_is_kept() {
    let provider =
        entry("http://127.0.0.1:1", json!({"obtain": {"callback": {"set": {"realm_id": "realmId"}}}}));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let fields = callback_fields(&provider, &[pair("code", "c"), pair("realmId", "42")]);
    assert_eq!((fields.len(), fields["realm_id"].expose()), (1, "42"));
    assert!(callback_fields(&provider, &[pair("realmId", "1"), pair("realmId", "2")]).is_empty());
}

#[tokio::test]
async fn an_exchange_without_its_app_is_not_sent() {
    let server = Server::answering(token_reply()).await;
    let mut app = app();
    app.client_secret = None;
    let code = AuthorizationCode::new("canary_code".into());
    let provider = entry(&server.origin, json!({}));
    let outcome = client().exchange(&provider, &app, &Inputs::new(), REDIRECT_URI, &code, None).await;
    let fault = outcome.unwrap_err();
    assert_eq!(fault.kind, FaultKind::InputInvalid { field: "app.client_secret".into() });
    assert_eq!(fault.blame(), latchkey_oauth::Blame::App);
    assert!(server.sent().is_empty());
}
