//! Who deals with which stream, and until when.
//!
//! Invariant: a claim ends by its own fence or by its time, and by nothing else. What is due and who holds it are two
//! columns, so that making a stream due earlier never hands it to a second claimer.

use crate::open::Pools;
use crate::rows::{Row, column};
use async_trait::async_trait;
use latchkey_store::{Claim, ClaimQuery, Fence, Lane, Lanes, Millis, StoreError, Stream, Version};
use sqlx::sqlite::SqliteRow;
use sqlx::{SqliteConnection, SqlitePool};

/// What is due, through its indexes.
pub struct Queue<'a> {
    pub pools: &'a Pools,
}

#[async_trait]
impl Lanes for Queue<'_> {
    async fn of_the_first(
        &self,
        query: &ClaimQuery,
        wanted: bool,
        max: u32,
    ) -> Result<Vec<Lane>, StoreError> {
        let rows = sqlx::query(
            "SELECT environment, parent
             FROM streams
             WHERE category = ?1 AND wanted = ?2 AND due_at IS NOT NULL
               AND MAX(due_at, COALESCE(claimed_until, due_at)) <= ?3
             ORDER BY MAX(due_at, COALESCE(claimed_until, due_at))
             LIMIT ?4",
        )
        .bind(&query.category)
        .bind(wanted)
        .bind(query.now)
        .bind(i64::from(max))
        .fetch_all(&self.pools.readers)
        .await
        .map_err(StoreError::unavailable)?;
        rows.iter().map(|row| lane(row, &query.category)).collect()
    }

    async fn behind(
        &self,
        query: &ClaimQuery,
        wanted: bool,
        after: Option<&Lane>,
        max: u32,
    ) -> Result<Vec<Lane>, StoreError> {
        let mut found = vec![];
        let mut last = after.cloned();
        // From each lane to the next through the index: one probe a lane.
        while found.len() < max as usize {
            let Some((lane, free_at)) = self.next(query, wanted, last.as_ref()).await? else { break };
            if free_at <= query.now && !query.except.contains(&lane) {
                found.push(lane.clone());
            }
            last = Some(lane);
        }
        Ok(found)
    }

    async fn claim(
        &self,
        query: &ClaimQuery,
        wanted: bool,
        lanes: &[Lane],
        share: u32,
        max: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let mut transaction =
            self.pools.writer.begin_with("BEGIN IMMEDIATE").await.map_err(StoreError::unavailable)?;
        let mut claims = vec![];
        for lane in lanes {
            let left = max - u32::try_from(claims.len()).unwrap_or(max).min(max);
            if left == 0 {
                break;
            }
            claims.extend(claim_in(&mut transaction, query, wanted, lane, share.min(left)).await?);
        }
        transaction.commit().await.map_err(StoreError::unavailable)?;
        Ok(claims)
    }
}

impl Queue<'_> {
    /// The lane behind this one, and when the first in it can be claimed.
    async fn next(
        &self,
        query: &ClaimQuery,
        wanted: bool,
        after: Option<&Lane>,
    ) -> Result<Option<(Lane, Millis)>, StoreError> {
        // No environment is without a name, so this is before all lanes.
        let (environment, parent) =
            after.map_or(("", ""), |lane| (lane.environment.as_str(), lane.parent.as_str()));
        let row = sqlx::query(
            "SELECT environment, parent, MAX(due_at, COALESCE(claimed_until, due_at)) AS free_at
             FROM streams
             WHERE category = ?1 AND wanted = ?2 AND due_at IS NOT NULL AND (environment, parent) > (?3, ?4)
             ORDER BY environment, parent, MAX(due_at, COALESCE(claimed_until, due_at))
             LIMIT 1",
        )
        .bind(&query.category)
        .bind(wanted)
        .bind(environment)
        .bind(parent)
        .fetch_optional(&self.pools.readers)
        .await
        .map_err(StoreError::unavailable)?;
        let Some(row) = row else { return Ok(None) };
        let free_at = Row { row: &row, table: "streams", key: &query.category }.get("free_at")?;
        Ok(Some((lane(&row, &query.category)?, free_at)))
    }
}

async fn claim_in(
    connection: &mut SqliteConnection,
    query: &ClaimQuery,
    wanted: bool,
    lane: &Lane,
    max: u32,
) -> Result<Vec<Claim>, StoreError> {
    let mut claims = vec![];
    for (id, lapsed_at) in free_in(connection, query, wanted, lane, max).await? {
        let (fence, due_at) = take(connection, query, &id).await?;
        let (stream, lane) = (Stream::new(&query.category, id), lane.clone());
        claims.push(Claim { stream, lane, fence, due_at, wanted, lapsed_at });
    }
    claims.sort_by(|a, b| (a.due_at, &a.stream).cmp(&(b.due_at, &b.stream)));
    Ok(claims)
}

/// What can be claimed in a lane, and when the claim before ran out that nobody ended.
async fn free_in(
    connection: &mut SqliteConnection,
    query: &ClaimQuery,
    wanted: bool,
    lane: &Lane,
    max: u32,
) -> Result<Vec<(String, Option<Millis>)>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, claimed_until
         FROM streams
         WHERE category = ?1 AND wanted = ?2 AND due_at IS NOT NULL AND environment = ?4 AND parent = ?5
           AND MAX(due_at, COALESCE(claimed_until, due_at)) <= ?3
         ORDER BY MAX(due_at, COALESCE(claimed_until, due_at))
         LIMIT ?6",
    )
    .bind(&query.category)
    .bind(wanted)
    .bind(query.now)
    .bind(&lane.environment)
    .bind(&lane.parent)
    .bind(i64::from(max))
    .fetch_all(connection)
    .await
    .map_err(StoreError::unavailable)?;
    let free = |row| {
        let row = Row { row, table: "streams", key: &query.category };
        Ok((row.get("id")?, row.get("claimed_until")?))
    };
    rows.iter().map(free).collect()
}

/// Inside the transaction that found it free: nobody else writes meanwhile.
async fn take(
    connection: &mut SqliteConnection,
    query: &ClaimQuery,
    id: &String,
) -> Result<(Fence, Millis), StoreError> {
    let row = sqlx::query(
        "UPDATE streams
         SET claimed_until = ?3, claim_fence = claim_fence + 1
         WHERE category = ?1 AND id = ?2
         RETURNING claim_fence, due_at",
    )
    .bind(&query.category)
    .bind(id)
    .bind(query.until)
    .fetch_one(connection)
    .await
    .map_err(StoreError::unavailable)?;
    let row = Row { row: &row, table: "streams", key: id };
    Ok((Fence(row.number("claim_fence")?), row.get("due_at")?))
}

fn lane(row: &SqliteRow, category: &String) -> Result<Lane, StoreError> {
    let row = Row { row, table: "streams", key: category };
    Ok(Lane { environment: row.get("environment")?, parent: row.get("parent")? })
}

pub async fn renew(
    pool: &SqlitePool,
    stream: &Stream,
    fence: Fence,
    until: Millis,
) -> Result<bool, StoreError> {
    let renewed = sqlx::query(
        "UPDATE streams
         SET claimed_until = ?4
         WHERE category = ?1 AND id = ?2 AND claim_fence = ?3 AND claimed_until IS NOT NULL",
    )
    .bind(&stream.category)
    .bind(&stream.id)
    .bind(column(fence.0))
    .bind(until)
    .execute(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(renewed.rows_affected() == 1)
}

pub async fn release(pool: &SqlitePool, stream: &Stream, fence: Fence) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE streams
         SET claimed_until = NULL
         WHERE category = ?1 AND id = ?2 AND claim_fence = ?3",
    )
    .bind(&stream.category)
    .bind(&stream.id)
    .bind(column(fence.0))
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
         SET due_at = MIN(due_at, ?3), wanted = TRUE
         WHERE category = ?1 AND id = ?2 AND version = ?4 AND due_at IS NOT NULL AND (due_at > ?3 OR NOT wanted)",
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

pub async fn forget(pool: &SqlitePool, stream: &Stream, fence: Fence) -> Result<bool, StoreError> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.map_err(StoreError::unavailable)?;
    let removed = remove(&mut transaction, stream, fence).await?;
    if removed {
        remove_key(&mut transaction, stream).await?;
        remove_tags(&mut transaction, stream).await?;
    }
    transaction.commit().await.map_err(StoreError::unavailable)?;
    Ok(removed)
}

async fn remove(
    connection: &mut SqliteConnection,
    stream: &Stream,
    fence: Fence,
) -> Result<bool, StoreError> {
    let removed = sqlx::query(
        "DELETE FROM streams
         WHERE category = ?1 AND id = ?2 AND claim_fence = ?3 AND claimed_until IS NOT NULL",
    )
    .bind(&stream.category)
    .bind(&stream.id)
    .bind(column(fence.0))
    .execute(connection)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(removed.rows_affected() == 1)
}

async fn remove_tags(connection: &mut SqliteConnection, stream: &Stream) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM stream_tags WHERE category = ?1 AND id = ?2")
        .bind(&stream.category)
        .bind(&stream.id)
        .execute(connection)
        .await
        .map_err(StoreError::unavailable)?;
    Ok(())
}

async fn remove_key(connection: &mut SqliteConnection, stream: &Stream) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM data_keys WHERE owner = ?1")
        .bind(stream.to_string())
        .execute(connection)
        .await
        .map_err(StoreError::unavailable)?;
    Ok(())
}

pub async fn count_due(pool: &SqlitePool, category: &str, now: Millis) -> Result<u64, StoreError> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS count
         FROM streams
         WHERE category = ?1 AND wanted IN (TRUE, FALSE) AND due_at IS NOT NULL
           AND MAX(due_at, COALESCE(claimed_until, due_at)) <= ?2",
    )
    .bind(category)
    .bind(now)
    .fetch_one(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Row { row: &row, table: "streams", key: &category }.number("count")
}
