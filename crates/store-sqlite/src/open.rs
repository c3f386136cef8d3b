//! Opening the file: one connection that writes, a few that read, and what makes a commit durable.
//!
//! Invariant: what was committed survives a loss of power. A rotated refresh token that was forgotten is a lost
//! connection, hence `synchronous = FULL`.

use latchkey_store::SchemaState;
use sqlx::SqlitePool;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;
use uuid::Uuid;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// How long a write waits while another process holds the file.
const BUSY_MAX: Duration = Duration::from_secs(5);

/// How long a caller waits for its turn at the one connection that writes.
const TURN_MAX: Duration = Duration::from_secs(15);

/// Reads are short and run beside the writer; more than a few at once only compete for the same cores.
const READERS_MAX: u32 = 4;

/// Why a file cannot be used, and what to do about it.
#[derive(Debug, Error)]
pub enum OpenError {
    #[error("cannot open the SQLite file {path}: does its folder exist, and may this user write there?", path = .0.display())]
    File(PathBuf, #[source] sqlx::Error),
    #[error("cannot bring the schema of the SQLite file {path} up to date", path = .0.display())]
    Schema(PathBuf, #[source] MigrateError),
    #[error(
        "the schema of the SQLite file {path} is newer than this program, which does not know its migration {version}: run the \
         version that made it, or a newer one", path = .path.display()
    )]
    Ahead { path: PathBuf, version: i64 },
    #[error(
        "{pending} migrations of the SQLite file {path} are not applied, and `database.migrations` leaves them to somebody else: \
         run `latchkey migrate up`", path = .path.display()
    )]
    Pending { path: PathBuf, pending: usize },
    #[error("there is no SQLite file {path}: it is made by the first start, or by `latchkey migrate up`", path = .0.display())]
    Absent(PathBuf),
}

/// Who keeps the schema up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Whoever opens the file.
    Migrate,
    /// Somebody else, before it is opened: what is not there yet is an error.
    Expect,
}

/// Where statements go: writes one after the other, reads beside them.
#[derive(Debug, Clone)]
pub struct Pools {
    pub writer: SqlitePool,
    pub readers: SqlitePool,
    /// Which opening of the file this is.
    pub epoch: Uuid,
}

pub async fn file(path: &Path, schema: Schema) -> Result<Pools, OpenError> {
    let options = options().filename(path).create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let failed = |error| OpenError::File(path.to_owned(), error);
    let writer = one_connection().connect_with(options.clone()).await.map_err(failed)?;
    let state = schema_of(&writer).await.map_err(failed)?;
    if let Some(version) = state.ahead.last() {
        return Err(OpenError::Ahead { path: path.to_owned(), version: *version });
    }
    match (schema, state.pending()) {
        (Schema::Migrate, _) => {
            MIGRATIONS.run(&writer).await.map_err(|error| OpenError::Schema(path.to_owned(), error))?;
        }
        (Schema::Expect, 0) => {}
        (Schema::Expect, pending) => return Err(OpenError::Pending { path: path.to_owned(), pending }),
    }
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .acquire_timeout(TURN_MAX)
        .test_before_acquire(false)
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(failed)?;
    Ok(Pools { writer, readers, epoch: Uuid::now_v7() })
}

/// How a file's schema stands. Changes nothing, and makes no file.
pub async fn schema(path: &Path) -> Result<SchemaState, OpenError> {
    if !path.exists() {
        return Err(OpenError::Absent(path.to_owned()));
    }
    let failed = |error| OpenError::File(path.to_owned(), error);
    let pool = one_connection()
        .connect_with(options().filename(path).pragma("query_only", "ON"))
        .await
        .map_err(failed)?;
    let state = schema_of(&pool).await.map_err(failed)?;
    pool.close().await;
    Ok(state)
}

pub async fn schema_of(pool: &SqlitePool) -> Result<SchemaState, sqlx::Error> {
    let there = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    let applied: Vec<i64> = match sqlx::query_scalar(there).fetch_one(pool).await? {
        0_i64 => vec![],
        _ => {
            let applied = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";
            sqlx::query_scalar(applied).fetch_all(pool).await?
        }
    };
    let known = MIGRATIONS
        .iter()
        .map(|known| (known.version, known.description.to_string(), known.sql.as_str().to_owned()));
    Ok(SchemaState::of(known, &applied))
}

/// A database in memory belongs to the connection that made it, so there is only one, for reads too.
pub async fn memory() -> Result<Pools, OpenError> {
    let path = PathBuf::from(":memory:");
    let pool = one_connection()
        .connect_with(options().in_memory(true))
        .await
        .map_err(|error| OpenError::File(path.clone(), error))?;
    MIGRATIONS.run(&pool).await.map_err(|error| OpenError::Schema(path, error))?;
    Ok(Pools { writer: pool.clone(), readers: pool, epoch: Uuid::now_v7() })
}

fn one_connection() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(TURN_MAX)
        .test_before_acquire(false)
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_MAX)
        // A destroyed key's bytes are overwritten, not left in a free page.
        .pragma("secure_delete", "ON")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pragma(pool: &SqlitePool, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
    }

    #[tokio::test]
    async fn every_connection_is_durable_patient_and_checks_itself() {
        let folder = tempfile::tempdir().unwrap();
        let pools = file(&folder.path().join("latchkey.db"), Schema::Migrate).await.unwrap();
        for (pool, query_only) in [(&pools.writer, 0), (&pools.readers, 1)] {
            assert_eq!(pragma(pool, "PRAGMA synchronous").await, 2, "FULL");
            assert_eq!(pragma(pool, "PRAGMA foreign_keys").await, 1);
            assert_eq!(pragma(pool, "PRAGMA secure_delete").await, 1);
            assert_eq!(pragma(pool, "PRAGMA busy_timeout").await, 5000);
            assert_eq!(pragma(pool, "PRAGMA query_only").await, query_only);
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
            assert_eq!(mode, "wal");
        }
    }
}
