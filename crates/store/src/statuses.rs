use crate::{Millis, StoreError};
use async_trait::async_trait;
use std::num::NonZeroU32;

/// How the streams of a category changed their status ([`Append::status_was`](crate::Append::status_was)).
#[async_trait]
pub trait Statuses: Send + Sync {
    /// What there is now and what changed since `query.from`, as one moment sees both. The work is in proportion to the
    /// streams that are counted and the changes since; never to the events.
    async fn look_back(&self, query: &LookBack) -> Result<Changes, StoreError>;
}

/// What to count of.
#[derive(Debug, Clone)]
pub struct LookBack {
    pub category: String,
    pub environment: String,
    /// Restricts where it is set.
    pub parent: Option<String>,
    pub from: Millis,
    /// How long a slot is, in milliseconds.
    pub slot: NonZeroU32,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// How many streams have which status, in no order.
    pub now: Vec<(String, u64)>,
    /// In no order.
    pub since: Vec<Change>,
    /// When the environment's first change was kept, whatever its parent: of what was before nobody knows.
    pub known_from: Option<Millis>,
}

/// So many streams left a status for another within a slot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// From 0, which begins at `from`.
    pub slot: u64,
    /// Empty where they began.
    pub left: String,
    pub entered: String,
    pub count: u64,
}
