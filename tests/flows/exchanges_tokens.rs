//! RFC 8693: a caller shows who it is, by its API key or by a token of an issuer that is believed, and is given a connection's
//! token. Workloads of a real OpenID server (npm `oidc-provider`) need no key of Latchkey's.

use crate::meets_a_real_provider::provider::Provider;
use axum::Json;
use axum::routing::get;
use latchkey_signing::jwt::{Key, sign};
use latchkey_signing::{Algorithm, PrivateKey, Seed};
use latchkey_testkit::demo::Selection;
use latchkey_testkit::{World, free_port};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
pub const AUDIENCE: &str = "https://latchkey.test";

/// RFC 7515 A.3.1, and another.
pub const KEYS: [&str; 2] = [
    r#"{"kty":"EC","kid":"one","crv":"P-256","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    r#"{"kty":"EC","kid":"two","crv":"P-256","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#,
];

async fn exchange(world: &World, subject: &str, kind: &str, audience: &str) -> (u16, Value) {
    let form = [
        ("grant_type", EXCHANGE),
        ("subject_token", subject),
        ("subject_token_type", kind),
        ("audience", audience),
    ];
    let answer = reqwest::Client::new().post(world.url("/oauth/token")).form(&form).send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn error(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"].as_str().unwrap_or_default())
}

/// What an operator writes about an issuer on this machine.
fn issuer(name: &str, more: &str, subject: &str, rule: &str) -> String {
    format!(
        "[[connect.token_exchange.issuers]]\nissuer = \"{name}\"\naudience = \"{AUDIENCE}\"\nallow_private = true\nallow_http = true\n{more}\n\
         [[connect.token_exchange.issuers.callers]]\nsubject = \"{subject}\"\nenvironment = \"dev\"\n{rule}\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_api_key_is_exchanged_for_a_connections_token() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let audience = format!("demo-oauth/{connection}");
    let key = world.backend().shown_key().to_owned();

    let metadata: Value = reqwest::get(world.url("/.well-known/oauth-authorization-server"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(metadata["token_endpoint"], world.url("/oauth/token"));
    assert_eq!(metadata["grant_types_supported"], json!([EXCHANGE]));

    let (status, given) = exchange(&world, &key, ACCESS_TOKEN, &audience).await;
    assert_eq!(
        (status, given["token_type"].as_str(), given["issued_token_type"].as_str()),
        (200, Some("Bearer"), Some(ACCESS_TOKEN))
    );
    assert!(given["expires_in"].as_u64().unwrap() > 500);
    let headers =
        [("authorization".to_owned(), format!("Bearer {}", given["access_token"].as_str().unwrap()))];
    assert_eq!(world.call_api("/me", &headers.into()).await, 200);

    let wrong = exchange(&world, "lk_dev_nonsense", ACCESS_TOKEN, &audience).await;
    assert_eq!(error(&wrong), (400, "invalid_request"));
    let other_integration = exchange(&world, &key, ACCESS_TOKEN, &format!("demo-basic/{connection}")).await;
    let never = exchange(&world, &key, ACCESS_TOKEN, "demo-oauth/con_01JD0000000000000000000000").await;
    assert_eq!(error(&never), (400, "invalid_target"));
    assert_eq!(other_integration, never, "nothing tells whether it exists");
    let elsewhere = world.backend_for("prod", "tokens:read").await;
    assert_eq!(exchange(&world, elsewhere.shown_key(), ACCESS_TOKEN, &audience).await, never);
    let may_not = world.backend_for("dev", "connections:read").await;
    assert_eq!(
        error(&exchange(&world, may_not.shown_key(), ACCESS_TOKEN, &audience).await),
        (400, "unauthorized_client")
    );

    world.provider().revoke(&Selection::All);
    world.backend().new_token(&connection).await.unwrap_err();
    assert_eq!(error(&exchange(&world, &key, ACCESS_TOKEN, &audience).await), (400, "invalid_grant"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workload_of_a_real_issuer_needs_no_key_of_ours() {
    latchkey_chassis::tls::install_provider();
    for algorithm in ["RS256", "ES256"] {
        let port = free_port();
        let real = Provider::of_workloads(port, algorithm);
        let settings = issuer(real.issuer(), "", "worker", "integrations = [\"demo-oauth\"]");
        let world = World::builder().token_exchange(&settings).start().await;
        let connection = world.connect("demo-oauth", "ana").await;
        let audience = format!("demo-oauth/{connection}");
        let token = real.workload_token(AUDIENCE).await;
        let (status, given) = exchange(&world, &token, JWT, &audience).await;
        assert_eq!(status, 200, "{algorithm}: {given}");
        let headers =
            [("authorization".to_owned(), format!("Bearer {}", given["access_token"].as_str().unwrap()))];
        assert_eq!(world.call_api("/me", &headers.into()).await, 200);

        let for_another = real.workload_token("https://elsewhere.test").await;
        let refused = exchange(&world, &for_another, JWT, &audience).await;
        assert_eq!(error(&refused), (400, "invalid_request"), "{refused:?}");
        let changed = format!("{}AAAA", &token[..token.len() - 4]);
        assert_eq!(error(&exchange(&world, &changed, JWT, &audience).await), (400, "invalid_request"));
        let machine = exchange(&world, &token, JWT, "demo-machine/con_01JD0000000000000000000000").await;
        assert_eq!(error(&machine), (400, "invalid_target"), "another integration is not its own");
        world.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spiffe_workload_is_let_in_and_an_issuers_new_key_is_found() {
    let published = Arc::new(Mutex::new(vec![public(KEYS[0])]));
    let more = format!("jwks_uri = \"{}\"", publish(published.clone()).await);
    let settings = issuer("spiffe://example.org", &more, "spiffe://example.org/ns/billing/*", "");
    let world = World::builder().token_exchange(&settings).start().await;
    let audience = format!("demo-oauth/{}", world.connect("demo-oauth", "ana").await);

    let worker = "spiffe://example.org/ns/billing/sa/worker";
    assert_eq!(exchange(&world, &svid(KEYS[0], worker), JWT, &audience).await.0, 200);
    let stranger = svid(KEYS[0], "spiffe://example.org/ns/other/sa/worker");
    assert_eq!(error(&exchange(&world, &stranger, JWT, &audience).await), (400, "invalid_request"));
    let unknown = svid(KEYS[1], worker);
    assert_eq!(error(&exchange(&world, &unknown, JWT, &audience).await), (400, "invalid_request"));

    // The issuer goes over to another key, which is found although the others are known: at most ten seconds later.
    *published.lock().unwrap() = vec![public(KEYS[1])];
    let begun = std::time::Instant::now();
    while exchange(&world, &unknown, JWT, &audience).await.0 != 200 {
        assert!(begun.elapsed().as_secs() < 40, "the new key is never found");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    assert_eq!(
        error(&exchange(&world, &svid(KEYS[0], worker), JWT, &audience).await),
        (400, "invalid_request"),
        "the old key is gone"
    );
    world.finish().await;
}

/// Where keys are published, whichever they are just then.
pub async fn publish(keys: Arc<Mutex<Vec<Value>>>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let keys = get(move || async move { Json(json!({ "keys": *keys.lock().unwrap() })) });
    tokio::spawn(
        async move { axum::serve(listener, axum::Router::new().route("/keys", keys)).await.unwrap() },
    );
    format!("http://{address}/keys")
}

pub fn public(key: &str) -> Value {
    let mut key: Value = serde_json::from_str(key).unwrap();
    key.as_object_mut().unwrap().remove("d");
    key["use"] = "jwt-svid".into();
    key
}

/// A JWT-SVID, which names no issuer.
fn svid(key: &str, subject: &str) -> String {
    svid_for(key, subject, AUDIENCE, 300)
}

/// The same for another audience, or for that many seconds.
pub fn svid_for(key: &str, subject: &str, audience: &str, lives: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
    let claims = json!({ "sub": subject, "aud": [audience], "iat": now - 600, "exp": now + lives });
    let key = Key::Private(PrivateKey::parse(key).unwrap());
    let claims = claims.as_object().unwrap().clone();
    sign(Algorithm::ES256, &key, serde_json::Map::new(), &claims, Seed([7; 32])).unwrap()
}
