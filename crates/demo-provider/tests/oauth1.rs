//! OAuth 1.0a from end to end, signed by a client that shares nothing with the provider but the RFC.

#![allow(clippy::unwrap_used, reason = "the vocabulary of tests may fail loudly, as tests do")]

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use latchkey_demo_provider::{DemoProvider, Options, Selection};
use reqwest::{Method, StatusCode};
use std::collections::HashMap;
use support::*;
use url::Url;
use url::form_urlencoded::byte_serialize;

/// `application/x-www-form-urlencoded` differs from RFC 5849 §3.6 in three characters.
fn encode(text: &str) -> String {
    byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
        .replace('*', "%2A")
        .replace("%7E", "~")
}

fn authorization(
    method: &str,
    url: &str,
    extra: &[(&str, &str)],
    nonce: &str,
    secrets: (&str, &str),
) -> String {
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().to_string();
    let mut params = vec![
        ("oauth_consumer_key", CLIENT.0),
        ("oauth_nonce", nonce),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", &now),
    ];
    params.extend(extra);
    let mut pairs: Vec<_> =
        params.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.sort();
    let base = format!("{method}&{}&{}", encode(url), encode(&pairs.join("&")));
    let key = format!("{}&{}", encode(secrets.0), encode(secrets.1));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
    let signature = STANDARD.encode(ring::hmac::sign(&key, base.as_bytes()));
    params.push(("oauth_signature", &signature));
    let shown: Vec<_> = params.iter().map(|(name, value)| format!("{name}=\"{}\"", encode(value))).collect();
    format!("OAuth {}", shown.join(", "))
}

async fn call(
    world: &World,
    method: Method,
    path: &str,
    header: &str,
) -> (StatusCode, HashMap<String, String>, String) {
    let url = format!("{}{path}", world.issuer);
    let response = world.backend.request(method, url).header("authorization", header).send().await.unwrap();
    let (status, text) = (response.status(), response.text().await.unwrap());
    (status, url::form_urlencoded::parse(text.as_bytes()).into_owned().collect(), text)
}

async fn initiated(world: &World, nonce: &str) -> HashMap<String, String> {
    let url = format!("{}/oauth1/initiate", world.issuer);
    let header = authorization("POST", &url, &[("oauth_callback", CALLBACK)], nonce, (CLIENT.1, ""));
    let (status, pair, text) = call(world, Method::POST, "/oauth1/initiate", &header).await;
    assert_eq!(status, 200, "{text}");
    assert_eq!(pair["oauth_callback_confirmed"], "true");
    pair
}

/// The owner decides; where the browser is sent.
async fn decided(world: &World, token: &str, decision: &str) -> Url {
    let page = world
        .browser
        .get(format!("{}/oauth1/authorize?oauth_token={token}", world.issuer))
        .send()
        .await
        .unwrap();
    let html = page.text().await.unwrap();
    let consent =
        html.split("name=\"consent\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = [("consent", consent.as_str()), ("decision", decision)];
    let url = format!("{}/oauth1/authorize/decision", world.issuer);
    let answer = world.browser.post(url).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    answer.headers()["location"].to_str().unwrap().parse().unwrap()
}

async fn exchanged(
    world: &World,
    temporary: &HashMap<String, String>,
    verifier: &str,
    nonce: &str,
) -> (StatusCode, HashMap<String, String>) {
    let url = format!("{}/oauth1/token", world.issuer);
    let extra = [("oauth_token", temporary["oauth_token"].as_str()), ("oauth_verifier", verifier)];
    let header = authorization("POST", &url, &extra, nonce, (CLIENT.1, &temporary["oauth_token_secret"]));
    let (status, pair, _) = call(world, Method::POST, "/oauth1/token", &header).await;
    (status, pair)
}

async fn connected(world: &World) -> HashMap<String, String> {
    let temporary = initiated(world, "n1").await;
    let back = decided(world, &temporary["oauth_token"], "allow").await;
    let answer: HashMap<_, _> = back.query_pairs().into_owned().collect();
    assert_eq!(answer["oauth_token"], temporary["oauth_token"]);
    let (status, pair) = exchanged(world, &temporary, &answer["oauth_verifier"], "n2").await;
    assert_eq!(status, 200);
    let (again, _) = exchanged(world, &temporary, &answer["oauth_verifier"], "n3").await;
    assert_eq!(again, 401, "temporary credentials are good for one exchange");
    pair
}

async fn me(world: &World, pair: &HashMap<String, String>, nonce: &str, secret: &str) -> StatusCode {
    let url = format!("{}/oauth1/me", world.issuer);
    let header =
        authorization("GET", &url, &[("oauth_token", &pair["oauth_token"])], nonce, (CLIENT.1, secret));
    call(world, Method::GET, "/oauth1/me", &header).await.0
}

#[tokio::test]
async fn three_legs_lead_to_the_account() {
    let world = world().await;
    let pair = connected(&world).await;
    assert_eq!(me(&world, &pair, "n4", &pair["oauth_token_secret"]).await, 200);
    assert_eq!(me(&world, &pair, "n4", &pair["oauth_token_secret"]).await, 401, "a nonce counts once");
    assert_eq!(me(&world, &pair, "n5", "another secret").await, 401);
    world.provider.controls().revoke(&Selection::All);
    assert_eq!(me(&world, &pair, "n6", &pair["oauth_token_secret"]).await, 401);
}

#[tokio::test]
async fn a_no_gives_nothing() {
    let world = world().await;
    let temporary = initiated(&world, "n1").await;
    let back = decided(&world, &temporary["oauth_token"], "decline").await;
    assert!(
        back.query_pairs().any(|(name, value)| name == "denied" && value == temporary["oauth_token"]),
        "{back}"
    );
    assert_eq!(exchanged(&world, &temporary, "guess", "n2").await.0, 401);
}

#[tokio::test]
async fn a_verifier_cannot_be_guessed_and_a_callback_not_chosen() {
    let world = world().await;
    let temporary = initiated(&world, "n1").await;
    decided(&world, &temporary["oauth_token"], "allow").await;
    assert_eq!(exchanged(&world, &temporary, "guess", "n2").await.0, 401);

    let url = format!("{}/oauth1/initiate", world.issuer);
    let elsewhere = [("oauth_callback", "http://127.0.0.1:9/elsewhere")];
    let header = authorization("POST", &url, &elsewhere, "n3", (CLIENT.1, ""));
    assert_eq!(call(&world, Method::POST, "/oauth1/initiate", &header).await.0, 400);
    let header = authorization("POST", &url, &[("oauth_callback", CALLBACK)], "n4", ("wrong", ""));
    assert_eq!(call(&world, Method::POST, "/oauth1/initiate", &header).await.0, 401);
}

#[tokio::test]
async fn tokens_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let world = world_with(|options| options.state_file = Some(file.clone())).await;
    let pair = connected(&world).await;
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.contains(&pair["oauth_token"]));
    let mut options = Options::new(&world.issuer);
    options.state_file = Some(file);
    assert!(DemoProvider::new(options).is_ok());
}
