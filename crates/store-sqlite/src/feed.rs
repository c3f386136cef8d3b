//! Reading what happened: a stream as it stands, its history, and the feed of all streams.
//!
//! Invariant of the feed: events are numbered in the order of their commits, because one writer holds the file at a
//! time; so a number already returned is never passed by an event that shows up late.

use crate::rows::{Row, column, recorded};
use latchkey_store::{Position, Recorded, StoreError, Stored, Stream, Version};
use sqlx::SqlitePool;

pub async fn load(pool: &SqlitePool, stream: &Stream) -> Result<Option<Stored>, StoreError> {
    let row = sqlx::query(
        "SELECT streams.version, streams.snapshot_format, streams.snapshot,
                data_keys.id AS key_id, data_keys.wrapped AS key_wrapped
         FROM streams
         LEFT JOIN data_keys ON data_keys.owner = ?1 || '/' || ?2
         WHERE streams.category = ?1 AND streams.id = ?2",
    )
    .bind(&stream.category)
    .bind(&stream.id)
    .fetch_optional(pool)
    .await
    .map_err(StoreError::unavailable)?;
    let Some(row) = row else { return Ok(None) };
    let row = Row { row: &row, table: "streams", key: stream };
    Ok(Some(Stored { version: Version(row.number("version")?), snapshot: row.snapshot()?, key: row.key()? }))
}

pub async fn history(
    pool: &SqlitePool,
    stream: &Stream,
    after: Version,
    max: u32,
) -> Result<Vec<Recorded>, StoreError> {
    let rows = sqlx::query(
        "SELECT sequence, category, stream_id, version, environment, id, kind, schema, at, payload, trace
         FROM events
         WHERE category = ?1 AND stream_id = ?2 AND version > ?3
         ORDER BY version
         LIMIT ?4",
    )
    .bind(&stream.category)
    .bind(&stream.id)
    .bind(column(after.0))
    .bind(i64::from(max))
    .fetch_all(pool)
    .await
    .map_err(StoreError::unavailable)?;
    rows.iter().map(recorded).collect()
}

pub async fn feed(pool: &SqlitePool, after: Position, max: u32) -> Result<Vec<Recorded>, StoreError> {
    let rows = sqlx::query(
        "SELECT sequence, category, stream_id, version, environment, id, kind, schema, at, payload, trace
         FROM events
         WHERE sequence > ?1
         ORDER BY sequence
         LIMIT ?2",
    )
    .bind(column(after.sequence))
    .bind(i64::from(max))
    .fetch_all(pool)
    .await
    .map_err(StoreError::unavailable)?;
    rows.iter().map(recorded).collect()
}

pub async fn end(pool: &SqlitePool) -> Result<Position, StoreError> {
    let row = sqlx::query("SELECT COALESCE(MAX(sequence), 0) AS sequence FROM events")
        .fetch_one(pool)
        .await
        .map_err(StoreError::unavailable)?;
    let row = Row { row: &row, table: "events", key: &"last" };
    Ok(Position { tx: 0, sequence: row.number("sequence")? })
}

pub async fn ping(pool: &SqlitePool) -> Result<(), StoreError> {
    // A table of ours, not a constant: a file that was swapped or damaged does not answer this.
    sqlx::query("SELECT reader FROM cursors LIMIT 1")
        .fetch_optional(pool)
        .await
        .map_err(StoreError::unavailable)?;
    Ok(())
}
