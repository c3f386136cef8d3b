//! Chains over what is recorded.
//!
//! Invariant: a chain is lengthened in the transaction that moves the cursor of whoever read what it is lengthened by, so that
//! every record is in it once.

use crate::begin::begin;
use crate::cursors;
use crate::pool::Pool;
use crate::reads::placed;
use crate::rows::{Row, column, recorded};
use async_trait::async_trait;
use latchkey_store::{ChainEnd, Chains, Position, ReadRow, Recorded, Segment, StoreError, Stretch};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

/// The chains of one database.
#[derive(Debug, Clone)]
pub struct Chained {
    pub pool: Pool,
}

#[async_trait]
impl Chains for Chained {
    async fn end(&self, environment: &str) -> Result<Option<ChainEnd>, StoreError> {
        let row = sqlx::query(
            "SELECT last, link FROM audit_segments WHERE environment = $1 ORDER BY first DESC LIMIT 1",
        )
        .bind(environment)
        .fetch_optional(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        let Some(row) = row else { return Ok(None) };
        let row = Row { row: &row, table: "audit_segments", key: &environment };
        Ok(Some(ChainEnd { last: row.number("last")?, link: row.get("link")? }))
    }

    async fn lengthen(&self, read: &Stretch, segments: &[Segment]) -> Result<bool, StoreError> {
        let mut transaction = begin(&self.pool.get()).await.map_err(StoreError::unavailable)?;
        // What is not committed is rolled back.
        if !cursors::advance(&mut *transaction, &read.reader, read.from, read.to).await? {
            return Ok(false);
        }
        for segment in segments {
            if !add(&mut transaction, segment).await? {
                return Ok(false);
            }
        }
        transaction.commit().await.map_err(StoreError::unavailable)?;
        Ok(true)
    }

    async fn segments(&self, environment: &str, after: u64, max: u32) -> Result<Vec<Segment>, StoreError> {
        let rows = sqlx::query(
            "SELECT environment, first, last, source, entries, previous, link, root
             FROM audit_segments
             WHERE environment = $1 AND first > $2
             ORDER BY first
             LIMIT $3",
        )
        .bind(environment)
        .bind(column(after))
        .bind(i64::from(max))
        .fetch_all(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        rows.iter().map(segment).collect()
    }

    async fn events_at(&self, places: &[Position]) -> Result<Vec<Recorded>, StoreError> {
        let (txs, sequences) = columns(places);
        let rows = sqlx::query(
            "SELECT events.tx::TEXT AS tx, events.sequence, category, stream_id, version, environment, id, kind, schema, at,
                    payload, trace
             FROM UNNEST($1::TEXT[], $2::BIGINT[]) AS wanted (tx, sequence)
             JOIN events ON events.tx = wanted.tx::XID8 AND events.sequence = wanted.sequence
             ORDER BY events.tx, events.sequence",
        )
        .bind(txs)
        .bind(sequences)
        .fetch_all(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        rows.iter().map(recorded).collect()
    }

    async fn reads_at(&self, places: &[Position]) -> Result<Vec<(Position, ReadRow)>, StoreError> {
        let (txs, sequences) = columns(places);
        let rows = sqlx::query(
            "SELECT environment, connection, generation, reader, way, count, first_at, last_at,
                    credential_reads.tx::TEXT AS tx, credential_reads.sequence
             FROM UNNEST($1::TEXT[], $2::BIGINT[]) AS wanted (tx, sequence)
             JOIN credential_reads
               ON credential_reads.tx = wanted.tx::XID8 AND credential_reads.sequence = wanted.sequence
             ORDER BY credential_reads.tx, credential_reads.sequence",
        )
        .bind(txs)
        .bind(sequences)
        .fetch_all(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        rows.iter().map(placed).collect()
    }
}

/// Says whether its place was free.
async fn add(transaction: &mut PgConnection, segment: &Segment) -> Result<bool, StoreError> {
    let added = sqlx::query(
        "INSERT INTO audit_segments (environment, first, last, source, entries, previous, link, root)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (environment, first) DO NOTHING",
    )
    .bind(&segment.environment)
    .bind(column(segment.first))
    .bind(column(segment.last))
    .bind(&segment.source)
    .bind(&segment.entries)
    .bind(&segment.previous)
    .bind(&segment.link)
    .bind(&segment.root)
    .execute(transaction)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(added.rows_affected() == 1)
}

fn segment(row: &PgRow) -> Result<Segment, StoreError> {
    let row = Row { row, table: "audit_segments", key: &"of a list" };
    Ok(Segment {
        environment: row.get("environment")?,
        first: row.number("first")?,
        last: row.number("last")?,
        source: row.get("source")?,
        entries: row.get("entries")?,
        previous: row.get("previous")?,
        link: row.get("link")?,
        root: row.get("root")?,
    })
}

fn columns(places: &[Position]) -> (Vec<String>, Vec<i64>) {
    places.iter().map(|place| (place.tx.to_string(), column(place.sequence))).unzip()
}
