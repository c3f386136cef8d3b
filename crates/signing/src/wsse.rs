//! The UsernameToken of WS-Security (OASIS UsernameToken Profile 1.1 §3.1) as the value of an `X-WSSE` header.

use crate::SigningError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};
use std::fmt::Write as _;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// How the digest is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestForm {
    /// The base64 of the digest, of a nonce that is base64 itself: as the profile says.
    Profile,
    /// The base64 of the digest's hexadecimal digits, of a nonce that is text: as some vendors say.
    Hexadecimal,
}

/// The header's value for one moment, in seconds since 1970.
///
/// # Errors
/// [`SigningError::Request`] where the user name cannot stand in a header; [`SigningError::Instant`] where the moment has no
/// written form.
pub fn username_token(
    username: &str,
    secret: &str,
    form: DigestForm,
    nonce: [u8; 16],
    created: i64,
) -> Result<String, SigningError> {
    if !username.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\') {
        return Err(SigningError::Request);
    }
    let created = OffsetDateTime::from_unix_timestamp(created).map_err(|_| SigningError::Instant)?;
    let created = created.format(&Rfc3339).map_err(|_| SigningError::Instant)?;
    let (nonce, digest) = match form {
        DigestForm::Profile => (STANDARD.encode(nonce), STANDARD.encode(digest(&nonce, &created, secret))),
        DigestForm::Hexadecimal => {
            let nonce = hexadecimal(&nonce);
            let digest = hexadecimal(&digest(nonce.as_bytes(), &created, secret));
            (nonce, STANDARD.encode(digest))
        }
    };
    Ok(format!(
        "UsernameToken Username=\"{username}\", PasswordDigest=\"{digest}\", Nonce=\"{nonce}\", Created=\"{created}\""
    ))
}

fn digest(nonce: &[u8], created: &str, secret: &str) -> [u8; 20] {
    Sha1::new().chain_update(nonce).chain_update(created).chain_update(secret).finalize().into()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: [u8; 16] = *b"0123456789abcdef";

    // What Python's hashlib and base64 make of the same values.
    #[test]
    fn the_digest_is_that_of_the_profile() {
        let header =
            username_token("bob", "taadtaadpstcsm", DigestForm::Profile, NONCE, 1_071_530_400).unwrap();
        assert_eq!(
            header,
            "UsernameToken Username=\"bob\", PasswordDigest=\"VChtvx2+r7qlHV7DrDaMN719BpQ=\", \
             Nonce=\"MDEyMzQ1Njc4OWFiY2RlZg==\", Created=\"2003-12-15T23:20:00Z\""
        );
    }

    #[test]
    fn a_vendor_may_have_hexadecimal_digits() {
        let header =
            username_token("bob", "taadtaadpstcsm", DigestForm::Hexadecimal, NONCE, 1_071_530_400).unwrap();
        assert_eq!(
            header,
            "UsernameToken Username=\"bob\", PasswordDigest=\"ZjExZGU1ZGQ0ZGYwNmY0MjFlYjI1YWMyMDdjNzkxOGI0NjYwN2Y0ZQ==\", \
             Nonce=\"30313233343536373839616263646566\", Created=\"2003-12-15T23:20:00Z\""
        );
    }

    #[test]
    fn a_user_name_cannot_end_its_quotes() {
        let outcome = username_token("bob\", Nonce=\"x", "s", DigestForm::Profile, NONCE, 0);
        assert_eq!(outcome, Err(SigningError::Request));
    }
}
