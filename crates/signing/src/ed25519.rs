//! Ed25519 keys as text: a prefix that says what it is, and base64.

use crate::SigningError;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

/// What the textual forms of one kind of key begin with.
#[derive(Clone, Copy)]
pub struct Prefixes {
    pub private: &'static str,
    pub public: &'static str,
}

impl Prefixes {
    /// # Errors
    /// [`SigningError::KeyUnreadable`] where it is no private key.
    pub fn key_pair(self, private_key: &str) -> Result<Ed25519KeyPair, SigningError> {
        let seed = decoded(private_key, self.private)?;
        Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| SigningError::KeyUnreadable)
    }

    /// # Errors
    /// [`SigningError::KeyUnreadable`] where it is no private key.
    pub fn public_key_of(self, private_key: &str) -> Result<String, SigningError> {
        let public = STANDARD.encode(self.key_pair(private_key)?.public_key());
        Ok(format!("{}{public}", self.public))
    }
}

/// # Errors
/// [`SigningError::KeyUnreadable`] where it is not base64 behind that prefix.
pub fn decoded(text: &str, prefix: &str) -> Result<Zeroizing<Vec<u8>>, SigningError> {
    let encoded = text.strip_prefix(prefix).filter(|encoded| !encoded.is_empty());
    let bytes = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
    bytes.map(Zeroizing::new).ok_or(SigningError::KeyUnreadable)
}
