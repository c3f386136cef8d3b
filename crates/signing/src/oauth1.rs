//! OAuth 1.0a (RFC 5849): the signature of a request, in its `Authorization` header (§3.5.1).

use crate::key::{hmac_sha1, hmac_sha256};
use crate::{PrivateKey, Seed, SigningError, percent};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use url::Url;
use zeroize::Zeroizing;

/// §3.4. HMAC-SHA256 is in no RFC, and in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureMethod {
    HmacSha1,
    HmacSha256,
    RsaSha1,
    Plaintext,
}

impl SignatureMethod {
    /// The word for `oauth_signature_method`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
            Self::RsaSha1 => "RSA-SHA1",
            Self::Plaintext => "PLAINTEXT",
        }
    }

    /// The method of that name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::HmacSha1, Self::HmacSha256, Self::RsaSha1, Self::Plaintext]
            .into_iter()
            .find(|method| method.as_str() == word)
    }
}

/// Who signs, and for whom. The token is the temporary one while there is no other.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    pub client_key: &'a str,
    /// The client's shared secret; with RSA-SHA1 its private key.
    pub client_secret: &'a str,
    pub token: Option<&'a str>,
    pub token_secret: Option<&'a str>,
    pub realm: Option<&'a str>,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// What is signed: its query is in the URL, and only a form body counts (§3.4.1.3.1).
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    pub url: &'a Url,
    pub form: &'a [(String, String)],
}

/// What makes the signature of two equal requests two (§3.3).
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// Seconds since 1970.
    pub timestamp: u64,
    pub nonce: &'a str,
}

/// The value of the `Authorization` header. `more` are protocol parameters of this one request: `oauth_callback` (§2.1),
/// `oauth_verifier` (§2.3), `oauth_body_hash`.
///
/// # Errors
/// [`SigningError`] about the private key of RSA-SHA1.
pub fn authorization(
    method: SignatureMethod,
    credentials: Credentials<'_>,
    request: Request<'_>,
    more: &[(&str, &str)],
    occasion: Occasion<'_>,
    seed: Seed,
) -> Result<String, SigningError> {
    let timestamp = occasion.timestamp.to_string();
    let mut protocol = vec![
        ("oauth_consumer_key", credentials.client_key),
        ("oauth_nonce", occasion.nonce),
        ("oauth_signature_method", method.as_str()),
        ("oauth_timestamp", &timestamp),
        ("oauth_version", "1.0"),
    ];
    protocol.extend(credentials.token.map(|token| ("oauth_token", token)));
    protocol.extend_from_slice(more);
    let base = base_string(request, &protocol);
    let signature = signature(method, credentials, &base, seed)?;
    protocol.push(("oauth_signature", &signature));
    // The realm is no protocol parameter and goes first (§3.5.1); it is never signed (§3.4.1.3.1).
    let realm = credentials.realm.map(|realm| format!("realm=\"{}\"", percent::encode(realm)));
    let rest = protocol.iter().map(|(name, value)| format!("{name}=\"{}\"", percent::encode(value)));
    Ok(format!("OAuth {}", realm.into_iter().chain(rest).collect::<Vec<_>>().join(", ")))
}

/// §3.4.1.1.
fn base_string(request: Request<'_>, protocol: &[(&str, &str)]) -> Zeroizing<String> {
    let query = request.url.query_pairs();
    let mut params: Vec<(String, String)> = query
        .map(|(name, value)| (percent::encode(&name), percent::encode(&value)))
        .chain(request.form.iter().map(|(name, value)| (percent::encode(name), percent::encode(value))))
        .chain(protocol.iter().map(|(name, value)| ((*name).to_owned(), percent::encode(value))))
        .collect();
    // §3.4.1.3.2: by bytes, after encoding, names before values.
    params.sort();
    let params: Vec<String> = params.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    Zeroizing::new(format!(
        "{}&{}&{}",
        percent::encode(&request.method.to_ascii_uppercase()),
        percent::encode(&base_uri(request.url)),
        percent::encode(&params.join("&"))
    ))
}

/// §3.4.1.2: scheme and host in lower case, no default port, no query. A parsed URL is all of that.
fn base_uri(url: &Url) -> String {
    let mut base = url.clone();
    base.set_query(None);
    base.set_fragment(None);
    base.into()
}

/// §3.4.2 to §3.4.4.
fn signature(
    method: SignatureMethod,
    credentials: Credentials<'_>,
    base: &str,
    seed: Seed,
) -> Result<String, SigningError> {
    let token_secret = percent::encode(credentials.token_secret.unwrap_or_default());
    let key = Zeroizing::new(format!("{}&{token_secret}", percent::encode(credentials.client_secret)));
    Ok(match method {
        SignatureMethod::HmacSha1 => STANDARD.encode(hmac_sha1(key.as_bytes(), base.as_bytes())),
        SignatureMethod::HmacSha256 => STANDARD.encode(hmac_sha256(key.as_bytes(), base.as_bytes())),
        SignatureMethod::RsaSha1 => {
            let key = PrivateKey::parse(credentials.client_secret)?;
            STANDARD.encode(key.sign_rsa_sha1(base.as_bytes(), seed)?)
        }
        SignatureMethod::Plaintext => key.to_string(),
    })
}

#[cfg(test)]
mod tests;
