//! The keys an issuer publishes (RFC 7517), kept for a while, and asked for anew when a token names one that is not known.

use crate::client::IssuerClient;
use crate::jwt::{Algorithm, JwtError};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_egress::Egress;
use reqwest::Url;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use rustls::pki_types::CertificateDer;
use serde::Deserialize;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long keys are believed without asking: a key that was taken back is refused after this.
const FRESH_FOR: Duration = Duration::from_secs(300);

/// How long keys are believed where the issuer does not answer.
const STALE_FOR: Duration = Duration::from_secs(24 * 3600);

/// How often an issuer is asked at most, whatever tokens name.
const ASK_EVERY: Duration = Duration::from_secs(10);

const KEYS_MAX: usize = 64;

/// A public key (RFC 7518 §6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    kid: Option<String>,
    material: Material,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// An uncompressed point of P-256.
    P256(Vec<u8>),
}

#[derive(Deserialize)]
struct Published {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    usage: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

impl Key {
    /// `None` for a key of another kind, or for another purpose.
    #[must_use]
    pub fn parse(published: serde_json::Value) -> Option<Self> {
        let Published { kty, kid, usage, crv, n, e, x, y } = serde_json::from_value(published).ok()?;
        // `jwt-svid` is SPIFFE's word for it.
        if !matches!(usage.as_deref(), None | Some("sig" | "jwt-svid")) {
            return None;
        }
        let bytes = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
        let material = match (kty.as_str(), crv.as_deref()) {
            ("RSA", _) => Material::Rsa { n: bytes(n)?, e: bytes(e)? },
            ("EC", Some("P-256")) => {
                let point = [vec![4], bytes(x)?, bytes(y)?].concat();
                Material::P256(point)
            }
            _ => return None,
        };
        Some(Self { kid, material })
    }

    /// # Errors
    /// [`JwtError::Algorithm`] where the key is for another, [`JwtError::Signature`].
    pub fn verify(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> Result<(), JwtError> {
        let verified = match (&self.material, algorithm) {
            (Material::Rsa { n, e }, Algorithm::Rs256) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
            (Material::P256(point), Algorithm::Es256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
            }
            (Material::Rsa { .. }, Algorithm::Es256) | (Material::P256(_), Algorithm::Rs256) => {
                return Err(JwtError::Algorithm);
            }
        };
        verified.map_err(|_| JwtError::Signature)
    }

    fn is_for(&self, algorithm: Algorithm, kid: Option<&str>) -> bool {
        let same_kind = matches!(
            (&self.material, algorithm),
            (Material::Rsa { .. }, Algorithm::Rs256) | (Material::P256(_), Algorithm::Es256)
        );
        // A token that names no key is of the only one there is of its kind.
        same_kind && kid.is_none_or(|kid| self.kid.as_deref() == Some(kid))
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

/// The part of an issuer's metadata that is needed (OpenID Connect Discovery §3, RFC 8414 §2).
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

/// One issuer's keys.
pub struct Keys {
    issuer: String,
    jwks_uri: Option<Url>,
    http: IssuerClient,
    /// Held while the issuer is asked, so that many callers cost it one request.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    keys: Vec<Key>,
    read_at: Option<Instant>,
    asked_at: Option<Instant>,
}

#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error("the issuer does not publish such a key")]
    Unknown,
    #[error("the issuer's keys cannot be read just now")]
    Unavailable,
}

impl Keys {
    /// Of an issuer that says by itself where its keys are, unless `jwks_uri` does. No connection is made yet.
    ///
    /// # Errors
    /// Where TLS or the HTTP client cannot be set up.
    pub fn of(
        issuer: &str,
        jwks_uri: Option<Url>,
        egress: Egress,
        roots: &[CertificateDer<'static>],
    ) -> anyhow::Result<Self> {
        let issuer = issuer.to_owned();
        Ok(Self { issuer, jwks_uri, http: IssuerClient::new(egress, roots)?, known: Mutex::default() })
    }

    /// The key a token is signed with.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn find(&self, algorithm: Algorithm, kid: Option<&str>) -> Result<Key, KeysError> {
        let mut known = self.known.lock().await;
        let found = |known: &Known| known.keys.iter().find(|key| key.is_for(algorithm, kid)).cloned();
        let age = known.read_at.map(|at| at.elapsed());
        let present = found(&known);
        if let (Some(key), Some(age)) = (&present, age)
            && age < FRESH_FOR
        {
            return Ok(key.clone());
        }
        if known.asked_at.is_some_and(|at| at.elapsed() < ASK_EVERY) {
            return usable(present, age).ok_or_else(|| unanswered(&known));
        }
        known.asked_at = Some(Instant::now());
        match self.read().await {
            Some(keys) => {
                *known = Known { keys, read_at: Some(Instant::now()), asked_at: known.asked_at };
                found(&known).ok_or(KeysError::Unknown)
            }
            None => usable(present, age).ok_or(KeysError::Unavailable),
        }
    }

    async fn read(&self) -> Option<Vec<Key>> {
        let jwks_uri = match &self.jwks_uri {
            Some(given) => given.clone(),
            None => self.discovered().await?,
        };
        let set: KeySet = self.http.get(jwks_uri).await?;
        let keys = set.keys.into_iter().take(KEYS_MAX);
        Some(keys.filter_map(Key::parse).collect())
    }

    /// Where the issuer says its keys are. What it calls itself must be what it is known by.
    async fn discovered(&self) -> Option<Url> {
        let issuer = self.issuer.trim_end_matches('/');
        let metadata: Metadata =
            self.http.get(Url::parse(&format!("{issuer}/.well-known/openid-configuration")).ok()?).await?;
        (metadata.issuer == self.issuer).then(|| Url::parse(&metadata.jwks_uri).ok()).flatten()
    }
}

fn usable(key: Option<Key>, age: Option<Duration>) -> Option<Key> {
    key.filter(|_| age.is_some_and(|age| age < STALE_FOR))
}

/// Why there is no key, where the issuer has just been asked.
fn unanswered(known: &Known) -> KeysError {
    match (known.read_at, known.asked_at) {
        (Some(read_at), Some(asked_at)) if read_at >= asked_at => KeysError::Unknown,
        _ => KeysError::Unavailable,
    }
}
