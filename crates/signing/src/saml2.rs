//! A bearer assertion (SAML 2.0 core §2.3, RFC 7522 §3) with an enveloped signature (XML Signature 1.1).
//!
//! Invariant: what is written is its own canonical form (Exclusive XML Canonicalization 1.0): namespaces where they are first
//! used, attributes in order, no white space between elements, text escaped as there. So nothing has to be canonicalized.

use crate::{Algorithm, PrivateKey, Seed, SigningError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2_signing::{Digest as _, Sha256};
use std::{fmt, time::Duration};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// How far the two clocks may be apart.
const SKEW: Duration = Duration::from_secs(300);

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// Who says what about whom, to whom.
pub struct Assertion<'a> {
    /// Of this assertion alone; an NCName, so it begins with a letter or `_`.
    pub id: &'a str,
    pub issuer: &'a str,
    pub subject: &'a str,
    /// The token endpoint.
    pub recipient: &'a str,
    pub audience: &'a str,
    pub session_index: Option<&'a str>,
    pub attributes: &'a [(String, String)],
    /// Seconds since 1970.
    pub issued_at: i64,
    pub lifetime: Duration,
}

impl fmt::Debug for Assertion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assertion").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// The signed document.
///
/// # Errors
/// [`SigningError::KeyMismatch`] where the key is not an RSA key; [`SigningError::Instant`] where an instant has no written form.
pub fn sign(assertion: &Assertion<'_>, key: &PrivateKey, seed: Seed) -> Result<String, SigningError> {
    let (head, tail) = written(assertion)?;
    let digest = STANDARD.encode(Sha256::digest(format!("{head}{tail}").as_bytes()));
    let id = attribute(assertion.id);
    let information = |namespace: &str| {
        format!(
            "<ds:SignedInfo{namespace}><ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"{RSA_SHA256}\"></ds:SignatureMethod><ds:Reference URI=\"#{id}\"><ds:Transforms>\
             <ds:Transform Algorithm=\"{ENVELOPED}\"></ds:Transform><ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform>\
             </ds:Transforms><ds:DigestMethod Algorithm=\"{SHA256}\"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue>\
             </ds:Reference></ds:SignedInfo>"
        )
    };
    let namespace = " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
    let signature = key.sign(Algorithm::RS256, information(namespace).as_bytes(), seed)?;
    Ok(format!(
        "{head}<ds:Signature{namespace}>{}<ds:SignatureValue>{}</ds:SignatureValue></ds:Signature>{tail}",
        information(""),
        STANDARD.encode(signature)
    ))
}

/// The assertion before and after the place of its signature, which is behind the issuer (SAML core §2.3.3).
fn written(assertion: &Assertion<'_>) -> Result<(String, String), SigningError> {
    let skew = i64::try_from(SKEW.as_secs()).unwrap_or_default();
    let lifetime = i64::try_from(assertion.lifetime.as_secs()).map_err(|_| SigningError::Instant)?;
    let issued = instant(Some(assertion.issued_at))?;
    let not_before = instant(assertion.issued_at.checked_sub(skew))?;
    let until = instant(assertion.issued_at.checked_add(lifetime))?;
    let head = format!(
        "<saml2:Assertion xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{}\" IssueInstant=\"{issued}\" Version=\"2.0\">\
         <saml2:Issuer>{}</saml2:Issuer>",
        attribute(assertion.id),
        text(assertion.issuer)
    );
    let session = assertion.session_index.map(|index| format!(" SessionIndex=\"{}\"", attribute(index)));
    let tail = format!(
        "<saml2:Subject><saml2:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified\">{}</saml2:NameID>\
         <saml2:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml2:SubjectConfirmationData \
         NotOnOrAfter=\"{until}\" Recipient=\"{}\"></saml2:SubjectConfirmationData></saml2:SubjectConfirmation></saml2:Subject>\
         <saml2:Conditions NotBefore=\"{not_before}\" NotOnOrAfter=\"{until}\"><saml2:AudienceRestriction><saml2:Audience>{}\
         </saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>\
         <saml2:AuthnStatement AuthnInstant=\"{issued}\"{}><saml2:AuthnContext><saml2:AuthnContextClassRef>\
         urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml2:AuthnContextClassRef></saml2:AuthnContext>\
         </saml2:AuthnStatement>{}</saml2:Assertion>",
        text(assertion.subject),
        attribute(assertion.recipient),
        text(assertion.audience),
        session.unwrap_or_default(),
        statement(assertion.attributes)
    );
    Ok((head, tail))
}

fn statement(attributes: &[(String, String)]) -> String {
    if attributes.is_empty() {
        return String::new();
    }
    let written = attributes.iter().map(|(name, value)| {
        format!(
            "<saml2:Attribute Name=\"{}\"><saml2:AttributeValue>{}</saml2:AttributeValue></saml2:Attribute>",
            attribute(name),
            text(value)
        )
    });
    format!("<saml2:AttributeStatement>{}</saml2:AttributeStatement>", written.collect::<String>())
}

fn instant(seconds: Option<i64>) -> Result<String, SigningError> {
    let instant = OffsetDateTime::from_unix_timestamp(seconds.ok_or(SigningError::Instant)?);
    instant.map_err(|_| SigningError::Instant)?.format(&Rfc3339).map_err(|_| SigningError::Instant)
}

/// Canonical XML 1.0 §2.3, text nodes. Characters XML has no way to write are left out.
fn text(value: &str) -> String {
    escaped(value, &[('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('\r', "&#xD;")])
}

/// Canonical XML 1.0 §2.3, attribute nodes.
fn attribute(value: &str) -> String {
    let escapes =
        [('&', "&amp;"), ('<', "&lt;"), ('"', "&quot;"), ('\t', "&#x9;"), ('\n', "&#xA;"), ('\r', "&#xD;")];
    escaped(value, &escapes)
}

fn escaped(value: &str, escapes: &[(char, &str)]) -> String {
    let mut written = String::with_capacity(value.len());
    for c in value.chars() {
        match escapes.iter().find(|(special, _)| *special == c) {
            Some((_, escape)) => written.push_str(escape),
            None if (c < ' ' && !matches!(c, '\t' | '\n')) || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            None => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests;
