use crate::{Card, Snapshot, Stream, Version};

/// Which streams to list. Fields left `None` do not restrict.
#[derive(Debug, Clone)]
pub struct CardQuery {
    pub category: String,
    pub environment: String,
    pub parent: Option<String>,
    pub subject: Option<String>,
    pub status: Option<String>,
    /// The id of the last stream of the page before this one.
    pub after: Option<String>,
    pub max: u32,
}

/// One stream in a list, with all that is known of it without reading its history.
#[derive(Debug, Clone)]
pub struct Listed {
    pub stream: Stream,
    pub version: Version,
    pub snapshot: Snapshot,
    pub card: Card,
}

#[derive(Debug, Clone, Default)]
pub struct Page {
    pub items: Vec<Listed>,
    /// Set where there is more: what to give as [`CardQuery::after`].
    pub next: Option<String>,
}

/// A count of streams that share environment, parent and status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub environment: String,
    pub parent: String,
    pub status: String,
    pub count: u64,
}
