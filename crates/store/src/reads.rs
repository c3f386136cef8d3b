use crate::{Millis, Position, StoreError};
use async_trait::async_trait;

/// Who was given what: rows that are added and counted together, and swept when they are old.
#[async_trait]
pub trait Reads: Send + Sync {
    /// Adds them all, or none.
    async fn add(&self, reads: &[ReadRow]) -> Result<(), StoreError>;

    /// Everybody who was given something of a connection, by who they are, what way they were given it, and the generation;
    /// the latest first.
    async fn holders(&self, query: &HoldersQuery) -> Result<Vec<ReadRow>, StoreError>;

    /// Reads of every environment after a position, at most `max`, in an order that never lets a later call find one before a
    /// position already returned.
    async fn added(&self, after: Position, max: u32) -> Result<Vec<(Position, ReadRow)>, StoreError>;

    /// Removes reads the last of which was before `before`, the oldest first, at most `max`. Says how many.
    async fn sweep(&self, before: Millis, max: u32) -> Result<u64, StoreError>;
}

/// One reader's reads of one generation of one connection, over a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRow {
    pub environment: String,
    pub connection: String,
    pub generation: u64,
    pub reader: String,
    /// What was given, and how.
    pub way: String,
    pub count: u64,
    pub first_at: Millis,
    pub last_at: Millis,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoldersQuery {
    pub environment: String,
    pub connection: String,
    /// All, where it is not set.
    pub generation: Option<u64>,
    pub max: u32,
}
