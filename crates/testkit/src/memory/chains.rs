use super::MemoryStore;
use async_trait::async_trait;
use latchkey_store::{ChainEnd, Chains, Position, ReadRow, Recorded, Segment, StoreError, Stretch};
use std::collections::BTreeMap;

/// By environment and first record.
pub type Segments = BTreeMap<(String, u64), Segment>;

#[async_trait]
impl Chains for MemoryStore {
    async fn end(&self, environment: &str) -> Result<Option<ChainEnd>, StoreError> {
        let tables = self.tables();
        let mut of_it = tables.segments.values().filter(|segment| segment.environment == environment);
        Ok(of_it.next_back().map(|segment| ChainEnd { last: segment.last, link: segment.link.clone() }))
    }

    async fn lengthen(&self, read: &Stretch, segments: &[Segment]) -> Result<bool, StoreError> {
        let _writing = self.writer.lock().await;
        let mut tables = self.tables();
        let place = |segment: &Segment| (segment.environment.clone(), segment.first);
        let is_there = tables.cursors.get(&read.reader).copied().unwrap_or(Position::START) == read.from;
        if !is_there || segments.iter().any(|segment| tables.segments.contains_key(&place(segment))) {
            return Ok(false);
        }
        tables.cursors.insert(read.reader.clone(), read.to);
        tables.segments.extend(segments.iter().map(|segment| (place(segment), segment.clone())));
        Ok(true)
    }

    async fn segments(&self, environment: &str, after: u64, max: u32) -> Result<Vec<Segment>, StoreError> {
        let tables = self.tables();
        let behind = tables.segments.values().filter(|segment| segment.environment == environment);
        Ok(behind.filter(|segment| segment.first > after).take(max as usize).cloned().collect())
    }

    async fn events_at(&self, places: &[Position]) -> Result<Vec<Recorded>, StoreError> {
        let tables = self.tables();
        Ok(tables.events.iter().filter(|recorded| places.contains(&recorded.position)).cloned().collect())
    }

    async fn reads_at(&self, places: &[Position]) -> Result<Vec<(Position, ReadRow)>, StoreError> {
        let told = latchkey_store::Reads::added(self, Position::START, u32::MAX).await?;
        Ok(told.into_iter().filter(|(place, _)| places.contains(place)).collect())
    }
}
