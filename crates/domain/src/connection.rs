//! A connection: one end user's account at one provider. `Absent → Live ⇄ Broken → Revoked`.
//!
//! Invariants: a credential is replaced only by a refresh made from it or by a new consent; a connection breaks only
//! when the provider refused it and that is believed ([`Ruling`]), when its token ran out and nothing can renew it, or when a
//! backend had its credential revoked; of a revoked credential nothing comes back, and a revoked connection stays revoked.

mod about;
mod aggregate;
mod command;
mod decide;
mod ending;
mod event;
mod evolve;
#[cfg(test)]
mod tests;

pub use about::{About, ExternalId, Field};
pub use command::{Arrival, Command, NewCredential, Outcome, Ruling};
pub use ending::{Told, WARNED_DAYS};
pub use event::{CredentialFacts, Event};

use crate::refresh;
use crate::rotation::{Learnt, RotationClass};
use crate::{
    Cause, ConnectionId, EndUser, Environment, Failure, Generation, IntegrationKey, KeyId, Timestamp,
};
use latchkey_secret::{JsonSecret, Sealed};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The state's name stands outside of what belongs to it (`{"live": {…}}`): a tag inside would have serde read everything into
/// a tree of its own first, at each reading of a token.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    #[default]
    Absent,
    Live(Live),
    Broken(Broken),
    Revoked(Revoked),
}

/// What does not change in a connection's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub id: ConnectionId,
    pub environment: Environment,
    pub integration: IntegrationKey,
    pub provider: String,
    pub end_user: EndUser,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    pub profile: Profile,
    pub credential: CredentialFacts,
    /// The present episode of failing refreshes, if there is one.
    pub trouble: Option<Trouble>,
    /// The provider's API refused the credential although it has not expired.
    pub rejected: bool,
    /// When the end user last consented.
    pub consented_at: Timestamp,
    /// What was seen of its refresh tokens.
    pub learnt: Learnt,
    /// The latest warning that its end is near.
    pub told: Option<Told>,
    /// Since when it is switched off, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// Since when its refreshing is paused, where somebody asked for that of it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<Timestamp>,
    /// By when somebody wants the present credential refreshed, where that is before it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_by: Option<Timestamp>,
    #[serde(skip)]
    pub about: About,
    #[serde(skip)]
    pub secrets: Secrets,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub failure: Failure,
    pub attempts: u32,
    pub since: Timestamp,
    pub retry_at: Timestamp,
    /// The first refusal in this episode that counts.
    pub refused_at: Option<Timestamp>,
    /// The first request in this episode whose answer was lost.
    pub unanswered_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    pub profile: Profile,
    pub credential: CredentialFacts,
    pub failure: Failure,
    pub since: Timestamp,
    pub consented_at: Timestamp,
    pub learnt: Learnt,
    /// Since when it is switched off, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// The data key that was destroyed with its credential, where that was revoked here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destroyed: Option<KeyId>,
    /// Since when its refreshing is paused, where somebody asked for that of it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<Timestamp>,
    #[serde(skip)]
    pub about: About,
    #[serde(skip)]
    pub secrets: Secrets,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    pub profile: Profile,
    pub generation: Generation,
    /// The data key that was destroyed, where that was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destroyed_at: Option<Timestamp>,
    /// When its latest credential came, where that was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obtained_at: Option<Timestamp>,
    pub at: Timestamp,
}

impl Revoked {
    /// Since when its data key is no more.
    #[must_use]
    pub fn destroyed_at(&self) -> Timestamp {
        self.destroyed_at.unwrap_or(self.at)
    }
}

/// The sealed halves of the present credential.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Secrets {
    pub handout: Option<Sealed<JsonSecret>>,
    pub renewal: Option<Sealed<JsonSecret>>,
    /// What renews, out of a second answer to one refresh token. Sealed for the same generation as the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<Sealed<JsonSecret>>,
}

/// What is of the present state alone, and in no event: what is sealed, and what people say of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Apart {
    handout: Option<Sealed<JsonSecret>>,
    renewal: Option<Sealed<JsonSecret>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    set_aside: Option<Sealed<JsonSecret>>,
    #[serde(default)]
    about: About,
}

/// Why a command cannot be carried out: a state of affairs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such connection")]
    Absent,
    #[error("the connection was deleted")]
    Revoked,
    #[error("the connection needs the end user's consent again")]
    NeedsReauthorization(Box<Failure>),
    #[error("the credential this was made from has been replaced")]
    Superseded,
    #[error("the credential this was made from was revoked here")]
    CredentialRevoked,
    #[error("the connection belongs to another integration")]
    OtherIntegration,
    #[error("the connection is switched off")]
    Disabled,
    /// What people say of it was changed since it was read.
    #[error("the connection was changed since it was read")]
    EtagMismatch { current: String },
}

/// What a caller who wants a credential can have now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Usability {
    /// Hand it out. `remaining` is `None` for a credential that does not expire.
    Usable { remaining: Option<Duration> },
    /// It must be refreshed first. `remaining` is what is left of the one there is.
    Stale { remaining: Duration },
    /// It should be refreshed, but the last try failed and the next is not to be made before the trouble's `retry_at`.
    Waiting { trouble: Box<Trouble> },
}

impl Connection {
    /// Whether the present credential lasts at least `min_remaining` from `now`.
    ///
    /// # Errors
    /// [`Refusal`] where there is no credential to hand out at all.
    pub fn usable(&self, now: Timestamp, min_remaining: Duration) -> Result<Usability, Refusal> {
        Ok(self.live()?.usable(now, min_remaining))
    }

    /// # Errors
    /// [`Refusal`] where the connection is not live, or switched off.
    pub fn live(&self) -> Result<&Live, Refusal> {
        match self {
            Self::Absent => Err(Refusal::Absent),
            Self::Live(Live { disabled_at: Some(_), .. })
            | Self::Broken(Broken { disabled_at: Some(_), .. }) => Err(Refusal::Disabled),
            Self::Live(live) => Ok(live),
            Self::Broken(broken) => Err(Refusal::NeedsReauthorization(Box::new(broken.failure.clone()))),
            Self::Revoked(_) => Err(Refusal::Revoked),
        }
    }

    #[must_use]
    pub fn profile(&self) -> Option<&Profile> {
        match self {
            Self::Absent => None,
            Self::Live(Live { profile, .. })
            | Self::Broken(Broken { profile, .. })
            | Self::Revoked(Revoked { profile, .. }) => Some(profile),
        }
    }

    /// What people say of it; `None` where there is none, or it was deleted.
    #[must_use]
    pub fn about(&self) -> Option<&About> {
        match self {
            Self::Live(Live { about, .. }) | Self::Broken(Broken { about, .. }) => Some(about),
            Self::Absent | Self::Revoked(_) => None,
        }
    }

    /// Since when it is switched off, where it is.
    #[must_use]
    pub fn disabled_at(&self) -> Option<Timestamp> {
        match self {
            Self::Live(Live { disabled_at, .. }) | Self::Broken(Broken { disabled_at, .. }) => *disabled_at,
            Self::Absent | Self::Revoked(_) => None,
        }
    }

    /// Since when its refreshing is paused, where somebody asked for that of it alone.
    #[must_use]
    pub fn paused_at(&self) -> Option<Timestamp> {
        match self {
            Self::Live(Live { paused_at, .. }) | Self::Broken(Broken { paused_at, .. }) => *paused_at,
            Self::Absent | Self::Revoked(_) => None,
        }
    }

    /// After this nothing renews it, where such an end is known.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        match self {
            Self::Live(live) => live.ends_at(),
            Self::Absent | Self::Broken(_) | Self::Revoked(_) => None,
        }
    }

    /// The present generation; zero where there never was a credential.
    #[must_use]
    pub fn generation(&self) -> Generation {
        match self {
            Self::Absent => Generation(0),
            Self::Live(Live { credential, .. }) | Self::Broken(Broken { credential, .. }) => {
                credential.generation
            }
            Self::Revoked(Revoked { generation, .. }) => *generation,
        }
    }
}

impl Broken {
    /// Whether there is nothing left of its credential, because a backend had it revoked.
    #[must_use]
    pub fn credential_is_revoked(&self) -> bool {
        self.failure.cause == Some(Cause::CredentialRevoked)
    }

    /// What it was before it broke, for a refresh that was made from that.
    #[must_use]
    pub fn as_live(self) -> Live {
        Live {
            profile: self.profile,
            credential: self.credential,
            trouble: None,
            rejected: false,
            consented_at: self.consented_at,
            learnt: self.learnt,
            told: None,
            disabled_at: self.disabled_at,
            paused_at: self.paused_at,
            refresh_by: None,
            about: self.about,
            secrets: self.secrets,
        }
    }
}

impl Live {
    /// Whether the present credential lasts at least `min_remaining` from `now`.
    #[must_use]
    pub fn usable(&self, now: Timestamp, min_remaining: Duration) -> Usability {
        let remaining = self.credential.expires_at.map(|expires_at| now.until(expires_at));
        let lasts = remaining.is_none_or(|remaining| remaining > min_remaining);
        if (lasts && !self.rejected) || (remaining.is_none() && !self.credential.renewable) {
            return Usability::Usable { remaining };
        }
        self.stale(now)
    }

    /// Whether the present access token has not run out.
    #[must_use]
    pub fn lives(&self, now: Timestamp) -> bool {
        self.credential.expires_at.is_none_or(|expires_at| expires_at > now)
    }

    /// What a caller who insists on a new credential must wait for.
    #[must_use]
    pub fn stale(&self, now: Timestamp) -> Usability {
        if let Some(trouble) = self.trouble.as_ref().filter(|trouble| trouble.retry_at > now) {
            return Usability::Waiting { trouble: Box::new(trouble.clone()) };
        }
        let remaining = self.credential.expires_at.map_or(Duration::ZERO, |expires_at| now.until(expires_at));
        Usability::Stale { remaining }
    }

    /// What its refresh tokens do, documented or learnt.
    #[must_use]
    pub fn rotation(&self) -> RotationClass {
        self.learnt.class(self.credential.behaviour.rotation)
    }

    /// What its refresh tokens were seen to do, as far as they may be sent by it.
    #[must_use]
    pub fn learnt_rotation(&self) -> RotationClass {
        self.learnt.to_send_by(self.credential.obtained_at)
    }

    fn broken(self, failure: Failure, since: Timestamp) -> Broken {
        Broken {
            profile: self.profile,
            credential: self.credential,
            failure,
            since,
            consented_at: self.consented_at,
            learnt: self.learnt,
            disabled_at: self.disabled_at,
            paused_at: self.paused_at,
            destroyed: None,
            about: self.about,
            secrets: self.secrets,
        }
    }

    fn due_at(&self) -> Option<Timestamp> {
        if self.disabled_at.is_some() {
            return None;
        }
        // What nothing renews is looked at when it ends, paused or not.
        let refresh = self.refresh_due_at().filter(|_| !self.is_paused());
        refresh.into_iter().chain(self.warning_due_at()).min()
    }

    /// Whether it would be refreshed, if that was not paused for it alone.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused_at.is_some() && self.credential.renewable
    }

    /// When it is to be refreshed next, paused or not, or to end where nothing renews it.
    #[must_use]
    pub fn refresh_due_at(&self) -> Option<Timestamp> {
        let credential = &self.credential;
        if !credential.renewable {
            // Nothing can be done but to notice the end, so that it is told when it comes.
            return credential.expires_at;
        }
        if let Some(trouble) = &self.trouble {
            return Some(trouble.retry_at);
        }
        if self.rejected {
            return Some(Timestamp::default());
        }
        let assumed = || credential.since().plus(refresh::LIFETIME_ASSUMED);
        let expires_at = credential.expires_at.unwrap_or_else(assumed);
        let due_by = |end| refresh::due_at(self.profile.id, credential.generation, credential.since(), end);
        // A refresh token that ends when it is idle is used before that, whether or not its access token has run out.
        let idle_end = credential.behaviour.idle_end(credential.since());
        let due_at = due_by(idle_end.map_or(expires_at, |idle_end| idle_end.min(expires_at)));
        Some(self.refresh_by.map_or(due_at, |by| by.min(due_at)))
    }
}
