//! Ending a grant at its provider, whose credential is destroyed here. `Absent → Pending → Ended`, and again for another
//! credential.
//!
//! Invariants: it keeps what it needs to ask the provider, and nothing else does; it asks a bounded number of times within
//! a bounded time; once it has ended, whatever the result, there is nothing left to ask with.

#[cfg(test)]
mod tests;

use crate::connection::{Profile, Secrets};
use crate::{Aggregate, CardFacts, EventName, Failure, Generation, Timestamp, failure::words};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often the provider is asked, at most.
pub const ATTEMPTS_MAX: u32 = 5;

/// How long after the deletion it is asked for the last time, and how long after a request fell due it is given up where
/// nobody was there to make it.
pub const PATIENCE: Duration = Duration::from_secs(3600);

/// The wait after the first failed request; every further one is four times as long.
const BACKOFF_FIRST: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Revocation {
    #[default]
    Absent,
    Pending(Pending),
    Ended(Ended),
}

/// How much may end with a grant at a provider that cannot end one alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Nothing else: such a provider is not asked.
    #[default]
    Grant,
    /// Everything the account has granted the app.
    Account,
}

impl Extent {
    #[must_use]
    pub fn is_grant(&self) -> bool {
        *self == Self::Grant
    }
}

/// What ends here together with the grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    #[default]
    Connection,
    /// The connection stays, without a credential.
    Credential,
    /// Nothing more: it is a credential that came too late, and no connection has it.
    Stray,
}

impl Target {
    #[must_use]
    pub fn is_connection(&self) -> bool {
        *self == Self::Connection
    }
}

/// Which credential is to be ended, and what with it.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub profile: Profile,
    pub generation: Generation,
    /// When the credential came. What was requested before that was about another one, whatever its generation.
    pub obtained_at: Timestamp,
    /// What its seals are bound to.
    pub origins: Vec<String>,
    pub extent: Extent,
    pub target: Target,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub profile: Profile,
    /// Which credential is to be ended.
    pub generation: Generation,
    /// What its seals are bound to.
    pub origins: Vec<String>,
    #[serde(default)]
    pub extent: Extent,
    #[serde(default)]
    pub target: Target,
    pub requested_at: Timestamp,
    /// How often the provider was asked in vain.
    pub attempts: u32,
    pub next_at: Timestamp,
    pub failure: Option<Failure>,
    /// Sealed once more, under this stream's own key: the connection's is destroyed.
    #[serde(skip)]
    pub secrets: Secrets,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub profile: Profile,
    pub generation: Generation,
    #[serde(default)]
    pub extent: Extent,
    pub requested_at: Timestamp,
    pub attempts: u32,
    pub verdict: Verdict,
    pub failure: Option<Failure>,
    pub at: Timestamp,
}

words!(
    /// What became of the grant at the provider.
    Verdict {
        /// The provider says that it is no more.
        Revoked = "REVOKED",
        /// The provider offers no way to end it from here.
        Unsupported = "UNSUPPORTED",
        /// The provider does not do what it was asked to.
        Refused = "REFUSED",
        /// It could not be asked, or did not answer, in all the tries there are. The grant may live on.
        NotConfirmed = "NOT_CONFIRMED",
    }
);

#[derive(Debug, Clone)]
pub enum Command {
    /// A credential is being destroyed. `secrets` is absent where they cannot be opened just now: nothing can be asked then.
    Request { wanted: Wanted, secrets: Option<Secrets>, at: Timestamp },
    /// What asking came to. Says nothing about another generation than the one that was asked about.
    Report { generation: Generation, outcome: Outcome, at: Timestamp },
    /// Nobody asks any more.
    GiveUp { at: Timestamp },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Revoked,
    Unsupported,
    Refused(Failure),
    /// Asking again may help.
    Failed {
        failure: Failure,
        retry_after: Option<Duration>,
    },
}

/// What happened to a revocation. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Requested {
        profile: Profile,
        generation: Generation,
        origins: Vec<String>,
        #[serde(default, skip_serializing_if = "Extent::is_grant")]
        extent: Extent,
        #[serde(default, skip_serializing_if = "Target::is_connection")]
        target: Target,
        at: Timestamp,
        #[serde(skip)]
        secrets: Secrets,
    },
    AttemptFailed {
        generation: Generation,
        failure: Failure,
        attempts: u32,
        retry_at: Timestamp,
        at: Timestamp,
    },
    Ended {
        generation: Generation,
        verdict: Verdict,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<Failure>,
        attempts: u32,
        at: Timestamp,
    },
}

/// Nothing a revocation is told is refused: what does not concern it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {}

impl Revocation {
    #[must_use]
    pub fn profile(&self) -> Option<&Profile> {
        match self {
            Self::Absent => None,
            Self::Pending(Pending { profile, .. }) | Self::Ended(Ended { profile, .. }) => Some(profile),
        }
    }

    /// How much may end with it.
    #[must_use]
    pub fn extent(&self) -> Extent {
        match self {
            Self::Absent => Extent::Grant,
            Self::Pending(Pending { extent, .. }) | Self::Ended(Ended { extent, .. }) => *extent,
        }
    }

    /// Whether it was requested for a credential that came then, or for a later one.
    #[must_use]
    pub fn is_about(&self, obtained_at: Timestamp) -> bool {
        match self {
            Self::Absent => false,
            Self::Pending(Pending { requested_at, .. }) | Self::Ended(Ended { requested_at, .. }) => {
                *requested_at >= obtained_at
            }
        }
    }

    /// Whether it was requested for this credential, or a later one.
    fn covers(&self, wanted: &Wanted) -> bool {
        let generation = match self {
            Self::Absent => return false,
            Self::Pending(Pending { generation, .. }) | Self::Ended(Ended { generation, .. }) => *generation,
        };
        generation >= wanted.generation && self.is_about(wanted.obtained_at)
    }
}

impl Aggregate for Revocation {
    const CATEGORY: &'static str = "revocation";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Secrets = Secrets;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        Ok(match (self, command) {
            (_, Command::Request { wanted, .. }) if self.covers(&wanted) => vec![],
            (_, Command::Request { wanted, secrets, at }) => {
                let Wanted { profile, generation, origins, extent, target, .. } = wanted;
                let askable = secrets.is_some();
                let secrets = secrets.unwrap_or_default();
                let requested =
                    Event::Requested { profile, generation, origins, extent, target, at, secrets };
                let ended = Event::Ended {
                    generation,
                    verdict: Verdict::NotConfirmed,
                    failure: None,
                    attempts: 0,
                    at,
                };
                if askable { vec![requested] } else { vec![requested, ended] }
            }
            (Self::Pending(pending), Command::Report { generation, outcome, at })
                if pending.generation == generation =>
            {
                vec![pending.heard(outcome, at)]
            }
            (Self::Pending(pending), Command::GiveUp { at }) => {
                vec![pending.ended(Verdict::NotConfirmed, pending.failure.clone(), pending.attempts, at)]
            }
            (_, Command::Report { .. } | Command::GiveUp { .. }) => vec![],
        })
    }

    fn evolve(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Requested { profile, generation, origins, extent, target, at, secrets }) => {
                Self::Pending(Pending {
                    profile,
                    generation,
                    origins,
                    extent,
                    target,
                    requested_at: at,
                    attempts: 0,
                    next_at: at,
                    failure: None,
                    secrets,
                })
            }
            (Self::Pending(pending), Event::AttemptFailed { failure, attempts, retry_at, .. }) => {
                let failure = Some(failure);
                Self::Pending(Pending { attempts, next_at: retry_at, failure, ..pending })
            }
            (Self::Pending(pending), Event::Ended { verdict, failure, attempts, at, .. }) => {
                let Pending { profile, generation, extent, requested_at, .. } = pending;
                Self::Ended(Ended {
                    profile,
                    generation,
                    extent,
                    requested_at,
                    attempts,
                    verdict,
                    failure,
                    at,
                })
            }
            // Facts that found it in a state they say nothing about leave it as it is.
            (unchanged, Event::AttemptFailed { .. } | Event::Ended { .. }) => unchanged,
        }
    }

    fn card(&self) -> CardFacts {
        let Some(profile) = self.profile() else { return CardFacts::default() };
        let (status, due_at) = match self {
            Self::Pending(pending) => ("pending", Some(pending.next_at)),
            Self::Absent | Self::Ended(_) => ("ended", None),
        };
        CardFacts {
            environment: profile.environment.to_string(),
            parent: profile.integration.to_string(),
            subject: profile.end_user.to_string(),
            status,
            label: profile.id.to_string(),
            due_at,
            ..CardFacts::default()
        }
    }

    fn secrets(&self) -> Secrets {
        match self {
            Self::Pending(pending) => pending.secrets.clone(),
            Self::Absent | Self::Ended(_) => Secrets::default(),
        }
    }

    fn restore_secrets(&mut self, secrets: Secrets) {
        if let Self::Pending(pending) = self {
            pending.secrets = secrets;
        }
    }
}

impl Pending {
    fn heard(&self, outcome: Outcome, at: Timestamp) -> Event {
        let attempts = self.attempts.saturating_add(1);
        match outcome {
            Outcome::Revoked => self.ended(Verdict::Revoked, None, attempts, at),
            // Nobody was asked.
            Outcome::Unsupported => self.ended(Verdict::Unsupported, None, self.attempts, at),
            Outcome::Refused(failure) => self.ended(Verdict::Refused, Some(failure), attempts, at),
            Outcome::Failed { failure, retry_after } => {
                let retry_at = at.plus(backoff(attempts).max(retry_after.unwrap_or_default()));
                if attempts >= ATTEMPTS_MAX || retry_at > self.requested_at.plus(PATIENCE) {
                    return self.ended(Verdict::NotConfirmed, Some(failure), attempts, at);
                }
                Event::AttemptFailed { generation: self.generation, failure, attempts, retry_at, at }
            }
        }
    }

    fn ended(&self, verdict: Verdict, failure: Option<Failure>, attempts: u32, at: Timestamp) -> Event {
        Event::Ended { generation: self.generation, verdict, failure, attempts, at }
    }
}

/// 5 s, 20 s, 80 s, 320 s.
fn backoff(attempts: u32) -> Duration {
    BACKOFF_FIRST.saturating_mul(4_u32.saturating_pow(attempts.saturating_sub(1)))
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "requested",
            Self::AttemptFailed { .. } => "attempt_failed",
            Self::Ended { .. } => "ended",
        }
    }
}
