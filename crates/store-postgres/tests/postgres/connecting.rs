//! What a client is told when the server, the database or a row is not as it should be.

use crate::scratch::{Scratch, server};
use latchkey_store::{
    Append, AppendError, Card, KeyChange, NewEvent, Position, Snapshot, Store, StoreError, Stream, Version,
};
use latchkey_store_postgres::{PostgresOptions, PostgresStore, Schema};
use sqlx::ConnectOptions;
use std::error::Error;
use uuid::Uuid;

const PASSWORD: &str = "canary_password";

/// Everything an operator would see of the error.
async fn refusal(url: &str) -> String {
    let error = PostgresStore::connect(url, PostgresOptions::default()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let mut words = format!("{error:?}");
    let mut cause: Option<&dyn Error> = Some(&error);
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    assert!(!words.contains(PASSWORD), "the password is shown: {words}");
    words
}

pub fn append(stream: &Stream, expected: u64) -> Append {
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
        due_at: None,
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
async fn a_missing_database_is_named_with_what_to_do() {
    let url = server().database("latchkey_no_such_database").password(PASSWORD).to_url_lossy();
    let words = refusal(url.as_str()).await;
    assert!(words.contains("there is no PostgreSQL database latchkey_no_such_database at "), "{words}");
    assert!(words.contains("CREATE DATABASE"), "{words}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_with_what_to_do() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let words = refusal(&format!("postgres://someone:{PASSWORD}@{free}/vault")).await;
    assert!(words.contains(&format!("cannot reach PostgreSQL database vault at {free}")), "{words}");
    assert!(words.contains("is the server running"), "{words}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = silent.local_addr().unwrap();
    let words = refusal(&format!("postgres://someone:{PASSWORD}@{place}/vault?sslmode=disable")).await;
    assert!(words.contains(&format!("database vault at {place} did not answer within 5s")), "{words}");
}

#[tokio::test]
async fn a_user_that_does_not_exist_is_refused_without_showing_the_password() {
    let url = server().username("latchkey_nobody").password(PASSWORD).to_url_lossy();
    let words = refusal(url.as_str()).await;
    assert!(words.contains("refuses this user: check user and password"), "{words}");
}

#[tokio::test]
async fn a_text_that_is_no_url_is_refused_without_showing_it() {
    let words = refusal(&format!("postgres//someone:{PASSWORD}@host")).await;
    assert!(words.contains("not of the form postgres://user:password@host:port/database"), "{words}");
}

#[tokio::test]
async fn clients_that_start_at_once_bring_the_schema_up_to_date_once() {
    let scratch = Scratch::create().await;
    let clients = (0..4).map(|_| {
        let scratch = scratch.clone();
        tokio::spawn(async move { scratch.open().await.ping().await })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_client_that_is_not_to_migrate_leaves_the_schema_alone_and_says_what_is_missing() {
    let scratch = Scratch::create().await;
    let options = || PostgresOptions { schema: Schema::Expect, ..PostgresOptions::default() };
    let error = PostgresStore::connect(&scratch.url(), options()).await.unwrap_err();
    let words = error.source().unwrap().to_string();
    assert!(words.contains("are not applied") && words.contains("latchkey migrate up"), "{words}");
    let state = PostgresStore::schema(&scratch.url()).await.unwrap();
    assert_eq!((state.pending(), state.ahead.len()), (state.migrations.len(), 0));
    assert!(state.migrations.len() >= 3, "{state:?}");

    drop(scratch.open().await);
    assert_eq!(PostgresStore::schema(&scratch.url()).await.unwrap().pending(), 0);
    PostgresStore::connect(&scratch.url(), options()).await.unwrap().ping().await.unwrap();
}

#[tokio::test]
async fn a_schema_newer_than_the_program_is_refused_whoever_migrates() {
    let scratch = Scratch::create().await;
    drop(scratch.open().await);
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (29991231000000, 'of tomorrow', TRUE, '', 0)";
    sqlx::query(newer).execute(&mut scratch.raw().await).await.unwrap();
    for schema in [Schema::Migrate, Schema::Expect] {
        let options = PostgresOptions { schema, ..PostgresOptions::default() };
        let error = PostgresStore::connect(&scratch.url(), options).await.unwrap_err();
        let words = error.source().unwrap().to_string();
        assert!(words.contains("newer than this program") && words.contains("29991231000000"), "{words}");
    }
    assert_eq!(PostgresStore::schema(&scratch.url()).await.unwrap().ahead, [29_991_231_000_000]);
}

#[tokio::test]
async fn rights_that_are_missing_are_named() {
    let scratch = Scratch::create().await;
    drop(scratch.open().await);
    let whole = PostgresStore::diagnose(&scratch.url()).await.unwrap();
    assert!(whole.missing_rights.is_empty() && whole.may_create && !whole.is_standby, "{whole:?}");
    let role = format!("latchkey_doctor_{}", uuid::Uuid::new_v4().simple());
    let mut raw = scratch.raw().await;
    for statement in [
        format!("CREATE ROLE {role} LOGIN"),
        format!("GRANT SELECT, INSERT, UPDATE ON streams, cursors, data_keys TO {role}"),
        format!("GRANT SELECT ON events TO {role}"),
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC".to_owned(),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut raw).await.unwrap();
    }
    let url: sqlx::postgres::PgConnectOptions = scratch.url().parse().unwrap();
    let url = url.username(&role).to_url_lossy();
    let found = PostgresStore::diagnose(url.as_str()).await.unwrap();
    for missing in ["INSERT on events", "DELETE on streams", "DELETE on data_keys"] {
        assert!(found.missing_rights.iter().any(|right| right == missing), "{missing}: {found:?}");
    }
    assert!(!found.missing_rights.iter().any(|right| right.contains("DELETE on events")), "{found:?}");
    assert!(!found.may_create);
    for statement in [format!("DROP OWNED BY {role}"), format!("DROP ROLE {role}")] {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut raw).await.unwrap();
    }
}

#[tokio::test]
async fn connections_that_died_at_rest_are_replaced() {
    let scratch = Scratch::create().await;
    let store = scratch.open().await;
    let stream = Stream::new("thing", "one");
    store.append(append(&stream, 0)).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sqlx::query(end).execute(&mut scratch.raw().await).await.unwrap();
    let mut failures = 0;
    while store.load(&stream).await.is_err() {
        failures += 1;
        assert!(failures <= 6, "each dead connection fails once at most");
    }
    assert_eq!(store.append(append(&stream, 1)).await.unwrap(), Version(2));
}

#[tokio::test]
async fn an_append_behind_a_lock_that_hangs_gives_up_and_writes_nothing() {
    let scratch = Scratch::create().await;
    let store = scratch.open().await;
    let stream = Stream::new("thing", "one");
    store.append(append(&stream, 0)).await.unwrap();
    let mut hung = scratch.raw().await;
    sqlx::query("BEGIN").execute(&mut hung).await.unwrap();
    sqlx::query("SELECT id FROM streams FOR UPDATE").execute(&mut hung).await.unwrap();

    let refused = store.append(append(&stream, 1)).await.unwrap_err();
    let AppendError::Store(StoreError::Unavailable(cause)) = refused else { panic!("not {refused:?}") };
    assert!(cause.to_string().contains("lock timeout"), "{cause}");
    sqlx::query("ROLLBACK").execute(&mut hung).await.unwrap();
    assert_eq!(store.append(append(&stream, 1)).await.unwrap(), Version(2));
}

#[tokio::test]
async fn an_open_transaction_elsewhere_holds_the_feed_back_and_loses_nothing() {
    let scratch = Scratch::create().await;
    let store = scratch.open().await;
    let mut elsewhere = server().connect().await.unwrap();
    sqlx::query("BEGIN").execute(&mut elsewhere).await.unwrap();
    sqlx::query("SELECT pg_current_xact_id()").execute(&mut elsewhere).await.unwrap();
    store.append(append(&Stream::new("thing", "one"), 0)).await.unwrap();
    assert_eq!(store.feed(Position::START, 10).await.unwrap(), []);
    assert_eq!(store.feed_end().await.unwrap(), Position::START);

    sqlx::query("ROLLBACK").execute(&mut elsewhere).await.unwrap();
    let published = tokio::time::timeout(std::time::Duration::from_secs(60), async {
        while store.feed(Position::START, 10).await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    });
    published.await.expect("the event is published once nothing older is open");
}

#[tokio::test]
async fn a_row_that_cannot_be_is_reported_as_corrupt() {
    let scratch = Scratch::create().await;
    let store = scratch.open().await;
    let stream = Stream::new("thing", "one");
    store.append(append(&stream, 0)).await.unwrap();
    let mut raw = scratch.raw().await;
    sqlx::query("UPDATE streams SET version = -1").execute(&mut raw).await.unwrap();
    sqlx::query("UPDATE events SET schema = 70000").execute(&mut raw).await.unwrap();

    let Err(StoreError::Corrupt { table: "streams", key, what: "version" }) = store.load(&stream).await
    else {
        panic!("a negative version is taken for a version");
    };
    assert_eq!(key, "thing/one");
    let history = store.history(&stream, Version(0), 9).await;
    assert!(
        matches!(history, Err(StoreError::Corrupt { table: "events", what: "schema", .. })),
        "{history:?}"
    );
}

#[tokio::test]
async fn a_stream_whose_version_is_behind_its_events_is_corrupt() {
    let scratch = Scratch::create().await;
    let store = scratch.open().await;
    let stream = Stream::new("thing", "one");
    store.append(append(&stream, 0)).await.unwrap();
    store.append(append(&stream, 1)).await.unwrap();
    sqlx::query("UPDATE streams SET version = 1").execute(&mut scratch.raw().await).await.unwrap();
    let error = store.append(append(&stream, 1)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "row thing/one of table streams is corrupt: its version is behind its events"
    );
}
