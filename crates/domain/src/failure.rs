//! Why something failed, in words a program can branch on and a person can act on.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word it is recorded and sent as.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(
    /// Why a connection cannot be refreshed, or an attempt to connect did not succeed.
    Reason {
        /// The provider refuses this connection's grant: only the end user can mend it.
        ReauthRequired = "REAUTH_REQUIRED",
        /// The provider refused the grant, which is not believed yet: it is asked again.
        RefusalUnconfirmed = "REFUSAL_UNCONFIRMED",
        /// The provider refuses the OAuth app (RFC 6749 §5.2 `invalid_client`, `unauthorized_client`).
        ClientRejected = "CLIENT_REJECTED",
        /// The provider refuses the request as such: scope, redirect URI or grant type are not what the app may use.
        RequestRejected = "REQUEST_REJECTED",
        /// The end user asked for access that an admin at the provider has to allow.
        AdminApprovalPending = "ADMIN_APPROVAL_PENDING",
        /// What was typed is not accepted by the provider.
        CredentialsRejected = "CREDENTIALS_REJECTED",
        /// The end user said no.
        UserDeclined = "USER_DECLINED",
        /// A connection was to be mended, and the end user signed in with another account than it has.
        OtherAccount = "OTHER_ACCOUNT",
        ProviderUnavailable = "PROVIDER_UNAVAILABLE",
        ProviderTimeout = "PROVIDER_TIMEOUT",
        ProviderUnreachable = "PROVIDER_UNREACHABLE",
        ProviderResponseInvalid = "PROVIDER_RESPONSE_INVALID",
        ProviderRateLimited = "PROVIDER_RATE_LIMITED",
        /// Another issuer's answer, or none where one was promised (RFC 9207).
        IssuerMismatch = "ISSUER_MISMATCH",
        /// The integration lacks what this needs.
        IntegrationIncomplete = "INTEGRATION_INCOMPLETE",
        /// Something of ours failed.
        Internal = "INTERNAL",
    }
);

words!(
    /// What is behind a [`Reason::ReauthRequired`] or a [`Reason::RefusalUnconfirmed`].
    Cause {
        /// The provider said `invalid_grant`: withdrawn, expired or used elsewhere, it does not tell which.
        GrantRevoked = "GRANT_REVOKED",
        /// The token ran out and nothing can renew it.
        GrantExpired = "GRANT_EXPIRED",
        /// The answer that held the next refresh token never reached us, and the one before it is good only once.
        RotationResponseLost = "ROTATION_RESPONSE_LOST",
        /// The provider refuses unusually many grants of this app at once: that is an incident of the app's or its own.
        ManyRefused = "MANY_REFUSED",
        /// A backend had the credential revoked, and it was destroyed here.
        CredentialRevoked = "CREDENTIAL_REVOKED",
    }
);

words!(
    /// Whose turn it is.
    Owner {
        EndUser = "END_USER",
        Developer = "DEVELOPER",
        Provider = "PROVIDER",
        Operator = "OPERATOR",
    }
);

words!(
    /// What was being done.
    Phase {
        Authorize = "AUTHORIZE",
        Exchange = "EXCHANGE",
        Verify = "VERIFY",
        Refresh = "REFRESH",
        Revoke = "REVOKE",
    }
);

pub(crate) use words;

/// One failure. Nothing in it is secret: what the provider said has been scrubbed before it came here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub reason: Reason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    pub phase: Phase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_error: Option<ProviderError>,
}

/// What the provider said, as far as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProviderError {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// The provider's error code, for instance `invalid_grant`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Failure {
    #[must_use]
    pub fn new(reason: Reason, phase: Phase) -> Self {
        Self { reason, cause: None, phase, provider_error: None }
    }

    /// Whose turn it is to mend it.
    #[must_use]
    pub fn owner(&self) -> Owner {
        match self.reason {
            Reason::ReauthRequired
            | Reason::CredentialsRejected
            | Reason::UserDeclined
            | Reason::OtherAccount
            | Reason::AdminApprovalPending => Owner::EndUser,
            Reason::ClientRejected | Reason::RequestRejected | Reason::IntegrationIncomplete => {
                Owner::Developer
            }
            Reason::ProviderUnavailable
            | Reason::ProviderTimeout
            | Reason::ProviderUnreachable
            | Reason::ProviderResponseInvalid
            | Reason::ProviderRateLimited
            | Reason::IssuerMismatch
            | Reason::RefusalUnconfirmed => Owner::Provider,
            Reason::Internal => Owner::Operator,
        }
    }

    /// Whether the provider may have acted all the same, its answer being lost or useless: a single-use token may be spent
    /// and its successor gone.
    #[must_use]
    pub fn may_have_taken_effect(&self) -> bool {
        matches!(self.reason, Reason::ProviderTimeout | Reason::ProviderResponseInvalid)
    }

    /// Whether it is the OAuth app that is refused, and with it every connection made through it.
    #[must_use]
    pub fn is_the_apps(&self) -> bool {
        self.owner() == Owner::Developer
    }

    /// Whether trying again, with nothing changed, may help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.owner(), Owner::Provider | Owner::Operator) && self.reason != Reason::IssuerMismatch
    }
}
