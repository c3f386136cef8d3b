//! A database file of its own for each test, and a way to write to it behind the adapter's back.

use async_trait::async_trait;
use latchkey_store::conformance::{Database, Stall, Stalled};
use latchkey_store::{NewEvent, Store, Stream};
use latchkey_store_sqlite::SqliteStore;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub async fn database() -> Database {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latchkey.db");
    let (opened, stalled) = (path.clone(), path);
    Database {
        open: Box::new(move || Box::pin(open(opened.clone()))),
        stall: Box::new(move |stall, stream, event| Box::pin(begin(stalled.clone(), stall, stream, event))),
        guard: Box::new(folder),
    }
}

async fn open(path: PathBuf) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(path).await.unwrap())
}

/// A connection the adapter knows nothing of.
pub async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_secs(5)).connect().await.unwrap()
}

struct Slow {
    connection: SqliteConnection,
    /// What is still to be written.
    write: Option<(Stream, NewEvent)>,
}

async fn begin(path: PathBuf, stall: Stall, stream: Stream, event: NewEvent) -> Box<dyn Stalled> {
    let mut connection = raw(&path).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
    let write = match stall {
        Stall::BeforeWriting => Some((stream, event)),
        Stall::BeforeCommitting => {
            write(&mut connection, &stream, &event).await;
            None
        }
    };
    Box::new(Slow { connection, write })
}

async fn write(connection: &mut SqliteConnection, stream: &Stream, event: &NewEvent) {
    sqlx::query(
        "INSERT INTO events (category, stream_id, version, environment, id, kind, schema, at, payload, trace)
         VALUES (?1, ?2, 1, 'dev', ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(&stream.category)
    .bind(&stream.id)
    .bind(event.id)
    .bind(&event.kind)
    .bind(event.schema)
    .bind(event.at)
    .bind(event.payload.to_string())
    .bind(&event.trace)
    .execute(connection)
    .await
    .unwrap();
}

#[async_trait]
impl Stalled for Slow {
    async fn commit(mut self: Box<Self>) {
        if let Some((stream, event)) = self.write.take() {
            write(&mut self.connection, &stream, &event).await;
        }
        sqlx::query("COMMIT").execute(&mut self.connection).await.unwrap();
    }

    async fn roll_back(mut self: Box<Self>) {
        sqlx::query("ROLLBACK").execute(&mut self.connection).await.unwrap();
    }
}
