//! What stands between a request that was made and an answer that is read.
//!
//! A [`Client`] decides what to ask and what an answer means; a [`Carrier`] brings the one over and the other back. The
//! network is one. Another may stand before it, and write an answer down before anybody looks at it.

use crate::{ClientError, ClientIdentity, ClientOptions, Fault, transport::Https};
use async_trait::async_trait;
use latchkey_providers::{HttpRequest, Provider, Trust};
use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};
use zeroize::Zeroizing;

/// Brings one request over and one answer back.
#[async_trait]
pub trait Carrier: Send + Sync + fmt::Debug {
    /// Not cancel-safe: once the request is written, the provider acts on it whether or not anybody waits.
    ///
    /// # Errors
    /// [`NotSent`](crate::FaultKind::NotSent) where not one byte was written, [`Ambiguous`](crate::FaultKind::Ambiguous)
    /// where that cannot be ruled out and no answer came. Whatever the answer says is not an error here.
    async fn carry(&self, call: Call) -> Result<Answer, Fault>;
}

/// One request to a provider. Nothing here sends it twice.
#[derive(Debug)]
pub struct Call {
    pub operation: Operation,
    /// The catalogue's id.
    pub provider: String,
    pub trust: Trust,
    pub request: HttpRequest,
    /// What the client shows of itself in TLS, where it does (RFC 8705).
    pub identity: Option<ClientIdentity>,
    /// How long it may take, from name resolution to the last byte of the answer; `None` is as long as whoever carries it
    /// would let any take.
    pub deadline: Option<Duration>,
}

/// What is being done, for metrics and traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// What has to be asked before an end user can be sent away.
    Authorize,
    Exchange,
    ClientCredentials,
    Refresh,
    Verify,
    Identity,
    /// Learning what the API must be told of a connection.
    Lookup,
    Revoke,
    /// Finding an authorization server (RFC 9728, RFC 8414).
    Discover,
    /// RFC 7591, RFC 7592.
    Register,
    /// RFC 7662.
    Introspect,
    /// Whether the app is accepted.
    Check,
}

impl Operation {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Exchange => "exchange",
            Self::ClientCredentials => "client_credentials",
            Self::Refresh => "refresh",
            Self::Verify => "verify",
            Self::Identity => "identity",
            Self::Lookup => "lookup",
            Self::Revoke => "revoke",
            Self::Discover => "discover",
            Self::Register => "register",
            Self::Introspect => "introspect",
            Self::Check => "check",
        }
    }
}

/// An answer, or as much of it as came.
pub struct Answer {
    pub host: String,
    pub status: u16,
    /// When the last byte came: what an answer says about lifetimes counts from here.
    pub received_at: SystemTime,
    pub content_type: Option<String>,
    pub retry_after: Option<Duration>,
    /// RFC 9110 §11.6.1; several fields are joined as one.
    pub www_authenticate: Option<String>,
    /// RFC 6265 §4.1, one for each field.
    pub set_cookie: Vec<String>,
    pub body: AnswerBody,
}

pub enum AnswerBody {
    Whole(Zeroizing<Vec<u8>>),
    /// The connection ended, or time ran out, before the body did.
    CutOff,
    TooLarge,
}

impl Answer {
    /// The body as text; empty where there is none, or where it is something else.
    pub(crate) fn text(&self) -> &str {
        match &self.body {
            AnswerBody::Whole(body) => std::str::from_utf8(body).unwrap_or_default(),
            AnswerBody::CutOff | AnswerBody::TooLarge => "",
        }
    }
}

/// The body may hold a token, so it is never shown.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("host", &self.host)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Speaks to providers. Cloning it is cheap and shares its connections.
#[derive(Debug, Clone)]
pub struct Client {
    carrier: Arc<dyn Carrier>,
    deadline: Option<Duration>,
}

impl Client {
    /// A client that speaks over the network.
    ///
    /// # Errors
    /// [`ClientError`] where TLS or the HTTP client cannot be set up. No connection is made yet.
    pub fn new(options: &ClientOptions) -> Result<Self, ClientError> {
        Ok(Self::over(Arc::new(Https::new(options)?)))
    }

    /// A client whose requests another carrier brings over.
    #[must_use]
    pub fn over(carrier: Arc<dyn Carrier>) -> Self {
        Self { carrier, deadline: None }
    }

    /// The same, with so long for each request.
    #[must_use]
    pub fn within(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// Who carries this client's requests: what stands before it passes on to it.
    #[must_use]
    pub fn carrier(&self) -> Arc<dyn Carrier> {
        Arc::clone(&self.carrier)
    }

    /// Sends one request to a provider.
    ///
    /// Not cancel-safe: once the request is written, the provider acts on it whether or not anybody waits.
    pub(crate) async fn send(
        &self,
        operation: Operation,
        provider: &Provider,
        request: HttpRequest,
    ) -> Result<Answer, Fault> {
        self.send_as(operation, provider, request, None).await
    }

    /// As [`Self::send`], with a certificate of the client's.
    pub(crate) async fn send_as(
        &self,
        operation: Operation,
        provider: &Provider,
        request: HttpRequest,
        identity: Option<ClientIdentity>,
    ) -> Result<Answer, Fault> {
        let call = Call {
            operation,
            provider: provider.id.clone(),
            trust: provider.trust,
            request,
            identity,
            deadline: self.deadline,
        };
        self.carrier.carry(call).await
    }
}
