use super::{bech32, cipher, expand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, Nonce};
use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};
use ring::rand::SystemRandom;
use std::str::FromStr;
use zeroize::Zeroizing;

/// Whoever can open a file: an X25519 public key, written age1….
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient([u8; 32]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRecipient {
    #[error("expected a public key as `age-keygen` shows it: age1 and 58 letters and digits")]
    Form,
    #[error("one of its letters is wrong: its check sum does not fit")]
    Sum,
    #[error("this is a private key, which opens what is encrypted to its public one: keep it to yourself")]
    Private,
    #[error("this key can be agreed on nothing with")]
    Weak,
}

impl FromStr for Recipient {
    type Err = InvalidRecipient;

    fn from_str(text: &str) -> Result<Self, InvalidRecipient> {
        if text.get(..15).is_some_and(|begin| begin.eq_ignore_ascii_case("AGE-SECRET-KEY-")) {
            return Err(InvalidRecipient::Private);
        }
        let words = text.strip_prefix("age1").ok_or(InvalidRecipient::Form)?;
        bech32::decoded("age", words).map(Self)
    }
}

impl Recipient {
    /// The file's key for this recipient alone.
    pub(super) fn stanza(&self, file_key: &[u8; 16]) -> Result<String, InvalidRecipient> {
        let weak = |_| InvalidRecipient::Weak;
        let ours = EphemeralPrivateKey::generate(&X25519, &SystemRandom::new()).map_err(weak)?;
        let share = ours.compute_public_key().map_err(weak)?;
        let mut salt = share.as_ref().to_vec();
        salt.extend_from_slice(&self.0);
        // A key of low order, with which everybody agrees on the same, is refused here (RFC 7748 §6.1).
        let wrapping = agree_ephemeral(ours, &UnparsedPublicKey::new(&X25519, &self.0), |shared| {
            expand(&salt, shared, b"age-encryption.org/v1/X25519")
        });
        let wrapping = cipher(&*wrapping.map_err(weak)?);
        let mut body = Zeroizing::new(file_key.to_vec());
        // The key is used once.
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        wrapping.seal_in_place_append_tag(nonce, Aad::empty(), &mut *body).map_err(weak)?;
        let text = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
        Ok(format!("-> X25519 {}\n{}\n", text(share.as_ref()), text(&body)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

    #[test]
    fn a_recipient_is_read_and_a_mistyped_one_is_not() {
        assert!(GOOD.parse::<Recipient>().is_ok());
        let refused = |text: &str| text.parse::<Recipient>().unwrap_err();
        assert_eq!(refused(&GOOD.replace("zv", "vz")), InvalidRecipient::Sum);
        for text in [
            "",
            "age1",
            "age2zvk",
            &GOOD[..GOOD.len() - 1],
            &GOOD.to_uppercase(),
            "agé1",
            &GOOD.replace('k', "b"),
        ] {
            assert_eq!(refused(text), InvalidRecipient::Form, "{text}");
        }
        assert_eq!(refused("AGE-SECRET-KEY-1QQQ"), InvalidRecipient::Private);
    }

    #[test]
    fn nothing_is_encrypted_to_a_key_everybody_agrees_with() {
        assert_eq!(Recipient([0; 32]).stanza(&[1; 16]), Err(InvalidRecipient::Weak));
    }
}
