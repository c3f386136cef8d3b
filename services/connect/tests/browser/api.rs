//! The calls of the program in the pages.

use crate::world::{API_KEY, World, world};
use latchkey_demo_provider::EntryKind;
use latchkey_domain::SessionId;
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use std::time::Duration;

/// A frame on another site: it has no cookies, and shows what it was given in a header.
struct Frame<'a> {
    world: &'a World,
    http: Client,
    session: SessionId,
    binding: String,
}

async fn frame(world: &World, kind: EntryKind) -> Frame<'_> {
    let (session, token) = world.session(kind).await;
    let http = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
    let body = json!({ "token": token, "environment": "dev" });
    let opened = http.post(format!("{}/connect/api/sessions", world.url)).json(&body).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::CREATED);
    assert!(opened.headers().get("set-cookie").is_none(), "a frame is given no cookie");
    let opened: Value = opened.json().await.unwrap();
    assert_eq!(opened["session"]["id"], session.to_string());
    Frame { world, http, session, binding: opened["binding"].as_str().unwrap().to_owned() }
}

impl Frame<'_> {
    fn ask(&self, method: reqwest::Method, rest: &str) -> RequestBuilder {
        let url = format!("{}/connect/api/sessions/{}{rest}", self.world.url, self.session);
        self.http.request(method, url).bearer_auth(&self.binding)
    }

    async fn start(&self, integration: &str, fields: Value) -> Response {
        let body = json!({ "integration": integration, "fields": fields, "window": true });
        self.ask(reqwest::Method::POST, "/attempts").json(&body).send().await.unwrap()
    }

    async fn look(&self) -> Value {
        self.ask(reqwest::Method::GET, "").send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn a_frame_connects_without_any_cookie() {
    let world = world().await;
    let frame = frame(&world, EntryKind::ApiKey).await;
    let form: Value = frame
        .ask(reqwest::Method::GET, "/integrations/demo-api-key")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(form["fields"][0]["name"], "api_key");
    assert_eq!(form["fields"][0]["secret"], true);

    let refused = frame.start("demo-api-key", json!({ "api_key": "wrong" })).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let refused: Value = refused.json().await.unwrap();
    assert_eq!((&refused["reason"], &refused["owner"]), (&json!("CREDENTIALS_REJECTED"), &json!("END_USER")));
    assert_eq!(frame.look().await["failure"]["reason"], "CREDENTIALS_REJECTED");

    let connected: Value =
        frame.start("demo-api-key", json!({ "api_key": API_KEY })).await.json().await.unwrap();
    assert_eq!(connected["next"], "connected");
    let connection = &connected["session"]["connection"];
    assert!(connection["id"].as_str().unwrap().starts_with("con_"), "{connected}");
    assert!(!connected.to_string().contains(API_KEY));
}

#[tokio::test]
async fn a_missing_field_is_named() {
    let world = world().await;
    let frame = frame(&world, EntryKind::ApiKey).await;
    let refused: Value = frame.start("demo-api-key", json!({})).await.json().await.unwrap();
    assert_eq!((&refused["reason"], &refused["field"]), (&json!("FIELD_INVALID"), &json!("api_key")));
}

#[tokio::test]
async fn a_window_is_believed_for_the_attempt_it_was_opened_for_alone() {
    let world = world().await;
    let frame = frame(&world, EntryKind::OAuth).await;
    let started: Value = frame.start("demo-oauth", json!({})).await.json().await.unwrap();
    let window = world.browser();
    let enter = async |binding: &str, attempt: &Value| {
        let body = json!({ "binding": binding, "session": frame.session.to_string(), "attempt": attempt });
        window.post("/connect/api/window").json(&body).send().await.unwrap()
    };
    let another = json!("aut_01JD0000000000000000000000");
    assert_eq!(enter(&frame.binding, &another).await.status(), StatusCode::BAD_REQUEST);
    let other = "A".repeat(43);
    assert_eq!(enter(&other, &started["attempt"]).await.status(), StatusCode::GONE);
    let entered = enter(&frame.binding, &started["attempt"]).await;
    assert_eq!(entered.status(), StatusCode::NO_CONTENT);
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("lk_attempt_aut_") && cookie.contains("HttpOnly"), "{cookie}");

    let there = url::Url::parse(started["url"].as_str().unwrap()).unwrap();
    let back = window.allowed_at(there).await;
    let stranger = world.browser().http.get(&back).send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::BAD_REQUEST, "without the cookie it is nobody's answer");
    let answer = window.http.get(&back).send().await.unwrap();
    assert_eq!(answer.headers()["location"], "/connect/window/done");
    assert_eq!(answer.headers()["cross-origin-opener-policy"], "unsafe-none");
    assert!(frame.look().await["connection"]["id"].is_string());
}

#[tokio::test]
async fn whoever_waits_is_told_at_once() {
    let world = world().await;
    let frame = frame(&world, EntryKind::ApiKey).await;
    let known = frame.look().await["revision"].as_str().unwrap().to_owned();
    let mut stream =
        frame.ask(reqwest::Method::GET, "/watch").header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let first = stream.chunk().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains(&known));
    let waiting = frame.ask(reqwest::Method::GET, &format!("/watch?known={known}")).send();
    let (told, _) = tokio::join!(waiting, frame.start("demo-api-key", json!({ "api_key": API_KEY })));
    let told: Value = told.unwrap().json().await.unwrap();
    assert_ne!(told["revision"], known.as_str());
    let end = async {
        let mut text = String::new();
        while let Some(chunk) = stream.chunk().await.unwrap() {
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
        text
    };
    let text = tokio::time::timeout(Duration::from_secs(20), end).await.unwrap();
    assert!(text.contains("\"connection\""), "the stream ends with the connection: {text}");
}

#[tokio::test]
async fn a_call_that_changes_something_needs_more_than_a_cookie() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::ApiKey).await;
    let path = format!("/connect/api/sessions/{session}/attempts");
    let body = json!({ "integration": "demo-api-key", "fields": { "api_key": API_KEY } });
    let bare = browser.post(&path).json(&body).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::BAD_REQUEST);
    let token = browser.form_token(session, EntryKind::ApiKey).await;
    let sent = |site: &str| {
        browser.post(&path).json(&body).header("x-form-token", &token).header("sec-fetch-site", site).send()
    };
    assert_eq!(sent("cross-site").await.unwrap().status(), StatusCode::BAD_REQUEST);
    assert_eq!(sent("same-origin").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_frame_of_one_environment_opens_no_session_of_another() {
    let world = world().await;
    let (_, token) = world.session(EntryKind::ApiKey).await;
    let body = json!({ "token": token, "environment": "prod" });
    let opened = world.browser().post("/connect/api/sessions").json(&body).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_frame_may_be_shown_where_the_environment_allows_it() {
    let world = world().await;
    let answer = world.browser().get("/embed/dev").send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors http://localhost:* http://127.0.0.1:*;"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.headers()["cross-origin-opener-policy"], "unsafe-none");
    assert_eq!(world.browser().get("/embed/No%20Environment").send().await.unwrap().status(), 404);
}
