//! The bytes in front of a ciphertext, format "LK1", big-endian. All of them are authenticated.
//!
//! | offset | length | field |
//! |---|---|---|
//! | 0 | 2 | magic `LK` |
//! | 2 | 1 | format, 1 |
//! | 3 | 1 | suite, 1: HKDF-SHA-256, AES-256-GCM, committing |
//! | 4 | 1 | kind |
//! | 5 | 1 | flags, bit 0: padded |
//! | 6 | 2 | reserved, 0 |
//! | 8 | 16 | id of the key it is sealed with |
//! | 24 | 4 | that key's version |
//! | 28 | 8 | generation |
//! | 36 | 16 | salt |
//! | 52 | 32 | commitment to the message key |
//! | 84 | 12 | nonce |

use crate::error::HeaderFault;
use uuid::Uuid;

pub const LENGTH: usize = 96;
/// What tells which key, which generation and which salt: all that the message key depends on.
pub const DERIVED_FROM: usize = 52;
const COMMITMENT_END: usize = 84;

const MAGIC: [u8; 2] = *b"LK";
const FORMAT: u8 = 0x01;
const SUITE: u8 = 0x01;
const PADDED: u8 = 0x01;

/// Which key, by its id and version. Not a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyName {
    pub id: Uuid,
    pub version: u32,
}

impl KeyName {
    /// When the key was made, in milliseconds since the Unix epoch; `None` for environment keys of before that was told.
    #[must_use]
    pub fn made_at(&self) -> Option<i64> {
        let (seconds, nanoseconds) =
            self.id.get_timestamp().filter(|_| self.id.get_version_num() == 7)?.to_unix();
        i64::try_from(seconds * 1000 + u64::from(nanoseconds / 1_000_000)).ok()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Record,
    Journal,
    /// A data key under an environment key.
    DataKey,
    /// An environment key's wraps by key services. Shares the first 28 bytes of the header only.
    Wraps,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Self::Record => 0x10,
            Self::Journal => 0x11,
            Self::DataKey => 0x20,
            Self::Wraps => 0x30,
        }
    }

    /// A key has one length, and hiding it is pointless; what a record holds has many.
    pub const fn is_padded(self) -> bool {
        matches!(self, Self::Record | Self::Journal)
    }
}

/// What every kind begins with: the first 28 bytes.
pub fn preamble(kind: Kind, key: KeyName) -> [u8; 28] {
    let mut bytes = [0; 28];
    bytes[..2].copy_from_slice(&MAGIC);
    bytes[2] = FORMAT;
    bytes[3] = SUITE;
    bytes[4] = kind.byte();
    bytes[5] = if kind.is_padded() { PADDED } else { 0 };
    bytes[8..24].copy_from_slice(key.id.as_bytes());
    bytes[24..].copy_from_slice(&key.version.to_be_bytes());
    bytes
}

/// Reads what [`preamble`] wrote, and refuses everything else. Returns the key's name and the bytes after it.
pub fn parse_preamble(bytes: &[u8], kind: Kind) -> Result<(KeyName, &[u8]), HeaderFault> {
    let (preamble, rest) = bytes.split_first_chunk::<28>().ok_or(HeaderFault::Length)?;
    let flags = if kind.is_padded() { PADDED } else { 0 };
    let checks = [
        (preamble[..2] == MAGIC, HeaderFault::Magic),
        (preamble[2] == FORMAT, HeaderFault::Format),
        (preamble[3] == SUITE, HeaderFault::Suite),
        (preamble[4] == kind.byte(), HeaderFault::Kind),
        (preamble[5] == flags, HeaderFault::Flags),
        (preamble[6..8] == [0, 0], HeaderFault::Reserved),
    ];
    for (holds, fault) in checks {
        if !holds {
            return Err(fault);
        }
    }
    let name = KeyName {
        id: Uuid::from_bytes(array(&preamble[8..24])),
        version: u32::from_be_bytes(array(&preamble[24..])),
    };
    Ok((name, rest))
}

/// A header, taken apart.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    pub kind: Kind,
    pub key: KeyName,
    pub generation: u64,
    pub salt: [u8; 16],
    pub commitment: [u8; 32],
    pub nonce: [u8; 12],
}

impl Header {
    pub fn encode(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..28].copy_from_slice(&preamble(self.kind, self.key));
        bytes[28..36].copy_from_slice(&self.generation.to_be_bytes());
        bytes[36..DERIVED_FROM].copy_from_slice(&self.salt);
        bytes[DERIVED_FROM..COMMITMENT_END].copy_from_slice(&self.commitment);
        bytes[COMMITMENT_END..].copy_from_slice(&self.nonce);
        bytes
    }

    pub fn parse(bytes: &[u8; LENGTH], kind: Kind) -> Result<Self, HeaderFault> {
        let (key, _) = parse_preamble(bytes, kind)?;
        Ok(Self {
            kind,
            key,
            generation: u64::from_be_bytes(array(&bytes[28..36])),
            salt: array(&bytes[36..DERIVED_FROM]),
            commitment: array(&bytes[DERIVED_FROM..COMMITMENT_END]),
            nonce: array(&bytes[COMMITMENT_END..]),
        })
    }
}

/// A slice of known length as an array. Every caller above slices by the constants of the layout.
fn array<const N: usize>(slice: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(slice);
    array
}
