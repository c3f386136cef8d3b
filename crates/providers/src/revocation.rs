//! The request that ends a credential at its provider: the vendor's own, or that of RFC 7009 where the server was found and
//! says where it takes one.

use crate::error::RenderError;
use crate::evaluate::Scope;
use crate::format::entry::Provider;
use crate::format::request::{ClientAuth, Extent, Format, Method, RevokeTemplate};
use crate::http_request::{Body, HttpRequest};
use crate::percent;
use crate::place::header_value;
use crate::server;
use crate::token_request::{basic, rendered, write};
use crate::values::Values;
use serde_json::Value;
use std::collections::BTreeMap;

const PLACE: &str = "the revocation request";

impl Provider {
    /// Whether a grant can be ended at the provider, and what ends with it. A server that is yet to be found may have a way:
    /// it says so itself (RFC 8414 §2).
    #[must_use]
    pub fn revocation(&self) -> Option<Extent> {
        let stated = self.obtain.revoke.as_ref().map(|revoke| revoke.ends);
        stated.or((!self.discovery().is_empty()).then_some(Extent::Grant))
    }

    /// The request that ends the credential at the provider; `None` where nobody knows a way.
    ///
    /// # Errors
    /// [`RenderError::Undefined`] where the token it is about is not there, or something else it needs.
    pub fn revoke_request(&self, values: &Values) -> Result<Option<HttpRequest>, RenderError> {
        match (&self.obtain.revoke, values.server.get(server::REVOCATION_ENDPOINT)) {
            (Some(template), _) => self.own_revocation(template, values).map(Some),
            (None, Some(endpoint)) => self.standard_revocation(endpoint, values).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn own_revocation(&self, template: &RevokeTemplate, values: &Values) -> Result<HttpRequest, RenderError> {
        let scope = Scope::of(values);
        let mut url = self.url(PLACE, &template.url, scope)?;
        let mut headers = self.header_texts(PLACE, &template.headers, scope)?;
        let mut params = rendered(&template.params, scope);
        let client = || -> Result<(String, String), RenderError> {
            Ok((
                known(&values.app, "client_id", "app.client_id")?,
                known(&values.app, "client_secret", "app.client_secret")?,
            ))
        };
        match template.auth.unwrap_or(ClientAuth::None) {
            ClientAuth::None => {}
            ClientAuth::Bearer => {
                let token = known(&values.token, "access_token", "token.access_token")?;
                let value = header_value(PLACE, "authorization", format!("Bearer {token}"))?;
                headers.push(("authorization".into(), value));
            }
            auth => authenticate(auth, client()?, &mut headers, &mut params)?,
        }
        for (name, query) in &template.query {
            if let Ok(value) = scope.template(query) {
                percent::append(&mut url, name, &value);
            }
        }
        params.extend(rendered(&template.body, scope));
        let format = template.format.unwrap_or(if params.is_empty() { Format::None } else { Format::Form });
        let body = write(&mut url, format, params)?;
        Ok(HttpRequest { method: template.method.name().into(), url, headers, body })
    }

    /// RFC 7009 §2.1: the client proves itself as it does for a token.
    fn standard_revocation(&self, endpoint: &str, values: &Values) -> Result<HttpRequest, RenderError> {
        let mut url = server::checked(PLACE, endpoint, self.trust)?;
        let (hint, token) = match known(&values.token, "refresh_token", "token.refresh_token") {
            Ok(token) => ("refresh_token", token),
            Err(_) => ("access_token", known(&values.token, "access_token", "token.access_token")?),
        };
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        let mut params = vec![
            ("token".to_owned(), Value::String(token)),
            ("token_type_hint".to_owned(), Value::String(hint.to_owned())),
        ];
        let auth = self.client_auth(values).unwrap_or(ClientAuth::None);
        let client = self.client(Scope::of(values), auth)?;
        authenticate(auth, client, &mut headers, &mut params)?;
        let body: Body = write(&mut url, Format::Form, params)?;
        Ok(HttpRequest { method: Method::Post.name().into(), url, headers, body })
    }
}

/// RFC 6749 §2.3.1, and §3.2.1 for a client without a secret.
fn authenticate(
    auth: ClientAuth,
    client: (String, String),
    headers: &mut Vec<(String, String)>,
    params: &mut Vec<(String, Value)>,
) -> Result<(), RenderError> {
    match auth {
        ClientAuth::ClientSecretBasic => headers.push(("authorization".into(), basic(&client))),
        ClientAuth::ClientSecretPost => {
            params.push(("client_id".into(), client.0.into()));
            params.push(("client_secret".into(), client.1.into()));
        }
        ClientAuth::None => params.push(("client_id".into(), client.0.into())),
        ClientAuth::Bearer | ClientAuth::PrivateKeyJwt | ClientAuth::TlsCertificate => {
            return Err(RenderError::Unsupported("revocation with a key or certificate"));
        }
    }
    Ok(())
}

fn known(space: &BTreeMap<String, String>, name: &str, reference: &str) -> Result<String, RenderError> {
    let undefined = || RenderError::Undefined { place: PLACE, reference: reference.to_owned() };
    space.get(name).filter(|value| !value.is_empty()).cloned().ok_or_else(undefined)
}
