use std::fmt;

/// Why nothing was signed. Holds nothing of the key or of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningError {
    KeyUnreadable,
    KeyKind,
    KeyEncrypted,
    KeyMismatch,
    KeyTooShort,
    Request,
    Instant,
    Incomplete,
}

impl SigningError {
    /// What is wrong with what was given, to be put behind its name.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::KeyUnreadable => "it is not a private key as PEM, JWK or the base64 of DER",
            Self::KeyKind => "it does not hold an RSA or a P-256 private key",
            Self::KeyEncrypted => "it is protected by a pass phrase; it has to be given without one",
            Self::KeyMismatch => "the algorithm asks for another kind of key",
            Self::KeyTooShort => "an RSA key of fewer than 2048 bits is not safe to sign with",
            Self::Request => "it cannot be sent as it is",
            Self::Instant => "it is not an instant that can be written",
            Self::Incomplete => "something it is signed with is missing",
        }
    }
}

impl fmt::Display for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for SigningError {}
