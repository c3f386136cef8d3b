//! The port to durable streams of events, and the rules every adapter must keep ([`conformance`]).
//!
//! The port knows streams, not connections: what an event means, and what is in a snapshot, is its caller's business.
//! Beside each stream stand its *snapshot* (the folded state), its *card* (the few columns that lists and the queue of
//! due work need) and at most one wrapped *data key*. All of them change in the transaction that appends the events,
//! or none of them does.

mod archive;
mod auth_logs;
mod chains;
mod claim;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod key;
mod page;
mod reads;
mod schema;
mod statuses;
mod stream;
mod turns;
mod vitals;

pub use archive::{
    Archive, ArchiveError, ArchivedRow, Batch, Batches, READS_READER, RowGiver, RowTaker, Table,
};
pub use auth_logs::{AuthLogPage, AuthLogPart, AuthLogQuery, AuthLogRow, AuthLogs};
pub use chains::{ChainEnd, Chains, Segment, Stretch};
pub use claim::{Claim, ClaimQuery, Fence, Lane};
pub use error::{AppendError, StoreError};
pub use key::{HEAD_BYTES, KeyReplacement, OwnedKey, head, head_end};
pub use page::{CardQuery, InvalidPlace, Listed, Order, Overdue, Page, Tally, TimedPlace};
pub use reads::{HoldersQuery, ReadRow, Reads};
pub use schema::{Migration, SchemaState};
pub use statuses::{Change, Changes, LookBack, Statuses};
pub use stream::{
    Append, Card, Deadline, KeyChange, NewEvent, Position, Recorded, Snapshot, Stored, Stream, Version,
    WrappedKey,
};
pub use turns::{Lanes, claim_in_turns};
pub use vitals::{Ending, Vitals};

use async_trait::async_trait;
use std::ops::Range;

/// Milliseconds since the Unix epoch, from the caller's clock. No adapter asks what time it is.
pub type Millis = i64;

#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The stream's snapshot, version and data key: one indexed read. `None` where nothing was ever appended.
    async fn load(&self, stream: &Stream) -> Result<Option<Stored>, StoreError>;

    /// Appends events and replaces snapshot and card, in one transaction, if the stream still is at `append.expected`.
    /// With no events it still replaces snapshot and card and applies `key` and `releases`; but a stream begins with an
    /// event, so that nothing can be appended to version 0 without one.
    ///
    /// Dropping the future leaves it open whether the append took place, as losing the database during commit does.
    ///
    /// # Errors
    /// [`AppendError::Conflict`] where another append came first, and [`AppendError::Taken`] where another stream has the
    /// card's external id; nothing is written then.
    async fn append(&self, append: Append) -> Result<Version, AppendError>;

    /// The events of one stream after a version, oldest first, at most `max`.
    async fn history(&self, stream: &Stream, after: Version, max: u32) -> Result<Vec<Recorded>, StoreError>;

    /// The events of all streams after a position, at most `max`, in an order that never lets a later read find an
    /// event before a position already returned, however slowly writers commit.
    async fn feed(&self, after: Position, max: u32) -> Result<Vec<Recorded>, StoreError>;

    /// The position after which nothing has been published yet: where a reader who wants only news begins. What was
    /// committed but is still held back behind an older writer counts as news.
    async fn feed_end(&self) -> Result<Position, StoreError>;

    /// Claims streams whose card's `due_at` has come and that nobody else holds. Two claimers never hold one stream at a
    /// time. What is wanted comes before what is merely due; of each, every [`Lane`] that has some gets its turn, and
    /// within a lane the oldest due comes first. The work is in proportion to what is claimed and, where more is due than
    /// is asked for, to the number of lanes; never to the number of streams.
    async fn claim_due(&self, query: &ClaimQuery) -> Result<Vec<Claim>, StoreError>;

    /// Has a claim lapse at `until` instead, later or earlier, if it still is the one held under this fence. Says whether
    /// it is: a claim that was given back or fulfilled does not come to life again.
    async fn renew(&self, stream: &Stream, fence: Fence, until: Millis) -> Result<bool, StoreError>;

    /// Gives a claim back, if it still is the one held under this fence. The card's `due_at` stays as it is, and so does
    /// that it is wanted.
    async fn release(&self, stream: &Stream, fence: Fence) -> Result<(), StoreError>;

    /// Makes a stream wanted, and due no later than `due`, without touching a claim that somebody holds on it, if the
    /// stream still is at `seen`: whoever has not seen the latest append may be asking for what that append brought.
    /// It stays wanted until events are appended to it.
    /// A stream whose card has no `due_at` stays as it is: there is nothing to be done about it.
    async fn hasten(&self, stream: &Stream, seen: Version, due: Millis) -> Result<(), StoreError>;

    /// Removes a claimed stream, its snapshot, card and key, if the claim still is the one held under this fence. Its
    /// events stay. Says whether it was removed. For streams that have ended, whose id is never used again.
    async fn forget(&self, stream: &Stream, fence: Fence) -> Result<bool, StoreError>;

    /// One page of streams by their cards. An `after` that is no place in this order begins at the start.
    async fn list(&self, query: &CardQuery) -> Result<Page, StoreError>;

    /// How many streams of a category there are, by environment, parent and status; in all environments or in one.
    async fn tally(&self, category: &str, environment: Option<&str>) -> Result<Vec<Tally>, StoreError>;

    /// How many streams of a category and environment have this deadline within a stretch of time, its beginning included.
    async fn count_within(
        &self,
        category: &str,
        environment: &str,
        deadline: Deadline,
        within: Range<Millis>,
    ) -> Result<u64, StoreError>;

    /// How many streams of a category and environment, and of one parent where that is named, are due at `now`, claimed or not;
    /// those that fell due first are counted, up to `max`.
    async fn overdue(
        &self,
        category: &str,
        environment: &str,
        parent: Option<&str>,
        now: Millis,
        max: u32,
    ) -> Result<Overdue, StoreError>;

    /// How many streams of a category are due and unclaimed at `now`.
    async fn count_due(&self, category: &str, now: Millis) -> Result<u64, StoreError>;

    /// Where a reader of the feed has got to; [`Position::START`] for a reader never seen.
    async fn cursor(&self, reader: &str) -> Result<Position, StoreError>;

    /// Records that a reader who was at `from` got as far as `to`. Moves forward only, and only from where the reader
    /// believed it was: what was read before somebody set it back must not carry it past what was lost. Says whether it
    /// moved.
    async fn advance_cursor(&self, reader: &str, from: Position, to: Position) -> Result<bool, StoreError>;

    /// Sets a reader back, because what it had passed on was lost. Moves backward only.
    async fn rewind_cursor(&self, reader: &str, to: Position) -> Result<(), StoreError>;

    /// The data key a name owns (a stream's textual form, or another name such as `environment/dev`).
    async fn key(&self, owner: &str) -> Result<Option<WrappedKey>, StoreError>;

    /// Stores a key unless the owner has one already, and returns the one that is stored.
    async fn put_key_if_absent(&self, owner: &str, key: &WrappedKey) -> Result<WrappedKey, StoreError>;

    /// Keys whose wrapped form begins with `head`, at most [`HEAD_BYTES`] of it, in an order of their own; `after` is the
    /// last of the page before. One indexed range.
    async fn keys_headed(
        &self,
        head: &[u8],
        after: Option<&OwnedKey>,
        max: u32,
    ) -> Result<Vec<OwnedKey>, StoreError>;

    /// How many there are of these.
    async fn count_keys_headed(&self, head: &[u8]) -> Result<u64, StoreError>;

    /// Replaces keys in one transaction, each where it still is what it was. Says how many were.
    async fn replace_keys(&self, replacements: &[KeyReplacement]) -> Result<u64, StoreError>;

    /// Forgets a key for good, if it still is this one. Says whether it was.
    async fn remove_key(&self, key: &OwnedKey) -> Result<bool, StoreError>;

    /// A name for the database's line of history. It is another whenever what was confirmed may have been lost since: after a
    /// failover to another server, a restored backup. It may be another for less.
    async fn epoch(&self) -> Result<String, StoreError>;

    /// What was tried with providers, beside the events: nothing follows from it.
    fn auth_logs(&self) -> &dyn AuthLogs;

    /// Who was given what, beside the events: nothing follows from it.
    fn reads(&self) -> &dyn Reads;

    /// Chains over events and reads, beside both: what shows later whether a record was changed.
    fn chains(&self) -> &dyn Chains;

    /// How streams changed their status, beside the events: nothing follows from it.
    fn statuses(&self) -> &dyn Statuses;

    /// What an operator watches, beside the events: nothing follows from it.
    fn vitals(&self) -> &dyn Vitals;

    /// Whether the database answers. Fails with the reason where it does not.
    async fn ping(&self) -> Result<(), StoreError>;
}
