//! What is wrong with an OAuth app or a provider, and so with no single connection. `Absent → Open ⇄ Closed`.
//!
//! Invariant: an incident opens once and closes once, however many connections it is seen on; no connection's state says
//! anything of it.

mod wave;

pub use wave::{Reading, Tolerance, Wave};

use crate::failure::words;
use crate::{Aggregate, CardFacts, ConnectionId, Environment, EventName, Failure, IntegrationKey, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

words!(
    /// What kind of trouble.
    Kind {
        /// The provider refuses the OAuth app, or what it is set up to ask for. Its refreshes stop until that is mended.
        AppRefused = "APP_REFUSED",
        /// The provider refuses unusually many grants of the app at once. None of the refusals is believed.
        GrantsRefused = "GRANTS_REFUSED",
        /// The token endpoint does not answer. It is left alone and tried now and then.
        ProviderFailing = "PROVIDER_FAILING",
        /// Nothing is wrong: somebody wants none of these tokens refreshed for a while.
        RefreshingPaused = "REFRESHING_PAUSED",
    }
);

words!(
    /// How an incident ended.
    Ending {
        /// The integration was changed.
        Changed = "CHANGED",
        /// A request was answered as it should be.
        Proved = "PROVED",
        /// It has not been seen for a while.
        Passed = "PASSED",
        /// Whoever had asked for it asked for its end.
        Resumed = "RESUMED",
    }
);

/// Where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub environment: Environment,
    /// `None` where it is about every integration of the provider's, those that are yet to be made too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<IntegrationKey>,
    /// Empty where it is about everything in the environment.
    pub provider: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Incident {
    #[default]
    Absent,
    Open(Open),
    Closed(Closed),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    pub subject: Subject,
    pub kind: Kind,
    pub failure: Option<Failure>,
    /// The connection it was first seen on.
    pub seen_on: Option<ConnectionId>,
    pub since: Timestamp,
    /// How often it was tried whether it is over.
    pub probes: u32,
    /// When that is tried next.
    pub probe_at: Timestamp,
    /// It is being tried just now.
    pub half_open: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub subject: Subject,
    pub kind: Kind,
    pub seen_on: Option<ConnectionId>,
    pub since: Timestamp,
    pub ending: Ending,
    pub at: Timestamp,
}

impl Open {
    /// When it is tried next whether it is over, where that is planned here.
    #[must_use]
    pub fn next_probe_at(&self) -> Option<Timestamp> {
        (self.kind == Kind::AppRefused).then_some(self.probe_at)
    }
}

#[derive(Debug, Clone)]
pub enum Command {
    /// It was seen, or is still there.
    Raise {
        subject: Subject,
        kind: Kind,
        failure: Option<Failure>,
        seen_on: Option<ConnectionId>,
        at: Timestamp,
    },
    /// It is being tried whether it is over.
    Probe {
        at: Timestamp,
    },
    Close {
        ending: Ending,
        at: Timestamp,
    },
}

/// What happened. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Opened {
        subject: Subject,
        kind: Kind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<Failure>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen_on: Option<ConnectionId>,
        probe_at: Timestamp,
        at: Timestamp,
    },
    HalfOpened {
        at: Timestamp,
    },
    ProbeFailed {
        probes: u32,
        probe_at: Timestamp,
        at: Timestamp,
    },
    Closed {
        ending: Ending,
        at: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {}

/// An app that is refused is tried again soon at first, and never less often than hourly.
const PROBE_FIRST: Duration = Duration::from_secs(60);
const PROBE_MAX: Duration = Duration::from_secs(3600);

/// One connection that goes on seeing what the others have proved to be over is itself to blame.
const PROOF_HOLDS: Duration = Duration::from_secs(3600);

impl Incident {
    #[must_use]
    pub fn open(&self) -> Option<&Open> {
        if let Self::Open(open) = self { Some(open) } else { None }
    }

    fn raise(&self, command: Command) -> Vec<Event> {
        let Command::Raise { subject, kind, failure, seen_on, at } = command else { return vec![] };
        match self {
            Self::Open(open) if open.half_open || (kind == Kind::AppRefused && open.probe_at <= at) => {
                let probes = open.probes.saturating_add(1);
                vec![Event::ProbeFailed { probes, probe_at: at.plus(pause(probes)), at }]
            }
            Self::Open(_) => vec![],
            Self::Closed(closed) if closed.disproves(seen_on, at) => vec![],
            Self::Absent | Self::Closed(_) => {
                vec![Event::Opened { subject, kind, failure, seen_on, probe_at: at.plus(pause(0)), at }]
            }
        }
    }
}

impl Closed {
    fn disproves(&self, seen_on: Option<ConnectionId>, at: Timestamp) -> bool {
        self.ending == Ending::Proved
            && seen_on.is_some()
            && self.seen_on == seen_on
            && self.at.until(at) < PROOF_HOLDS
    }
}

fn pause(probes: u32) -> Duration {
    PROBE_FIRST.saturating_mul(1 << probes.min(16)).min(PROBE_MAX)
}

impl Aggregate for Incident {
    const CATEGORY: &'static str = "incident";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Secrets = ();

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        Ok(match (self, command) {
            (_, raise @ Command::Raise { .. }) => self.raise(raise),
            (Self::Open(open), Command::Probe { at }) if !open.half_open => vec![Event::HalfOpened { at }],
            (Self::Open(_), Command::Close { ending, at }) => vec![Event::Closed { ending, at }],
            (_, Command::Probe { .. } | Command::Close { .. }) => vec![],
        })
    }

    fn evolve(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Opened { subject, kind, failure, seen_on, probe_at, at }) => {
                let (since, probes, half_open) = (at, 0, false);
                Self::Open(Open { subject, kind, failure, seen_on, since, probes, probe_at, half_open })
            }
            (Self::Open(open), Event::HalfOpened { .. }) => Self::Open(Open { half_open: true, ..open }),
            (Self::Open(open), Event::ProbeFailed { probes, probe_at, .. }) => {
                Self::Open(Open { probes, probe_at, half_open: false, ..open })
            }
            (Self::Open(open), Event::Closed { ending, at }) => {
                let Open { subject, kind, seen_on, since, .. } = open;
                Self::Closed(Closed { subject, kind, seen_on, since, ending, at })
            }
            (unchanged, Event::HalfOpened { .. } | Event::ProbeFailed { .. } | Event::Closed { .. }) => {
                unchanged
            }
        }
    }

    fn card(&self) -> CardFacts {
        let (subject, kind, status) = match self {
            Self::Absent => return CardFacts::default(),
            Self::Open(Open { subject, kind, .. }) => (subject, kind, "open"),
            Self::Closed(Closed { subject, kind, .. }) => (subject, kind, "closed"),
        };
        CardFacts {
            environment: subject.environment.to_string(),
            parent: subject.integration.as_ref().map(ToString::to_string).unwrap_or_default(),
            subject: subject.provider.clone(),
            status,
            label: kind.as_str().to_owned(),
            ..CardFacts::default()
        }
    }

    fn secrets(&self) {}

    fn restore_secrets(&mut self, (): ()) {}
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::HalfOpened { .. } => "half_opened",
            Self::ProbeFailed { .. } => "probe_failed",
            Self::Closed { .. } => "closed",
        }
    }
}

#[cfg(test)]
mod tests;
