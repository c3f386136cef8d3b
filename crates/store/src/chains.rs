use crate::{Position, ReadRow, Recorded, StoreError};
use async_trait::async_trait;

/// Chains over what is recorded, one for each environment: segments that are only added. What a link is, is its caller's
/// business.
#[async_trait]
pub trait Chains: Send + Sync {
    /// Where an environment's chain ends; `None` where it has not begun.
    async fn end(&self, environment: &str) -> Result<Option<ChainEnd>, StoreError>;

    /// Lengthens chains by what a reader read, and moves its cursor, all in one transaction. Says whether: it is not done
    /// where the reader is not at `from` any more, or another segment has the place of one of these.
    async fn lengthen(&self, read: &Stretch, segments: &[Segment]) -> Result<bool, StoreError>;

    /// The segments of an environment's chain that begin behind the record `after`, in order, at most `max`.
    async fn segments(&self, environment: &str, after: u64, max: u32) -> Result<Vec<Segment>, StoreError>;

    /// The events at these places, as far as they are there, in the order of their places.
    async fn events_at(&self, places: &[Position]) -> Result<Vec<Recorded>, StoreError>;

    /// The reads at these places, as far as they are there, in the order of their places.
    async fn reads_at(&self, places: &[Position]) -> Result<Vec<(Position, ReadRow)>, StoreError>;
}

/// What one reader of the feed, or of the reads, went through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Whose cursor it is.
    pub reader: String,
    pub from: Position,
    pub to: Position,
}

/// A stretch of an environment's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub environment: String,
    /// The number of its first record. The chain's first is 1.
    pub first: u64,
    pub last: u64,
    /// What its records are.
    pub source: String,
    /// One for each record: its place ([`Position::to_bytes`]), and what its caller chains of it. The place is
    /// [`Position::START`] where the record was missing when its database was archived.
    pub entries: Vec<u8>,
    /// The link before its first record.
    pub previous: Vec<u8>,
    /// The link of its last record.
    pub link: Vec<u8>,
    /// A signed statement of how far the chain was, as JSON text.
    pub root: Option<String>,
}

impl Segment {
    /// How long an entry is: 16 bytes are the place, 40 its caller's. Statements of the adapters say it too.
    pub const ENTRY_BYTES: usize = 56;
}

/// Where a chain ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEnd {
    /// The number of its last record.
    pub last: u64,
    pub link: Vec<u8>,
}
