//! What Envoy asks before a request passes a mesh's edge, by the client that is made of Envoy's own protocol.

use crate::world::World;
use http::{HeaderMap, HeaderName, HeaderValue};
use latchkey_domain::api_key::Scope;
use latchkey_proxy::envoy::envoy::service::auth::v3::attribute_context::{HttpRequest, Request};
use latchkey_proxy::envoy::envoy::service::auth::v3::authorization_client::AuthorizationClient;
use latchkey_proxy::envoy::envoy::service::auth::v3::check_response::HttpResponse;
use latchkey_proxy::envoy::envoy::service::auth::v3::{AttributeContext, CheckRequest, OkHttpResponse};
use serde_json::Value;
use std::collections::HashMap;

const ORIGIN: &str = "latchkey-origin";
const CONNECTION: &str = "latchkey-connection";

/// A request to the provider, as it is before it passes.
struct Passing {
    headers: HashMap<String, String>,
    route: HashMap<String, String>,
}

impl Passing {
    fn of(world: &World) -> Self {
        let pairs = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let (key, connection) = (format!("Bearer {}", world.key), world.connection.to_string());
        Self {
            headers: pairs(&[
                ("authorization", &key),
                (CONNECTION, &connection),
                ("x-own", "stays"),
                ("x-version", "forged"),
                (":path", "/api/echo"),
            ]),
            route: pairs(&[(ORIGIN, &world.upstream.origin)]),
        }
    }

    fn header(mut self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.headers.insert(name.to_owned(), value.to_owned()),
            None => self.headers.remove(name),
        };
        self
    }

    fn route(mut self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.route.insert(name.to_owned(), value.to_owned()),
            None => self.route.remove(name),
        };
        self
    }

    async fn checked(self, world: &World) -> (i32, HttpResponse) {
        let http = HttpRequest {
            method: "GET".into(),
            headers: self.headers,
            path: "/api/echo".into(),
            host: "evil.example".into(),
        };
        let attributes =
            AttributeContext { request: Some(Request { http: Some(http) }), context_extensions: self.route };
        let mut envoy =
            AuthorizationClient::connect(format!("http://{}", world.authorization)).await.unwrap();
        let checked = envoy.check(CheckRequest { attributes: Some(attributes) }).await.unwrap().into_inner();
        (checked.status.unwrap().code, checked.http_response.unwrap())
    }

    async fn let_through(self, world: &World) -> OkHttpResponse {
        match self.checked(world).await {
            (0, HttpResponse::OkResponse(ok)) => ok,
            (code, HttpResponse::DeniedResponse(denied)) => panic!("{code}: {}", denied.body),
            (code, HttpResponse::OkResponse(_)) => panic!("let through with {code}"),
        }
    }

    /// Status and reason, which headers, body and status tell alike.
    async fn denied(self, world: &World) -> (i32, String) {
        let (code, HttpResponse::DeniedResponse(denied)) = self.checked(world).await else {
            panic!("it is let through")
        };
        assert_ne!(code, 0);
        let headers: HashMap<String, String> = denied
            .headers
            .into_iter()
            .filter_map(|option| option.header)
            .map(|header| (header.key, header.value))
            .collect();
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!(headers["latchkey-source"], "proxy");
        let status = denied.status.unwrap().code;
        let problem: Value = serde_json::from_str(&denied.body).unwrap();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["reason"], headers["latchkey-reason"].as_str());
        (status, headers["latchkey-reason"].clone())
    }
}

/// As Envoy does: set, then remove.
fn applied(sent: &HashMap<String, String>, ok: &OkHttpResponse) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name: &str, value: &str| {
        if let Ok(name) = name.parse::<HeaderName>() {
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
    };
    sent.iter().for_each(|(name, value)| set(name, value));
    for header in ok.headers.iter().filter_map(|option| option.header.as_ref()) {
        set(&header.key, &header.value);
    }
    for name in &ok.headers_to_remove {
        headers.remove(name);
    }
    headers
}

#[tokio::test]
async fn a_request_passes_with_the_credential_and_without_its_callers_key() {
    let world = World::start().await;
    let passing = Passing::of(&world);
    let sent = passing.headers.clone();
    let ok = passing.let_through(&world).await;
    let url = format!("{}/api/echo", world.upstream.origin);
    let answer = reqwest::Client::new().get(url).headers(applied(&sent, &ok)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let seen = &world.upstream.seen()[0];
    assert_eq!(seen.headers["authorization"], "Bearer canary_access_1");
    assert_eq!(seen.headers["x-version"], "7", "the caller's own is not in the way");
    assert_eq!(seen.headers["x-own"], "stays");
    assert!(!seen.headers.contains_key(CONNECTION));
    let shown = seen.headers.values().any(|value| value.to_str().is_ok_and(|text| text.contains(&world.key)));
    assert!(!shown, "the caller's key ends here");
    world.finish().await;
}

#[tokio::test]
async fn a_route_may_say_whose_credential_it_is() {
    let world = World::start().await;
    let connection = world.connection.to_string();
    let named = Passing::of(&world).header(CONNECTION, None);
    named.route(CONNECTION, Some(&connection)).let_through(&world).await;
    let overruled = Passing::of(&world).route(CONNECTION, Some("con_01ARZ3NDEKTSV4RRFFQ69G5FAV"));
    assert_eq!(overruled.denied(&world).await, (404, "CONNECTION_UNKNOWN".into()));
    world.finish().await;
}

#[tokio::test]
async fn whatever_does_not_pass_is_told_why() {
    let world = World::start().await;
    let of = || Passing::of(&world);
    assert_eq!(of().header("authorization", None).denied(&world).await, (401, "API_KEY_MISSING".into()));
    let wrong = of().header("authorization", Some("Bearer lk_dev_wrong"));
    assert_eq!(wrong.denied(&world).await, (401, "API_KEY_INVALID".into()));
    let reader = format!("Bearer {}", world.key_for("dev", Scope::TokensRead).await);
    let may_not = of().header("authorization", Some(&reader));
    assert_eq!(may_not.denied(&world).await, (403, "SCOPE_NOT_GRANTED".into()));
    assert_eq!(of().header(CONNECTION, None).denied(&world).await, (400, "FIELD_INVALID".into()));
    // Where the route does not say otherwise, it goes to the host the request names.
    assert_eq!(of().route(ORIGIN, None).denied(&world).await, (403, "EGRESS_BLOCKED".into()));
    let elsewhere = of().route(ORIGIN, Some("https://evil.example"));
    assert_eq!(elsewhere.denied(&world).await, (403, "EGRESS_BLOCKED".into()));
    assert_eq!(of().route(ORIGIN, Some("evil")).denied(&world).await, (400, "FIELD_INVALID".into()));
    world.finish().await;
}
