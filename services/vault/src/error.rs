use latchkey_domain::Failure;
use latchkey_domain::{
    api_key, authorization, connection, environment, incident, integration, login_link, revocation,
    safe_mode, session, webhook_endpoint,
};
use latchkey_envelope::{EnvelopeError, KeyServiceError};
use latchkey_store::{StoreError, Stream};
use latchkey_wire::Fault;

use crate::ledger::LedgerError;
use std::convert::Infallible;
use std::time::Duration;

/// All that can go wrong in the vault.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Incident(#[from] incident::Refusal),
    #[error(transparent)]
    Revocation(#[from] revocation::Refusal),
    #[error(transparent)]
    Connection(#[from] connection::Refusal),
    #[error(transparent)]
    Session(#[from] session::Refusal),
    #[error(transparent)]
    Authorization(#[from] authorization::Refusal),
    #[error(transparent)]
    Integration(#[from] integration::Refusal),
    #[error(transparent)]
    ApiKey(#[from] api_key::Refusal),
    #[error(transparent)]
    Environment(#[from] environment::Refusal),
    #[error(transparent)]
    LoginLink(#[from] login_link::Refusal),
    #[error(transparent)]
    WebhookEndpoint(#[from] webhook_endpoint::Refusal),
    /// Of what refuses nothing.
    #[error(transparent)]
    Never(#[from] Infallible),
    /// A request's field cannot be what it is.
    #[error("{message}")]
    Field { field: &'static str, message: String },
    /// Another connection of the integration has this external id.
    #[error("another connection has this external id")]
    ExternalIdTaken,
    #[error("there is no environment `{0}`")]
    EnvironmentUnknown(String),
    /// It has connections that are not deleted, or deleted ones whose grants are still to be ended at their providers.
    #[error("the environment is in use")]
    EnvironmentInUse { connections: u64, revocations: u64 },
    /// It is an operator's login, or opens nothing any more: `login`, `revoked`, `locked` or `expired`.
    #[error("the API key cannot be replaced")]
    KeyNotReplaceable(&'static str),
    /// Nothing begins in it any more.
    #[error("the environment has ended")]
    EnvironmentEnded,
    /// An integration the session does not offer, or that is not there.
    #[error("there is no integration `{0}` in this environment")]
    IntegrationUnknown(String),
    /// The last refresh failed, and the next is made by itself after this wait.
    #[error("the token cannot be refreshed just now")]
    Waiting { failure: Box<Failure>, wait: Duration },
    #[error("the refresh did not finish in time")]
    RefreshInProgress,
    #[error("too many callers are waiting for refreshes")]
    Overloaded,
    /// A backup was restored, and nobody has said yet that what is in it counts.
    #[error("nothing is refreshed while safe mode is on")]
    SafeMode,
    /// Somebody asked for it, of the connection or of more.
    #[error("refreshing is paused")]
    RefreshingPaused,
    #[error(transparent)]
    SafeModeRefused(#[from] safe_mode::NotOn),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("stream {0} is being changed by too many at once")]
    Contended(Stream),
    #[error(transparent)]
    KeyService(#[from] KeyServiceError),
    /// What was sealed does not open: it was moved, changed, or sealed with another key.
    #[error("the sealed {what} of {owner} cannot be opened")]
    Unreadable {
        what: &'static str,
        owner: String,
        #[source]
        source: Option<EnvelopeError>,
    },
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl<R: std::error::Error> From<LedgerError<R>> for Error
where
    Self: From<R>,
{
    fn from(error: LedgerError<R>) -> Self {
        match error {
            LedgerError::Refused(refusal) => refusal.into(),
            LedgerError::Store(error) => error.into(),
            LedgerError::Contended(stream) | LedgerError::Resealed(stream) => Self::Contended(stream),
            LedgerError::Taken(_) => Self::ExternalIdTaken,
        }
    }
}

/// An error with its causes, on one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}
