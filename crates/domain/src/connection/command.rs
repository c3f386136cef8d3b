use crate::connection::{Profile, Secrets};
use crate::{AuthorizationId, Failure, Generation, Timestamp};
use std::time::Duration;

/// Orders to a connection. Time and everything random come in with them.
#[derive(Debug, Clone)]
pub enum Command {
    /// A new consent, or new credentials typed in: the first for this id, or one that takes the present one's place.
    Establish {
        profile: Profile,
        authorization: AuthorizationId,
        replaces: Generation,
        credential: NewCredential,
    },
    /// What a refresh made from generation `replaces` came to.
    CompleteRefresh {
        replaces: Generation,
        outcome: Outcome,
        at: Timestamp,
    },
    /// The provider's API answered that the credential of this generation is not valid.
    ReportRejection {
        generation: Generation,
        at: Timestamp,
    },
    /// The token has run out and there is nothing to renew it with.
    Expire {
        at: Timestamp,
    },
    Revoke {
        at: Timestamp,
    },
}

/// What a refresh came to.
#[derive(Debug, Clone)]
pub enum Outcome {
    Refreshed(NewCredential),
    /// It did not work, and that says nothing about the grant. Try again.
    Failed {
        failure: Failure,
        retry_after: Option<Duration>,
    },
    /// The provider refuses this connection's grant.
    Refused(Failure),
}

/// A credential about to take its place as generation `replaces + 1`, for which it was sealed.
#[derive(Debug, Clone)]
pub struct NewCredential {
    pub auth_mode: String,
    pub obtained_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub scopes: Vec<String>,
    pub origins: Vec<String>,
    /// The first digits of a digest of the access token: tells two tokens apart, says nothing about either.
    pub fingerprint: String,
    /// How the provider names the account, if it told.
    pub account: Option<String>,
    /// Sealed; `renewal` is absent where nothing can renew it.
    pub secrets: Secrets,
}
