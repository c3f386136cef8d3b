//! JSON Web Tokens (RFC 7519), signed in the compact serialization (RFC 7515 §7.1).

use crate::key::hmac_sha256;
use crate::{Algorithm, PrivateKey, Seed, SigningError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use std::fmt;
use zeroize::Zeroizing;

/// What a token is signed with.
pub enum Key {
    /// HS256.
    Secret(Zeroizing<Vec<u8>>),
    /// RS256, PS256, ES256.
    Private(PrivateKey),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Signs claims. `alg` is the algorithm's, `typ` is `JWT`, and `kid` that of a key given as JWK, where `header` does not say
/// otherwise.
///
/// # Errors
/// [`SigningError::KeyMismatch`] where the algorithm asks for another kind of key.
pub fn sign(
    algorithm: Algorithm,
    key: &Key,
    header: Map<String, Value>,
    claims: &Map<String, Value>,
    seed: Seed,
) -> Result<String, SigningError> {
    let mut full = Map::from_iter([("typ".to_owned(), Value::from("JWT"))]);
    if let Key::Private(key) = key {
        full.extend(key.key_id().map(|id| ("kid".to_owned(), Value::from(id))));
    }
    full.extend(header);
    full.insert("alg".into(), algorithm.as_str().into());
    let encode = |object: &Map<String, Value>| {
        URL_SAFE_NO_PAD.encode(Value::Object(object.clone()).to_string().as_bytes())
    };
    compact(algorithm, key, format!("{}.{}", encode(&full), encode(claims)), seed)
}

/// RFC 7515 §5.1, from step 5 on: the encoded header and payload are given.
fn compact(algorithm: Algorithm, key: &Key, mut signed: String, seed: Seed) -> Result<String, SigningError> {
    let signature = match (algorithm, key) {
        (Algorithm::HS256, Key::Secret(secret)) => hmac_sha256(secret, signed.as_bytes()),
        (_, Key::Private(key)) => key.sign(algorithm, signed.as_bytes(), seed)?,
        (_, Key::Secret(_)) => return Err(SigningError::KeyMismatch),
    };
    signed.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut signed);
    Ok(signed)
}

#[cfg(test)]
mod tests;
