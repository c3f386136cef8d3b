//! The store port on one SQLite file: development, tests, small installations.
//!
//! Invariant: one writer at a time. It takes the file before it looks at anything, so what it decides on still holds
//! when it writes, and the order of commits is the order of events.

mod append;
mod archive;
mod auth_logs;
mod chains;
mod claims;
mod cursors;
mod feed;
mod keys;
mod lists;
mod open;
mod reads;
mod rows;
mod statuses;
mod vitals;

pub use open::{OpenError, Schema};

use async_trait::async_trait;
use latchkey_store::{
    Append, AppendError, AuthLogs, CardQuery, Chains, Claim, ClaimQuery, Deadline, Fence, KeyReplacement,
    Millis, Overdue, OwnedKey, Page, Position, Reads, Recorded, SchemaState, Statuses, Store, StoreError,
    Stored, Stream, Tally, Version, Vitals, WrappedKey, claim_in_turns,
};
use open::Pools;
use std::ops::Range;
use std::path::Path;

/// Streams of events in one SQLite database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pools: Pools,
    logs: auth_logs::Logs,
    taken: reads::Taken,
    chained: chains::Chained,
}

impl SqliteStore {
    /// Opens a file, and makes it if there is none; its folder must exist. Brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with an [`OpenError`] that names the file.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Schema::Migrate).await
    }

    /// The same, with somebody else keeping the schema up to date or not.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(path: impl AsRef<Path>, schema: Schema) -> Result<Self, StoreError> {
        let pools = open::file(path.as_ref(), schema).await.map_err(StoreError::unavailable)?;
        Ok(Self::of(pools))
    }

    /// How the schema of a file stands to this program. Changes nothing.
    ///
    /// # Errors
    /// As [`Self::open`]; also where there is no file.
    pub async fn schema(path: impl AsRef<Path>) -> Result<SchemaState, StoreError> {
        open::schema(path.as_ref()).await.map_err(StoreError::unavailable)
    }

    /// A database that is gone with the last clone of the store.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where SQLite itself fails.
    pub async fn in_memory() -> Result<Self, StoreError> {
        let pools = open::memory().await.map_err(StoreError::unavailable)?;
        Ok(Self::of(pools))
    }

    fn of(pools: Pools) -> Self {
        let logs = auth_logs::Logs { readers: pools.readers.clone(), writer: pools.writer.clone() };
        let taken = reads::Taken { readers: pools.readers.clone(), writer: pools.writer.clone() };
        let chained = chains::Chained { readers: pools.readers.clone(), writer: pools.writer.clone() };
        Self { pools, logs, taken, chained }
    }

    /// Waits until every connection is closed and the write-ahead log is folded into the file.
    pub async fn close(&self) {
        self.pools.readers.close().await;
        self.pools.writer.close().await;
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn load(&self, stream: &Stream) -> Result<Option<Stored>, StoreError> {
        feed::load(&self.pools.readers, stream).await
    }

    async fn append(&self, append: Append) -> Result<Version, AppendError> {
        append::append(&self.pools.writer, append).await
    }

    async fn history(&self, stream: &Stream, after: Version, max: u32) -> Result<Vec<Recorded>, StoreError> {
        feed::history(&self.pools.readers, stream, after, max).await
    }

    async fn feed(&self, after: Position, max: u32) -> Result<Vec<Recorded>, StoreError> {
        feed::feed(&self.pools.readers, after, max).await
    }

    async fn feed_end(&self) -> Result<Position, StoreError> {
        feed::end(&self.pools.readers).await
    }

    async fn claim_due(&self, query: &ClaimQuery) -> Result<Vec<Claim>, StoreError> {
        claim_in_turns(&claims::Queue { pools: &self.pools }, query).await
    }

    async fn renew(&self, stream: &Stream, fence: Fence, until: Millis) -> Result<bool, StoreError> {
        claims::renew(&self.pools.writer, stream, fence, until).await
    }

    async fn release(&self, stream: &Stream, fence: Fence) -> Result<(), StoreError> {
        claims::release(&self.pools.writer, stream, fence).await
    }

    async fn hasten(&self, stream: &Stream, seen: Version, due: Millis) -> Result<(), StoreError> {
        claims::hasten(&self.pools.writer, stream, seen, due).await
    }

    async fn forget(&self, stream: &Stream, fence: Fence) -> Result<bool, StoreError> {
        claims::forget(&self.pools.writer, stream, fence).await
    }

    async fn list(&self, query: &CardQuery) -> Result<Page, StoreError> {
        lists::list(&self.pools.readers, query).await
    }

    async fn tally(&self, category: &str, environment: Option<&str>) -> Result<Vec<Tally>, StoreError> {
        lists::tally(&self.pools.readers, category, environment).await
    }

    async fn count_within(
        &self,
        category: &str,
        environment: &str,
        deadline: Deadline,
        within: Range<Millis>,
    ) -> Result<u64, StoreError> {
        lists::count_within(&self.pools.readers, category, environment, deadline, within).await
    }

    async fn overdue(
        &self,
        category: &str,
        environment: &str,
        parent: Option<&str>,
        now: Millis,
        max: u32,
    ) -> Result<Overdue, StoreError> {
        lists::overdue(&self.pools.readers, category, environment, parent, now, max).await
    }

    async fn count_due(&self, category: &str, now: Millis) -> Result<u64, StoreError> {
        claims::count_due(&self.pools.readers, category, now).await
    }

    async fn cursor(&self, reader: &str) -> Result<Position, StoreError> {
        cursors::cursor(&self.pools.readers, reader).await
    }

    async fn advance_cursor(&self, reader: &str, from: Position, to: Position) -> Result<bool, StoreError> {
        cursors::advance(&self.pools.writer, reader, from, to).await
    }

    async fn rewind_cursor(&self, reader: &str, to: Position) -> Result<(), StoreError> {
        cursors::rewind(&self.pools.writer, reader, to).await
    }

    async fn key(&self, owner: &str) -> Result<Option<WrappedKey>, StoreError> {
        keys::key(&self.pools.readers, owner).await
    }

    async fn put_key_if_absent(&self, owner: &str, key: &WrappedKey) -> Result<WrappedKey, StoreError> {
        keys::put_if_absent(&self.pools.writer, owner, key).await
    }

    async fn keys_headed(
        &self,
        head: &[u8],
        after: Option<&OwnedKey>,
        max: u32,
    ) -> Result<Vec<OwnedKey>, StoreError> {
        keys::headed(&self.pools.readers, head, after, max).await
    }

    async fn count_keys_headed(&self, head: &[u8]) -> Result<u64, StoreError> {
        keys::count_headed(&self.pools.readers, head).await
    }

    async fn replace_keys(&self, replacements: &[KeyReplacement]) -> Result<u64, StoreError> {
        keys::replace(&self.pools.writer, replacements).await
    }

    async fn remove_key(&self, key: &OwnedKey) -> Result<bool, StoreError> {
        keys::remove(&self.pools.writer, key).await
    }

    /// A file can be put in another's place only while nobody has it open: so each opening is an epoch.
    async fn epoch(&self) -> Result<String, StoreError> {
        Ok(self.pools.epoch.to_string())
    }

    fn auth_logs(&self) -> &dyn AuthLogs {
        &self.logs
    }

    fn reads(&self) -> &dyn Reads {
        &self.taken
    }

    fn chains(&self) -> &dyn Chains {
        &self.chained
    }

    fn statuses(&self) -> &dyn Statuses {
        self
    }

    fn vitals(&self) -> &dyn Vitals {
        self
    }

    async fn ping(&self) -> Result<(), StoreError> {
        feed::ping(&self.pools.readers).await
    }
}
