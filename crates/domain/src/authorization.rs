//! One attempt to get an end user's consent: `Absent → Started → Claimed (→ Held) → ended`.
//! The provider's answer is accepted once, from the browser that was sent there, while the attempt lasts. Where it is another
//! account's than was expected, what it brought is held until the end user says that it is meant; where it opens several
//! accounts, until the end user says which.

#[cfg(test)]
mod tests;

use crate::connection::{self, CredentialFacts, NewCredential};
use crate::session::RETENTION;
use crate::{
    Aggregate, AuthorizationId, CardFacts, ConnectionId, Digest, Environment, EventName, Failure, Generation,
    IntegrationKey, Reason, SessionId, Timestamp,
};
use latchkey_secret::{JsonSecret, Sealed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Authorization {
    #[default]
    Absent,
    Started {
        attempt: Attempt,
        #[serde(skip)]
        secrets: Secrets,
    },
    /// The answer came. From here it leads to exactly one of the two ends.
    Claimed {
        attempt: Attempt,
    },
    /// The answer was another account's, or opens several. The end user decides.
    Held {
        attempt: Attempt,
        credential: CredentialFacts,
        /// What there is to choose from; empty where the account is another.
        #[serde(skip)]
        choices: Vec<Choice>,
        /// Sealed for the attempt.
        #[serde(skip)]
        secrets: connection::Secrets,
    },
    Completed {
        attempt: Attempt,
        connection: ConnectionId,
    },
    Failed {
        attempt: Attempt,
        failure: Failure,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub id: AuthorizationId,
    pub session: SessionId,
    pub environment: Environment,
    pub integration: IntegrationKey,
    /// The connection to be made, or to be mended.
    pub connection: ConnectionId,
    /// Digest of the `state` parameter's secret half (RFC 6749 §10.12).
    pub state: Digest,
    /// Digest of what binds the attempt to one browser.
    pub browser: Digest,
    /// What was sent to the authorization endpoint, and must be sent again to the token endpoint (RFC 6749 §4.1.3).
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub started_at: Timestamp,
    pub expires_at: Timestamp,
}

/// One of several accounts that a grant opens: a workspace, a site, a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub label: String,
    /// What tells two of the same name apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What the provider's API is told of the connection where it is this one.
    pub values: BTreeMap<String, String>,
}

/// The code verifier, and what the end user typed before being sent away; then what is held. What there is to choose from
/// is beside it, in the clear: names, which stand in no event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Secrets {
    pub code_verifier: Option<Sealed<JsonSecret>>,
    pub inputs: Option<Sealed<JsonSecret>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<connection::Secrets>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

#[derive(Debug, Clone)]
pub enum Command {
    Start {
        attempt: Attempt,
        secrets: Secrets,
    },
    Claim {
        state: Digest,
        browser: Digest,
        at: Timestamp,
    },
    /// What came is another account's, or opens several, which are named: the end user is to be asked.
    Hold {
        credential: NewCredential,
        choices: Vec<Choice>,
        at: Timestamp,
    },
    Complete {
        at: Timestamp,
    },
    Fail {
        failure: Failure,
        at: Timestamp,
    },
}

/// What happened to an attempt. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Started {
        attempt: Attempt,
        #[serde(skip)]
        secrets: Secrets,
    },
    Claimed {
        at: Timestamp,
    },
    Held {
        credential: CredentialFacts,
        at: Timestamp,
        #[serde(skip)]
        choices: Vec<Choice>,
        #[serde(skip)]
        secrets: connection::Secrets,
    },
    Completed {
        at: Timestamp,
    },
    Failed {
        failure: Failure,
        at: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such attempt, or a `state` that is not its `state`.
    #[error("the state parameter is not one of ours")]
    UnknownState,
    #[error("this answer was used already")]
    Spent,
    #[error("the attempt to connect has expired")]
    Expired,
    #[error("the attempt to connect was started in another browser")]
    OtherBrowser,
    #[error("the attempt to connect has not been answered yet")]
    NotClaimed,
    #[error("the end user signed in with another account than the connection has")]
    OtherAccount,
}

impl Authorization {
    #[must_use]
    pub fn attempt(&self) -> Option<&Attempt> {
        match self {
            Self::Absent => None,
            Self::Started { attempt, .. }
            | Self::Claimed { attempt }
            | Self::Held { attempt, .. }
            | Self::Completed { attempt, .. }
            | Self::Failed { attempt, .. } => Some(attempt),
        }
    }

    /// The attempt, if its answer has come and led to nothing yet. One that waits for a choice is such a one: whoever makes
    /// the connection has the choice.
    ///
    /// # Errors
    /// [`Refusal`] in any other state.
    pub fn claimed(&self) -> Result<&Attempt, Refusal> {
        match self {
            Self::Absent => Err(Refusal::UnknownState),
            Self::Started { .. } => Err(Refusal::NotClaimed),
            Self::Claimed { attempt } => Ok(attempt),
            Self::Held { attempt, choices, .. } if !choices.is_empty() => Ok(attempt),
            Self::Held { .. } => Err(Refusal::OtherAccount),
            Self::Failed { failure, .. } if failure.reason == Reason::OtherAccount => {
                Err(Refusal::OtherAccount)
            }
            Self::Completed { .. } | Self::Failed { .. } => Err(Refusal::Spent),
        }
    }

    /// The attempt and what it holds of another account's, for the browser it was made in.
    ///
    /// # Errors
    /// [`Refusal`] for any other browser, and where nothing is held or there is more to say than yes.
    pub fn held(
        &self,
        browser: &Digest,
    ) -> Result<(&Attempt, &CredentialFacts, &connection::Secrets), Refusal> {
        match self {
            Self::Held { choices, .. } if !choices.is_empty() => Err(Refusal::NotClaimed),
            _ => self.kept(browser),
        }
    }

    /// The same, where the end user has to say which of several accounts is meant.
    ///
    /// # Errors
    /// [`Refusal`] for any other browser, and where there is nothing to choose.
    pub fn undecided(
        &self,
        browser: &Digest,
    ) -> Result<(&Attempt, &CredentialFacts, &connection::Secrets), Refusal> {
        match self {
            Self::Held { choices, .. } if choices.is_empty() => Err(Refusal::OtherAccount),
            _ => self.kept(browser),
        }
    }

    fn kept(&self, browser: &Digest) -> Result<(&Attempt, &CredentialFacts, &connection::Secrets), Refusal> {
        let attempt = self.attempt().ok_or(Refusal::UnknownState)?;
        if attempt.browser != *browser {
            return Err(Refusal::OtherBrowser);
        }
        match self {
            Self::Held { attempt, credential, secrets, .. } => Ok((attempt, credential, secrets)),
            Self::Absent | Self::Started { .. } | Self::Claimed { .. } => Err(Refusal::NotClaimed),
            Self::Completed { .. } | Self::Failed { .. } => Err(Refusal::Spent),
        }
    }

    fn claim(&self, state: &Digest, browser: &Digest, at: Timestamp) -> Result<Vec<Event>, Refusal> {
        let attempt =
            self.attempt().filter(|attempt| attempt.state == *state).ok_or(Refusal::UnknownState)?;
        if attempt.browser != *browser {
            return Err(Refusal::OtherBrowser);
        }
        if !matches!(self, Self::Started { .. }) {
            return Err(Refusal::Spent);
        }
        if attempt.expires_at <= at {
            return Err(Refusal::Expired);
        }
        Ok(vec![Event::Claimed { at }])
    }
}

impl Aggregate for Authorization {
    const CATEGORY: &'static str = "authorization";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Secrets = Secrets;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        match (self, command) {
            (Self::Absent, Command::Start { attempt, secrets }) => {
                Ok(vec![Event::Started { attempt, secrets }])
            }
            (_, Command::Start { .. }) => Ok(vec![]),
            (_, Command::Claim { state, browser, at }) => self.claim(&state, &browser, at),
            // An answer that was lost is asked for again.
            (Self::Held { choices: held, .. }, Command::Hold { choices, .. })
                if !choices.is_empty() && *held == choices =>
            {
                Ok(vec![])
            }
            (_, Command::Hold { credential, choices, at }) => {
                self.claimed()?;
                // It is no generation of a connection's, and may never be one.
                let (credential, secrets) = credential.split(Generation(0));
                Ok(vec![Event::Held { credential, at, choices, secrets }])
            }
            (Self::Completed { .. }, Command::Complete { .. }) => Ok(vec![]),
            (Self::Held { .. }, Command::Complete { at }) => Ok(vec![Event::Completed { at }]),
            (_, Command::Complete { at }) => self.claimed().map(|_| vec![Event::Completed { at }]),
            (
                Self::Started { .. } | Self::Claimed { .. } | Self::Held { .. },
                Command::Fail { failure, at },
            ) => Ok(vec![Event::Failed { failure, at }]),
            (Self::Absent, Command::Fail { .. }) => Err(Refusal::UnknownState),
            (Self::Completed { .. } | Self::Failed { .. }, Command::Fail { .. }) => Ok(vec![]),
        }
    }

    fn evolve(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Started { attempt, secrets }) => Self::Started { attempt, secrets },
            (Self::Started { attempt, .. }, Event::Claimed { .. }) => Self::Claimed { attempt },
            (
                Self::Claimed { attempt } | Self::Held { attempt, .. },
                Event::Held { credential, choices, secrets, .. },
            ) => Self::Held { attempt, credential, choices, secrets },
            (Self::Claimed { attempt } | Self::Held { attempt, .. }, Event::Completed { .. }) => {
                let connection = attempt.connection;
                Self::Completed { attempt, connection }
            }
            (
                Self::Started { attempt, .. } | Self::Claimed { attempt } | Self::Held { attempt, .. },
                Event::Failed { failure, .. },
            ) => Self::Failed { attempt, failure },
            (
                unchanged,
                Event::Claimed { .. } | Event::Held { .. } | Event::Completed { .. } | Event::Failed { .. },
            ) => unchanged,
        }
    }

    fn card(&self) -> CardFacts {
        let Some(attempt) = self.attempt() else { return CardFacts::default() };
        CardFacts {
            environment: attempt.environment.to_string(),
            parent: attempt.integration.to_string(),
            subject: attempt.session.to_string(),
            status: match self {
                Self::Absent => "absent",
                Self::Started { .. } => "started",
                Self::Claimed { .. } => "claimed",
                Self::Held { .. } => "held",
                Self::Completed { .. } => "completed",
                Self::Failed { .. } => "failed",
            },
            label: attempt.id.to_string(),
            // What is to be done then is to forget it, as its session is forgotten.
            due_at: Some(attempt.expires_at.plus(RETENTION)),
            ..CardFacts::default()
        }
    }

    fn secrets(&self) -> Secrets {
        match self {
            Self::Started { secrets, .. } => secrets.clone(),
            Self::Held { secrets, choices, .. } => {
                let held = Some(secrets.clone());
                Secrets { held, choices: choices.clone(), ..Secrets::default() }
            }
            Self::Absent | Self::Claimed { .. } | Self::Completed { .. } | Self::Failed { .. } => {
                Secrets::default()
            }
        }
    }

    fn restore_secrets(&mut self, restored: Secrets) {
        match self {
            Self::Started { secrets, .. } => *secrets = restored,
            Self::Held { secrets, choices, .. } => {
                *secrets = restored.held.unwrap_or_default();
                *choices = restored.choices;
            }
            Self::Absent | Self::Claimed { .. } | Self::Completed { .. } | Self::Failed { .. } => {}
        }
    }
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::Claimed { .. } => "claimed",
            Self::Held { .. } => "held",
            Self::Completed { .. } => "completed",
            Self::Failed { .. } => "failed",
        }
    }
}
