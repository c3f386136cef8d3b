//! Who was given what.
//!
//! Invariant: reads are numbered in the order of commits, because one writer holds the file at a time.

use crate::rows::{Row, column};
use async_trait::async_trait;
use latchkey_store::{HoldersQuery, Millis, Position, ReadRow, Reads, StoreError};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteRow;

/// The reads of one database.
#[derive(Debug, Clone)]
pub struct Taken {
    pub readers: SqlitePool,
    pub writer: SqlitePool,
}

#[async_trait]
impl Reads for Taken {
    async fn add(&self, reads: &[ReadRow]) -> Result<(), StoreError> {
        let begun = self.writer.begin_with("BEGIN IMMEDIATE").await;
        let mut transaction = begun.map_err(StoreError::unavailable)?;
        for read in reads {
            sqlx::query(
                "INSERT INTO credential_reads
                        (environment, connection, generation, reader, way, count, first_at, last_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )
            .bind(&read.environment)
            .bind(&read.connection)
            .bind(column(read.generation))
            .bind(&read.reader)
            .bind(&read.way)
            .bind(column(read.count))
            .bind(read.first_at)
            .bind(read.last_at)
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::unavailable)?;
        }
        transaction.commit().await.map_err(StoreError::unavailable)
    }

    async fn holders(&self, query: &HoldersQuery) -> Result<Vec<ReadRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT environment, connection, generation, reader, way, SUM(count) AS count,
                    MIN(first_at) AS first_at, MAX(last_at) AS last_at
             FROM credential_reads
             WHERE environment = ?1 AND connection = ?2 AND (?3 IS NULL OR generation = ?3)
             GROUP BY environment, connection, generation, reader, way
             ORDER BY MAX(last_at) DESC, reader, way, generation
             LIMIT ?4",
        )
        .bind(&query.environment)
        .bind(&query.connection)
        .bind(query.generation.map(column))
        .bind(i64::from(query.max))
        .fetch_all(&self.readers)
        .await
        .map_err(StoreError::unavailable)?;
        rows.iter().map(read).collect()
    }

    async fn added(&self, after: Position, max: u32) -> Result<Vec<(Position, ReadRow)>, StoreError> {
        let rows = sqlx::query(
            "SELECT environment, connection, generation, reader, way, count, first_at, last_at, sequence
             FROM credential_reads
             WHERE sequence > ?1
             ORDER BY sequence
             LIMIT ?2",
        )
        .bind(column(after.sequence))
        .bind(i64::from(max))
        .fetch_all(&self.readers)
        .await
        .map_err(StoreError::unavailable)?;
        rows.iter().map(placed).collect()
    }

    async fn sweep(&self, before: Millis, max: u32) -> Result<u64, StoreError> {
        let swept = sqlx::query(
            "DELETE FROM credential_reads
             WHERE sequence IN (SELECT sequence FROM credential_reads WHERE last_at < ?1 ORDER BY last_at LIMIT ?2)",
        )
        .bind(before)
        .bind(i64::from(max))
        .execute(&self.writer)
        .await
        .map_err(StoreError::unavailable)?;
        Ok(swept.rows_affected())
    }
}

/// A row with its place.
pub fn placed(row: &SqliteRow) -> Result<(Position, ReadRow), StoreError> {
    let sequence = Row { row, table: "credential_reads", key: &"of a batch" }.number("sequence")?;
    Ok((Position { tx: 0, sequence }, read(row)?))
}

fn read(row: &SqliteRow) -> Result<ReadRow, StoreError> {
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
