//! A deletion can be shown to somebody who trusts nobody's word: a signed receipt, checked without a server.

use latchkey_testkit::demo::{Extent, Target};
use latchkey_testkit::pb::admin::ListSigningKeysRequest;
use latchkey_testkit::pb::connection::GetDeletionReceiptRequest;
use latchkey_testkit::{World, reason, run};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_is_checked_by_a_program_that_asks_nobody() {
    let world = World::start().await;
    let backend = world.backend();
    let connection = world.connect("demo-oauth", "ana").await;
    let refusal = receipt(&world, &connection).await.unwrap_err();
    assert_eq!(reason(&refusal), "CONNECTION_NOT_DELETED");

    world.provider().outage(Target::Revocation, Extent::UntilCleared);
    backend.delete(&connection).await.unwrap();
    let pending = receipt(&world, &connection).await.unwrap();
    assert_eq!(pending["revocation"]["result"], "PENDING");
    world.provider().clear();
    let has_ended = |now: &latchkey_testkit::pb::connection::Connection| {
        now.revocation.as_ref().is_some_and(|revocation| revocation.result == "REVOKED")
    };
    backend.wait_for(&connection, has_ended).await;
    let settled = receipt(&world, &connection).await.unwrap();
    assert_eq!(settled["revocation"]["result"], "REVOKED");
    assert!(settled["backups"]["may_hold_until"].is_string() && settled["destroyed_key"]["id"].is_string());

    let keys = backend.audit().list_signing_keys(ListSigningKeysRequest {}).await.unwrap().into_inner();
    let key = keys.signing_keys[0].public_key.clone();
    assert!(verified(&pending, &key).await.contains("valid"));
    assert!(verified(&settled, &key).await.contains(&format!("{connection} of dev was deleted")));
    let mut changed = settled.clone();
    changed["destroyed_key"]["destroyed_at"] = json!("2020-01-01T00:00:00Z");
    assert!(verified(&changed, &key).await.contains("something in it was changed"));
    let other = "lkpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    assert!(verified(&settled, other).await.contains("which is not given"));
    assert!(verified(&settled, "lkpk_no").await.contains("is no public key"));
    world.finish().await;
}

async fn receipt(world: &World, connection: &str) -> Result<Value, tonic::Status> {
    let request = GetDeletionReceiptRequest { connection_id: connection.to_owned() };
    let answer = world.backend().connections().get_deletion_receipt(request).await?;
    Ok(serde_json::from_str(&answer.into_inner().receipt).unwrap())
}

/// What `latchkey receipt verify` says of it.
async fn verified(receipt: &Value, key: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("receipt.json");
    std::fs::write(&file, format!("{receipt:#}")).unwrap();
    let ended = run("latchkey", &["receipt", "verify", file.to_str().unwrap(), "--key", key]).await;
    assert_eq!(ended.code == Some(0), ended.said.starts_with("valid"), "{}", ended.said);
    ended.said
}
