//! Making secrets, and knowing them again without keeping them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a secret, as base64url: all that is kept of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Digest(String);

impl Digest {
    pub(crate) fn of(secret: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(secret)))
    }

    /// Whether this is the S256 code challenge of the text (RFC 7636 §4.6: the same function).
    pub(crate) fn is_challenge(&self, challenge: &str) -> bool {
        self.0 == challenge
    }
}

/// Whether two secrets are the same. Comparing digests gives away nothing by its duration that helps a guess.
pub(crate) fn same(left: &str, right: &str) -> bool {
    Digest::of(left) == Digest::of(right)
}

/// 256 random bits as base64url.
pub(crate) fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// Makes secrets that say what they are: `<prefix>demo_at_…`.
#[derive(Clone)]
pub(crate) struct Mint {
    prefix: String,
}

impl Mint {
    pub(crate) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    pub(crate) fn make(&self, kind: &str) -> String {
        format!("{}demo_{kind}_{}", self.prefix, random())
    }
}
