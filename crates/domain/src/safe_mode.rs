//! A time in which nothing is refreshed, because what is stored may be older than what the provider knows. `Absent → On →
//! Left`.
//!
//! A backup holds refresh tokens that may have been used since it was made. Where a provider rotates them, sending a used
//! one ends the grant; so none is sent before somebody says that what is stored counts.

use crate::{Aggregate, CardFacts, Environment, EventName, IntegrationKey, SafeModeId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SafeMode {
    #[default]
    Absent,
    On {
        terms: Terms,
        /// Integrations whose connections are refreshed again.
        released: BTreeSet<Integration>,
    },
    Left {
        terms: Terms,
        at: Timestamp,
    },
}

/// One environment's integration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Integration {
    pub environment: Environment,
    pub integration: IntegrationKey,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub id: SafeModeId,
    pub since: Timestamp,
    /// When the backup was made that was restored; `None` where an operator asked for it otherwise.
    pub backup_of: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub enum Command {
    Enter(Terms),
    /// What is stored of these connections counts.
    Release {
        integration: Integration,
        at: Timestamp,
    },
    /// What is stored counts.
    Leave {
        at: Timestamp,
    },
}

/// What happened to it. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Entered { terms: Terms },
    IntegrationReleased { integration: Integration, at: Timestamp },
    Left { at: Timestamp },
}

/// There is nothing to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("safe mode is not on")]
pub struct NotOn;

impl Aggregate for SafeMode {
    const CATEGORY: &'static str = "safe_mode";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = NotOn;
    type Secrets = ();

    fn decide(&self, command: Command) -> Result<Vec<Event>, NotOn> {
        match (self, command) {
            (Self::Absent, Command::Enter(terms)) => Ok(vec![Event::Entered { terms }]),
            (Self::On { .. } | Self::Left { .. }, Command::Enter(_)) => Ok(vec![]),
            (Self::On { released, .. }, Command::Release { integration, .. })
                if released.contains(&integration) =>
            {
                Ok(vec![])
            }
            (Self::On { .. }, Command::Release { integration, at }) => {
                Ok(vec![Event::IntegrationReleased { integration, at }])
            }
            (Self::On { .. }, Command::Leave { at }) => Ok(vec![Event::Left { at }]),
            (Self::Left { .. }, Command::Release { .. } | Command::Leave { .. }) => Ok(vec![]),
            (Self::Absent, Command::Release { .. } | Command::Leave { .. }) => Err(NotOn),
        }
    }

    fn evolve(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Entered { terms }) => Self::On { terms, released: BTreeSet::new() },
            (Self::On { terms, mut released }, Event::IntegrationReleased { integration, .. }) => {
                released.insert(integration);
                Self::On { terms, released }
            }
            (Self::On { terms, .. }, Event::Left { at }) => Self::Left { terms, at },
            (
                unchanged @ (Self::Absent | Self::Left { .. }),
                Event::IntegrationReleased { .. } | Event::Left { .. },
            ) => unchanged,
        }
    }

    fn card(&self) -> CardFacts {
        let status = match self {
            Self::Absent => return CardFacts::default(),
            Self::On { .. } => ON,
            Self::Left { .. } => "left",
        };
        // Of all environments, and so of none.
        CardFacts { status, label: "safe mode".to_owned(), ..CardFacts::default() }
    }

    fn secrets(&self) {}

    fn restore_secrets(&mut self, (): ()) {}
}

/// The status it is found by while it is on.
pub const ON: &str = "on";

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Entered { .. } => "entered",
            Self::IntegrationReleased { .. } => "integration_released",
            Self::Left { .. } => "left",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on() -> SafeMode {
        let terms = Terms { id: SafeModeId::from_parts(1, 1), since: Timestamp(5), backup_of: None };
        SafeMode::default().evolve(Event::Entered { terms })
    }

    fn of(integration: &str) -> Integration {
        Integration { environment: "dev".parse().unwrap(), integration: integration.parse().unwrap() }
    }

    #[test]
    fn integrations_are_released_one_by_one_and_the_rest_together() {
        let release = Command::Release { integration: of("a"), at: Timestamp(6) };
        let events = on().decide(release.clone()).unwrap();
        let released = events.into_iter().fold(on(), SafeMode::evolve);
        assert!(matches!(&released, SafeMode::On { released, .. } if released.contains(&of("a"))));
        assert_eq!(released.decide(release), Ok(vec![]), "once is enough");
        let events = released.decide(Command::Leave { at: Timestamp(7) }).unwrap();
        let left = events.into_iter().fold(released, SafeMode::evolve);
        assert_eq!(left.card().status, "left");
        assert_eq!(left.decide(Command::Leave { at: Timestamp(8) }), Ok(vec![]));
    }

    #[test]
    fn what_was_never_entered_cannot_be_left() {
        assert_eq!(SafeMode::Absent.decide(Command::Leave { at: Timestamp(1) }), Err(NotOn));
    }

    #[test]
    fn every_event_ever_written_still_decodes() {
        for line in include_str!("golden/safe_mode.jsonl").lines() {
            let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(
                serde_json::to_value(&event).unwrap(),
                serde_json::from_str::<serde_json::Value>(line).unwrap()
            );
        }
    }
}
