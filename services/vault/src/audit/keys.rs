use crate::error::Error;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use latchkey_secret::{JsonSecret, Renewal, SecretText};
use latchkey_signing::SigningError;
use latchkey_signing::statement::{PRIVATE_KEY_PREFIX, public_key_of, sign};
use latchkey_store::Stream;
use rand::Rng as _;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

const PRIVATE_KEY: &str = "private_key";

const KEY_LEN: usize = 32;

/// What an environment's statements are signed with: an Ed25519 key, sealed as a document of one field.
pub struct SigningKey(SecretText);

impl SigningKey {
    #[must_use]
    pub fn generate() -> Self {
        let mut seed = Zeroizing::new([0; KEY_LEN]);
        rand::rng().fill_bytes(seed.as_mut_slice());
        Self(SecretText::new(format!("{PRIVATE_KEY_PREFIX}{}", STANDARD.encode(seed.as_slice()))))
    }

    /// # Errors
    /// [`Error::Unreadable`] where it is no document of a signing key.
    pub fn from_document(document: &JsonSecret, owner: &Stream) -> Result<Self, Error> {
        let key = Renewal::from_document(document).ok().and_then(|mut read| read.fields.remove(PRIVATE_KEY));
        key.map(Self).ok_or_else(|| unreadable_signing_key(owner))
    }

    #[must_use]
    pub fn into_document(self) -> JsonSecret {
        let mut document = Renewal::default();
        document.fields.insert(PRIVATE_KEY.into(), self.0);
        document.to_document()
    }

    /// # Errors
    /// [`SigningError`] where it is none.
    pub fn public_key(&self) -> Result<String, SigningError> {
        public_key_of(self.0.expose())
    }

    /// # Errors
    /// [`SigningError`] where it is none.
    pub fn sign(&self, statement: Map<String, Value>) -> Result<Value, SigningError> {
        sign(statement, self.0.expose())
    }
}

/// A key of our own making that does not sign was not what was stored.
pub fn unreadable_signing_key(owner: &Stream) -> Error {
    Error::Unreadable { what: "signing key", owner: owner.to_string(), source: None }
}
