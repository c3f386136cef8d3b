//! What a demo provider is told when it is made. Checked once; nothing after that can be malformed.

use crate::ledger::Account;
use crate::state_file::StateFileError;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// Settings of a [`crate::DemoProvider`]. It holds secrets, hence no `Debug`.
#[derive(Clone)]
pub struct Options {
    /// The issuer identifier (RFC 8414 §2), without a slash at its end: `http://127.0.0.1:8080/demo-provider`.
    pub issuer: String,
    /// How long an access token is good for. 60 s unless told: short enough to watch a refresh happen.
    pub access_token_lifetime: Duration,
    /// How long an authorization code is good for. 60 s unless told.
    pub code_lifetime: Duration,
    /// The registered clients.
    pub clients: Vec<Client>,
    /// The account that is always signed in.
    pub account: Account,
    /// What becomes of a refresh token when it is used.
    pub rotation: Rotation,
    /// Where grants and tokens survive a restart. Written atomically, readable by its owner alone.
    pub state_file: Option<PathBuf>,
    /// The bearer token of `/_control`. Without one there is no `/_control`.
    pub control_token: Option<String>,
    /// The keys `/keyed/me` accepts; one is made, and kept in the state file, if none is given.
    pub api_keys: Vec<String>,
    /// The user name `/basic/me` accepts.
    pub basic_username: String,
    /// Its password; one is made, and kept in the state file, if none is given.
    pub basic_password: Option<String>,
    /// Put before every secret made here, so that a test can search for it.
    pub secret_prefix: String,
}

impl Options {
    /// Everything by default: no client, 60 s tokens, strict rotation, nothing kept, no `/_control`.
    pub fn new(issuer: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            access_token_lifetime: Duration::from_secs(60),
            code_lifetime: Duration::from_secs(60),
            clients: Vec::new(),
            account: Account::ana(),
            rotation: Rotation::Strict,
            state_file: None,
            control_token: None,
            api_keys: Vec::new(),
            basic_username: "ana".into(),
            basic_password: None,
            secret_prefix: String::new(),
        }
    }

    /// The issuer, parsed, if it and all clients are well formed.
    pub(crate) fn check(&self) -> Result<Url, OptionsError> {
        let malformed = || OptionsError::Issuer(self.issuer.clone());
        let issuer = Url::parse(&self.issuer).map_err(|_| malformed())?;
        let plain = matches!(issuer.scheme(), "http" | "https")
            && issuer.query().is_none()
            && issuer.fragment().is_none()
            && issuer.username().is_empty()
            && !self.issuer.ends_with('/');
        if !plain {
            return Err(malformed());
        }
        self.clients.iter().try_for_each(Client::check)?;
        Ok(issuer)
    }
}

/// A registered OAuth client.
#[derive(Clone)]
pub struct Client {
    /// The `client_id`.
    pub id: String,
    /// The `client_secret`; without one the client is public (RFC 6749 §2.1) and lives by PKCE alone.
    pub secret: Option<String>,
    /// The name on the consent page.
    pub name: String,
    /// The redirect URIs, compared as text (RFC 9700 §2.1). None of them: the client has no code flow.
    pub redirect_uris: Vec<String>,
    /// The scopes it may ask for, and gets if it asks for none.
    pub scopes: Vec<String>,
}

impl Client {
    /// A confidential client with a friendly name and every scope of the demo.
    pub fn new<const N: usize>(
        id: impl Into<String>,
        secret: impl Into<String>,
        redirect_uris: [&str; N],
    ) -> Self {
        Self {
            id: id.into(),
            secret: Some(secret.into()),
            name: "Latchkey demo app".into(),
            redirect_uris: redirect_uris.map(str::to_owned).to_vec(),
            scopes: SCOPES.map(|(scope, _)| scope.to_owned()).to_vec(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), OptionsError> {
        let sound = |uri: &&String| Url::parse(uri).is_ok_and(|url| url.fragment().is_none());
        match self.redirect_uris.iter().find(|uri| !sound(uri)) {
            Some(uri) => Err(OptionsError::RedirectUri(uri.clone())),
            None => Ok(()),
        }
    }
}

/// Every scope of the demo, with what the consent page says about it.
pub(crate) const SCOPES: [(&str, &str); 3] = [
    ("profile:read", "See your name and login"),
    ("notes:read", "Read your notes"),
    ("notes:write", "Write and change your notes"),
];

/// What becomes of a refresh token when it is used (RFC 9700 §4.14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// Each works once. A second use revokes the whole family.
    Strict,
    /// As strict, but for this long after its first use a token may be sent again and is answered with another
    /// valid pair: a client that lost the answer can mend that.
    Grace(Duration),
    /// A refresh token stays, and refresh answers name none.
    None,
}

/// Why a provider could not be made.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// Not an issuer identifier.
    #[error("issuer `{0}` must be an http or https URL without query, fragment, user or slash at its end")]
    Issuer(String),
    /// A redirect URI that could never match.
    #[error("redirect URI `{0}` must be an absolute URI without fragment")]
    RedirectUri(String),
    /// The state file is in the way.
    #[error(transparent)]
    StateFile(#[from] StateFileError),
}
