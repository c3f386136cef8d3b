//! The zoo of token answers.

use crate::{
    entries::{access_token, entry, exchange, refresh},
    server::{Reply, Server},
};
use latchkey_oauth::FaultKind::{Ambiguous, ClientRejected, GrantRefused, ResponseInvalid};
use latchkey_oauth::{Fault, FaultKind};
use latchkey_secret::Grant;
use serde_json::{Value, json};
use std::time::Duration;

async fn answered(reply: Reply, changes: Value) -> Result<Grant, Fault> {
    let server = Server::answering(reply).await;
    exchange(&entry(&server.origin, changes)).await
}

async fn kind(reply: Reply) -> FaultKind {
    answered(reply, json!({})).await.unwrap_err().kind
}

async fn lifetime(expires_in: &str, lifetime: Value) -> Option<u64> {
    let body = format!(r#"{{"access_token":"canary_at","expires_in":{expires_in}}}"#);
    let grant = answered(Reply::json(200, &body), json!({"obtain": {"lifetime": lifetime}})).await.unwrap();
    grant.expires_in.as_ref().map(Duration::as_secs)
}

#[tokio::test]
async fn a_page_is_no_token() {
    let page = Reply::of(200, "text/html", "<html>Please log in</html>");
    assert_eq!(kind(page).await, ResponseInvalid);
    assert_eq!(kind(Reply::json(200, "")).await, ResponseInvalid);
    assert_eq!(kind(Reply::json(204, "")).await, ResponseInvalid);
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_leaves_everything_open() {
    let fault =
        answered(Reply::json(200, r#"{"access_token":"canary_at","ref"#), json!({})).await.unwrap_err();
    assert_eq!(fault.kind, Ambiguous);
    assert!(fault.may_have_taken_effect());
}

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    let huge = format!(r#"{{"access_token":"a","x":"{}"}}"#, "x".repeat(10 << 20));
    assert_eq!(kind(Reply::json(200, &huge)).await, ResponseInvalid);
    let just_over = format!(r#"{{"access_token":"a","x":"{}"}}"#, "x".repeat(256 * 1024));
    assert_eq!(kind(Reply::json(200, &just_over)).await, ResponseInvalid);
    let fits = format!(r#"{{"access_token":"a","x":"{}"}}"#, "x".repeat(255 * 1024));
    assert!(answered(Reply::json(200, &fits), json!({})).await.is_ok());
}

#[tokio::test]
async fn a_success_without_a_token_is_none() {
    for body in [
        "{}",
        "[]",
        "null",
        r#"{"access_token":null}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":["a"]}"#,
    ] {
        assert_eq!(kind(Reply::json(200, body)).await, ResponseInvalid, "{body}");
    }
}

#[tokio::test]
async fn a_key_given_twice_is_refused() {
    let twice = r#"{"access_token":"canary_one","access_token":"canary_two"}"#;
    assert_eq!(kind(Reply::json(200, twice)).await, ResponseInvalid);
}

#[tokio::test]
async fn a_token_that_would_break_a_header_is_refused_and_not_repeated() {
    let long = "x".repeat(16 * 1024 + 1);
    for token in [r"canary\r\nX: 1", r"canary\u0000", "canary é", "canary space", &long] {
        let body = format!(r#"{{"access_token":"{token}"}}"#);
        let fault = answered(Reply::json(200, &body), json!({})).await.unwrap_err();
        assert_eq!(fault.kind, ResponseInvalid);
        assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
        let body = format!(r#"{{"access_token":"a","refresh_token":"{token}"}}"#);
        assert_eq!(kind(Reply::json(200, &body)).await, ResponseInvalid);
    }
    let longest = format!(r#"{{"access_token":"{}"}}"#, "x".repeat(16 * 1024));
    assert!(answered(Reply::json(200, &longest), json!({})).await.is_ok());
}

#[tokio::test]
async fn a_lifetime_is_believed_only_where_it_can_be_one() {
    for (told, believed) in [
        ("3600", Some(3600)),
        ("\"3600\"", Some(3600)),
        ("3600.0", Some(3600)),
        ("0", Some(0)),
        ("315360000", Some(315_360_000)),
        ("315360001", None),
        ("-1", None),
        ("1e308", None),
        ("null", None),
        ("\"soon\"", None),
        ("\"-5\"", None),
        ("{}", None),
    ] {
        assert_eq!(lifetime(told, json!({})).await, believed, "{told}");
    }
}

#[tokio::test]
async fn where_the_answer_does_not_tell_the_entry_does() {
    assert_eq!(lifetime("\"soon\"", json!({"default_seconds": 900})).await, Some(900));
    assert_eq!(lifetime("60", json!({"default_seconds": 900})).await, Some(60));
    assert_eq!(lifetime("60", json!({"assume_seconds": 900})).await, Some(900));
    assert_eq!(lifetime("60", json!({"never_expires": true})).await, None);
    assert_eq!(lifetime("60000", json!({"expires_in_unit": "ms"})).await, Some(60));
}

#[tokio::test]
async fn a_form_is_read_where_its_content_type_says_so() {
    let form = Reply::of(
        200,
        "application/x-www-form-urlencoded",
        "access_token=canary_at&scope=repo%2Cgist&expires_in=28800",
    );
    let grant = answered(form, json!({})).await.unwrap();
    assert_eq!(access_token(&grant), "canary_at");
    assert_eq!(grant.expires_in, Some(Duration::from_secs(28800)));
    assert_eq!(grant.scopes.unwrap(), ["repo", "gist"]);
    let disguised = Reply::of(200, "text/plain", "access_token=canary_at");
    assert_eq!(kind(disguised).await, ResponseInvalid);
}

#[tokio::test]
async fn json_is_read_whatever_it_calls_itself() {
    let grant =
        answered(Reply::of(200, "text/html", r#"{"access_token":"canary_at"}"#), json!({})).await.unwrap();
    assert_eq!(access_token(&grant), "canary_at");
}

#[tokio::test]
async fn granted_scopes_are_told_from_requested_ones() {
    let scopes = |answer: &str, separator: Option<&str>| {
        let body = format!(r#"{{"access_token":"a"{answer}}}"#);
        let changes =
            separator.map_or(json!({}), |separator| json!({"obtain": {"scopes": {"separator": separator}}}));
        async move { answered(Reply::json(200, &body), changes).await.unwrap().scopes }
    };
    assert_eq!(scopes(r#","scope":"read""#, None).await.unwrap(), ["read"]);
    assert_eq!(scopes(r#","scope":["a","b"]"#, None).await.unwrap(), ["a", "b"]);
    assert_eq!(scopes(r#","scope":"a+b""#, Some("+")).await.unwrap(), ["a", "b"]);
    assert_eq!(scopes("", None).await, None);
    assert_eq!(scopes(r#","scope":"""#, None).await, None);
}

#[tokio::test]
async fn a_refusal_with_status_200_is_a_refusal() {
    let slack_like = json!({"obtain": {"token_response": {
        "success": {"pointer": "/ok", "equals": true}, "error": "/error",
    }}});
    let refused = |body: &str| answered(Reply::json(200, body), slack_like.clone());
    assert_eq!(refused(r#"{"ok":false,"error":"invalid_code"}"#).await.unwrap_err().kind, GrantRefused);
    assert_eq!(
        refused(r#"{"ok":false,"error":"invalid_client_id"}"#).await.unwrap_err().kind,
        ClientRejected
    );
    assert_eq!(refused(r#"{"ok":false,"access_token":"a"}"#).await.unwrap_err().kind, Ambiguous);
    assert!(refused(r#"{"ok":true,"access_token":"a"}"#).await.is_ok());
    let plain = Reply::json(200, r#"{"error":"bad_refresh_token","error_description":"gone"}"#);
    assert_eq!(kind(plain).await, GrantRefused);
}

#[tokio::test]
async fn tokens_are_found_where_the_entry_says_they_are() {
    let body = r#"{"data":{"token":"canary_at","renew":"canary_rt","until":"2099-01-01T00:00:00Z"}}"#;
    let changes = json!({"obtain": {"token_response": {
        "access_token": "/data/token", "refresh_token": "/data/renew", "expires_at": "/data/until",
    }}});
    let grant = answered(Reply::json(200, body), changes.clone()).await.unwrap();
    assert_eq!(access_token(&grant), "canary_at");
    assert_eq!(grant.expires_in, None, "further away than ten years");
    let soon = std::time::SystemTime::now() + Duration::from_secs(600);
    let unix = soon.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for until in [unix, unix * 1000] {
        let body = format!(r#"{{"data":{{"token":"canary_at","until":{until}}}}}"#);
        let expires_in =
            answered(Reply::json(200, &body), changes.clone()).await.unwrap().expires_in.unwrap();
        assert!((595..=600).contains(&expires_in.as_secs()), "{expires_in:?}");
    }
}

#[tokio::test]
async fn a_host_the_answer_chooses_must_be_one_of_the_providers() {
    let body = r#"{"access_token":"canary_at","instance":"https://evil.example"}"#;
    let server = Server::answering(Reply::json(200, body)).await;
    let mut changes = json!({"obtain": {"token_response": {"set": {"instance": "/instance"}}}});
    changes["api"] = json!({"base_url": "${conn.instance}", "hosts": ["*.good.example"]});
    let fault = exchange(&entry(&server.origin, changes)).await.unwrap_err();
    assert_eq!(fault.kind, ResponseInvalid);
}

#[tokio::test]
async fn an_explanation_never_repeats_what_was_sent() {
    let server = Server::with(|sent| {
        let echo =
            format!("bad request: {} with {}", sent.body, sent.header("authorization").unwrap_or_default());
        Reply::json(400, &json!({"error": "invalid_grant", "error_description": echo}).to_string())
    })
    .await;
    for fault in [
        refresh(&entry(&server.origin, json!({}))).await.unwrap_err(),
        exchange(&entry(&server.origin, json!({}))).await.unwrap_err(),
        exchange(&entry(
            &server.origin,
            json!({"obtain": {"token_endpoint_auth_method": "client_secret_post"}}),
        ))
        .await
        .unwrap_err(),
    ] {
        assert_eq!(fault.kind, GrantRefused);
        let text = fault.description.unwrap();
        assert!(text.contains("[redacted]") && !text.contains("canary"), "{text}");
        assert!(!text.contains("Y2xpZW50LTE6"), "the pair of RFC 7617 is a secret too: {text}");
    }
}

#[tokio::test]
async fn a_refresh_token_in_place_of_a_code_is_not_shown() {
    let echo = json!({"error": crate::entries::REFRESH_TOKEN, "error_description": "x"}).to_string();
    let server = Server::answering(Reply::json(400, &echo)).await;
    let fault = refresh(&entry(&server.origin, json!({}))).await.unwrap_err();
    assert_eq!(fault.code, None);
    assert!(!format!("{fault:?}").contains("canary"));
}
