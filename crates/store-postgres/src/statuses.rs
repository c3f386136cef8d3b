//! How streams changed their status.

use crate::PostgresStore;
use crate::rows::Row;
use async_trait::async_trait;
use latchkey_store::{Change, Changes, LookBack, Statuses, StoreError};

#[async_trait]
impl Statuses for PostgresStore {
    async fn look_back(&self, query: &LookBack) -> Result<Changes, StoreError> {
        let pool = self.pool.get();
        // One statement, so that no change falls between the two halves.
        let rows = sqlx::query(
            "SELECT NULL::BIGINT AS slot, '' AS left_status, status AS entered_status, COUNT(*) AS count
             FROM streams
             WHERE category = $1 AND environment = $2 AND ($3::TEXT IS NULL OR parent = $3)
             GROUP BY status
             UNION ALL
             SELECT (at - $4) / $5, left_status, entered_status, COUNT(*)
             FROM status_changes
             WHERE category = $1 AND environment = $2 AND ($3::TEXT IS NULL OR parent = $3) AND at >= $4
             GROUP BY 1, 2, 3",
        )
        .bind(&query.category)
        .bind(&query.environment)
        .bind(&query.parent)
        .bind(query.from)
        .bind(i64::from(query.slot.get()))
        .fetch_all(&pool)
        .await
        .map_err(StoreError::unavailable)?;
        let mut changes = Changes::default();
        for row in &rows {
            let row = Row { row, table: "status_changes", key: &query.environment };
            let (entered, count) = (row.get("entered_status")?, row.number("count")?);
            match row.get::<Option<i64>>("slot")? {
                None => changes.now.push((entered, count)),
                Some(_) => changes.since.push(Change {
                    slot: row.number("slot")?,
                    left: row.get("left_status")?,
                    entered,
                    count,
                }),
            }
        }
        let first = sqlx::query(
            "SELECT MIN(at) AS first FROM status_changes WHERE category = $1 AND environment = $2",
        )
        .bind(&query.category)
        .bind(&query.environment)
        .fetch_one(&pool)
        .await
        .map_err(StoreError::unavailable)?;
        changes.known_from =
            Row { row: &first, table: "status_changes", key: &query.environment }.get("first")?;
        Ok(changes)
    }
}
