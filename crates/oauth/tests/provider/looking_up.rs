//! What is learnt of a connection after the credential was obtained.

use crate::{
    entries::{app, client, entry, exchange, typed},
    server::{Reply, Sent, Server},
};
use latchkey_oauth::{Fault, FaultKind, Inputs};
use latchkey_secret::Grant;
use serde_json::{Value, json};

const TOKENS: &str = r#"{"access_token":"canary_at","refresh_token":"canary_rt","expires_in":60}"#;

/// An entry whose API is told which site it is asked about, in a header.
fn telling(discover: Value) -> Value {
    json!({
        "inputs": [{"name": "subdomain", "ask": "connection", "label": "Site", "required": false}],
        "api": {"headers": {"x-site": "${conn.site_id}"}},
        "probes": {"discover": discover},
    })
}

fn sites() -> Value {
    json!([
        {"id": "sites", "url": "/sites", "pick": {"from": "/sites", "choose": "first"}, "set": {"site_id": "/id"}},
        {"id": "me", "url": "/site/${conn.site_id}/me", "set": {"login": "/login"}, "optional": true},
    ])
}

async fn looked_up(
    changes: Value,
    inputs: &[(&str, &str)],
    answer: impl Fn(&Sent) -> Reply + Send + Sync + 'static,
) -> (Server, Result<Grant, Fault>) {
    let server =
        Server::with(move |sent| if sent.path == "/token" { Reply::json(200, TOKENS) } else { answer(sent) })
            .await;
    let provider = entry(&server.origin, changes);
    let grant = exchange(&provider).await.unwrap();
    let outcome = client().look_up(&provider, &app(), grant, &typed(inputs)).await;
    (server, outcome)
}

fn honest(sent: &Sent) -> Reply {
    match sent.path.as_str() {
        "/api/sites" => Reply::json(200, r#"{"sites":[{"id":7},{"id":8}]}"#),
        "/api/site/7/me" => Reply::json(200, r#"{"login":"ana"}"#),
        _ => Reply::json(404, "{}"),
    }
}

#[tokio::test]
async fn what_is_learnt_goes_with_the_credential_its_renewal_and_the_next_question() {
    let (server, outcome) = looked_up(telling(sites()), &[], honest).await;
    let grant = outcome.unwrap();
    let renewal = grant.renewal.as_ref().unwrap();
    for fields in [&grant.handout.fields, &renewal.fields] {
        assert_eq!((fields["site_id"].expose(), fields["login"].expose()), ("7", "ana"));
    }
    assert_eq!(grant.handout.headers["x-site"].expose(), "7");
    assert_eq!(grant.account.unwrap().label.as_deref(), Some("ana"));
    let asked: Vec<_> = server.sent().into_iter().skip(1).collect();
    assert!(asked.iter().all(|sent| sent.header("authorization") == Some("Bearer canary_at")));

    let provider = entry(&server.origin, telling(sites()));
    let again = client().refresh(&provider, &app(), renewal).await.unwrap();
    assert_eq!(again.handout.headers["x-site"].expose(), "7", "and with every credential after it");
    assert_eq!(server.sent().len(), 4, "a refresh asks nothing again");
}

#[tokio::test]
async fn what_was_typed_is_not_replaced() {
    let discover =
        json!([{"id": "me", "url": "/sites", "set": {"subdomain": "/sites/0/id", "site_id": "/sites/1/id"}}]);
    let (_server, outcome) = looked_up(telling(discover), &[("subdomain", "acme")], honest).await;
    let grant = outcome.unwrap();
    assert!(!grant.handout.fields.contains_key("subdomain"), "it is the connection's already");
    assert_eq!(grant.handout.fields["site_id"].expose(), "8");
}

#[tokio::test]
async fn an_unanswered_question_fails_no_connection_that_works_without_it() {
    for status in [401, 403, 404, 429, 500] {
        let (_server, outcome) = looked_up(telling(sites()), &[], move |_| Reply::json(status, "{}")).await;
        let grant = outcome.unwrap();
        assert!(!grant.handout.headers.contains_key("x-site") && !grant.origins.is_empty(), "{status}");
    }
    let (_server, outcome) =
        looked_up(telling(sites()), &[], |_| Reply::of(200, "text/html", "<html>")).await;
    assert!(outcome.is_ok());
}

#[tokio::test]
async fn an_api_whose_address_was_not_learnt_cannot_be_called() {
    let changes = |origin: &str| {
        json!({
            "api": {"base_url": "${conn.api_url}", "hosts": ["127.0.0.1"]},
            "probes": {"discover": [{"id": "home", "url": format!("{origin}/home"), "set": {"api_url": "/api_url"}}]},
        })
    };
    let server = Server::with(|sent| match sent.path.as_str() {
        "/token" => Reply::json(200, TOKENS),
        _ => Reply::json(200, &json!({"api_url": "http://127.0.0.1:9/v2"}).to_string()),
    })
    .await;
    let provider = entry(&server.origin, changes(&server.origin));
    let grant = client()
        .look_up(&provider, &app(), exchange(&provider).await.unwrap(), &Inputs::new())
        .await
        .unwrap();
    assert!(grant.origins.contains(&"http://127.0.0.1:9".to_owned()), "{:?}", grant.origins);

    let cases = [
        (Reply::json(503, "{}"), FaultKind::Unavailable),
        (Reply::json(403, "{}"), FaultKind::CredentialsRejected),
        (Reply::json(200, "{}"), FaultKind::ResponseInvalid),
        (Reply::json(200, r#"{"api_url":"https://evil.example/"}"#), FaultKind::ResponseInvalid),
    ];
    for (answer, kind) in cases {
        let server = Server::with(move |sent| match sent.path.as_str() {
            "/token" => Reply::json(200, TOKENS),
            _ => answer.clone(),
        })
        .await;
        let provider = entry(&server.origin, changes(&server.origin));
        let grant = exchange(&provider).await.unwrap();
        let fault = client().look_up(&provider, &app(), grant, &Inputs::new()).await.unwrap_err();
        assert_eq!(fault.kind, kind);
    }
}

#[tokio::test]
async fn one_of_several_ways_to_try_a_credential_is_enough() {
    let changes = json!({"probes": {"verify": {"url": ["/old", "/new"]}}});
    for (works, expected) in [("/api/old", 1), ("/api/new", 2)] {
        let server = Server::with(move |sent| match sent.path.as_str() {
            "/token" => Reply::json(200, TOKENS),
            path => Reply::json(if path == works { 200 } else { 403 }, "{}"),
        })
        .await;
        let provider = entry(&server.origin, changes.clone());
        let grant = exchange(&provider).await.unwrap();
        assert!(client().verify(&provider, &app(), &grant, &Inputs::new()).await.is_ok());
        assert_eq!(server.sent().len() - 1, expected, "{works}");
    }
}
