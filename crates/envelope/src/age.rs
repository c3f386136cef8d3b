//! Encrypts a stream to somebody's public key, as the file format of age has it (age-encryption.org/v1): what leaves an
//! installation is opened with stock tools, and never here, so there is no private key to keep.
//!
//! Invariants: a file is whole or it does not open to its end, since its last chunk says that it is the last; what was written
//! is never encrypted again under the same key. Recipients are X25519 keys; nothing else of the format is written.

mod bech32;
mod recipient;

pub use recipient::{InvalidRecipient, Recipient};

use crate::random;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::hmac;
use std::io::{self, Write};
use zeroize::Zeroizing;

const VERSION: &str = "age-encryption.org/v1\n";
/// Each chunk of the payload but the last holds so many bytes.
const CHUNK: usize = 64 * 1024;

/// A file that is being encrypted. Dropped before [`Self::finish`], what was written does not open to its end.
pub struct Encrypted<W: Write> {
    to: W,
    key: LessSafeKey,
    chunk: Zeroizing<Vec<u8>>,
    counter: u64,
}

impl<W: Write> Encrypted<W> {
    /// Writes what says who can open it.
    ///
    /// # Errors
    /// Where nothing can be written, or a recipient's key is none that anything could be encrypted to.
    pub fn begin(mut to: W, recipients: &[Recipient]) -> io::Result<Self> {
        let file_key = Zeroizing::new(random::bytes::<16>());
        let mut header = VERSION.to_owned();
        for recipient in recipients {
            header.push_str(&recipient.stanza(&file_key).map_err(io::Error::other)?);
        }
        header.push_str("---");
        let key = expand(&[], &*file_key, b"header");
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*key), header.as_bytes());
        let nonce: [u8; 16] = random::bytes();
        writeln!(to, "{header} {}", STANDARD_NO_PAD.encode(mac))?;
        to.write_all(&nonce)?;
        let key = cipher(&expand(&nonce, &*file_key, b"payload"));
        Ok(Self { to, key, chunk: Zeroizing::new(Vec::with_capacity(CHUNK + TAG)), counter: 0 })
    }

    /// Writes the last chunk.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        self.to.flush()?;
        Ok(self.to)
    }

    /// A nonce is the chunk's number, 11 bytes, and whether it is the last.
    fn seal(&mut self, last: bool) -> io::Result<()> {
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&self.counter.to_be_bytes());
        nonce[11] = last.into();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut *self.chunk)
            .map_err(|_| io::Error::other("a chunk cannot be encrypted"))?;
        self.to.write_all(&self.chunk)?;
        self.chunk.clear();
        self.counter += 1;
        Ok(())
    }
}

impl<W: Write> Write for Encrypted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits for the next byte: it may be the last.
        if self.chunk.len() == CHUNK && !bytes.is_empty() {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

const TAG: usize = 16;

#[expect(clippy::expect_used, reason = "ChaCha20-Poly1305 takes the 32 bytes it is given")]
fn cipher(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key).expect("a key has 32 bytes"))
}

/// HKDF-SHA-256 (RFC 5869).
#[expect(clippy::expect_used, reason = "HKDF-SHA-256 gives up to 8160 bytes")]
fn expand(salt: &[u8], secret: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut output = Zeroizing::new([0; 32]);
    let derived = Salt::new(HKDF_SHA256, salt).extract(secret);
    derived.expand(&[info], Bytes32).and_then(|okm| okm.fill(&mut *output)).expect("32 bytes are few");
    output
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

    fn encrypted(plain: &[u8]) -> Vec<u8> {
        let mut file = Encrypted::begin(vec![], &[RECIPIENT.parse().unwrap()]).unwrap();
        file.write_all(plain).unwrap();
        file.finish().unwrap()
    }

    /// Where the payload begins.
    fn payload(file: &[u8]) -> usize {
        let mac = file.windows(5).position(|bytes| bytes == b"\n--- ").unwrap();
        mac + 1 + file[mac + 1..].iter().position(|&byte| byte == b'\n').unwrap() + 1
    }

    #[test]
    fn a_header_names_one_stanza_for_each_recipient_and_is_authenticated() {
        let file = encrypted(b"canary");
        let head = std::str::from_utf8(&file[..payload(&file)]).unwrap();
        let lines: Vec<_> = head.lines().collect();
        assert_eq!((lines[0], lines.len()), ("age-encryption.org/v1", 4));
        assert!(lines[1].starts_with("-> X25519 ") && lines[1].len() == 10 + 43, "{head}");
        assert_eq!((lines[2].len(), lines[3].len()), (43, 4 + 43));
        assert!(!file.windows(6).any(|bytes| bytes == b"canary"));
    }

    #[test]
    fn only_the_last_chunk_is_short_and_an_exact_one_is_followed_by_none() {
        for (plain, chunks) in [(0, 1), (1, 1), (CHUNK, 1), (CHUNK + 1, 2), (3 * CHUNK, 3)] {
            let file = encrypted(&vec![7; plain]);
            assert_eq!(file.len() - payload(&file), 16 + plain + chunks * TAG, "{plain}");
        }
    }

    #[test]
    fn no_two_files_are_alike() {
        assert_ne!(encrypted(b"same"), encrypted(b"same"));
    }
}
