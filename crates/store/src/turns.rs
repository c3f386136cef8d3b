//! In which order due streams are claimed: what is wanted first, and lane by lane.
//!
//! Invariant: a lane gets a second stream only when every other that has one has had its first, beginning behind the
//! lane that had the last turn. How rows are found and claimed is the adapter's; that the turns are fair is decided
//! here, once for all of them.

use crate::{Claim, ClaimQuery, Lane, StoreError};
use async_trait::async_trait;
use std::collections::{BTreeSet, HashMap};

/// What an adapter does for [`claim_in_turns`]. Each is a statement, or a transaction, of its own: what others claim in
/// between shows as fewer claims.
#[async_trait]
pub trait Lanes: Sync {
    /// The lanes of the streams that could be claimed first, one for each stream, of at most `max` streams.
    async fn of_the_first(&self, query: &ClaimQuery, wanted: bool, max: u32)
    -> Result<Vec<Lane>, StoreError>;

    /// Lanes that have something to claim and are not excepted, in their order, behind `after`; at most `max`.
    async fn behind(
        &self,
        query: &ClaimQuery,
        wanted: bool,
        after: Option<&Lane>,
        max: u32,
    ) -> Result<Vec<Lane>, StoreError>;

    /// Claims up to `share` in each of the lanes and up to `max` in all, lane by lane in the order given, the oldest
    /// due first.
    async fn claim(
        &self,
        query: &ClaimQuery,
        wanted: bool,
        lanes: &[Lane],
        share: u32,
        max: u32,
    ) -> Result<Vec<Claim>, StoreError>;
}

/// Claims what a query asks for, in turns: the last claim's lane had the last turn.
///
/// # Errors
/// The adapter's. What was claimed until then lapses by itself.
pub async fn claim_in_turns(lanes: &dyn Lanes, query: &ClaimQuery) -> Result<Vec<Claim>, StoreError> {
    let mut claims = claim_some(lanes, query, true, query.max).await?;
    let left = query.max.saturating_sub(count(&claims));
    if !query.wanted_only && left > 0 {
        claims.extend(claim_some(lanes, query, false, left).await?);
    }
    Ok(claims)
}

async fn claim_some(
    lanes: &dyn Lanes,
    query: &ClaimQuery,
    wanted: bool,
    max: u32,
) -> Result<Vec<Claim>, StoreError> {
    let mut claims: Vec<Claim> = vec![];
    let mut waiting = waiting(lanes, query, wanted, max).await?;
    // What short lanes leave of their shares goes to the others in another round.
    while !waiting.is_empty() && count(&claims) < max {
        let left = max - count(&claims);
        let share = (left / u32::try_from(waiting.len()).unwrap_or(u32::MAX)).max(1);
        let round = lanes.claim(query, wanted, &waiting, share, left).await?;
        let mut given: HashMap<&Lane, u32> = HashMap::new();
        for claim in &round {
            *given.entry(&claim.lane).or_default() += 1;
        }
        waiting.retain(|lane| given.get(lane).is_some_and(|given| *given >= share));
        claims.extend(round);
    }
    Ok(claims)
}

/// The lanes whose turn it is, no more than there are turns. Where little is due they follow from what is due, however
/// many other lanes there are; the lanes are walked only when there is more than can be claimed.
async fn waiting(
    lanes: &dyn Lanes,
    query: &ClaimQuery,
    wanted: bool,
    max: u32,
) -> Result<Vec<Lane>, StoreError> {
    let first = lanes.of_the_first(query, wanted, max.saturating_add(1)).await?;
    if first.len() <= max as usize {
        let mut all: BTreeSet<Lane> = first.into_iter().collect();
        all.retain(|lane| !query.except.contains(lane));
        return Ok(all.into_iter().collect());
    }
    let mut turns = lanes.behind(query, wanted, query.after.as_ref(), max).await?;
    let left = max as usize - turns.len().min(max as usize);
    if let Some(after) = query.after.as_ref().filter(|_| left > 0) {
        let before = lanes.behind(query, wanted, None, max).await?;
        turns.extend(before.into_iter().take_while(|lane| lane <= after).take(left));
    }
    Ok(turns)
}

fn count(claims: &[Claim]) -> u32 {
    u32::try_from(claims.len()).unwrap_or(u32::MAX)
}
