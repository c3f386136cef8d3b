//! What goes for the file: where it is, what is in it, what a damaged one gives.

use crate::scratch::raw;
use latchkey_store::{
    Append, AppendError, Card, ClaimQuery, KeyChange, NewEvent, Position, Snapshot, Store, StoreError,
    Stream, Version, WrappedKey,
};
use latchkey_store_sqlite::SqliteStore;
use std::error::Error;
use uuid::Uuid;

fn append(stream: &Stream, expected: u64) -> Append {
    let event = NewEvent {
        id: Uuid::new_v4(),
        kind: "thing.made".into(),
        schema: 1,
        at: 5,
        payload: serde_json::json!({}),
        trace: None,
    };
    let card = Card {
        environment: "dev".into(),
        parent: String::new(),
        subject: String::new(),
        status: "live".into(),
        label: String::new(),
        due_at: Some(1),
        ..Card::default()
    };
    Append {
        stream: stream.clone(),
        expected: Version(expected),
        events: vec![event],
        snapshot: Snapshot { format: 1, state: "{}".into() },
        card,
        key: KeyChange::Keep,
        tags: None,
        releases: None,
        status_was: None,
    }
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("latchkey.db");
    let error = SqliteStore::open(&path).await.unwrap_err();
    let why = error.source().unwrap().to_string();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(why.contains(path.to_str().unwrap()) && why.contains("does its folder exist"), "{why}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latchkey.db");
    let letter = "Dear reader, this is a letter, not a database. ".repeat(50);
    std::fs::write(&path, &letter).unwrap();
    assert!(matches!(SqliteStore::open(&path).await, Err(StoreError::Unavailable(_))));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn a_database_in_memory_serves_all_clones_and_is_gone_with_the_last() {
    let store = SqliteStore::in_memory().await.unwrap();
    let stream = Stream::new("thing", "one");
    store.clone().append(append(&stream, 0)).await.unwrap();
    assert_eq!(store.load(&stream).await.unwrap().unwrap().version, Version(1));
    assert_eq!(store.feed(Position::START, 10).await.unwrap().len(), 1);
    let query = ClaimQuery {
        category: "thing".into(),
        now: 5,
        until: 9,
        max: 10,
        wanted_only: false,
        after: None,
        except: vec![],
    };
    assert_eq!(store.claim_due(&query).await.unwrap().len(), 1);
    store.ping().await.unwrap();
    drop(store);
    let another = SqliteStore::in_memory().await.unwrap();
    assert_eq!(another.load(&stream).await.unwrap(), None);
}

#[tokio::test]
async fn appends_in_memory_wait_for_each_other() {
    let store = SqliteStore::in_memory().await.unwrap();
    let appends = (0..20).map(|number| {
        let store = store.clone();
        tokio::spawn(async move { store.append(append(&Stream::new("thing", number.to_string()), 0)).await })
    });
    for append in appends.collect::<Vec<_>>() {
        append.await.unwrap().unwrap();
    }
    assert_eq!(store.feed(Position::START, 100).await.unwrap().len(), 20);
}

#[tokio::test]
async fn a_destroyed_keys_bytes_are_not_left_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latchkey.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let (stream, wrapped) = (Stream::new("thing", "one"), b"canary_wrapped_key_0123456789".to_vec());
    let key = KeyChange::Put(WrappedKey { id: Uuid::new_v4(), wrapped: wrapped.clone() });
    store.append(Append { key, ..append(&stream, 0) }).await.unwrap();
    store.append(Append { key: KeyChange::Destroy, ..append(&stream, 1) }).await.unwrap();
    // Closing folds the write-ahead log into the file and removes it.
    store.close().await;
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(wrapped.len()).any(|window| window == wrapped));
        files += 1;
    }
    assert_eq!(files, 1);
}

#[tokio::test]
async fn a_write_gives_up_when_another_process_keeps_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latchkey.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let stream = Stream::new("thing", "one");
    let mut other = raw(&path).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let refused = store.append(append(&stream, 0)).await.unwrap_err();
    assert!(matches!(refused, AppendError::Store(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(store.load(&stream).await.unwrap(), None, "reads go on meanwhile");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(store.append(append(&stream, 0)).await.unwrap(), Version(1));
}

#[tokio::test]
async fn a_row_that_cannot_be_is_reported_as_corrupt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latchkey.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let stream = Stream::new("thing", "one");
    store.append(append(&stream, 0)).await.unwrap();
    let mut raw = raw(&path).await;
    sqlx::query("UPDATE streams SET version = -1").execute(&mut raw).await.unwrap();
    sqlx::query("UPDATE events SET payload = '{'").execute(&mut raw).await.unwrap();

    let Err(StoreError::Corrupt { table: "streams", key, what: "version" }) = store.load(&stream).await
    else {
        panic!("a negative version is taken for a version");
    };
    assert_eq!(key, "thing/one");
    let Err(StoreError::Corrupt { table: "events", key, what: "payload" }) =
        store.feed(Position::START, 9).await
    else {
        panic!("half a document is taken for a payload");
    };
    assert_eq!(key, "1");
}

#[tokio::test]
async fn a_stream_whose_version_is_behind_its_events_is_corrupt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latchkey.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let stream = Stream::new("thing", "one");
    store.append(append(&stream, 0)).await.unwrap();
    store.append(append(&stream, 1)).await.unwrap();
    sqlx::query("UPDATE streams SET version = 1").execute(&mut raw(&path).await).await.unwrap();
    let error = store.append(append(&stream, 1)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "row thing/one of table streams is corrupt: its version is behind its events"
    );
}
