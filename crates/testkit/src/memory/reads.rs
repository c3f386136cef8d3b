//! Who was given what.

use super::MemoryStore;
use async_trait::async_trait;
use latchkey_store::{HoldersQuery, Millis, Position, ReadRow, Reads, StoreError};
use std::cmp::Reverse;

#[derive(Clone, Default)]
pub struct Taken {
    rows: Vec<(Position, ReadRow)>,
    /// The number of the last place that was given out.
    last: u64,
}

#[async_trait]
impl Reads for MemoryStore {
    async fn add(&self, reads: &[ReadRow]) -> Result<(), StoreError> {
        let _writing = self.writer.lock().await;
        let taken = &mut self.tables().taken;
        for read in reads {
            taken.last += 1;
            taken.rows.push((Position { tx: 0, sequence: taken.last }, read.clone()));
        }
        Ok(())
    }

    async fn holders(&self, query: &HoldersQuery) -> Result<Vec<ReadRow>, StoreError> {
        let mut found: Vec<ReadRow> = vec![];
        for (_, read) in &self.tables().taken.rows {
            let asked_for = read.environment == query.environment
                && read.connection == query.connection
                && query.generation.is_none_or(|generation| generation == read.generation);
            if !asked_for {
                continue;
            }
            let same = |other: &&mut ReadRow| {
                (other.generation, &other.reader, &other.way) == (read.generation, &read.reader, &read.way)
            };
            match found.iter_mut().find(same) {
                None => found.push(read.clone()),
                Some(known) => {
                    known.count += read.count;
                    known.first_at = known.first_at.min(read.first_at);
                    known.last_at = known.last_at.max(read.last_at);
                }
            }
        }
        found.sort_by_key(|read| {
            (Reverse(read.last_at), read.reader.clone(), read.way.clone(), read.generation)
        });
        found.truncate(query.max as usize);
        Ok(found)
    }

    async fn added(&self, after: Position, max: u32) -> Result<Vec<(Position, ReadRow)>, StoreError> {
        let tables = self.tables();
        let news = tables.taken.rows.iter().filter(|(position, _)| *position > after);
        Ok(news.take(max as usize).cloned().collect())
    }

    async fn sweep(&self, before: Millis, max: u32) -> Result<u64, StoreError> {
        let _writing = self.writer.lock().await;
        let taken = &mut self.tables().taken;
        let mut old: Vec<_> = taken.rows.iter().filter(|(_, read)| read.last_at < before).collect();
        old.sort_by_key(|(_, read)| read.last_at);
        let old: Vec<_> = old.into_iter().take(max as usize).map(|(position, _)| *position).collect();
        taken.rows.retain(|(position, _)| !old.contains(position));
        Ok(old.len() as u64)
    }
}
