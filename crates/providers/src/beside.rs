//! Requests beside the token request: how long a token lives (RFC 7662), and the credentials that go with it.

use crate::error::RenderError;
use crate::evaluate::Scope;
use crate::format::entry::Provider;
use crate::format::obtain::{Companion, ExpirySource, ObtainType};
use crate::format::request::{ClientAuth, Format};
use crate::http_request::HttpRequest;
use crate::place::header_value;
use crate::token_request::{basic, rendered, write};
use crate::values::Values;
use serde_json::Value;

impl Provider {
    /// The request that asks how long the access token lives (RFC 7662 §2.1); `None` where the entry asks for none.
    ///
    /// # Errors
    /// [`RenderError`] where a value is missing.
    pub fn introspection_request(&self, values: &Values) -> Result<Option<HttpRequest>, RenderError> {
        const PLACE: &str = "the introspection request";
        let asks = self.obtain.lifetime.expiry_source == ExpirySource::Introspection;
        let Some(endpoint) = self.obtain.introspection_endpoint.as_ref().filter(|_| asks) else {
            return Ok(None);
        };
        let scope = Scope::of(values);
        let undefined = || RenderError::Undefined { place: PLACE, reference: "token.access_token".into() };
        let token = values.token.get("access_token").cloned().ok_or_else(undefined)?;
        let auth = match self.obtain.kind {
            // No client is known to such a server: the token stands for itself (RFC 7662 §2.1).
            ObtainType::Exchange => ClientAuth::Bearer,
            _ => self.client_auth(values).unwrap_or(ClientAuth::None),
        };
        let params = vec![
            ("token".to_owned(), Value::from(token)),
            ("token_type_hint".to_owned(), Value::from("access_token")),
        ];
        let url = self.url(PLACE, endpoint, scope)?;
        self.proven(PLACE, scope, auth, url, params).map(Some)
    }

    /// The request for a companion with a grant of its own (RFC 6749 §4.4); `None` where it has none.
    ///
    /// # Errors
    /// [`RenderError`] where a value is missing.
    pub fn companion_request(
        &self,
        companion: &Companion,
        values: &Values,
    ) -> Result<Option<HttpRequest>, RenderError> {
        const PLACE: &str = "the companion's token request";
        let (Some(grant_type), Some(endpoint)) = (&companion.grant_type, &companion.token_endpoint) else {
            return Ok(None);
        };
        let scope = Scope::of(values);
        let url = self.url(PLACE, endpoint, scope)?;
        let own = companion.token_endpoint_auth_method;
        let auth = own.or_else(|| self.client_auth(values)).unwrap_or(ClientAuth::ClientSecretPost);
        let mut params = rendered(&companion.params, scope);
        params.retain(|(name, _)| name != "grant_type");
        params.push(("grant_type".to_owned(), Value::from(grant_type.as_str())));
        self.proven(PLACE, scope, auth, url, params).map(Some)
    }

    /// A form with the client's proof in it (RFC 6749 §2.3).
    fn proven(
        &self,
        place: &'static str,
        scope: Scope<'_>,
        auth: ClientAuth,
        mut url: url::Url,
        mut params: Vec<(String, Value)>,
    ) -> Result<HttpRequest, RenderError> {
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        match auth {
            ClientAuth::ClientSecretBasic => {
                headers.push(("authorization".into(), basic(&self.client(scope, auth)?)))
            }
            ClientAuth::ClientSecretPost => {
                let (id, secret) = self.client(scope, auth)?;
                params.push(("client_id".into(), id.into()));
                params.push(("client_secret".into(), secret.into()));
            }
            ClientAuth::None => params.push(("client_id".into(), self.client(scope, auth)?.0.into())),
            ClientAuth::Bearer => {
                let token = scope.values.token.get("access_token").cloned().unwrap_or_default();
                let value = header_value(place, "authorization", format!("Bearer {token}"))?;
                headers.push(("authorization".into(), value));
            }
            ClientAuth::PrivateKeyJwt | ClientAuth::TlsCertificate => {
                return Err(RenderError::Unsupported("a key or certificate beside the token request"));
            }
        }
        let body = write(&mut url, Format::Form, params)?;
        Ok(HttpRequest { method: "POST".into(), url, headers, body })
    }
}
