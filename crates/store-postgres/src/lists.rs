//! Streams by their cards. Each way to look for them has a statement of its own, so that it is planned for the index made
//! for it; what else is asked for is looked at row by row.

mod statements;

use crate::rows::Row;
use latchkey_store::{
    CardQuery, Deadline, Listed, Millis, Order, Overdue, Page, StoreError, Stream, Tally, TimedPlace, Version,
};
use sqlx::postgres::PgRow;
use sqlx::query::Query;
use sqlx::{Database, PgPool, Postgres};
use statements::{ALL, DUE, ENDING, OF_EXTERNAL_ID, OF_PARENT, OF_STATUS, OF_SUBJECT, OF_TAG};
use std::ops::Range;

/// Before and behind every id there can be, in the order of bytes.
const FIRST: &str = "";
const BEHIND_LAST: &str = "\u{10FFFF}";

pub async fn list(pool: &PgPool, query: &CardQuery) -> Result<Page, StoreError> {
    let rows = match query.order {
        Order::Ids => by_ids(pool, query, 0, query.after.as_deref().unwrap_or(FIRST)).await,
        Order::IdsDescending => by_ids(pool, query, 1, query.after.as_deref().unwrap_or(BEHIND_LAST)).await,
        Order::Ends { from, until } => {
            let bounds = (from.unwrap_or(i64::MIN), until.unwrap_or(i64::MAX));
            by_time(pool, ENDING, query, bounds).await
        }
        Order::Due => by_time(pool, DUE, query, (i64::MIN, i64::MAX)).await,
    };
    let mut found = vec![];
    for row in &rows.map_err(StoreError::unavailable)? {
        let id: String = Row { row, table: "streams", key: &query.category }.get("id")?;
        let stream = Stream::new(query.category.clone(), id);
        let row = Row { row, table: "streams", key: &stream };
        let (version, snapshot, card) = (Version(row.number("version")?), row.snapshot()?, row.card()?);
        let claimed_until = row.get("claimed_until")?;
        found.push(Listed { stream, version, snapshot, card, claimed_until });
    }
    Ok(Page::of(found, query.max, query.order))
}

/// By the narrowest of what is asked for.
async fn by_ids(pool: &PgPool, query: &CardQuery, direction: usize, after: &str) -> sqlx::Result<Vec<PgRow>> {
    let statements = match query {
        CardQuery { external_id: Some(_), .. } => OF_EXTERNAL_ID,
        CardQuery { tag: Some(_), .. } => OF_TAG,
        CardQuery { subject: Some(_), .. } => OF_SUBJECT,
        CardQuery { status: Some(_), .. } => OF_STATUS,
        CardQuery { parent: Some(_), .. } => OF_PARENT,
        _ => ALL,
    };
    let statement = asking(statements[direction], query).bind(after);
    match &query.tag {
        Some((name, value)) if query.external_id.is_none() => {
            statement.bind(name).bind(value).fetch_all(pool).await
        }
        Some(_) | None => statement.fetch_all(pool).await,
    }
}

async fn by_time(
    pool: &PgPool,
    statement: &'static str,
    query: &CardQuery,
    (from, until): (i64, i64),
) -> sqlx::Result<Vec<PgRow>> {
    let after = query.after.as_deref().and_then(|after| after.parse().ok());
    let after = after.unwrap_or_else(TimedPlace::start);
    let statement = asking(statement, query).bind(&after.id).bind(from).bind(until).bind(after.at);
    statement.fetch_all(pool).await
}

type Statement<'q> = Query<'q, Postgres, <Postgres as Database>::Arguments>;

/// What every statement is told. It is planned anew each time: which index is best hangs on what is asked for, and a plan
/// that is kept knows neither that nor how few rows a page has. One row more than is asked for tells whether there is a next page.
fn asking<'q>(statement: &'static str, query: &'q CardQuery) -> Statement<'q> {
    sqlx::query(statement)
        .persistent(false)
        .bind(&query.category)
        .bind(&query.environment)
        .bind(&query.parent)
        .bind(&query.status)
        .bind(&query.subject)
        .bind(&query.external_id)
        .bind(i64::from(query.max) + 1)
}

pub async fn tally(
    pool: &PgPool,
    category: &str,
    environment: Option<&str>,
) -> Result<Vec<Tally>, StoreError> {
    let rows = sqlx::query(
        "SELECT environment, parent, status, COUNT(*) AS count
         FROM streams
         WHERE category = $1 AND ($2 IS NULL OR environment = $2)
         GROUP BY environment, parent, status
         ORDER BY environment, parent, status",
    )
    .bind(category)
    .bind(environment)
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

const COUNT_ENDING: &str = "SELECT COUNT(*) AS count FROM streams
     WHERE category = $1 AND environment = $2 AND ends_at >= $3 AND ends_at < $4";

const COUNT_EXPIRING: &str = "SELECT COUNT(*) AS count FROM streams
     WHERE category = $1 AND environment = $2 AND expires_at >= $3 AND expires_at < $4";

pub async fn count_within(
    pool: &PgPool,
    category: &str,
    environment: &str,
    deadline: Deadline,
    within: Range<Millis>,
) -> Result<u64, StoreError> {
    let statement = match deadline {
        Deadline::End => COUNT_ENDING,
        Deadline::Expiry => COUNT_EXPIRING,
    };
    let counting =
        sqlx::query(statement).bind(category).bind(environment).bind(within.start).bind(within.end);
    let row = counting.fetch_one(pool).await.map_err(StoreError::unavailable)?;
    Row { row: &row, table: "streams", key: &category }.number("count")
}

/// Those that fell due first, as far as they are counted.
const OVERDUE: &str = "SELECT COUNT(*) AS count, MIN(due_at) AS since
     FROM (
         SELECT due_at
         FROM streams
         WHERE category = $1 AND environment = $2 AND due_at <= $4 AND ($3 IS NULL OR parent = $3)
         ORDER BY due_at
         LIMIT $5
     ) AS due";

pub async fn overdue(
    pool: &PgPool,
    category: &str,
    environment: &str,
    parent: Option<&str>,
    now: Millis,
    max: u32,
) -> Result<Overdue, StoreError> {
    let counting =
        sqlx::query(OVERDUE).persistent(false).bind(category).bind(environment).bind(parent).bind(now);
    let row = counting.bind(i64::from(max)).fetch_one(pool).await.map_err(StoreError::unavailable)?;
    let row = Row { row: &row, table: "streams", key: &category };
    Ok(Overdue { count: row.number("count")?, since: row.get("since")? })
}
