//! What is answered where no OpenBao is, or one that cannot serve: a responder that gives recorded answers.

use super::*;
use crate::KeyName;
use axum::Router;
use axum::http::StatusCode;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::TcpListener;
use uuid::Uuid;

/// A service, and the folder its token lies in.
struct At {
    service: Arc<dyn KeyService>,
    _folder: tempfile::TempDir,
}

/// One at a port that answers everything with this, and how often it did.
async fn answering(status: u16, body: &'static str) -> (At, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let status = StatusCode::from_u16(status).unwrap();
    let asked = Arc::new(AtomicU32::new(0));
    let counted = asked.clone();
    let answer = move || async move {
        counted.fetch_add(1, Ordering::SeqCst);
        (status, [("location", "http://127.0.0.1:1/")], body)
    };
    // Ends with the test's runtime.
    tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
    (at(port), asked)
}

fn at(port: u16) -> At {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "canary_token").unwrap();
    let uri =
        format!("transit://bao/transit/k?token_file={}&endpoint=http://127.0.0.1:{port}", token.display());
    At { service: open(&uri).unwrap(), _folder: folder }
}

async fn unwrapped_by(at: &At) -> Option<KeyServiceError> {
    let key = KeyName { id: Uuid::nil(), version: 1 };
    let context = WrapContext { deployment: "d".into(), environment: "e".into(), key };
    at.service.unwrap(b"vault:v1:d3JhcHBlZA==", &context).await.err()
}

#[tokio::test]
async fn what_says_nothing_about_the_key_is_an_outage() {
    for (status, body, attempts) in [
        (503, r#"{"errors":["Vault is sealed"]}"#, 3),
        (500, r#"{"errors":["local node not active but active cluster node not found"]}"#, 3),
        (429, r#"{"errors":["request path \"transit\": rate limit quota exceeded"]}"#, 3),
        (404, "<html>no such page</html>", 3),
        (403, "<html>not from here</html>", 3),
        (307, "", 3),
        (400, r#"{"errors":["something new"]}"#, 1),
        (200, "{}", 1),
        (200, "not JSON", 1),
        // Forbidden, and so is the question whether the token is good; both twice.
        (403, r#"{"errors":["permission denied"]}"#, 4),
    ] {
        let (service, asked) = answering(status, body).await;
        let found = unwrapped_by(&service).await;
        assert!(matches!(found, Some(KeyServiceError::Unavailable { .. })), "{status} {body}: {found:?}");
        assert_eq!(asked.load(Ordering::SeqCst), attempts, "{status} {body}");
        assert!(!format!("{found:?}").contains("canary"), "{found:?}");
    }
}

#[tokio::test]
async fn what_speaks_of_the_key_is_a_refusal_and_asked_once() {
    for (status, body, expected) in [
        (400, r#"{"errors":["cipher: message authentication failed"]}"#, Denial::NotOurs),
        (400, r#"{"errors":["invalid ciphertext: no prefix"]}"#, Denial::NotOurs),
        (400, r#"{"errors":["encryption key not found"]}"#, Denial::KeyNotFound),
        (404, r#"{"errors":[]}"#, Denial::KeyNotFound),
        (400, r#"{"errors":["version is disallowed by policy (too old)"]}"#, Denial::InvalidState),
    ] {
        let (service, asked) = answering(status, body).await;
        let found = unwrapped_by(&service).await;
        let is_it = matches!(found, Some(KeyServiceError::Denied { denial, .. }) if denial == expected);
        assert!(is_it, "{status} {body}: {found:?}");
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{status} {body}");
    }
}

#[tokio::test]
async fn what_is_unwrapped_but_no_key_is_refused() {
    let (service, _) = answering(200, r#"{"data":{"plaintext":"dG9vIHNob3J0"}}"#).await;
    let found = unwrapped_by(&service).await;
    assert!(matches!(found, Some(KeyServiceError::Denied { denial: Denial::NotOurs, .. })), "{found:?}");
}

#[tokio::test]
async fn a_port_that_nothing_listens_on_is_an_outage_with_its_cause() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let found = unwrapped_by(&at(port)).await;
    let Some(KeyServiceError::Unavailable { detail }) = found else { panic!("{found:?}") };
    assert!(detail.to_lowercase().contains("refused"), "{detail}");
}

#[tokio::test]
async fn a_service_that_never_answers_is_an_outage_within_the_callers_patience() {
    // Takes connections into its backlog, and never reads them.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let service = at(silent.local_addr().unwrap().port());
    let found = tokio::time::timeout(Duration::from_secs(5), unwrapped_by(&service)).await;
    assert!(matches!(found, Ok(Some(KeyServiceError::Unavailable { .. }))), "{found:?}");
}
