//! An API key: what a backend proves itself with. `Absent → Active ⇄ Locked → Revoked`. Only a digest of its secret is kept.
//!
//! A key that is replaced has a successor, beside which it goes on for a while. It never goes on for longer than it would have.
//!
//! A key is locked where it comes out of a backup: it may have been revoked since, and nobody here knows. It opens nothing
//! before an operator confirms it.

use crate::{Aggregate, ApiKeyId, CardFacts, Digest, Environment, EventName, Role, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ApiKey {
    #[default]
    Absent,
    Active(Issued),
    Locked(Issued),
    Revoked(Issued),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    pub id: ApiKeyId,
    pub environment: Environment,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub secret: Digest,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// Set where the key is an operator's login to the dashboard; its name is the operator's then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<Replaced>,
}

/// What took a key's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    pub by: ApiKeyId,
    /// How long it goes on beside its successor.
    pub until: Timestamp,
}

impl Issued {
    /// When it opens nothing any more: its own end, or that of its time beside a successor.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        let until = self.replaced.as_ref().map(|replaced| replaced.until);
        self.expires_at.into_iter().chain(until).min()
    }
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    /// Create connect sessions.
    #[serde(rename = "sessions:write")]
    SessionsWrite,
    /// See connections and their events; never a secret.
    #[serde(rename = "connections:read")]
    ConnectionsRead,
    /// Make connections of credentials that are brought, describe them, switch them off and on.
    #[serde(rename = "connections:write")]
    ConnectionsWrite,
    #[serde(rename = "connections:delete")]
    ConnectionsDelete,
    /// Be given access tokens and ready-made headers.
    #[serde(rename = "tokens:read")]
    TokensRead,
    /// Be given whole credentials.
    #[serde(rename = "credentials:read")]
    CredentialsRead,
    /// Call a provider's API through the proxy, without seeing the credential.
    #[serde(rename = "proxy:call")]
    ProxyCall,
    /// See integrations; never a secret.
    #[serde(rename = "integrations:read")]
    IntegrationsRead,
    /// Register, change and retire integrations, and see them.
    #[serde(rename = "integrations:admin")]
    IntegrationsAdmin,
    /// Issue and revoke keys, and let operators in.
    #[serde(rename = "keys:admin")]
    KeysAdmin,
    /// See where the world is told what happens, and what became of it.
    #[serde(rename = "webhooks:read")]
    WebhooksRead,
    /// Say where the world is told what happens, see what became of it, and have it told again.
    #[serde(rename = "webhooks:admin")]
    WebhooksAdmin,
    /// See who was given which credential, and have the record of it all.
    #[serde(rename = "audit:read")]
    AuditRead,
    /// Make environments, and see which there are: beyond the key's own.
    #[serde(rename = "environments:admin")]
    EnvironmentsAdmin,
}

impl Scope {
    pub const ALL: &'static [Self] = &[
        Self::SessionsWrite,
        Self::ConnectionsRead,
        Self::ConnectionsWrite,
        Self::ConnectionsDelete,
        Self::TokensRead,
        Self::CredentialsRead,
        Self::ProxyCall,
        Self::IntegrationsRead,
        Self::IntegrationsAdmin,
        Self::KeysAdmin,
        Self::WebhooksRead,
        Self::WebhooksAdmin,
        Self::AuditRead,
        Self::EnvironmentsAdmin,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SessionsWrite => "sessions:write",
            Self::ConnectionsRead => "connections:read",
            Self::ConnectionsWrite => "connections:write",
            Self::ConnectionsDelete => "connections:delete",
            Self::TokensRead => "tokens:read",
            Self::CredentialsRead => "credentials:read",
            Self::ProxyCall => "proxy:call",
            Self::IntegrationsRead => "integrations:read",
            Self::IntegrationsAdmin => "integrations:admin",
            Self::KeysAdmin => "keys:admin",
            Self::WebhooksRead => "webhooks:read",
            Self::WebhooksAdmin => "webhooks:admin",
            Self::AuditRead => "audit:read",
            Self::EnvironmentsAdmin => "environments:admin",
        }
    }

    /// Whether who has this scope may do what the other one is for.
    #[must_use]
    pub fn includes(self, other: Self) -> bool {
        match self {
            Self::IntegrationsAdmin => matches!(other, Self::IntegrationsAdmin | Self::IntegrationsRead),
            Self::WebhooksAdmin => matches!(other, Self::WebhooksAdmin | Self::WebhooksRead),
            _ => self == other,
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == word)
    }
}

#[derive(Debug, Clone)]
pub enum Command {
    Issue(Issued),
    /// Refuse it until it is confirmed.
    Lock {
        at: Timestamp,
    },
    /// It was not revoked since it was locked.
    Confirm {
        at: Timestamp,
    },
    /// Another has taken its place, beside which it goes on until then.
    Replace {
        by: ApiKeyId,
        until: Timestamp,
        at: Timestamp,
    },
    Revoke {
        at: Timestamp,
    },
}

/// What happened to a key. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Issued { key: Issued },
    Locked { at: Timestamp },
    Confirmed { at: Timestamp },
    Revoked { at: Timestamp },
    Replaced { by: ApiKeyId, until: Timestamp, at: Timestamp },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such key, another secret, or a revoked key: which of these is not told.
    #[error("the API key is not valid")]
    Invalid,
    #[error("the API key has expired")]
    Expired,
    /// It comes out of a backup, and nobody has confirmed it yet.
    #[error("the API key is locked")]
    Locked,
}

impl ApiKey {
    /// What was issued, whatever became of it.
    #[must_use]
    pub fn issued(&self) -> Option<&Issued> {
        match self {
            Self::Absent => None,
            Self::Active(key) | Self::Locked(key) | Self::Revoked(key) => Some(key),
        }
    }

    /// The key's facts, for a caller who knows its secret.
    ///
    /// # Errors
    /// [`Refusal`] where the secret is another's or the key is not active.
    pub fn authenticate(&self, secret: &Digest, now: Timestamp) -> Result<&Issued, Refusal> {
        match self {
            Self::Active(key) if key.secret != *secret => Err(Refusal::Invalid),
            Self::Active(key) if key.ends_at().is_some_and(|ends_at| ends_at <= now) => Err(Refusal::Expired),
            Self::Active(key) => Ok(key),
            // Told to nobody but who knows the secret.
            Self::Locked(key) if key.secret == *secret => Err(Refusal::Locked),
            Self::Absent | Self::Locked(_) | Self::Revoked(_) => Err(Refusal::Invalid),
        }
    }
}

/// The status it is found by while it is good, as far as it has not expired.
pub const ACTIVE: &str = "active";
/// The status it is found by while it is locked.
pub const LOCKED: &str = "locked";

impl Aggregate for ApiKey {
    const CATEGORY: &'static str = "api_key";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Secrets = ();

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        match (self, command) {
            (Self::Absent, Command::Issue(key)) => Ok(vec![Event::Issued { key }]),
            (Self::Active(_) | Self::Locked(_) | Self::Revoked(_), Command::Issue(_)) => Ok(vec![]),
            (Self::Active(_), Command::Lock { at }) => Ok(vec![Event::Locked { at }]),
            (Self::Locked(_), Command::Confirm { at }) => Ok(vec![Event::Confirmed { at }]),
            (Self::Active(key), Command::Replace { by, until, at }) => {
                // Whoever replaces it again does not make it last.
                let until = key.replaced.as_ref().map_or(until, |replaced| replaced.until.min(until));
                Ok(vec![Event::Replaced { by, until, at }])
            }
            // What opens nothing needs no other end.
            (Self::Locked(_) | Self::Revoked(_), Command::Replace { .. }) => Ok(vec![]),
            (Self::Active(_) | Self::Locked(_), Command::Revoke { at }) => Ok(vec![Event::Revoked { at }]),
            (Self::Locked(_) | Self::Revoked(_), Command::Lock { .. })
            | (Self::Active(_), Command::Confirm { .. })
            | (Self::Revoked(_), Command::Revoke { .. }) => Ok(vec![]),
            // What was revoked stays so.
            (Self::Revoked(_), Command::Confirm { .. }) => Err(Refusal::Invalid),
            (
                Self::Absent,
                Command::Lock { .. }
                | Command::Confirm { .. }
                | Command::Replace { .. }
                | Command::Revoke { .. },
            ) => Err(Refusal::Invalid),
        }
    }

    fn evolve(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Issued { key }) => Self::Active(key),
            (Self::Active(key) | Self::Locked(key), Event::Locked { .. }) => Self::Locked(key),
            (Self::Active(key) | Self::Locked(key), Event::Confirmed { .. }) => Self::Active(key),
            (Self::Active(key) | Self::Locked(key) | Self::Revoked(key), Event::Revoked { .. }) => {
                Self::Revoked(key)
            }
            (Self::Active(key), Event::Replaced { by, until, .. }) => Self::Active(replaced(key, by, until)),
            (Self::Locked(key), Event::Replaced { by, until, .. }) => Self::Locked(replaced(key, by, until)),
            (
                unchanged @ (Self::Absent | Self::Revoked(_)),
                Event::Locked { .. } | Event::Confirmed { .. } | Event::Replaced { .. },
            ) => unchanged,
            (Self::Absent, Event::Revoked { .. }) => Self::Absent,
        }
    }

    fn card(&self) -> CardFacts {
        let (status, key) = match self {
            Self::Absent => return CardFacts::default(),
            Self::Active(key) => (ACTIVE, key),
            Self::Locked(key) => (LOCKED, key),
            Self::Revoked(key) => ("revoked", key),
        };
        CardFacts {
            environment: key.environment.to_string(),
            status,
            label: key.name.clone(),
            ..CardFacts::default()
        }
    }

    fn secrets(&self) {}

    fn restore_secrets(&mut self, (): ()) {}
}

fn replaced(key: Issued, by: ApiKeyId, until: Timestamp) -> Issued {
    Issued { replaced: Some(Replaced { by, until }), ..key }
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Issued { .. } => "issued",
            Self::Locked { .. } => "locked",
            Self::Confirmed { .. } => "confirmed",
            Self::Revoked { .. } => "revoked",
            Self::Replaced { .. } => "replaced",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issued() -> ApiKey {
        ApiKey::Active(Issued {
            id: ApiKeyId::from_parts(1, 1),
            environment: "dev".parse().unwrap(),
            name: "backend".into(),
            scopes: vec![Scope::TokensRead],
            secret: Digest::of(b"secret"),
            created_at: Timestamp(0),
            expires_at: Some(Timestamp(100)),
            role: None,
            replaced: None,
        })
    }

    #[test]
    fn only_the_secret_opens_and_only_while_it_lasts() {
        assert!(issued().authenticate(&Digest::of(b"secret"), Timestamp(99)).is_ok());
        assert_eq!(issued().authenticate(&Digest::of(b"guess"), Timestamp(99)), Err(Refusal::Invalid));
        assert_eq!(issued().authenticate(&Digest::of(b"secret"), Timestamp(100)), Err(Refusal::Expired));
    }

    #[test]
    fn a_revoked_key_opens_nothing() {
        let revoked = issued().evolve(Event::Revoked { at: Timestamp(1) });
        assert_eq!(revoked.authenticate(&Digest::of(b"secret"), Timestamp(2)), Err(Refusal::Invalid));
    }

    #[test]
    fn a_locked_key_opens_nothing_before_it_is_confirmed() {
        let locked = issued().evolve(Event::Locked { at: Timestamp(1) });
        assert_eq!(locked.authenticate(&Digest::of(b"secret"), Timestamp(2)), Err(Refusal::Locked));
        assert_eq!(locked.authenticate(&Digest::of(b"guess"), Timestamp(2)), Err(Refusal::Invalid));
        let confirm = Command::Confirm { at: Timestamp(2) };
        let confirmed =
            locked.decide(confirm.clone()).unwrap().into_iter().fold(locked.clone(), ApiKey::evolve);
        assert!(confirmed.authenticate(&Digest::of(b"secret"), Timestamp(3)).is_ok());
        let revoked = locked.evolve(Event::Revoked { at: Timestamp(2) });
        assert_eq!(revoked.decide(confirm), Err(Refusal::Invalid), "what was revoked stays so");
    }

    fn replaced_until(key: ApiKey, until: i64) -> ApiKey {
        let by = ApiKeyId::from_parts(2, 2);
        let replace = Command::Replace { by, until: Timestamp(until), at: Timestamp(1) };
        key.decide(replace).unwrap().into_iter().fold(key, ApiKey::evolve)
    }

    #[test]
    fn a_replaced_key_opens_what_it_opened_until_its_time_is_over_and_no_longer() {
        let replaced = replaced_until(issued(), 50);
        assert!(replaced.authenticate(&Digest::of(b"secret"), Timestamp(49)).is_ok());
        assert_eq!(replaced.authenticate(&Digest::of(b"secret"), Timestamp(50)), Err(Refusal::Expired));
        let end = |key: &ApiKey| key.issued().unwrap().ends_at();
        assert_eq!(end(&replaced_until(issued(), 500)), Some(Timestamp(100)), "it had an end of its own");
        assert_eq!(end(&replaced_until(replaced, 80)), Some(Timestamp(50)), "nor does it last by a second");
        let revoked = issued().evolve(Event::Revoked { at: Timestamp(1) });
        assert_eq!(replaced_until(revoked.clone(), 50), revoked);
    }

    #[test]
    fn every_event_ever_written_still_decodes() {
        for line in include_str!("golden/api_key.jsonl").lines() {
            let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(
                serde_json::to_value(&event).unwrap(),
                serde_json::from_str::<serde_json::Value>(line).unwrap()
            );
        }
    }
}
