//! A backup, what is in it, and that nothing is refreshed after it was restored before somebody says so.

use crate::world::{TOKEN_LIFE, World, demo, dev};
use async_trait::async_trait;
use latchkey_domain::Timestamp;
use latchkey_domain::api_key::Refusal;
use latchkey_domain::safe_mode::Integration;
use latchkey_store::{Archive, ArchiveError, ArchivedRow, RowGiver, RowTaker, Table};
use latchkey_store_sqlite::SqliteStore;
use latchkey_vault::Error;
use latchkey_vault::backup::{self, BackupError, Counts, DamagedBackup, Header};
use latchkey_wire::contract::{KeyState, RefreshOutcome};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// The schema does not matter here.
const SCHEMA: i64 = 1;

pub fn header() -> Header {
    Header::new(1_800_000_000_000, SCHEMA, "epoch".into(), "default".into(), vec![])
}

async fn backed_up(world: &World, name: &str) -> (PathBuf, Counts) {
    let file = world.database_file().with_file_name(name);
    let archive = SqliteStore::open(&world.database_file()).await.unwrap();
    let counts = backup::create(&archive, &header(), &file).await.unwrap();
    (file, counts)
}

/// A database whose rows somebody changes on their way into a backup, which is as whole as any. `false` drops a row.
pub struct Meddled<F>(pub SqliteStore, pub F);

#[async_trait]
impl<F: Fn(Table, &mut Value) -> bool + Send + Sync> Archive for Meddled<F> {
    async fn export(&self, take: &mut RowTaker<'_>) -> Result<(), ArchiveError> {
        let mut changed = |row: ArchivedRow| {
            let mut value = serde_json::from_str(&row.json).unwrap();
            if (self.1)(row.table, &mut value) {
                return take(ArchivedRow { json: value.to_string(), ..row });
            }
            Ok(())
        };
        self.0.export(&mut changed).await
    }

    async fn import(&self, rows: &mut RowGiver<'_>) -> Result<u64, ArchiveError> {
        self.0.import(rows).await
    }
}

/// What a backup of a world becomes, whose rows were changed on the way into it.
pub async fn restored_with(
    world: &World,
    header: Header,
    change: impl Fn(Table, &mut Value) -> bool + Send + Sync,
) -> World {
    let folder = tempfile::tempdir().unwrap();
    let meddled = Meddled(SqliteStore::open(&world.database_file()).await.unwrap(), change);
    let file = folder.path().join("one.backup");
    backup::create(&meddled, &header, &file).await.unwrap();
    let empty = SqliteStore::open(folder.path().join("vault.db")).await.unwrap();
    backup::restore(&empty, &file, SCHEMA, |_| world.vault.new_safe_mode(None)).await.unwrap();
    let mut restored = world.on(std::sync::Arc::new(empty));
    restored.folder = folder;
    restored
}

fn this() -> Integration {
    Integration { environment: dev(), integration: demo() }
}

#[tokio::test]
async fn a_backup_is_whole_and_every_stream_in_it_folds() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    let (file, counts) = backed_up(&world, "one.backup").await;
    let verified = backup::verify(&file).unwrap();
    assert_eq!(verified.rows, counts);
    assert!(verified.folded >= 4, "integration, session, attempt and connection: {}", verified.folded);
    let opened = backup::open_keys(&file, world.parts.key_services.clone(), "latchkey").await;
    let opened = opened.unwrap();
    assert_eq!(opened.environment_keys, 1);
    assert!(opened.data_keys >= 2, "{opened:?}");
    assert!(backup::open_keys(&file, world.parts.key_services.clone(), "another").await.is_err());
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(&connection.to_string()) && !text.contains("canary"), "secrets are sealed");
    let again = SqliteStore::open(&world.database_file()).await.unwrap();
    let taken = backup::create(&again, &header(), &file).await;
    assert!(matches!(taken, Err(BackupError::Taken(_))), "{taken:?}");
}

#[tokio::test]
async fn a_backup_that_was_changed_is_found_out() {
    let world = World::new().await;
    world.connected().await;
    let (file, _) = backed_up(&world, "one.backup").await;
    let good = fs::read(&file).unwrap();
    let damage = |bytes: Vec<u8>| {
        fs::write(&file, bytes).unwrap();
        match backup::verify(&file) {
            Err(BackupError::Damaged(_, damaged)) => damaged,
            other => panic!("it is not found out: {other:?}"),
        }
    };
    // Wherever a byte differs.
    for at in (0..good.len()).step_by(good.len() / 60) {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        damage(bytes);
    }
    assert!(matches!(damage(good[..good.len() / 2].to_vec()), DamagedBackup::Short(_)));
    let last_line = good[..good.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    assert!(matches!(damage(good[..last_line].to_vec()), DamagedBackup::Short(_)));
    assert_eq!(damage([&good[..], b"more\n"].concat()), DamagedBackup::Behind);
    assert_eq!(damage(b"PK\n".to_vec()), DamagedBackup::NoBackup);
    fs::write(&file, good).unwrap();
    backup::verify(&file).unwrap();
}

#[tokio::test]
async fn a_state_that_does_not_follow_from_its_events_is_found_out() {
    let world = World::new().await;
    world.connected().await;
    // As somebody would who may write to the database: the sums are right.
    let behind = latchkey_store::Stream::new("integration", format!("{}/{}", dev(), demo()));
    let stored = world.store.load(&behind).await.unwrap().unwrap();
    let other = stored.snapshot.state.replace(r#""display_name":""#, r#""display_name":"changed"#);
    assert_ne!(other, stored.snapshot.state);
    let card = latchkey_store::Card { status: "active".into(), ..latchkey_store::Card::default() };
    let meddled = latchkey_store::Append {
        stream: behind,
        expected: stored.version,
        events: vec![],
        snapshot: latchkey_store::Snapshot { state: other, ..stored.snapshot },
        card,
        tags: None,
        key: latchkey_store::KeyChange::Keep,
        releases: None,
        status_was: None,
    };
    world.store.append(meddled).await.unwrap();
    let (file, _) = backed_up(&world, "one.backup").await;
    let found = backup::verify(&file);
    assert!(
        matches!(&found, Err(BackupError::Damaged(_, DamagedBackup::Fold(name))) if name.starts_with("integration/")),
        "{found:?}"
    );
}

#[tokio::test]
async fn what_is_restored_is_not_refreshed_before_somebody_says_so() {
    let world = World::new().await;
    let connection = world.connected().await;
    let token = world.token_of(connection).await;
    let (file, counts) = backed_up(&world, "one.backup").await;

    let path = world.database_file().with_file_name("new.db");
    let empty = SqliteStore::open(&path).await.unwrap();
    let terms = |header: &Header| world.vault.new_safe_mode(Some(Timestamp(header.made_at)));
    let older = backup::restore(&empty, &file, SCHEMA - 1, terms).await;
    assert!(matches!(older, Err(BackupError::Ahead { of: SCHEMA })), "{older:?}");
    assert_eq!(backup::restore(&empty, &file, SCHEMA, terms).await.unwrap(), counts);
    let again = backup::restore(&empty, &file, SCHEMA, terms).await;
    assert!(matches!(again, Err(BackupError::Archive(_))), "{again:?}");

    let restored = world.on(std::sync::Arc::new(empty));
    assert_eq!(restored.token_of(connection).await, token, "what is valid is handed out");
    let insisting = latchkey_vault::vault::Query { force_refresh: true, ..restored.query(connection) };
    let refused = restored.vault.credential(&insisting).await;
    assert!(matches!(refused, Err(Error::SafeMode)), "{refused:?}");
    world.clock.advance(TOKEN_LIFE);
    let refused = restored.vault.credential(&restored.query(connection)).await;
    assert!(matches!(refused, Err(Error::SafeMode)), "{refused:?}");
    assert_eq!(restored.vault.claim_due(10).await.unwrap().len(), 0);

    let whose_turn =
        async || restored.vault.explain_connection(&dev(), connection).await.unwrap().explanation.whose_turn;
    assert_eq!(whose_turn().await, "OPERATOR");

    // Another integration's release is not this one's.
    let other = Integration { integration: "other".parse().unwrap(), ..this() };
    assert!(restored.vault.leave_safe_mode(Some(other)).await.unwrap());
    assert_eq!(restored.vault.claim_due(10).await.unwrap().len(), 0);
    assert!(restored.vault.leave_safe_mode(Some(this())).await.unwrap());
    let due = restored.claim_one().await;
    restored.complete(&due, RefreshOutcome::Refreshed(restored.obtained())).await.unwrap();
    assert_ne!(restored.token_of(connection).await, token);
    assert_eq!(whose_turn().await, "NOBODY");

    // A backup of what was restored is one like any other.
    let (file, _) = {
        let archive = SqliteStore::open(&path).await.unwrap();
        let file = path.with_extension("backup");
        let counts = backup::create(&archive, &header(), &file).await.unwrap();
        (file, counts)
    };
    backup::verify(&file).unwrap();
    assert!(restored.vault.leave_safe_mode(None).await.unwrap());
    assert!(!restored.vault.leave_safe_mode(None).await.unwrap(), "there is nothing more to leave");
}

#[tokio::test]
async fn safe_mode_is_entered_by_hand_too() {
    let world = World::new().await;
    world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let entered = world.vault.enter_safe_mode().await.unwrap();
    assert_eq!(world.vault.enter_safe_mode().await.unwrap(), entered, "once is enough");
    assert_eq!(world.vault.claim_due(10).await.unwrap().len(), 0);
    assert!(world.vault.leave_safe_mode(None).await.unwrap());
    world.claim_one().await;
}

fn issue(name: &str) -> latchkey_wire::contract::IssueKey {
    latchkey_wire::contract::IssueKey {
        environment: dev(),
        name: name.into(),
        scopes: vec![latchkey_domain::api_key::Scope::TokensRead],
        expires_at: None,
    }
}

#[tokio::test]
async fn a_key_of_a_backup_opens_nothing_before_it_is_confirmed() {
    let world = World::new().await;
    let kept = world.vault.issue_key(issue("kept")).await.unwrap();
    let revoked_before = world.vault.issue_key(issue("revoked before")).await.unwrap();
    world.vault.revoke_key(&dev(), revoked_before.key.id).await.unwrap();
    let revoked_after = world.vault.issue_key(issue("revoked after")).await.unwrap();
    let (file, _) = backed_up(&world, "one.backup").await;
    world.vault.revoke_key(&dev(), revoked_after.key.id).await.unwrap();

    let path = world.database_file().with_file_name("new.db");
    let empty = SqliteStore::open(&path).await.unwrap();
    let terms = |_: &Header| world.vault.new_safe_mode(None);
    backup::restore(&empty, &file, SCHEMA, terms).await.unwrap();
    let restored = world.on(std::sync::Arc::new(empty));
    let refused =
        async |key: &latchkey_wire::contract::IssuedKey| match restored.vault.authenticate(&key.secret).await
        {
            Err(Error::ApiKey(refusal)) => Some(refusal),
            Err(other) => panic!("{other:?}"),
            Ok(_) => None,
        };
    for key in [&kept, &revoked_after] {
        assert_eq!(refused(key).await, Some(Refusal::Locked));
    }
    assert_eq!(refused(&revoked_before).await, Some(Refusal::Invalid));
    let mut waiting: Vec<_> =
        restored.vault.locked_keys().await.unwrap().into_iter().map(|key| key.name).collect();
    waiting.sort();
    assert_eq!(waiting, ["kept", "revoked after"]);
    let listed = restored.vault.keys(&dev()).await.unwrap();
    let states: Vec<_> = [&kept, &revoked_after, &revoked_before]
        .map(|key| listed.iter().find(|listed| listed.id == key.key.id).unwrap().state)
        .into();
    assert_eq!(states, [KeyState::Locked, KeyState::Locked, KeyState::Revoked]);

    restored.vault.confirm_key(kept.key.id).await.unwrap();
    assert_eq!(refused(&kept).await, None);
    assert_eq!(refused(&revoked_after).await, Some(Refusal::Locked), "only what is confirmed");
    assert!(restored.vault.confirm_key(revoked_before.key.id).await.is_err(), "what was revoked stays so");
    assert_eq!(restored.vault.lock_keys().await.unwrap(), 1, "by hand, after a restore by other means");
    assert_eq!(refused(&kept).await, Some(Refusal::Locked));
    // What was restored is a backup's like any other: the locks are in its history.
    let archive = SqliteStore::open(&path).await.unwrap();
    let again = path.with_extension("backup");
    backup::create(&archive, &header(), &again).await.unwrap();
    backup::verify(&again).unwrap();
}

#[tokio::test]
async fn keys_that_an_older_program_wrote_down_are_locked_as_others_are() {
    let world = World::new().await;
    let revoked = world.vault.issue_key(issue("revoked")).await.unwrap();
    let kept = world.vault.issue_key(issue("kept")).await.unwrap();
    world.vault.revoke_key(&dev(), revoked.key.id).await.unwrap();
    // Its state was of another shape; what happened was not.
    let restored = restored_with(&world, header(), |table, row| {
        if table == Table::Streams && row["category"] == "api_key" {
            row["snapshot_format"] = 0.into();
            row["snapshot"] =
                json!({"secrets": null, "state": {"keys": "of another shape"}}).to_string().into();
        }
        true
    })
    .await;
    let refused =
        async |key: &latchkey_wire::contract::IssuedKey| restored.vault.authenticate(&key.secret).await;
    assert!(matches!(refused(&kept).await, Err(Error::ApiKey(Refusal::Locked))));
    assert!(matches!(refused(&revoked).await, Err(Error::ApiKey(Refusal::Invalid))));
    restored.vault.confirm_key(kept.key.id).await.unwrap();
    assert_eq!(refused(&kept).await.unwrap().name, "kept");
}
