//! What an operator watches.

use crate::rows::{Row, column};
use crate::{SqliteStore, open};
use async_trait::async_trait;
use latchkey_store::{Ending, Millis, Position, SchemaState, StoreError, Vitals};

#[async_trait]
impl Vitals for SqliteStore {
    async fn ending(
        &self,
        category: &str,
        environment: &str,
        until: [Millis; 5],
    ) -> Result<Vec<Ending>, StoreError> {
        let [first, second, third, fourth, last] = until;
        let rows = sqlx::query(
            "SELECT parent,
                    CASE WHEN ends_at < ?3 THEN 0 WHEN ends_at < ?4 THEN 1 WHEN ends_at < ?5 THEN 2
                         WHEN ends_at < ?6 THEN 3 ELSE 4 END AS slot,
                    COUNT(*) AS count
             FROM streams
             WHERE category = ?1 AND environment = ?2 AND ends_at < ?7
             GROUP BY 1, 2",
        )
        .bind(category)
        .bind(environment)
        .bind(first)
        .bind(second)
        .bind(third)
        .bind(fourth)
        .bind(last)
        .fetch_all(&self.pools.readers)
        .await
        .map_err(StoreError::unavailable)?;
        let ending = |row| {
            let row = Row { row, table: "streams", key: &category };
            Ok(Ending { parent: row.get("parent")?, slot: row.number("slot")?, count: row.number("count")? })
        };
        rows.iter().map(ending).collect()
    }

    async fn events_after(&self, after: Position, max: u32) -> Result<u64, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS count FROM (SELECT 1 FROM events WHERE sequence > ?1 LIMIT ?2) AS later",
        )
        .bind(column(after.sequence))
        .bind(i64::from(max))
        .fetch_one(&self.pools.readers)
        .await
        .map_err(StoreError::unavailable)?;
        Row { row: &row, table: "events", key: &"later" }.number("count")
    }

    /// A file has no clock.
    async fn clock(&self) -> Result<Option<Millis>, StoreError> {
        Ok(None)
    }

    async fn schema(&self) -> Result<SchemaState, StoreError> {
        open::schema_of(&self.pools.readers).await.map_err(StoreError::unavailable)
    }
}
