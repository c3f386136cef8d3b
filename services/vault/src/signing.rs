//! Signs a caller's request with a connection's credential, where the provider's API takes no other.
//!
//! Invariant: nothing is signed for an origin the credential may not be sent to.

use crate::error::Error;
use latchkey_domain::Timestamp;
use latchkey_secret::{Handout, SecretText, Signer};
use latchkey_signing::request::{Body, Occasion, Request, Scheme, headers};
use latchkey_signing::{Seed, SigningError};
use latchkey_wire::{Fault, Kind, Reason, covers};
use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};
use url::Url;

/// A caller's request, as far as signatures are made of it.
pub struct ToSign {
    method: String,
    url: Url,
    headers: BTreeMap<String, String>,
    body: ToSignBody,
}

enum ToSignBody {
    Form(Vec<(String, String)>),
    Sha256(String),
    None,
}

impl ToSign {
    /// # Errors
    /// [`Error::Field`] with the field that is no part of a request.
    pub fn parse(
        method: String,
        url: &str,
        form: Vec<(String, String)>,
        body_sha256: String,
        headers: BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let field = |field, message: &str| Error::Field { field, message: message.to_owned() };
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(field("request.method", "Give the method, such as GET."));
        }
        let url = Url::parse(url).ok().filter(|url| url.has_host() && url.username().is_empty());
        let url = url.ok_or_else(|| field("request.url", "Give the whole address, from https:// on."))?;
        let body = match (form.is_empty(), body_sha256.is_empty()) {
            (true, true) => ToSignBody::None,
            (false, true) => ToSignBody::Form(form),
            (true, false) if is_sha256(&body_sha256) => ToSignBody::Sha256(body_sha256.to_ascii_lowercase()),
            (true, false) => {
                return Err(field("request.body_sha256", "Give the SHA-256 in 64 hexadecimal digits."));
            }
            (false, false) => {
                return Err(field("request.body_sha256", "A body is a form or has a digest, not both."));
            }
        };
        Ok(Self { method: method.to_ascii_uppercase(), url, headers, body })
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Adds the signature's headers to a hand-out whose requests are signed one by one; leaves every other as it is.
///
/// # Errors
/// Where there is no request to sign, or it is one the credential is not for.
pub fn sign(
    handout: &mut Handout,
    origins: &[String],
    request: Option<&ToSign>,
    now: Timestamp,
) -> Result<(), Error> {
    // A certificate is shown by whoever calls, and signs no request.
    let Some(signer) = handout.signer.as_ref().filter(|signer| signer.scheme != Signer::MUTUAL_TLS) else {
        return Ok(());
    };
    let request = request.ok_or_else(needed)?;
    if !origins.iter().any(|origin| covers(origin, &request.url)) {
        let message = "This connection's credential may not be sent there. Sign for the provider's API only.";
        return Err(Error::Field { field: "request.url", message: message.to_owned() });
    }
    for (name, value) in signed(signer, request, now).map_err(|error| refused(signer, error))? {
        handout.headers.insert(name, SecretText::new(value));
    }
    Ok(())
}

fn signed(signer: &Signer, request: &ToSign, now: Timestamp) -> Result<Vec<(String, String)>, SigningError> {
    let scheme = Scheme::parse(&signer.scheme).ok_or(SigningError::Incomplete)?;
    let parameter =
        |name: &str| signer.parameters.get(name).map(SecretText::expose).filter(|value| !value.is_empty());
    let to_be_signed: Vec<(&str, &str)> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body = match &request.body {
        ToSignBody::Form(form) => Body::Form(form),
        ToSignBody::Sha256(digest) => Body::Sha256(digest),
        ToSignBody::None => Body::Bytes(&[]),
    };
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let since_1970 = Duration::from_millis(u64::try_from(now.0).map_err(|_| SigningError::Instant)?);
    let occasion = Occasion { at: UNIX_EPOCH + since_1970, nonce: &nonce, seed: Seed(rand::random()) };
    let ToSign { method, url, .. } = request;
    headers(scheme, parameter, Request { method, url, headers: &to_be_signed, body }, occasion)
}

fn needed() -> Error {
    Error::Fault(Fault::new(
        Kind::Refused,
        Reason::RequestNeeded,
        "This provider has each request signed, so there are no headers before there is a request. \
         Set `request` to the method, the URL and the body's parameters or digest.",
    ))
}

fn refused(signer: &Signer, error: SigningError) -> Error {
    let message = format!("The request cannot be signed by {}: {error}.", signer.scheme);
    Error::Field { field: "request", message }
}

#[cfg(test)]
mod tests;
