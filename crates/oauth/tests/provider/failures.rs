//! The whole table of what an answer means, over real HTTP, for a refresh.

use crate::{
    entries::{entry, refresh},
    server::{Reply, Server},
};
use latchkey_oauth::FaultKind::{ClientRejected, GrantRefused, RateLimited, RequestRejected, Unavailable};
use latchkey_oauth::{Blame, Fault, FaultKind};
use serde_json::json;
use std::time::{Duration, SystemTime};

async fn fault(reply: Reply) -> Fault {
    let server = Server::answering(reply).await;
    let fault = refresh(&entry(&server.origin, json!({}))).await.unwrap_err();
    assert_eq!(server.sent().len(), 1, "nothing is sent twice");
    fault
}

fn coded(status: u16, code: &str) -> Reply {
    Reply::json(status, &json!({"error": code, "error_description": "because"}).to_string())
}

#[tokio::test]
async fn every_answer_has_its_meaning_its_blame_and_its_hope() {
    let table: [(Reply, FaultKind, Blame, bool); 19] = [
        (coded(400, "invalid_grant"), GrantRefused, Blame::Connection, false),
        (coded(401, "invalid_grant"), GrantRefused, Blame::Connection, false),
        (coded(400, "invalid_client"), ClientRejected, Blame::App, false),
        (coded(401, "invalid_client"), ClientRejected, Blame::App, false),
        (coded(400, "unauthorized_client"), ClientRejected, Blame::App, false),
        (Reply::of(401, "text/html", "<html>"), ClientRejected, Blame::App, false),
        (coded(400, "invalid_request"), RequestRejected, Blame::App, false),
        (coded(400, "invalid_scope"), RequestRejected, Blame::App, false),
        (coded(400, "unsupported_grant_type"), RequestRejected, Blame::App, false),
        (Reply::json(404, "{}"), RequestRejected, Blame::App, false),
        (Reply::json(302, "").header("location", "/elsewhere"), RequestRejected, Blame::App, false),
        (Reply::json(429, "{}"), RateLimited, Blame::Provider, true),
        (Reply::json(503, "").header("retry-after", "5"), RateLimited, Blame::Provider, true),
        (Reply::json(503, ""), Unavailable, Blame::Provider, true),
        (Reply::json(500, "{}"), Unavailable, Blame::Provider, true),
        (coded(500, "invalid_grant"), Unavailable, Blame::Provider, true),
        (Reply::json(502, "<html>"), Unavailable, Blame::Provider, true),
        (Reply::json(408, ""), Unavailable, Blame::Provider, true),
        (coded(400, "temporarily_unavailable"), Unavailable, Blame::Provider, true),
    ];
    for (reply, kind, blame, transient) in table {
        let status = reply.status;
        let fault = fault(reply).await;
        assert_eq!(
            (&fault.kind, fault.blame(), fault.is_transient()),
            (&kind, blame, transient),
            "{fault:?}"
        );
        assert_eq!((fault.http_status, fault.host.as_deref()), (Some(status), Some("127.0.0.1")));
        assert!(!fault.may_have_taken_effect());
    }
}

#[tokio::test]
async fn the_providers_own_words_come_along() {
    let fault = fault(coded(400, "invalid_grant")).await;
    assert_eq!(fault.code.as_deref(), Some("invalid_grant"));
    assert_eq!(fault.description.as_deref(), Some("because"));
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let elsewhere = Server::answering(Reply::json(200, r#"{"access_token":"a"}"#)).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{}/token", elsewhere.origin);
        let fault = fault(Reply::json(status, "").header("location", location)).await;
        assert_eq!(fault.kind, RequestRejected, "{status}");
    }
    assert!(elsewhere.sent().is_empty(), "what was sent is in nobody else's hands");
}

#[tokio::test]
async fn a_wish_to_be_left_alone_is_heard() {
    let wish = |text: String| async move {
        fault(Reply::json(429, "").header("retry-after", text)).await.retry_after
    };
    let date = |from_now: i64| {
        let now = SystemTime::now();
        let shift = Duration::from_secs(from_now.unsigned_abs());
        httpdate::fmt_http_date(if from_now < 0 { now - shift } else { now + shift })
    };
    assert_eq!(wish("30".into()).await, Some(Duration::from_secs(30)));
    let dated = wish(date(120)).await.unwrap().as_secs();
    assert!((110..=120).contains(&dated), "{dated}");
    assert_eq!(wish(date(-120)).await, Some(Duration::ZERO));
    assert_eq!(wish("999999".into()).await, Some(Duration::from_secs(3600)));
    assert_eq!(wish(date(999_999)).await, Some(Duration::from_secs(3600)));
    assert_eq!(wish("soon".into()).await, None);
}
