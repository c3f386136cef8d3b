//! Logs of what was tried.
//!
//! Invariant: a log has one place, and takes another whenever it grows; what is told is below the oldest running transaction,
//! as in the feed, so no place already returned is ever passed by one that shows up late.

use crate::begin::begin;
use crate::pool::Pool;
use crate::rows::{Row, column};
use async_trait::async_trait;
use latchkey_store::{
    AuthLogPage, AuthLogPart, AuthLogQuery, AuthLogRow, AuthLogs, Millis, Position, StoreError,
};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool};

/// The logs of one database.
#[derive(Debug, Clone)]
pub struct Logs {
    pub pool: Pool,
}

#[async_trait]
impl AuthLogs for Logs {
    async fn put(&self, logs: &[AuthLogPart]) -> Result<(), StoreError> {
        // Two that write the same logs wait for each other in one order.
        let mut ordered: Vec<_> = logs.iter().collect();
        ordered.sort_by_key(|log| (&log.environment, &log.id));
        let mut transaction = begin(&self.pool.get()).await.map_err(StoreError::unavailable)?;
        for log in ordered {
            put(&mut transaction, log).await.map_err(StoreError::unavailable)?;
        }
        transaction.commit().await.map_err(StoreError::unavailable)
    }

    async fn get(&self, environment: &str, id: &str) -> Result<Option<AuthLogRow>, StoreError> {
        let row = sqlx::query(
            "SELECT environment, id, started_at, parts, tx::TEXT AS tx, sequence
             FROM auth_logs
             WHERE environment = $1 AND id = $2",
        )
        .bind(environment)
        .bind(id)
        .fetch_optional(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        row.as_ref().map(read).transpose()
    }

    async fn list(&self, query: &AuthLogQuery) -> Result<AuthLogPage, StoreError> {
        let rows = listed(&self.pool.get(), query).await.map_err(StoreError::unavailable)?;
        let rows: Result<Vec<_>, _> = rows.iter().map(read).collect();
        Ok(AuthLogPage::cut(rows?, query.max))
    }

    async fn written(&self, after: Position, max: u32) -> Result<Vec<AuthLogRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT environment, id, started_at, parts, auth_logs.tx::TEXT AS tx, sequence
             FROM auth_logs
             WHERE (auth_logs.tx, sequence) > ($1::XID8, $2)
               AND auth_logs.tx < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY auth_logs.tx, sequence
             LIMIT $3",
        )
        .bind(after.tx.to_string())
        .bind(column(after.sequence))
        .bind(i64::from(max))
        .fetch_all(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        rows.iter().map(read).collect()
    }

    async fn end(&self) -> Result<Position, StoreError> {
        let row = sqlx::query(
            "SELECT auth_logs.tx::TEXT AS tx, sequence
             FROM auth_logs
             WHERE auth_logs.tx < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY auth_logs.tx DESC, sequence DESC
             LIMIT 1",
        )
        .fetch_optional(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        let Some(row) = row else { return Ok(Position::START) };
        Row { row: &row, table: "auth_logs", key: &"last" }.position()
    }

    async fn sweep(&self, before: Millis, max: u32) -> Result<u64, StoreError> {
        let swept = sqlx::query(
            "DELETE FROM auth_logs
             WHERE (environment, id) IN
                   (SELECT environment, id FROM auth_logs WHERE started_at < $1 ORDER BY started_at LIMIT $2)",
        )
        .bind(before)
        .bind(i64::from(max))
        .execute(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        Ok(swept.rows_affected())
    }

    async fn sweep_oldest(&self, max: u32) -> Result<u64, StoreError> {
        self.sweep(Millis::MAX, max).await
    }

    async fn count(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS count FROM auth_logs")
            .fetch_one(&self.pool.get())
            .await
            .map_err(StoreError::unavailable)?;
        Row { row: &row, table: "auth_logs", key: &"all" }.number("count")
    }
}

async fn put(connection: &mut PgConnection, log: &AuthLogPart) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO auth_logs (environment, id, integration, connection, operation, outcome, started_at, ended_at, parts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (environment, id) DO UPDATE
         SET integration = EXCLUDED.integration,
             connection = COALESCE(NULLIF(EXCLUDED.connection, ''), auth_logs.connection),
             operation = EXCLUDED.operation,
             outcome = CASE WHEN EXCLUDED.ended_at >= auth_logs.ended_at THEN EXCLUDED.outcome
                            ELSE auth_logs.outcome END,
             started_at = LEAST(auth_logs.started_at, EXCLUDED.started_at),
             ended_at = GREATEST(auth_logs.ended_at, EXCLUDED.ended_at),
             parts = auth_logs.parts || chr(10) || EXCLUDED.parts,
             tx = EXCLUDED.tx,
             sequence = EXCLUDED.sequence",
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
            "SELECT environment, id, started_at, parts, tx::TEXT AS tx, sequence
             FROM auth_logs
             WHERE environment = $1",
            $also,
            " AND ($2 IS NULL OR integration = $2)
              AND ($3 IS NULL OR operation = $3)
              AND ($4 IS NULL OR outcome = $4)
              AND ($5 IS NULL OR started_at >= $5)
              AND started_at < COALESCE($6, 9223372036854775807)
              AND (started_at, id) < (COALESCE($7, 9223372036854775807), COALESCE($8, ''))
              ORDER BY started_at DESC, id DESC
              LIMIT $9"
        )
    };
}

/// The logs of a connection are a statement of their own, so that it is planned for the connection's own index.
async fn listed(pool: &PgPool, query: &AuthLogQuery) -> sqlx::Result<Vec<PgRow>> {
    let (started_at, id) = query.after.clone().unzip();
    let statement = match query.connection {
        None => listed!(""),
        Some(_) => listed!(" AND connection = $10"),
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

fn read(row: &PgRow) -> Result<AuthLogRow, StoreError> {
    let id: String = Row { row, table: "auth_logs", key: &"of a list" }.get("id")?;
    let row = Row { row, table: "auth_logs", key: &id };
    Ok(AuthLogRow {
        environment: row.get("environment")?,
        started_at: row.get("started_at")?,
        parts: row.get::<&str>("parts")?.lines().map(ToOwned::to_owned).collect(),
        position: row.position()?,
        id: id.clone(),
    })
}
