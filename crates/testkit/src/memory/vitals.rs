//! What an operator watches.

use super::MemoryStore;
use async_trait::async_trait;
use latchkey_store::{Ending, Millis, Position, SchemaState, StoreError, Vitals};
use std::collections::BTreeMap;

#[async_trait]
impl Vitals for MemoryStore {
    async fn ending(
        &self,
        category: &str,
        environment: &str,
        until: [Millis; 5],
    ) -> Result<Vec<Ending>, StoreError> {
        let tables = self.tables();
        let mut counts: BTreeMap<(String, usize), u64> = BTreeMap::new();
        for (stream, row) in &tables.streams {
            let is_meant = stream.category == category && row.card.environment == environment;
            let Some(ends_at) = row.card.ends_at.filter(|_| is_meant) else { continue };
            if let Some(slot) = until.iter().position(|time| ends_at < *time) {
                *counts.entry((row.card.parent.clone(), slot)).or_default() += 1;
            }
        }
        Ok(counts.into_iter().map(|((parent, slot), count)| Ending { parent, slot, count }).collect())
    }

    async fn events_after(&self, after: Position, max: u32) -> Result<u64, StoreError> {
        let tables = self.tables();
        Ok(tables.events.iter().filter(|event| event.position > after).take(max as usize).count() as u64)
    }

    async fn clock(&self) -> Result<Option<Millis>, StoreError> {
        Ok(None)
    }

    async fn schema(&self) -> Result<SchemaState, StoreError> {
        Ok(SchemaState::default())
    }
}
