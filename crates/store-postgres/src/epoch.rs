use latchkey_store::StoreError;
use sqlx::{PgPool, Row as _};

/// The cluster, its timeline (another after a promotion or a point-in-time recovery), and the database within it (another
/// after it was dropped and restored from a dump). A promoted server tells its new timeline with its first WAL, which is
/// before it accepts a write.
pub async fn epoch(pool: &PgPool) -> Result<String, StoreError> {
    let row = sqlx::query(
        "SELECT system_identifier::text AS cluster,
                substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS timeline,
                oid::bigint AS database
         FROM pg_control_system(), pg_database
         WHERE datname = current_database()",
    )
    .fetch_one(pool)
    .await
    .map_err(StoreError::unavailable)?;
    let cluster: String = row.try_get("cluster").map_err(StoreError::unavailable)?;
    let timeline: String = row.try_get("timeline").map_err(StoreError::unavailable)?;
    let database: i64 = row.try_get("database").map_err(StoreError::unavailable)?;
    Ok(format!("{cluster}/{timeline}/{database}"))
}
