//! From the feed to the bus: every piece of news is published at least once, in order per connection.
//!
//! The feed is the outbox. Two cursors are kept in the store: how far the feed was read, and the place of the last fact
//! the bus acknowledged. A bus that has lost what came last, or everything, is told again from what it still has.
//! Several vaults may announce at once: each publishes in the feed's order, and the bus knows a repeated fact by its id.

use crate::facts::{
    endpoint_facts, facts, incident_facts, is_endpoint_news, is_news, news, revocation_facts,
};
use crate::ledger::{Ledger, event_of};
use latchkey_bus::{Bus, BusError, Fact, LastPosition};
use latchkey_domain::Aggregate;
use latchkey_domain::connection::Connection;
use latchkey_domain::incident::Incident;
use latchkey_domain::revocation::Revocation;
use latchkey_domain::webhook_endpoint::WebhookEndpoint;
use latchkey_store::{Position, Recorded, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

/// The reader of the feed that tells how far it was announced.
pub(crate) const READ: &str = "announcer.read";
const PUBLISHED: &str = "announcer.published";

const BATCH: u32 = 200;

/// How long news made by another process may go unnoticed here.
const POLL: Duration = Duration::from_millis(500);

/// How often the bus is asked what it still has.
const CHECK_EVERY: Duration = Duration::from_secs(10);

const BACKOFF_FIRST: Duration = Duration::from_millis(200);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// What the bus keeps, and so how old a fact may be and still be worth telling to a bus that has lost everything.
const KEPT_FOR_MS: i64 = 7 * 24 * 3600 * 1000;

pub struct Announcer {
    ledger: Ledger,
    bus: Arc<dyn Bus>,
    checked: Option<Instant>,
}

#[derive(Debug, thiserror::Error)]
enum AnnounceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Bus(#[from] BusError),
}

impl Announcer {
    #[must_use]
    pub fn new(ledger: Ledger, bus: Arc<dyn Bus>) -> Self {
        Self { ledger, bus, checked: None }
    }

    /// Announces until the future is dropped.
    ///
    /// # Cancel safety
    /// What was published and not yet recorded as published is published again: at least once.
    pub async fn run(mut self) {
        let mut backoff = BACKOFF_FIRST;
        let mut appended = self.ledger.appended();
        loop {
            appended.mark_unchanged();
            match self.step().await {
                Ok(true) => backoff = BACKOFF_FIRST,
                Ok(false) => {
                    backoff = BACKOFF_FIRST;
                    // News of our own wakes us; that of other processes is found by looking.
                    let _ = timeout(POLL, appended.changed()).await;
                }
                Err(error) => {
                    warn!(error = %error, "News could not be announced; it will be tried again");
                    self.checked = None;
                    sleep(backoff).await;
                    backoff = (backoff * 2).min(BACKOFF_MAX);
                }
            }
        }
    }

    /// Announces one batch. Says whether there was anything in it.
    async fn step(&mut self) -> Result<bool, AnnounceError> {
        if self.checked.is_none_or(|at| at.elapsed() >= CHECK_EVERY) {
            self.catch_up_with_losses().await?;
            self.checked = Some(Instant::now());
        }
        let store = self.ledger.store().clone();
        let (read, published) = (store.cursor(READ).await?, store.cursor(PUBLISHED).await?);
        let batch = store.feed(read, BATCH).await?;
        let Some(last) = batch.last() else {
            metrics::gauge!("latchkey_event_outbox_oldest_seconds").set(0.0);
            return Ok(false);
        };
        let read_to = last.position;
        let oldest = (self.ledger.now().0 - batch[0].event.at).max(0);
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        metrics::gauge!("latchkey_event_outbox_oldest_seconds").set(oldest as f64 / 1000.0);
        let (facts, published_to) = self.facts_of(batch).await?;
        self.bus.publish(&facts).await?;
        for fact in &facts {
            metrics::counter!("latchkey_events_published_total", "type" => fact.kind.clone(), "outcome" => "published").increment(1);
        }
        // Where another announcer has moved a cursor meanwhile, what it did stands: it may have gone back to what the bus
        // lost. The batch is read again from there, and what is published twice is known by its id.
        let moved = match published_to {
            Some(to) if to > published => store.advance_cursor(PUBLISHED, published, to).await?,
            _ => true,
        };
        if moved {
            store.advance_cursor(READ, read, read_to).await?;
        }
        Ok(true)
    }

    async fn facts_of(&self, batch: Vec<Recorded>) -> Result<(Vec<Fact>, Option<Position>), StoreError> {
        let mut all = vec![];
        let mut last = None;
        let horizon = self.ledger.now().0 - KEPT_FOR_MS;
        for recorded in batch {
            if recorded.event.at < horizon {
                continue;
            }
            let position = recorded.position;
            let facts = facts_of(&self.ledger, recorded).await?;
            if !facts.is_empty() {
                last = Some(position);
            }
            all.extend(facts);
        }
        Ok((all, last))
    }

    /// Compares what the bus has with what it was given, and goes back to where it lost track.
    async fn catch_up_with_losses(&self) -> Result<(), AnnounceError> {
        let store = self.ledger.store();
        let published = store.cursor(PUBLISHED).await?;
        let kept = match self.bus.last_position().await? {
            LastPosition::NotKept => return Ok(()),
            LastPosition::None => Position::START,
            // A position that is none of ours is from before a change of database: everything is told again.
            LastPosition::At(text) => text.parse().unwrap_or(Position::START),
        };
        if kept < published {
            info!(kept = %kept, published = %published, "The bus has lost facts; they are published again");
            store.rewind_cursor(PUBLISHED, kept).await?;
            store.rewind_cursor(READ, kept).await?;
        }
        Ok(())
    }
}

/// The facts in one recorded event; none where it is not of a connection, a revocation, an incident or a webhook endpoint, or
/// no news.
///
/// # Errors
/// [`StoreError`] where the event cannot be decoded or its connection not be read.
pub async fn facts_of(ledger: &Ledger, recorded: Recorded) -> Result<Vec<Fact>, StoreError> {
    match recorded.stream.category.as_str() {
        Connection::CATEGORY => facts_of_connection(ledger, recorded).await,
        Incident::CATEGORY => facts_of_incident(ledger, recorded).await,
        Revocation::CATEGORY => facts_of_revocation(ledger, recorded).await,
        WebhookEndpoint::CATEGORY => facts_of_endpoint(ledger, recorded).await,
        _ => Ok(vec![]),
    }
}

async fn facts_of_incident(ledger: &Ledger, recorded: Recorded) -> Result<Vec<Fact>, StoreError> {
    let event = event_of::<Incident>(recorded.clone())?;
    if !is_news(&event) {
        return Ok(vec![]);
    }
    let now = ledger.load::<Incident>(&recorded.stream.id).await?;
    Ok(incident_facts(&recorded, &event, &now.state))
}

async fn facts_of_revocation(ledger: &Ledger, recorded: Recorded) -> Result<Vec<Fact>, StoreError> {
    let event = event_of::<Revocation>(recorded.clone())?;
    let now = ledger.load::<Revocation>(&recorded.stream.id).await?;
    // It goes on where the connection's own events end.
    let before = ledger.load::<Connection>(&recorded.stream.id).await?.version;
    Ok(revocation_facts(&recorded, &event, &now.state, before))
}

async fn facts_of_endpoint(ledger: &Ledger, recorded: Recorded) -> Result<Vec<Fact>, StoreError> {
    let event = event_of::<WebhookEndpoint>(recorded.clone())?;
    if !is_endpoint_news(&event) {
        return Ok(vec![]);
    }
    let now = ledger.load::<WebhookEndpoint>(&recorded.stream.id).await?;
    Ok(endpoint_facts(&recorded, &event, &now.state))
}

async fn facts_of_connection(ledger: &Ledger, recorded: Recorded) -> Result<Vec<Fact>, StoreError> {
    let event = event_of::<Connection>(recorded.clone())?;
    if news(&event).is_empty() {
        return Ok(vec![]);
    }
    let now = ledger.load::<Connection>(&recorded.stream.id).await?;
    Ok(facts(&recorded, &event, &now.state))
}
