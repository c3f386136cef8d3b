//! Private keys in the forms people have them, and the four algorithms that vendors ask for.

use crate::SigningError;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, Mac as _};
use p256::ecdsa;
use p256::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use rand::{SeedableRng as _, rngs::StdRng};
use rsa::BoxedUint;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::signature::{RandomizedSigner as _, SignatureEncoding as _, Signer as _};
use rsa::traits::PublicKeyParts as _;
use serde_json::Value;
use sha2_signing::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// RFC 8017 has no least size; RFC 7518 §3.3 has this one.
const RSA_BITS_MIN: u32 = 2048;

/// RFC 7518 §3.1, as far as vendors use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    HS256,
    RS256,
    PS256,
    ES256,
}

impl Algorithm {
    /// The word of RFC 7518 §3.1.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
        }
    }
}

/// Fresh random bytes of the caller's, for salts and blinding.
#[derive(Clone, Copy)]
pub struct Seed(pub [u8; 32]);

impl Seed {
    fn rng(self) -> StdRng {
        StdRng::from_seed(self.0)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

/// An RSA or P-256 private key. Wiped when dropped.
pub struct PrivateKey {
    pair: Pair,
    /// RFC 7517 §4.5, of a key given as JWK.
    key_id: Option<String>,
}

enum Pair {
    Rsa(Box<rsa::PrivateKey>),
    P256(Box<ecdsa::SigningKey>),
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}

impl PrivateKey {
    /// Reads a key as somebody pasted it: PEM (PKCS #8, RFC 8017 PKCS #1, RFC 5915) with its lines as they were, joined, or
    /// separated by a written `\n`; the base64 of such a document alone; or a JWK (RFC 7517).
    ///
    /// # Errors
    /// [`SigningError`], which says what to paste.
    pub fn parse(text: &str) -> Result<Self, SigningError> {
        let text = text.trim();
        if text.starts_with('{') {
            return from_jwk(text);
        }
        let (label, body) = match text.split_once("-----BEGIN ") {
            Some((_, rest)) => {
                let (label, rest) = rest.split_once("-----").ok_or(SigningError::KeyUnreadable)?;
                (Some(label), rest.split("-----END").next().unwrap_or_default())
            }
            None => (None, text),
        };
        if label == Some("ENCRYPTED PRIVATE KEY") || body.contains("Proc-Type:") {
            return Err(SigningError::KeyEncrypted);
        }
        let body = Zeroizing::new(body.replace("\\n", "").replace("\\r", ""));
        let body = Zeroizing::new(body.split_whitespace().collect::<String>());
        let der = LENIENT.decode(body.as_bytes()).map_err(|_| SigningError::KeyUnreadable)?;
        from_der(&Zeroizing::new(der)).map(|pair| Self { pair, key_id: None })
    }

    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The DER of the public key (RFC 5280 §4.1, SubjectPublicKeyInfo).
    ///
    /// # Errors
    /// [`SigningError::KeyKind`] where the key has no such form, which no key read by [`Self::parse`] is.
    pub fn public_key_der(&self) -> Result<Vec<u8>, SigningError> {
        let document = match &self.pair {
            Pair::Rsa(key) => key.to_public_key().to_public_key_der(),
            Pair::P256(key) => key.verifying_key().to_public_key_der(),
        };
        Ok(document.map_err(|_| SigningError::KeyKind)?.into_vec())
    }

    /// Signs by RFC 7518 §3.3 to §3.5; an ES256 signature is `r` and `s`, 32 bytes each.
    ///
    /// # Errors
    /// [`SigningError::KeyMismatch`] where the algorithm asks for another key.
    pub fn sign(&self, algorithm: Algorithm, message: &[u8], seed: Seed) -> Result<Vec<u8>, SigningError> {
        match (&self.pair, algorithm) {
            (Pair::Rsa(key), Algorithm::RS256) => {
                let key = rsa::pkcs1v15::SigningKey::<Sha256>::new(long_enough(key)?);
                Ok(key.sign_with_rng(&mut seed.rng(), message).to_vec())
            }
            (Pair::Rsa(key), Algorithm::PS256) => {
                let key = rsa::pss::SigningKey::<Sha256>::new(long_enough(key)?);
                Ok(key.sign_with_rng(&mut seed.rng(), message).to_vec())
            }
            (Pair::P256(key), Algorithm::ES256) => {
                let signature: ecdsa::Signature = key.sign(message);
                Ok(signature.to_vec())
            }
            _ => Err(SigningError::KeyMismatch),
        }
    }

    /// RSASSA-PKCS1-v1_5 with SHA-1, for RFC 5849 §3.4.3 alone.
    pub(crate) fn sign_rsa_sha1(&self, message: &[u8], seed: Seed) -> Result<Vec<u8>, SigningError> {
        let Pair::Rsa(key) = &self.pair else { return Err(SigningError::KeyMismatch) };
        let key = rsa::pkcs1v15::SigningKey::<sha1::Sha1>::new(key.as_ref().clone());
        Ok(key.sign_with_rng(&mut seed.rng(), message).to_vec())
    }
}

/// RFC 2104 with SHA-256. Any key will do.
#[must_use]
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = keyed::<Hmac<Sha256>>(key);
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// RFC 2104 with SHA-1, which some vendors have not left yet.
#[must_use]
pub(crate) fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = keyed::<Hmac<sha1::Sha1>>(key);
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length (RFC 2104 §2)")]
fn keyed<M: hmac::KeyInit>(key: &[u8]) -> M {
    M::new_from_slice(key).expect("HMAC takes keys of every length")
}

fn long_enough(key: &rsa::PrivateKey) -> Result<rsa::PrivateKey, SigningError> {
    if key.n().bit_width() < RSA_BITS_MIN {
        return Err(SigningError::KeyTooShort);
    }
    Ok(key.clone())
}

fn from_der(der: &[u8]) -> Result<Pair, SigningError> {
    if let Ok(key) = rsa::PrivateKey::from_pkcs8_der(der).or_else(|_| rsa::PrivateKey::from_pkcs1_der(der)) {
        return Ok(Pair::Rsa(Box::new(key)));
    }
    let elliptic = p256::SecretKey::from_pkcs8_der(der).or_else(|_| p256::SecretKey::from_sec1_der(der));
    elliptic.map(|key| Pair::P256(Box::new(key.into()))).map_err(|_| SigningError::KeyKind)
}

/// RFC 7517, RFC 7518 §6.2.2 and §6.3.2.
fn from_jwk(text: &str) -> Result<PrivateKey, SigningError> {
    let jwk: Value = serde_json::from_str(text).map_err(|_| SigningError::KeyUnreadable)?;
    let part = |name: &str| {
        let text = jwk.get(name).and_then(Value::as_str).ok_or(SigningError::KeyKind)?;
        LENIENT_URL.decode(text).map(Zeroizing::new).map_err(|_| SigningError::KeyUnreadable)
    };
    let number = |name: &str| Ok(BoxedUint::from_be_slice_vartime(&part(name)?));
    let pair = match jwk.get("kty").and_then(Value::as_str) {
        Some("RSA") => {
            let primes = vec![number("p")?, number("q")?];
            let key = rsa::PrivateKey::from_components(number("n")?, number("e")?, number("d")?, primes);
            Pair::Rsa(Box::new(key.map_err(|_| SigningError::KeyKind)?))
        }
        Some("EC") if jwk.get("crv").and_then(Value::as_str) == Some("P-256") => {
            let key = ecdsa::SigningKey::from_slice(&part("d")?).map_err(|_| SigningError::KeyKind)?;
            Pair::P256(Box::new(key))
        }
        _ => return Err(SigningError::KeyKind),
    };
    let key_id = jwk.get("kid").and_then(Value::as_str).map(ToOwned::to_owned);
    Ok(PrivateKey { pair, key_id })
}

const LENIENT_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const LENIENT: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT_PADDING);
const LENIENT_URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT_PADDING);

#[cfg(test)]
impl PrivateKey {
    pub(crate) fn to_pkcs8_pem_for_tests(&self) -> String {
        use p256::pkcs8::EncodePrivateKey as _;
        let pem = match &self.pair {
            Pair::Rsa(key) => key.to_pkcs8_pem(rsa::pkcs8::LineEnding::LF),
            Pair::P256(key) => key.to_pkcs8_pem(rsa::pkcs8::LineEnding::LF),
        };
        pem.unwrap().to_string()
    }
}
