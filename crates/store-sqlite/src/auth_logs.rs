//! Logs of what was tried.
//!
//! Invariant: a log has one place, and takes another whenever it grows; places are numbered in the order of commits, because
//! one writer holds the file at a time.

use crate::rows::{Row, column};
use async_trait::async_trait;
use latchkey_store::{
    AuthLogPage, AuthLogPart, AuthLogQuery, AuthLogRow, AuthLogs, Millis, Position, StoreError,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{SqliteConnection, SqlitePool};

/// The logs of one database.
#[derive(Debug, Clone)]
pub struct Logs {
    pub readers: SqlitePool,
    pub writer: SqlitePool,
}

#[async_trait]
impl AuthLogs for Logs {
    async fn put(&self, logs: &[AuthLogPart]) -> Result<(), StoreError> {
        let begun = self.writer.begin_with("BEGIN IMMEDIATE").await;
        let mut transaction = begun.map_err(StoreError::unavailable)?;
        for log in logs {
            put(&mut transaction, log).await.map_err(StoreError::unavailable)?;
        }
        transaction.commit().await.map_err(StoreError::unavailable)
    }

    async fn get(&self, environment: &str, id: &str) -> Result<Option<AuthLogRow>, StoreError> {
        let row = sqlx::query(
            "SELECT environment, id, started_at, parts, sequence
             FROM auth_logs
             WHERE environment = ?1 AND id = ?2",
        )
        .bind(environment)
        .bind(id)
        .fetch_optional(&self.readers)
        .await
        .map_err(StoreError::unavailable)?;
        row.as_ref().map(read).transpose()
    }

    async fn list(&self, query: &AuthLogQuery) -> Result<AuthLogPage, StoreError> {
        let rows = listed(&self.readers, query).await.map_err(StoreError::unavailable)?;
        let rows: Result<Vec<_>, _> = rows.iter().map(read).collect();
        Ok(AuthLogPage::cut(rows?, query.max))
    }

    async fn written(&self, after: Position, max: u32) -> Result<Vec<AuthLogRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT environment, id, started_at, parts, sequence
             FROM auth_logs
             WHERE sequence > ?1
             ORDER BY sequence
             LIMIT ?2",
        )
        .bind(column(after.sequence))
        .bind(i64::from(max))
        .fetch_all(&self.readers)
        .await
        .map_err(StoreError::unavailable)?;
        rows.iter().map(read).collect()
    }

    async fn end(&self) -> Result<Position, StoreError> {
        let row = sqlx::query("SELECT COALESCE(MAX(sequence), 0) AS sequence FROM auth_logs")
            .fetch_one(&self.readers)
            .await
            .map_err(StoreError::unavailable)?;
        let row = Row { row: &row, table: "auth_logs", key: &"last" };
        Ok(Position { tx: 0, sequence: row.number("sequence")? })
    }

    async fn sweep(&self, before: Millis, max: u32) -> Result<u64, StoreError> {
        let swept = sqlx::query(
            "DELETE FROM auth_logs
             WHERE (environment, id) IN
                   (SELECT environment, id FROM auth_logs WHERE started_at < ?1 ORDER BY started_at LIMIT ?2)",
        )
        .bind(before)
        .bind(i64::from(max))
        .execute(&self.writer)
        .await
        .map_err(StoreError::unavailable)?;
        Ok(swept.rows_affected())
    }

    async fn sweep_oldest(&self, max: u32) -> Result<u64, StoreError> {
        self.sweep(Millis::MAX, max).await
    }

    async fn count(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS count FROM auth_logs")
            .fetch_one(&self.readers)
            .await
            .map_err(StoreError::unavailable)?;
        Row { row: &row, table: "auth_logs", key: &"all" }.number("count")
    }
}

async fn put(connection: &mut SqliteConnection, log: &AuthLogPart) -> sqlx::Result<()> {
    // The row that is there gives way to one that has its parts too, and so gets a new number.
    sqlx::query(
        "INSERT OR REPLACE INTO auth_logs (environment, id, integration, connection, operation, outcome, started_at, ended_at, parts)
         SELECT ?1, ?2, ?3,
                COALESCE(NULLIF(?4, ''), old.connection, ''),
                ?5,
                CASE WHEN old.ended_at > ?8 THEN old.outcome ELSE ?6 END,
                MIN(?7, COALESCE(old.started_at, ?7)),
                MAX(?8, COALESCE(old.ended_at, ?8)),
                COALESCE(old.parts || char(10), '') || ?9
         FROM (SELECT 1) LEFT JOIN auth_logs AS old ON old.environment = ?1 AND old.id = ?2",
    )
    .bind(&log.environment)
    .bind(&log.id)
    .bind(&log.integration)
    .bind(&log.connection)
    .bind(&log.operation)
    .bind(&log.outcome)
    .bind(log.started_at)
    .bind(log.ended_at)
    .bind(&log.part)
    .execute(connection)
    .await
    .map(drop)
}

/// The statement of a list, with what else is to hold.
macro_rules! listed {
    ($also:literal) => {
        concat!(
            "SELECT environment, id, started_at, parts, sequence
             FROM auth_logs
             WHERE environment = ?1",
            $also,
            " AND (?2 IS NULL OR integration = ?2)
              AND (?3 IS NULL OR operation = ?3)
              AND (?4 IS NULL OR outcome = ?4)
              AND (?5 IS NULL OR started_at >= ?5)
              AND started_at < COALESCE(?6, 9223372036854775807)
              AND (started_at, id) < (COALESCE(?7, 9223372036854775807), COALESCE(?8, ''))
              ORDER BY started_at DESC, id DESC
              LIMIT ?9"
        )
    };
}

/// The logs of a connection are a statement of their own, so that it is planned for the connection's own index.
async fn listed(pool: &SqlitePool, query: &AuthLogQuery) -> sqlx::Result<Vec<SqliteRow>> {
    let (started_at, id) = query.after.clone().unzip();
    let statement = match query.connection {
        None => listed!(""),
        Some(_) => listed!(" AND connection = ?10"),
    };
    let asked = sqlx::query(statement)
        .bind(&query.environment)
        .bind(&query.integration)
        .bind(&query.operation)
        .bind(&query.outcome)
        .bind(query.from)
        .bind(query.until)
        .bind(started_at)
        .bind(id)
        .bind(i64::from(query.max) + 1);
    match &query.connection {
        None => asked,
        Some(connection) => asked.bind(connection),
    }
    .fetch_all(pool)
    .await
}

fn read(row: &SqliteRow) -> Result<AuthLogRow, StoreError> {
    let id: String = Row { row, table: "auth_logs", key: &"of a list" }.get("id")?;
    let row = Row { row, table: "auth_logs", key: &id };
    Ok(AuthLogRow {
        environment: row.get("environment")?,
        started_at: row.get("started_at")?,
        parts: row.get::<&str>("parts")?.lines().map(ToOwned::to_owned).collect(),
        position: Position { tx: 0, sequence: row.number("sequence")? },
        id: id.clone(),
    })
}
