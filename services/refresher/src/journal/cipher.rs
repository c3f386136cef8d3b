//! Encrypts one attempt's answers with the one-time key that came with its claim (AES-256-GCM).
//!
//! The key is used for one attempt's few answers and forgotten; what stays is the key as the vault sealed it.

use super::AttemptId;
use latchkey_secret::JournalKey;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

/// A sealed answer that is not what was sealed, or was sealed with another key, for another place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer in the journal cannot be opened")]
pub struct Unopenable;

/// `None` where the system has no randomness to give.
#[must_use]
pub fn seal(key: &JournalKey, attempt: &AttemptId, number: u8, clear: &[u8]) -> Option<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).ok()?;
    // All the room at once: growing would leave copies of the answer behind.
    let mut sealed = Vec::with_capacity(NONCE_LEN + clear.len() + AES_256_GCM.tag_len());
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(clear);
    let tag = cipher(key)?
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            place(attempt, number),
            &mut sealed[NONCE_LEN..],
        )
        .ok()?;
    sealed.extend_from_slice(tag.as_ref());
    Some(sealed)
}

/// # Errors
/// [`Unopenable`].
pub fn open(
    key: &JournalKey,
    attempt: &AttemptId,
    number: u8,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(Unopenable)?;
    let mut clear = Zeroizing::new(body.to_vec());
    let length = cipher(key)
        .ok_or(Unopenable)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), place(attempt, number), &mut clear)
        .map_err(|_| Unopenable)?
        .len();
    clear.truncate(length);
    Ok(clear)
}

fn cipher(key: &JournalKey) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key.expose()).ok().map(LessSafeKey::new)
}

/// Which answer of which attempt: one that was moved does not open.
fn place(attempt: &AttemptId, number: u8) -> Aad<[u8; 33]> {
    let mut place = [number; 33];
    place[..16].copy_from_slice(&attempt.connection.to_bytes());
    place[16..24].copy_from_slice(&attempt.generation.0.to_le_bytes());
    place[24..32].copy_from_slice(&attempt.fence.to_le_bytes());
    Aad::from(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::{ConnectionId, Generation};

    #[test]
    fn an_answer_opens_with_its_key_in_its_place_alone() {
        let attempt =
            AttemptId { connection: ConnectionId::from_parts(1, 2), generation: Generation(3), fence: 4 };
        let key = JournalKey::new([7; 32]);
        let sealed = seal(&key, &attempt, 0, b"canary_answer").unwrap();
        assert_eq!(*open(&key, &attempt, 0, &sealed).unwrap(), b"canary_answer");
        assert!(!sealed.windows(6).any(|part| part == b"canary"));
        assert!(open(&key, &attempt, 1, &sealed).is_err());
        assert!(open(&key, &AttemptId { fence: 5, ..attempt }, 0, &sealed).is_err());
        assert!(open(&key, &AttemptId { generation: Generation(4), ..attempt }, 0, &sealed).is_err());
        assert!(open(&JournalKey::new([8; 32]), &attempt, 0, &sealed).is_err());
        for cut in 0..sealed.len() {
            assert!(open(&key, &attempt, 0, &sealed[..cut]).is_err(), "{cut}");
        }
    }
}
