use crate::Stream;
use thiserror::Error;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What can go wrong when reading.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database did not answer, or not in time. Trying again later may help.
    #[error("the database is unavailable")]
    Unavailable(#[source] Cause),
    /// A row breaks an invariant. Trying again does not help.
    #[error("row {key} of table {table} is corrupt: {what}")]
    Corrupt { table: &'static str, key: String, what: &'static str },
}

impl StoreError {
    /// Wraps an adapter's error that means the database cannot be used just now.
    pub fn unavailable(cause: impl Into<Cause>) -> Self {
        Self::Unavailable(cause.into())
    }
}

/// What can go wrong when appending. In every case nothing was written, except that an [`StoreError::Unavailable`]
/// during commit leaves it open whether the append took place: the caller loads again.
#[derive(Debug, Error)]
pub enum AppendError {
    /// The stream has moved on since it was loaded: load, decide and append again.
    #[error("stream {0} has changed since it was loaded")]
    Conflict(Stream),
    /// Another stream of the same category, environment and parent has the external id this one was to have.
    #[error("another stream has the external id that stream {0} was to have")]
    Taken(Stream),
    #[error(transparent)]
    Store(#[from] StoreError),
}
