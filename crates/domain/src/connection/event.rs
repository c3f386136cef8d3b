use crate::connection::{NewCredential, Profile, Secrets};
use crate::{AuthorizationId, EventName, Failure, Generation, Timestamp};
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
        #[serde(skip)]
        secrets: Secrets,
    },
    CredentialsRefreshed {
        credential: CredentialFacts,
        recovered: bool,
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
        at: Timestamp,
    },
    Broken {
        generation: Generation,
        failure: Failure,
        at: Timestamp,
    },
    Revoked {
        generation: Generation,
        at: Timestamp,
    },
}

/// Everything about a credential but the credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialFacts {
    pub generation: Generation,
    pub auth_mode: String,
    pub obtained_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    pub renewable: bool,
    pub scopes: Vec<String>,
    /// The only origins it may be sent to; bound into its seal.
    pub origins: Vec<String>,
    pub fingerprint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

impl NewCredential {
    pub(super) fn split(self, generation: Generation) -> (CredentialFacts, Secrets) {
        let facts = CredentialFacts {
            generation,
            auth_mode: self.auth_mode,
            obtained_at: self.obtained_at,
            expires_at: self.expires_at,
            renewable: self.secrets.renewal.is_some(),
            scopes: self.scopes,
            origins: self.origins,
            fingerprint: self.fingerprint,
            account: self.account,
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
            Self::Broken { .. } => "broken",
            Self::Revoked { .. } => "revoked",
        }
    }
}
