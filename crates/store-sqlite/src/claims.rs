//! Who deals with which stream, and until when.
//!
//! Invariant: a claim ends by its own fence or by its time, and by nothing else. What is due and who holds it are two
//! columns, so that making a stream due earlier never hands it to a second claimer.

use crate::rows::{Row, column};
use latchkey_store::{Claim, Fence, Millis, StoreError, Stream, Version};
use sqlx::SqlitePool;

pub async fn claim_due(
    pool: &SqlitePool,
    category: &str,
    now: Millis,
    until: Millis,
    max: u32,
) -> Result<Vec<Claim>, StoreError> {
    let rows = sqlx::query(
        "UPDATE streams
         SET claimed_until = ?3, claim_fence = claim_fence + 1
         WHERE category = ?1 AND id IN (
             SELECT id
             FROM streams
             WHERE category = ?1 AND due_at <= ?2 AND (claimed_until IS NULL OR claimed_until <= ?2)
             ORDER BY due_at
             LIMIT ?4
         )
         RETURNING id, claim_fence, due_at",
    )
    .bind(category)
    .bind(now)
    .bind(until)
    .bind(i64::from(max))
    .fetch_all(pool)
    .await
    .map_err(StoreError::unavailable)?;
    let mut claims = Vec::with_capacity(rows.len());
    for row in &rows {
        let row = Row { row, table: "streams", key: &category };
        let stream = Stream::new(category, row.get::<String>("id")?);
        claims.push(Claim { stream, fence: Fence(row.number("claim_fence")?), due_at: row.get("due_at")? });
    }
    // RETURNING keeps no order.
    claims.sort_by(|a, b| (a.due_at, &a.stream).cmp(&(b.due_at, &b.stream)));
    Ok(claims)
}

pub async fn release(pool: &SqlitePool, claim: &Claim) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE streams
         SET claimed_until = NULL
         WHERE category = ?1 AND id = ?2 AND claim_fence = ?3",
    )
    .bind(&claim.stream.category)
    .bind(&claim.stream.id)
    .bind(column(claim.fence.0))
    .execute(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(())
}

pub async fn hasten(
    pool: &SqlitePool,
    stream: &Stream,
    seen: Version,
    due: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE streams
         SET due_at = ?3
         WHERE category = ?1 AND id = ?2 AND version = ?4 AND due_at > ?3",
    )
    .bind(&stream.category)
    .bind(&stream.id)
    .bind(due)
    .bind(column(seen.0))
    .execute(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(())
}

pub async fn count_due(pool: &SqlitePool, category: &str, now: Millis) -> Result<u64, StoreError> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS count
         FROM streams
         WHERE category = ?1 AND due_at <= ?2 AND (claimed_until IS NULL OR claimed_until <= ?2)",
    )
    .bind(category)
    .bind(now)
    .fetch_one(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Row { row: &row, table: "streams", key: &category }.number("count")
}
