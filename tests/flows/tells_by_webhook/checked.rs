//! The published verifier libraries of Standard Webhooks, one from npm and one from PyPI, asked about what arrived.

use latchkey_signing::webhook::Message;
use latchkey_testkit::Received;
use serde_json::json;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::sync::OnceCell;

static INSTALLED: OnceCell<()> = OnceCell::const_new();

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("webhooks")
}

/// Shows that both libraries take a message for signed with this secret.
pub async fn checked(secret: &str, received: &Received) {
    for (library, (taken, said)) in asked(secret, received).await {
        assert!(taken, "{library} does not take it: {said}");
    }
}

/// Whether neither library takes it.
pub async fn is_refused(secret: &str, received: &Received) -> bool {
    asked(secret, received).await.iter().all(|(_, (taken, _))| !taken)
}

/// Whether the Ed25519 signature is this key's. The published libraries check secrets alone.
pub fn public_key_fits(public_key: &str, received: &Received) -> bool {
    let timestamp = received.header("webhook-timestamp").parse().unwrap();
    let message = Message { id: received.header("webhook-id"), timestamp, body: &received.body };
    message.is_signed(received.header("webhook-signature"), public_key).unwrap()
}

async fn asked(secret: &str, received: &Received) -> [(&'static str, (bool, String)); 2] {
    INSTALLED.get_or_init(install).await;
    let body = String::from_utf8(received.body.clone()).unwrap();
    let message = json!({"secret": secret, "headers": received.headers, "body": body}).to_string();
    let node = std::env::var("LATCHKEY_TEST_NODE").unwrap_or_else(|_| "node".to_owned());
    let python = folder().join("../.cache/webhooks-venv/bin/python").display().to_string();
    [
        ("npm standardwebhooks", ask(&node, "verify.js", &message).await),
        ("PyPI standardwebhooks", ask(&python, "verify.py", &message).await),
    ]
}

async fn install() {
    let installed = Command::new(folder().join("install")).output().await.unwrap();
    let said = String::from_utf8_lossy(&installed.stderr);
    assert!(installed.status.success(), "tests/webhooks/install failed:\n{said}");
}

async fn ask(program: &str, script: &str, message: &str) -> (bool, String) {
    let mut child = Command::new(program)
        .arg(folder().join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
    child.stdin.take().unwrap().write_all(message.as_bytes()).await.unwrap();
    let ended = child.wait_with_output().await.unwrap();
    // A refusal of the signature, not of something else.
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success() || said.contains("WebhookVerificationError"), "{program}: {said}");
    (ended.status.success(), said)
}
