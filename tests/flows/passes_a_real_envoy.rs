//! A request that passes an Envoy at a mesh's edge goes on with the connection's credential, and without its caller's key.

use crate::exchanges_tokens::{AUDIENCE, KEYS, public, publish, svid_for};
use latchkey_testkit::demo::Selection;
use latchkey_testkit::{Answer, Envoy, EnvoyRoute, Receiver, World};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use url::Url;

const CONNECTION: &str = "latchkey-connection";

async fn get(url: String, key: Option<&str>, connection: Option<&str>) -> reqwest::Response {
    let request = reqwest::Client::new().get(url).header("x-own", "stays");
    let request = key.into_iter().fold(request, |request, key| request.bearer_auth(key));
    let named = connection.into_iter().fold(request, |request, name| request.header(CONNECTION, name));
    named.send().await.unwrap()
}

const WORKER: &str = "spiffe://example.org/ns/billing/sa/worker";

/// What an operator writes of a trust domain whose workers may call.
async fn workloads() -> String {
    let jwks_uri = publish(Arc::new(Mutex::new(vec![public(KEYS[0])]))).await;
    let rule = |subject: &str, more: &str| {
        format!(
            "[[proxy.issuers.callers]]\nsubject = \"{subject}\"\nenvironment = \"dev\"\nscopes = [\"proxy:call\"]\n{more}\n"
        )
    };
    format!(
        "[[proxy.issuers]]\nissuer = \"spiffe://example.org\"\naudience = \"{AUDIENCE}\"\njwks_uri = \"{jwks_uri}\"\n\
         allow_private = true\nallow_http = true\n{}{}",
        rule(WORKER, ""),
        rule("spiffe://example.org/ns/other/*", "integrations = [\"demo-basic\"]"),
    )
}

/// It shows its own token in the place of a key, and that ends at the edge as a key does.
async fn a_workload_needs_no_key(envoy: &Envoy, me: &str, connection: &str, seen: &Receiver) {
    let before = seen.received().len();
    let token = svid_for(KEYS[0], WORKER, AUDIENCE, 300);
    let answer = get(envoy.url(me), Some(&token), Some(connection)).await;
    assert_eq!(answer.status(), 200, "{}", envoy.said());
    assert_eq!(get(envoy.url("/seen"), Some(&token), None).await.status(), 200);
    let request = &seen.received()[before];
    assert!(request.header("authorization").starts_with("Bearer "));
    assert!(!format!("{:?}", request.headers).contains(&token), "the workload's token ends at the edge");

    let other = "spiffe://example.org/ns/other/sa/worker";
    for (token, status, reason) in [
        (svid_for(KEYS[0], WORKER, "https://elsewhere.test", 300), 401, "WORKLOAD_TOKEN_INVALID"),
        (svid_for(KEYS[0], WORKER, AUDIENCE, -120), 401, "WORKLOAD_TOKEN_INVALID"),
        (svid_for(KEYS[1], WORKER, AUDIENCE, 300), 401, "WORKLOAD_TOKEN_INVALID"),
        (svid_for(KEYS[0], "spiffe://example.org/ns/third", AUDIENCE, 300), 401, "WORKLOAD_TOKEN_INVALID"),
        (svid_for(KEYS[0], other, AUDIENCE, 300), 404, "CONNECTION_UNKNOWN"),
    ] {
        let refused = get(envoy.url(me), Some(&token), Some(connection)).await;
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["latchkey-reason"]),
            (status, &reason.parse().unwrap())
        );
    }
    assert_eq!(seen.received().len(), before + 1, "what is refused goes nowhere");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_at_the_edge_reaches_the_provider_with_the_credential_or_not_at_all() {
    let world = World::builder().workloads(&workloads().await).start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let seen = Receiver::start().await;
    seen.answers(Answer::Status(200));
    let issuer = Url::parse(world.issuer()).unwrap();
    let port = Url::parse(&seen.url()).unwrap().port().unwrap();
    let origin = json!({"latchkey-origin": issuer.origin().ascii_serialization()});
    let me = format!("{}/me", issuer.path().trim_end_matches('/'));
    let routes = [
        EnvoyRoute { prefix: &me, port: issuer.port().unwrap(), says: origin.clone() },
        // What Envoy sends on, as it is; whose it is the route says.
        EnvoyRoute {
            prefix: "/seen",
            port,
            says: json!({"latchkey-origin": origin["latchkey-origin"], CONNECTION: connection}),
        },
        EnvoyRoute { prefix: "/elsewhere", port, says: json!({"latchkey-origin": "https://evil.example"}) },
    ];
    let envoy = Envoy::start(&world, &routes).await;
    let key = world.backend().shown_key().to_owned();

    let answer = get(envoy.url(&me), Some(&key), Some(&connection)).await;
    assert_eq!(answer.status(), 200, "the provider takes the credential: {}", envoy.said());

    let answer = get(envoy.url("/seen"), Some(&key), Some("con_01ARZ3NDEKTSV4RRFFQ69G5FAV")).await;
    assert_eq!(answer.status(), 200);
    let request = &seen.received()[0];
    let token = world.backend().token(&connection).await.unwrap();
    assert_eq!(request.header("authorization"), token.headers["authorization"]);
    assert_eq!(request.header("x-own"), "stays");
    assert!(!request.headers.contains_key(CONNECTION));
    assert!(!format!("{:?}", request.headers).contains(&key), "the caller's key ends at the edge");

    for (path, key, status, reason) in [
        (me.as_str(), None, 401, "API_KEY_MISSING"),
        (me.as_str(), Some("lk_dev_nonsense"), 401, "API_KEY_INVALID"),
        ("/elsewhere", Some(key.as_str()), 403, "EGRESS_BLOCKED"),
        (
            me.as_str(),
            Some(world.backend_for("dev", "tokens:read").await.shown_key()),
            403,
            "SCOPE_NOT_GRANTED",
        ),
        (
            me.as_str(),
            Some(world.backend_for("prod", "proxy:call").await.shown_key()),
            404,
            "CONNECTION_UNKNOWN",
        ),
    ] {
        let refused = get(envoy.url(path), key, Some(&connection)).await;
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["latchkey-reason"]),
            (status, &reason.parse().unwrap())
        );
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["reason"], reason);
    }
    assert_eq!(seen.received().len(), 1, "what is refused goes nowhere");
    a_workload_needs_no_key(&envoy, &me, &connection, &seen).await;

    world.provider().revoke(&Selection::All);
    world.backend().new_token(&connection).await.unwrap_err();
    let refused = get(envoy.url(&me), Some(&key), Some(&connection)).await;
    assert_eq!(refused.headers()["latchkey-reason"], "REAUTH_REQUIRED");
    drop(envoy);
    world.finish().await;
}
