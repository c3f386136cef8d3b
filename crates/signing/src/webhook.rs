//! Signatures of webhooks: Standard Webhooks with a shared secret (`v1`) and with Ed25519 (`v1a`), and the plain digest of
//! the body that older receivers check.

use crate::SigningError;
use crate::ed25519::{Prefixes, decoded};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac;
use ring::signature::{ED25519, UnparsedPublicKey};
use std::fmt::Write as _;

/// What the textual forms begin with, each followed by base64.
pub const SECRET_PREFIX: &str = "whsec_";
pub const PRIVATE_KEY_PREFIX: &str = "whsk_";
pub const PUBLIC_KEY_PREFIX: &str = "whpk_";

const PREFIXES: Prefixes = Prefixes { private: PRIVATE_KEY_PREFIX, public: PUBLIC_KEY_PREFIX };

const HMAC_SHA256: &str = "v1";
const ED25519_SIGNATURE: &str = "v1a";

/// A message as it is signed: another id, another time or another byte of the body is another message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    pub id: &'a str,
    /// Unix seconds.
    pub timestamp: i64,
    pub body: &'a [u8],
}

impl Message<'_> {
    fn signed(&self) -> Vec<u8> {
        [format!("{}.{}.", self.id, self.timestamp).as_bytes(), self.body].concat()
    }

    /// One entry of `webhook-signature`, with a `whsec_…` secret.
    ///
    /// # Errors
    /// [`SigningError::KeyUnreadable`] where it is none.
    pub fn sign_with_secret(&self, secret: &str) -> Result<String, SigningError> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &decoded(secret, SECRET_PREFIX)?);
        Ok(format!("{HMAC_SHA256},{}", STANDARD.encode(hmac::sign(&key, &self.signed()))))
    }

    /// One entry of `webhook-signature`, with a `whsk_…` private key.
    ///
    /// # Errors
    /// [`SigningError::KeyUnreadable`] where it is none.
    pub fn sign_with_private_key(&self, private_key: &str) -> Result<String, SigningError> {
        let signature = PREFIXES.key_pair(private_key)?.sign(&self.signed());
        Ok(format!("{ED25519_SIGNATURE},{}", STANDARD.encode(signature)))
    }

    /// Whether one of the entries of a `webhook-signature` was made with this key: a `whsec_…` secret or a `whpk_…` public
    /// key.
    ///
    /// # Errors
    /// [`SigningError::KeyUnreadable`] where it is neither.
    pub fn is_signed(&self, signatures: &str, key: &str) -> Result<bool, SigningError> {
        let of = |version: &'static str| {
            let entries = signatures.split_ascii_whitespace().filter_map(|entry| entry.split_once(','));
            entries
                .filter(move |(entry, _)| *entry == version)
                .filter_map(|(_, text)| STANDARD.decode(text).ok())
        };
        if key.starts_with(PUBLIC_KEY_PREFIX) {
            let key = UnparsedPublicKey::new(&ED25519, decoded(key, PUBLIC_KEY_PREFIX)?);
            return Ok(of(ED25519_SIGNATURE).any(|signature| key.verify(&self.signed(), &signature).is_ok()));
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &decoded(key, SECRET_PREFIX)?);
        Ok(of(HMAC_SHA256).any(|signature| hmac::verify(&key, &self.signed(), &signature).is_ok()))
    }
}

/// The whole text of a secret as it was given out, over the body alone, in hexadecimal digits.
#[must_use]
pub fn body_digest(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::sign(&key, body).as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The public half of a `whsk_…` private key, as `whpk_…`.
///
/// # Errors
/// [`SigningError::KeyUnreadable`] where it is none.
pub fn public_key_of(private_key: &str) -> Result<String, SigningError> {
    PREFIXES.public_key_of(private_key)
}

#[cfg(test)]
mod tests;
