use crate::{Millis, Stream};

/// Where due streams queue: those of one environment under one parent. Lanes take turns, so that a long one does not
/// hold up the others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane {
    pub environment: String,
    pub parent: String,
}

/// What to claim, and for how long.
#[derive(Debug, Clone)]
pub struct ClaimQuery {
    pub category: String,
    pub now: Millis,
    /// When the claims lapse.
    pub until: Millis,
    /// How many, at most.
    pub max: u32,
    /// Only what somebody waits for.
    pub wanted_only: bool,
    /// The lane that had the last turn: the next one begins. Matters only where there are more lanes than `max`, or the
    /// last turns cannot be complete.
    pub after: Option<Lane>,
    /// Lanes that are passed over, whatever is due in them.
    pub except: Vec<Lane>,
}

/// The number of a claim on a stream: a later claim has a higher one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fence(pub u64);

/// A stream that is ours to deal with until the claim lapses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub stream: Stream,
    pub lane: Lane,
    pub fence: Fence,
    /// When it fell due.
    pub due_at: Millis,
    /// Whether somebody waits for it.
    pub wanted: bool,
    /// When the claim before this one ran out, where its holder neither fulfilled it nor gave it back: what it did with the
    /// stream is not known.
    pub lapsed_at: Option<Millis>,
}
