//! What would be sent is told, and nothing is sent: least of all what is secret.

use crate::world::World;
use latchkey_domain::api_key::Scope;
use latchkey_secret::{Handout, SecretText, Signer};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn secrets<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, SecretText> {
    pairs.map(|(name, text)| (name.to_owned(), SecretText::new(text.to_owned()))).into()
}

/// The answer to a dry run, in which no secret is, and after which the provider has seen nothing.
async fn told(world: &World, request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.header("latchkey-dry-run", "true").send().await.unwrap();
    assert_eq!(answer.headers()["latchkey-source"], "proxy");
    assert_eq!(answer.headers()["cache-control"], "private, no-store");
    let status = answer.status().as_u16();
    let whole = format!("{:?}", answer.headers());
    let text = answer.text().await.unwrap();
    assert!(!text.contains("canary") && !whole.contains("canary"), "{whole}\n{text}");
    assert!(!text.contains(&world.key), "{text}");
    assert_eq!(world.upstream.seen().len(), 0);
    (status, serde_json::from_str(&text).unwrap())
}

fn header<'a>(told: &'a Value, name: &str) -> Option<&'a str> {
    let headers = told["headers"].as_array().unwrap();
    headers.iter().find(|header| header["name"] == name).map(|header| header["value"].as_str().unwrap())
}

#[tokio::test]
async fn a_caller_is_told_what_would_be_sent() {
    let world = World::start().await;
    let request = world
        .request("PATCH", "/items/a%2Fb?q=1")
        .header("content-type", "text/weird")
        .header("x-version", "forged")
        .header("cookie", "a=b")
        .header("latchkey-retries", "3")
        .body("body");
    let (status, told) = told(&world, request).await;
    assert_eq!((status, told["method"].as_str()), (200, Some("PATCH")));
    assert_eq!(told["url"], format!("{}/api/items/a%2Fb?q=1", world.upstream.origin));
    assert_eq!(header(&told, "authorization"), Some("[redacted]"));
    assert_eq!(header(&told, "x-version"), Some("[redacted]"), "the credential's, not the caller's");
    assert_eq!(header(&told, "content-type"), Some("text/weird"));
    assert!(header(&told, "user-agent").unwrap().starts_with("latchkey/"));
    for ours in ["cookie", "latchkey-connection", "latchkey-dry-run", "host"] {
        assert_eq!(header(&told, ours), None, "{ours}");
    }
    assert_eq!(told["body"], json!({"passed": "WHOLE", "bytes": 4}));
    assert_eq!(
        told["retries"],
        json!({"at_most": 3, "only_if_nothing_was_sent": true, "renews_a_refused_credential": true})
    );
    assert_eq!(told["allowed_by"], world.upstream.origin.as_str());
    assert_eq!((&told["provider"], &told["client_certificate"]), (&json!("crm"), &json!(false)));

    // The real one is sent as it was told.
    let real = world.request("GET", "/items").header("latchkey-dry-run", "false").send().await.unwrap();
    assert_eq!(real.headers()["latchkey-source"], "provider");
    assert_eq!(world.upstream.seen()[0].path_and_query, "/api/items");
    world.finish().await;
}

#[tokio::test]
async fn a_body_that_would_pass_while_it_comes_is_not_waited_for() {
    let world = World::start().await;
    let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 1024]));
    let request = world.request("PUT", "/upload").header("latchkey-retries", "3");
    let (status, told) = told(&world, request.body(reqwest::Body::wrap_stream(endless))).await;
    assert_eq!((status, &told["body"]), (200, &json!({"passed": "AS_IT_COMES", "bytes": null})));
    assert_eq!(told["retries"]["at_most"], 0, "such a body goes once");
    world.finish().await;
}

fn signer(scheme: &str, parameters: BTreeMap<String, SecretText>) -> Option<Signer> {
    Some(Signer { scheme: scheme.to_owned(), parameters })
}

/// A way a credential goes on a request, and how to have it go so.
type Way = (&'static str, fn(&mut Handout));

fn ways() -> [Way; 6] {
    [
        ("a header", |handout| {
            handout.headers = secrets([("x-api-key", "canary_header"), ("cookie", "canary_cookie")]);
        }),
        ("a password", |handout| {
            handout.headers = secrets([("authorization", "Basic canary_basic")]);
        }),
        ("the query", |handout| {
            handout.query = secrets([("key", "canary_query"), ("a b&c", "canary_odd&q=canary")]);
        }),
        ("the path", |handout| {
            let base = handout.base_url.take().unwrap();
            handout.base_url = Some(SecretText::new(format!("{}/bot-canary_path", base.expose())));
        }),
        ("a signature of AWS's", |handout| {
            let keys = [("access_key_id", "canary_id"), ("secret_access_key", "canary_key")];
            let mut parameters = secrets(keys);
            parameters.extend(secrets([
                ("region", "eu"),
                ("service", "s3"),
                ("session_token", "canary_session"),
            ]));
            handout.signer = signer("aws_sigv4", parameters);
        }),
        ("a signature of OAuth 1.0a", |handout| {
            let keys = [
                ("client_key", "canary_client"),
                ("client_secret", "canary_secret"),
                ("token", "canary_token"),
            ];
            let mut parameters = secrets(keys);
            parameters.extend(secrets([("token_secret", "canary_other"), ("signature_method", "HMAC-SHA1")]));
            handout.signer = signer("oauth1", parameters);
        }),
    ]
}

#[tokio::test]
async fn whatever_way_a_credential_goes_its_values_are_told_nobody() {
    for (way, change) in ways() {
        let world = World::lending(change).await;
        let request = world.request("POST", "/echo?mine=1&key=forged").header("x-mine", "1").body("a=b");
        let (status, told) = told(&world, request).await;
        assert_eq!((status, header(&told, "x-mine")), (200, Some("1")), "{way}: {told}");
        let text = told.to_string();
        assert!(text.contains("[redacted]"), "{way}: {text}");
        assert!(!text.contains("AWS4-HMAC") && !text.contains("oauth_signature"), "{way}: {text}");
        assert!(told["url"].as_str().unwrap().contains("mine=1"), "{way}: {told}");
        match way {
            "the query" => {
                let url = told["url"].as_str().unwrap();
                assert!(url.contains("key=[redacted]") && !url.contains("forged"), "{url}");
            }
            "the path" => {
                let shown = format!("{}/[redacted]/echo?mine=1&key=forged", world.upstream.origin);
                assert_eq!(told["url"], shown);
            }
            _ => {}
        }
        // The same credential does go with the real call.
        world.request("POST", "/echo").body("a=b").send().await.unwrap();
        assert!(format!("{:?}", world.upstream.seen()).contains("canary"), "{way}");
        world.finish().await;
    }
}

#[tokio::test]
async fn what_would_be_refused_is_refused_in_the_same_words() {
    let world = World::start().await;
    let evil = crate::upstream::Upstream::start().await;
    let bare = |method: &str, path: &str| world.bare(method, path).bearer_auth(&world.key);
    let elsewhere = world.key_for("prod", Scope::ProxyCall).await;
    let requests = || {
        vec![
            world.bare("GET", "/echo"),
            world
                .bare("GET", "/echo")
                .bearer_auth(&elsewhere)
                .header("latchkey-connection", world.connection.to_string()),
            bare("GET", "/echo"),
            bare("GET", "/echo").header("latchkey-connection", "con_nonsense"),
            world.request("GET", "//evil.example/x"),
            world.request("GET", "/echo").header("latchkey-base-url", &evil.origin),
            world.request("GET", "/echo").header("latchkey-retries", "11"),
        ]
    };
    for (really, dry) in requests().into_iter().zip(requests()) {
        let real = really.send().await.unwrap();
        let (status, problem) = (real.status().as_u16(), real.json::<Value>().await.unwrap());
        assert!(status >= 400);
        assert_eq!(told(&world, dry).await, (status, problem));
    }
    let unclear = world.request("GET", "/echo").header("latchkey-dry-run", "yes").send().await.unwrap();
    assert_eq!(unclear.status(), 400, "taken for no, it would be sent");
    assert!(world.upstream.seen().is_empty() && evil.seen().is_empty());
    world.finish().await;

    // A credential that goes into the body cannot be put there, in earnest or not.
    let world = World::lending(|handout| handout.body = secrets([("key", "canary_body")])).await;
    let real = world.request("POST", "/echo").body("{}").send().await.unwrap();
    let (status, problem) = (real.status().as_u16(), real.json::<Value>().await.unwrap());
    assert_eq!(problem["reason"], "REQUEST_NEEDED");
    assert_eq!(told(&world, world.request("POST", "/echo").body("{}")).await, (status, problem));
    world.finish().await;
}
