//! AWS Signature Version 4, in headers. The computing is `aws-sigv4`'s; which services want it otherwise is said here.

use crate::SigningError;
use aws_credential_types::Credentials as Identity;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use std::{fmt, time::SystemTime};
use url::Url;

/// Whose request it is.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    pub access_key_id: &'a str,
    pub secret_access_key: &'a str,
    /// Of temporary credentials.
    pub session_token: Option<&'a str>,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// What the signature is good for, besides the request and the day.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    pub region: &'a str,
    pub service: &'a str,
}

#[derive(Clone, Copy)]
pub enum Body<'a> {
    Bytes(&'a [u8]),
    /// The SHA-256 of the body, in 64 hexadecimal digits.
    Sha256(&'a str),
}

/// What is signed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    pub url: &'a Url,
    /// Headers the request will certainly be sent with; `host` is signed in any case.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: Body<'a>,
}

/// The headers to add, names in lower case: `authorization`, `x-amz-date`, and as needed `x-amz-security-token` and
/// `x-amz-content-sha256`.
///
/// # Errors
/// [`SigningError::Request`] where the address or a header cannot be sent as it is.
pub fn headers(
    credentials: Credentials<'_>,
    scope: Scope<'_>,
    request: Request<'_>,
    at: SystemTime,
) -> Result<Vec<(String, String)>, SigningError> {
    let Credentials { access_key_id, secret_access_key, session_token } = credentials;
    let token = session_token.map(ToOwned::to_owned);
    let identity = Identity::new(access_key_id, secret_access_key, token, None, "latchkey").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(at)
        .settings(settings(scope.service))
        .build()
        .map_err(|_| SigningError::Request)?
        .into();
    let body = match request.body {
        Body::Bytes(bytes) => SignableBody::Bytes(bytes),
        Body::Sha256(digest) => SignableBody::Precomputed(digest.to_owned()),
    };
    let signable =
        SignableRequest::new(request.method, request.url.as_str(), request.headers.iter().copied(), body)
            .map_err(|_| SigningError::Request)?;
    let (instructions, _) = sign(signable, &params).map_err(|_| SigningError::Request)?.into_parts();
    Ok(instructions.headers().map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect())
}

/// S3 takes paths as they are and wants the body's digest in a header of its own.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if matches!(service, "s3" | "s3-outposts" | "s3express") {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    settings
}

#[cfg(test)]
mod tests;
