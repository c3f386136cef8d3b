//! How far each reader of the feed has got.

use crate::rows::{Row, column};
use latchkey_store::{Position, StoreError};
use sqlx::{PgExecutor, PgPool};

pub async fn cursor(pool: &PgPool, reader: &str) -> Result<Position, StoreError> {
    let row = sqlx::query("SELECT tx::TEXT AS tx, sequence FROM cursors WHERE reader = $1")
        .bind(reader)
        .fetch_optional(pool)
        .await
        .map_err(StoreError::unavailable)?;
    let Some(row) = row else { return Ok(Position::START) };
    Row { row: &row, table: "cursors", key: &reader }.position()
}

pub async fn advance(
    database: impl PgExecutor<'_>,
    reader: &str,
    from: Position,
    to: Position,
) -> Result<bool, StoreError> {
    // A reader never seen is at the start, and only there does the row come to be.
    let advanced = sqlx::query(
        "INSERT INTO cursors (reader, tx, sequence)
         SELECT $1, $4::XID8, $5
         WHERE ($2::XID8, $3) < ($4::XID8, $5)
           AND (($2::XID8, $3) = ($6::XID8, 0) OR EXISTS (SELECT 1 FROM cursors WHERE reader = $1))
         ON CONFLICT (reader) DO UPDATE SET tx = EXCLUDED.tx, sequence = EXCLUDED.sequence
         WHERE (cursors.tx, cursors.sequence) = ($2::XID8, $3)",
    )
    .bind(reader)
    .bind(from.tx.to_string())
    .bind(column(from.sequence))
    .bind(to.tx.to_string())
    .bind(column(to.sequence))
    .bind(Position::START.tx.to_string())
    .execute(database)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(advanced.rows_affected() == 1)
}

pub async fn rewind(pool: &PgPool, reader: &str, to: Position) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE cursors
         SET tx = $2::XID8, sequence = $3
         WHERE reader = $1 AND (tx, sequence) > ($2::XID8, $3)",
    )
    .bind(reader)
    .bind(to.tx.to_string())
    .bind(column(to.sequence))
    .execute(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(())
}
