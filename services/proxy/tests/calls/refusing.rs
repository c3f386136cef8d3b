//! What never reaches the provider, and what the caller is told.

use crate::world::World;
use latchkey_domain::api_key::Scope;
use latchkey_domain::revocation::Extent;
use latchkey_secret::{SecretText, Signer};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn told(request: reqwest::RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["latchkey-source"], "proxy");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let status = answer.status().as_u16();
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["status"], status);
    assert!(!problem["detail"].as_str().unwrap().is_empty());
    (status, problem["reason"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_caller_must_show_a_key_that_may_and_its_own_environments_connection() {
    let world = World::start().await;
    let as_whom = |key: &str| {
        world
            .bare("GET", "/echo")
            .bearer_auth(key)
            .header("latchkey-connection", world.connection.to_string())
    };
    assert_eq!(told(world.bare("GET", "/echo")).await, (401, "API_KEY_MISSING".into()));
    assert_eq!(told(as_whom("lk_dev_wrong")).await, (401, "API_KEY_INVALID".into()));
    let reader = world.key_for("dev", Scope::TokensRead).await;
    assert_eq!(told(as_whom(&reader)).await, (403, "SCOPE_NOT_GRANTED".into()));
    let elsewhere = world.key_for("prod", Scope::ProxyCall).await;
    assert_eq!(told(as_whom(&elsewhere)).await, (404, "CONNECTION_UNKNOWN".into()));
    let nobody = world.bare("GET", "/echo").bearer_auth(&world.key);
    assert_eq!(
        told(nobody.header("latchkey-connection", "con_nonsense")).await,
        (400, "FIELD_INVALID".into())
    );
    assert!(world.upstream.seen().is_empty());
    world.finish().await;
}

#[tokio::test]
async fn no_address_outside_the_credentials_own_is_called() {
    let world = World::start().await;
    let evil = crate::upstream::Upstream::start().await;
    let elsewhere = world.request("GET", "/echo").header("latchkey-base-url", &evil.origin);
    assert_eq!(told(elsewhere).await, (403, "EGRESS_BLOCKED".into()));
    let there =
        world.request("GET", "/echo").header("latchkey-base-url", format!("{}/other", world.upstream.origin));
    assert_eq!(there.send().await.unwrap().status(), 200);
    assert_eq!(world.upstream.seen()[0].path_and_query, "/other/echo");
    assert!(evil.seen().is_empty());
    world.finish().await;
}

#[tokio::test]
async fn a_deleted_connection_says_so() {
    let world = World::start().await;
    world
        .vault
        .delete_connection(&"dev".parse().unwrap(), world.connection, Some(Extent::Grant))
        .await
        .unwrap();
    assert_eq!(told(world.request("GET", "/echo")).await, (410, "CONNECTION_DELETED".into()));
    world.finish().await;
}

fn certified(certificate: &str, private_key: &str) -> Option<Signer> {
    let parameters = [(Signer::CERTIFICATE, certificate), (Signer::PRIVATE_KEY, private_key)];
    let parameters = parameters.map(|(name, text)| (name.to_owned(), SecretText::new(text.to_owned())));
    Some(Signer { scheme: Signer::MUTUAL_TLS.to_owned(), parameters: parameters.into() })
}

#[tokio::test]
async fn without_the_certificate_that_belongs_to_a_credential_nothing_is_sent() {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["client.test".to_owned()]).unwrap();
    let world = World::signing(certified(&cert.pem(), "canary")).await;
    assert_eq!(told(world.request("GET", "/echo")).await, (424, "CREDENTIAL_UNREADABLE".into()));
    assert!(world.upstream.seen().is_empty());
    world.finish().await;
    let world = World::signing(certified(&cert.pem(), &signing_key.serialize_pem())).await;
    assert_eq!(world.request("GET", "/echo").send().await.unwrap().status(), 200);
    assert_eq!(world.upstream.seen()[0].headers["authorization"], "Bearer canary_access_1");
    world.finish().await;
}

/// What an HTTP client would not write: the bytes go over a bare socket, and what comes back is its first line.
async fn raw(world: &World, request: &str) -> String {
    let mut socket = TcpStream::connect(world.address).await.unwrap();
    let whole = request.replace("KEY", &world.key).replace("CON", &world.connection.to_string());
    socket.write_all(whole.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = socket.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..read]).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn requests_framed_two_ways_and_paths_that_climb_are_refused() {
    let world = World::start().await;
    let head = "authorization: Bearer KEY\r\nlatchkey-connection: CON\r\nhost: x\r\n";
    let climbing =
        ["/proxy/../echo", "/proxy/a/../../x", "/proxy/%2e%2e/x", "/proxy//evil.example/x", "/proxy/a\\b"];
    for path in climbing {
        let answer = raw(&world, &format!("GET {path} HTTP/1.1\r\n{head}\r\n")).await;
        assert!(answer.contains(" 400 ") || answer.contains(" 404 "), "{path}: {answer}");
    }
    let smuggled = [
        "content-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
        "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "x-folded: a\r\n b\r\n\r\n",
        "x-bare: a\nb: c\r\r\n\r\n",
    ];
    for tail in smuggled {
        let answer = raw(&world, &format!("POST /proxy/echo HTTP/1.1\r\n{head}{tail}")).await;
        assert!(answer.contains(" 400 "), "{tail:?}: {answer}");
    }
    assert!(world.upstream.seen().is_empty(), "{:?}", world.upstream.seen());

    // RFC 9112 §6.1: the chunks count, and the length is not passed on.
    let both = "content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    raw(&world, &format!("POST /proxy/echo HTTP/1.1\r\n{head}{both}")).await;
    for seen in world.upstream.seen() {
        assert_eq!(seen.body, "hello");
        assert!(
            !(seen.headers.contains_key("content-length") && seen.headers.contains_key("transfer-encoding"))
        );
    }
    assert!(world.upstream.seen().len() <= 1, "one request at most");
    world.finish().await;
}
