//! The feed, read again from where a stretch of time begins: what was recorded within it, the oldest first.
//!
//! Where the stretch begins is found in a few reads, whatever the length of the feed; and one call looks at a bounded number of events.

use crate::error::Error;
use crate::ledger::Ledger;
use crate::vault::Span;
use crate::webhook::TOLD_OF;
use latchkey_domain::{Environment, Timestamp};
use latchkey_store::{Position, Recorded, Store, StoreError};
use std::collections::VecDeque;
use std::time::Duration;

/// How many recorded events are looked at in one call, and how many at a time.
const LOOKED_AT_MAX: usize = 2_000;
const BATCH: u32 = 200;

/// The feed is in the order of time but for this much: clocks differ, and one append may wait for another.
const APART: Duration = Duration::from_secs(3600);

/// A reading that is under way.
pub struct Past<'a> {
    ledger: &'a Ledger,
    environment: &'a Environment,
    within: Span,
    /// What was read and not yet looked at.
    ahead: VecDeque<Recorded>,
    /// After what was read.
    read_to: Position,
    /// After what was looked at.
    position: Position,
    looked_at: usize,
    is_over: bool,
}

impl<'a> Past<'a> {
    /// Begins after a place, or where there is none, before everything in the stretch of time.
    ///
    /// # Errors
    /// The store's.
    pub async fn begin(
        ledger: &'a Ledger,
        environment: &'a Environment,
        within: Span,
        after: Option<Position>,
    ) -> Result<Self, Error> {
        let position = match (after, within.from) {
            (Some(place), _) => place,
            (None, Some(from)) => place_before(ledger.store().as_ref(), from.minus(APART)).await?,
            (None, None) => Position::START,
        };
        let ahead = VecDeque::new();
        Ok(Self {
            ledger,
            environment,
            within,
            ahead,
            read_to: position,
            position,
            looked_at: 0,
            is_over: false,
        })
    }

    /// The next event that may be news; `None` at the end, or when enough was looked at for one call.
    ///
    /// # Errors
    /// The store's.
    pub async fn next(&mut self) -> Result<Option<Recorded>, Error> {
        while !self.is_over {
            let Some(recorded) = self.ahead.pop_front() else {
                if self.looked_at >= LOOKED_AT_MAX {
                    return Ok(None);
                }
                self.read_on().await?;
                continue;
            };
            let at = Timestamp(recorded.event.at);
            if self.within.until.is_some_and(|until| at >= until.plus(APART)) {
                self.is_over = true;
                break;
            }
            self.position = recorded.position;
            self.looked_at += 1;
            let is_told_of = TOLD_OF.contains(&recorded.stream.category.as_str());
            if is_told_of && recorded.environment == self.environment.as_str() && self.within.holds(at) {
                return Ok(Some(recorded));
            }
        }
        Ok(None)
    }

    async fn read_on(&mut self) -> Result<(), Error> {
        let batch = self.ledger.store().feed(self.read_to, BATCH).await?;
        match batch.last() {
            Some(last) => self.read_to = last.position,
            None => self.is_over = true,
        }
        self.ahead = batch.into();
        Ok(())
    }

    /// After what was looked at.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Whether nothing in the stretch of time is left.
    pub fn is_over(&self) -> bool {
        self.is_over
    }
}

/// A place before which everything is older than this, and not far before what is not.
async fn place_before(store: &dyn Store, from: Timestamp) -> Result<Position, StoreError> {
    let end = store.feed_end().await?;
    if !is_before(store, Position::START, from).await? {
        return Ok(Position::START);
    }
    let mut place = Position::START;
    let (mut low, mut high) = (0, end.tx);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let there = Position { tx: middle, sequence: 0 };
        if is_before(store, there, from).await? {
            (low, place) = (middle, there);
        } else {
            high = middle - 1;
        }
    }
    // A transaction may hold nearly all there is: a backup is restored in one.
    let (mut low, mut high) = (0, end.sequence);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let there = Position { sequence: middle, ..place };
        if is_before(store, there, from).await? {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(Position { sequence: low, ..place })
}

/// Whether what comes after a place is older than this.
async fn is_before(store: &dyn Store, place: Position, from: Timestamp) -> Result<bool, StoreError> {
    Ok(store.feed(place, 1).await?.first().is_some_and(|next| next.event.at < from.0))
}
