//! How far each reader of the feed has got.

use crate::rows::{Row, column};
use latchkey_store::{Position, StoreError};
use sqlx::PgPool;

pub async fn cursor(pool: &PgPool, reader: &str) -> Result<Position, StoreError> {
    let row = sqlx::query("SELECT tx::TEXT AS tx, sequence FROM cursors WHERE reader = $1")
        .bind(reader)
        .fetch_optional(pool)
        .await
        .map_err(StoreError::unavailable)?;
    let Some(row) = row else { return Ok(Position::START) };
    Row { row: &row, table: "cursors", key: &reader }.position()
}

pub async fn advance(pool: &PgPool, reader: &str, to: Position) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO cursors (reader, tx, sequence)
         VALUES ($1, $2::XID8, $3)
         ON CONFLICT (reader) DO UPDATE SET tx = EXCLUDED.tx, sequence = EXCLUDED.sequence
         WHERE (cursors.tx, cursors.sequence) < (EXCLUDED.tx, EXCLUDED.sequence)",
    )
    .bind(reader)
    .bind(to.tx.to_string())
    .bind(column(to.sequence))
    .execute(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(())
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
