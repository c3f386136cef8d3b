//! What an entry has signed here: a JWT (RFC 7519, RFC 7523), a SAML assertion (RFC 7522), a UsernameToken.
//!
//! Pure like all rendering: the instant, and whatever must differ from one signature to the next, are values.

use crate::error::RenderError;
use crate::evaluate::{Scope, named, plain};
use crate::format::entry::Provider;
use crate::format::obtain::{Algorithm, Assertion, AssertionKind, KeyEncoding};
use crate::format::request::ClientAuth;
use crate::format::template::{DocumentTemplate, Part, Template};
use crate::server;
use crate::values::Values;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_signing::{PrivateKey, Seed, SigningError, jwt, saml2, wsse};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;
use zeroize::Zeroizing;

const PLACE: &str = "an assertion";

/// What `client_assertion` of an entry is called in `${assertion.…}`.
pub(crate) const CLIENT_ASSERTION: &str = "client";

/// RFC 7523 §2.2.
pub(crate) const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Where an entry does not say how long one is good for: long enough for a request, and for clocks that differ.
const LIFETIME_SECONDS: u64 = 300;

impl Provider {
    /// Signs one assertion. `name` is the entry's for it: assertions of two names share no nonce.
    pub fn assertion(
        &self,
        name: &str,
        assertion: &Assertion,
        values: &Values,
    ) -> Result<String, RenderError> {
        Signer { name, assertion, client_key: None, scope: Scope::of(values) }.sign(Map::new())
    }

    /// By what the client proves itself at the token endpoint (RFC 7523 §2.2), under the name it has in `values.assertion`;
    /// `None` where it does not do so by an assertion.
    pub fn client_assertion(&self, values: &Values) -> Result<Option<(&'static str, String)>, RenderError> {
        let stated = self.obtain.client_assertion.as_ref();
        if stated.is_none() && self.client_auth(values) != Some(ClientAuth::PrivateKeyJwt) {
            return Ok(None);
        }
        let default = Assertion::default();
        let assertion = stated.unwrap_or(&default);
        let scope = Scope::of(values);
        let id = match self.obtain.client.get("id") {
            Some(id) => scope.template(id).map_err(undefined)?,
            None => values.app.get("client_id").cloned().unwrap_or_default(),
        };
        let endpoint = self.obtain.token_endpoint.as_ref();
        let audience = self.endpoint(PLACE, server::TOKEN_ENDPOINT, endpoint, scope)?;
        // RFC 7523 §3: issuer and subject are the client, the audience is the authorization server.
        let standard = [("iss", id.clone()), ("sub", id), ("aud", audience.into())];
        let standard = standard.map(|(name, value)| (name.to_owned(), Value::from(value)));
        let jti = scope.identifier(CLIENT_ASSERTION).map(|id| ("jti".to_owned(), Value::from(id)));
        let claims = standard.into_iter().chain(jti).collect();
        let key = ["key_jwk", "key"].iter().find_map(|name| self.obtain.client.get(*name));
        let signer = Signer { name: CLIENT_ASSERTION, assertion, client_key: key, scope };
        Ok(Some((CLIENT_ASSERTION, signer.sign(claims)?)))
    }
}

impl Provider {
    /// The client's certificate and its key, as PEM, where it shows one at the token endpoint (RFC 8705 §2).
    pub fn client_certificate(&self, values: &Values) -> Result<Option<(String, String)>, RenderError> {
        let Some(pair) = &self.obtain.mutual_tls else { return Ok(None) };
        let text = |template| {
            Scope::of(values)
                .template(template)
                .map_err(|reference| RenderError::Undefined { place: "mutual TLS", reference })
        };
        Ok(Some((text(&pair.certificate)?, text(&pair.key)?)))
    }

    /// Whether the same certificate is shown to the API.
    #[must_use]
    pub fn shows_certificate_on_api(&self) -> bool {
        self.obtain.mutual_tls.as_ref().is_some_and(|pair| pair.also_on_api)
    }
}

struct Signer<'a> {
    name: &'a str,
    assertion: &'a Assertion,
    /// The client's own key, where the assertion names none.
    client_key: Option<&'a Template>,
    scope: Scope<'a>,
}

impl Signer<'_> {
    /// `standard` are claims the entry need not state, and may state otherwise.
    fn sign(&self, standard: Map<String, Value>) -> Result<String, RenderError> {
        match self.assertion.kind {
            AssertionKind::Jwt => self.jwt(standard),
            AssertionKind::Saml2 => self.saml2(),
            AssertionKind::Wsse => self.wsse(),
        }
    }

    fn jwt(&self, standard: Map<String, Value>) -> Result<String, RenderError> {
        let algorithm = match self.assertion.alg.ok_or(RenderError::Missing("alg of an assertion"))? {
            Algorithm::HS256 => latchkey_signing::Algorithm::HS256,
            Algorithm::RS256 => latchkey_signing::Algorithm::RS256,
            Algorithm::PS256 => latchkey_signing::Algorithm::PS256,
            Algorithm::ES256 => latchkey_signing::Algorithm::ES256,
        };
        let (reference, key) = self.key()?;
        let refused = |error: SigningError| refused(reference.clone(), error);
        let key = if algorithm == latchkey_signing::Algorithm::HS256 {
            jwt::Key::Secret(key)
        } else {
            jwt::Key::Private(private(&key).map_err(refused)?)
        };
        let issued_at = self.scope.values.now_unix_ms.div_euclid(1000);
        let mut claims = standard;
        claims.insert("iat".into(), issued_at.into());
        claims.insert("exp".into(), issued_at.saturating_add_unsigned(self.lifetime().as_secs()).into());
        claims.extend(self.documents(&self.assertion.claims));
        let header = self.documents(&self.assertion.header).collect();
        jwt::sign(algorithm, &key, header, &claims, self.seed()?).map_err(refused)
    }

    fn saml2(&self) -> Result<String, RenderError> {
        let assertion = self.assertion;
        let (reference, key) = self.key()?;
        let text = |template: &Option<Template>, name| {
            self.scope.template(template.as_ref().ok_or(RenderError::Missing(name))?).map_err(undefined)
        };
        let audience = assertion.audience.as_ref().and_then(|audience| self.scope.document(audience));
        let attributes: Vec<(String, String)> = self
            .documents(&assertion.attributes)
            .filter_map(|(name, value)| Some((name, plain(&value)?)))
            .collect();
        let session_index = assertion.session_index.as_ref().and_then(|it| self.scope.template(it).ok());
        let written = saml2::Assertion {
            id: &format!("_{}", self.scope.identifier(self.name).ok_or_else(no_chance)?),
            issuer: &text(&assertion.issuer, "issuer of an assertion")?,
            subject: &text(&assertion.subject, "subject of an assertion")?,
            recipient: &text(&assertion.recipient, "recipient of an assertion")?,
            audience: &audience
                .as_ref()
                .and_then(plain)
                .ok_or(RenderError::Missing("audience of an assertion"))?,
            session_index: session_index.as_deref(),
            attributes: &attributes,
            issued_at: self.scope.values.now_unix_ms.div_euclid(1000),
            lifetime: self.lifetime(),
        };
        let seed = self.seed()?;
        let signed = private(&key).and_then(|key| saml2::sign(&written, &key, seed));
        // RFC 7522 §2.1 has base64url; the servers this is sent to decode base64.
        Ok(STANDARD.encode(signed.map_err(|error| refused(reference, error))?))
    }

    fn wsse(&self) -> Result<String, RenderError> {
        let form = match self.assertion.digest.as_deref() {
            None | Some("base64(sha1(nonce+created+secret))") => wsse::DigestForm::Profile,
            Some("base64(hex(sha1(nonce+created+secret)))") => wsse::DigestForm::Hexadecimal,
            Some(_) => return Err(RenderError::Unsupported("this digest of a UsernameToken")),
        };
        let text = |template: &Option<Template>, name| {
            self.scope.template(template.as_ref().ok_or(RenderError::Missing(name))?).map_err(undefined)
        };
        let username = text(&self.assertion.username, "username of an assertion")?;
        let secret = Zeroizing::new(text(&self.assertion.secret, "secret of an assertion")?);
        let mut nonce = [0; 16];
        nonce.copy_from_slice(&self.scope.random(b"wsse", self.name.as_bytes()).ok_or_else(no_chance)?[..16]);
        let created = self.scope.values.now_unix_ms.div_euclid(1000);
        wsse::username_token(&username, &secret, form, nonce, created)
            .map_err(|error| refused("the user name".into(), error))
    }

    /// The key's bytes, and what it is called.
    fn key(&self) -> Result<(String, Zeroizing<Vec<u8>>), RenderError> {
        let template = self.assertion.key.as_ref().map(|key| &key.0).or(self.client_key);
        let template = template.ok_or(RenderError::Missing("key of an assertion"))?;
        let reference = reference(template);
        let key = self.scope.bytes(template).map_err(undefined)?;
        let unreadable = |_| refused(reference.clone(), SigningError::KeyUnreadable);
        // What a function made bytes of already is the key.
        let encoding = self.assertion.key_encoding.filter(|_| key.is_text);
        let bytes = match encoding {
            None | Some(KeyEncoding::Utf8) => key.bytes,
            Some(KeyEncoding::Hex) => Zeroizing::new(hex::decode(&*key.bytes).map_err(|_| unreadable(()))?),
            Some(KeyEncoding::Base64) => {
                Zeroizing::new(STANDARD.decode(&*key.bytes).map_err(|_| unreadable(()))?)
            }
        };
        Ok((reference, bytes))
    }

    fn lifetime(&self) -> Duration {
        Duration::from_secs(self.assertion.lifetime_seconds.unwrap_or(LIFETIME_SECONDS))
    }

    fn seed(&self) -> Result<Seed, RenderError> {
        let mut seed = [0; 32];
        seed.copy_from_slice(&self.scope.random(b"seed", self.name.as_bytes()).ok_or_else(no_chance)?);
        Ok(Seed(seed))
    }

    /// Fields that have a value. A list of nothing but undefined values has none.
    fn documents<'b>(
        &'b self,
        fields: &'b BTreeMap<String, DocumentTemplate>,
    ) -> impl Iterator<Item = (String, Value)> + 'b {
        let rendered =
            fields.iter().filter_map(|(name, value)| Some((name.clone(), self.scope.document(value)?)));
        rendered.filter(|(_, value)| value.as_array().is_none_or(|items| !items.is_empty()))
    }
}

fn private(key: &[u8]) -> Result<PrivateKey, SigningError> {
    PrivateKey::parse(std::str::from_utf8(key).map_err(|_| SigningError::KeyUnreadable)?)
}

/// The name of the first value in a template.
fn reference(template: &Template) -> String {
    let hole = template.parts.iter().find_map(|part| match part {
        Part::Hole(expression) => Some(named(expression)),
        Part::Text(_) => None,
    });
    hole.unwrap_or_else(|| "the key".to_owned())
}

fn refused(reference: String, error: SigningError) -> RenderError {
    RenderError::Refused { place: PLACE, reference, reason: error.reason() }
}

fn undefined(reference: String) -> RenderError {
    RenderError::Undefined { place: PLACE, reference }
}

fn no_chance() -> RenderError {
    RenderError::Missing("random bytes to sign with")
}

#[cfg(test)]
mod tests;
