//! The `state` parameter (RFC 6749 §10.12): it names the attempt, so that finding it is one read, and carries 256 random
//! bits, of which only a digest is stored.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_domain::{AuthorizationId, Digest, Timestamp};
use rand::Rng as _;
use sha2::{Digest as _, Sha256};

const ID_LEN: usize = 16;
const SECRET_LEN: usize = 32;

pub struct State {
    pub authorization: AuthorizationId,
    pub digest: Digest,
    pub text: String,
    /// Whether the answer may come without an RFC 6749 code: after a visit, or with a code under another name.
    pub without_code: bool,
}

/// Before the state of an attempt whose answer may come without a code. Not a letter that base64url has.
const WITHOUT_CODE: char = '~';

impl State {
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let authorization = AuthorizationId::from_parts(now.0.unsigned_abs(), rand::random());
        let mut secret = [0; SECRET_LEN];
        rand::rng().fill_bytes(&mut secret);
        let text = URL_SAFE_NO_PAD.encode([&authorization.to_bytes()[..], &secret].concat());
        Self { authorization, digest: Digest::of(&secret), text, without_code: false }
    }

    /// The same, where the answer may come without a code. An answer must say so before its attempt is claimed, for a claim
    /// cannot be taken back.
    #[must_use]
    pub fn for_answer_without_code(self) -> Self {
        Self { text: format!("{WITHOUT_CODE}{}", self.text), without_code: true, ..self }
    }

    /// The state of an attempt that the browser comes back to with temporary credentials (RFC 5849 §2.2): the identifier
    /// names it, so that nothing has to be added to the callback, which several providers compare character by character.
    #[must_use]
    pub fn of_temporary(token: &str) -> Self {
        let hash: [u8; 32] = Sha256::new().chain_update(b"oauth1\0").chain_update(token).finalize().into();
        let mut id = [0; ID_LEN];
        id.copy_from_slice(&hash[..ID_LEN]);
        // Other ids begin with when they were made, and a session's attempts are looked for from its beginning on: this one comes
        // after any time there will be.
        id[0] |= 0x80;
        let digest = Digest::of(token.as_bytes());
        Self {
            authorization: AuthorizationId::from_bytes(id),
            digest,
            text: token.to_owned(),
            without_code: true,
        }
    }

    /// `None` where the text cannot be a state of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (encoded, without_code) =
            text.strip_prefix(WITHOUT_CODE).map_or((text, false), |rest| (rest, true));
        let bytes =
            URL_SAFE_NO_PAD.decode(encoded).ok().filter(|bytes| bytes.len() == ID_LEN + SECRET_LEN)?;
        let (id, secret) = bytes.split_at(ID_LEN);
        let authorization = AuthorizationId::from_bytes(id.try_into().ok()?);
        Some(Self { authorization, digest: Digest::of(secret), text: text.to_owned(), without_code })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_as_it_was_sent() {
        let sent = State::new(Timestamp(1_700_000_000_000));
        let back = State::parse(&sent.text).unwrap();
        assert_eq!((back.authorization, back.digest), (sent.authorization, sent.digest));
        assert!(!back.without_code);
        let sent = sent.for_answer_without_code();
        let back = State::parse(&sent.text).unwrap();
        assert_eq!((back.digest, back.without_code), (sent.digest, true));
    }

    #[test]
    fn an_attempt_with_temporary_credentials_is_found_among_those_of_its_session() {
        let in_a_thousand_years = AuthorizationId::from_parts(33_000_000_000_000, 0);
        for number in 0..1000 {
            let id = State::of_temporary(&format!("token-{number}")).authorization;
            assert!(id.to_string() > in_a_thousand_years.to_string(), "{id}");
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn what_is_no_state_of_ours_is_nothing() {
        for text in ["", "x", "%00", &"A".repeat(63), &"A".repeat(65), "ü"] {
            assert!(State::parse(text).is_none(), "{text:?}");
        }
    }
}
