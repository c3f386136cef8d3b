//! A request that passes an Envoy at a mesh's edge goes on with the connection's credential, and without its caller's key.

use latchkey_testkit::demo::Selection;
use latchkey_testkit::{Answer, Envoy, EnvoyRoute, Receiver, World};
use serde_json::{Value, json};
use url::Url;

const CONNECTION: &str = "latchkey-connection";

async fn get(url: String, key: Option<&str>, connection: Option<&str>) -> reqwest::Response {
    let request = reqwest::Client::new().get(url).header("x-own", "stays");
    let request = key.into_iter().fold(request, |request, key| request.bearer_auth(key));
    let named = connection.into_iter().fold(request, |request, name| request.header(CONNECTION, name));
    named.send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_at_the_edge_reaches_the_provider_with_the_credential_or_not_at_all() {
    let world = World::start().await;
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

    world.provider().revoke(&Selection::All);
    world.backend().new_token(&connection).await.unwrap_err();
    let refused = get(envoy.url(&me), Some(&key), Some(&connection)).await;
    assert_eq!(refused.headers()["latchkey-reason"], "REAUTH_REQUIRED");
    drop(envoy);
    world.finish().await;
}
