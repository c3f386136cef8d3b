//! What messages to one endpoint are signed with. Made here, sealed by the keyring, and shown its owner once.

use crate::error::Error;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use latchkey_secret::{JsonSecret, Renewal, SecretText};
use latchkey_signing::SigningError;
use latchkey_signing::webhook::{Message, PRIVATE_KEY_PREFIX, SECRET_PREFIX, body_digest, public_key_of};
use rand::Rng as _;
use zeroize::Zeroizing;

const SECRET: &str = "secret";
const PRIVATE_KEY: &str = "private_key";

const KEY_LEN: usize = 32;

/// A secret, and an Ed25519 key where the owner wants one: one document of named fields, sealed as a whole.
pub struct Keys(Renewal);

impl Keys {
    #[must_use]
    pub fn generate(with_ed25519: bool) -> Self {
        let mut document = Renewal::default();
        document.fields.insert(SECRET.into(), random(SECRET_PREFIX));
        if with_ed25519 {
            document.fields.insert(PRIVATE_KEY.into(), random(PRIVATE_KEY_PREFIX));
        }
        Self(document)
    }

    /// # Errors
    /// [`Error::Unreadable`] where it is no document of keys.
    pub fn from_document(document: &JsonSecret, owner: &str) -> Result<Self, Error> {
        Renewal::from_document(document).map(Self).map_err(|_| unreadable(owner))
    }

    #[must_use]
    pub fn to_document(&self) -> JsonSecret {
        self.0.to_document()
    }

    /// # Errors
    /// [`SigningError`] where the private key is none.
    pub fn public_key(&self) -> Result<Option<String>, SigningError> {
        self.0.fields.get(PRIVATE_KEY).map(|key| public_key_of(key.expose())).transpose()
    }

    /// The entries of `webhook-signature`.
    ///
    /// # Errors
    /// [`SigningError`] where a key is none.
    pub fn sign(&self, message: &Message<'_>) -> Result<Vec<String>, SigningError> {
        let secret = self.0.fields.get(SECRET).ok_or(SigningError::Incomplete)?;
        let mut signatures = vec![message.sign_with_secret(secret.expose())?];
        if let Some(private_key) = self.0.fields.get(PRIVATE_KEY) {
            signatures.push(message.sign_with_private_key(private_key.expose())?);
        }
        Ok(signatures)
    }

    /// What receivers of the compatible format check.
    ///
    /// # Errors
    /// [`SigningError::Incomplete`] where there is no secret.
    pub fn body_digest(&self, body: &[u8]) -> Result<String, SigningError> {
        let secret = self.0.fields.get(SECRET).ok_or(SigningError::Incomplete)?;
        Ok(body_digest(secret.expose(), body))
    }

    /// The secret, for its owner, this once.
    #[must_use]
    pub fn into_secret(mut self) -> SecretText {
        self.0.fields.remove(SECRET).unwrap_or_else(|| SecretText::new(String::new()))
    }
}

fn random(prefix: &str) -> SecretText {
    let mut key = Zeroizing::new([0; KEY_LEN]);
    rand::rng().fill_bytes(key.as_mut_slice());
    SecretText::new(format!("{prefix}{}", STANDARD.encode(key.as_slice())))
}

/// An endpoint whose keys do not sign.
pub fn unreadable(owner: &str) -> Error {
    Error::Unreadable { what: "webhook keys", owner: owner.to_owned(), source: None }
}
