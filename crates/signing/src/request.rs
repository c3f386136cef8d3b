//! Signs one request, by whichever scheme a provider's API asks for it. What it is signed with comes by name, so that it can be
//! kept and handed on without this crate's types.

use crate::{Seed, SigningError, oauth1, sigv4};
use sha2_signing::{Digest as _, Sha256};
use std::time::{SystemTime, UNIX_EPOCH};
use url::{Url, form_urlencoded};

/// How a provider's API has its requests signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RFC 5849, by the parameters `signature_method`, `client_key`, `client_secret`, `token`, `token_secret`, `realm`.
    OAuth1,
    /// AWS Signature Version 4, by `access_key_id`, `secret_access_key`, `session_token`, `region`, `service`.
    AwsSigv4,
}

impl Scheme {
    /// The word it is kept and shown as.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OAuth1 => "oauth1",
            Self::AwsSigv4 => "aws_sigv4",
        }
    }

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::OAuth1, Self::AwsSigv4].into_iter().find(|scheme| scheme.as_str() == word)
    }
}

/// What will be sent, exactly.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    pub url: &'a Url,
    /// Headers to be signed where the scheme signs any.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: Body<'a>,
}

#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// `application/x-www-form-urlencoded`, as [`encoded`] writes it.
    Form(&'a [(String, String)]),
    Bytes(&'a [u8]),
    /// The SHA-256 of the body, in 64 hexadecimal digits.
    Sha256(&'a str),
}

/// When, and what sets this signature apart from all others.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    pub at: SystemTime,
    pub nonce: &'a str,
    pub seed: Seed,
}

/// The headers to add, names in lower case. `parameter` gives the scheme's parameters by their names.
///
/// # Errors
/// [`SigningError::Incomplete`] where a parameter the scheme cannot do without is missing.
pub fn headers<'p>(
    scheme: Scheme,
    parameter: impl Fn(&str) -> Option<&'p str>,
    request: Request<'_>,
    occasion: Occasion<'_>,
) -> Result<Vec<(String, String)>, SigningError> {
    let needed = |name: &str| parameter(name).ok_or(SigningError::Incomplete);
    match scheme {
        Scheme::OAuth1 => {
            let method = oauth1::SignatureMethod::parse(needed("signature_method")?);
            let credentials = oauth1::Credentials {
                client_key: needed("client_key")?,
                client_secret: needed("client_secret")?,
                token: parameter("token"),
                token_secret: parameter("token_secret"),
                realm: parameter("realm"),
            };
            let method = method.ok_or(SigningError::Incomplete)?;
            oauth1_header(method, credentials, request, &[], occasion).map(|header| vec![header])
        }
        Scheme::AwsSigv4 => {
            let credentials = sigv4::Credentials {
                access_key_id: needed("access_key_id")?,
                secret_access_key: needed("secret_access_key")?,
                session_token: parameter("session_token"),
            };
            let scope = sigv4::Scope { region: needed("region")?, service: needed("service")? };
            let form;
            let body = match request.body {
                Body::Form(pairs) => {
                    form = encoded(pairs);
                    sigv4::Body::Bytes(form.as_bytes())
                }
                Body::Bytes(bytes) => sigv4::Body::Bytes(bytes),
                Body::Sha256(digest) => sigv4::Body::Sha256(digest),
            };
            let Request { method, url, headers, .. } = request;
            sigv4::headers(credentials, scope, sigv4::Request { method, url, headers, body }, occasion.at)
        }
    }
}

/// The `authorization` header of RFC 5849, with protocol parameters of this one request.
///
/// # Errors
/// [`SigningError`] about the private key of RSA-SHA1, and for an instant before 1970.
pub fn oauth1_header(
    method: oauth1::SignatureMethod,
    credentials: oauth1::Credentials<'_>,
    request: Request<'_>,
    more: &[(&str, &str)],
    occasion: Occasion<'_>,
) -> Result<(String, String), SigningError> {
    let form = match request.body {
        Body::Form(pairs) => pairs,
        Body::Bytes(_) | Body::Sha256(_) => &[],
    };
    let since_1970 = occasion.at.duration_since(UNIX_EPOCH).map_err(|_| SigningError::Instant)?;
    let signed = oauth1::authorization(
        method,
        credentials,
        oauth1::Request { method: request.method, url: request.url, form },
        more,
        oauth1::Occasion { timestamp: since_1970.as_secs(), nonce: occasion.nonce },
        occasion.seed,
    )?;
    Ok(("authorization".to_owned(), signed))
}

/// A form body as it is sent (WHATWG URL §5.2).
#[must_use]
pub fn encoded(form: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

/// The digest that may stand for a body.
#[must_use]
pub fn sha256_hex(body: &[u8]) -> String {
    Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const OCCASION: Occasion<'_> =
        Occasion { at: SystemTime::UNIX_EPOCH, nonce: "nonce", seed: Seed([0; 32]) };

    fn aws(name: &str) -> Option<&'static str> {
        match name {
            "access_key_id" => Some("AKIDEXAMPLE"),
            "secret_access_key" => Some("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            "region" => Some("us-east-1"),
            "service" => Some("service"),
            _ => None,
        }
    }

    #[test]
    fn a_form_is_signed_as_it_is_sent() {
        let form = [("Param1".to_owned(), "value 1&".to_owned())];
        let url = Url::parse("https://example.amazonaws.com/").unwrap();
        let signed = |body| {
            let request = Request { method: "POST", url: &url, headers: &[], body };
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_440_938_160);
            headers(Scheme::AwsSigv4, aws, request, Occasion { at, ..OCCASION }).unwrap()
        };
        let digest = sha256_hex(b"Param1=value+1%26");
        assert_eq!(signed(Body::Form(&form)), signed(Body::Bytes(b"Param1=value+1%26")));
        assert_eq!(signed(Body::Form(&form)), signed(Body::Sha256(&digest)));
    }

    #[test]
    fn what_is_missing_to_sign_is_an_error() {
        let url = Url::parse("https://api.example.com/").unwrap();
        let request = Request { method: "GET", url: &url, headers: &[], body: Body::Bytes(b"") };
        let outcome = headers(Scheme::OAuth1, |_| None, request, OCCASION);
        assert_eq!(outcome, Err(SigningError::Incomplete));
    }

    #[test]
    fn schemes_are_known_by_their_words() {
        for scheme in [Scheme::OAuth1, Scheme::AwsSigv4] {
            assert_eq!(Scheme::parse(scheme.as_str()), Some(scheme));
        }
        assert_eq!(Scheme::parse("bearer"), None);
    }
}
