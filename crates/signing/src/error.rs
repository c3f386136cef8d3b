/// Why nothing was signed. Holds nothing of the key or of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    #[error("the private key is not a PEM, a JWK or the base64 of a DER document")]
    KeyUnreadable,
    #[error("the private key's document does not hold an RSA or a P-256 key")]
    KeyKind,
    #[error("the private key is protected by a pass phrase; paste it without one")]
    KeyEncrypted,
    #[error("the algorithm asks for another kind of key")]
    KeyMismatch,
    #[error("an RSA key of fewer than 2048 bits is not safe to sign with")]
    KeyTooShort,
    #[error("the request has an address, a header or a method that cannot be signed")]
    Request,
    #[error("the instant is not one that can be written")]
    Instant,
}
