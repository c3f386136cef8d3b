use crate::{Millis, Position, StoreError};
use async_trait::async_trait;

/// Logs of what was tried: rows that grow, are listed by what happened when, and are swept when they are old. The port knows
/// what it finds them by; what a part says is its caller's business.
///
/// A log that is lost is lost: nothing else follows from it.
#[async_trait]
pub trait AuthLogs: Send + Sync {
    /// Adds a part to each log, and begins those that are new. The outcome of the latest part stands, a connection that is
    /// known stays known, and the earliest beginning is the log's. All of it or nothing.
    async fn put(&self, logs: &[AuthLogPart]) -> Result<(), StoreError>;

    async fn get(&self, environment: &str, id: &str) -> Result<Option<AuthLogRow>, StoreError>;

    /// One page, the newest beginning first.
    async fn list(&self, query: &AuthLogQuery) -> Result<AuthLogPage, StoreError>;

    /// Logs of every environment as they were written after a position, at most `max`, in an order that never lets a later
    /// read find one before a position already returned. One that grew comes again, at its new place alone.
    async fn written(&self, after: Position, max: u32) -> Result<Vec<AuthLogRow>, StoreError>;

    /// The position after which nothing has been written yet.
    async fn end(&self) -> Result<Position, StoreError>;

    /// Removes logs that began before `before`, the oldest first, at most `max`. Says how many.
    async fn sweep(&self, before: Millis, max: u32) -> Result<u64, StoreError>;

    /// Removes the oldest logs, however old they are, at most `max`. Says how many.
    async fn sweep_oldest(&self, max: u32) -> Result<u64, StoreError>;

    async fn count(&self) -> Result<u64, StoreError>;
}

/// What is added to a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthLogPart {
    pub id: String,
    pub environment: String,
    pub integration: String,
    /// Empty where it is not known.
    pub connection: String,
    pub operation: String,
    pub outcome: String,
    pub started_at: Millis,
    pub ended_at: Millis,
    /// Without a line end.
    pub part: String,
}

/// A log as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthLogRow {
    pub id: String,
    pub environment: String,
    pub started_at: Millis,
    /// In the order they were put.
    pub parts: Vec<String>,
    pub position: Position,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthLogQuery {
    pub environment: String,
    pub connection: Option<String>,
    pub integration: Option<String>,
    pub operation: Option<String>,
    pub outcome: Option<String>,
    /// Begun at or after this.
    pub from: Option<Millis>,
    /// Begun before this.
    pub until: Option<Millis>,
    /// Continue after this beginning and id.
    pub after: Option<(Millis, String)>,
    pub max: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthLogPage {
    pub items: Vec<AuthLogRow>,
    /// Where the next page continues; `None` on the last.
    pub next: Option<(Millis, String)>,
}

impl AuthLogPage {
    /// From one row more than was asked for, where there were so many.
    #[must_use]
    pub fn cut(mut items: Vec<AuthLogRow>, max: u32) -> Self {
        let more = items.len() > max as usize;
        items.truncate(max as usize);
        let next = items.last().filter(|_| more).map(|last| (last.started_at, last.id.clone()));
        Self { items, next }
    }
}
