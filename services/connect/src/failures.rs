//! Why connecting did not work, and what the person in front of the page can do about it.

use latchkey_domain::{Failure, Owner, Phase, ProviderError, Reason};
use latchkey_oauth::{CallbackError, Declined, Fault as OAuthFault, FaultKind};
use latchkey_wire::{Fault, Kind, Reason as FaultReason};

#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The provider, or our conversation with it.
    #[error("{}", said(.0))]
    Failed(Failure),
    /// What was typed into one field cannot be right.
    #[error("{message}")]
    Input { field: String, message: String },
    /// The session does not offer this.
    #[error("This link does not offer `{0}`.")]
    NotOffered(String),
    #[error("The provider `{0}` is no longer in the catalogue. Tell the product you came from.")]
    ProviderGone(String),
    #[error("Connecting to {0} is not possible with this version yet.")]
    Unsupported(String),
    #[error("The answer does not belong to any attempt to connect that was started here. Start again.")]
    StateUnknown,
    #[error("The provider's answer cannot be read: {0}.")]
    Callback(#[from] CallbackError),
    /// The vault's word: about the session, the attempt, or itself.
    #[error("{}", .0.message)]
    Vault(#[source] Fault),
    #[error(
        "This page was open for too long, or opened from elsewhere. Go back to the link and start again."
    )]
    FormStale,
    #[error("Open the link you were given: this browser has none open.")]
    NoBrowser,
    /// A call of the page's program that is not as it should be.
    #[error("{0}")]
    Malformed(String),
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault.reason {
            // The vault has recorded it with the attempt, so the session's page can tell.
            FaultReason::OtherAccount => Self::Failed(Failure::new(Reason::OtherAccount, Phase::Verify)),
            _ => Self::Vault(fault),
        }
    }
}

impl Problem {
    /// A conversation with the provider that did not lead to a credential.
    #[must_use]
    pub fn provider(fault: OAuthFault, phase: Phase) -> Self {
        match &fault.kind {
            FaultKind::InputInvalid { field } => Self::Input {
                field: field.clone(),
                message: fault.description.unwrap_or_else(|| "This cannot be right.".to_owned()),
            },
            _ => Self::Failed(failure(fault, phase)),
        }
    }

    /// For programs, one word: an attempt's reason, the protocol's, or one of these pages' own.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Failed(failure) => failure.reason.as_str(),
            Self::Input { .. } => "FIELD_INVALID",
            Self::NotOffered(_) => "NOT_OFFERED",
            Self::ProviderGone(_) => Reason::IntegrationIncomplete.as_str(),
            Self::Unsupported(_) => "NOT_SUPPORTED",
            Self::StateUnknown => "STATE_UNKNOWN",
            Self::Callback(_) => Reason::ProviderResponseInvalid.as_str(),
            Self::Vault(fault) => fault.reason.word(),
            Self::FormStale => "PAGE_STALE",
            Self::NoBrowser => "SESSION_UNKNOWN",
            Self::Malformed(_) => "BODY_INVALID",
        }
    }

    /// Whose turn it is.
    #[must_use]
    pub fn owner(&self) -> Owner {
        match self {
            Self::Failed(failure) => failure.owner(),
            Self::ProviderGone(_) | Self::Unsupported(_) | Self::Malformed(_) => Owner::Developer,
            Self::Callback(_) => Owner::Provider,
            Self::Vault(fault) => match fault.kind {
                Kind::Unavailable | Kind::Exhausted | Kind::Internal => Owner::Operator,
                Kind::Invalid
                | Kind::NotFound
                | Kind::Taken
                | Kind::Outdated
                | Kind::Refused
                | Kind::Unauthenticated
                | Kind::Forbidden => Owner::EndUser,
            },
            Self::Input { .. }
            | Self::NotOffered(_)
            | Self::StateUnknown
            | Self::FormStale
            | Self::NoBrowser => Owner::EndUser,
        }
    }

    /// What is recorded with the attempt; `None` for what says nothing about it.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        match self {
            Self::Failed(failure) => Some(failure.clone()),
            Self::Input { .. } => Some(Failure::new(Reason::CredentialsRejected, Phase::Verify)),
            Self::ProviderGone(_) | Self::Unsupported(_) => {
                Some(Failure::new(Reason::IntegrationIncomplete, Phase::Exchange))
            }
            Self::NotOffered(_)
            | Self::StateUnknown
            | Self::Callback(_)
            | Self::Vault(_)
            | Self::FormStale
            | Self::NoBrowser
            | Self::Malformed(_) => None,
        }
    }
}

/// A fault of a conversation in the words of the domain. An attempt's `invalid_grant` is about its code, which has run
/// out or was used: it is the end user's to start again.
fn failure(fault: OAuthFault, phase: Phase) -> Failure {
    let failure = latchkey_oauth::failure(&fault, phase);
    match failure.reason {
        Reason::ReauthRequired => Failure { cause: None, ..failure },
        _ => failure,
    }
}

/// The provider sent the browser back without a code (RFC 6749 §4.1.2.1).
#[must_use]
pub fn declined(error: &Declined, description: Option<String>) -> Problem {
    let reason = match error {
        Declined::AccessDenied => Reason::UserDeclined,
        Declined::UnauthorizedClient => Reason::ClientRejected,
        Declined::InvalidRequest | Declined::UnsupportedResponseType | Declined::InvalidScope => {
            Reason::RequestRejected
        }
        Declined::ServerError | Declined::TemporarilyUnavailable => Reason::ProviderUnavailable,
        Declined::InteractionRequired => Reason::ReauthRequired,
        Declined::Other(_) => Reason::ProviderResponseInvalid,
    };
    let provider_error =
        ProviderError { http_status: None, code: Some(error.code().to_owned()), description };
    Problem::Failed(Failure {
        provider_error: Some(provider_error),
        ..Failure::new(reason, Phase::Authorize)
    })
}

/// A failure in words for the end user.
#[must_use]
pub fn said(failure: &Failure) -> &'static str {
    match (failure.reason, failure.phase) {
        (Reason::UserDeclined, _) => {
            "You did not allow the access, so nothing was connected. You can try again."
        }
        (Reason::AdminApprovalPending, _) => {
            "An admin has to allow this first. Once they have, go on here, or let them do it with a link."
        }
        (Reason::OtherAccount, _) => {
            "You signed in with another account than the one that is to be connected again, so nothing was changed. Sign in with that one."
        }
        (Reason::ReauthRequired | Reason::RefusalUnconfirmed, _) => {
            "The provider's permission had already run out. Try again."
        }
        (Reason::CredentialsRejected, _) => {
            "The provider does not accept what you entered. Check it and try again."
        }
        (Reason::ClientRejected, _) => {
            "The provider does not accept the app itself. This is not yours to mend: tell the product you came from."
        }
        (Reason::RequestRejected, _) => {
            "The provider does not accept what the app asks for. This is not yours to mend: tell the product you came from."
        }
        (Reason::IntegrationIncomplete, _) => {
            "The connection is not fully set up. This is not yours to mend: tell the product you came from."
        }
        (Reason::ProviderUnavailable | Reason::ProviderTimeout | Reason::ProviderUnreachable, _) => {
            "The provider does not answer at the moment. Nothing is wrong on your side: try again in a few minutes."
        }
        (Reason::ProviderRateLimited, _) => "The provider asks for a pause. Try again in a few minutes.",
        (Reason::ProviderResponseInvalid, _) => {
            "The provider's answer made no sense. Try again; if it happens again, tell the product you came from."
        }
        (Reason::IssuerMismatch, _) => {
            "The answer did not come from the provider you were sent to, so it was not used. Start again."
        }
        (Reason::Internal, _) => "Something went wrong on our side. Try again in a moment.",
    }
}
