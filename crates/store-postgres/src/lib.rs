//! The store port on PostgreSQL.
//!
//! Invariant: what a method promises holds with any number of other processes on the same database. Streams are
//! guarded by a comparison of versions, claims by row locks and fences, the feed by the numbers of transactions.

mod append;
mod archive;
mod auth_logs;
mod begin;
mod chains;
mod claims;
mod connect;
mod cursors;
mod diagnosis;
mod epoch;
mod feed;
mod keys;
mod lists;
mod pool;
mod reads;
mod rows;
mod statuses;
mod vitals;

pub use connect::{ConnectError, PostgresOptions, Schema};
pub use diagnosis::Diagnosis;

use async_trait::async_trait;
use connect::Place;
use latchkey_store::{
    Append, AppendError, AuthLogs, CardQuery, Chains, Claim, ClaimQuery, Deadline, Fence, KeyReplacement,
    Millis, Overdue, OwnedKey, Page, Position, Reads, Recorded, SchemaState, Statuses, Store, StoreError,
    Stored, Stream, Tally, Version, Vitals, WrappedKey, claim_in_turns,
};
use pool::Pool;
use std::ops::Range;

/// Streams of events in one PostgreSQL database (13 or later). Clones share the pool of connections.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: Pool,
    place: Place,
    logs: auth_logs::Logs,
    taken: reads::Taken,
    chained: chains::Chained,
}

impl PostgresStore {
    /// Connects to `postgres://user:password@host:port/database`, and brings the schema up to date if asked to.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with a [`ConnectError`] that names server and database, never the password.
    pub async fn connect(url: &str, options: PostgresOptions) -> Result<Self, StoreError> {
        let (pool, place) = connect::connect(url, &options).await.map_err(StoreError::unavailable)?;
        let (logs, taken) = (auth_logs::Logs { pool: pool.clone() }, reads::Taken { pool: pool.clone() });
        let chained = chains::Chained { pool: pool.clone() };
        Ok(Self { pool, place, logs, taken, chained })
    }

    /// How the schema of a database stands to this program. Changes nothing.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn schema(url: &str) -> Result<SchemaState, StoreError> {
        connect::schema(url).await.map_err(StoreError::unavailable)
    }

    /// What stands in the way of working with a database: rights that are missing, settings that risk what was confirmed.
    /// Changes nothing.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn diagnose(url: &str) -> Result<Diagnosis, StoreError> {
        diagnosis::diagnose(url).await.map_err(StoreError::unavailable)
    }

    /// Waits until every connection is closed.
    pub async fn close(&self) {
        self.pool.get().close().await;
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn load(&self, stream: &Stream) -> Result<Option<Stored>, StoreError> {
        feed::load(&self.pool.get(), stream).await
    }

    async fn append(&self, append: Append) -> Result<Version, AppendError> {
        append::append(&self.pool.get(), append).await
    }

    async fn history(&self, stream: &Stream, after: Version, max: u32) -> Result<Vec<Recorded>, StoreError> {
        feed::history(&self.pool.get(), stream, after, max).await
    }

    async fn feed(&self, after: Position, max: u32) -> Result<Vec<Recorded>, StoreError> {
        feed::feed(&self.pool.get(), after, max).await
    }

    async fn feed_end(&self) -> Result<Position, StoreError> {
        feed::end(&self.pool.get()).await
    }

    async fn claim_due(&self, query: &ClaimQuery) -> Result<Vec<Claim>, StoreError> {
        claim_in_turns(&claims::Queue { pool: &self.pool.get() }, query).await
    }

    async fn renew(&self, stream: &Stream, fence: Fence, until: Millis) -> Result<bool, StoreError> {
        claims::renew(&self.pool.get(), stream, fence, until).await
    }

    async fn release(&self, stream: &Stream, fence: Fence) -> Result<(), StoreError> {
        claims::release(&self.pool.get(), stream, fence).await
    }

    async fn hasten(&self, stream: &Stream, seen: Version, due: Millis) -> Result<(), StoreError> {
        claims::hasten(&self.pool.get(), stream, seen, due).await
    }

    async fn forget(&self, stream: &Stream, fence: Fence) -> Result<bool, StoreError> {
        claims::forget(&self.pool.get(), stream, fence).await
    }

    async fn list(&self, query: &CardQuery) -> Result<Page, StoreError> {
        lists::list(&self.pool.get(), query).await
    }

    async fn tally(&self, category: &str, environment: Option<&str>) -> Result<Vec<Tally>, StoreError> {
        lists::tally(&self.pool.get(), category, environment).await
    }

    async fn count_within(
        &self,
        category: &str,
        environment: &str,
        deadline: Deadline,
        within: Range<Millis>,
    ) -> Result<u64, StoreError> {
        lists::count_within(&self.pool.get(), category, environment, deadline, within).await
    }

    async fn overdue(
        &self,
        category: &str,
        environment: &str,
        parent: Option<&str>,
        now: Millis,
        max: u32,
    ) -> Result<Overdue, StoreError> {
        lists::overdue(&self.pool.get(), category, environment, parent, now, max).await
    }

    async fn count_due(&self, category: &str, now: Millis) -> Result<u64, StoreError> {
        claims::count_due(&self.pool.get(), category, now).await
    }

    async fn cursor(&self, reader: &str) -> Result<Position, StoreError> {
        cursors::cursor(&self.pool.get(), reader).await
    }

    async fn advance_cursor(&self, reader: &str, from: Position, to: Position) -> Result<bool, StoreError> {
        cursors::advance(&self.pool.get(), reader, from, to).await
    }

    async fn rewind_cursor(&self, reader: &str, to: Position) -> Result<(), StoreError> {
        cursors::rewind(&self.pool.get(), reader, to).await
    }

    async fn key(&self, owner: &str) -> Result<Option<WrappedKey>, StoreError> {
        keys::key(&self.pool.get(), owner).await
    }

    async fn put_key_if_absent(&self, owner: &str, key: &WrappedKey) -> Result<WrappedKey, StoreError> {
        keys::put_if_absent(&self.pool.get(), owner, key).await
    }

    async fn keys_headed(
        &self,
        head: &[u8],
        after: Option<&OwnedKey>,
        max: u32,
    ) -> Result<Vec<OwnedKey>, StoreError> {
        keys::headed(&self.pool.get(), head, after, max).await
    }

    async fn count_keys_headed(&self, head: &[u8]) -> Result<u64, StoreError> {
        keys::count_headed(&self.pool.get(), head).await
    }

    async fn replace_keys(&self, replacements: &[KeyReplacement]) -> Result<u64, StoreError> {
        keys::replace(&self.pool.get(), replacements).await
    }

    async fn remove_key(&self, key: &OwnedKey) -> Result<bool, StoreError> {
        keys::remove(&self.pool.get(), key).await
    }

    async fn epoch(&self) -> Result<String, StoreError> {
        epoch::epoch(&self.pool.get()).await
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
        connect::ping(&self.pool.get(), &self.place).await.map_err(StoreError::unavailable)
    }
}
