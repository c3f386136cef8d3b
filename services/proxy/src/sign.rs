//! Signs the request that is about to be sent, where the provider's API takes no other credential.

use crate::outgoing::Outgoing;
use crate::refusal::Refusal;
use crate::upstream::Identity;
use http::{HeaderMap, Method, header};
use latchkey_secret::{SecretText, Signer};
use latchkey_signing::request::{Body, Occasion, Request, Scheme, headers};
use latchkey_signing::{Seed, SigningError};
use latchkey_wire::{Fault, Kind, Reason};
use std::collections::BTreeMap;
use std::time::SystemTime;
use url::{Url, form_urlencoded};

const FORM: &str = "application/x-www-form-urlencoded";

/// The certificate to show when TLS begins, where that is what a credential consists of (RFC 8705).
pub fn identity(signer: &Signer) -> Option<Identity<'_>> {
    let text = |name| signer.parameters.get(name).map_or("", SecretText::expose);
    (signer.scheme == Signer::MUTUAL_TLS)
        .then(|| Identity { certificate: text(Signer::CERTIFICATE), private_key: text(Signer::PRIVATE_KEY) })
}

/// The headers to add.
///
/// # Errors
/// Where the body would have to be known before it is here, or the credential lacks what it signs with.
pub fn signature(
    signer: &Signer,
    method: &Method,
    url: &Url,
    sent: &HeaderMap,
    body: &Outgoing,
) -> Result<BTreeMap<String, SecretText>, Refusal> {
    let scheme = Scheme::parse(&signer.scheme).ok_or_else(|| incomplete(signer))?;
    let form: Vec<(String, String)>;
    let body = match body.held() {
        Some(bytes) if is_form(sent) => {
            form = form_urlencoded::parse(bytes).into_owned().collect();
            Body::Form(&form)
        }
        Some(bytes) => Body::Bytes(bytes),
        // RFC 5849 §3.4.1.3.1: a body that is no form is not signed.
        None if scheme == Scheme::OAuth1 && !is_form(sent) => Body::Bytes(&[]),
        None => return Err(Refusal::field("body", UNKNOWN_BODY)),
    };
    let parameter =
        |name: &str| signer.parameters.get(name).map(SecretText::expose).filter(|value| !value.is_empty());
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let occasion = Occasion { at: SystemTime::now(), nonce: &nonce, seed: Seed(rand::random()) };
    let request = Request { method: method.as_str(), url, headers: &[], body };
    let signed = headers(scheme, parameter, request, occasion).map_err(|error: SigningError| {
        tracing::warn!(error = %error, "A request cannot be signed");
        incomplete(signer)
    })?;
    Ok(signed.into_iter().map(|(name, value)| (name, SecretText::new(value))).collect())
}

const UNKNOWN_BODY: &str =
    "This provider has the body signed, so it must be known whole: at most 64 KiB, with a content-length.";

fn is_form(sent: &HeaderMap) -> bool {
    let content_type = sent.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type
        .is_some_and(|text| text.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM)))
}

pub fn incomplete(signer: &Signer) -> Refusal {
    let message = format!(
        "The connection lacks what its requests are signed with ({}). Connect it again.",
        signer.scheme
    );
    Fault::new(Kind::Refused, Reason::CredentialUnreadable, message).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        let parameter = |name: &str, value: &str| (name.to_owned(), SecretText::new(value.to_owned()));
        let parameters = BTreeMap::from([
            parameter("access_key_id", "canary_id"),
            parameter("secret_access_key", "canary_key"),
            parameter("region", "eu-central-1"),
            parameter("service", "s3"),
        ]);
        Signer { scheme: "aws_sigv4".to_owned(), parameters }
    }

    fn signed(body: &Outgoing) -> Result<BTreeMap<String, SecretText>, Refusal> {
        let url = "https://bucket.amazonaws.com/x".parse().unwrap();
        signature(&signer(), &Method::PUT, &url, &HeaderMap::new(), body)
    }

    #[test]
    fn a_held_body_is_signed_and_one_that_is_still_coming_is_refused() {
        let headers = signed(&Outgoing::Held("body".into())).unwrap();
        assert!(headers["authorization"].expose().starts_with("AWS4-HMAC-SHA256 "));
        assert!(headers.contains_key("x-amz-date"));
        let coming = Outgoing::Passing { body: None, length: None };
        assert_eq!(signed(&coming).unwrap_err().field_name(), "body");
    }
}
