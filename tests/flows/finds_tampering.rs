//! Whoever changes what was recorded, in the database itself, is found out: by what was exported, and a program that asks nobody.

use latchkey_testkit::pb::admin::{ExportAuditRecordsRequest, ListSigningKeysRequest};
use latchkey_testkit::{Canary, Topology, World, run};
use serde_json::Value;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a record may take to be chained, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// An export, in a file.
pub struct Export {
    pub lines: Vec<String>,
    folder: TempDir,
}

impl Export {
    pub async fn of(world: &World) -> Self {
        let (mut lines, mut page_token) = (vec![], String::new());
        loop {
            let mut audit = world.backend().audit();
            let page = audit.export_audit_records(ExportAuditRecordsRequest { page_token }).await.unwrap();
            let page = page.into_inner();
            lines.extend(page.lines);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("audit.jsonl"), lines.join("\n")).unwrap();
        Self { lines, folder }
    }

    /// One in which all of this is chained.
    pub async fn with(world: &World, wanted: &[(&str, &str)]) -> Self {
        let began = Instant::now();
        loop {
            let export = Self::of(world).await;
            if wanted.iter().all(|(member, value)| export.record(member, value).is_some()) {
                return export;
            }
            assert!(began.elapsed() < PATIENCE, "{wanted:?} is not chained: {:#?}", export.lines);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// The first line whose record has this in this member.
    pub fn record(&self, member: &str, value: &str) -> Option<Value> {
        let lines = self.lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.into_iter().find(|line| line["record"][member] == value)
    }

    fn file(&self) -> String {
        self.folder.path().join("audit.jsonl").display().to_string()
    }

    /// What `latchkey audit verify` says of it, and whether it found it whole.
    pub async fn verified(&self, key: &str, known: Option<&Self>) -> (bool, String) {
        let file = self.file();
        let mut command = vec!["audit", "verify", &file, "--key", key];
        let root = known.map(Self::file);
        command.extend(root.iter().flat_map(|root| ["--root", root.as_str()]));
        let ended = run("latchkey", &command).await;
        assert_eq!(ended.code == Some(0), ended.said.contains("valid"), "{}", ended.said);
        (ended.code == Some(0), ended.said)
    }
}

/// The first of an environment's public keys.
pub async fn public_key(world: &World) -> String {
    let listed = world.backend().audit().list_signing_keys(ListSigningKeysRequest {}).await.unwrap();
    listed.into_inner().signing_keys[0].public_key.clone()
}

/// Where the record of a line is in the database, and its number.
pub fn place(line: &Value) -> (&str, u64) {
    let (_, sequence) = line["position"].as_str().unwrap().split_once('-').unwrap();
    (sequence, line["number"].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_changed_behind_our_back_is_named() {
    let world = World::start().await;
    let backend = world.backend();
    let ana = world.connect("demo-oauth", "ana").await;
    let bob = world.connect("demo-oauth", "bob").await;
    backend.token(&ana).await.unwrap();
    backend.delete_here(&bob).await.unwrap();
    let (of_ana, of_bob) = (format!("connection/{ana}"), format!("connection/{bob}"));
    let wanted = [("stream", of_ana.as_str()), ("event", "connection.revoked"), ("connection", ana.as_str())];
    let before = Export::with(&world, &wanted).await;
    let key = public_key(&world).await;
    let (whole, said) = before.verified(&key, Some(&before)).await;
    assert!(whole && said.contains("records of dev"), "{said}");
    assert_eq!(Canary::new().found_in(before.lines.join("\n").as_bytes()), Vec::<String>::new());

    let finds = async |statement: &str, expected: &str| {
        assert_eq!(world.meddle(statement).await, 1, "{statement}");
        let (whole, said) = Export::of(&world).await.verified(&key, Some(&before)).await;
        assert!(!whole && said.contains(expected), "{statement}: {said}");
    };
    let established = before.record("stream", &of_ana).unwrap();
    let (sequence, number) = place(&established);
    let payload = match world.topology() {
        Topology::One => "replace(payload, 'ana', 'eve')",
        Topology::Many => "replace(payload::TEXT, 'ana', 'eve')::JSON",
    };
    let id = established["record"]["id"].as_str().unwrap();
    finds(
        &format!("UPDATE events SET payload = {payload} WHERE sequence = {sequence}"),
        &format!("record {number} was changed: event {id} connection.established of {of_ana}"),
    )
    .await;

    let given = before.record("connection", &ana).unwrap();
    let (sequence, number) = place(&given);
    finds(
        &format!("UPDATE credential_reads SET reader = 'key_nobody' WHERE sequence = {sequence}"),
        &format!("record {number} was changed: read of {ana} by key_nobody"),
    )
    .await;

    // So damaged that it cannot be read: all others still are, and it is named.
    let damaged = before.record("event", "connection.established").unwrap();
    let (sequence, number) = place(&damaged);
    finds(
        &format!("UPDATE events SET schema = -1 WHERE sequence = {sequence}"),
        &format!("record {number} was changed: {sequence} of events cannot be read"),
    )
    .await;
    assert_eq!(world.meddle(&format!("UPDATE events SET schema = 1 WHERE sequence = {sequence}")).await, 1);

    // Two events in each other's place.
    let [one, other] = ["integration.registered", "session.created"]
        .map(|event| before.record("event", event).unwrap_or_else(|| panic!("{event}: {:#?}", before.lines)));
    for (here, there) in [(&one, &other), (&other, &one)] {
        let (sequence, number) = place(here);
        let text = |member: &str| match &there["record"][member] {
            Value::String(text) => text.clone(),
            value => value.to_string().replace('\'', "''"),
        };
        finds(
            &format!(
                "UPDATE events SET kind = '{}', payload = '{}' WHERE sequence = {sequence}",
                text("event"),
                text("payload")
            ),
            &format!("record {number} was changed"),
        )
        .await;
    }

    let revoked = before.record("event", "connection.revoked").unwrap();
    assert_eq!(revoked["record"]["stream"], of_bob);
    let (sequence, number) = place(&revoked);
    finds(&format!("DELETE FROM events WHERE sequence = {sequence}"), &format!("record {number} is missing"))
        .await;
    cut_off_or_made_anew(&world, &key, &before).await;
    world.finish().await;
}

/// What no single export shows: the chain itself was shortened, or deleted, so that it is made and signed anew.
async fn cut_off_or_made_anew(world: &World, key: &str, before: &Export) {
    let last: Value = serde_json::from_str(before.lines.last().unwrap()).unwrap();
    let records = last["records"].as_u64().unwrap();
    world
        .meddle(&format!("DELETE FROM audit_segments WHERE environment = 'dev' AND last >= {records}"))
        .await;
    let cut = Export::of(world).await;
    let (whole, said) = cut.verified(key, Some(before)).await;
    assert!(!whole && said.contains("records were cut off"), "{said}");

    world.meddle("DELETE FROM audit_segments").await;
    world.meddle("DELETE FROM cursors WHERE reader LIKE 'audit.%'").await;
    let anew = Export::with(world, &[("event", "session.created")]).await;
    let (whole, said) = anew.verified(key, None).await;
    assert!(whole, "whoever may write the database has it signed anew: {said}");
    // As long as the one that was, so that it is not for its length that it is found out.
    world.connect("demo-oauth", "cid").await;
    let began = Instant::now();
    loop {
        let (whole, said) = Export::of(world).await.verified(key, Some(before)).await;
        assert!(!whole, "{said}");
        if said.contains("history was rewritten") {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{said}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
