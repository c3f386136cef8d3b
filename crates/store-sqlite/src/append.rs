//! The one transaction that writes to a stream.
//!
//! Invariant: the transaction holds the file from its first statement, so nothing moves between the comparison of
//! versions and the commit.

use crate::rows::column;
use latchkey_store::{
    Append, AppendError, KeyChange, Millis, NewEvent, StoreError, Stream, Version, WrappedKey,
};
use sqlx::{SqliteConnection, SqlitePool};
use std::collections::BTreeMap;

pub async fn append(pool: &SqlitePool, append: Append) -> Result<Version, AppendError> {
    let version = Version(append.expected.0 + append.events.len() as u64);
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.map_err(StoreError::unavailable)?;
    let moved = match (append.expected, append.events.is_empty()) {
        // A stream begins with an event.
        (Version(0), true) => false,
        (Version(0), false) => create(&mut transaction, &append, version).await?,
        (Version(1..), _) => replace(&mut transaction, &append, version).await?,
    };
    if !moved {
        transaction.rollback().await.map_err(StoreError::unavailable)?;
        return Err(AppendError::Conflict(append.stream));
    }
    for (version, event) in (append.expected.0 + 1..).zip(&append.events) {
        record(&mut transaction, &append, Version(version), event).await?;
    }
    if let Some((left, at)) = append.left_status() {
        keep_change(&mut transaction, &append, left, at).await?;
    }
    if let Some(tags) = &append.tags {
        tag(&mut transaction, &append, tags).await?;
    }
    match &append.key {
        KeyChange::Keep => {}
        KeyChange::Put(key) | KeyChange::Exchange(key) => {
            put_key(&mut transaction, &append.stream, key).await?
        }
        KeyChange::Destroy => destroy_key(&mut transaction, &append.stream).await?,
    }
    transaction.commit().await.map_err(StoreError::unavailable)?;
    Ok(version)
}

/// Whether the stream was created: false where there is one already.
async fn create(
    connection: &mut SqliteConnection,
    append: &Append,
    version: Version,
) -> Result<bool, AppendError> {
    let created = sqlx::query(
        "INSERT INTO streams (category, id, version, snapshot_format, snapshot,
                              environment, parent, subject, status, label, due_at,
                              ends_at, external_id, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (category, id) DO NOTHING",
    )
    .bind(&append.stream.category)
    .bind(&append.stream.id)
    .bind(column(version.0))
    .bind(i64::from(append.snapshot.format))
    .bind(&append.snapshot.state)
    .bind(&append.card.environment)
    .bind(&append.card.parent)
    .bind(&append.card.subject)
    .bind(&append.card.status)
    .bind(&append.card.label)
    .bind(append.card.due_at)
    .bind(append.card.ends_at)
    .bind(&append.card.external_id)
    .bind(append.card.expires_at)
    .execute(connection)
    .await
    .map_err(|error| not_written(&append.stream, error))?;
    Ok(created.rows_affected() == 1)
}

/// Whether the stream was moved on: false where it is not at the expected version.
async fn replace(
    connection: &mut SqliteConnection,
    append: &Append,
    version: Version,
) -> Result<bool, AppendError> {
    // Without a fence the comparison is NULL, and the claim stays whoever holds it.
    let replaced = sqlx::query(
        "UPDATE streams
         SET version = ?4, snapshot_format = ?5, snapshot = ?6,
             environment = ?7, parent = ?8, subject = ?9, status = ?10, label = ?11,
             due_at = CASE WHEN ?16 THEN due_at ELSE ?12 END,
             ends_at = ?14, external_id = ?15, expires_at = ?17,
             claimed_until = CASE WHEN claim_fence = ?13 THEN NULL ELSE claimed_until END,
             wanted = wanted AND (?16 OR version = ?4)
         WHERE category = ?1 AND id = ?2 AND version = ?3 AND (NOT ?16 OR claimed_until IS NULL)",
    )
    .bind(&append.stream.category)
    .bind(&append.stream.id)
    .bind(column(append.expected.0))
    .bind(column(version.0))
    .bind(i64::from(append.snapshot.format))
    .bind(&append.snapshot.state)
    .bind(&append.card.environment)
    .bind(&append.card.parent)
    .bind(&append.card.subject)
    .bind(&append.card.status)
    .bind(&append.card.label)
    .bind(append.card.due_at)
    .bind(append.releases.map(|fence| column(fence.0)))
    .bind(append.card.ends_at)
    .bind(&append.card.external_id)
    .bind(append.key.is_exchange())
    .bind(append.card.expires_at)
    .execute(connection)
    .await
    .map_err(|error| not_written(&append.stream, error))?;
    Ok(replaced.rows_affected() == 1)
}

async fn record(
    connection: &mut SqliteConnection,
    append: &Append,
    version: Version,
    event: &NewEvent,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO events (category, stream_id, version, environment, id, kind, schema, at, payload, trace)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .bind(&append.stream.category)
    .bind(&append.stream.id)
    .bind(column(version.0))
    .bind(&append.card.environment)
    .bind(event.id)
    .bind(&event.kind)
    .bind(i64::from(event.schema))
    .bind(event.at)
    .bind(event.payload.to_string())
    .bind(&event.trace)
    .execute(connection)
    .await
    .map_err(|error| not_recorded(&append.stream, error))?;
    Ok(())
}

/// Keeps that the stream left a status for another.
async fn keep_change(
    connection: &mut SqliteConnection,
    append: &Append,
    left: &str,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO status_changes (category, environment, parent, at, left_status, entered_status)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(&append.stream.category)
    .bind(&append.card.environment)
    .bind(&append.card.parent)
    .bind(at)
    .bind(left)
    .bind(&append.card.status)
    .execute(connection)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(())
}

fn not_recorded(stream: &Stream, error: sqlx::Error) -> StoreError {
    if error.as_database_error().is_some_and(|error| error.is_unique_violation()) {
        let what = "its version is behind its events";
        return StoreError::Corrupt { table: "streams", key: stream.to_string(), what };
    }
    StoreError::unavailable(error)
}

/// Why a stream's row could not be written.
fn not_written(stream: &Stream, error: sqlx::Error) -> AppendError {
    let taken = error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation() && error.message().contains("external_id"));
    if taken { AppendError::Taken(stream.clone()) } else { StoreError::unavailable(error).into() }
}

/// Puts a stream's tags in the place of those it had.
async fn tag(
    connection: &mut SqliteConnection,
    append: &Append,
    tags: &BTreeMap<String, String>,
) -> Result<(), StoreError> {
    let stream = &append.stream;
    sqlx::query("DELETE FROM stream_tags WHERE category = ?1 AND id = ?2")
        .bind(&stream.category)
        .bind(&stream.id)
        .execute(&mut *connection)
        .await
        .map_err(StoreError::unavailable)?;
    for (name, value) in tags {
        sqlx::query(
            "INSERT INTO stream_tags (category, environment, name, value, id) VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(&stream.category)
        .bind(&append.card.environment)
        .bind(name)
        .bind(value)
        .bind(&stream.id)
        .execute(&mut *connection)
        .await
        .map_err(StoreError::unavailable)?;
    }
    Ok(())
}

async fn put_key(
    connection: &mut SqliteConnection,
    stream: &Stream,
    key: &WrappedKey,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO data_keys (owner, id, wrapped)
         VALUES (?1, ?2, ?3)
         ON CONFLICT (owner) DO UPDATE SET id = EXCLUDED.id, wrapped = EXCLUDED.wrapped",
    )
    .bind(stream.to_string())
    .bind(key.id)
    .bind(&key.wrapped)
    .execute(connection)
    .await
    .map_err(StoreError::unavailable)?;
    Ok(())
}

async fn destroy_key(connection: &mut SqliteConnection, stream: &Stream) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM data_keys WHERE owner = ?1")
        .bind(stream.to_string())
        .execute(connection)
        .await
        .map_err(StoreError::unavailable)?;
    Ok(())
}
