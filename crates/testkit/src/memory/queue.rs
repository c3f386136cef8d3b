//! What is due, lane by lane: the scans an index would save.

use super::{MemoryStore, Row, Tables};
use async_trait::async_trait;
use latchkey_store::{Claim, ClaimQuery, Fence, Lane, Lanes, Millis, StoreError, Stream};
use std::collections::BTreeSet;

impl Tables {
    /// What could be claimed, the longest due first.
    fn claimable(&self, query: &ClaimQuery, wanted: bool) -> Vec<(Millis, &Stream, &Row)> {
        let mut found: Vec<_> = self
            .streams
            .iter()
            .filter(|(stream, row)| stream.category == query.category && row.wanted == wanted)
            .filter_map(|(stream, row)| Some((row.free_at()?, stream, row)))
            .filter(|(free_at, ..)| *free_at <= query.now)
            .collect();
        found.sort_by_key(|(free_at, stream, _)| (*free_at, *stream));
        found
    }
}

fn lane(row: &Row) -> Lane {
    Lane { environment: row.card.environment.clone(), parent: row.card.parent.clone() }
}

#[async_trait]
impl Lanes for MemoryStore {
    async fn of_the_first(
        &self,
        query: &ClaimQuery,
        wanted: bool,
        max: u32,
    ) -> Result<Vec<Lane>, StoreError> {
        let tables = self.tables();
        let first = tables.claimable(query, wanted).into_iter().take(max as usize);
        Ok(first.map(|(_, _, row)| lane(row)).collect())
    }

    async fn behind(
        &self,
        query: &ClaimQuery,
        wanted: bool,
        after: Option<&Lane>,
        max: u32,
    ) -> Result<Vec<Lane>, StoreError> {
        let tables = self.tables();
        let lanes: BTreeSet<Lane> =
            tables.claimable(query, wanted).into_iter().map(|(_, _, row)| lane(row)).collect();
        let behind = lanes
            .into_iter()
            .filter(|lane| after.is_none_or(|after| lane > after) && !query.except.contains(lane));
        Ok(behind.take(max as usize).collect())
    }

    async fn claim(
        &self,
        query: &ClaimQuery,
        wanted: bool,
        lanes: &[Lane],
        share: u32,
        max: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let _writing = self.writer.lock().await;
        let mut tables = self.tables();
        let mut claims: Vec<Claim> = vec![];
        for asked in lanes {
            let found = tables.claimable(query, wanted).into_iter().filter(|(.., row)| lane(row) == *asked);
            let left = (max as usize).saturating_sub(claims.len());
            let share: Vec<Stream> =
                found.take(left.min(share as usize)).map(|(_, stream, _)| stream.clone()).collect();
            claims.extend(share.into_iter().filter_map(|stream| {
                let row = tables.streams.get_mut(&stream)?;
                row.fence += 1;
                let lapsed_at = row.claimed_until.replace(query.until);
                let due_at = row.card.due_at?;
                let fence = Fence(row.fence);
                Some(Claim { stream, lane: asked.clone(), fence, due_at, wanted, lapsed_at })
            }));
        }
        Ok(claims)
    }
}
