//! A login link: lets one operator into the dashboard, once. `Absent → Open → Redeemed`. Only a digest of its token is kept.

use crate::{Aggregate, ApiKeyId, CardFacts, Digest, Environment, EventName, LoginLinkId, Role, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long after its end a link is told to be used or expired rather than unknown.
pub const RETENTION: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LoginLink {
    #[default]
    Absent,
    Open {
        terms: Terms,
    },
    Redeemed {
        terms: Terms,
        key: ApiKeyId,
    },
}

/// Who is let in, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub id: LoginLinkId,
    pub environment: Environment,
    /// What the operator's doings are recorded under.
    pub operator: String,
    pub role: Role,
    /// Digest of the token's secret half.
    pub token: Digest,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone)]
pub enum Command {
    Create(Terms),
    /// A browser shows the token, and is to be given this key for it.
    Redeem {
        token: Digest,
        key: ApiKeyId,
        at: Timestamp,
    },
}

/// What happened to a login link. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Created { terms: Terms },
    Redeemed { key: ApiKeyId, at: Timestamp },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such link, or a token that is not its token: which of the two is not told.
    #[error("the login link is not valid")]
    Unknown,
    #[error("the login link has expired")]
    Expired,
    #[error("the login link was used already")]
    Used,
}

impl LoginLink {
    #[must_use]
    pub fn terms(&self) -> Option<&Terms> {
        match self {
            Self::Absent => None,
            Self::Open { terms } | Self::Redeemed { terms, .. } => Some(terms),
        }
    }
}

impl Aggregate for LoginLink {
    const CATEGORY: &'static str = "login_link";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Secrets = ();

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        match (self, command) {
            (Self::Absent, Command::Create(terms)) => Ok(vec![Event::Created { terms }]),
            (Self::Open { .. } | Self::Redeemed { .. }, Command::Create(_)) => Ok(vec![]),
            (Self::Absent, Command::Redeem { .. }) => Err(Refusal::Unknown),
            (Self::Open { terms } | Self::Redeemed { terms, .. }, Command::Redeem { token, .. })
                if terms.token != token =>
            {
                Err(Refusal::Unknown)
            }
            // Also for who redeemed it: a login is given to one browser, and its key is shown once.
            (Self::Redeemed { .. }, Command::Redeem { .. }) => Err(Refusal::Used),
            (Self::Open { terms }, Command::Redeem { at, .. }) if terms.expires_at <= at => {
                Err(Refusal::Expired)
            }
            (Self::Open { .. }, Command::Redeem { key, at, .. }) => Ok(vec![Event::Redeemed { key, at }]),
        }
    }

    fn evolve(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Created { terms }) => Self::Open { terms },
            (Self::Open { terms }, Event::Redeemed { key, .. }) => Self::Redeemed { terms, key },
            (unchanged @ (Self::Absent | Self::Redeemed { .. }), Event::Redeemed { .. }) => unchanged,
        }
    }

    fn card(&self) -> CardFacts {
        let Some(terms) = self.terms() else { return CardFacts::default() };
        CardFacts {
            environment: terms.environment.to_string(),
            status: if matches!(self, Self::Open { .. }) { "open" } else { "redeemed" },
            label: terms.operator.clone(),
            // What is to be done then is to forget it.
            due_at: Some(terms.expires_at.plus(RETENTION)),
            ..CardFacts::default()
        }
    }

    fn secrets(&self) {}

    fn restore_secrets(&mut self, (): ()) {}
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "created",
            Self::Redeemed { .. } => "redeemed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> LoginLink {
        let terms = Terms {
            id: LoginLinkId::from_parts(1, 1),
            environment: "dev".parse().unwrap(),
            operator: "ana".into(),
            role: Role::Admin,
            token: Digest::of(b"token"),
            created_at: Timestamp(0),
            expires_at: Timestamp(100),
        };
        LoginLink::default().evolve(Event::Created { terms })
    }

    fn redeem(token: &[u8], at: i64) -> Command {
        Command::Redeem { token: Digest::of(token), key: ApiKeyId::from_parts(1, 1), at: Timestamp(at) }
    }

    #[test]
    fn a_link_lets_in_once() {
        let events = open().decide(redeem(b"token", 99)).unwrap();
        let redeemed = events.into_iter().fold(open(), LoginLink::evolve);
        assert_eq!(redeemed.decide(redeem(b"token", 99)), Err(Refusal::Used));
    }

    #[test]
    fn an_expired_link_lets_nobody_in() {
        assert_eq!(open().decide(redeem(b"token", 100)), Err(Refusal::Expired));
    }

    #[test]
    fn another_token_is_not_told_that_the_link_exists() {
        assert_eq!(open().decide(redeem(b"guess", 1)), Err(Refusal::Unknown));
        assert_eq!(LoginLink::Absent.decide(redeem(b"token", 1)), Err(Refusal::Unknown));
    }

    #[test]
    fn every_event_ever_written_still_decodes() {
        for line in include_str!("golden/login_link.jsonl").lines() {
            let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(
                serde_json::to_value(&event).unwrap(),
                serde_json::from_str::<serde_json::Value>(line).unwrap()
            );
        }
    }
}
