//! JSON Web Tokens that others signed (RFC 7515, RFC 7519): parsed strictly, verified with `ring`.
//!
//! Invariant: nothing a token says is given out before its signature and its times are found to be right.

use crate::jwks::Key;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_secret::SecretText;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Longer than any workload's token.
const TOKEN_MAX: usize = 16 * 1024;

/// By how much clocks may differ, in seconds.
const SKEW: i64 = 60;

/// Nobody's token for a workload lives longer. One that does has leaked for as long.
const LIFE_MAX: i64 = 24 * 3600;

/// The algorithms that are believed. Neither `none` nor one whose key verifier and signer share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Es256,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    #[error("it is no signed JSON Web Token")]
    Malformed,
    #[error("it is signed by an algorithm that is not accepted; RS256 and ES256 are")]
    Algorithm,
    #[error("its signature is not by the key its issuer publishes")]
    Signature,
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    NotYet,
    #[error("it does not expire, or lives longer than a day")]
    Unlimited,
    #[error("it is not meant for this server: its `aud` does not hold the audience that is configured")]
    Audience,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    /// Extensions that must be understood (RFC 7515 §4.1.11). None is.
    #[serde(default)]
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: Option<String>,
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    aud: Option<Audiences>,
    #[serde(default)]
    exp: Option<f64>,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    iat: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audiences {
    One(String),
    Many(Vec<String>),
}

/// A token that was parsed, and is not believed yet.
pub struct Unverified<'t> {
    pub algorithm: Algorithm,
    pub kid: Option<String>,
    claims: Claims,
    /// All it says.
    said: Map<String, Value>,
    signed: &'t str,
    signature: Vec<u8>,
}

/// What a verified token says of whoever shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub subject: String,
    /// All it says.
    pub claims: Map<String, Value>,
}

impl<'t> Unverified<'t> {
    /// # Errors
    /// [`JwtError::Malformed`], [`JwtError::Algorithm`].
    pub fn parse(token: &'t SecretText) -> Result<Self, JwtError> {
        let text = token.expose();
        if text.len() > TOKEN_MAX {
            return Err(JwtError::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(JwtError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(JwtError::Malformed)?;
        let header: Header = document(header)?;
        if header.crit.is_some() {
            return Err(JwtError::Malformed);
        }
        let algorithm = match header.alg.as_str() {
            "RS256" => Algorithm::Rs256,
            "ES256" => Algorithm::Es256,
            _ => return Err(JwtError::Algorithm),
        };
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwtError::Malformed)?;
        let said: Map<String, Value> = document(claims)?;
        Ok(Self { algorithm, kid: header.kid, claims: document(claims)?, said, signed, signature })
    }

    /// Whose token it says it is: its issuer, or where it names none, the trust domain of its SPIFFE id
    /// (JWT-SVID §3: `iss` is not required).
    #[must_use]
    pub fn issuer(&self) -> Option<String> {
        if let Some(issuer) = &self.claims.iss {
            return Some(issuer.clone());
        }
        let (domain, _) = self.claims.sub.as_ref()?.strip_prefix("spiffe://")?.split_once('/')?;
        Some(format!("spiffe://{domain}"))
    }

    /// # Errors
    /// [`JwtError`], with the first thing that is wrong.
    pub fn verify(self, key: &Key, audience: &str, now: i64) -> Result<Verified, JwtError> {
        key.verify(self.algorithm, self.signed.as_bytes(), &self.signature)?;
        let Claims { sub, aud, exp, nbf, iat, .. } = self.claims;
        let held = match &aud {
            Some(Audiences::One(one)) => one == audience,
            Some(Audiences::Many(many)) => many.iter().any(|one| one == audience),
            None => false,
        };
        if !held {
            return Err(JwtError::Audience);
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a time in seconds; what is beyond is cut to the largest"
        )]
        let seconds = |time: f64| time as i64;
        let expires_at = exp.map(seconds).ok_or(JwtError::Unlimited)?;
        if expires_at.saturating_add(SKEW) <= now {
            return Err(JwtError::Expired);
        }
        if expires_at.saturating_sub(now) > LIFE_MAX {
            return Err(JwtError::Unlimited);
        }
        if [nbf, iat].into_iter().flatten().map(seconds).any(|from| from.saturating_sub(SKEW) > now) {
            return Err(JwtError::NotYet);
        }
        let subject = sub.filter(|subject| !subject.is_empty()).ok_or(JwtError::Malformed)?;
        Ok(Verified { subject, claims: self.said })
    }
}

/// A part of a token, which is a JSON object.
fn document<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, JwtError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)?;
    let object: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|_| JwtError::Malformed)?;
    serde_json::from_value(Value::Object(object)).map_err(|_| JwtError::Malformed)
}

#[cfg(test)]
mod tests;
