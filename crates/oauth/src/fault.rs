//! What went wrong at a provider, sorted by what may be done about it.
//!
//! Invariant: a fault holds no secret. Its texts come from the provider and have been through [`crate::scrub`].

use std::{fmt, time::Duration};

/// One failed conversation with a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// `None` where no answer came.
    pub http_status: Option<u16>,
    /// The provider's own error code (RFC 6749 §5.2 `error`), whatever word it uses. At most 64 characters.
    pub code: Option<String>,
    /// The provider's own explanation, with every secret of the request cut out. At most 300 characters.
    pub description: Option<String>,
    /// How long the provider asks to be left alone. At most an hour.
    pub retry_after: Option<Duration>,
    /// Whom we spoke to, where it came to that.
    pub host: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// What was typed is not of the form the provider's entry asks for. Nothing was sent.
    InputInvalid {
        field: String,
    },
    /// `invalid_grant`: the code or the refresh token is withdrawn, expired or used (RFC 6749 §5.2).
    GrantRefused,
    /// The OAuth app is refused: `invalid_client`, `unauthorized_client`, or a bare 401 at the token endpoint.
    ClientRejected,
    /// The request as such is refused (`invalid_request`, `invalid_scope`, `unsupported_grant_type`), or sent elsewhere.
    RequestRejected,
    /// A request made with the credential itself was refused.
    CredentialsRejected,
    RateLimited,
    Unavailable,
    /// Not one byte of the request was written: name resolution, TCP or TLS failed.
    NotSent,
    /// The request may have been acted on, and the answer is lost or cut off.
    Ambiguous,
    /// A complete answer that says success and holds nothing usable.
    ResponseInvalid,
    /// This build, or the provider's entry, has no way to do what was asked.
    Unsupported,
}

/// Whose turn it is to mend something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// This one connection: its grant, or what its user typed.
    Connection,
    /// The OAuth app, and with it every connection made through it.
    App,
    Provider,
    Ourselves,
}

impl Fault {
    /// A fault of which nothing but the kind is known.
    #[must_use]
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, http_status: None, code: None, description: None, retry_after: None, host: None }
    }

    pub(crate) fn described(kind: FaultKind, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..Self::new(kind) }
    }

    pub(crate) fn at(self, host: &str) -> Self {
        Self { host: Some(host.to_owned()), ..self }
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { http_status: Some(status), ..self }
    }

    #[must_use]
    pub fn blame(&self) -> Blame {
        match &self.kind {
            // What the developer filled in keeps its space in its name.
            FaultKind::InputInvalid { field } if field.starts_with("app.") => Blame::App,
            FaultKind::InputInvalid { .. } | FaultKind::GrantRefused | FaultKind::CredentialsRejected => {
                Blame::Connection
            }
            FaultKind::ClientRejected | FaultKind::RequestRejected => Blame::App,
            FaultKind::RateLimited
            | FaultKind::Unavailable
            | FaultKind::NotSent
            | FaultKind::Ambiguous
            | FaultKind::ResponseInvalid => Blame::Provider,
            FaultKind::Unsupported => Blame::Ourselves,
        }
    }

    /// Whether the same request, later and with nothing changed, may well succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            FaultKind::RateLimited | FaultKind::Unavailable | FaultKind::NotSent | FaultKind::Ambiguous
        )
    }

    /// Whether the provider may have acted all the same: a single-use token may be spent and its successor lost.
    #[must_use]
    pub fn may_have_taken_effect(&self) -> bool {
        matches!(self.kind, FaultKind::Ambiguous | FaultKind::ResponseInvalid)
    }
}

impl FaultKind {
    /// One word for metrics and logs.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::InputInvalid { .. } => "input_invalid",
            Self::GrantRefused => "grant_refused",
            Self::ClientRejected => "client_rejected",
            Self::RequestRejected => "request_rejected",
            Self::CredentialsRejected => "credentials_rejected",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::NotSent => "not_sent",
            Self::Ambiguous => "ambiguous",
            Self::ResponseInvalid => "response_invalid",
            Self::Unsupported => "unsupported",
        }
    }
}

/// The kind and the status. Never the provider's texts: whoever shows those asks for them by name.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.kind {
            FaultKind::InputInvalid { field } => return write!(f, "the input `{field}` is not usable"),
            FaultKind::GrantRefused => "the provider refuses the grant",
            FaultKind::ClientRejected => "the provider refuses the app",
            FaultKind::RequestRejected => "the provider refuses the request",
            FaultKind::CredentialsRejected => "the provider refuses the credential",
            FaultKind::RateLimited => "the provider asks for fewer requests",
            FaultKind::Unavailable => "the provider is not available",
            FaultKind::NotSent => "the provider cannot be reached",
            FaultKind::Ambiguous => "the provider's answer is lost",
            FaultKind::ResponseInvalid => "the provider's answer is not usable",
            FaultKind::Unsupported => "there is no way to do this",
        })?;
        self.http_status.map_or(Ok(()), |status| write!(f, " (HTTP {status})"))
    }
}

impl std::error::Error for Fault {}
