//! Wrapped data keys by their owner's name. Opaque here: what opens them is not in this database.

use crate::rows::Row;
use latchkey_store::{StoreError, WrappedKey};
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
