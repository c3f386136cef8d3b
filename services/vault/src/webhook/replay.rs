//! What happened, told an endpoint later: the same deliveries the fan-out makes, by the same ids, so that nothing is told twice that
//! need not be.

use super::fan_out::message;
use super::{body, event_types};
use crate::announcer::facts_of;
use crate::error::Error;
use crate::ledger::Terms;
use crate::past::Past;
use crate::vault::{Span, Vault};
use latchkey_domain::webhook_delivery::{Command, Ending, Message, RETENTION, WebhookDelivery};
use latchkey_domain::webhook_endpoint::{Format, Live, is_among};
use latchkey_domain::{Environment, WebhookEndpointId};
use latchkey_store::{Position, Recorded};
use std::time::Duration;

/// How many deliveries one call queues.
const QUEUED_MAX: u32 = 1000;

/// How far the clocks of those may differ who recorded an event and who ended its delivery.
const CLOCKS_APART: Duration = Duration::from_secs(60);

/// What to tell an endpoint again.
#[derive(Debug)]
pub struct ReplayEvents {
    pub environment: Environment,
    pub endpoint: WebhookEndpointId,
    /// In the place of those the endpoint wants; empty: what it wants.
    pub event_types: Vec<String>,
    /// Its beginning has to be there.
    pub within: Span,
    /// Also what was delivered there already.
    pub again: bool,
    pub after: Option<Position>,
}

/// What came of one call.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    pub queued: u32,
    /// Those that were delivered already, or are on their way.
    pub skipped: u32,
    /// Where to go on, where more may follow.
    pub next: Option<Position>,
}

impl Vault {
    /// Queues for an endpoint what happened within a stretch of time, as much as one call takes.
    ///
    /// # Errors
    /// Where the environment has no such endpoint; [`Error::Field`] where it is not enabled, or the beginning is missing or longer ago than
    /// deliveries are known. What was queued until the store failed stays so, and is skipped when it is asked for again.
    pub async fn replay_events(&self, replay: ReplayEvents) -> Result<Replayed, Error> {
        event_types(&replay.event_types)?;
        let live = self.webhook_endpoint(&replay.environment, replay.endpoint).await?;
        if !live.is_enabled() {
            let message = "The endpoint is not enabled, so nothing is sent there. Enable it first.";
            return Err(Error::Field { field: "endpoint_id", message: message.to_owned() });
        }
        let within = self.replayable(&replay)?;
        let mut past = Past::begin(&self.ledger, &replay.environment, within, replay.after).await?;
        let mut done = Replayed::default();
        while let Some(recorded) = past.next().await? {
            for message in self.news_for(&live, &replay.event_types, recorded).await? {
                match self.replayed(message, replay.again).await? {
                    true => done.queued += 1,
                    false => done.skipped += 1,
                }
            }
            // One event is two pieces of news at most, and both or neither are of this call.
            if done.queued + 1 >= QUEUED_MAX {
                return Ok(Replayed { next: Some(past.position()), ..done });
            }
        }
        Ok(Replayed { next: (!past.is_over()).then(|| past.position()), ..done })
    }

    /// The stretch of time, without what is too old. A delivery that ended long ago is forgotten, and its id cannot be used again; that of
    /// an event that is younger is there, if there was one.
    fn replayable(&self, replay: &ReplayEvents) -> Result<Span, Error> {
        let invalid = |message: &str| Error::Field { field: "start_time", message: message.to_owned() };
        let from = replay.within.from.ok_or_else(|| invalid("Say from when on: `start_time` is missing."))?;
        let oldest = self.ledger.now().minus(RETENTION);
        // Whoever goes on began when it was not too long ago.
        if from < oldest && replay.after.is_none() {
            return Err(invalid("Events of the last 30 days can be told again, and none from before."));
        }
        Ok(Span { from: Some(from.max(oldest.plus(CLOCKS_APART))), ..replay.within })
    }

    /// What of an event an endpoint is to be told.
    async fn news_for(
        &self,
        live: &Live,
        named: &[String],
        recorded: Recorded,
    ) -> Result<Vec<Message>, Error> {
        // Whoever is disabled is not told so.
        if recorded.stream.id == live.id.to_string() {
            return Ok(vec![]);
        }
        let own_address =
            live.settings.format == Format::Compat && self.is_readdressed(&recorded, &[live]).await?;
        let mut messages = vec![];
        for (index, fact) in facts_of(&self.ledger, recorded.clone()).await?.into_iter().enumerate() {
            let message = Message { own_address, ..message(&recorded, &fact, index, live)? };
            let is_wanted = match named {
                [] => live.wants(&message.event_type),
                named => is_among(named, &message.event_type),
            };
            if is_wanted && body(live.settings.format, &message, &fact.data).is_some() {
                messages.push(message);
            }
        }
        Ok(messages)
    }

    /// Whether there is something to be delivered now that there was not.
    async fn replayed(&self, message: Message, again: bool) -> Result<bool, Error> {
        let id = WebhookDelivery::id(message.endpoint, &message.event);
        match self.ledger.load::<WebhookDelivery>(&id).await?.state {
            WebhookDelivery::Absent => self.queue(message, false).await?,
            WebhookDelivery::Pending { .. } => return Ok(false),
            WebhookDelivery::Ended { ending: Ending::Delivered, .. } if !again => return Ok(false),
            WebhookDelivery::Ended { .. } => {
                let redeliver = Command::Redeliver { at: self.ledger.now() };
                self.ledger.execute::<WebhookDelivery>(&id, redeliver, Terms::default()).await?;
            }
        }
        Ok(true)
    }
}
