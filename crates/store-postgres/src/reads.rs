//! Who was given what.
//!
//! Invariant: what is told is below the oldest running transaction, as in the feed, so no place already returned is ever
//! passed by one that shows up late.

use crate::pool::Pool;
use crate::rows::{Row, column};
use async_trait::async_trait;
use latchkey_store::{HoldersQuery, Millis, Position, ReadRow, Reads, StoreError};
use sqlx::postgres::PgRow;

/// The reads of one database.
#[derive(Debug, Clone)]
pub struct Taken {
    pub pool: Pool,
}

#[async_trait]
impl Reads for Taken {
    async fn add(&self, reads: &[ReadRow]) -> Result<(), StoreError> {
        let texts =
            |of: fn(&ReadRow) -> &str| reads.iter().map(|read| of(read).to_owned()).collect::<Vec<_>>();
        let numbers = |of: fn(&ReadRow) -> i64| reads.iter().map(of).collect::<Vec<_>>();
        sqlx::query(
            "INSERT INTO credential_reads
                    (environment, connection, generation, reader, way, count, first_at, last_at)
             SELECT * FROM UNNEST($1::TEXT[], $2::TEXT[], $3::BIGINT[], $4::TEXT[], $5::TEXT[], $6::BIGINT[],
                                  $7::BIGINT[], $8::BIGINT[])",
        )
        .bind(texts(|read| &read.environment))
        .bind(texts(|read| &read.connection))
        .bind(numbers(|read| column(read.generation)))
        .bind(texts(|read| &read.reader))
        .bind(texts(|read| &read.way))
        .bind(numbers(|read| column(read.count)))
        .bind(numbers(|read| read.first_at))
        .bind(numbers(|read| read.last_at))
        .execute(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        Ok(())
    }

    async fn holders(&self, query: &HoldersQuery) -> Result<Vec<ReadRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT environment, connection, generation, reader, way, SUM(count)::BIGINT AS count,
                    MIN(first_at) AS first_at, MAX(last_at) AS last_at
             FROM credential_reads
             WHERE environment = $1 AND connection = $2 AND ($3 IS NULL OR generation = $3)
             GROUP BY environment, connection, generation, reader, way
             ORDER BY MAX(last_at) DESC, reader, way, generation
             LIMIT $4",
        )
        .bind(&query.environment)
        .bind(&query.connection)
        .bind(query.generation.map(column))
        .bind(i64::from(query.max))
        .fetch_all(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        rows.iter().map(read).collect()
    }

    async fn added(&self, after: Position, max: u32) -> Result<Vec<(Position, ReadRow)>, StoreError> {
        let rows = sqlx::query(
            "SELECT environment, connection, generation, reader, way, count, first_at, last_at,
                    credential_reads.tx::TEXT AS tx, sequence
             FROM credential_reads
             WHERE (credential_reads.tx, sequence) > ($1::XID8, $2)
               AND credential_reads.tx < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY credential_reads.tx, sequence
             LIMIT $3",
        )
        .bind(after.tx.to_string())
        .bind(column(after.sequence))
        .bind(i64::from(max))
        .fetch_all(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        rows.iter().map(placed).collect()
    }

    async fn sweep(&self, before: Millis, max: u32) -> Result<u64, StoreError> {
        let swept = sqlx::query(
            "DELETE FROM credential_reads
             WHERE (tx, sequence) IN
                   (SELECT tx, sequence FROM credential_reads WHERE last_at < $1 ORDER BY last_at LIMIT $2)",
        )
        .bind(before)
        .bind(i64::from(max))
        .execute(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        Ok(swept.rows_affected())
    }
}

/// A row with its place.
pub fn placed(row: &PgRow) -> Result<(Position, ReadRow), StoreError> {
    let place = Row { row, table: "credential_reads", key: &"of a batch" }.position()?;
    Ok((place, read(row)?))
}

fn read(row: &PgRow) -> Result<ReadRow, StoreError> {
    let row = Row { row, table: "credential_reads", key: &"of a list" };
    Ok(ReadRow {
        environment: row.get("environment")?,
        connection: row.get("connection")?,
        generation: row.number("generation")?,
        reader: row.get("reader")?,
        way: row.get("way")?,
        count: row.number("count")?,
        first_at: row.get("first_at")?,
        last_at: row.get("last_at")?,
    })
}
