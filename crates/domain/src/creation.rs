//! The wish of a backend for a connection, under a name of its own: what comes again by that name is the same wish.
//! `Absent → Reserved`, and forgotten after a day.

use crate::{
    Aggregate, AuthorizationId, CardFacts, ConnectionId, Environment, EventName, IntegrationKey, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::time::Duration;

/// How long a wish is remembered. Who repeats a call does so within minutes.
pub const RETENTION: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Creation {
    #[default]
    Absent,
    Reserved(Terms),
}

/// Which connection is to come of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub request: AuthorizationId,
    pub environment: Environment,
    pub integration: IntegrationKey,
    pub connection: ConnectionId,
    pub at: Timestamp,
}

#[derive(Debug, Clone)]
pub enum Command {
    Reserve(Terms),
}

/// What happened to a wish. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Reserved { terms: Terms },
}

impl Creation {
    #[must_use]
    pub fn terms(&self) -> Option<&Terms> {
        match self {
            Self::Absent => None,
            Self::Reserved(terms) => Some(terms),
        }
    }
}

impl Aggregate for Creation {
    const CATEGORY: &'static str = "creation";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Infallible;
    type Secrets = ();

    fn decide(&self, command: Command) -> Result<Vec<Event>, Infallible> {
        match (self, command) {
            (Self::Absent, Command::Reserve(terms)) => Ok(vec![Event::Reserved { terms }]),
            // The first one decides which connection it is.
            (Self::Reserved(_), Command::Reserve(_)) => Ok(vec![]),
        }
    }

    fn evolve(self, event: Event) -> Self {
        match event {
            Event::Reserved { terms } => Self::Reserved(terms),
        }
    }

    fn card(&self) -> CardFacts {
        let Some(terms) = self.terms() else { return CardFacts::default() };
        CardFacts {
            environment: terms.environment.to_string(),
            status: "reserved",
            // What is to be done then is to forget it.
            due_at: Some(terms.at.plus(RETENTION)),
            ..CardFacts::default()
        }
    }

    fn secrets(&self) {}

    fn restore_secrets(&mut self, (): ()) {}
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Reserved { .. } => "reserved",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reserve(connection: u64) -> Command {
        Command::Reserve(Terms {
            request: AuthorizationId::from_parts(1, 1),
            environment: "dev".parse().unwrap(),
            integration: "crm".parse().unwrap(),
            connection: ConnectionId::from_parts(connection, 1),
            at: Timestamp(0),
        })
    }

    #[test]
    fn a_wish_that_comes_again_keeps_its_first_connection() {
        let after = |creation: Creation, command| {
            creation.decide(command).unwrap().into_iter().fold(creation, Creation::evolve)
        };
        let again = after(after(Creation::default(), reserve(1)), reserve(2));
        assert_eq!(again.terms().unwrap().connection, ConnectionId::from_parts(1, 1));
    }

    #[test]
    fn every_event_ever_written_still_decodes() {
        for line in include_str!("golden/creation.jsonl").lines() {
            let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(
                serde_json::to_value(&event).unwrap(),
                serde_json::from_str::<serde_json::Value>(line).unwrap()
            );
        }
    }
}
