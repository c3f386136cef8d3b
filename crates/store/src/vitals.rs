use crate::{Millis, Position, SchemaState, StoreError};
use async_trait::async_trait;

/// What an operator watches a database by. Nothing follows from it.
#[async_trait]
pub trait Vitals: Send + Sync {
    /// How many streams of a category and environment end before the last of `until`, which ascend: by parent, and by the
    /// first of them that they end before. One indexed range.
    async fn ending(
        &self,
        category: &str,
        environment: &str,
        until: [Millis; 5],
    ) -> Result<Vec<Ending>, StoreError>;

    /// How many events there are after a position; of more than `max` only that they are `max`. What is committed and still
    /// held back from the feed counts, too.
    async fn events_after(&self, after: Position, max: u32) -> Result<u64, StoreError>;

    /// What time it is by the database's own clock; `None` where it has none.
    async fn clock(&self) -> Result<Option<Millis>, StoreError>;

    /// How the schema stands to this program by now.
    async fn schema(&self) -> Result<SchemaState, StoreError>;
}

/// So many streams of one parent end between two of the times that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ending {
    pub parent: String,
    /// The place, among these times, of the first that they end before.
    pub slot: usize,
    pub count: u64,
}
