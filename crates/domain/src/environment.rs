//! The life of an environment: `Absent → Open → Ended`. What is recorded under its name stays, so the name is not given again.
//!
//! Invariant: an environment is begun once and with one first key, whose id stands here before the key does. Whoever was cut
//! short between the two goes on with that id, and whoever comes at the same moment does too: the key's stream has one winner.
//!
//! An environment may also be there without having been begun here, by a key or an integration that was made for it.

use crate::{Aggregate, ApiKeyId, CardFacts, Environment, EventName, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Life {
    #[default]
    Absent,
    Open(Beginning),
    Ended {
        environment: Environment,
        at: Timestamp,
    },
}

/// How an environment began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    pub environment: Environment,
    pub first_key: ApiKeyId,
    /// Whose integrations it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloned_from: Option<Environment>,
    pub at: Timestamp,
}

#[derive(Debug, Clone)]
pub enum Command {
    Begin(Beginning),
    End { environment: Environment, at: Timestamp },
}

/// What happened to an environment. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Begun { beginning: Beginning },
    Ended { environment: Environment, at: Timestamp },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is an environment of this name")]
    Taken,
    #[error("the environment of this name has ended")]
    Ended,
}

/// The status an environment is found by that nobody may do anything in any more.
pub const ENDED: &str = "ended";

impl Aggregate for Life {
    const CATEGORY: &'static str = "environment";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Secrets = ();

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        match (self, command) {
            (Self::Absent, Command::Begin(beginning)) => Ok(vec![Event::Begun { beginning }]),
            // The same wish again goes on with what was begun; another one is not mixed into it.
            (Self::Open(begun), Command::Begin(beginning)) if begun.cloned_from == beginning.cloned_from => {
                Ok(vec![])
            }
            (Self::Open(_), Command::Begin(_)) => Err(Refusal::Taken),
            (Self::Ended { .. }, Command::Begin(_)) => Err(Refusal::Ended),
            (Self::Absent | Self::Open(_), Command::End { environment, at }) => {
                Ok(vec![Event::Ended { environment, at }])
            }
            (Self::Ended { .. }, Command::End { .. }) => Ok(vec![]),
        }
    }

    fn evolve(self, event: Event) -> Self {
        match event {
            Event::Begun { beginning } => Self::Open(beginning),
            Event::Ended { environment, at } => Self::Ended { environment, at },
        }
    }

    fn card(&self) -> CardFacts {
        let (status, environment) = match self {
            Self::Absent => return CardFacts::default(),
            Self::Open(begun) => ("open", &begun.environment),
            Self::Ended { environment, .. } => (ENDED, environment),
        };
        CardFacts {
            environment: environment.to_string(),
            status,
            label: environment.to_string(),
            ..CardFacts::default()
        }
    }

    fn secrets(&self) {}

    fn restore_secrets(&mut self, (): ()) {}
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Begun { .. } => "begun",
            Self::Ended { .. } => "ended",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(key: u64, cloned_from: Option<&str>) -> Command {
        Command::Begin(Beginning {
            environment: "acme".parse().unwrap(),
            first_key: ApiKeyId::from_parts(key, 1),
            cloned_from: cloned_from.map(|name| name.parse().unwrap()),
            at: Timestamp(1),
        })
    }

    fn end() -> Command {
        Command::End { environment: "acme".parse().unwrap(), at: Timestamp(2) }
    }

    fn after(commands: impl IntoIterator<Item = Command>) -> Life {
        commands.into_iter().fold(Life::default(), |life, command| {
            life.decide(command).unwrap().into_iter().fold(life, Life::evolve)
        })
    }

    #[test]
    fn who_begins_again_goes_on_with_the_first_key_of_whoever_was_first() {
        assert_eq!(after([begin(1, None), begin(2, None)]), after([begin(1, None)]));
        assert_eq!(after([begin(1, None)]).decide(begin(2, Some("dev"))), Err(Refusal::Taken));
        assert_eq!(after([begin(1, Some("dev"))]).decide(begin(2, Some("prod"))), Err(Refusal::Taken));
    }

    #[test]
    fn a_name_that_ended_is_not_given_again() {
        let ended = after([begin(1, None), end()]);
        assert_eq!(ended.decide(begin(2, None)), Err(Refusal::Ended));
        assert_eq!(ended.decide(end()), Ok(vec![]), "to end twice is once");
        assert_eq!(after([end()]), ended, "one that was never begun here ends too");
    }

    #[test]
    fn every_event_ever_written_still_decodes() {
        for line in include_str!("golden/environment.jsonl").lines() {
            let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(
                serde_json::to_value(&event).unwrap(),
                serde_json::from_str::<serde_json::Value>(line).unwrap()
            );
        }
    }
}
