//! How far each reader of the feed has got.

use crate::rows::{Row, column};
use latchkey_store::{Position, StoreError};
use sqlx::SqlitePool;

pub async fn cursor(pool: &SqlitePool, reader: &str) -> Result<Position, StoreError> {
    let row = sqlx::query("SELECT tx, sequence FROM cursors WHERE reader = ?1")
        .bind(reader)
        .fetch_optional(pool)
        .await
        .map_err(StoreError::unavailable)?;
    let Some(row) = row else { return Ok(Position::START) };
    let row = Row { row: &row, table: "cursors", key: &reader };
    Ok(Position { tx: row.number("tx")?, sequence: row.number("sequence")? })
}

pub async fn advance(pool: &SqlitePool, reader: &str, to: Position) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO cursors (reader, tx, sequence)
         VALUES (?1, ?2, ?3)
         ON CONFLICT (reader) DO UPDATE SET tx = EXCLUDED.tx, sequence = EXCLUDED.sequence
         WHERE (cursors.tx, cursors.sequence) < (EXCLUDED.tx, EXCLUDED.sequence)",
    )
    .bind(reader)
    .bind(column(to.tx))
    .bind(column(to.sequence))
    .execute(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(())
}

pub async fn rewind(pool: &SqlitePool, reader: &str, to: Position) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE cursors
         SET tx = ?2, sequence = ?3
         WHERE reader = ?1 AND (tx, sequence) > (?2, ?3)",
    )
    .bind(reader)
    .bind(column(to.tx))
    .bind(column(to.sequence))
    .execute(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(())
}
