//! Second credentials: those an answer brings beside the first, and those that have a request of their own.

use crate::{
    entries::{
        REFRESH_TOKEN, SECRET, access_token, app, client, entry, exchange, field, merge, refresh_token,
        renewing, typed,
    },
    server::{Reply, Sent, Server},
};
use latchkey_providers::Provider;
use latchkey_secret::Renewal;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

fn with_companion(origin: &str, changes: Value) -> Arc<Provider> {
    let mut all = json!({"obtain": {
        "companions": {"user": {"from": "/authed_user", "optional": true, "refresh": "own"}},
        "primary_fallback": "user",
        "token_response": {"lifetime_is_shortest_of": ["primary", "user"]},
    }});
    merge(&mut all, changes);
    entry(origin, all)
}

#[tokio::test]
async fn a_companion_comes_with_the_answer_and_is_renewed_by_its_own_token() {
    let server = Server::with(|sent: &Sent| {
        let form = sent.form();
        match (form["grant_type"].as_str(), form.get("refresh_token").map(String::as_str)) {
            ("authorization_code", _) => Reply::json(200, r#"{"access_token":"canary_bot","refresh_token":"canary_bot_rt",
                "expires_in":43200,"authed_user":{"access_token":"canary_user","refresh_token":"canary_user_rt","expires_in":600}}"#),
            (_, Some("canary_user_rt")) => {
                Reply::json(200, r#"{"access_token":"canary_user_2","refresh_token":"canary_user_rt_2","expires_in":500}"#)
            }
            _ => Reply::json(200, r#"{"access_token":"canary_bot_2","refresh_token":"canary_bot_rt_2","expires_in":43200}"#),
        }
    })
    .await;
    let provider = with_companion(&server.origin, json!({}));
    let grant = exchange(&provider).await.unwrap();
    assert_eq!((access_token(&grant), grant.expires_in), ("canary_bot", Some(Duration::from_secs(600))));
    assert_eq!(field(&grant.handout.fields, "companion.user.access_token"), Some("canary_user"));
    assert_eq!(
        field(&grant.handout.fields, "companion.user.refresh_token"),
        None,
        "it renews, and is nobody else's"
    );
    let next = client().refresh(&provider, &app(), &renewing(grant)).await.unwrap();
    assert_eq!((access_token(&next), refresh_token(&next)), ("canary_bot_2", Some("canary_bot_rt_2")));
    assert_eq!(field(&next.handout.fields, "companion.user.access_token"), Some("canary_user_2"));
    assert_eq!(next.expires_in, Some(Duration::from_secs(500)));
    let renewal = renewing(next);
    assert_eq!(field(&renewal.fields, "companion.user.refresh_token"), Some("canary_user_rt_2"));
}

#[tokio::test]
async fn a_companion_that_cannot_be_renewed_costs_no_token() {
    let server = Server::with(|sent: &Sent| match sent.form().get("refresh_token").map(String::as_str) {
        Some("canary_user_rt") => Reply::json(503, "{}"),
        _ => Reply::json(200, r#"{"access_token":"canary_bot_2","refresh_token":"canary_bot_rt_2"}"#),
    })
    .await;
    let provider = with_companion(&server.origin, json!({}));
    let fields = typed(&[
        ("companion.user.access_token", "canary_user"),
        ("companion.user.refresh_token", "canary_user_rt"),
    ]);
    let old = Renewal { refresh_token: Some(REFRESH_TOKEN.to_owned().into()), fields };
    let next = client().refresh(&provider, &app(), &old).await.unwrap();
    assert_eq!(refresh_token(&next), Some("canary_bot_rt_2"));
    assert_eq!(field(&next.handout.fields, "companion.user.access_token"), Some("canary_user"));
}

#[tokio::test]
async fn the_second_credential_alone_is_the_first() {
    let body = r#"{"ok":true,"authed_user":{"access_token":"canary_user","expires_in":600}}"#;
    let server = Server::answering(Reply::json(200, body)).await;
    let grant = exchange(&with_companion(&server.origin, json!({}))).await.unwrap();
    assert_eq!((access_token(&grant), grant.expires_in), ("canary_user", Some(Duration::from_secs(600))));
}

#[tokio::test]
async fn a_companion_may_have_a_grant_or_steps_of_its_own() {
    let server = Server::with(|sent: &Sent| match sent.path.as_str() {
        "/token" => Reply::json(200, r#"{"access_token":"canary_at"}"#),
        "/bot" => Reply::json(200, r#"{"access_token":"canary_bot"}"#),
        _ => Reply::json(200, r#"{"token":"canary_step"}"#),
    })
    .await;
    let origin = &server.origin;
    let provider = entry(
        origin,
        json!({"obtain": {"companions": {
            "bot": {"grant_type": "client_credentials", "token_endpoint": format!("{origin}/bot"),
                    "token_endpoint_auth_method": "client_secret_post", "params": {"scope": "bot"}},
            "install": {"steps": [{"method": "POST", "url": format!("{origin}/install")}],
                        "token_response": {"access_token": "/token"}},
        }}}),
    );
    let grant = exchange(&provider).await.unwrap();
    assert_eq!(field(&grant.handout.fields, "companion.bot.access_token"), Some("canary_bot"));
    assert_eq!(field(&grant.handout.fields, "companion.install.access_token"), Some("canary_step"));
    let bot = server.sent().into_iter().find(|sent| sent.path == "/bot").unwrap().form();
    assert_eq!((bot["client_secret"].as_str(), bot["scope"].as_str()), (SECRET, "bot"));
}
