//! Verifying a credential, and ending it.

use crate::{
    entries::{REFRESH_TOKEN, app, client, entry, exchange, key_entry, renewal, typed},
    server::{Reply, Server},
};
use latchkey_oauth::FaultKind::{CredentialsRejected, RateLimited, RequestRejected, Unavailable};
use latchkey_oauth::{Fault, Inputs, Revocation, Verified, given};
use latchkey_providers::Extent;
use latchkey_secret::Account;
use serde_json::{Value, json};

async fn try_key(server: &Server, changes: Value) -> Result<Verified, Fault> {
    let provider = key_entry(&server.origin, changes);
    let inputs = typed(&[("api_key", "canary_key")]);
    let grant = given(&provider, &app(), &inputs).unwrap();
    client().verify(&provider, &app(), &grant, &inputs).await
}

#[tokio::test]
async fn a_key_is_tried_out_with_the_headers_a_backend_would_send() {
    let server = Server::with(|sent| {
        Reply::json(if sent.header("x-api-key") == Some("canary_key") { 200 } else { 401 }, "{}")
    })
    .await;
    assert_eq!(try_key(&server, json!({})).await.unwrap(), Verified::Works { account: None });
    assert_eq!(server.only().path, "/api/me");
}

#[tokio::test]
async fn a_refused_key_is_told_from_a_provider_in_trouble() {
    for (status, kind) in [
        (401, CredentialsRejected),
        (403, CredentialsRejected),
        (404, RequestRejected),
        (302, RequestRejected),
        (429, RateLimited),
        (500, Unavailable),
        (408, Unavailable),
    ] {
        let server = Server::answering(Reply::json(status, r#"{"message":"key canary_key is bad"}"#)).await;
        let fault = try_key(&server, json!({})).await.unwrap_err();
        assert_eq!((fault.kind, fault.http_status), (kind, Some(status)));
        assert_eq!(fault.description.as_deref(), Some("key [redacted] is bad"));
    }
}

#[tokio::test]
async fn a_no_with_status_200_is_a_no() {
    let server = Server::answering(Reply::json(200, r#"{"ok":false}"#)).await;
    let expecting = json!({"probes": {"verify": {"expect": {"pointer": "/ok", "equals": true}}}});
    assert_eq!(try_key(&server, expecting).await.unwrap_err().kind, CredentialsRejected);
}

#[tokio::test]
async fn without_a_probe_nothing_is_asked_and_nothing_is_claimed() {
    let server = Server::answering(Reply::json(200, r#"{"access_token":"a"}"#)).await;
    let provider = entry(&server.origin, json!({}));
    let grant = exchange(&provider).await.unwrap();
    let verified = client().verify(&provider, &app(), &grant, &Inputs::new()).await.unwrap();
    assert_eq!(verified, Verified::NotChecked);
    assert_eq!(server.sent().len(), 1);
}

#[tokio::test]
async fn the_account_is_learnt_where_the_entry_knows_how() {
    let server = Server::with(|sent| match (sent.path.as_str(), sent.header("authorization")) {
        ("/token", _) => Reply::json(200, r#"{"access_token":"canary_at"}"#),
        ("/api/user", Some("Bearer canary_at")) => Reply::json(200, r#"{"login":"ada\u0007","id":7}"#),
        _ => Reply::json(401, "{}"),
    })
    .await;
    let identity =
        json!({"probes": {"identity": {"url": "/user", "set": {"login": "/login", "user_id": "/id"}}}});
    let provider = entry(&server.origin, identity);
    let grant = exchange(&provider).await.unwrap();
    let verified = client().verify(&provider, &app(), &grant, &Inputs::new()).await.unwrap();
    let account = Account { id: Some("7".into()), label: Some("ada".into()) };
    assert_eq!(verified, Verified::Works { account: Some(account) });
}

#[tokio::test]
async fn an_account_that_cannot_be_learnt_does_not_spoil_a_credential_that_works() {
    let server = Server::with(|sent| Reply::json(if sent.path == "/api/me" { 200 } else { 403 }, "{}")).await;
    let identity = json!({"probes": {"identity": {"url": "/user", "set": {"id": "/id"}}}});
    assert_eq!(try_key(&server, identity).await.unwrap(), Verified::Works { account: None });
}

#[tokio::test]
async fn a_credential_that_cannot_even_tell_its_owner_is_refused() {
    let server = Server::with(|sent| match sent.path.as_str() {
        "/token" => Reply::json(200, r#"{"access_token":"canary_at"}"#),
        _ => Reply::json(401, "{}"),
    })
    .await;
    let identity = json!({"probes": {"identity": {"url": "/user", "set": {"id": "/id"}}}});
    let provider = entry(&server.origin, identity);
    let grant = exchange(&provider).await.unwrap();
    let fault = client().verify(&provider, &app(), &grant, &Inputs::new()).await.unwrap_err();
    assert_eq!(fault.kind, CredentialsRejected);
}

fn revocable(origin: &str) -> Value {
    json!({"obtain": {"revoke": {
        "method": "POST", "url": format!("{origin}/revoke"), "auth": "client_secret_basic", "format": "form",
        "params": {"token": "${token.refresh_token ?? token.access_token}"},
    }}})
}

#[tokio::test]
async fn a_revocation_names_the_refresh_token_and_is_done() {
    let server = Server::answering(Reply::of(200, "text/plain", "")).await;
    let provider = entry(&server.origin, revocable(&server.origin));
    let outcome = client().revoke(&provider, &app(), Some(&renewal()), None, Extent::Grant).await.unwrap();
    assert_eq!(outcome, Revocation::Done);
    let sent = server.only();
    assert_eq!((sent.path.as_str(), sent.form()["token"].as_str()), ("/revoke", REFRESH_TOKEN));
    assert!(sent.header("authorization").unwrap().starts_with("Basic "));
}

#[tokio::test]
async fn a_token_that_was_gone_before_is_gone() {
    for reply in [
        Reply::json(404, "{}"),
        Reply::json(400, r#"{"error":"invalid_token"}"#),
        Reply::json(400, r#"{"error":"invalid_grant"}"#),
    ] {
        let server = Server::answering(reply).await;
        let provider = entry(&server.origin, revocable(&server.origin));
        let outcome =
            client().revoke(&provider, &app(), Some(&renewal()), None, Extent::Grant).await.unwrap();
        assert_eq!(outcome, Revocation::Done);
    }
}

#[tokio::test]
async fn a_revocation_that_was_not_confirmed_is_not_done() {
    for (reply, transient) in [
        (Reply::json(503, "").header("retry-after", "9"), true),
        (Reply::json(500, ""), true),
        (Reply::json(401, r#"{"error":"invalid_client"}"#), false),
        (Reply::json(302, ""), false),
    ] {
        let server = Server::answering(reply).await;
        let provider = entry(&server.origin, revocable(&server.origin));
        let fault =
            client().revoke(&provider, &app(), Some(&renewal()), None, Extent::Grant).await.unwrap_err();
        assert_eq!(fault.is_transient(), transient, "{fault:?}");
    }
}

#[tokio::test]
async fn what_would_end_other_grants_too_is_done_only_where_it_may() {
    let server = Server::answering(Reply::of(200, "text/plain", "")).await;
    let provider = entry(&server.origin, {
        let mut changes = revocable(&server.origin);
        changes["obtain"]["revoke"]["ends"] = json!("account");
        changes
    });
    let revoke =
        async |extent| client().revoke(&provider, &app(), Some(&renewal()), None, extent).await.unwrap();
    assert_eq!(revoke(Extent::Grant).await, Revocation::NotSupported);
    assert!(server.sent().is_empty());
    assert_eq!(revoke(Extent::Account).await, Revocation::Done);
    assert_eq!(server.only().path, "/revoke");
}

#[tokio::test]
async fn where_the_entry_knows_no_revocation_that_is_said() {
    let provider = entry("http://127.0.0.1:1", json!({}));
    let outcome = client().revoke(&provider, &app(), Some(&renewal()), None, Extent::Grant).await.unwrap();
    assert_eq!(outcome, Revocation::NotSupported);
}
