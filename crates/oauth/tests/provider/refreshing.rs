//! What becomes of a refresh token.

use crate::{
    entries::{REFRESH_TOKEN, access_token, app, client, entry, refresh, refresh_token, renewal, typed},
    server::{Reply, Server},
};
use latchkey_oauth::{FaultKind, Inputs};
use latchkey_secret::Renewal;
use serde_json::{Value, json};

async fn after(answer: &str, changes: Value) -> Option<String> {
    let server = Server::answering(Reply::json(200, answer)).await;
    let grant = refresh(&entry(&server.origin, changes)).await.unwrap();
    let sent = server.only().form();
    assert_eq!(
        (sent["grant_type"].as_str(), sent["refresh_token"].as_str()),
        ("refresh_token", REFRESH_TOKEN)
    );
    assert_eq!(access_token(&grant), "canary_new");
    refresh_token(&grant).map(ToOwned::to_owned)
}

#[tokio::test]
async fn an_old_refresh_token_stays_until_there_is_a_new_one() {
    for answer in [
        r#"{"access_token":"canary_new"}"#,
        r#"{"access_token":"canary_new","refresh_token":null}"#,
        r#"{"access_token":"canary_new","refresh_token":""}"#,
        r#"{"access_token":"canary_new","refresh_token":"canary_refresh_token_one"}"#,
    ] {
        assert_eq!(after(answer, json!({})).await.as_deref(), Some(REFRESH_TOKEN), "{answer}");
    }
}

#[tokio::test]
async fn a_new_refresh_token_replaces_the_old_one() {
    let answer = r#"{"access_token":"canary_new","refresh_token":"canary_two"}"#;
    assert_eq!(after(answer, json!({})).await.as_deref(), Some("canary_two"));
    let replace = json!({"obtain": {"refresh": {"rotation": "replace"}}});
    assert_eq!(after(answer, replace).await.as_deref(), Some("canary_two"));
}

#[tokio::test]
async fn where_the_entry_knows_that_the_first_one_stays_good_it_stays() {
    let answer = r#"{"access_token":"canary_new","refresh_token":"canary_two"}"#;
    let keep = json!({"obtain": {"refresh": {"rotation": "keep"}}});
    assert_eq!(after(answer, keep).await.as_deref(), Some(REFRESH_TOKEN));
}

#[tokio::test]
async fn captured_values_outlive_an_answer_that_does_not_repeat_them() {
    let server = Server::with(|sent| match sent.form()["refresh_token"].as_str() {
        "one" => Reply::json(200, r#"{"access_token":"a","refresh_token":"two","shop":"new"}"#),
        _ => Reply::json(200, r#"{"access_token":"b"}"#),
    })
    .await;
    let provider = entry(&server.origin, json!({"obtain": {"token_response": {"set": {"shop": "/shop"}}}}));
    let old = Renewal { refresh_token: Some("one".to_owned().into()), fields: typed(&[("shop", "old")]) };
    let first = client().refresh(&provider, &app(), &old).await.unwrap().renewal.unwrap();
    assert_eq!(first.fields["shop"].expose(), "new", "an answer replaces what an answer gave");
    let second = client().refresh(&provider, &app(), &first).await.unwrap();
    assert_eq!(second.renewal.unwrap().fields["shop"].expose(), "new");
    assert_eq!(second.handout.fields["shop"].expose(), "new");
}

#[tokio::test]
async fn the_fields_of_a_renewal_reach_the_templates_again() {
    let server = Server::answering(Reply::json(200, r#"{"access_token":"a"}"#)).await;
    let provider = entry(
        &server.origin,
        json!({
            "inputs": [{"name": "tenant", "ask": "connection", "label": "Tenant"}],
            "obtain": {"refresh": {"params": {"tenant": "${conn.tenant}"}}},
        }),
    );
    let renewal = Renewal { fields: typed(&[("tenant", "t-1")]), ..renewal() };
    let grant = client().refresh(&provider, &app(), &renewal).await.unwrap();
    assert_eq!(server.only().form()["tenant"], "t-1");
    assert_eq!(grant.renewal.unwrap().fields["tenant"].expose(), "t-1");
}

#[tokio::test]
async fn with_nothing_to_refresh_with_nothing_is_sent() {
    let server = Server::answering(Reply::json(200, r#"{"access_token":"a"}"#)).await;
    let empty = Renewal { refresh_token: None, fields: Inputs::new() };
    let fault = client().refresh(&entry(&server.origin, json!({})), &app(), &empty).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unsupported);
    let none = entry(&server.origin, json!({"obtain": {"refresh": {"mode": "none"}}}));
    assert_eq!(client().refresh(&none, &app(), &renewal()).await.unwrap_err().kind, FaultKind::Unsupported);
    assert!(server.sent().is_empty());
}
