//! Reading what happened: a stream as it stands, its history, and the feed of all streams.
//!
//! Invariant of the feed: an event is shown only when every transaction numbered below its own is settled. What
//! commits later has a higher number, so no position already returned is ever passed by an event that shows up late.

use crate::rows::{Row, column, recorded};
use latchkey_store::{Position, Recorded, StoreError, Stored, Stream, Version};
use sqlx::PgPool;

pub async fn load(pool: &PgPool, stream: &Stream) -> Result<Option<Stored>, StoreError> {
    let row = sqlx::query(
        "SELECT streams.version, streams.snapshot_format, streams.snapshot,
                data_keys.id AS key_id, data_keys.wrapped AS key_wrapped
         FROM streams
         LEFT JOIN data_keys ON data_keys.owner = $1 || '/' || $2
         WHERE streams.category = $1 AND streams.id = $2",
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
    pool: &PgPool,
    stream: &Stream,
    after: Version,
    max: u32,
) -> Result<Vec<Recorded>, StoreError> {
    let rows = sqlx::query(
        "SELECT tx::TEXT AS tx, sequence, category, stream_id, version, environment, id, kind, schema, at, payload, trace
         FROM events
         WHERE category = $1 AND stream_id = $2 AND version > $3
         ORDER BY version
         LIMIT $4",
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

pub async fn feed(pool: &PgPool, after: Position, max: u32) -> Result<Vec<Recorded>, StoreError> {
    let rows = sqlx::query(
        "SELECT events.tx::TEXT AS tx, sequence, category, stream_id, version, environment, id, kind, schema, at, payload, trace
         FROM events
         WHERE (events.tx, sequence) > ($1::XID8, $2) AND events.tx < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY events.tx, sequence
         LIMIT $3",
    )
    .bind(after.tx.to_string())
    .bind(column(after.sequence))
    .bind(i64::from(max))
    .fetch_all(pool)
    .await
    .map_err(StoreError::unavailable)?;
    rows.iter().map(recorded).collect()
}

pub async fn end(pool: &PgPool) -> Result<Position, StoreError> {
    let row = sqlx::query(
        "SELECT events.tx::TEXT AS tx, sequence
         FROM events
         WHERE events.tx < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY events.tx DESC, sequence DESC
         LIMIT 1",
    )
    .fetch_optional(pool)
    .await
    .map_err(StoreError::unavailable)?;
    let Some(row) = row else { return Ok(Position::START) };
    Row { row: &row, table: "events", key: &"last" }.position()
}
