//! Wrapped data keys by their owner's name. Opaque here: what opens them is not in this database.

use crate::begin::begin;
use crate::rows::Row;
use latchkey_store::{KeyReplacement, OwnedKey, StoreError, WrappedKey, head, head_end};
use sqlx::PgPool;

pub async fn key(pool: &PgPool, owner: &str) -> Result<Option<WrappedKey>, StoreError> {
    let row = sqlx::query("SELECT id AS key_id, wrapped AS key_wrapped FROM data_keys WHERE owner = $1")
        .bind(owner)
        .fetch_optional(pool)
        .await
        .map_err(StoreError::unavailable)?;
    let Some(row) = row else { return Ok(None) };
    Row { row: &row, table: "data_keys", key: &owner }.key()
}

pub async fn put_if_absent(pool: &PgPool, owner: &str, key: &WrappedKey) -> Result<WrappedKey, StoreError> {
    // The update changes nothing: it makes the row that is there, ours or an older one, the one returned.
    let row = sqlx::query(
        "INSERT INTO data_keys (owner, id, wrapped)
         VALUES ($1, $2, $3)
         ON CONFLICT (owner) DO UPDATE SET owner = EXCLUDED.owner
         RETURNING id AS key_id, wrapped AS key_wrapped",
    )
    .bind(owner)
    .bind(key.id)
    .bind(&key.wrapped)
    .fetch_one(pool)
    .await
    .map_err(StoreError::unavailable)?;
    let row = Row { row: &row, table: "data_keys", key: &owner };
    Ok(WrappedKey { id: row.get("key_id")?, wrapped: row.get("key_wrapped")? })
}

/// By the index on what a wrapped key begins with.
pub async fn headed(
    pool: &PgPool,
    wanted: &[u8],
    after: Option<&OwnedKey>,
    max: u32,
) -> Result<Vec<OwnedKey>, StoreError> {
    let (from, owner) = after.map_or((wanted, ""), |last| (head(&last.key.wrapped), last.owner.as_str()));
    let rows = sqlx::query(
        "SELECT owner, id AS key_id, wrapped AS key_wrapped
         FROM data_keys
         WHERE (substr(wrapped, 1, 28), owner) > ($1, $2)
           AND substr(wrapped, 1, 28) < $3
         ORDER BY substr(wrapped, 1, 28), owner
         LIMIT $4",
    )
    .bind(from)
    .bind(owner)
    .bind(head_end(wanted))
    .bind(i64::from(max))
    .fetch_all(pool)
    .await
    .map_err(StoreError::unavailable)?;
    rows.iter()
        .map(|row| {
            let row = Row { row, table: "data_keys", key: &"a key found by its head" };
            let key = WrappedKey { id: row.get("key_id")?, wrapped: row.get("key_wrapped")? };
            Ok(OwnedKey { owner: row.get("owner")?, key })
        })
        .collect()
}

pub async fn count_headed(pool: &PgPool, wanted: &[u8]) -> Result<u64, StoreError> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS count
         FROM data_keys
         WHERE substr(wrapped, 1, 28) >= $1 AND substr(wrapped, 1, 28) < $2",
    )
    .bind(wanted)
    .bind(head_end(wanted))
    .fetch_one(pool)
    .await
    .map_err(StoreError::unavailable)?;
    Row { row: &row, table: "data_keys", key: &"a count" }.number("count")
}

pub async fn replace(pool: &PgPool, replacements: &[KeyReplacement]) -> Result<u64, StoreError> {
    let mut transaction = begin(pool).await.map_err(StoreError::unavailable)?;
    let mut replaced = 0;
    for KeyReplacement { owner, former, key } in replacements {
        let done =
            sqlx::query("UPDATE data_keys SET id = $3, wrapped = $4 WHERE owner = $1 AND wrapped = $2")
                .bind(owner)
                .bind(former)
                .bind(key.id)
                .bind(&key.wrapped)
                .execute(&mut *transaction)
                .await
                .map_err(StoreError::unavailable)?;
        replaced += done.rows_affected();
    }
    transaction.commit().await.map_err(StoreError::unavailable)?;
    Ok(replaced)
}

pub async fn remove(pool: &PgPool, owned: &OwnedKey) -> Result<bool, StoreError> {
    let removed = sqlx::query("DELETE FROM data_keys WHERE owner = $1 AND wrapped = $2")
        .bind(&owned.owner)
        .bind(&owned.key.wrapped)
        .execute(pool)
        .await
        .map_err(StoreError::unavailable)?;
    Ok(removed.rows_affected() == 1)
}
