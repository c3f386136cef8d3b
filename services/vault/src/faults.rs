//! The one table that says how the vault's errors look from outside.

use crate::error::Error;
use latchkey_domain::{
    Failure, api_key, authorization, connection, environment, integration, login_link, safe_mode, session,
    webhook_endpoint,
};
use latchkey_envelope::KeyServiceError;
use latchkey_store::StoreError;
use latchkey_wire::{Fault, Kind, Reason};
use std::time::Duration;

/// How long to leave a part of ours that does not answer.
const RETRY_SOON: Duration = Duration::from_secs(1);

/// How long to leave it while an operator looks.
const RETRY_IN_SAFE_MODE: Duration = Duration::from_secs(60);

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Incident(refusal) => match refusal {},
            Error::Revocation(refusal) => match refusal {},
            Error::Connection(refusal) => connection_fault(refusal),
            Error::Session(refusal) => session_fault(&refusal),
            Error::Authorization(refusal) => authorization_fault(&refusal),
            Error::Integration(refusal) => integration_fault(&refusal),
            Error::ApiKey(refusal) => api_key_fault(&refusal),
            Error::Environment(refusal) => environment_fault(&refusal),
            Error::LoginLink(refusal) => login_fault(&refusal),
            Error::WebhookEndpoint(webhook_endpoint::Refusal::Absent) => Self::new(
                Kind::NotFound,
                Reason::WebhookEndpointUnknown,
                "There is no such webhook endpoint in this environment. `ListWebhookEndpoints` shows those there are.",
            ),
            Error::Never(never) => match never {},
            Error::Field { field, message } => Self::field_invalid(field, message),
            Error::ExternalIdTaken => Self::new(
                Kind::Taken,
                Reason::AlreadyExists,
                "Another connection of this integration has this external id. Choose another one, or list connections by \
                 external_id to find the one that has it.",
            )
            .with("field", "external_id"),
            Error::EnvironmentUnknown(name) => Self::new(
                Kind::NotFound,
                Reason::EnvironmentUnknown,
                "There is no environment of this name. `ListEnvironments` shows those there are.",
            )
            .with("environment", name),
            Error::EnvironmentInUse { connections, revocations } => in_use_fault(connections, revocations),
            Error::KeyNotReplaceable(state) => not_replaceable_fault(state),
            Error::EnvironmentEnded => Self::new(
                Kind::Refused,
                Reason::EnvironmentEnded,
                "This environment has ended: nothing begins in it any more.",
            ),
            Error::IntegrationUnknown(key) => Self::new(
                Kind::NotFound,
                Reason::IntegrationUnknown,
                format!("There is no integration `{key}` in this environment. Create it first, or check the spelling."),
            )
            .with("integration", key),
            Error::Waiting { failure, wait } => waiting_fault(&failure, wait),
            Error::RefreshInProgress => Self::new(
                Kind::Unavailable,
                Reason::RefreshInProgress,
                "The token is being refreshed and your deadline came first. Ask again.",
            )
            .retry_after(RETRY_SOON),
            Error::Overloaded => Self::new(
                Kind::Exhausted,
                Reason::Overloaded,
                "Too many calls are waiting for refreshes. Ask again in a moment.",
            )
            .retry_after(RETRY_SOON),
            Error::SafeMode => Self::new(
                Kind::Unavailable,
                Reason::SafeMode,
                "The token needs a refresh, and none is made: a backup was restored, and it is yet to be confirmed that its refresh \
                 tokens are the latest. The operator ends this with `latchkey safe-mode leave`.",
            )
            .retry_after(RETRY_IN_SAFE_MODE),
            Error::RefreshingPaused => Self::new(
                Kind::Refused,
                Reason::RefreshingPaused,
                "The token needs a refresh, and refreshing is paused: ExplainConnection says of what. ResumeRefreshing, or `latchkey \
                 refresh resume`, goes on with it.",
            ),
            Error::SafeModeRefused(safe_mode::NotOn) => Self::internal(),
            Error::Store(StoreError::Unavailable(_)) | Error::Contended(_) => storage_unavailable(),
            Error::Store(StoreError::Corrupt { .. }) => Self::internal(),
            Error::KeyService(error) => key_service_fault(&error),
            Error::Unreadable { .. } => Self::new(
                Kind::Refused,
                Reason::CredentialUnreadable,
                "The stored credential cannot be opened: it was moved, changed, or sealed with another key. \
                 Ask the operator; the end user may have to connect again.",
            ),
            Error::Fault(fault) => fault,
        }
    }
}

fn storage_unavailable() -> Fault {
    Fault::new(
        Kind::Unavailable,
        Reason::StorageUnavailable,
        "The database does not answer just now. Ask again.",
    )
    .retry_after(RETRY_SOON)
}

fn connection_fault(refusal: connection::Refusal) -> Fault {
    use connection::Refusal;
    match refusal {
        Refusal::Absent => Fault::new(
            Kind::NotFound,
            Reason::ConnectionUnknown,
            "There is no such connection in this environment. Check the id, and which environment the API key is for.",
        ),
        Refusal::Revoked => Fault::new(
            Kind::Refused,
            Reason::ConnectionDeleted,
            "The connection was deleted. Let the end user connect anew.",
        ),
        Refusal::NeedsReauthorization(failure) => reauth_required(&failure),
        Refusal::Superseded => Fault::new(
            Kind::Refused,
            Reason::RefreshSuperseded,
            "A newer credential has taken the place of this one.",
        ),
        Refusal::CredentialRevoked => Fault::new(
            Kind::Refused,
            Reason::RefreshSuperseded,
            "The credential this was made from was revoked here.",
        ),
        Refusal::Disabled => Fault::new(
            Kind::Refused,
            Reason::ConnectionDisabled,
            "The connection is switched off. Enable it, and it gives credentials again.",
        ),
        Refusal::EtagMismatch { current } => Fault::new(
            Kind::Outdated,
            Reason::EtagMismatch,
            "The connection was changed since it was read. Read it again, and change that.",
        )
        .with("current_etag", current),
        Refusal::OtherIntegration => Fault::new(
            Kind::Refused,
            Reason::IntegrationMismatch,
            "The connection belongs to another integration, which it cannot leave.",
        ),
    }
}

fn reauth_required(failure: &Failure) -> Fault {
    let fault = Fault::new(
        Kind::Refused,
        Reason::ReauthRequired,
        "This connection has no credential that works any more. Send the end user a reconnect link: \
         create a connect session with reconnect_connection_id.",
    )
    .with("owner", failure.owner().as_str());
    match failure.cause {
        Some(cause) => fault.with("cause", cause.as_str()),
        None => fault,
    }
}

fn session_fault(refusal: &session::Refusal) -> Fault {
    use session::Refusal;
    let (kind, reason, message) = match refusal {
        Refusal::Unknown => (
            Kind::NotFound,
            Reason::SessionUnknown,
            "The connect session token is not valid. Ask the product you came from for a new link.",
        ),
        Refusal::Expired => (
            Kind::Refused,
            Reason::SessionExpired,
            "The link has expired. Ask the product you came from for a new one.",
        ),
        Refusal::Consumed => (
            Kind::Refused,
            Reason::SessionConsumed,
            "The link was used already. Ask the product you came from for a new one.",
        ),
        Refusal::OtherBrowser => (
            Kind::Refused,
            Reason::SessionInOtherBrowser,
            "The link was opened in another browser. Go on there, or ask the product you came from for a new link.",
        ),
        Refusal::NotCompleted => {
            (Kind::Refused, Reason::SessionOpen, "The connect session has led to no connection yet.")
        }
        Refusal::ResultUnknown => (
            Kind::NotFound,
            Reason::ResultTokenUnknown,
            "The result token is not valid: mistyped, replaced by a later one, or of another environment.",
        ),
        Refusal::ResultExpired => (
            Kind::Refused,
            Reason::ResultTokenExpired,
            "The result token has expired: it is good for five minutes. GetConnectSession tells what the session led to.",
        ),
        Refusal::ResultUsed => (
            Kind::Refused,
            Reason::ResultTokenUsed,
            "The result token was exchanged already. If that was not you, somebody else has seen it.",
        ),
    };
    Fault::new(kind, reason, message)
}

fn authorization_fault(refusal: &authorization::Refusal) -> Fault {
    use authorization::Refusal;
    let (kind, reason, message) = match refusal {
        Refusal::UnknownState => (
            Kind::NotFound,
            Reason::StateUnknown,
            "The answer does not belong to any attempt to connect that was started here. Start again.",
        ),
        Refusal::Spent => {
            (Kind::Refused, Reason::StateUsed, "This answer was used already. Start again if you must.")
        }
        Refusal::Expired => (
            Kind::Refused,
            Reason::AuthorizationExpired,
            "The attempt to connect took too long. Start again.",
        ),
        Refusal::OtherBrowser => (
            Kind::Refused,
            Reason::SessionInOtherBrowser,
            "The attempt to connect was started in another browser.",
        ),
        Refusal::NotClaimed => {
            (Kind::Refused, Reason::StateUnknown, "The attempt to connect has not been answered yet.")
        }
        Refusal::OtherAccount => (
            Kind::Refused,
            Reason::OtherAccount,
            "The end user signed in with another account than the connection has.",
        ),
    };
    Fault::new(kind, reason, message)
}

fn integration_fault(refusal: &integration::Refusal) -> Fault {
    match refusal {
        integration::Refusal::Absent => Fault::new(
            Kind::NotFound,
            Reason::IntegrationUnknown,
            "There is no such integration in this environment.",
        ),
        integration::Refusal::OtherProvider => Fault::new(
            Kind::Refused,
            Reason::ProviderChangeRefused,
            "An integration's provider cannot be changed. Create another integration.",
        )
        .with("field", "integration.provider"),
    }
}

fn environment_fault(refusal: &environment::Refusal) -> Fault {
    let message = match refusal {
        environment::Refusal::Taken => {
            "There is an environment of this name. Choose another, or make a key in it with CreateApiKey."
        }
        environment::Refusal::Ended => {
            "There was an environment of this name, and what was recorded of it is kept under it. Choose another."
        }
    };
    Fault::new(Kind::Taken, Reason::AlreadyExists, message).with("field", "name")
}

fn not_replaceable_fault(state: &'static str) -> Fault {
    let message = match state {
        "login" => "This key is an operator's login, which ends by itself: they ask for another login link."
            .to_owned(),
        "locked" => {
            "This key is locked: an operator confirms it with `latchkey key confirm` first.".to_owned()
        }
        over => format!("This key is {over} and opens nothing. Create a new one."),
    };
    Fault::new(Kind::Refused, Reason::ApiKeyNotReplaceable, message).with("state", state)
}

fn in_use_fault(connections: u64, revocations: u64) -> Fault {
    let message = if connections > 0 {
        format!("The environment has {connections} connections that are not deleted. Delete them first.")
    } else {
        format!(
            "{revocations} deleted connections are still being ended at their providers, which takes an hour at most. Ask again then."
        )
    };
    Fault::new(Kind::Refused, Reason::EnvironmentInUse, message)
        .with("connections", connections.to_string())
        .with("revocations", revocations.to_string())
}

fn api_key_fault(refusal: &api_key::Refusal) -> Fault {
    match refusal {
        api_key::Refusal::Invalid => Fault::new(
            Kind::Unauthenticated,
            Reason::ApiKeyInvalid,
            "The API key is not valid: mistyped, revoked, or of another installation.",
        ),
        api_key::Refusal::Locked => Fault::new(
            Kind::Unauthenticated,
            Reason::ApiKeyInvalid,
            "The API key comes out of a backup and may have been revoked since: an operator confirms it with `latchkey key confirm`.",
        ),
        api_key::Refusal::Expired => Fault::new(
            Kind::Unauthenticated,
            Reason::ApiKeyExpired,
            "The API key has expired. Create a new one.",
        ),
    }
}

fn login_fault(refusal: &login_link::Refusal) -> Fault {
    use login_link::Refusal;
    const HOW: &str = "`latchkey operator login-link` makes another, and so can an admin in the dashboard.";
    let (kind, reason, message) = match refusal {
        Refusal::Unknown => (Kind::NotFound, Reason::LoginUnknown, "This login link is not valid."),
        Refusal::Expired => (Kind::Refused, Reason::LoginExpired, "This login link has expired."),
        Refusal::Used => (Kind::Refused, Reason::LoginUsed, "This login link was used already."),
    };
    Fault::new(kind, reason, format!("{message} {HOW}"))
}

fn key_service_fault(error: &KeyServiceError) -> Fault {
    match error {
        KeyServiceError::Unavailable { .. } => Fault::new(
            Kind::Unavailable,
            Reason::KeyUnavailable,
            "The key service does not answer just now. Ask again.",
        )
        .retry_after(RETRY_SOON),
        _ => Fault::new(
            Kind::Unavailable,
            Reason::KeyUnavailable,
            "The key service refuses to open this environment's key. The operator must look at it.",
        ),
    }
}

/// What a caller is told while the provider is left in peace.
fn waiting_fault(failure: &Failure, wait: Duration) -> Fault {
    use latchkey_domain::Reason as Why;
    let (kind, reason) = match failure.reason {
        Why::ProviderRateLimited => (Kind::Exhausted, Reason::ProviderRateLimited),
        Why::ProviderUnavailable => (Kind::Unavailable, Reason::ProviderUnavailable),
        Why::ProviderTimeout => (Kind::Unavailable, Reason::ProviderTimeout),
        Why::ProviderUnreachable => (Kind::Unavailable, Reason::ProviderUnreachable),
        Why::RefusalUnconfirmed => (Kind::Unavailable, Reason::RefusalUnconfirmed),
        Why::ProviderResponseInvalid | Why::IssuerMismatch => {
            (Kind::Unavailable, Reason::ProviderResponseInvalid)
        }
        Why::ClientRejected | Why::IntegrationIncomplete => (Kind::Refused, Reason::ClientRejected),
        Why::RequestRejected => (Kind::Refused, Reason::RequestRejected),
        Why::CredentialsRejected => (Kind::Refused, Reason::CredentialsRejected),
        Why::ReauthRequired | Why::UserDeclined | Why::OtherAccount | Why::AdminApprovalPending => {
            (Kind::Refused, Reason::ReauthRequired)
        }
        Why::Internal => (Kind::Unavailable, Reason::PeerUnavailable),
    };
    let message = format!(
        "The token needs a refresh, and the last one did not work: {}. It will be tried again by itself.",
        crate::explain::cause_in_words(failure)
    );
    Fault::new(kind, reason, message).with("owner", failure.owner().as_str()).retry_after(wait)
}
