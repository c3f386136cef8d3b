//! Another key signs from some day on: what the one before signed is believed all the same, by a program that asks nobody and
//! knows the exported public keys; and nothing is believed under a key that did not sign it.

use crate::finds_tampering::Export;
use crate::rotates_keys::done;
use latchkey_testkit::pb::admin::{GetAuditRootRequest, ListSigningKeysRequest};
use latchkey_testkit::pb::connection::GetDeletionReceiptRequest;
use latchkey_testkit::{Ended, World, run};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What somebody keeps who checks.
struct Kept(TempDir);

impl Kept {
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// What `latchkey receipt verify` says, with these keys.
    async fn receipt(&self, receipt: &Value, keys: &str) -> Ended {
        let file = self.file("receipt.json", &receipt.to_string());
        run("latchkey", &["receipt", "verify", &file, "--key", keys]).await
    }

    /// What `latchkey audit verify` says, with these keys and against a root from before.
    async fn audit(&self, lines: &[String], keys: &str, root: &str) -> Ended {
        let file = self.file("audit.jsonl", &lines.join("\n"));
        run("latchkey", &["audit", "verify", &file, "--key", keys, "--root", root]).await
    }
}

/// The public keys, and their ids, as `latchkey audit keys` prints them.
async fn keys(world: &World) -> Vec<(String, String)> {
    let listed = world.backend().audit().list_signing_keys(ListSigningKeysRequest {}).await.unwrap();
    listed.into_inner().signing_keys.into_iter().map(|key| (key.public_key, key.id)).collect()
}

async fn deleted(world: &World, user: &str) -> (String, Value) {
    let connection = world.connect("demo-oauth", user).await;
    world.backend().delete_here(&connection).await.unwrap();
    (connection.clone(), receipt(world, &connection).await)
}

async fn receipt(world: &World, connection: &str) -> Value {
    let request = GetDeletionReceiptRequest { connection_id: connection.to_owned() };
    let answer = world.backend().connections().get_deletion_receipt(request).await.unwrap();
    serde_json::from_str(&answer.into_inner().receipt).unwrap()
}

async fn root(world: &World) -> Value {
    let answer = world.backend().audit().get_audit_root(GetAuditRootRequest {}).await.unwrap();
    serde_json::from_str(&answer.into_inner().root).unwrap()
}

fn refused(ended: &Ended, why: &str) {
    assert!(ended.code == Some(1) && ended.said.contains(why), "{why}: {}", ended.said);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_signed_before_and_after_another_key_signs_is_believed() {
    let world = World::start().await;
    let kept = Kept(tempfile::tempdir().unwrap());
    let (ana, before) = deleted(&world, "ana").await;
    let stream = format!("connection/{ana}");
    Export::with(&world, &[("stream", &stream)]).await;
    let first_root = root(&world).await;
    let root_file = kept.file("root.json", &first_root.to_string());
    done(world.operate(&["keys", "rotate", "--environment", "dev", "--signing"]).await);
    let (bob, after) = deleted(&world, "bob").await;
    let listed = keys(&world).await;
    let [(first, first_id), (second, second_id)] = &listed[..] else { panic!("two keys: {listed:?}") };
    assert_eq!((&before["signed_by"], &after["signed_by"]), (&json!(first_id), &json!(second_id)));
    assert_eq!(receipt(&world, &ana).await["signed_by"], json!(second_id), "it is made anew each time");

    let both = kept.file("keys.txt", &format!("{first} {first_id}\n{second} {second_id}\n"));
    for signed in [&before, &after] {
        assert!(done(kept.receipt(signed, &both).await).said.starts_with("valid"));
    }
    refused(&kept.receipt(&after, first).await, "which is not given");
    refused(&kept.receipt(&before, second).await, "which is not given");

    let export = Export::with(&world, &[("stream", &format!("connection/{bob}"))]).await;
    let signers = |id: &str| {
        export.lines.iter().filter(|line| line.contains(&format!("\"signed_by\":\"{id}\""))).count()
    };
    assert!(signers(first_id) > 0 && signers(second_id) > 0, "roots of both keys are in it");
    assert!(done(kept.audit(&export.lines, &both, &root_file).await).said.starts_with("valid"));
    refused(&kept.audit(&export.lines, first, &root_file).await, "which is not given");

    forged(&kept, (&before, &export.lines), &first_root, (&both, [first_id, second_id])).await;
    world.finish().await;
}

/// Names the other key, or one that nobody knows, as the one that signed.
async fn forged(
    kept: &Kept,
    (receipt, lines): (&Value, &[String]),
    first_root: &Value,
    (keys, [first, second]): (&str, [&String; 2]),
) {
    for (id, why) in
        [(second.as_str(), "the signature does not fit"), ("0123456789abcdef", "which is not given")]
    {
        let mut forged = receipt.clone();
        forged["signed_by"] = json!(id);
        refused(&kept.receipt(&forged, keys).await, why);
        let mut forged = first_root.clone();
        forged["signed_by"] = json!(id);
        let file = kept.file("forged.json", &forged.to_string());
        refused(&kept.audit(lines, keys, &file).await, why);
        let forged: Vec<String> = lines.iter().map(|line| line.replace(first.as_str(), id)).collect();
        let root = kept.file("first.json", &first_root.to_string());
        refused(&kept.audit(&forged, keys, &root).await, why);
    }
}
