//! Requests to a provider's API that are signed one by one, and the signed steps of an exchange.

use crate::error::RenderError;
use crate::evaluate::{Scope, plain};
use crate::format::entry::{ProbeTemplate, Provider, Scheme as Applied};
use crate::format::obtain::SignatureMethod;
use crate::format::request::{Sign, SignScheme};
use crate::format::template::{KeyTemplate, Template};
use crate::http_request::{Body, HttpRequest};
use crate::values::Values;
use latchkey_signing::request::{self, Occasion, Request, Scheme};
use latchkey_signing::{Seed, SigningError};
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};
use zeroize::Zeroize;

const PLACE: &str = "the signature of a request";

/// What requests are signed with, by the names of [`latchkey_signing::request`]. Secret, and wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Signer {
    pub scheme: Scheme,
    pub parameters: BTreeMap<String, String>,
}

impl Drop for Signer {
    fn drop(&mut self) {
        self.parameters.values_mut().for_each(Zeroize::zeroize);
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

impl Provider {
    /// What each request to the API is signed with; `None` where ready-made headers do.
    ///
    /// # Errors
    /// [`RenderError::Undefined`] with what is missing.
    pub fn signer(&self, values: &Values) -> Result<Option<Signer>, RenderError> {
        match self.apply.scheme {
            Applied::OAuth1 => self.oauth1_signer(values).map(Some),
            Applied::AwsSigv4 => {
                let parts = self.apply.sigv4.iter().map(|(name, template)| (name.as_str(), template));
                aws_signer(parts, BTreeMap::new(), values).map(Some)
            }
            Applied::Bearer | Applied::Basic | Applied::None => Ok(None),
        }
    }

    /// Ready-made fields of a request's body; JSON where they are not plain text.
    #[must_use]
    pub fn body_fields(&self, values: &Values) -> BTreeMap<String, String> {
        let scope = Scope::of(values);
        let fields = self.apply.body.iter().filter_map(|(name, template)| {
            let value = scope.document(template)?;
            Some((name.clone(), plain(&value).unwrap_or_else(|| value.to_string())))
        });
        fields.collect()
    }

    /// The request as it is sent where a step says that it is signed.
    ///
    /// # Errors
    /// [`RenderError`] where something to sign with is missing.
    pub fn signed_step(
        &self,
        sign: &Sign,
        request: HttpRequest,
        values: &Values,
    ) -> Result<HttpRequest, RenderError> {
        signed(request, &stated_signer(sign, BTreeMap::new(), values)?, values)
    }

    /// The request as it is sent where the API, or the probe itself, has it signed.
    pub(crate) fn signed_probe(
        &self,
        template: &ProbeTemplate,
        request: HttpRequest,
        values: &Values,
    ) -> Result<HttpRequest, RenderError> {
        let own = self.signer(values)?;
        let signer = match (&template.sign, own) {
            // A probe at another service says which, and keeps the rest.
            (Some(sign), own) => {
                let known = own.map(|mut own| std::mem::take(&mut own.parameters)).unwrap_or_default();
                stated_signer(sign, known, values)?
            }
            (None, Some(own)) => own,
            (None, None) => return Ok(request),
        };
        signed(request, &signer, values)
    }

    /// RFC 5849 §3.1: the client's credentials and the token's.
    fn oauth1_signer(&self, values: &Values) -> Result<Signer, RenderError> {
        let scope = Scope::of(values);
        let app = |name: &str| {
            let value = values.app.get(name).filter(|value| !value.is_empty()).cloned();
            value.ok_or_else(|| undefined(format!("app.{name}")))
        };
        let token = |stated: &Option<Template>, name: &str| match stated {
            Some(template) => scope.template(template).map_err(undefined),
            None => {
                let found = values.token.get(name).or_else(|| values.conn.get(name));
                found.cloned().ok_or_else(|| undefined(format!("token.{name}")))
            }
        };
        let mut parameters = BTreeMap::from([
            ("signature_method".to_owned(), self.signature_method().as_str().to_owned()),
            ("client_key".to_owned(), app("client_id")?),
            ("client_secret".to_owned(), app("client_secret")?),
            ("token".to_owned(), token(&self.obtain.token, "access_token")?),
            ("token_secret".to_owned(), token(&self.obtain.token_secret, TOKEN_SECRET)?),
        ]);
        if let Some(realm) = &self.obtain.realm {
            parameters.insert("realm".to_owned(), scope.template(realm).map_err(undefined)?);
        }
        Ok(Signer { scheme: Scheme::OAuth1, parameters })
    }

    /// RFC 5849 §3.4; the most common one unless the entry says otherwise.
    #[must_use]
    pub fn signature_method(&self) -> latchkey_signing::oauth1::SignatureMethod {
        use latchkey_signing::oauth1::SignatureMethod as Method;
        match self.obtain.signature_method {
            None | Some(SignatureMethod::HmacSha1) => Method::HmacSha1,
            Some(SignatureMethod::HmacSha256) => Method::HmacSha256,
            Some(SignatureMethod::RsaSha1) => Method::RsaSha1,
            Some(SignatureMethod::Plaintext) => Method::Plaintext,
        }
    }
}

/// The field a token's shared secret is kept in.
pub const TOKEN_SECRET: &str = "token_secret";

/// What the step or probe states, over what is known.
fn stated_signer(
    sign: &Sign,
    known: BTreeMap<String, String>,
    values: &Values,
) -> Result<Signer, RenderError> {
    match sign.scheme {
        SignScheme::AwsSigv4 => {
            let parts: [(&str, &Option<KeyTemplate>); 5] = [
                ("service", &sign.service),
                ("region", &sign.region),
                ("access_key_id", &sign.access_key_id),
                ("secret_access_key", &sign.secret_access_key),
                ("session_token", &sign.session_token),
            ];
            let parts = parts.into_iter().filter_map(|(name, part)| Some((name, &part.as_ref()?.0)));
            aws_signer(parts, known, values)
        }
        SignScheme::Rfc9421 => Err(RenderError::Unsupported("HTTP message signatures (RFC 9421)")),
    }
}

fn aws_signer<'a>(
    parts: impl Iterator<Item = (&'a str, &'a Template)>,
    mut parameters: BTreeMap<String, String>,
    values: &Values,
) -> Result<Signer, RenderError> {
    let scope = Scope::of(values);
    for (name, template) in parts {
        match scope.template(template) {
            Ok(value) => drop(parameters.insert(name.to_owned(), value)),
            // Long-lived keys have none.
            Err(_) if name == "session_token" => {}
            Err(reference) => return Err(undefined(reference)),
        }
    }
    Ok(Signer { scheme: Scheme::AwsSigv4, parameters })
}

/// Adds the signature's headers. A form becomes the text that was signed.
pub(crate) fn signed(
    mut request: HttpRequest,
    signer: &Signer,
    values: &Values,
) -> Result<HttpRequest, RenderError> {
    let text = request.body.text().into_owned();
    let content_type = request.body.content_type().to_owned();
    let own_type = request.headers.iter().any(|(name, _)| name == "content-type");
    if !content_type.is_empty() && !own_type {
        request.headers.push(("content-type".to_owned(), content_type.clone()));
    }
    let (nonce, occasion) = occasion(values)?;
    let occasion = Occasion { nonce: &nonce, ..occasion };
    let headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .filter(|(name, _)| name == "content-type")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let body = match &request.body {
        Body::Form(pairs) => request::Body::Form(pairs),
        _ => request::Body::Bytes(text.as_bytes()),
    };
    let parameter = |name: &str| signer.parameters.get(name).map(String::as_str);
    let to_sign = Request { method: &request.method, url: &request.url, headers: &headers, body };
    let added = request::headers(signer.scheme, parameter, to_sign, occasion).map_err(refused)?;
    request.headers.retain(|(name, _)| !added.iter().any(|(new, _)| new == name));
    request.headers.extend(added);
    if !matches!(request.body, Body::None) {
        request.body = Body::Text { content_type, text };
    }
    Ok(request)
}

/// A nonce, and the occasion it is to be put in.
pub(crate) fn occasion(values: &Values) -> Result<(String, Occasion<'static>), RenderError> {
    let scope = Scope::of(values);
    let nonce = scope.identifier("signature").ok_or_else(no_chance)?;
    let mut seed = [0; 32];
    seed.copy_from_slice(&scope.random(b"seed", b"signature").ok_or_else(no_chance)?);
    let since_1970 = Duration::from_millis(u64::try_from(values.now_unix_ms).unwrap_or_default());
    Ok((nonce, Occasion { at: UNIX_EPOCH + since_1970, nonce: "", seed: Seed(seed) }))
}

fn refused(error: SigningError) -> RenderError {
    RenderError::Refused { place: PLACE, reference: "the signing key".into(), reason: error.reason() }
}

fn undefined(reference: String) -> RenderError {
    RenderError::Undefined { place: PLACE, reference }
}

fn no_chance() -> RenderError {
    RenderError::Missing("random bytes to sign with")
}
