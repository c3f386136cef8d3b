//! One message: a fresh key derived from the key at hand, a commitment to it, and AES-256-GCM.
//!
//! Order of opening: parse strictly, compare the key's name, derive, compare the commitment in constant time, compare
//! the generation, and only then decrypt. A key that does not match its commitment is never used to decrypt.

use crate::error::{EnvelopeError, HeaderFault};
use crate::header::{self, Header, KeyName, Kind};
use crate::{padding, random};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A key's bytes, wiped when dropped.
pub type KeyBytes = Zeroizing<[u8; 32]>;

/// What names a message: authenticated, in the clear.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    pub kind: Kind,
    pub key: KeyName,
    pub generation: u64,
}

/// What must never repeat together under one key.
#[derive(Debug, Clone, Copy)]
pub struct Once {
    pub salt: [u8; 16],
    pub nonce: [u8; 12],
}

impl Once {
    pub fn fresh() -> Self {
        Self { salt: random::bytes(), nonce: random::bytes() }
    }
}

/// Header, ciphertext and tag.
pub fn seal(
    key: &[u8; 32],
    label: Label,
    once: Once,
    context: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, EnvelopeError> {
    let mut header = Header {
        kind: label.kind,
        key: label.key,
        generation: label.generation,
        salt: once.salt,
        commitment: [0; 32],
        nonce: once.nonce,
    };
    let (cipher, commitment) = derive(key, &header);
    header.commitment = commitment;
    let header = header.encode();

    let length = if label.kind.is_padded() { padding::padded(plain.len()) } else { plain.len() };
    let mut sealed = Vec::with_capacity(header::LENGTH + length + MAX_TAG_LEN);
    sealed.extend_from_slice(&header);
    sealed.extend_from_slice(plain);
    if label.kind.is_padded() {
        padding::pad(&mut sealed, header::LENGTH);
    }
    let tag = cipher
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(once.nonce),
            associated(&header, context),
            &mut sealed[header::LENGTH..],
        )
        .map_err(|_| EnvelopeError::SecretTooLong)?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

/// What was sealed, with its padding checked and cut off.
pub fn open(key: &[u8; 32], label: Label, context: &[u8], sealed: &[u8]) -> Result<Plain, EnvelopeError> {
    let (header_bytes, body) = sealed.split_first_chunk::<{ header::LENGTH }>().ok_or(HeaderFault::Length)?;
    let header = Header::parse(header_bytes, label.kind)?;
    let length = body.len().checked_sub(MAX_TAG_LEN).ok_or(HeaderFault::Length)?;
    if label.kind.is_padded() && (length == 0 || !length.is_multiple_of(padding::BUCKET)) {
        return Err(HeaderFault::Length.into());
    }
    if header.key != label.key {
        return Err(EnvelopeError::WrongKey);
    }
    let (cipher, commitment) = derive(key, &header);
    if !bool::from(commitment.ct_eq(&header.commitment)) {
        return Err(EnvelopeError::WrongKey);
    }
    if header.generation != label.generation {
        return Err(EnvelopeError::WrongGeneration { sealed: header.generation, asked: label.generation });
    }
    let mut plain = Zeroizing::new(body.to_vec());
    let nonce = Nonce::assume_unique_for_key(header.nonce);
    let opened = cipher
        .open_in_place(nonce, associated(header_bytes, context), &mut plain)
        .map_err(|_| EnvelopeError::Tampered)?;
    // The padding is authenticated: a wrong one was sealed wrong, by something that is not this sealer.
    let length = match label.kind.is_padded() {
        true => padding::unpad(opened).ok_or(EnvelopeError::WrongContent)?.len(),
        false => opened.len(),
    };
    Ok(Plain { bytes: plain, length })
}

/// An opened message, wiped when dropped.
pub struct Plain {
    bytes: Zeroizing<Vec<u8>>,
    length: usize,
}

impl Plain {
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Another name for a key: public, and no way back to the key.
pub fn public_name(key: &[u8; 32]) -> [u8; 16] {
    *expand(key, &[], &[b"lk1-id"])
}

/// The message key and the commitment to it. Both depend on every byte of the header before the commitment.
#[expect(clippy::expect_used, reason = "AES-256 takes the 32 bytes it is given")]
fn derive(key: &[u8; 32], header: &Header) -> (LessSafeKey, [u8; 32]) {
    let encoded = header.encode();
    let output: Zeroizing<[u8; 64]> =
        expand(key, &header.salt, &[b"lk1-mk", &encoded[..header::DERIVED_FROM]]);
    let cipher = UnboundKey::new(&AES_256_GCM, &output[..32]).expect("an AES-256 key has 32 bytes");
    let mut commitment = [0; 32];
    commitment.copy_from_slice(&output[32..]);
    (LessSafeKey::new(cipher), commitment)
}

/// HKDF-SHA-256 (RFC 5869).
#[expect(
    clippy::expect_used,
    reason = "HKDF fails beyond 255 blocks of 32 bytes alone, and no caller asks for three"
)]
fn expand<const N: usize>(key: &[u8; 32], salt: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    struct Length<const N: usize>;
    impl<const N: usize> KeyType for Length<N> {
        fn len(&self) -> usize {
            N
        }
    }
    let mut output = Zeroizing::new([0; N]);
    Salt::new(HKDF_SHA256, salt)
        .extract(key)
        .expand(info, Length::<N>)
        .and_then(|derived| derived.fill(output.as_mut_slice()))
        .expect("HKDF gives this much");
    output
}

fn associated(header: &[u8; header::LENGTH], context: &[u8]) -> Aad<Vec<u8>> {
    Aad::from([header.as_slice(), context].concat())
}
