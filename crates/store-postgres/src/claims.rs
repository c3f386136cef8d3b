//! Who deals with which stream, and until when.
//!
//! Invariant: a claim ends by its own fence or by its time, and by nothing else. What is due and who holds it are two
//! columns, so that making a stream due earlier never hands it to a second claimer. The statements that find what is due
//! stand in files of their own, where a test has them explained.

use crate::rows::{Row, column};
use async_trait::async_trait;
use latchkey_store::{Claim, ClaimQuery, Fence, Lane, Lanes, Millis, StoreError, Stream, Version};
use sqlx::{PgPool, postgres::PgRow};

/// What is due, through its indexes.
pub struct Queue<'a> {
    pub pool: &'a PgPool,
}

#[async_trait]
impl Lanes for Queue<'_> {
    async fn of_the_first(
        &self,
        query: &ClaimQuery,
        wanted: bool,
        max: u32,
    ) -> Result<Vec<Lane>, StoreError> {
        let rows = sqlx::query(include_str!("claims/first.sql"))
            .bind(&query.category)
            .bind(wanted)
            .bind(query.now)
            .bind(i64::from(max))
            .fetch_all(self.pool)
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
        // No environment is without a name, so this is before all lanes.
        let (environment, parent) =
            after.map_or(("", ""), |lane| (lane.environment.as_str(), lane.parent.as_str()));
        let (environments, parents) = columns(&query.except);
        let rows = sqlx::query(include_str!("claims/lanes.sql"))
            .bind(&query.category)
            .bind(wanted)
            .bind(query.now)
            .bind(environment)
            .bind(parent)
            .bind(environments)
            .bind(parents)
            .bind(i64::from(max))
            .fetch_all(self.pool)
            .await
            .map_err(StoreError::unavailable)?;
        rows.iter().map(|row| lane(row, &query.category)).collect()
    }

    async fn claim(
        &self,
        query: &ClaimQuery,
        wanted: bool,
        lanes: &[Lane],
        share: u32,
        max: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let (environments, parents) = columns(lanes);
        let rows = sqlx::query(include_str!("claims/claim.sql"))
            .bind(&query.category)
            .bind(wanted)
            .bind(query.now)
            .bind(query.until)
            .bind(environments)
            .bind(parents)
            .bind(i64::from(share))
            .bind(i64::from(max))
            .fetch_all(self.pool)
            .await
            .map_err(StoreError::unavailable)?;
        let mut claims = rows.iter().map(|row| claim(row, &query.category)).collect::<Result<Vec<_>, _>>()?;
        // RETURNING keeps no order.
        let place = |claim: &Claim| lanes.iter().position(|lane| *lane == claim.lane);
        claims.sort_by_cached_key(|claim| (place(claim), claim.due_at, claim.stream.id.clone()));
        Ok(claims)
    }
}

fn columns(lanes: &[Lane]) -> (Vec<&str>, Vec<&str>) {
    lanes.iter().map(|lane| (lane.environment.as_str(), lane.parent.as_str())).unzip()
}

fn lane(row: &PgRow, category: &String) -> Result<Lane, StoreError> {
    let row = Row { row, table: "streams", key: category };
    Ok(Lane { environment: row.get("environment")?, parent: row.get("parent")? })
}

fn claim(row: &PgRow, category: &String) -> Result<Claim, StoreError> {
    let lane = lane(row, category)?;
    let row = Row { row, table: "streams", key: category };
    Ok(Claim {
        stream: Stream::new(category, row.get::<String>("id")?),
        lane,
        fence: Fence(row.number("claim_fence")?),
        due_at: row.get("due_at")?,
        wanted: row.get("wanted")?,
        lapsed_at: row.get("lapsed_at")?,
    })
}

pub async fn renew(pool: &PgPool, stream: &Stream, fence: Fence, until: Millis) -> Result<bool, StoreError> {
    let renewed = sqlx::query(
        "UPDATE streams
         SET claimed_until = $4
         WHERE category = $1 AND id = $2 AND claim_fence = $3 AND claimed_until IS NOT NULL",
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

pub async fn release(pool: &PgPool, stream: &Stream, fence: Fence) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE streams
         SET claimed_until = NULL
         WHERE category = $1 AND id = $2 AND claim_fence = $3",
    )
    .bind(&stream.category)
    .bind(&stream.id)
    .bind(column(fence.0))
    .execute(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(())
}

pub async fn hasten(pool: &PgPool, stream: &Stream, seen: Version, due: Millis) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE streams
         SET due_at = LEAST(due_at, $3), wanted = TRUE
         WHERE category = $1 AND id = $2 AND version = $4 AND due_at IS NOT NULL
           AND (due_at > $3 OR NOT wanted)",
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

pub async fn forget(pool: &PgPool, stream: &Stream, fence: Fence) -> Result<bool, StoreError> {
    let forgotten = sqlx::query(
        "WITH forgotten AS (
             DELETE FROM streams
             WHERE category = $1 AND id = $2 AND claim_fence = $3 AND claimed_until IS NOT NULL
             RETURNING category, id, category || '/' || id AS owner
         ), key AS (
             DELETE FROM data_keys WHERE owner IN (SELECT owner FROM forgotten)
         ), tag AS (
             DELETE FROM stream_tags USING forgotten
             WHERE stream_tags.category = forgotten.category AND stream_tags.id = forgotten.id
         )
         SELECT owner FROM forgotten",
    )
    .bind(&stream.category)
    .bind(&stream.id)
    .bind(column(fence.0))
    .fetch_optional(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(forgotten.is_some())
}

pub async fn count_due(pool: &PgPool, category: &str, now: Millis) -> Result<u64, StoreError> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS count
         FROM streams
         WHERE category = $1 AND wanted IN (TRUE, FALSE) AND due_at IS NOT NULL
           AND GREATEST(due_at, claimed_until) <= $2",
    )
    .bind(category)
    .bind(now)
    .fetch_one(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Row { row: &row, table: "streams", key: &category }.number("count")
}
