use crate::connection::{About, Field, Profile, Secrets};
use crate::rotation::{Behaviour, Course};
use crate::{ApiKeyId, AuthorizationId, Failure, Generation, KeyId, Timestamp};
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
        /// What is said of a new connection. One that is there keeps what it has, and takes the address of its webhooks alone.
        about: About,
        /// The external id that was wished for belongs to another by now, and `about` has none.
        external_id_taken: bool,
        arrival: Arrival,
    },
    /// What people say of it changes, in these fields.
    Describe {
        fields: Vec<Field>,
        about: About,
        /// Refused where what is there has another etag.
        etag: Option<String>,
        by: Option<ApiKeyId>,
        at: Timestamp,
    },
    /// From now on nothing is handed out, and nothing refreshed.
    Disable {
        by: Option<ApiKeyId>,
        at: Timestamp,
    },
    Enable {
        by: Option<ApiKeyId>,
        at: Timestamp,
    },
    /// From now on it is not refreshed, and its token is handed out while it is good.
    PauseRefreshing {
        by: Option<ApiKeyId>,
        at: Timestamp,
    },
    ResumeRefreshing {
        by: Option<ApiKeyId>,
        at: Timestamp,
    },
    /// It is to be refreshed by then; where it is due before that, or backs off, nothing changes.
    ScheduleRefresh {
        due_at: Timestamp,
        by: Option<ApiKeyId>,
        at: Timestamp,
    },
    /// What a refresh made from generation `replaces` came to.
    CompleteRefresh {
        replaces: Generation,
        outcome: Outcome,
        course: Course,
        ruling: Ruling,
        at: Timestamp,
    },
    /// An incident has shown that the refusal this generation broke by is not to be believed.
    Reconsider {
        generation: Generation,
        ruling: Ruling,
        at: Timestamp,
    },
    /// The end of what renews it, or of what cannot be renewed, may be near.
    Warn {
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
    /// An operator is about to be shown the credential, or it is about to be exported.
    Reveal {
        exported: bool,
        at: Timestamp,
    },
    /// What is sealed of it was sealed anew, with another data key.
    ReplaceKey {
        key: KeyId,
        secrets: Secrets,
        at: Timestamp,
    },
    /// The credential is destroyed, and the connection stays for its end user to mend. `key` goes with the credential.
    RevokeCredential {
        key: Option<KeyId>,
        at: Timestamp,
    },
    /// `key` is the one that is destroyed with it.
    Revoke {
        key: Option<KeyId>,
        at: Timestamp,
    },
}

/// How a credential came here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Arrival {
    /// With the end user's consent, given here.
    #[default]
    Consented,
    /// A backend had it already. How a new connection begins; one that is there stays as it is switched.
    Brought {
        switched_off: bool,
        /// Why it is known that the provider refuses it, where it is.
        refused: Option<Box<Failure>>,
    },
}

/// When a refusal is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    /// How long after a first refusal a second one confirms it, where that can be.
    pub confirm_after: Duration,
    /// Set while so many of one app's grants are refused that none of the refusals is believed: how long to wait at least
    /// before asking again.
    pub incident: Option<Duration>,
}

impl Default for Ruling {
    fn default() -> Self {
        Self { confirm_after: Duration::from_secs(600), incident: None }
    }
}

/// What a refresh came to.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one of it at a time, and nearly always the larger one"
)]
pub enum Outcome {
    Refreshed {
        credential: NewCredential,
        /// Whether another refresh token came with it.
        rotated: bool,
    },
    /// It did not work, and that says nothing about the grant. Try again.
    Failed { failure: Failure, retry_after: Option<Duration> },
    /// The provider may have acted, and its answer never came whole. Sending again before `resend_at` could end the grant.
    /// That is a matter of this connection's and not a wish of the provider's.
    Unanswered { failure: Failure, resend_at: Option<Timestamp> },
    /// The provider refuses this connection's grant.
    Refused(Failure),
}

/// A credential about to take its place as generation `replaces + 1`, for which it was sealed.
#[derive(Debug, Clone)]
pub struct NewCredential {
    pub auth_mode: String,
    /// When it came here, which is when it is recorded.
    pub obtained_at: Timestamp,
    /// When the provider gave it, where that is known to have been earlier.
    pub issued_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub scopes: Vec<String>,
    pub origins: Vec<String>,
    /// The first digits of a digest of the access token: tells two tokens apart, says nothing about either.
    pub fingerprint: String,
    /// How the provider names the account, if it told.
    pub account: Option<String>,
    /// What the provider knows it by, which stays when its name changes; if it told.
    pub account_id: Option<String>,
    /// What its refresh token is documented to do.
    pub behaviour: Behaviour,
    /// Sealed; `renewal` is absent where nothing can renew it.
    pub secrets: Secrets,
}
