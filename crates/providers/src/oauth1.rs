//! The three requests of OAuth 1.0a (RFC 5849 §2), signed.

use crate::error::RenderError;
use crate::evaluate::Scope;
use crate::format::entry::Provider;
use crate::http_request::{Body, HttpRequest};
use crate::percent;
use crate::signer::occasion;
use crate::values::Values;
use latchkey_signing::oauth1::Credentials;
use latchkey_signing::request::{self, Request};
use url::Url;

const PLACE: &str = "an OAuth 1.0a request";

/// The credentials a request is signed with beside the client's: none, or the temporary ones (§2.1).
#[derive(Clone, Copy, Default)]
pub struct TemporaryCredentials<'a> {
    pub token: &'a str,
    pub secret: &'a str,
}

impl Provider {
    /// Asks for temporary credentials (§2.1).
    ///
    /// # Errors
    /// [`RenderError`] where the entry names no endpoint, or the app has no credentials.
    pub fn temporary_credentials_request(
        &self,
        values: &Values,
        callback: &str,
    ) -> Result<HttpRequest, RenderError> {
        let scope = Scope::of(values);
        let endpoint = self.obtain.temporary_credential_endpoint.as_ref();
        let endpoint = endpoint.ok_or(RenderError::Missing("obtain.temporary_credential_endpoint"))?;
        let url = self.url(PLACE, endpoint, scope)?;
        let params = self.obtain.temporary_credential_params.iter();
        let params = params.filter_map(|(name, value)| Some((name.clone(), scope.template(value).ok()?)));
        self.oauth1_request(values, url, params.collect(), None, &[("oauth_callback", callback)])
    }

    /// Where the browser is sent for the end user's consent (§2.2).
    ///
    /// # Errors
    /// [`RenderError`] where the entry names no such page.
    pub fn resource_owner_authorization_url(
        &self,
        values: &Values,
        token: &str,
        scopes: &[String],
    ) -> Result<Url, RenderError> {
        let scope = Scope::of(values);
        let page = self.obtain.authorization_endpoint.as_ref();
        let page = page.ok_or(RenderError::Missing("obtain.authorization_endpoint"))?;
        let mut url = self.url(PLACE, page, scope)?;
        percent::append(&mut url, "oauth_token", token);
        // No RFC has scopes here; where an entry says how they are joined, the vendor has.
        let scopes = self.scope_text(scopes);
        if !scopes.is_empty() && self.obtain.scopes.separator.is_some() {
            percent::append(&mut url, "scope", &scopes);
        }
        for (name, template) in &self.obtain.authorization.params {
            if let Ok(value) = scope.template(template) {
                percent::append(&mut url, name, &value);
            }
        }
        Ok(url)
    }

    /// Trades temporary credentials and their verifier for a token (§2.3).
    ///
    /// # Errors
    /// [`RenderError`] where the entry names no endpoint, or the app has no credentials.
    pub fn token_credentials_request(
        &self,
        values: &Values,
        temporary: TemporaryCredentials<'_>,
        verifier: &str,
    ) -> Result<HttpRequest, RenderError> {
        let endpoint = self.obtain.token_endpoint.as_ref();
        let endpoint = endpoint.ok_or(RenderError::Missing("obtain.token_endpoint"))?;
        let url = self.url(PLACE, endpoint, Scope::of(values))?;
        self.oauth1_request(values, url, Vec::new(), Some(temporary), &[("oauth_verifier", verifier)])
    }

    fn oauth1_request(
        &self,
        values: &Values,
        url: Url,
        params: Vec<(String, String)>,
        temporary: Option<TemporaryCredentials<'_>>,
        more: &[(&str, &str)],
    ) -> Result<HttpRequest, RenderError> {
        let app = |name: &str| {
            let value = values.app.get(name).filter(|value| !value.is_empty());
            let reference = format!("app.{name}");
            value.map(String::as_str).ok_or(RenderError::Undefined { place: PLACE, reference })
        };
        let credentials = Credentials {
            client_key: app("client_id")?,
            client_secret: app("client_secret")?,
            token: temporary.map(|temporary| temporary.token),
            token_secret: temporary.map(|temporary| temporary.secret),
            realm: None,
        };
        let to_sign = Request { method: "POST", url: &url, headers: &[], body: request::Body::Form(&params) };
        let (nonce, occasion) = occasion(values)?;
        let occasion = request::Occasion { nonce: &nonce, ..occasion };
        let header = request::oauth1_header(self.signature_method(), credentials, to_sign, more, occasion);
        let header = header.map_err(|error| RenderError::Refused {
            place: PLACE,
            reference: "app.client_secret".into(),
            reason: error.reason(),
        })?;
        let body = if params.is_empty() { Body::None } else { Body::Form(params) };
        Ok(HttpRequest { method: "POST".into(), url, headers: vec![header], body })
    }
}
