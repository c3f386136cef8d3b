use super::{App, Obtained};
use latchkey_domain::connection::About;
use latchkey_domain::{
    AuthorizationId, ConnectionId, EndUser, Environment, Generation, IntegrationKey, Timestamp,
};

/// Connect's question before it tries a credential out.
#[derive(Debug)]
pub struct PrepareConnection {
    pub environment: Environment,
    pub target: Target,
    /// Names what is to be brought.
    pub request: AuthorizationId,
    /// Whether the caller chose the name, and may come again with it.
    pub named: bool,
    /// The app's secret is for whoever asks, and not for a request that is to be made. That is recorded before it is given.
    pub reveals_app: bool,
}

/// What a credential is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A new connection of this integration.
    New(IntegrationKey),
    Present(ConnectionId),
}

#[derive(Debug)]
pub struct PreparedConnection {
    pub integration: IntegrationKey,
    pub provider: String,
    pub app: App,
    /// The one to be made, or to be given another credential.
    pub connection: ConnectionId,
    /// What the request has led to already.
    pub done: Option<Generation>,
}

/// A credential that a backend had already.
#[derive(Debug)]
pub struct BringCredential {
    pub environment: Environment,
    pub integration: IntegrationKey,
    pub connection: ConnectionId,
    pub request: AuthorizationId,
    pub obtained: Obtained,
    /// When the provider gave it, where that was earlier.
    pub issued_at: Option<Timestamp>,
    /// What it takes for the connection to be made; `None` where it has to be there.
    pub created: Option<NewConnection>,
}

#[derive(Debug, Clone)]
pub struct NewConnection {
    pub end_user: EndUser,
    pub about: About,
    pub disabled: bool,
    pub needs_reauth: bool,
}

/// A present credential, to be tried out with its provider.
#[derive(Debug)]
pub struct OpenedCredential {
    pub integration: IntegrationKey,
    pub provider: String,
    pub app: App,
    pub obtained: Obtained,
    pub generation: Generation,
}
