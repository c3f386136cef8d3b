//! From the feed to the queue of deliveries: one for each endpoint that wants the news.

use crate::announcer::facts_of;
use crate::error::{Error, chain};
use crate::ledger::Terms;
use crate::vault::Vault;
use crate::webhook::{body, event_type};
use latchkey_bus::Fact;
use latchkey_domain::connection::Connection;
use latchkey_domain::incident::Incident;
use latchkey_domain::revocation::Revocation;
use latchkey_domain::webhook_delivery::{Command, Message, Source, WebhookDelivery};
use latchkey_domain::webhook_endpoint::{Format, Live, WebhookEndpoint};
use latchkey_domain::{Aggregate as _, EventId, Timestamp};
use latchkey_store::{Position, Recorded, StoreError};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tracing::warn;

const READ: &str = "webhooks.read";

const BATCH: u32 = 200;

/// How long news made by another process may go unnoticed here.
const POLL: Duration = Duration::from_millis(500);

const BACKOFF: Duration = Duration::from_secs(1);

/// Streams whose events may be news.
pub const TOLD_OF: [&str; 4] =
    [Connection::CATEGORY, Revocation::CATEGORY, Incident::CATEGORY, WebhookEndpoint::CATEGORY];

/// The endpoints of the environments in one batch. Read after the batch: whoever is in it was there before its events.
type Endpoints = HashMap<String, Vec<Live>>;

/// Queues deliveries until the future is dropped.
///
/// # Cancel safety
/// What was queued and not yet recorded as read is queued again, which changes nothing.
pub async fn fan_out(vault: Vault) {
    let mut appended = vault.ledger.appended();
    loop {
        appended.mark_unchanged();
        match vault.queue_webhooks().await {
            Ok(true) => {}
            Ok(false) => {
                let _ = timeout(POLL, appended.changed()).await;
            }
            Err(error) => {
                warn!(error = %chain(&error), "Webhooks could not be queued; it will be tried again");
                sleep(BACKOFF).await;
            }
        }
    }
}

impl Vault {
    /// Queues what one batch of the feed holds for endpoints. Says whether there was anything in it.
    ///
    /// # Errors
    /// The store's; what was queued until then stays so.
    pub async fn queue_webhooks(&self) -> Result<bool, Error> {
        let store = self.ledger.store().clone();
        let read = store.cursor(READ).await?;
        let batch = store.feed(read, BATCH).await?;
        let Some(last) = batch.last().map(|recorded| recorded.position) else { return Ok(false) };
        let mut endpoints = Endpoints::new();
        for recorded in batch {
            if TOLD_OF.contains(&recorded.stream.category.as_str()) {
                self.queue_news(recorded, &mut endpoints).await?;
            }
        }
        store.advance_cursor(READ, read, last).await?;
        Ok(true)
    }

    async fn queue_news(&self, recorded: Recorded, endpoints: &mut Endpoints) -> Result<(), Error> {
        if !endpoints.contains_key(&recorded.environment) {
            let live = match recorded.environment.parse() {
                Ok(environment) => self.webhook_endpoints(&environment).await?,
                Err(_) => vec![],
            };
            endpoints.insert(recorded.environment.clone(), live);
        }
        let there = endpoints.get(&recorded.environment).map(Vec::as_slice).unwrap_or_default();
        let listening: Vec<&Live> = there.iter().filter(|live| listens(live, &recorded)).collect();
        if listening.is_empty() {
            return Ok(());
        }
        let readdressed = self.is_readdressed(&recorded, &listening).await?;
        for (index, fact) in facts_of(&self.ledger, recorded.clone()).await?.into_iter().enumerate() {
            let mut told = vec![];
            for live in &listening {
                let message = message(&recorded, &fact, index, live)?;
                let has_a_word = body(live.settings.format, &message, &fact.data).is_some();
                if has_a_word && live.wants(&message.event_type) {
                    told.push((*live, message));
                }
            }
            if readdressed {
                told = at_own_address(told);
            }
            for (live, message) in told {
                self.queue(message, !live.is_enabled()).await?;
            }
        }
        Ok(())
    }

    /// Whether it happened to a connection whose news goes to an address of its own, in the format that has such a thing.
    pub(super) async fn is_readdressed(
        &self,
        recorded: &Recorded,
        listening: &[&Live],
    ) -> Result<bool, Error> {
        let asked = recorded.stream.category == Connection::CATEGORY
            && listening.iter().any(|live| live.settings.format == Format::Compat);
        Ok(asked && self.own_address(&recorded.stream.id).await?.is_some())
    }

    pub(super) async fn queue(&self, message: Message, undeliverable: bool) -> Result<(), Error> {
        let id = WebhookDelivery::id(message.endpoint, &message.event);
        let queue = Command::Queue { message, undeliverable, at: self.ledger.now() };
        self.ledger.execute::<WebhookDelivery>(&id, queue, Terms::default()).await?;
        Ok(())
    }
}

/// In the place of all addresses in the compatible format there is the connection's own. It is told once, with the keys of the
/// oldest endpoint that is enabled, or else of the oldest.
fn at_own_address(told: Vec<(&Live, Message)>) -> Vec<(&Live, Message)> {
    let is_replaced = |(live, _): &(&Live, Message)| live.settings.format == Format::Compat;
    let (mut replaced, mut told): (Vec<_>, Vec<_>) = told.into_iter().partition(is_replaced);
    // The oldest, so that one more endpoint changes nothing.
    replaced.sort_by_key(|(live, _)| (!live.is_enabled(), live.id));
    told.extend(
        replaced.into_iter().take(1).map(|(live, message)| (live, Message { own_address: true, ..message })),
    );
    told
}

/// Whether an endpoint was there before an event, which is not about itself: whoever is disabled is not told so.
fn listens(live: &Live, recorded: &Recorded) -> bool {
    let since = live.since.parse().unwrap_or(Position::START);
    recorded.position > since && recorded.stream.id != live.id.to_string()
}

pub(super) fn message(
    recorded: &Recorded,
    fact: &Fact,
    index: usize,
    live: &Live,
) -> Result<Message, StoreError> {
    let event: EventId = fact.id.parse().map_err(|_| StoreError::Corrupt {
        table: "events",
        key: recorded.stream.to_string(),
        what: "has an id that is none",
    })?;
    Ok(Message {
        event,
        endpoint: live.id,
        environment: live.environment.clone(),
        event_type: event_type(&fact.kind).to_owned(),
        source: Source::Recorded {
            category: recorded.stream.category.clone(),
            id: recorded.stream.id.clone(),
            version: recorded.version.0,
            index,
        },
        own_address: false,
        at: Timestamp(recorded.event.at),
    })
}
