//! The digests and signatures of the function list. SHA-1 is here because some vendors still sign with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_signing::PrivateKey;
use ring::{digest, hmac, signature};

pub fn sha1(message: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, message).as_ref().to_vec()
}

pub fn sha256(message: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, message).as_ref().to_vec()
}

pub fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), message).as_ref().to_vec()
}

pub fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

/// RFC 8032, from the 32-byte private key or its PKCS #8 form.
pub fn ed25519(key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let pair = signature::Ed25519KeyPair::from_seed_unchecked(key)
        .or_else(|_| signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(key))
        .ok()?;
    Some(pair.sign(message).as_ref().to_vec())
}

/// `SHA256:` and the base64 of the digest of the DER of a public key (RFC 5280, SubjectPublicKeyInfo), given as PEM or as the
/// private key it belongs to.
pub fn spki_fingerprint(pem: &str) -> Option<String> {
    let public = || pem.split_once("-----BEGIN PUBLIC KEY-----")?.1.split_once("-----END PUBLIC KEY-----");
    let der = match public() {
        Some((body, _)) => STANDARD.decode(body.split_whitespace().collect::<String>()).ok()?,
        None => PrivateKey::parse(pem).ok()?.public_key_der().ok()?,
    };
    Some(format!("SHA256:{}", STANDARD.encode(sha256(&der))))
}

/// A version 4 UUID of the given random bytes (RFC 9562 §5.4).
pub fn uuid(random: &[u8]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&random[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex::encode(bytes);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}
