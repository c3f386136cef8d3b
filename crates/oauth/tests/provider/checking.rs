//! Whether an app is accepted, asked before any end user connects.

use crate::{
    entries::{REDIRECT_URI, SECRET, app, client, entry},
    server::{Reply, Sent, Server},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use latchkey_oauth::{App, Checked, Fault, FaultKind};
use serde_json::{Value, json};

fn refusal(status: u16, code: &str) -> Reply {
    Reply::json(status, &json!({ "error": code, "error_description": format!("no {SECRET}") }).to_string())
}

/// The secret a client has shown by RFC 6749 §2.3.1.
fn shown(sent: &Sent) -> String {
    let basic = sent.header("authorization").unwrap().strip_prefix("Basic ").unwrap();
    let pair = String::from_utf8(STANDARD.decode(basic).unwrap()).unwrap();
    pair.split_once(':').unwrap().1.to_owned()
}

async fn checked(server: &Server, changes: Value, app: &App) -> Result<Checked, Fault> {
    client().check_app(&entry(&server.origin, changes), app, REDIRECT_URI).await
}

#[tokio::test]
async fn an_app_is_accepted_where_its_code_is_refused_and_a_strangers_client_is() {
    let server = Server::with(|sent| {
        if shown(sent) == SECRET { refusal(400, "invalid_grant") } else { refusal(401, "invalid_client") }
    })
    .await;
    let answer = checked(&server, json!({}), &app()).await.unwrap();
    assert!(matches!(answer, Checked::Accepted), "{answer:?}");
    let sent = server.sent();
    let forms: Vec<_> = sent.iter().map(Sent::form).collect();
    assert_eq!(sent.len(), 2);
    assert!(
        forms
            .iter()
            .all(|form| form["grant_type"] == "authorization_code" && form["redirect_uri"] == REDIRECT_URI)
    );
    assert!(forms.iter().all(|form| form["code_verifier"].len() == 64));
    assert_ne!(forms[0]["code"], forms[1]["code"], "no code is shown twice");
    assert_ne!(shown(&sent[1]), SECRET);
}

#[tokio::test]
async fn a_refused_app_is_told_after_one_request_and_its_secret_is_in_no_answer() {
    for (status, code) in
        [(401, "invalid_client"), (400, "unauthorized_client"), (200, "incorrect_client_credentials")]
    {
        let server = Server::answering(refusal(status, code)).await;
        let Checked::Refused(fault) = checked(&server, json!({}), &app()).await.unwrap() else {
            panic!("{code}")
        };
        assert_eq!((fault.code.as_deref(), server.sent().len()), (Some(code), 1));
        assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
    }
}

#[tokio::test]
async fn a_provider_that_looks_at_the_code_first_says_nothing_of_the_app() {
    for code in ["invalid_grant", "invalid_request", "a_word_of_its_own"] {
        let server = Server::answering(refusal(400, code)).await;
        let Checked::Unclear(fault) = checked(&server, json!({}), &app()).await.unwrap() else {
            panic!("{code}")
        };
        assert_eq!(fault.code.as_deref(), Some(code));
    }
    let server = Server::answering(Reply::json(200, r#"{"access_token":"canary_at"}"#)).await;
    let answer = checked(&server, json!({}), &app()).await.unwrap();
    assert!(matches!(answer, Checked::Unclear(_)), "a made-up code that is taken is no proof: {answer:?}");
}

#[tokio::test]
async fn an_app_without_a_secret_is_held_against_one_that_nobody_registered() {
    let server = Server::with(|sent| {
        if sent.form()["client_id"].starts_with("check-") {
            refusal(400, "invalid_client")
        } else {
            refusal(400, "invalid_grant")
        }
    })
    .await;
    let public = App { client_secret: None, ..app() };
    let method = json!({"obtain": {"token_endpoint_auth_method": "none"}});
    let answer = checked(&server, method, &public).await.unwrap();
    assert!(matches!(answer, Checked::Accepted), "{answer:?}");
}

#[tokio::test]
async fn an_app_that_acts_for_itself_just_asks() {
    let itself = || json!({"obtain": {"grant_type": "client_credentials"}});
    let server = Server::answering(Reply::json(200, r#"{"access_token":"canary_at"}"#)).await;
    let answer = checked(&server, itself(), &app()).await.unwrap();
    assert!(matches!(answer, Checked::Accepted), "{answer:?}");
    assert_eq!(server.only().form()["grant_type"], "client_credentials");
    let server = Server::answering(refusal(401, "invalid_client")).await;
    let answer = checked(&server, itself(), &app()).await.unwrap();
    assert!(matches!(answer, Checked::Refused(_)), "{answer:?}");
    let server = Server::answering(refusal(400, "invalid_scope")).await;
    let answer = checked(&server, itself(), &app()).await.unwrap();
    assert!(matches!(answer, Checked::Unclear(_)), "{answer:?}");
}

#[tokio::test]
async fn where_there_is_nothing_to_ask_with_nothing_is_asked() {
    let server = Server::answering(refusal(401, "invalid_client")).await;
    let of_the_end_user = json!({
        "inputs": [{"name": "shop", "ask": "connection", "label": "Shop", "required": true}],
        "obtain": {"token_endpoint": format!("{}/${{conn.shop}}/token", server.origin)},
    });
    let answer = checked(&server, of_the_end_user, &app()).await.unwrap();
    assert!(matches!(answer, Checked::NotAsked), "{answer:?}");
    let registered_by_itself = App { client_id: String::new(), client_secret: None, ..app() };
    let answer = checked(&server, json!({}), &registered_by_itself).await.unwrap();
    assert!(matches!(answer, Checked::NotAsked), "{answer:?}");
    assert_eq!(server.sent().len(), 0);
}

#[tokio::test]
async fn a_provider_that_is_down_has_said_nothing() {
    for (status, kind) in [(503, FaultKind::Unavailable), (429, FaultKind::RateLimited)] {
        let server = Server::answering(refusal(status, "invalid_client")).await;
        assert_eq!(checked(&server, json!({}), &app()).await.unwrap_err().kind, kind);
    }
    // It may go down between the two questions.
    let server =
        Server::with(
            |sent| if shown(sent) == SECRET { refusal(400, "invalid_grant") } else { refusal(503, "") },
        )
        .await;
    assert_eq!(checked(&server, json!({}), &app()).await.unwrap_err().kind, FaultKind::Unavailable);
}
