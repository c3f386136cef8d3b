//! A store in which something else happens just before an append: the races that chance finds once a year.

use async_trait::async_trait;
use futures::future::BoxFuture;
use latchkey_store::{
    Append, AppendError, AuthLogs, CardQuery, Chains, Claim, ClaimQuery, Deadline, Ending, Fence,
    KeyReplacement, Millis, Overdue, OwnedKey, Page, Position, Reads, Recorded, SchemaState, Statuses, Store,
    StoreError, Stored, Stream, Tally, Version, Vitals, WrappedKey,
};
use std::ops::Range;
use std::sync::{Arc, Mutex};

type Meddling = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

pub struct Meddled {
    inner: Arc<dyn Store>,
    next: Mutex<Option<(&'static str, Meddling)>>,
    loads: Mutex<Vec<String>>,
    /// How many more changes of keys succeed; without a number, all do.
    key_changes: Mutex<Option<u32>>,
    /// What time it is by the database; without it, as it says itself.
    clock: Mutex<Option<Millis>>,
}

impl Meddled {
    pub fn new(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            next: Mutex::default(),
            loads: Mutex::default(),
            key_changes: Mutex::default(),
            clock: Mutex::default(),
        })
    }

    /// Does this before the next append to a stream of the category; and lets whatever it appends itself pass.
    pub fn before(&self, category: &'static str, meddling: impl Future<Output = ()> + Send + 'static) {
        *self.next.lock().unwrap() = Some((category, Box::new(|| Box::pin(meddling))));
    }

    /// How often a stream of the category was read.
    pub fn loads_of(&self, category: &str) -> usize {
        self.loads.lock().unwrap().iter().filter(|loaded| *loaded == category).count()
    }

    /// Has the database go away before the change of keys behind so many; `None`: it is back.
    pub fn cut_after(&self, key_changes: Option<u32>) {
        *self.key_changes.lock().unwrap() = key_changes;
    }

    /// Has the database's clock stand there.
    pub fn runs_at(&self, now: Millis) {
        *self.clock.lock().unwrap() = Some(now);
    }

    fn change_keys(&self) -> Result<(), StoreError> {
        match &mut *self.key_changes.lock().unwrap() {
            Some(0) => Err(StoreError::unavailable(std::io::Error::other("cut off"))),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub fn has_meddled(&self) -> bool {
        self.next.lock().unwrap().is_none()
    }

    fn meddling(&self, stream: &Stream) -> Option<Meddling> {
        let mut next = self.next.lock().unwrap();
        let (_, meddling) = next.take_if(|(category, _)| *category == stream.category)?;
        Some(meddling)
    }
}

#[async_trait]
impl Store for Meddled {
    async fn append(&self, append: Append) -> Result<Version, AppendError> {
        if let Some(meddling) = self.meddling(&append.stream) {
            meddling().await;
        }
        self.inner.append(append).await
    }

    async fn load(&self, stream: &Stream) -> Result<Option<Stored>, StoreError> {
        self.loads.lock().unwrap().push(stream.category.clone());
        self.inner.load(stream).await
    }

    async fn history(&self, stream: &Stream, after: Version, max: u32) -> Result<Vec<Recorded>, StoreError> {
        self.inner.history(stream, after, max).await
    }

    async fn feed(&self, after: Position, max: u32) -> Result<Vec<Recorded>, StoreError> {
        self.inner.feed(after, max).await
    }

    async fn feed_end(&self) -> Result<Position, StoreError> {
        self.inner.feed_end().await
    }

    async fn claim_due(&self, query: &ClaimQuery) -> Result<Vec<Claim>, StoreError> {
        self.inner.claim_due(query).await
    }

    async fn renew(&self, stream: &Stream, fence: Fence, until: Millis) -> Result<bool, StoreError> {
        self.inner.renew(stream, fence, until).await
    }

    async fn release(&self, stream: &Stream, fence: Fence) -> Result<(), StoreError> {
        self.inner.release(stream, fence).await
    }

    async fn forget(&self, stream: &Stream, fence: Fence) -> Result<bool, StoreError> {
        self.inner.forget(stream, fence).await
    }

    async fn hasten(&self, stream: &Stream, seen: Version, due: Millis) -> Result<(), StoreError> {
        self.inner.hasten(stream, seen, due).await
    }

    async fn list(&self, query: &CardQuery) -> Result<Page, StoreError> {
        self.inner.list(query).await
    }

    async fn tally(&self, category: &str, environment: Option<&str>) -> Result<Vec<Tally>, StoreError> {
        self.inner.tally(category, environment).await
    }

    async fn count_within(
        &self,
        category: &str,
        environment: &str,
        deadline: Deadline,
        within: Range<Millis>,
    ) -> Result<u64, StoreError> {
        self.inner.count_within(category, environment, deadline, within).await
    }

    async fn overdue(
        &self,
        category: &str,
        environment: &str,
        parent: Option<&str>,
        now: Millis,
        max: u32,
    ) -> Result<Overdue, StoreError> {
        self.inner.overdue(category, environment, parent, now, max).await
    }

    async fn count_due(&self, category: &str, now: Millis) -> Result<u64, StoreError> {
        self.inner.count_due(category, now).await
    }

    async fn cursor(&self, reader: &str) -> Result<Position, StoreError> {
        self.inner.cursor(reader).await
    }

    async fn advance_cursor(&self, reader: &str, from: Position, to: Position) -> Result<bool, StoreError> {
        self.inner.advance_cursor(reader, from, to).await
    }

    async fn rewind_cursor(&self, reader: &str, to: Position) -> Result<(), StoreError> {
        self.inner.rewind_cursor(reader, to).await
    }

    async fn key(&self, owner: &str) -> Result<Option<WrappedKey>, StoreError> {
        self.inner.key(owner).await
    }

    async fn put_key_if_absent(&self, owner: &str, key: &WrappedKey) -> Result<WrappedKey, StoreError> {
        self.change_keys()?;
        self.inner.put_key_if_absent(owner, key).await
    }

    async fn keys_headed(
        &self,
        head: &[u8],
        after: Option<&OwnedKey>,
        max: u32,
    ) -> Result<Vec<OwnedKey>, StoreError> {
        self.inner.keys_headed(head, after, max).await
    }

    async fn count_keys_headed(&self, head: &[u8]) -> Result<u64, StoreError> {
        self.inner.count_keys_headed(head).await
    }

    async fn replace_keys(&self, replacements: &[KeyReplacement]) -> Result<u64, StoreError> {
        self.change_keys()?;
        self.inner.replace_keys(replacements).await
    }

    async fn remove_key(&self, key: &OwnedKey) -> Result<bool, StoreError> {
        self.change_keys()?;
        self.inner.remove_key(key).await
    }

    async fn epoch(&self) -> Result<String, StoreError> {
        self.inner.epoch().await
    }

    fn auth_logs(&self) -> &dyn AuthLogs {
        self.inner.auth_logs()
    }

    fn reads(&self) -> &dyn Reads {
        self.inner.reads()
    }

    fn chains(&self) -> &dyn Chains {
        self.inner.chains()
    }

    fn statuses(&self) -> &dyn Statuses {
        self.inner.statuses()
    }

    fn vitals(&self) -> &dyn Vitals {
        self
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.inner.ping().await
    }
}

#[async_trait]
impl Vitals for Meddled {
    async fn ending(
        &self,
        category: &str,
        environment: &str,
        until: [Millis; 5],
    ) -> Result<Vec<Ending>, StoreError> {
        self.inner.vitals().ending(category, environment, until).await
    }

    async fn events_after(&self, after: Position, max: u32) -> Result<u64, StoreError> {
        self.inner.vitals().events_after(after, max).await
    }

    async fn clock(&self) -> Result<Option<Millis>, StoreError> {
        let clock = *self.clock.lock().unwrap();
        if clock.is_some() { Ok(clock) } else { self.inner.vitals().clock().await }
    }

    async fn schema(&self) -> Result<SchemaState, StoreError> {
        self.inner.vitals().schema().await
    }
}
