//! Statements: JSON objects signed with Ed25519 (RFC 8032), which whoever has the public key can check, offline.
//!
//! What is signed is the canonical form (RFC 8785) of the object without `signature`. `signed_by` is in it, and so is whatever
//! else it says: a member that was changed, added or left out makes another statement.

use crate::SigningError;
use crate::canonical::canonical;
use crate::ed25519::{Prefixes, decoded};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Map, Value};
use std::fmt::{self, Write as _};

/// What the textual forms begin with, each followed by base64.
pub const PRIVATE_KEY_PREFIX: &str = "lksk_";
pub const PUBLIC_KEY_PREFIX: &str = "lkpk_";

const PREFIXES: Prefixes = Prefixes { private: PRIVATE_KEY_PREFIX, public: PUBLIC_KEY_PREFIX };

const SIGNED_BY: &str = "signed_by";
const SIGNATURE: &str = "signature";

/// How much of its digest names a key.
const KEY_ID_BYTES: usize = 8;

/// Why a statement is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disbelief {
    /// It is no object with `signed_by` and `signature`.
    Unsigned,
    /// It says to be signed with a key that is none of those given.
    OtherKey { signed_by: String },
    /// The signature is not that key's for what it says.
    Forged,
}

impl fmt::Display for Disbelief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => f.write_str("it is not signed: `signed_by` or `signature` is missing"),
            Self::OtherKey { signed_by } => {
                write!(f, "it is signed by the key {signed_by}, which is not given")
            }
            Self::Forged => f.write_str("the signature does not fit: something in it was changed"),
        }
    }
}

impl std::error::Error for Disbelief {}

/// The public half of a `lksk_…` private key, as `lkpk_…`.
///
/// # Errors
/// [`SigningError::KeyUnreadable`] where it is none.
pub fn public_key_of(private_key: &str) -> Result<String, SigningError> {
    PREFIXES.public_key_of(private_key)
}

/// What a `lkpk_…` public key is called: the first 16 hexadecimal digits of its SHA-256.
///
/// # Errors
/// [`SigningError::KeyUnreadable`] where it is none.
pub fn key_id(public_key: &str) -> Result<String, SigningError> {
    let digest = digest(&SHA256, &decoded(public_key, PUBLIC_KEY_PREFIX)?);
    Ok(digest.as_ref()[..KEY_ID_BYTES].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// Signs with a `lksk_…` private key: adds `signed_by` and `signature`.
///
/// # Errors
/// [`SigningError::KeyUnreadable`] where it is none.
pub fn sign(mut statement: Map<String, Value>, private_key: &str) -> Result<Value, SigningError> {
    let key_pair = PREFIXES.key_pair(private_key)?;
    statement.insert(SIGNED_BY.into(), key_id(&public_key_of(private_key)?)?.into());
    statement.remove(SIGNATURE);
    let signature = key_pair.sign(canonical(&Value::Object(statement.clone())).as_bytes());
    statement.insert(SIGNATURE.into(), STANDARD.encode(signature).into());
    Ok(Value::Object(statement))
}

/// Whether a statement is signed with one of these `lkpk_…` public keys.
///
/// # Errors
/// [`Disbelief`] where it is not.
pub fn check(statement: &Value, public_keys: &[String]) -> Result<(), Disbelief> {
    let text = |name: &str| statement.get(name).and_then(Value::as_str);
    let (Some(signed_by), Some(signature), Some(members)) =
        (text(SIGNED_BY), text(SIGNATURE), statement.as_object())
    else {
        return Err(Disbelief::Unsigned);
    };
    let named = public_keys.iter().find(|key| key_id(key).is_ok_and(|id| id == signed_by));
    let key = named.and_then(|key| decoded(key, PUBLIC_KEY_PREFIX).ok());
    let key = key.ok_or_else(|| Disbelief::OtherKey { signed_by: signed_by.to_owned() })?;
    let signature = STANDARD.decode(signature).map_err(|_| Disbelief::Forged)?;
    let mut signed = members.clone();
    signed.remove(SIGNATURE);
    UnparsedPublicKey::new(&ED25519, key)
        .verify(canonical(&Value::Object(signed)).as_bytes(), &signature)
        .map_err(|_| Disbelief::Forged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 8032 §7.1, test 1.
    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn private_key() -> String {
        format!("{PRIVATE_KEY_PREFIX}{}", STANDARD.encode(hex::decode(SEED).unwrap()))
    }

    fn public_key() -> String {
        format!("{PUBLIC_KEY_PREFIX}{}", STANDARD.encode(hex::decode(PUBLIC).unwrap()))
    }

    fn signed() -> Value {
        let statement = json!({"type": "test", "nested": {"list": [1, null], "flag": true}, "text": "ä"});
        sign(statement.as_object().unwrap().clone(), &private_key()).unwrap()
    }

    #[test]
    fn a_statement_is_believed_whatever_the_order_of_its_members() {
        assert_eq!(public_key_of(&private_key()).unwrap(), public_key());
        let again: Value = serde_json::from_str(&serde_json::to_string_pretty(&signed()).unwrap()).unwrap();
        assert_eq!(check(&again, &[public_key()]), Ok(()));
        let line = include_str!("golden_statement.json");
        assert_eq!(check(&serde_json::from_str(line).unwrap(), &[public_key()]), Ok(()));
    }

    #[test]
    fn a_member_that_was_changed_added_or_left_out_is_noticed() {
        let names: Vec<String> = signed().as_object().unwrap().keys().cloned().collect();
        for name in &names {
            let mut without = signed();
            without.as_object_mut().unwrap().remove(name);
            assert!(check(&without, &[public_key()]).is_err(), "{name} left out");
            let mut changed = signed();
            changed[name] = json!("other");
            assert!(check(&changed, &[public_key()]).is_err(), "{name} changed");
        }
        let mut more = signed();
        more["more"] = json!(null);
        assert_eq!(check(&more, &[public_key()]), Err(Disbelief::Forged));
    }

    #[test]
    fn another_key_is_told_from_a_forged_signature() {
        let other = format!("{PUBLIC_KEY_PREFIX}{}", STANDARD.encode([7; 32]));
        let signed_by = key_id(&public_key()).unwrap();
        assert_eq!(signed()["signed_by"], json!(signed_by));
        assert_eq!(check(&signed(), std::slice::from_ref(&other)), Err(Disbelief::OtherKey { signed_by }));
        assert_eq!(check(&signed(), &[other, public_key()]), Ok(()));
        assert_eq!(check(&json!([]), &[public_key()]), Err(Disbelief::Unsigned));
    }

    #[test]
    fn what_is_no_key_is_said_to_be_none() {
        assert_eq!(key_id("whpk_AAAA"), Err(SigningError::KeyUnreadable));
        assert_eq!(sign(Map::new(), "lksk_!").unwrap_err(), SigningError::KeyUnreadable);
    }
}
