//! An adapter with one of the faults that are easily written and hard to see. It exists to be caught.

use async_trait::async_trait;
use latchkey_store::{
    Append, AppendError, AuthLogs, CardQuery, Chains, Claim, ClaimQuery, Deadline, Fence, KeyReplacement,
    Lane, Millis, Overdue, OwnedKey, Page, Position, Reads, Recorded, Statuses, Store, StoreError, Stored,
    Stream, Tally, Version, Vitals, WrappedKey,
};
use latchkey_store_postgres::PostgresStore;
use sqlx::{PgPool, Row, postgres::PgRow};
use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The feed is read by number alone.
    FeedByNumber,
    /// The feed is read by number, leaving out what is not settled yet: still wrong, for a number can be drawn before
    /// the transaction has one.
    FeedByNumberOfWhatIsSettled,
    /// What is due is looked up, then claimed.
    ClaimWithoutGuard,
    /// Whoever appends ends the claim.
    AppendFreesClaim,
    /// A claim that lapsed can still be given back.
    ReleaseWithoutFence,
    /// To make a stream due is to hand it out.
    HastenFreesClaim,
    /// What is due already does not become wanted.
    HastenOnlyWhatIsLater,
    /// The oldest due comes first, whatever its lane.
    OldestOfAll,
    /// The turns begin with the same lane each time.
    TurnsFromTheStart,
    /// A lane gives what it finds, not what is oldest.
    AnyOfALane,
    /// What is wanted waits with the rest.
    WantedWaits,
    /// Lanes that are to be passed over are not.
    PassesOverNothing,
    /// A claim that lapsed can still be renewed.
    RenewWithoutFence,
    /// A claim that was given back can be renewed.
    RenewRevives,
    /// Whoever knows the name may forget the stream.
    ForgetWithoutFence,
    /// A forgotten stream's key stays.
    ForgetKeepsKey,
    /// A reader moves forward from wherever it is.
    AdvanceWithoutComparing,
}

pub struct Faulty {
    pub store: PostgresStore,
    pub raw: PgPool,
    pub fault: Fault,
}

impl Faulty {
    async fn by_number(&self, after: Position, max: u32, sql: &'static str) -> Vec<Recorded> {
        let query = sqlx::query(sql).bind(i64::try_from(after.sequence).unwrap()).bind(i64::from(max));
        let mut page = Vec::new();
        for row in query.fetch_all(&self.raw).await.unwrap() {
            page.push(self.one(&row).await);
        }
        page
    }

    async fn one(&self, row: &PgRow) -> Recorded {
        let stream = Stream::new(row.get::<String, _>("category"), row.get::<String, _>("stream_id"));
        let before = Version(u64::try_from(row.get::<i64, _>("version")).unwrap() - 1);
        let mut recorded = self.store.history(&stream, before, 1).await.unwrap().remove(0);
        recorded.position.tx = 0;
        recorded
    }

    /// Looks what is due, in an order that may ignore the lanes, and claims it.
    async fn look_then_claim(&self, query: &ClaimQuery, sql: &'static str) -> Vec<Claim> {
        let due = sqlx::query(sql).bind(&query.category).bind(query.now).bind(i64::from(query.max));
        let mut claims = Vec::new();
        for row in due.fetch_all(&self.raw).await.unwrap() {
            let id: String = row.get("id");
            let fence: i64 = sqlx::query_scalar(
                "UPDATE streams SET claimed_until = $3, claim_fence = claim_fence + 1
                 WHERE category = $1 AND id = $2
                 RETURNING claim_fence",
            )
            .bind(&query.category)
            .bind(&id)
            .bind(query.until)
            .fetch_one(&self.raw)
            .await
            .unwrap();
            claims.push(Claim {
                stream: Stream::new(&query.category, id),
                lane: Lane { environment: row.get("environment"), parent: row.get("parent") },
                fence: Fence(u64::try_from(fence).unwrap()),
                due_at: row.get("due_at"),
                wanted: row.get("wanted"),
                lapsed_at: None,
            });
        }
        claims
    }

    async fn change(&self, stream: &Stream, sql: &'static str) {
        let change = sqlx::query(sql).bind(&stream.category).bind(&stream.id);
        change.execute(&self.raw).await.unwrap();
    }

    async fn free(&self, stream: &Stream) {
        self.change(stream, "UPDATE streams SET claimed_until = NULL WHERE category = $1 AND id = $2").await;
    }

    /// Whoever holds it.
    async fn fence(&self, stream: &Stream) -> Fence {
        let sql = "SELECT claim_fence FROM streams WHERE category = $1 AND id = $2";
        let fence: Option<i64> = self.scalar(stream, sql).await;
        Fence(u64::try_from(fence.unwrap_or_default()).unwrap())
    }

    async fn due_at(&self, stream: &Stream) -> Option<Millis> {
        self.scalar(stream, "SELECT due_at FROM streams WHERE category = $1 AND id = $2").await
    }

    async fn scalar(&self, stream: &Stream, sql: &'static str) -> Option<i64> {
        let query = sqlx::query_scalar(sql).bind(&stream.category).bind(&stream.id);
        query.fetch_optional(&self.raw).await.unwrap().flatten()
    }
}

#[async_trait]
impl Store for Faulty {
    async fn append(&self, append: Append) -> Result<Version, AppendError> {
        let stream = append.stream.clone();
        let version = self.store.append(append).await?;
        if self.fault == Fault::AppendFreesClaim {
            self.free(&stream).await;
        }
        Ok(version)
    }

    async fn feed(&self, after: Position, max: u32) -> Result<Vec<Recorded>, StoreError> {
        match self.fault {
            Fault::FeedByNumber => Ok(self
                .by_number(
                    after,
                    max,
                    "SELECT category, stream_id, version FROM events
                     WHERE sequence > $1
                     ORDER BY sequence LIMIT $2",
                )
                .await),
            Fault::FeedByNumberOfWhatIsSettled => Ok(self
                .by_number(
                    after,
                    max,
                    "SELECT category, stream_id, version FROM events
                     WHERE sequence > $1 AND tx < pg_snapshot_xmin(pg_current_snapshot())
                     ORDER BY sequence LIMIT $2",
                )
                .await),
            _ => self.store.feed(after, max).await,
        }
    }

    async fn claim_due(&self, query: &ClaimQuery) -> Result<Vec<Claim>, StoreError> {
        let query = query.clone();
        let sql = match self.fault {
            Fault::ClaimWithoutGuard => {
                "SELECT id, environment, parent, due_at, wanted FROM streams, pg_sleep(0.01)
                 WHERE category = $1 AND due_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2)
                 ORDER BY due_at, id LIMIT $3"
            }
            Fault::OldestOfAll => {
                "SELECT id, environment, parent, due_at, wanted FROM streams
                 WHERE category = $1 AND due_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2)
                 ORDER BY wanted DESC, due_at, id LIMIT $3"
            }
            Fault::AnyOfALane => {
                "SELECT id, environment, parent, due_at, wanted FROM streams
                 WHERE category = $1 AND due_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2)
                 ORDER BY row_number() OVER (PARTITION BY environment, parent ORDER BY due_at DESC) LIMIT $3"
            }
            Fault::WantedWaits => {
                "SELECT id, environment, parent, due_at, wanted FROM streams
                 WHERE category = $1 AND due_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2)
                 ORDER BY row_number() OVER (PARTITION BY environment, parent ORDER BY due_at) LIMIT $3"
            }
            Fault::TurnsFromTheStart => {
                return self.store.claim_due(&ClaimQuery { after: None, ..query }).await;
            }
            Fault::PassesOverNothing => {
                return self.store.claim_due(&ClaimQuery { except: vec![], ..query }).await;
            }
            _ => return self.store.claim_due(&query).await,
        };
        Ok(self.look_then_claim(&query, sql).await)
    }

    async fn renew(&self, stream: &Stream, fence: Fence, until: Millis) -> Result<bool, StoreError> {
        match self.fault {
            Fault::RenewWithoutFence => self.store.renew(stream, self.fence(stream).await, until).await,
            Fault::RenewRevives => {
                self.change(stream, "UPDATE streams SET claimed_until = 0 WHERE category = $1 AND id = $2 AND claimed_until IS NULL").await;
                self.store.renew(stream, fence, until).await
            }
            _ => self.store.renew(stream, fence, until).await,
        }
    }

    async fn release(&self, stream: &Stream, fence: Fence) -> Result<(), StoreError> {
        self.store.release(stream, fence).await?;
        if self.fault == Fault::ReleaseWithoutFence {
            self.free(stream).await;
        }
        Ok(())
    }

    async fn hasten(&self, stream: &Stream, seen: Version, due: Millis) -> Result<(), StoreError> {
        if self.fault == Fault::HastenOnlyWhatIsLater && self.due_at(stream).await <= Some(due) {
            return Ok(());
        }
        self.store.hasten(stream, seen, due).await?;
        if self.fault == Fault::HastenFreesClaim {
            self.free(stream).await;
        }
        Ok(())
    }

    async fn forget(&self, stream: &Stream, fence: Fence) -> Result<bool, StoreError> {
        match self.fault {
            Fault::ForgetWithoutFence => self.store.forget(stream, self.fence(stream).await).await,
            Fault::ForgetKeepsKey => {
                let key = self.store.key(&stream.to_string()).await?;
                let forgotten = self.store.forget(stream, fence).await?;
                if let Some(key) = key {
                    self.store.put_key_if_absent(&stream.to_string(), &key).await?;
                }
                Ok(forgotten)
            }
            _ => self.store.forget(stream, fence).await,
        }
    }

    async fn load(&self, stream: &Stream) -> Result<Option<Stored>, StoreError> {
        self.store.load(stream).await
    }

    async fn history(&self, stream: &Stream, after: Version, max: u32) -> Result<Vec<Recorded>, StoreError> {
        self.store.history(stream, after, max).await
    }

    async fn feed_end(&self) -> Result<Position, StoreError> {
        self.store.feed_end().await
    }

    async fn list(&self, query: &CardQuery) -> Result<Page, StoreError> {
        self.store.list(query).await
    }

    async fn tally(&self, category: &str, environment: Option<&str>) -> Result<Vec<Tally>, StoreError> {
        self.store.tally(category, environment).await
    }

    async fn count_within(
        &self,
        category: &str,
        environment: &str,
        deadline: Deadline,
        within: Range<Millis>,
    ) -> Result<u64, StoreError> {
        self.store.count_within(category, environment, deadline, within).await
    }

    async fn overdue(
        &self,
        category: &str,
        environment: &str,
        parent: Option<&str>,
        now: Millis,
        max: u32,
    ) -> Result<Overdue, StoreError> {
        self.store.overdue(category, environment, parent, now, max).await
    }

    async fn count_due(&self, category: &str, now: Millis) -> Result<u64, StoreError> {
        self.store.count_due(category, now).await
    }

    async fn cursor(&self, reader: &str) -> Result<Position, StoreError> {
        self.store.cursor(reader).await
    }

    async fn advance_cursor(&self, reader: &str, from: Position, to: Position) -> Result<bool, StoreError> {
        let from = match self.fault {
            Fault::AdvanceWithoutComparing => self.store.cursor(reader).await?,
            _ => from,
        };
        self.store.advance_cursor(reader, from, to).await
    }

    async fn rewind_cursor(&self, reader: &str, to: Position) -> Result<(), StoreError> {
        self.store.rewind_cursor(reader, to).await
    }

    async fn key(&self, owner: &str) -> Result<Option<WrappedKey>, StoreError> {
        self.store.key(owner).await
    }

    async fn put_key_if_absent(&self, owner: &str, key: &WrappedKey) -> Result<WrappedKey, StoreError> {
        self.store.put_key_if_absent(owner, key).await
    }

    async fn keys_headed(
        &self,
        head: &[u8],
        after: Option<&OwnedKey>,
        max: u32,
    ) -> Result<Vec<OwnedKey>, StoreError> {
        self.store.keys_headed(head, after, max).await
    }

    async fn count_keys_headed(&self, head: &[u8]) -> Result<u64, StoreError> {
        self.store.count_keys_headed(head).await
    }

    async fn replace_keys(&self, replacements: &[KeyReplacement]) -> Result<u64, StoreError> {
        self.store.replace_keys(replacements).await
    }

    async fn remove_key(&self, key: &OwnedKey) -> Result<bool, StoreError> {
        self.store.remove_key(key).await
    }

    async fn epoch(&self) -> Result<String, StoreError> {
        self.store.epoch().await
    }

    fn auth_logs(&self) -> &dyn AuthLogs {
        self.store.auth_logs()
    }

    fn reads(&self) -> &dyn Reads {
        self.store.reads()
    }

    fn chains(&self) -> &dyn Chains {
        self.store.chains()
    }

    fn statuses(&self) -> &dyn Statuses {
        self.store.statuses()
    }

    fn vitals(&self) -> &dyn Vitals {
        self.store.vitals()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }
}
