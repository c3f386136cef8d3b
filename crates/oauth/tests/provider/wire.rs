//! What can be known of a request whose answer did not come.

use crate::{
    entries::{app, catalogued, client, entry, refresh, renewal},
    server::Wire,
};
use latchkey_oauth::FaultKind::{Ambiguous, NotSent, ResponseInvalid, Unavailable};
use latchkey_oauth::{Client, ClientOptions, FaultKind};
use latchkey_providers::Trust;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

async fn kind(origin: &str) -> FaultKind {
    refresh(&entry(origin, json!({}))).await.unwrap_err().kind
}

fn public(host: &str) -> Value {
    json!({
        "id": "acme-public", "name": "Acme", "categories": ["other"],
        "obtain": {
            "type": "oauth2",
            "authorization_endpoint": format!("https://{host}/authorize"),
            "token_endpoint": format!("https://{host}/token"),
            "token_endpoint_auth_method": "client_secret_basic",
            "code_challenge_methods": ["S256"],
        },
        "apply": {"scheme": "bearer"},
        "api": {"base_url": format!("https://{host}/api"), "hosts": [host]},
    })
}

#[tokio::test]
async fn a_port_that_refuses_was_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let fault = refresh(&entry(&origin, json!({}))).await.unwrap_err();
    assert_eq!((&fault.kind, fault.is_transient()), (&NotSent, true));
    assert!(!fault.may_have_taken_effect());
    assert_eq!(fault.host.as_deref(), Some("127.0.0.1"));
}

#[tokio::test]
async fn a_name_that_leads_nowhere_was_sent_nothing() {
    let provider = catalogued(&public("no-such-host.latchkey.example"), Trust::Public);
    let fault = client().refresh(&provider, &app(), &renewal()).await.unwrap_err();
    assert_eq!(fault.kind, NotSent);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_was_sent_nothing() {
    let server = Wire::saying(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    assert_eq!(kind(&server.origin.replace("http://", "https://")).await, NotSent);
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_leaves_everything_open() {
    let server = Wire::saying(b"").await;
    let fault = refresh(&entry(&server.origin, json!({}))).await.unwrap_err();
    assert_eq!((&fault.kind, fault.http_status), (&Ambiguous, None));
    assert!(fault.may_have_taken_effect());
}

#[tokio::test]
async fn an_answer_that_is_not_http_leaves_everything_open() {
    let server = Wire::saying(b"SSH-2.0-whatever\r\n\r\n").await;
    assert_eq!(kind(&server.origin).await, Ambiguous);
}

#[tokio::test]
async fn an_answer_cut_short_leaves_everything_open() {
    let server =
        Wire::saying(b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{\"access_token\":\"a\"}").await;
    assert_eq!(kind(&server.origin).await, Ambiguous);
    let server =
        Wire::saying(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 999\r\n\r\n{\"error\":\"inv").await;
    assert_eq!(kind(&server.origin).await, Ambiguous);
    let server = Wire::saying(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"acc\r\n").await;
    assert_eq!(kind(&server.origin).await, Ambiguous);
}

#[tokio::test]
async fn a_body_that_does_not_say_its_length_is_not_read_for_ever() {
    let answer = |length: usize| {
        let body = format!(r#"{{"access_token":"a","x":"{}"}}"#, "x".repeat(length));
        let bytes = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{body}").into_bytes();
        // For as long as the test runs.
        &*Box::leak(bytes.into_boxed_slice())
    };
    let server = Wire::saying(answer(10 << 20)).await;
    assert_eq!(kind(&server.origin).await, ResponseInvalid);
    let server = Wire::saying(answer(1 << 10)).await;
    assert!(refresh(&entry(&server.origin, json!({}))).await.is_ok());
}

#[tokio::test]
async fn a_status_that_says_enough_needs_no_body() {
    let server = Wire::saying(b"HTTP/1.1 500 Oops\r\ncontent-length: 999\r\n\r\n{\"err").await;
    assert_eq!(kind(&server.origin).await, Unavailable);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_everything_open() {
    let short = Duration::from_millis(300);
    let options = ClientOptions { deadline: short, ..ClientOptions::default() };
    // The client's own deadline, and one for a few of its requests.
    for client in
        [Client::new(&options).unwrap(), Client::new(&ClientOptions::default()).unwrap().within(short)]
    {
        for bytes in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{\"acc"] {
            let server = Wire::stalling_after(bytes).await;
            let asked = Instant::now();
            let fault =
                client.refresh(&entry(&server.origin, json!({})), &app(), &renewal()).await.unwrap_err();
            assert_eq!(fault.kind, Ambiguous);
            assert!(asked.elapsed() < ClientOptions::default().deadline, "it waited as long as for any");
        }
    }
}
