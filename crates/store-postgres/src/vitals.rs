//! What an operator watches.

use crate::rows::{Row, column};
use crate::{PostgresStore, connect};
use async_trait::async_trait;
use latchkey_store::{Ending, Millis, Position, SchemaState, StoreError, Vitals};

#[async_trait]
impl Vitals for PostgresStore {
    async fn ending(
        &self,
        category: &str,
        environment: &str,
        until: [Millis; 5],
    ) -> Result<Vec<Ending>, StoreError> {
        let [first, second, third, fourth, last] = until;
        let rows = sqlx::query(include_str!("vitals/ending.sql"))
            .bind(category)
            .bind(environment)
            .bind(first)
            .bind(second)
            .bind(third)
            .bind(fourth)
            .bind(last)
            .fetch_all(&self.pool.get())
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
            "SELECT COUNT(*) AS count
             FROM (SELECT 1 FROM events WHERE (events.tx, sequence) > ($1::XID8, $2) LIMIT $3) AS later",
        )
        .bind(after.tx.to_string())
        .bind(column(after.sequence))
        .bind(i64::from(max))
        .fetch_one(&self.pool.get())
        .await
        .map_err(StoreError::unavailable)?;
        Row { row: &row, table: "events", key: &"later" }.number("count")
    }

    async fn clock(&self) -> Result<Option<Millis>, StoreError> {
        let now = sqlx::query_scalar("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT")
            .fetch_one(&self.pool.get())
            .await
            .map_err(StoreError::unavailable)?;
        Ok(Some(now))
    }

    async fn schema(&self) -> Result<SchemaState, StoreError> {
        let mut connection = self.pool.get().acquire().await.map_err(StoreError::unavailable)?;
        connect::applied(&mut connection).await.map_err(StoreError::unavailable)
    }
}
