//! Streams by their cards.

use crate::rows::Row;
use latchkey_store::{CardQuery, Listed, Page, StoreError, Stream, Tally, Version};
use sqlx::PgPool;
use sqlx::postgres::PgRow;

pub async fn list(pool: &PgPool, query: &CardQuery) -> Result<Page, StoreError> {
    let rows = match &query.subject {
        None => of_all(pool, query).await,
        Some(subject) => of_subject(pool, query, subject).await,
    };
    let rows = rows.map_err(StoreError::unavailable)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows.iter().take(query.max as usize) {
        let id: String = Row { row, table: "streams", key: &query.category }.get("id")?;
        let stream = Stream::new(query.category.clone(), id);
        let row = Row { row, table: "streams", key: &stream };
        let (version, snapshot, card) = (Version(row.number("version")?), row.snapshot()?, row.card()?);
        items.push(Listed { stream, version, snapshot, card });
    }
    let more = rows.len() > items.len();
    let next = items.last().filter(|_| more).map(|last| last.stream.id.clone());
    Ok(Page { items, next })
}

async fn of_all(pool: &PgPool, query: &CardQuery) -> sqlx::Result<Vec<PgRow>> {
    sqlx::query(
        "SELECT id, version, snapshot_format, snapshot, environment, parent, subject, status, label, due_at
         FROM streams
         WHERE category = $1 AND environment = $2
           AND ($3 IS NULL OR parent = $3)
           AND ($4 IS NULL OR status = $4)
           AND id > COALESCE($5, '')
         ORDER BY id
         LIMIT $6",
    )
    .bind(&query.category)
    .bind(&query.environment)
    .bind(&query.parent)
    .bind(&query.status)
    .bind(&query.after)
    .bind(one_more(query))
    .fetch_all(pool)
    .await
}

/// A statement of its own, so that it is planned for the subject's own index.
async fn of_subject(pool: &PgPool, query: &CardQuery, subject: &str) -> sqlx::Result<Vec<PgRow>> {
    sqlx::query(
        "SELECT id, version, snapshot_format, snapshot, environment, parent, subject, status, label, due_at
         FROM streams
         WHERE category = $1 AND environment = $2 AND subject = $7
           AND ($3 IS NULL OR parent = $3)
           AND ($4 IS NULL OR status = $4)
           AND id > COALESCE($5, '')
         ORDER BY id
         LIMIT $6",
    )
    .bind(&query.category)
    .bind(&query.environment)
    .bind(&query.parent)
    .bind(&query.status)
    .bind(&query.after)
    .bind(one_more(query))
    .bind(subject)
    .fetch_all(pool)
    .await
}

/// One more than asked for tells whether there is a next page.
fn one_more(query: &CardQuery) -> i64 {
    i64::from(query.max) + 1
}

pub async fn tally(pool: &PgPool, category: &str) -> Result<Vec<Tally>, StoreError> {
    let rows = sqlx::query(
        "SELECT environment, parent, status, COUNT(*) AS count
         FROM streams
         WHERE category = $1
         GROUP BY environment, parent, status
         ORDER BY environment, parent, status",
    )
    .bind(category)
    .fetch_all(pool)
    .await
    .map_err(StoreError::unavailable)?;
    let tally = |row| {
        let row = Row { row, table: "streams", key: &category };
        Ok(Tally {
            environment: row.get("environment")?,
            parent: row.get("parent")?,
            status: row.get("status")?,
            count: row.number("count")?,
        })
    };
    rows.iter().map(tally).collect()
}
