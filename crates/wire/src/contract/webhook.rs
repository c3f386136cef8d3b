//! What is told customers over HTTP, for whoever makes the requests.

use latchkey_domain::{Environment, EventId, Timestamp, WebhookEndpointId, webhook_delivery::AttemptFailure};
use latchkey_secret::SecretText;
use std::{collections::BTreeMap, time::Duration};

/// What a deliverer is ready to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimWebhooks {
    pub max: u32,
    /// How long it needs at most.
    pub hold: Duration,
    /// Those that have enough to do.
    pub except: Vec<(Environment, WebhookEndpointId)>,
}

/// A request that is the caller's to make, until the claim lapses. It is signed: it is sent as it is, at once.
#[derive(Debug)]
pub struct DueWebhook {
    pub environment: Environment,
    pub endpoint: WebhookEndpointId,
    pub event: EventId,
    pub fence: u64,
    pub attempt: u32,
    /// Whoever knows it may know what is in it.
    pub url: SecretText,
    pub headers: BTreeMap<String, SecretText>,
    pub body: Vec<u8>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteWebhook {
    pub endpoint: WebhookEndpointId,
    pub event: EventId,
    pub fence: u64,
    pub attempt: u32,
    /// When the request was made, and how long it took to the end of the answer.
    pub at: Timestamp,
    pub took: Duration,
    pub status: Option<u16>,
    /// `None`: it was taken.
    pub failure: Option<AttemptFailure>,
    pub retry_after: Option<Duration>,
}
