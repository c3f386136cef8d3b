//! Requests that try a credential out, say whose it is, or end it.

use crate::error::RenderError;
use crate::evaluate::Scope;
use crate::format::entry::{ProbeTemplate, Provider};
use crate::format::request::{ClientAuth, Format, Method};
use crate::format::response::{Capture, Condition};
use crate::format::url_template::UrlTemplate;
use crate::http_request::{Body, HttpRequest};
use crate::percent;
use crate::place::header_value;
use crate::token_request::{basic, rendered, write};
use crate::values::Values;
use std::collections::BTreeMap;

/// A request, what its answer must be like, and what to keep of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    pub request: HttpRequest,
    /// Without anything stated: any 2xx.
    pub expect: Condition,
    pub set: BTreeMap<String, Capture>,
}

impl Provider {
    /// The requests that must all fail for a wrong credential, one of which succeeds for a right one: none, one, or one for
    /// each kind of credential the provider has.
    pub fn verify_probes(&self, values: &Values) -> Result<Vec<Probe>, RenderError> {
        let template = self.probes.verify.as_ref();
        template.map_or(Ok(vec![]), |template| self.probes_of("the verify probe", template, values))
    }

    /// The request that says whose the credential is.
    pub fn identity_probe(&self, values: &Values) -> Result<Option<Probe>, RenderError> {
        let Some(template) = &self.probes.identity else { return Ok(None) };
        Ok(self.probes_of("the identity probe", template, values)?.into_iter().next())
    }

    /// One for each of its addresses. Probes that read tokens or inputs need no request.
    pub(crate) fn probes_of(
        &self,
        place: &'static str,
        template: &ProbeTemplate,
        values: &Values,
    ) -> Result<Vec<Probe>, RenderError> {
        let asked = template.url.as_ref().filter(|_| template.from.is_none());
        let urls = asked.map(|urls| urls.0.as_slice()).unwrap_or_default();
        urls.iter().map(|url| self.probe(place, template, url, values)).collect()
    }

    fn probe(
        &self,
        place: &'static str,
        template: &ProbeTemplate,
        address: &UrlTemplate,
        values: &Values,
    ) -> Result<Probe, RenderError> {
        if template.base_url.is_some() {
            return Err(RenderError::Unsupported("probes that have an address of their own"));
        }
        let scope = Scope::of(values);
        let mut url = self.url(place, address, scope)?;
        let mut headers = self.headers(values)?;
        headers.extend(self.header_texts(place, &template.headers, scope)?);
        headers.entry("accept".into()).or_insert_with(|| "application/json".into());
        for (name, value) in self.query(values) {
            percent::append(&mut url, &name, &value);
        }
        let method = template.method.unwrap_or(Method::Get);
        let mut params = rendered(&template.body, scope);
        if method != Method::Get {
            params.extend(rendered(&self.apply.body, scope));
        }
        let body = if params.is_empty() {
            Body::None
        } else {
            write(&mut url, template.format.unwrap_or(Format::Json), params)?
        };
        let method = method.name().to_owned();
        let request = HttpRequest { method, url, headers: headers.into_iter().collect(), body };
        Ok(Probe {
            request: self.signed_probe(template, request, values)?,
            expect: template.expect.clone().unwrap_or_default(),
            set: template.set.clone(),
        })
    }

    /// The request that ends the credential at the provider (RFC 7009, or the vendor's own).
    pub fn revoke_request(&self, values: &Values) -> Result<Option<HttpRequest>, RenderError> {
        const PLACE: &str = "the revocation request";
        let Some(template) = &self.obtain.revoke else { return Ok(None) };
        let scope = Scope::of(values);
        let mut url = self.url(PLACE, &template.url, scope)?;
        let mut headers = self.header_texts(PLACE, &template.headers, scope)?;
        let mut params = rendered(&template.params, scope);
        let from = |space: &BTreeMap<String, String>, name: &str, reference: &str| {
            let undefined = || RenderError::Undefined { place: PLACE, reference: reference.to_owned() };
            space.get(name).filter(|value| !value.is_empty()).cloned().ok_or_else(undefined)
        };
        let client = || -> Result<(String, String), RenderError> {
            Ok((
                from(&values.app, "client_id", "app.client_id")?,
                from(&values.app, "client_secret", "app.client_secret")?,
            ))
        };
        match template.auth.unwrap_or(ClientAuth::None) {
            ClientAuth::None => {}
            ClientAuth::Bearer => {
                let token = from(&values.token, "access_token", "token.access_token")?;
                headers.push((
                    "authorization".into(),
                    header_value(PLACE, "authorization", format!("Bearer {token}"))?,
                ));
            }
            ClientAuth::ClientSecretBasic => headers.push(("authorization".into(), basic(&client()?))),
            ClientAuth::ClientSecretPost => {
                let (id, secret) = client()?;
                params.push(("client_id".into(), id.into()));
                params.push(("client_secret".into(), secret.into()));
            }
            ClientAuth::PrivateKeyJwt | ClientAuth::TlsCertificate => {
                return Err(RenderError::Unsupported("revocation with a key or certificate"));
            }
        }
        for (name, query) in &template.query {
            if let Ok(value) = scope.template(query) {
                percent::append(&mut url, name, &value);
            }
        }
        params.extend(rendered(&template.body, scope));
        let format = template.format.unwrap_or(if params.is_empty() { Format::None } else { Format::Form });
        let body = write(&mut url, format, params)?;
        Ok(Some(HttpRequest { method: template.method.name().into(), url, headers, body }))
    }
}
