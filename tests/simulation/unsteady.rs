//! The database, the key service and the bus, each of which may fail for a while.

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use latchkey_bus::{Bus, BusError, Fact, Hint, LastPosition};
use latchkey_envelope::{KeyService, KeyServiceError, WrapContext};
use latchkey_store::{
    Append, AppendError, AuthLogs, CardQuery, Chains, Claim, ClaimQuery, Deadline, Fence, KeyReplacement,
    Millis, Overdue, OwnedKey, Page, Position, Reads, Recorded, Statuses, Store, StoreError, Stored, Stream,
    Tally, Version, Vitals, WrappedKey,
};
use latchkey_testkit::MemoryStore;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Up,
    Down,
    /// It takes calls and does not answer.
    Hangs,
}

/// Turns a part off and on. Whoever waits for it goes on in the order in which they came: the runtime's own watch wakes
/// them in an order that no seed decides.
#[derive(Clone)]
pub struct Switch(Arc<(Mutex<Health>, Notify)>);

impl Switch {
    pub fn on() -> Self {
        Self(Arc::new((Mutex::new(Health::Up), Notify::new())))
    }

    pub fn health(&self) -> Health {
        *self.0.0.lock().unwrap()
    }

    pub fn set(&self, health: Health) {
        *self.0.0.lock().unwrap() = health;
        self.0.1.notify_waiters();
    }

    async fn answers(&self) -> Health {
        loop {
            let turned = self.0.1.notified();
            let health = self.health();
            if health != Health::Hangs {
                return health;
            }
            turned.await;
        }
    }
}

/// A query takes this long.
const QUERY: Duration = Duration::from_millis(2);

/// After which an adapter gives up on a database that hangs.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct UnsteadyStore {
    pub inner: MemoryStore,
    pub health: Switch,
}

impl UnsteadyStore {
    async fn reach(&self) -> Result<(), StoreError> {
        sleep(QUERY).await;
        match timeout(PATIENCE, self.health.answers()).await {
            Ok(Health::Up) => Ok(()),
            _ => Err(StoreError::unavailable("no answer")),
        }
    }
}

#[async_trait]
impl Store for UnsteadyStore {
    async fn load(&self, stream: &Stream) -> Result<Option<Stored>, StoreError> {
        self.reach().await?;
        self.inner.load(stream).await
    }

    /// Where the database goes away in the middle, nobody is told whether it was written.
    async fn append(&self, append: Append) -> Result<Version, AppendError> {
        self.reach().await?;
        let written = self.inner.append(append).await?;
        self.reach().await?;
        Ok(written)
    }

    async fn history(&self, stream: &Stream, after: Version, max: u32) -> Result<Vec<Recorded>, StoreError> {
        self.reach().await?;
        self.inner.history(stream, after, max).await
    }

    async fn feed(&self, after: Position, max: u32) -> Result<Vec<Recorded>, StoreError> {
        self.reach().await?;
        self.inner.feed(after, max).await
    }

    async fn feed_end(&self) -> Result<Position, StoreError> {
        self.reach().await?;
        self.inner.feed_end().await
    }

    async fn claim_due(&self, query: &ClaimQuery) -> Result<Vec<Claim>, StoreError> {
        self.reach().await?;
        let claims = self.inner.claim_due(query).await?;
        self.reach().await?;
        Ok(claims)
    }

    async fn renew(&self, stream: &Stream, fence: Fence, until: Millis) -> Result<bool, StoreError> {
        self.reach().await?;
        self.inner.renew(stream, fence, until).await
    }

    async fn release(&self, stream: &Stream, fence: Fence) -> Result<(), StoreError> {
        self.reach().await?;
        self.inner.release(stream, fence).await
    }

    async fn hasten(&self, stream: &Stream, seen: Version, due: Millis) -> Result<(), StoreError> {
        self.reach().await?;
        self.inner.hasten(stream, seen, due).await
    }

    async fn forget(&self, stream: &Stream, fence: Fence) -> Result<bool, StoreError> {
        self.reach().await?;
        self.inner.forget(stream, fence).await
    }

    async fn list(&self, query: &CardQuery) -> Result<Page, StoreError> {
        self.reach().await?;
        Store::list(&self.inner, query).await
    }

    async fn tally(&self, category: &str, environment: Option<&str>) -> Result<Vec<Tally>, StoreError> {
        self.reach().await?;
        self.inner.tally(category, environment).await
    }

    async fn count_within(
        &self,
        category: &str,
        environment: &str,
        deadline: Deadline,
        within: Range<Millis>,
    ) -> Result<u64, StoreError> {
        self.reach().await?;
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
        self.reach().await?;
        self.inner.overdue(category, environment, parent, now, max).await
    }

    async fn count_due(&self, category: &str, now: Millis) -> Result<u64, StoreError> {
        self.reach().await?;
        self.inner.count_due(category, now).await
    }

    async fn cursor(&self, reader: &str) -> Result<Position, StoreError> {
        self.reach().await?;
        self.inner.cursor(reader).await
    }

    async fn advance_cursor(&self, reader: &str, from: Position, to: Position) -> Result<bool, StoreError> {
        self.reach().await?;
        self.inner.advance_cursor(reader, from, to).await
    }

    async fn rewind_cursor(&self, reader: &str, to: Position) -> Result<(), StoreError> {
        self.reach().await?;
        self.inner.rewind_cursor(reader, to).await
    }

    async fn key(&self, owner: &str) -> Result<Option<WrappedKey>, StoreError> {
        self.reach().await?;
        self.inner.key(owner).await
    }

    async fn put_key_if_absent(&self, owner: &str, key: &WrappedKey) -> Result<WrappedKey, StoreError> {
        self.reach().await?;
        self.inner.put_key_if_absent(owner, key).await
    }

    async fn keys_headed(
        &self,
        head: &[u8],
        after: Option<&OwnedKey>,
        max: u32,
    ) -> Result<Vec<OwnedKey>, StoreError> {
        self.reach().await?;
        self.inner.keys_headed(head, after, max).await
    }

    async fn count_keys_headed(&self, head: &[u8]) -> Result<u64, StoreError> {
        self.reach().await?;
        self.inner.count_keys_headed(head).await
    }

    async fn replace_keys(&self, replacements: &[KeyReplacement]) -> Result<u64, StoreError> {
        self.reach().await?;
        self.inner.replace_keys(replacements).await
    }

    async fn remove_key(&self, key: &OwnedKey) -> Result<bool, StoreError> {
        self.reach().await?;
        self.inner.remove_key(key).await
    }

    async fn epoch(&self) -> Result<String, StoreError> {
        self.reach().await?;
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
        self.inner.vitals()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.reach().await
    }
}

pub struct UnsteadyKeys {
    pub inner: Arc<dyn KeyService>,
    pub health: Switch,
}

impl UnsteadyKeys {
    fn reach(&self) -> Result<(), KeyServiceError> {
        if self.health.health() == Health::Up {
            return Ok(());
        }
        Err(KeyServiceError::Unavailable { detail: "no answer".to_owned() })
    }
}

#[async_trait]
impl KeyService for UnsteadyKeys {
    async fn wrap(&self, key: &[u8; 32], context: &WrapContext) -> Result<Vec<u8>, KeyServiceError> {
        self.reach()?;
        self.inner.wrap(key, context).await
    }

    async fn unwrap(
        &self,
        wrapped: &[u8],
        context: &WrapContext,
    ) -> Result<Zeroizing<[u8; 32]>, KeyServiceError> {
        self.reach()?;
        self.inner.unwrap(wrapped, context).await
    }

    async fn health(&self) -> Result<(), KeyServiceError> {
        self.reach()
    }

    fn uri(&self) -> &str {
        self.inner.uri()
    }
}

/// Loses hints while it is down.
pub struct UnsteadyBus {
    pub inner: Arc<dyn Bus>,
    pub health: Switch,
}

#[async_trait]
impl Bus for UnsteadyBus {
    async fn publish(&self, facts: &[Fact]) -> Result<(), BusError> {
        if self.health.health() == Health::Up {
            return self.inner.publish(facts).await;
        }
        Err(BusError::Unavailable { doing: "publishing", source: "no answer".into() })
    }

    async fn last_position(&self) -> Result<LastPosition, BusError> {
        self.inner.last_position().await
    }

    fn hint(&self, hint: Hint) {
        if self.health.health() == Health::Up {
            self.inner.hint(hint);
        }
    }

    fn hints(&self) -> BoxStream<'static, Hint> {
        self.inner.hints().boxed()
    }

    async fn ping(&self) -> Result<(), BusError> {
        self.inner.ping().await
    }
}
