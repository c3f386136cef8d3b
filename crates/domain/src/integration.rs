//! An integration: a customer's app at one provider. `Absent → Registered → Retired`, and it may be registered again.

use crate::{Aggregate, CardFacts, Environment, EventName, IntegrationKey, Timestamp};
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
    #[serde(skip)]
    pub secrets: Secrets,
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
}

/// The client secret, and the app-level inputs that are secret, in one sealed document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Secrets {
    pub app: Option<Sealed<JsonSecret>>,
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
            (Self::Registered(_), Command::Retire { at }) => Ok(vec![Event::Retired { at }]),
            (Self::Retired { .. }, Command::Retire { .. }) => Ok(vec![]),
            (Self::Absent, Command::Retire { .. }) => Err(Refusal::Absent),
        }
    }

    fn evolve(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Registered { environment, key, settings, at, secrets }) => {
                Self::Registered(Registered { environment, key, settings, created_at: at, secrets })
            }
            (Self::Registered(now), Event::SettingsChanged { settings, .. }) => {
                Self::Registered(Registered { settings, ..now })
            }
            (Self::Registered(now), Event::SecretRotated { secrets, .. }) => {
                Self::Registered(Registered { secrets, ..now })
            }
            (Self::Registered(now), Event::Retired { .. }) => {
                Self::Retired { environment: now.environment, key: now.key }
            }
            (
                unchanged @ (Self::Absent | Self::Retired { .. }),
                Event::SettingsChanged { .. } | Event::SecretRotated { .. } | Event::Retired { .. },
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
            secrets: secret.map(|byte| Secrets { app: Some(Sealed::from_bytes(vec![byte])) }),
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
