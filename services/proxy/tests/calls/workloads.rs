//! Callers that need no key of ours: workloads, by the word of an issuer that is believed.

use crate::world::World;
use axum::Json;
use axum::routing::get;
use http::StatusCode;
use latchkey_signing::jwt::{Key, sign};
use latchkey_signing::{Algorithm, PrivateKey, Seed};
use serde_json::{Map, Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

const ISSUER: &str = "https://issuer.test";
const AUDIENCE: &str = "https://proxy.test";

/// RFC 7515 A.3.1.
const KEY: &str = r#"{"kty":"EC","kid":"one","crv":"P-256","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// The proxy's settings for an issuer that publishes its key on this machine.
async fn settings() -> Value {
    let mut public: Value = serde_json::from_str(KEY).unwrap();
    public.as_object_mut().unwrap().remove("d");
    let keys = get(move || async move { Json(json!({ "keys": [public] })) });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let jwks_uri = format!("http://{}/keys", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/keys", keys);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let rule = |subject: &str, scope: &str, integrations: &[&str]| json!({"subject": subject, "environment": "dev", "scopes": [scope], "integrations": integrations});
    json!({"issuers": [{
        "issuer": ISSUER, "audience": AUDIENCE, "jwks_uri": jwks_uri, "allow_private": true, "allow_http": true,
        "callers": [
            rule("worker", "proxy:call", &[]),
            rule("elsewhere", "proxy:call", &["another"]),
            rule("reader", "tokens:read", &[]),
        ],
    }]})
}

fn token(subject: &str, audience: &str, lives: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
    let claims =
        json!({ "iss": ISSUER, "sub": subject, "aud": audience, "iat": now - 600, "exp": now + lives });
    let key = Key::Private(PrivateKey::parse(KEY).unwrap());
    sign(Algorithm::ES256, &key, Map::new(), claims.as_object().unwrap(), Seed([7; 32])).unwrap()
}

async fn called(world: &World, token: &str) -> reqwest::Response {
    let request = world.bare("GET", "/echo").bearer_auth(token);
    request.header("latchkey-connection", world.connection.to_string()).send().await.unwrap()
}

#[tokio::test]
async fn a_workload_that_is_let_in_calls_without_a_key_and_its_token_stays_here() {
    let world = World::believing(settings().await).await;
    let shown = token("worker", AUDIENCE, 300);
    assert_eq!(called(&world, &shown).await.status(), StatusCode::OK);
    let [seen] = &world.upstream.seen()[..] else { panic!("one request") };
    assert_eq!(seen.headers["authorization"], "Bearer canary_access_1");
    assert!(!format!("{seen:?}").contains(&shown), "the caller's token stays here");

    // A key is as good as before.
    assert_eq!(world.request("GET", "/echo").send().await.unwrap().status(), StatusCode::OK);
    world.finish().await;
}

#[tokio::test]
async fn a_token_that_is_not_for_us_or_a_workload_without_a_rule_is_refused_by_name() {
    let world = World::believing(settings().await).await;
    for (shown, status, reason) in [
        (token("worker", "https://elsewhere.test", 300), 401, "WORKLOAD_TOKEN_INVALID"),
        (token("worker", AUDIENCE, -120), 401, "WORKLOAD_TOKEN_INVALID"),
        (token("nobody", AUDIENCE, 300), 401, "WORKLOAD_TOKEN_INVALID"),
        (token("worker", AUDIENCE, 300).replacen('.', ".e", 1), 401, "WORKLOAD_TOKEN_INVALID"),
        (token("reader", AUDIENCE, 300), 403, "SCOPE_NOT_GRANTED"),
        (token("elsewhere", AUDIENCE, 300), 404, "CONNECTION_UNKNOWN"),
    ] {
        let refused = called(&world, &shown).await;
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["latchkey-source"]),
            (status, &"proxy".parse().unwrap())
        );
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["reason"], reason);
        assert!(!problem.to_string().contains(&shown));
    }
    assert!(world.upstream.seen().is_empty(), "what is refused goes nowhere");
    world.finish().await;
}

#[tokio::test]
async fn where_no_issuer_is_believed_a_workloads_token_is_no_key() {
    let world = World::start().await;
    let problem: Value = called(&world, &token("worker", AUDIENCE, 300)).await.json().await.unwrap();
    assert_eq!(problem["reason"], "API_KEY_INVALID");
    world.finish().await;
}
