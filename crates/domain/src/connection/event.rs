use crate::connection::{About, Field, NewCredential, Profile, Secrets};
use crate::rotation::Behaviour;
use crate::{ApiKeyId, AuthorizationId, EventName, Failure, Generation, KeyId, Timestamp};
use serde::{Deserialize, Serialize};

/// What happened to a connection. Recorded for ever: fields are added, never changed. Secrets ride along in memory and
/// are not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Established {
        profile: Profile,
        authorization: AuthorizationId,
        credential: CredentialFacts,
        /// Whether this ended an episode of failure.
        recovered: bool,
        /// A backend had the credential already: no end user went through a login here.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        brought: bool,
        #[serde(skip)]
        secrets: Secrets,
    },
    CredentialsRefreshed {
        credential: CredentialFacts,
        recovered: bool,
        /// Whether another refresh token came with it; absent in what was recorded before that was noted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rotated: Option<bool>,
        #[serde(skip)]
        secrets: Secrets,
    },
    CredentialRejected {
        generation: Generation,
        at: Timestamp,
    },
    RefreshFailed {
        generation: Generation,
        failure: Failure,
        /// The how-manieth failure in a row this is; 1 begins an episode.
        attempts: u32,
        retry_at: Timestamp,
        /// Until when the present token serves all the same; absent where it does not, or its end is not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usable_until: Option<Timestamp>,
        /// From now on it is renewed by the answer that had been set aside.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        turns_to_set_aside: bool,
        /// How long before this refusal the same refresh token was first sent and the answer lost.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unanswered_seconds: Option<u64>,
        at: Timestamp,
    },
    /// A second answer to the refresh token that led to this generation. It is kept until the next one, in case the
    /// provider takes its refresh token and not ours.
    AnswerSetAside {
        generation: Generation,
        /// How long after the first answer.
        seconds: u64,
        at: Timestamp,
        #[serde(skip)]
        secrets: Secrets,
    },
    /// The refusal it broke by is not believed any more.
    RefusalWithdrawn {
        generation: Generation,
        failure: Failure,
        retry_at: Timestamp,
        at: Timestamp,
    },
    /// In so many days, unless something happens before, nothing can renew it.
    Expiring {
        generation: Generation,
        ends_at: Timestamp,
        days: u8,
        at: Timestamp,
    },
    Broken {
        generation: Generation,
        failure: Failure,
        at: Timestamp,
    },
    /// An operator was shown the credential, or it was exported. Backends, who are given it all day, are not recorded.
    CredentialRevealed {
        generation: Generation,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        exported: bool,
        at: Timestamp,
    },
    /// People say something else of it, in these fields. What they say is not recorded.
    Described {
        fields: Vec<Field>,
        /// With whose key; absent where it was said with the connect session.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ApiKeyId>,
        /// It was to have an external id that belonged to another connection when it was made.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        external_id_taken: bool,
        at: Timestamp,
        #[serde(skip)]
        about: About,
    },
    Disabled {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ApiKeyId>,
        at: Timestamp,
    },
    Enabled {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ApiKeyId>,
        at: Timestamp,
    },
    /// It is not refreshed until that is resumed. Its token is handed out while it is good.
    RefreshingPaused {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ApiKeyId>,
        at: Timestamp,
    },
    RefreshingResumed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ApiKeyId>,
        at: Timestamp,
    },
    /// Somebody wants it refreshed earlier than it would be.
    RefreshScheduled {
        due_at: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ApiKeyId>,
        at: Timestamp,
    },
    /// What is sealed of it is sealed with another data key now. Nothing else has changed.
    KeyReplaced {
        key: KeyId,
        at: Timestamp,
        #[serde(skip)]
        secrets: Secrets,
    },
    /// A backend had the credential revoked: it is destroyed, and the connection waits for another.
    CredentialRevoked {
        generation: Generation,
        failure: Failure,
        /// The connection was broken before that, so that no episode begins with it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        broken_before: bool,
        /// The data key that was destroyed with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<KeyId>,
        at: Timestamp,
    },
    Revoked {
        generation: Generation,
        /// The data key that was destroyed with it; absent in what was recorded before that was noted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<KeyId>,
        /// When that key was destroyed, where that was before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        destroyed_at: Option<Timestamp>,
        /// When its latest credential came; absent in what was recorded before that was noted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        obtained_at: Option<Timestamp>,
        at: Timestamp,
    },
}

/// Everything about a credential but the credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialFacts {
    pub generation: Generation,
    pub auth_mode: String,
    /// When it came here.
    pub obtained_at: Timestamp,
    /// When the provider gave it, where that is known to have been earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    pub renewable: bool,
    pub scopes: Vec<String>,
    /// The only origins it may be sent to; bound into its seal.
    pub origins: Vec<String>,
    pub fingerprint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// What its refresh token is documented to do.
    #[serde(default, skip_serializing_if = "Behaviour::is_unknown")]
    pub behaviour: Behaviour,
}

impl CredentialFacts {
    /// From when its age counts.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.issued_at.unwrap_or(self.obtained_at)
    }

    /// Whether a new credential is another account's, as far as the provider tells of both whose they are. What it knows an
    /// account by counts for more than its name.
    #[must_use]
    pub fn is_of_another_account_than(&self, other: &NewCredential) -> bool {
        match (&self.account_id, &other.account_id) {
            (Some(one), Some(other)) => one != other,
            _ => matches!((&self.account, &other.account), (Some(one), Some(other)) if one != other),
        }
    }
}

impl NewCredential {
    pub(crate) fn split(self, generation: Generation) -> (CredentialFacts, Secrets) {
        let facts = CredentialFacts {
            generation,
            auth_mode: self.auth_mode,
            obtained_at: self.obtained_at,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            renewable: self.secrets.renewal.is_some(),
            scopes: self.scopes,
            origins: self.origins,
            fingerprint: self.fingerprint,
            account: self.account,
            account_id: self.account_id,
            behaviour: self.behaviour,
        };
        (facts, self.secrets)
    }
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Established { .. } => "established",
            Self::CredentialsRefreshed { .. } => "credentials_refreshed",
            Self::CredentialRejected { .. } => "credential_rejected",
            Self::RefreshFailed { .. } => "refresh_failed",
            Self::AnswerSetAside { .. } => "answer_set_aside",
            Self::RefusalWithdrawn { .. } => "refusal_withdrawn",
            Self::Expiring { .. } => "expiring",
            Self::Broken { .. } => "broken",
            Self::CredentialRevealed { .. } => "credential_revealed",
            Self::Described { .. } => "described",
            Self::Disabled { .. } => "disabled",
            Self::Enabled { .. } => "enabled",
            Self::RefreshingPaused { .. } => "refreshing_paused",
            Self::RefreshingResumed { .. } => "refreshing_resumed",
            Self::RefreshScheduled { .. } => "refresh_scheduled",
            Self::KeyReplaced { .. } => "key_replaced",
            Self::CredentialRevoked { .. } => "credential_revoked",
            Self::Revoked { .. } => "revoked",
        }
    }
}
