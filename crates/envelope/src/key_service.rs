//! What holds the topmost key: wraps environment keys and unwraps them, and never shows the key it does that with.

use crate::header::KeyName;
use crate::local::{KeyFileError, LocalKeyService};
use crate::message::KeyBytes;
use async_trait::async_trait;
use std::{fmt, sync::Arc};

#[async_trait]
pub trait KeyService: Send + Sync {
    /// Wraps an environment key, bound to its context.
    async fn wrap(&self, key: &[u8; 32], context: &WrapContext) -> Result<Vec<u8>, KeyServiceError>;

    /// Unwraps what [`Self::wrap`] gave, for the same context alone.
    async fn unwrap(&self, wrapped: &[u8], context: &WrapContext) -> Result<KeyBytes, KeyServiceError>;

    /// What everything begins with that the newest version of its key has wrapped; `None` where it renews its key unseen and
    /// keeps what it needs itself.
    async fn newest(&self) -> Result<Option<Vec<u8>>, KeyServiceError> {
        Ok(None)
    }

    /// Whether its key can be used now. Fails with the reason where it cannot.
    async fn health(&self) -> Result<(), KeyServiceError>;

    /// What names its key in what is stored: the same for as long as the key is the same. Not a secret.
    fn uri(&self) -> &str;
}

/// Which environment key this is, and whose. It is sent to the key service in the clear, and logged there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrapContext {
    pub deployment: String,
    pub environment: String,
    pub key: KeyName,
}

impl WrapContext {
    /// The encryption context, in a fixed order.
    #[must_use]
    pub fn entries(&self) -> [(&'static str, String); 6] {
        [
            ("app", "latchkey".to_owned()),
            ("deploy", self.deployment.clone()),
            ("env", self.environment.clone()),
            ("purpose", "tk".to_owned()),
            ("tk", self.key.id.to_string()),
            ("ver", self.key.version.to_string()),
        ]
    }
}

/// Why an environment key could not be wrapped or unwrapped. The cause is kept as text, because one failure is told
/// to everyone who waited for the same key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyServiceError {
    /// The key service answered, and the answer will not change by asking again.
    #[error("the key service refused: {denial} ({detail})")]
    Denied { denial: Denial, detail: String },
    /// No answer, or one that says nothing about the key: network, throttling, a fault over there, our credentials.
    #[error("the key service is unavailable: {detail}")]
    Unavailable { detail: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// We may not use the key.
    AccessDenied,
    /// The key was disabled.
    Disabled,
    /// The key cannot be used in its state, such as pending deletion.
    InvalidState,
    /// There is no such key.
    KeyNotFound,
    /// The wrapped bytes are not this key's for this context: changed, moved, or wrapped by another key.
    NotOurs,
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessDenied => "access to the key is denied",
            Self::Disabled => "the key is disabled",
            Self::InvalidState => "the key's state does not allow its use",
            Self::KeyNotFound => "there is no such key",
            Self::NotOurs => "this was not wrapped by this key for this environment",
        })
    }
}

impl KeyServiceError {
    pub(crate) fn not_ours(detail: impl Into<String>) -> Self {
        Self::Denied { denial: Denial::NotOurs, detail: detail.into() }
    }
}

/// Why a key service could not be opened, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenKeyServiceError {
    #[error(
        "`{0}` names no key service: use file:///path/to/key, aws-kms://KEY-ARN-OR-ALIAS?region=REGION or transit://HOST/MOUNT/KEY?role=ROLE"
    )]
    UnknownScheme(String),
    #[error("`{uri}` is not a usable key service: {reason}")]
    Address { uri: String, reason: String },
    #[error("built without support for {0}")]
    NotBuilt(&'static str),
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
}

/// Whether a URI could name a key service. Nothing is opened, and no file is read.
///
/// # Errors
/// As [`open_key_service`].
pub fn check_address(uri: &str) -> Result<(), OpenKeyServiceError> {
    match uri.split_once("://") {
        Some(("file", path)) if path.starts_with('/') => Ok(()),
        Some(("file", _)) => Err(relative(uri)),
        Some(("aws-kms", _)) => crate::aws::check(uri),
        Some(("transit", _)) => crate::transit::check(uri),
        _ => Err(OpenKeyServiceError::UnknownScheme(uri.to_owned())),
    }
}

fn relative(uri: &str) -> OpenKeyServiceError {
    let reason = "the path must be absolute, as in file:///path/to/key".to_owned();
    OpenKeyServiceError::Address { uri: uri.to_owned(), reason }
}

/// Opens the key service a URI names: `file:///path/to/key`,
/// `aws-kms://KEY-ARN-OR-ALIAS?region=REGION[&endpoint=URL]`, or
/// `transit://HOST[:PORT]/MOUNT/KEY?role=ROLE|token_file=PATH[…]` at an OpenBao or a Vault. Nobody is called yet.
///
/// # Errors
/// [`OpenKeyServiceError`], whose text says what to change.
pub async fn open_key_service(uri: &str) -> Result<Arc<dyn KeyService>, OpenKeyServiceError> {
    match uri.split_once("://") {
        Some(("file", path)) if path.starts_with('/') => Ok(Arc::new(LocalKeyService::open(path.as_ref())?)),
        Some(("file", _)) => Err(relative(uri)),
        Some(("aws-kms", _)) => crate::aws::open(uri).await,
        Some(("transit", _)) => crate::transit::open(uri),
        _ => Err(OpenKeyServiceError::UnknownScheme(uri.to_owned())),
    }
}
