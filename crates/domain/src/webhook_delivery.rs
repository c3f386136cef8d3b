//! A webhook delivery: one piece of news on its way to one endpoint. `Absent → Pending → Ended`, and it may be asked for
//! again.
//!
//! It holds where its news is recorded, not what it says: the message is made anew for each attempt, and no second copy
//! of it is kept. Each attempt has a number, and counts once.

mod schedule;
#[cfg(test)]
mod tests;

pub use schedule::{NoAttempts, Schedule};

use crate::{Aggregate, CardFacts, Environment, EventId, EventName, Timestamp, WebhookEndpointId};
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, time::Duration};

/// How long after its end a delivery can be looked up and asked for again.
pub const RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);

/// As many of the latest attempts are kept.
const ATTEMPTS_KEPT: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum WebhookDelivery {
    #[default]
    Absent,
    Pending {
        delivery: Delivery,
        due_at: Timestamp,
    },
    Ended {
        delivery: Delivery,
        ending: Ending,
        at: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub message: Message,
    /// The latest, oldest first.
    pub attempts: Vec<Attempt>,
    /// How many there were since it was last asked for.
    pub tries: u32,
    pub queued_at: Timestamp,
}

/// Which news, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub event: EventId,
    pub endpoint: WebhookEndpointId,
    pub environment: Environment,
    /// `connection.failed` and the like.
    pub event_type: String,
    pub source: Source,
    /// It goes to the address its connection has of its own, and not to the endpoint's. That address stands with the connection
    /// alone; what becomes of the delivery says nothing of the endpoint.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_address: bool,
    /// When it happened.
    pub at: Timestamp,
}

/// Where the news is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Source {
    /// An event of a stream; `index` tells two pieces of news in it apart.
    Recorded { category: String, id: String, version: u64, index: usize },
    /// Nowhere: its owner wanted to see one arrive.
    Test,
}

/// A request that was made, or should have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Counts from one, and goes on when the delivery is asked for again.
    pub number: u32,
    pub at: Timestamp,
    pub took_ms: u64,
    /// What the endpoint answered; `None` where it did not.
    pub status: Option<u16>,
    pub failure: Option<AttemptFailure>,
}

/// Why an attempt counts as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptFailure {
    /// Another answer than success.
    Status,
    /// It sent us elsewhere, and nobody is followed.
    Redirected,
    /// It will never be back.
    Gone,
    Timeout,
    Unreachable,
    /// Its address may not be spoken to.
    EgressBlocked,
    /// A fault of ours.
    Internal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Delivered,
    /// Every attempt failed, or the last said that there is no use.
    GivenUp,
    EndpointDisabled,
    EndpointDeleted,
}

#[derive(Debug, Clone)]
pub enum Command {
    /// `undeliverable`: the endpoint is disabled, and the delivery is kept for when it is back.
    Queue { message: Message, undeliverable: bool, at: Timestamp },
    /// What became of an attempt. One that was recorded already changes nothing, unless it brings a success.
    Record { attempt: Attempt, schedule: Schedule, retry_after: Option<Duration>, at: Timestamp },
    /// There is nobody to deliver to.
    Abandon { ending: Ending, at: Timestamp },
    /// It is to be delivered again, whatever became of it.
    Redeliver { at: Timestamp },
}

/// What happened to a delivery. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Queued { message: Message, at: Timestamp },
    Failed { attempt: Attempt, retry_at: Timestamp },
    Ended { attempt: Option<Attempt>, ending: Ending, at: Timestamp },
    Redelivered { at: Timestamp },
}

impl WebhookDelivery {
    #[must_use]
    pub fn delivery(&self) -> Option<&Delivery> {
        match self {
            Self::Absent => None,
            Self::Pending { delivery, .. } | Self::Ended { delivery, .. } => Some(delivery),
        }
    }

    /// What its stream is called: one endpoint is told one piece of news once.
    #[must_use]
    pub fn id(endpoint: WebhookEndpointId, event: &EventId) -> String {
        format!("{endpoint}/{event}")
    }
}

impl Delivery {
    /// The number of the attempt that comes next.
    #[must_use]
    pub fn next_attempt(&self) -> u32 {
        self.attempts.last().map_or(1, |last| last.number + 1)
    }

    fn with(mut self, attempt: Option<Attempt>) -> Self {
        let Some(attempt) = attempt else { return self };
        self.tries += 1;
        self.attempts.push(attempt);
        let older = self.attempts.len().saturating_sub(ATTEMPTS_KEPT);
        self.attempts.drain(..older);
        self
    }

    fn record(
        &self,
        attempt: Attempt,
        schedule: &Schedule,
        retry_after: Option<Duration>,
        at: Timestamp,
    ) -> Event {
        let ended = |ending, attempt| Event::Ended { attempt: Some(attempt), ending, at };
        if attempt.failure.is_none() {
            return ended(Ending::Delivered, attempt);
        }
        let wait = schedule.wait_after(self.tries + 1, &self.message, retry_after);
        match wait.filter(|_| attempt.failure != Some(AttemptFailure::Gone)) {
            Some(wait) => Event::Failed { attempt, retry_at: at.plus(wait) },
            None => ended(Ending::GivenUp, attempt),
        }
    }
}

impl Aggregate for WebhookDelivery {
    const CATEGORY: &'static str = "webhook_delivery";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Infallible;
    type Secrets = ();

    fn decide(&self, command: Command) -> Result<Vec<Event>, Infallible> {
        Ok(match (self, command) {
            (Self::Absent, Command::Queue { message, undeliverable, at }) => {
                let ended = Event::Ended { attempt: None, ending: Ending::EndpointDisabled, at };
                [Some(Event::Queued { message, at }), undeliverable.then_some(ended)]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            (Self::Pending { delivery, .. }, Command::Record { attempt, schedule, retry_after, at })
                if attempt.number == delivery.next_attempt() || attempt.failure.is_none() =>
            {
                vec![delivery.record(attempt, &schedule, retry_after, at)]
            }
            // An attempt that was taken for lost has succeeded after all.
            (Self::Ended { ending, .. }, Command::Record { attempt, at, .. })
                if attempt.failure.is_none() && *ending != Ending::Delivered =>
            {
                vec![Event::Ended { attempt: Some(attempt), ending: Ending::Delivered, at }]
            }
            (Self::Pending { .. }, Command::Abandon { ending, at }) => {
                vec![Event::Ended { attempt: None, ending, at }]
            }
            (Self::Ended { .. }, Command::Redeliver { at }) => vec![Event::Redelivered { at }],
            (Self::Pending { delivery, .. }, Command::Redeliver { at }) if delivery.tries > 0 => {
                vec![Event::Redelivered { at }]
            }
            (Self::Pending { .. } | Self::Ended { .. }, Command::Queue { .. })
            | (_, Command::Record { .. } | Command::Redeliver { .. })
            | (Self::Absent | Self::Ended { .. }, Command::Abandon { .. }) => vec![],
        })
    }

    fn evolve(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Queued { message, at }) => {
                let delivery = Delivery { message, attempts: vec![], tries: 0, queued_at: at };
                Self::Pending { delivery, due_at: at }
            }
            (Self::Pending { delivery, .. } | Self::Ended { delivery, .. }, event) => match event {
                Event::Failed { attempt, retry_at } => {
                    Self::Pending { delivery: delivery.with(Some(attempt)), due_at: retry_at }
                }
                Event::Ended { attempt, ending, at } => {
                    Self::Ended { delivery: delivery.with(attempt), ending, at }
                }
                Event::Redelivered { at } => {
                    Self::Pending { delivery: Delivery { tries: 0, ..delivery }, due_at: at }
                }
                Event::Queued { .. } => Self::Pending { due_at: delivery.queued_at, delivery },
            },
            (Self::Absent, Event::Failed { .. } | Event::Ended { .. } | Event::Redelivered { .. }) => {
                Self::Absent
            }
        }
    }

    fn card(&self) -> CardFacts {
        let Some(delivery) = self.delivery() else { return CardFacts::default() };
        let (status, due_at) = match self {
            Self::Pending { due_at, .. } => ("pending", *due_at),
            Self::Absent => return CardFacts::default(),
            // What is to be done then is to forget it.
            Self::Ended { ending: Ending::Delivered, at, .. } => ("delivered", at.plus(RETENTION)),
            Self::Ended { at, .. } => ("failed", at.plus(RETENTION)),
        };
        CardFacts {
            environment: delivery.message.environment.to_string(),
            parent: delivery.message.endpoint.to_string(),
            status,
            label: delivery.message.event_type.clone(),
            due_at: Some(due_at),
            ..CardFacts::default()
        }
    }

    fn secrets(&self) {}

    fn restore_secrets(&mut self, (): ()) {}
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "queued",
            Self::Failed { .. } => "failed",
            Self::Ended { .. } => "ended",
            Self::Redelivered { .. } => "redelivered",
        }
    }
}

impl AttemptFailure {
    pub const ALL: &'static [Self] = &[
        Self::Status,
        Self::Redirected,
        Self::Gone,
        Self::Timeout,
        Self::Unreachable,
        Self::EgressBlocked,
        Self::Internal,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "STATUS",
            Self::Redirected => "REDIRECTED",
            Self::Gone => "GONE",
            Self::Timeout => "TIMEOUT",
            Self::Unreachable => "UNREACHABLE",
            Self::EgressBlocked => "EGRESS_BLOCKED",
            Self::Internal => "INTERNAL",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|failure| failure.as_str() == word)
    }
}

impl Ending {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "DELIVERED",
            Self::GivenUp => "GIVEN_UP",
            Self::EndpointDisabled => "ENDPOINT_DISABLED",
            Self::EndpointDeleted => "ENDPOINT_DELETED",
        }
    }
}
