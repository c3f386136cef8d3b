use super::{MemoryStore, Row};
use async_trait::async_trait;
use latchkey_store::{Card, Change, Changes, LookBack, Millis, Statuses, StoreError};
use std::collections::BTreeMap;

/// A change of a status to its card's.
#[derive(Clone)]
pub(super) struct Kept {
    pub category: String,
    pub card: Card,
    pub at: Millis,
    pub left: String,
}

#[async_trait]
impl Statuses for MemoryStore {
    async fn look_back(&self, query: &LookBack) -> Result<Changes, StoreError> {
        let tables = self.tables();
        let here =
            |category: &str, card: &Card| category == query.category && card.environment == query.environment;
        let wanted = |card: &Card| query.parent.as_ref().is_none_or(|parent| *parent == card.parent);
        let mut now: BTreeMap<String, u64> = BTreeMap::new();
        for (stream, Row { card, .. }) in &tables.streams {
            if here(&stream.category, card) && wanted(card) {
                *now.entry(card.status.clone()).or_default() += 1;
            }
        }
        let kept: Vec<&Kept> =
            tables.changes.iter().filter(|kept| here(&kept.category, &kept.card)).collect();
        let mut since: BTreeMap<(u64, String, String), u64> = BTreeMap::new();
        for kept in kept.iter().filter(|kept| wanted(&kept.card) && kept.at >= query.from) {
            let slot = kept.at.abs_diff(query.from) / u64::from(query.slot.get());
            *since.entry((slot, kept.left.clone(), kept.card.status.clone())).or_default() += 1;
        }
        let change = |((slot, left, entered), count)| Change { slot, left, entered, count };
        Ok(Changes {
            now: now.into_iter().collect(),
            since: since.into_iter().map(change).collect(),
            known_from: kept.iter().map(|kept| kept.at).min(),
        })
    }
}
