//! Ending a grant at a server that was found: where it says, as the client it was given to, and nowhere else.

use crate::{
    discovering::{any_server, metadata, nobody},
    entries::{REFRESH_TOKEN, client, typed},
    server::{Reply, Sent, Server},
};
use latchkey_oauth::{Inputs, Revocation};
use latchkey_providers::Extent;
use latchkey_secret::{RefreshToken, Renewal};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A server of its own kind whose metadata was changed, and what discovery found of it.
async fn found(changes: Value, entry: Value, change: impl FnOnce(&mut Value)) -> (Server, Inputs) {
    let written: Arc<OnceLock<Value>> = Arc::default();
    let read = Arc::clone(&written);
    let server = Server::with(move |sent: &Sent| match sent.path.as_str() {
        "/.well-known/oauth-authorization-server" => Reply::json(200, &read.get().unwrap().to_string()),
        "/revoke" => Reply::of(200, "text/plain", ""),
        _ => Reply::of(404, "text/html", "<h1>Not here</h1>"),
    })
    .await;
    let mut told = metadata(&server.origin);
    crate::entries::merge(&mut told, changes);
    change(&mut told);
    written.set(told).unwrap();
    let typed = typed(&[("server", &format!("{}/mcp", server.origin))]);
    let fields = client().discover(&any_server(entry), &nobody(), &typed).await.unwrap().fields();
    (server, fields)
}

fn renewal(mut fields: Inputs, client: &[(&str, &str)]) -> Renewal {
    fields.extend(typed(client));
    Renewal { refresh_token: Some(RefreshToken::new(REFRESH_TOKEN.to_owned())), fields }
}

async fn revoked(renewal: &Renewal) -> Revocation {
    let provider = any_server(json!({}));
    client().revoke(&provider, &nobody(), Some(renewal), None, Extent::Grant).await.unwrap()
}

fn asked(server: &Server) -> Option<(BTreeMap<String, String>, Option<String>)> {
    let sent = server.sent().into_iter().find(|sent| sent.path == "/revoke")?;
    assert_eq!(sent.method, "POST");
    Some((sent.form(), sent.header("authorization").map(ToOwned::to_owned)))
}

#[tokio::test]
async fn a_client_without_a_secret_names_itself_and_the_token() {
    let (server, fields) = found(json!({}), json!({}), |_| {}).await;
    let renewal = renewal(fields, &[("oauth.client_id", "client-7")]);
    assert_eq!(revoked(&renewal).await, Revocation::Done);
    let (form, authorization) = asked(&server).unwrap();
    let expected =
        [("client_id", "client-7"), ("token", REFRESH_TOKEN), ("token_type_hint", "refresh_token")];
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    assert_eq!(authorization, None);
}

#[tokio::test]
async fn a_client_with_a_secret_proves_itself_as_it_does_for_a_token() {
    let methods = json!({"token_endpoint_auth_methods_supported": ["client_secret_basic"]});
    let (server, fields) = found(methods, json!({}), |_| {}).await;
    let client = [("oauth.client_id", "client-7"), ("oauth.client_secret", "canary_secret")];
    assert_eq!(revoked(&renewal(fields, &client)).await, Revocation::Done);
    let (form, authorization) = asked(&server).unwrap();
    assert!(authorization.unwrap().starts_with("Basic "));
    assert!(!form.contains_key("client_secret") && form["token"] == REFRESH_TOKEN, "{form:?}");
}

#[tokio::test]
async fn a_server_that_names_no_place_or_one_that_is_not_its_own_is_not_asked() {
    for place in [
        None,
        Some("https://elsewhere.example/revoke"),
        Some("http://elsewhere.example/revoke"),
        Some("https://user:pass@elsewhere.example/revoke"),
        Some("not a url"),
    ] {
        let (server, fields) = found(json!({}), json!({}), |told| match place {
            Some(place) => told["revocation_endpoint"] = json!(place),
            None => drop(told.as_object_mut().unwrap().remove("revocation_endpoint")),
        })
        .await;
        assert!(!fields.contains_key("oauth.revocation_endpoint"), "{place:?}");
        let renewal = renewal(fields, &[("oauth.client_id", "client-7")]);
        assert_eq!(revoked(&renewal).await, Revocation::NotSupported, "{place:?}");
        assert!(asked(&server).is_none());
    }
}

#[tokio::test]
async fn another_host_is_asked_where_the_entry_lists_it() {
    let place = json!({"revocation_endpoint": "https://elsewhere.example/revoke"});
    let hosts = json!({"api": {"hosts": ["elsewhere.example"]}});
    let (_, fields) = found(place, hosts, |_| {}).await;
    assert_eq!(fields["oauth.revocation_endpoint"].expose(), "https://elsewhere.example/revoke");
}
