//! Requests that try a credential out, or say whose it is.

use crate::error::RenderError;
use crate::evaluate::Scope;
use crate::format::entry::{ProbeTemplate, Provider};
use crate::format::request::{Format, Method};
use crate::format::response::{Capture, Condition};
use crate::format::url_template::UrlTemplate;
use crate::http_request::{Body, HttpRequest};
use crate::percent;
use crate::token_request::{rendered, write};
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
}
