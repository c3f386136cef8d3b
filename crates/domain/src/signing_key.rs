//! What an environment's receipts and audit roots are signed with. `Absent → Present`.
//!
//! Invariants: one key signs, the latest; every public key there ever was stays known, so that what was signed can be checked
//! for as long as anybody keeps it.

use crate::{Aggregate, CardFacts, Environment, EventName, Timestamp};
use latchkey_secret::{JsonSecret, Sealed};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SigningKeys {
    #[default]
    Absent,
    Present {
        environment: Environment,
        /// The oldest first. The last one signs.
        public_keys: Vec<PublicKey>,
        #[serde(skip)]
        secret: Option<Sealed<JsonSecret>>,
    },
}

/// What signatures are checked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// How many the environment has had.
    pub generation: u64,
    /// What a signed statement names it by.
    pub id: String,
    pub key: String,
    pub made_at: Timestamp,
}

#[derive(Debug, Clone)]
pub enum Command {
    /// A new key, which signs from now on. Nothing comes of it where another of its generation came first.
    Make { environment: Environment, public_key: PublicKey, secret: Sealed<JsonSecret> },
}

/// What happened to an environment's signing keys. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Made {
        environment: Environment,
        public_key: PublicKey,
        #[serde(skip)]
        secret: Option<Sealed<JsonSecret>>,
    },
}

impl SigningKeys {
    /// The oldest first.
    #[must_use]
    pub fn public_keys(&self) -> &[PublicKey] {
        match self {
            Self::Absent => &[],
            Self::Present { public_keys, .. } => public_keys,
        }
    }

    /// The key that signs, sealed, with what is known of it.
    #[must_use]
    pub fn present(&self) -> Option<(&PublicKey, &Sealed<JsonSecret>)> {
        match self {
            Self::Absent => None,
            Self::Present { public_keys, secret, .. } => public_keys.last().zip(secret.as_ref()),
        }
    }

    fn generation(&self) -> u64 {
        self.public_keys().last().map_or(0, |key| key.generation)
    }
}

impl Aggregate for SigningKeys {
    const CATEGORY: &'static str = "signing_key";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Infallible;
    type Secrets = Option<Sealed<JsonSecret>>;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Infallible> {
        let Command::Make { environment, public_key, secret } = command;
        if public_key.generation != self.generation() + 1 {
            return Ok(vec![]);
        }
        Ok(vec![Event::Made { environment, public_key, secret: Some(secret) }])
    }

    fn evolve(self, event: Event) -> Self {
        let Event::Made { environment, public_key, secret } = event;
        let mut public_keys = self.public_keys().to_vec();
        public_keys.push(public_key);
        Self::Present { environment, public_keys, secret }
    }

    fn card(&self) -> CardFacts {
        match self {
            Self::Absent => CardFacts::default(),
            Self::Present { environment, .. } => CardFacts {
                environment: environment.to_string(),
                status: "present",
                label: environment.to_string(),
                ..CardFacts::default()
            },
        }
    }

    fn secrets(&self) -> Self::Secrets {
        match self {
            Self::Absent => None,
            Self::Present { secret, .. } => secret.clone(),
        }
    }

    fn restore_secrets(&mut self, restored: Self::Secrets) {
        if let Self::Present { secret, .. } = self {
            *secret = restored;
        }
    }
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Made { .. } => "made",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(generation: u64) -> Command {
        Command::Make {
            environment: "dev".parse().unwrap(),
            public_key: PublicKey {
                generation,
                id: format!("key {generation}"),
                key: "lkpk_".into(),
                made_at: Timestamp(0),
            },
            secret: Sealed::from_bytes(vec![u8::try_from(generation).unwrap()]),
        }
    }

    fn after(commands: impl IntoIterator<Item = Command>) -> SigningKeys {
        commands.into_iter().fold(SigningKeys::default(), |keys, command| {
            keys.decide(command).unwrap().into_iter().fold(keys, SigningKeys::evolve)
        })
    }

    #[test]
    fn the_latest_key_signs_and_those_before_stay_known() {
        let keys = after([make(1), make(2)]);
        assert_eq!(keys.present().unwrap().0.id, "key 2");
        assert_eq!(keys.secrets(), Some(Sealed::from_bytes(vec![2])));
        let ids: Vec<_> = keys.public_keys().iter().map(|key| key.id.as_str()).collect();
        assert_eq!(ids, ["key 1", "key 2"]);
    }

    #[test]
    fn of_two_keys_made_at_once_one_is_everybodys() {
        assert_eq!(after([make(1)]).decide(make(1)), Ok(vec![]));
        assert_eq!(SigningKeys::default().decide(make(2)), Ok(vec![]));
    }

    #[test]
    fn every_event_ever_written_still_decodes() {
        for line in include_str!("golden/signing_key.jsonl").lines() {
            let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(
                serde_json::to_value(&event).unwrap(),
                serde_json::from_str::<serde_json::Value>(line).unwrap()
            );
        }
    }
}
