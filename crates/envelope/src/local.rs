//! A key service that is one file: 32 random bytes that only their owner may read. For development and single hosts.
//!
//! Invariant: the same key has the same name wherever its file lies, because the name is derived from the key.

mod key_file;

pub use key_file::{KeyFileError, create_key_file};

use crate::context::canonical;
use crate::message::{self, KeyBytes};
use crate::{KeyService, KeyServiceError, WrapContext, random};
use async_trait::async_trait;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use std::path::Path;
use uuid::Builder;
use zeroize::Zeroizing;

/// The first byte of every wrap, then nonce (12), ciphertext (32) and tag (16).
const FORMAT: u8 = 0x01;
const NONCE_END: usize = 13;

pub struct LocalKeyService {
    /// Random nonces are safe here: a key wraps once per environment, far from the 2³² of NIST SP 800-38D §8.3.
    cipher: LessSafeKey,
    uri: String,
}

impl LocalKeyService {
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        Ok(Self::new(&key_file::read(path)?))
    }

    #[expect(clippy::expect_used, reason = "AES-256 takes the 32 bytes it is given")]
    pub(crate) fn new(key: &KeyBytes) -> Self {
        let name = Builder::from_custom_bytes(message::public_name(key)).into_uuid();
        let key = UnboundKey::new(&AES_256_GCM, key.as_slice()).expect("an AES-256 key has 32 bytes");
        Self { cipher: LessSafeKey::new(key), uri: format!("file-key:{name}") }
    }
}

#[async_trait]
impl KeyService for LocalKeyService {
    async fn wrap(&self, key: &[u8; 32], context: &WrapContext) -> Result<Vec<u8>, KeyServiceError> {
        let nonce: [u8; 12] = random::bytes();
        let mut bytes = Zeroizing::new(*key);
        let tag = self
            .cipher
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                associated(context)?,
                bytes.as_mut_slice(),
            )
            .map_err(|_| KeyServiceError::not_ours("the key could not be wrapped"))?;
        Ok([&[FORMAT], nonce.as_slice(), bytes.as_slice(), tag.as_ref()].concat())
    }

    async fn unwrap(&self, wrapped: &[u8], context: &WrapContext) -> Result<KeyBytes, KeyServiceError> {
        let refused = || KeyServiceError::not_ours(format!("asked of {}", self.uri));
        let (head, body) = wrapped.split_first_chunk::<NONCE_END>().ok_or_else(refused)?;
        let (format, nonce) = head.split_first_chunk::<1>().ok_or_else(refused)?;
        if *format != [FORMAT] {
            return Err(refused());
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused())?;
        let mut body = Zeroizing::new(body.to_vec());
        let key = self
            .cipher
            .open_in_place(nonce, associated(context)?, body.as_mut_slice())
            .map_err(|_| refused())?;
        let key: &[u8; 32] = (&*key).try_into().map_err(|_| refused())?;
        Ok(Zeroizing::new(*key))
    }

    /// The key was read at start, and is used from memory.
    async fn health(&self) -> Result<(), KeyServiceError> {
        Ok(())
    }

    fn uri(&self) -> &str {
        &self.uri
    }
}

fn associated(context: &WrapContext) -> Result<Aad<Vec<u8>>, KeyServiceError> {
    let entries = context.entries();
    let fields: Vec<&[u8]> =
        entries.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]).collect();
    canonical(&fields).map(Aad::from).map_err(|error| KeyServiceError::not_ours(error.to_string()))
}
