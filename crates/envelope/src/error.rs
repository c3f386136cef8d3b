use std::fmt;

/// Why something sealed does not open. None of it carries a byte of what was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The bytes are not what this sealer writes for this purpose. Nothing was decrypted.
    #[error("the sealed bytes are malformed: {0}")]
    CorruptHeader(HeaderFault),
    /// The key at hand is not the one it was sealed with, or the part that names it was changed.
    #[error("sealed with another key")]
    WrongKey,
    /// Authentication failed: the bytes were changed, or they were sealed in another context.
    #[error("changed since it was sealed, or sealed for another place")]
    Tampered,
    /// Authentic, but of another generation than the one asked for: an older record was put back.
    #[error("sealed as generation {sealed}, asked for as generation {asked}")]
    WrongGeneration { sealed: u64, asked: u64 },
    /// Authentic, but the content is not of the type asked for.
    #[error("what was opened is not what was asked for")]
    WrongContent,
    /// A part of the context does not fit its length prefix (65 535 bytes).
    #[error("the context is too long")]
    ContextTooLong,
    /// The plaintext is longer than AES-256-GCM allows (NIST SP 800-38D §5.2.1.1).
    #[error("the secret is too long to seal")]
    SecretTooLong,
}

/// Which part of a header is not as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderFault {
    Magic,
    Format,
    Suite,
    Kind,
    Flags,
    Reserved,
    Length,
}

impl fmt::Display for HeaderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Magic => "not a sealed record",
            Self::Format => "unknown format",
            Self::Suite => "unknown cipher suite",
            Self::Kind => "not of the expected kind",
            Self::Flags => "unknown flags",
            Self::Reserved => "reserved bits are set",
            Self::Length => "impossible length",
        })
    }
}

impl From<HeaderFault> for EnvelopeError {
    fn from(fault: HeaderFault) -> Self {
        Self::CorruptHeader(fault)
    }
}
