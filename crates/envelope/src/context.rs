//! What a record is sealed for. It is authenticated with the record and never stored with it.
//!
//! Invariant: the encoding is canonical. Every field is length-prefixed and in a fixed place, so that two different
//! contexts never have the same bytes.

use crate::EnvelopeError;
use ring::digest::{Context as Hash, SHA256};

/// Whom and what a record is for. The caller rebuilds it from the row that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Which Latchkey: two deployments that share a key service do not open each other's records.
    pub deployment: String,
    pub environment: String,
    /// The stream it belongs to, `connection/con_…`.
    pub owner: String,
    pub record: RecordType,
    /// The number of the sealed document's shape.
    pub schema: u16,
    /// [`origins_digest`] of where the secret may be sent, so that nobody can re-point a stored secret.
    pub origins_digest: [u8; 32],
}

/// What kind of secret a record holds. A handout cannot be put where a renewal is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordType {
    Handout,
    Renewal,
    ClientSecret,
    /// What a server gave a client that registered itself.
    RegisteredClient,
    CodeVerifier,
    Inputs,
    /// A provider's answer that was noted before it was told; its generation is the fence of the refresh.
    Journal,
    /// What messages to a webhook endpoint are signed with; its generation is the key's.
    WebhookKeys,
    /// What an environment's receipts and audit roots are signed with; its generation is the key's.
    SigningKey,
}

impl RecordType {
    const fn name(self) -> &'static str {
        match self {
            Self::Handout => "handout",
            Self::Renewal => "renewal",
            Self::ClientSecret => "client_secret",
            Self::RegisteredClient => "registered_client",
            Self::CodeVerifier => "code_verifier",
            Self::Inputs => "inputs",
            Self::Journal => "journal",
            Self::WebhookKeys => "webhook_keys",
            Self::SigningKey => "signing_key",
        }
    }
}

/// SHA-256 of the sorted, length-prefixed origins: the same for the same set in any order.
#[must_use]
pub fn origins_digest(origins: &[String]) -> [u8; 32] {
    let mut sorted: Vec<&String> = origins.iter().collect();
    sorted.sort_unstable();
    let mut hash = Hash::new(&SHA256);
    for origin in sorted {
        hash.update(&(origin.len() as u64).to_be_bytes());
        hash.update(origin.as_bytes());
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.finish().as_ref());
    digest
}

impl Context {
    pub(crate) fn encode(&self) -> Result<Vec<u8>, EnvelopeError> {
        canonical(&[
            self.deployment.as_bytes(),
            self.environment.as_bytes(),
            self.owner.as_bytes(),
            self.record.name().as_bytes(),
            &self.schema.to_be_bytes(),
            &self.origins_digest,
        ])
    }
}

/// Each field as its length in two bytes, big-endian, and its bytes.
pub(crate) fn canonical(fields: &[&[u8]]) -> Result<Vec<u8>, EnvelopeError> {
    let mut bytes = Vec::with_capacity(fields.iter().map(|field| field.len() + 2).sum());
    for field in fields {
        let length = u16::try_from(field.len()).map_err(|_| EnvelopeError::ContextTooLong)?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(field);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(origins: &[&str]) -> [u8; 32] {
        origins_digest(&origins.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn the_order_of_origins_does_not_matter_and_everything_else_does() {
        assert_eq!(origins(&["https://a", "https://b"]), origins(&["https://b", "https://a"]));
        assert_ne!(origins(&["https://a", "https://b"]), origins(&["https://a"]));
        assert_ne!(origins(&["ab", "c"]), origins(&["a", "bc"]));
        assert_ne!(origins(&[]), origins(&[""]));
    }

    #[test]
    fn a_byte_that_moves_between_fields_changes_the_encoding() {
        assert_ne!(canonical(&[b"ab", b"c"]), canonical(&[b"a", b"bc"]));
    }

    #[test]
    fn a_field_too_long_for_its_prefix_is_refused() {
        assert!(canonical(&[&vec![b'x'; 65_535]]).is_ok());
        assert_eq!(canonical(&[&vec![b'x'; 65_536]]), Err(EnvelopeError::ContextTooLong));
    }
}
