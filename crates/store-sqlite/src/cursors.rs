//! How far each reader of the feed has got.

use crate::rows::{Row, column};
use latchkey_store::{Position, StoreError};
use sqlx::{SqliteExecutor, SqlitePool};

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

pub async fn advance(
    database: impl SqliteExecutor<'_>,
    reader: &str,
    from: Position,
    to: Position,
) -> Result<bool, StoreError> {
    // A reader never seen is at the start, and only there does the row come to be.
    let advanced = sqlx::query(
        "INSERT INTO cursors (reader, tx, sequence)
         SELECT ?1, ?4, ?5
         WHERE (?2, ?3) < (?4, ?5)
           AND ((?2, ?3) = (?6, 0) OR EXISTS (SELECT 1 FROM cursors WHERE reader = ?1))
         ON CONFLICT (reader) DO UPDATE SET tx = EXCLUDED.tx, sequence = EXCLUDED.sequence
         WHERE (cursors.tx, cursors.sequence) = (?2, ?3)",
    )
    .bind(reader)
    .bind(column(from.tx))
    .bind(column(from.sequence))
    .bind(column(to.tx))
    .bind(column(to.sequence))
    .bind(column(Position::START.tx))
    .execute(database)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(advanced.rows_affected() == 1)
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
