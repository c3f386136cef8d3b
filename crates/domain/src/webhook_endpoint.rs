//! A webhook endpoint: where a customer is told what happens in an environment. `Absent → Live → Deleted`.
//!
//! Invariants: at most two keys sign, the older one until a stated time; an endpoint that fails for too long is disabled,
//! once, and goes on only when its owner says so.

mod decide;
mod evolve;
#[cfg(test)]
mod tests;

use crate::{Aggregate, CardFacts, Environment, EventName, KeyId, Timestamp, WebhookEndpointId};
use latchkey_secret::{JsonSecret, Sealed};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a deleted endpoint's deliveries can still be explained.
pub const RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly always it is the larger one")]
pub enum WebhookEndpoint {
    #[default]
    Absent,
    Live(Live),
    Deleted {
        id: WebhookEndpointId,
        environment: Environment,
        at: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    pub id: WebhookEndpointId,
    pub environment: Environment,
    pub settings: Settings,
    pub standing: Standing,
    /// The place in the feed after which its news begins, in the store's own words.
    pub since: String,
    pub key: KeyFacts,
    pub previous: Option<Previous>,
    /// The first failure since the last success.
    pub failing_since: Option<Timestamp>,
    pub created_at: Timestamp,
    #[serde(skip)]
    pub secrets: Secrets,
}

/// What its owner chose. Nothing here is secret, but an address may hold what should not be shown around.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub url: String,
    /// `connection.failed`, or `connection.*` for all that begin so. Empty: everything.
    pub event_types: Vec<String>,
    pub description: String,
    pub format: Format,
}

/// What a message looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As the Standard Webhooks specification says.
    #[default]
    Standard,
    /// As receivers written for the compatible REST API expect; signed in both ways.
    Compat,
}

/// Whether it is told anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Standing {
    Enabled,
    /// Its owner said so.
    Paused,
    /// It failed. What happens meanwhile is kept for when it is back.
    Disabled {
        cause: DisabledCause,
        at: Timestamp,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisabledCause {
    /// No delivery succeeded for too long.
    Failing,
    /// It answered 410 Gone.
    Gone,
}

/// What is known of a key besides the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFacts {
    /// How many the endpoint has had.
    pub generation: u64,
    /// The public half of the Ed25519 key, as receivers write it; `None` where messages are signed with the secret alone.
    pub public_key: Option<String>,
    pub made_at: Timestamp,
}

/// The key before the present one, which signs too until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    pub key: KeyFacts,
    pub until: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Secrets {
    pub present: Option<Sealed<JsonSecret>>,
    pub previous: Option<Sealed<JsonSecret>>,
}

#[derive(Debug, Clone)]
pub enum Command {
    Create(Box<New>),
    Change {
        settings: Settings,
        enabled: bool,
        at: Timestamp,
    },
    /// The key before signs too until `previous_until`. Nothing comes of it where there is another key by now.
    RotateKey {
        key: KeyFacts,
        secret: Sealed<JsonSecret>,
        previous_until: Timestamp,
    },
    /// The previous key's time may be over.
    RetirePreviousKey {
        at: Timestamp,
    },
    NoteSuccess {
        at: Timestamp,
    },
    NoteFailure {
        disable_after: Duration,
        at: Timestamp,
    },
    /// It answered that it will never be back.
    NoteGone {
        at: Timestamp,
    },
    /// What it signs with was sealed anew, with another data key.
    ReplaceDataKey {
        key: KeyId,
        secrets: Secrets,
        at: Timestamp,
    },
    Delete {
        at: Timestamp,
    },
}

#[derive(Debug, Clone)]
pub struct New {
    pub id: WebhookEndpointId,
    pub environment: Environment,
    pub settings: Settings,
    pub enabled: bool,
    pub since: String,
    pub key: KeyFacts,
    pub secret: Sealed<JsonSecret>,
    pub at: Timestamp,
}

/// What happened to an endpoint. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Created {
        id: WebhookEndpointId,
        environment: Environment,
        settings: Settings,
        enabled: bool,
        since: String,
        key: KeyFacts,
        at: Timestamp,
        #[serde(skip)]
        secret: Option<Sealed<JsonSecret>>,
    },
    Changed {
        settings: Settings,
        enabled: bool,
        at: Timestamp,
    },
    KeyRotated {
        key: KeyFacts,
        previous_until: Timestamp,
        #[serde(skip)]
        secret: Option<Sealed<JsonSecret>>,
    },
    PreviousKeyRetired {
        at: Timestamp,
    },
    BeganToFail {
        at: Timestamp,
    },
    Recovered {
        at: Timestamp,
    },
    Disabled {
        cause: DisabledCause,
        at: Timestamp,
    },
    /// What it signs with, the same as before, is sealed with another data key now.
    DataKeyReplaced {
        key: KeyId,
        at: Timestamp,
        #[serde(skip)]
        secrets: Secrets,
    },
    Deleted {
        at: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such webhook endpoint")]
    Absent,
}

impl WebhookEndpoint {
    /// # Errors
    /// [`Refusal::Absent`] where it never was, or was deleted.
    pub fn live(&self) -> Result<&Live, Refusal> {
        match self {
            Self::Live(live) => Ok(live),
            Self::Absent | Self::Deleted { .. } => Err(Refusal::Absent),
        }
    }
}

/// Whether a type of event is among those named, by its name or as one that begins as `connection.*` says. None named are all.
#[must_use]
pub fn is_among(named: &[String], event_type: &str) -> bool {
    let matches = |wanted: &String| match wanted.strip_suffix('*') {
        Some(beginning) => event_type.starts_with(beginning),
        None => event_type == wanted,
    };
    named.is_empty() || named.iter().any(matches)
}

impl Live {
    /// Whether news of this type is for it. A paused endpoint wants none.
    #[must_use]
    pub fn wants(&self, event_type: &str) -> bool {
        self.standing != Standing::Paused && is_among(&self.settings.event_types, event_type)
    }

    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.standing == Standing::Enabled
    }

    /// The key before the present one, while it still signs.
    #[must_use]
    pub fn previous_at(&self, now: Timestamp) -> Option<&Previous> {
        self.previous.as_ref().filter(|previous| now < previous.until)
    }
}

impl Standing {
    /// Whether its owner chose it to be enabled; `None` where it is as it is for another reason.
    #[must_use]
    pub fn chosen(self) -> Option<bool> {
        match self {
            Self::Enabled => Some(true),
            Self::Paused => Some(false),
            Self::Disabled { .. } => None,
        }
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Paused => "paused",
            Self::Disabled { .. } => "disabled",
        }
    }
}

impl DisabledCause {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "FAILING",
            Self::Gone => "GONE",
        }
    }
}

impl Aggregate for WebhookEndpoint {
    const CATEGORY: &'static str = "webhook_endpoint";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Secrets = Secrets;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        decide::decide(self, command)
    }

    fn evolve(self, event: Event) -> Self {
        evolve::evolve(self, event)
    }

    fn card(&self) -> CardFacts {
        match self {
            Self::Absent => CardFacts::default(),
            Self::Live(live) => CardFacts {
                environment: live.environment.to_string(),
                status: live.standing.as_str(),
                label: live.id.to_string(),
                // What is to be done then is to destroy the previous key.
                due_at: live.previous.as_ref().map(|previous| previous.until),
                ..CardFacts::default()
            },
            Self::Deleted { id, environment, at } => CardFacts {
                environment: environment.to_string(),
                status: "deleted",
                label: id.to_string(),
                // What is to be done then is to forget it.
                due_at: Some(at.plus(RETENTION)),
                ..CardFacts::default()
            },
        }
    }

    fn secrets(&self) -> Secrets {
        match self {
            Self::Live(live) => live.secrets.clone(),
            Self::Absent | Self::Deleted { .. } => Secrets::default(),
        }
    }

    fn restore_secrets(&mut self, secrets: Secrets) {
        if let Self::Live(live) = self {
            live.secrets = secrets;
        }
    }
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "created",
            Self::Changed { .. } => "changed",
            Self::KeyRotated { .. } => "key_rotated",
            Self::PreviousKeyRetired { .. } => "previous_key_retired",
            Self::BeganToFail { .. } => "began_to_fail",
            Self::Recovered { .. } => "recovered",
            Self::Disabled { .. } => "disabled",
            Self::DataKeyReplaced { .. } => "data_key_replaced",
            Self::Deleted { .. } => "deleted",
        }
    }
}
