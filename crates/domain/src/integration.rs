//! An integration: a customer's app at one provider. `Absent → Registered → Retired`, and it may be registered again.

use crate::failure::words;
use crate::{Aggregate, CardFacts, Digest, Environment, EventName, IntegrationKey, KeyId, Timestamp};
use latchkey_secret::{JsonSecret, Sealed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Integration {
    #[default]
    Absent,
    Registered(Registered),
    Retired {
        environment: Environment,
        key: IntegrationKey,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    pub environment: Environment,
    pub key: IntegrationKey,
    pub settings: Settings,
    pub created_at: Timestamp,
    /// The client new connections are made with, where no developer registered one.
    #[serde(default)]
    pub client: Option<Box<RegisteredClient>>,
    #[serde(skip)]
    pub secrets: Secrets,
}

/// A client that was registered by ourselves (RFC 7591). Every connection keeps the one it was made with, so replacing
/// this one takes nothing from those that are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredClient {
    pub client_id: String,
    /// Of what was asked for: another registration needs another client.
    pub registration: Digest,
    pub registered_at: Timestamp,
    /// When its secret ends. `None` where it has none, or one that does not end.
    pub secret_expires_at: Option<Timestamp>,
}

/// What a developer chose. Nothing here is secret.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    pub provider: String,
    pub display_name: String,
    pub client_id: String,
    pub scopes: Vec<String>,
    /// The provider's app-level inputs that are not secret, by their catalogue name.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "OtherAccount::is_warn")]
    pub other_account: OtherAccount,
}

words!(
    /// What happens where somebody who is to mend a connection comes back with another account than it has.
    #[derive(Default)]
    OtherAccount {
        /// The end user is told, and asked whether that account is to take the place of the other.
        #[default]
        Warn = "WARN",
        /// It is not taken.
        Block = "BLOCK",
        /// It is taken, and nobody is asked.
        Allow = "ALLOW",
    }
);

impl OtherAccount {
    fn is_warn(&self) -> bool {
        *self == Self::Warn
    }
}

/// The client secret, and the app-level inputs that are secret, in one sealed document; and what the registered client
/// was given, in another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Secrets {
    pub app: Option<Sealed<JsonSecret>>,
    #[serde(default)]
    pub client: Option<Sealed<JsonSecret>>,
}

#[derive(Debug, Clone)]
pub enum Command {
    /// Creates it, or replaces its settings; `secrets` is `None` where they stay as they are.
    Register {
        environment: Environment,
        key: IntegrationKey,
        settings: Settings,
        secrets: Option<Secrets>,
        at: Timestamp,
    },
    /// Keeps a client for new connections, unless there is another by now than the one it was to replace.
    KeepClient {
        client: RegisteredClient,
        replaces: Option<String>,
        secret: Option<Sealed<JsonSecret>>,
    },
    /// The server does not know the client any more.
    ForgetClient {
        client_id: String,
        at: Timestamp,
    },
    /// The app's secret is about to be shown to whoever asked.
    Reveal {
        at: Timestamp,
    },
    /// What is sealed of it was sealed anew, with another data key.
    ReplaceKey {
        key: KeyId,
        secrets: Secrets,
        at: Timestamp,
    },
    Retire {
        at: Timestamp,
    },
}

/// What happened to an integration. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Registered {
        environment: Environment,
        key: IntegrationKey,
        settings: Settings,
        at: Timestamp,
        #[serde(skip)]
        secrets: Secrets,
    },
    SettingsChanged {
        settings: Settings,
        at: Timestamp,
    },
    SecretRotated {
        at: Timestamp,
        #[serde(skip)]
        secrets: Secrets,
    },
    ClientRegistered {
        client: RegisteredClient,
        #[serde(skip)]
        secret: Option<Sealed<JsonSecret>>,
    },
    ClientForgotten {
        client_id: String,
        at: Timestamp,
    },
    /// It was given out to somebody, whom the record names as with every event.
    SecretRevealed {
        at: Timestamp,
    },
    /// What is sealed of it is sealed with another data key now. Nothing else has changed.
    KeyReplaced {
        key: KeyId,
        at: Timestamp,
        #[serde(skip)]
        secrets: Secrets,
    },
    Retired {
        at: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such integration")]
    Absent,
    /// Connections of one provider's accounts mean nothing at another.
    #[error("an integration's provider cannot be changed; register another integration")]
    OtherProvider,
}

impl Integration {
    /// # Errors
    /// [`Refusal::Absent`] where it was never registered, or was retired.
    pub fn registered(&self) -> Result<&Registered, Refusal> {
        match self {
            Self::Registered(registered) => Ok(registered),
            Self::Absent | Self::Retired { .. } => Err(Refusal::Absent),
        }
    }
}

impl Aggregate for Integration {
    const CATEGORY: &'static str = "integration";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Secrets = Secrets;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        match (self, command) {
            (Self::Registered(now), Command::Register { settings, secrets, at, .. }) => {
                change(now, settings, secrets, at)
            }
            (
                Self::Absent | Self::Retired { .. },
                Command::Register { environment, key, settings, secrets, at },
            ) => {
                let secrets = secrets.unwrap_or_default();
                Ok(vec![Event::Registered { environment, key, settings, at, secrets }])
            }
            (Self::Registered(now), Command::KeepClient { client, replaces, secret }) => {
                let expected = now.client_id() == replaces.as_deref();
                Ok(expected.then_some(Event::ClientRegistered { client, secret }).into_iter().collect())
            }
            (Self::Registered(now), Command::ForgetClient { client_id, at }) => {
                let known = now.client_id() == Some(client_id.as_str());
                Ok(known.then_some(Event::ClientForgotten { client_id, at }).into_iter().collect())
            }
            (
                Self::Absent | Self::Retired { .. },
                Command::KeepClient { .. }
                | Command::ForgetClient { .. }
                | Command::Reveal { .. }
                | Command::ReplaceKey { .. },
            ) => Err(Refusal::Absent),
            (Self::Registered(_), Command::Reveal { at }) => Ok(vec![Event::SecretRevealed { at }]),
            (Self::Registered(_), Command::ReplaceKey { key, secrets, at }) => {
                Ok(vec![Event::KeyReplaced { key, at, secrets }])
            }
            (Self::Registered(_), Command::Retire { at }) => Ok(vec![Event::Retired { at }]),
            (Self::Retired { .. }, Command::Retire { .. }) => Ok(vec![]),
            (Self::Absent, Command::Retire { .. }) => Err(Refusal::Absent),
        }
    }

    fn evolve(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Registered { environment, key, settings, at, secrets }) => {
                let (created_at, client) = (at, None);
                Self::Registered(Registered { environment, key, settings, created_at, client, secrets })
            }
            (Self::Registered(now), Event::SettingsChanged { settings, .. }) => {
                Self::Registered(Registered { settings, ..now })
            }
            (Self::Registered(now), Event::SecretRotated { secrets, .. }) => {
                let secrets = Secrets { app: secrets.app, client: now.secrets.client };
                Self::Registered(Registered { secrets, ..now })
            }
            (Self::Registered(now), Event::ClientRegistered { client, secret }) => {
                let secrets = Secrets { app: now.secrets.app, client: secret };
                Self::Registered(Registered { client: Some(Box::new(client)), secrets, ..now })
            }
            (Self::Registered(now), Event::ClientForgotten { .. }) => {
                let secrets = Secrets { app: now.secrets.app, client: None };
                Self::Registered(Registered { client: None, secrets, ..now })
            }
            (registered @ Self::Registered(_), Event::SecretRevealed { .. }) => registered,
            (Self::Registered(now), Event::KeyReplaced { secrets, .. }) => {
                Self::Registered(Registered { secrets, ..now })
            }
            (Self::Registered(now), Event::Retired { .. }) => {
                Self::Retired { environment: now.environment, key: now.key }
            }
            (
                unchanged @ (Self::Absent | Self::Retired { .. }),
                Event::SettingsChanged { .. }
                | Event::SecretRotated { .. }
                | Event::ClientRegistered { .. }
                | Event::ClientForgotten { .. }
                | Event::SecretRevealed { .. }
                | Event::KeyReplaced { .. }
                | Event::Retired { .. },
            ) => unchanged,
        }
    }

    fn card(&self) -> CardFacts {
        match self {
            Self::Absent => CardFacts::default(),
            Self::Registered(now) => CardFacts {
                environment: now.environment.to_string(),
                parent: now.settings.provider.clone(),
                status: "active",
                label: now.settings.display_name.clone(),
                ..CardFacts::default()
            },
            Self::Retired { environment, key } => CardFacts {
                environment: environment.to_string(),
                status: "retired",
                label: key.to_string(),
                ..CardFacts::default()
            },
        }
    }

    fn secrets(&self) -> Secrets {
        match self {
            Self::Registered(now) => now.secrets.clone(),
            Self::Absent | Self::Retired { .. } => Secrets::default(),
        }
    }

    fn restore_secrets(&mut self, secrets: Secrets) {
        if let Self::Registered(now) = self {
            now.secrets = secrets;
        }
    }
}

impl Registered {
    fn client_id(&self) -> Option<&str> {
        self.client.as_ref().map(|client| client.client_id.as_str())
    }
}

fn change(
    now: &Registered,
    settings: Settings,
    secrets: Option<Secrets>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if now.settings.provider != settings.provider {
        return Err(Refusal::OtherProvider);
    }
    let settings_changed = (now.settings != settings).then_some(Event::SettingsChanged { settings, at });
    let secret_rotated = secrets.map(|secrets| Event::SecretRotated { at, secrets });
    Ok(settings_changed.into_iter().chain(secret_rotated).collect())
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "registered",
            Self::SettingsChanged { .. } => "settings_changed",
            Self::SecretRotated { .. } => "secret_rotated",
            Self::ClientRegistered { .. } => "client_registered",
            Self::ClientForgotten { .. } => "client_forgotten",
            Self::SecretRevealed { .. } => "secret_revealed",
            Self::KeyReplaced { .. } => "key_replaced",
            Self::Retired { .. } => "retired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(provider: &str, scopes: &[&str], secret: Option<u8>) -> Command {
        let scopes = scopes.iter().map(ToString::to_string).collect();
        Command::Register {
            environment: "dev".parse().unwrap(),
            key: "github".parse().unwrap(),
            settings: Settings { provider: provider.into(), scopes, ..Settings::default() },
            secrets: secret.map(|byte| Secrets { app: Some(Sealed::from_bytes(vec![byte])), client: None }),
            at: Timestamp(1),
        }
    }

    fn after(commands: impl IntoIterator<Item = Command>) -> Integration {
        commands.into_iter().fold(Integration::default(), |integration, command| {
            integration.decide(command).unwrap().into_iter().fold(integration, Integration::evolve)
        })
    }

    #[test]
    fn settings_change_without_the_secret() {
        let integration = after([register("github", &[], Some(1)), register("github", &["repo"], None)]);
        assert_eq!(integration.registered().unwrap().settings.scopes, ["repo"]);
        assert_eq!(integration.secrets().app, Some(Sealed::from_bytes(vec![1])));
    }

    #[test]
    fn registering_the_same_again_decides_to_nothing() {
        assert_eq!(
            after([register("github", &[], Some(1))]).decide(register("github", &[], None)),
            Ok(vec![])
        );
    }

    #[test]
    fn that_the_secret_was_shown_is_recorded_and_changes_nothing() {
        let integration = after([register("github", &[], Some(1))]);
        let (reveal, at) = (|| Command::Reveal { at: Timestamp(5) }, Timestamp(5));
        assert_eq!(integration.decide(reveal()), Ok(vec![Event::SecretRevealed { at }]));
        assert_eq!(integration.clone().evolve(Event::SecretRevealed { at }), integration);
        assert_eq!(Integration::Absent.decide(reveal()), Err(Refusal::Absent));
    }

    #[test]
    fn what_is_sealed_anew_takes_the_place_of_what_was_and_changes_nothing_else() {
        let integration = after([register("github", &["repo"], Some(1)), keep("first", None)]);
        let sealed = |byte| Some(Sealed::from_bytes(vec![byte]));
        let secrets = Secrets { app: sealed(8), client: sealed(9) };
        let replace = Command::ReplaceKey {
            key: KeyId::from_bytes([7; 16]),
            secrets: secrets.clone(),
            at: Timestamp(5),
        };
        let replaced = after([register("github", &["repo"], Some(1)), keep("first", None), replace.clone()]);
        assert_eq!(replaced.secrets(), secrets);
        let mut expected = integration;
        expected.restore_secrets(secrets);
        assert_eq!(replaced, expected);
        assert_eq!(Integration::Absent.decide(replace), Err(Refusal::Absent));
    }

    #[test]
    fn the_provider_cannot_be_changed() {
        let integration = after([register("github", &[], None)]);
        assert_eq!(integration.decide(register("slack", &[], None)), Err(Refusal::OtherProvider));
    }

    #[test]
    fn a_retired_integration_is_as_good_as_absent_and_can_be_registered_again() {
        let retired = after([register("github", &[], Some(1)), Command::Retire { at: Timestamp(2) }]);
        assert_eq!(retired.registered(), Err(Refusal::Absent));
        assert_eq!(retired.secrets(), Secrets::default());
        assert!(retired.decide(register("slack", &[], None)).is_ok());
    }

    fn client(id: &str) -> RegisteredClient {
        RegisteredClient {
            client_id: id.into(),
            registration: Digest::of(b"a registration"),
            registered_at: Timestamp(1),
            secret_expires_at: None,
        }
    }

    fn keep(id: &str, replaces: Option<&str>) -> Command {
        let secret = Some(Sealed::from_bytes(id.as_bytes().to_vec()));
        Command::KeepClient { client: client(id), replaces: replaces.map(Into::into), secret }
    }

    #[test]
    fn of_two_that_register_at_once_the_first_is_kept() {
        let integration = after([register("github", &[], Some(1)), keep("first", None)]);
        assert_eq!(integration.decide(keep("second", None)), Ok(vec![]));
        assert_eq!(integration.registered().unwrap().client.as_deref(), Some(&client("first")));
        let replaced =
            after([register("github", &[], None), keep("first", None), keep("second", Some("first"))]);
        assert_eq!(replaced.secrets().client, Some(Sealed::from_bytes(b"second".to_vec())));
    }

    #[test]
    fn a_client_and_the_apps_secrets_are_kept_beside_each_other() {
        let integration = after([
            register("github", &[], Some(1)),
            keep("first", None),
            register("github", &["repo"], Some(2)),
        ]);
        let sealed = |bytes: &[u8]| Some(Sealed::from_bytes(bytes.to_vec()));
        assert_eq!(integration.secrets(), Secrets { app: sealed(&[2]), client: sealed(b"first") });
        let forget = |id: &str| Command::ForgetClient { client_id: id.into(), at: Timestamp(3) };
        assert_eq!(integration.decide(forget("another")), Ok(vec![]));
        let forgotten = after([register("github", &[], Some(1)), keep("first", None), forget("first")]);
        assert_eq!(forgotten.secrets(), Secrets { app: sealed(&[1]), client: None });
        assert_eq!(forgotten.registered().unwrap().client, None);
    }

    #[test]
    fn every_event_ever_written_still_decodes() {
        for line in include_str!("golden/integration.jsonl").lines() {
            let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(
                serde_json::to_value(&event).unwrap(),
                serde_json::from_str::<serde_json::Value>(line).unwrap()
            );
        }
    }
}
