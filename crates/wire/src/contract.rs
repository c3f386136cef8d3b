//! What the vault does for the other services, in domain words: the arguments and answers of [`VaultClient`]'s calls.
//! The vault's use cases take and give these same types, so that both ends share one translation to the wire.
//!
//! [`VaultClient`]: crate::VaultClient

mod registry;
mod revocation;
mod sessions;
mod setup;
mod source;
mod webhook;

pub use registry::{
    CreateEnvironment, CreateLogin, CreatedLogin, EnvironmentView, IntegrationPreview, IssueKey, IssuedKey,
    KeptClient, KeyState, KeyView, PutIntegration, RotatedKey,
};
pub use revocation::{DueRevocation, ReportRevocation};
pub use sessions::{ListSessions, ListedSessions, SessionEntry, SessionState};
pub use setup::{
    BringCredential, NewConnection, OpenedCredential, PrepareConnection, PreparedConnection, Target,
};
pub use source::Source;
pub use webhook::{ClaimWebhooks, CompleteWebhook, DueWebhook};

use latchkey_domain::authorization::Choice;
use latchkey_domain::rotation::{Behaviour, RotationClass};
use latchkey_domain::{
    AuthorizationId, ConnectionId, Digest, EndUser, Environment, Failure, Generation, IntegrationKey, Reader,
    SessionId, Timestamp,
    connection::ExternalId,
    integration::Settings,
    rotation::Course,
    session::{Outline, Presets},
};
use latchkey_secret::{ClientSecret, CodeVerifier, Grant, JournalKey, Renewal, SecretText, Signer};
use std::{collections::BTreeMap, fmt, time::Duration};

/// A backend's wish to let an end user connect.
#[derive(Debug)]
pub struct CreateSession {
    pub environment: Environment,
    pub end_user: EndUser,
    /// May be empty where `reconnect` is set: the connection's own integration is meant then.
    pub integrations: Vec<IntegrationKey>,
    pub reconnect: Option<ConnectionId>,
    /// Whether it is for looking after connections; `integrations` may be empty then.
    pub manages: bool,
    pub lifetime: Duration,
    /// What is said of a new connection, and what is settled for each integration.
    pub outline: Outline,
}

#[derive(Debug)]
pub struct CreatedSession {
    pub session: SessionId,
    /// Opens the session, once. Names the session, so nothing else has to be told.
    pub token: SecretText,
    pub expires_at: Timestamp,
}

/// A session as the browser that holds it, or the backend that made it, may see it.
#[derive(Debug, Clone)]
pub struct SessionView {
    pub id: SessionId,
    pub environment: Environment,
    pub end_user: EndUser,
    pub integrations: Vec<IntegrationView>,
    pub reconnect: Option<ConnectionId>,
    pub expires_at: Timestamp,
    /// Set once the session led to a connection.
    pub connection: Option<ConnectionId>,
    pub last_failure: Option<Failure>,
    pub latest_attempt: Option<AttemptView>,
    /// The connection that was made, or is to be mended.
    pub summary: Option<ConnectionSummary>,
    /// Whether the browser that asks is that of an admin who was invited.
    pub approving: bool,
    /// Whether it is for looking after connections.
    pub manages: bool,
    /// What is settled for each of the integrations. Their settings have its scopes already.
    pub presets: Presets,
    /// Whether the backend that made it has taken it back.
    pub cancelled: bool,
    /// Those of the integrations whose provider does not answer at present; told to browsers alone.
    pub failing: Vec<IntegrationKey>,
    /// Those of the connection it is to lead to, or is to mend. What they say of the end user is shown to pages of the
    /// customer's own.
    pub tags: BTreeMap<String, String>,
    /// Whether a browser has opened it.
    pub opened: bool,
}

/// A connection as its end user may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnConnection {
    pub id: ConnectionId,
    pub summary: ConnectionSummary,
    /// What the integration is called.
    pub name: String,
    pub provider: String,
    /// The scopes that the integration asks for at present.
    pub asked: Vec<String>,
    /// Whether it can be connected again.
    pub mendable: bool,
    /// Whether refreshing it fails at present, for a reason that passes by itself.
    pub failing: bool,
    pub created_at: Timestamp,
}

/// An attempt, as the browser that made it may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptView {
    pub id: AuthorizationId,
    pub integration: IntegrationKey,
    pub state: AttemptState,
    /// Whose account it came back with, where it is held.
    pub account: Option<String>,
    /// What there is to choose from, where that is why it is held.
    pub choices: Vec<Choice>,
}

/// How far an attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptState {
    Started,
    Claimed,
    Held,
    Completed,
    Failed,
}

/// What an end user may know of their connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionSummary {
    pub integration: IntegrationKey,
    /// Whose account it is at the provider, as far as that is known.
    pub account: Option<String>,
    pub scopes: Vec<String>,
    /// Why it has ended, and when; `None` while it lives.
    pub ended: Option<(Failure, Timestamp)>,
}

/// An integration without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationView {
    pub environment: Environment,
    pub key: IntegrationKey,
    pub settings: Settings,
    pub created_at: Timestamp,
}

/// An integration's secrets.
#[derive(Debug, Default)]
pub struct AppSecrets {
    pub client_secret: Option<ClientSecret>,
    pub fields: BTreeMap<String, SecretText>,
}

/// An integration with its secrets, as a token request needs it.
#[derive(Debug)]
pub struct App {
    pub client_id: String,
    pub client_secret: Option<ClientSecret>,
    pub scopes: Vec<String>,
    /// App-level inputs, secret or not.
    pub fields: BTreeMap<String, SecretText>,
}

#[derive(Debug)]
pub struct StartAuthorization {
    /// Chosen by the caller, so that the `state` parameter can name it.
    pub authorization: AuthorizationId,
    pub session: SessionId,
    pub browser: Digest,
    pub integration: IntegrationKey,
    pub state: Digest,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub code_verifier: Option<CodeVerifier>,
    /// What the end user typed, checked.
    pub inputs: BTreeMap<String, SecretText>,
}

/// The provider's answer is here. It can be claimed once.
#[derive(Debug)]
pub struct ClaimedAuthorization {
    pub session: SessionId,
    pub environment: Environment,
    pub integration: IntegrationKey,
    pub redirect_uri: String,
    pub provider: String,
    pub app: App,
    pub code_verifier: Option<CodeVerifier>,
    pub inputs: BTreeMap<String, SecretText>,
}

/// An attempt that waits for a choice, and what it brought.
#[derive(Debug)]
pub struct Undecided {
    /// Its verifier and what was typed are spent.
    pub attempt: ClaimedAuthorization,
    pub obtained: Obtained,
}

/// A credential as it was obtained, and the way it was.
#[derive(Debug)]
pub struct Obtained {
    /// `OAUTH2`, `OAUTH2_CC`, `API_KEY` or `BASIC`.
    pub auth_mode: String,
    pub grant: Grant,
    /// What the catalogue says that its refresh token does.
    pub documented: Behaviour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Established {
    pub connection: ConnectionId,
    pub generation: Generation,
}

/// What a refresher is ready to take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimDue {
    pub max: u32,
    /// Only what a caller waits for.
    pub wanted_only: bool,
    /// Whose provider is to be left alone: what is due there stays where it is.
    pub except: Vec<Lane>,
}

/// As much as this of whatever is due.
impl From<u32> for ClaimDue {
    fn from(max: u32) -> Self {
        Self { max, ..Self::default() }
    }
}

/// One integration's queue of due refreshes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane {
    pub environment: Environment,
    pub integration: IntegrationKey,
}

/// How a token endpoint does, for the connections of one integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportProvider {
    pub lane: Lane,
    pub provider: String,
    pub state: ProviderState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderState {
    Answering,
    /// It is being tried whether it is back.
    Probed,
    Failing,
}

/// A refresh that is the caller's to make, until the claim lapses.
#[derive(Debug)]
pub struct DueRefresh {
    pub connection: ConnectionId,
    pub environment: Environment,
    pub integration: IntegrationKey,
    pub provider: String,
    pub generation: Generation,
    pub fence: u64,
    pub due_at: Timestamp,
    /// When the present token runs out; `None` where nobody knows.
    pub expires_at: Option<Timestamp>,
    /// Whether a caller waits for it.
    pub wanted: bool,
    /// When the claim before this one ran out, where nobody ended it.
    pub lapsed_at: Option<Timestamp>,
    /// When the present credential was obtained.
    pub obtained_at: Timestamp,
    /// What its refresh tokens were seen to do; gone by where nothing is documented.
    pub learnt: RotationClass,
    pub app: App,
    pub renewal: Renewal,
    pub journal: JournalKeys,
}

/// What an attempt's answers are encrypted with, and the same as the vault alone can open it.
#[derive(Debug)]
pub struct JournalKeys {
    pub clear: JournalKey,
    pub sealed: Vec<u8>,
}

/// An attempt that was begun under an earlier claim, and what its answers can be opened with again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumeRefresh {
    pub connection: ConnectionId,
    pub generation: Generation,
    pub fence: u64,
    pub sealed_key: Vec<u8>,
}

/// One answer to a refresh as a refresher keeps it for another: nothing but the vault can say what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    pub connection: ConnectionId,
    pub generation: Generation,
    pub fence: u64,
    pub sealed_key: Vec<u8>,
    /// Which of the attempt's answers, from 0.
    pub number: u8,
    pub sealed: Vec<u8>,
}

/// What a refresher's journal knows of the refreshes made from one generation of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consulted {
    pub answers: Vec<KeptAnswer>,
    /// It has begun one and not told its end yet.
    pub in_flight: bool,
    /// It would know of every refresh of its own since then.
    pub since: Timestamp,
}

impl DueRefresh {
    #[must_use]
    pub fn lane(&self) -> Lane {
        Lane { environment: self.environment.clone(), integration: self.integration.clone() }
    }
}

#[derive(Debug)]
pub struct CompleteRefresh {
    pub connection: ConnectionId,
    /// The generation the refresh was made from.
    pub generation: Generation,
    pub fence: u64,
    pub outcome: RefreshOutcome,
    /// What is documented of the provider, and how the attempt went.
    pub course: Course,
    /// When the provider's answer came: its lifetimes count from here. `None` where none came.
    pub received_at: Option<Timestamp>,
}

#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one of it at a time, and nearly always the larger one"
)]
pub enum RefreshOutcome {
    Refreshed(Obtained),
    Failed {
        failure: Failure,
        retry_after: Option<Duration>,
    },
    /// The provider may have acted, and its answer never came whole; it is not to be asked again before `resend_at`.
    Unanswered {
        failure: Failure,
        resend_at: Option<Timestamp>,
    },
    Refused(Failure),
}

/// A connection, as a caller names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    Id(ConnectionId),
    /// By its customer's own id for it.
    External {
        integration: IntegrationKey,
        external_id: ExternalId,
    },
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::External { external_id, .. } => external_id.fmt(f),
        }
    }
}

/// The proxy's wish for a credential.
#[derive(Debug)]
pub struct LendCredential {
    pub environment: Environment,
    pub connection: Named,
    /// The generation the provider has just refused.
    pub newer_than: Option<Generation>,
    /// Whose request it is for.
    pub reader: Reader,
    /// The only ones whose connections the reader may use. Empty: all.
    pub integrations: Vec<IntegrationKey>,
}

/// A credential for one request, and where it may go.
#[derive(Debug)]
pub struct LentCredential {
    pub integration: IntegrationKey,
    pub provider: String,
    pub generation: Generation,
    pub source: Source,
    /// `None` where the provider's entry does not say where its API is.
    pub base_url: Option<SecretText>,
    /// `scheme://host[:port]`, or `https://*.suffix`.
    pub origins: Vec<String>,
    /// Names in lower case.
    pub headers: BTreeMap<String, SecretText>,
    pub query: BTreeMap<String, SecretText>,
    /// What each request is signed with, where headers and query are not all there is.
    pub signer: Option<Signer>,
    /// The credential also belongs into the body, where a proxy cannot put it.
    pub in_body: bool,
}

/// Connect's wish for a token to give out.
#[derive(Debug)]
pub struct TakeToken {
    pub environment: Environment,
    pub integration: IntegrationKey,
    pub connection: ConnectionId,
    /// Who was admitted.
    pub reader: Reader,
}

/// A token to give out.
#[derive(Debug)]
pub struct TakenToken {
    pub access_token: SecretText,
    /// Whether the provider's API takes it as a bearer token.
    pub bearer: bool,
    pub expires_at: Option<Timestamp>,
    pub scopes: Vec<String>,
}
