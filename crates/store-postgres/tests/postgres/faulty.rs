//! An adapter with one of the faults that are easily written and hard to see. It exists to be caught.

use async_trait::async_trait;
use latchkey_store::{
    Append, AppendError, CardQuery, Claim, Fence, Millis, Page, Position, Recorded, Store, StoreError,
    Stored, Stream, Tally, Version, WrappedKey,
};
use latchkey_store_postgres::PostgresStore;
use sqlx::{PgPool, Row, postgres::PgRow};

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

    async fn look_then_claim(&self, category: &str, now: Millis, until: Millis, max: u32) -> Vec<Claim> {
        let due = sqlx::query(
            "SELECT id, due_at FROM streams, pg_sleep(0.01)
             WHERE category = $1 AND due_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2)
             ORDER BY due_at, id
             LIMIT $3",
        );
        let due = due.bind(category).bind(now).bind(i64::from(max)).fetch_all(&self.raw).await.unwrap();
        let mut claims = Vec::new();
        for row in due {
            let id: String = row.get("id");
            let fence: i64 = sqlx::query_scalar(
                "UPDATE streams SET claimed_until = $3, claim_fence = claim_fence + 1
                 WHERE category = $1 AND id = $2
                 RETURNING claim_fence",
            )
            .bind(category)
            .bind(&id)
            .bind(until)
            .fetch_one(&self.raw)
            .await
            .unwrap();
            let fence = Fence(u64::try_from(fence).unwrap());
            claims.push(Claim { stream: Stream::new(category, id), fence, due_at: row.get("due_at") });
        }
        claims
    }

    async fn free(&self, stream: &Stream) {
        sqlx::query("UPDATE streams SET claimed_until = NULL WHERE category = $1 AND id = $2")
            .bind(&stream.category)
            .bind(&stream.id)
            .execute(&self.raw)
            .await
            .unwrap();
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

    async fn claim_due(
        &self,
        category: &str,
        now: Millis,
        until: Millis,
        max: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        if self.fault == Fault::ClaimWithoutGuard {
            return Ok(self.look_then_claim(category, now, until, max).await);
        }
        self.store.claim_due(category, now, until, max).await
    }

    async fn hasten(&self, stream: &Stream, seen: Version, due: Millis) -> Result<(), StoreError> {
        self.store.hasten(stream, seen, due).await?;
        if self.fault == Fault::HastenFreesClaim {
            self.free(stream).await;
        }
        Ok(())
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

    async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        self.store.release(claim).await?;
        if self.fault == Fault::ReleaseWithoutFence {
            self.free(&claim.stream).await;
        }
        Ok(())
    }

    async fn list(&self, query: &CardQuery) -> Result<Page, StoreError> {
        self.store.list(query).await
    }

    async fn tally(&self, category: &str) -> Result<Vec<Tally>, StoreError> {
        self.store.tally(category).await
    }

    async fn count_due(&self, category: &str, now: Millis) -> Result<u64, StoreError> {
        self.store.count_due(category, now).await
    }

    async fn cursor(&self, reader: &str) -> Result<Position, StoreError> {
        self.store.cursor(reader).await
    }

    async fn advance_cursor(&self, reader: &str, to: Position) -> Result<(), StoreError> {
        self.store.advance_cursor(reader, to).await
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

    async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }
}
