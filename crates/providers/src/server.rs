//! The authorization server of an entry that states none: what discovery and registration found out about it.
//!
//! Invariant: what the entry states wins over what a document says, and a discovered endpoint was checked before it came
//! here. Its names hold a dot nowhere, and `PREFIX` does: no input can be mistaken for one of them.

use crate::error::RenderError;
use crate::evaluate::Scope;
use crate::format::entry::Provider;
use crate::format::host::{self, Trust};
use crate::format::obtain::{ClientRegistration, Discovery, ObtainType};
use crate::format::request::ClientAuth;
use crate::format::url_template::UrlTemplate;
use crate::values::Values;
use serde_json::{Map, Value};
use url::Url;

/// Stands before these names where they are kept beside a connection's own fields.
pub const PREFIX: &str = "oauth.";

// RFC 8414 §2
pub const ISSUER: &str = "issuer";
pub const AUTHORIZATION_ENDPOINT: &str = "authorization_endpoint";
pub const TOKEN_ENDPOINT: &str = "token_endpoint";
pub const REGISTRATION_ENDPOINT: &str = "registration_endpoint";
pub const REVOCATION_ENDPOINT: &str = "revocation_endpoint";
/// `true` where the server says that it names itself in its answers (RFC 9207 §3).
pub const ISS_SENT: &str = "authorization_response_iss_parameter_supported";
/// RFC 8707 §2, RFC 9728 §2.
pub const RESOURCE: &str = "resource";
// RFC 7591 §2, §3.2.1
pub const CLIENT_ID: &str = "client_id";
pub const CLIENT_SECRET: &str = "client_secret";
pub const AUTH_METHOD: &str = "token_endpoint_auth_method";
pub const REGISTRATION_ACCESS_TOKEN: &str = "registration_access_token";
pub const REGISTRATION_CLIENT_URI: &str = "registration_client_uri";

/// Which of these must never be shown.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    matches!(name, CLIENT_SECRET | REGISTRATION_ACCESS_TOKEN | REGISTRATION_CLIENT_URI)
}

impl Provider {
    /// How its authorization server is found; empty where the entry states the endpoints.
    #[must_use]
    pub fn discovery(&self) -> &[Discovery] {
        &self.obtain.discovery
    }

    /// How a client comes to be known to its authorization server, where no developer registers one by hand.
    #[must_use]
    pub fn client_registration(&self) -> Option<ClientRegistration> {
        let is_oauth2 = self.obtain.kind == ObtainType::OAuth2;
        self.obtain.client_registration.filter(|kind| is_oauth2 && *kind != ClientRegistration::Static)
    }

    /// The resource whose authorization server is looked for (RFC 9728 §1).
    ///
    /// # Errors
    /// [`RenderError`] where a value is missing, or is no `https` URL.
    pub fn protected_resource(&self, values: &Values) -> Result<Option<Url>, RenderError> {
        const PLACE: &str = "the protected resource";
        let Some(template) = &self.obtain.protected_resource else { return Ok(None) };
        let undefined = |reference: String| RenderError::Undefined { place: PLACE, reference };
        let text = Scope::of(values).template(template).map_err(undefined)?;
        checked(PLACE, &text, self.trust).map(Some)
    }

    /// Where clients register (RFC 7591 §3), stated or found.
    ///
    /// # Errors
    /// [`RenderError`] where a value is missing.
    pub fn registration_endpoint(&self, values: &Values) -> Result<Option<Url>, RenderError> {
        const PLACE: &str = "the registration endpoint";
        let stated = self.obtain.registration_endpoint.as_ref();
        match self.endpoint(PLACE, REGISTRATION_ENDPOINT, stated, Scope::of(values)) {
            Err(RenderError::Missing(_)) => Ok(None),
            endpoint => endpoint.map(Some),
        }
    }

    /// What the entry changes of the client metadata that is registered (RFC 7591 §2).
    #[must_use]
    pub fn client_metadata(&self) -> Map<String, Value> {
        self.obtain.registration.as_ref().and_then(Value::as_object).cloned().unwrap_or_default()
    }

    /// Whether the entry lets its secrets go to this host, as [`Url::host_str`] writes it.
    #[must_use]
    pub fn allows_host(&self, host: &str) -> bool {
        self.api.hosts.iter().any(|pattern| pattern.matches(host))
    }

    /// An endpoint of the authorization server: as stated, else as found.
    pub(crate) fn endpoint(
        &self,
        place: &'static str,
        name: &'static str,
        stated: Option<&UrlTemplate>,
        scope: Scope<'_>,
    ) -> Result<Url, RenderError> {
        match (stated, scope.values.server.get(name)) {
            (Some(template), _) => self.url(place, template, scope),
            (None, Some(found)) => checked(place, found, self.trust),
            (None, None) => Err(RenderError::Missing(name)),
        }
    }

    /// RFC 8707 §2: whom the token is for.
    pub(crate) fn resource(&self, scope: Scope<'_>) -> Option<String> {
        let stated = self.obtain.resource.as_ref().and_then(|resource| scope.template(resource).ok());
        stated.or_else(|| scope.values.server.get(RESOURCE).cloned())
    }

    /// How the client proves itself at the token endpoint. A client that registered itself was told by the server.
    #[must_use]
    pub fn client_auth(&self, values: &Values) -> Option<ClientAuth> {
        let told = values.server.get(AUTH_METHOD).and_then(|word| ClientAuth::parse(word));
        told.or(self.obtain.token_endpoint_auth_method)
    }
}

impl Provider {
    /// An address that somebody else wrote: a whole `https` URL without user information and fragment, on a public host
    /// name.
    ///
    /// # Errors
    /// [`RenderError::Refused`] with what is wrong with it.
    pub fn checked_address(&self, place: &'static str, text: &str) -> Result<Url, RenderError> {
        checked(place, text, self.trust)
    }
}

/// A whole `https` URL without user information and fragment, on a public host name.
pub(crate) fn checked(place: &'static str, text: &str, trust: Trust) -> Result<Url, RenderError> {
    let refused =
        |reason| RenderError::Refused { place, reference: "an address that was given".into(), reason };
    let url = Url::parse(text).map_err(|_| refused("it is not a whole https URL"))?;
    let name = url.host_str().unwrap_or_default();
    let loopback = trust == Trust::Loopback && host::is_loopback(name);
    if url.scheme() != "https" && !(loopback && url.scheme() == "http") {
        return Err(refused("it does not begin with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() || text.contains('\\') {
        return Err(refused("it has user information"));
    }
    if url.fragment().is_some() {
        return Err(refused("it has a fragment"));
    }
    if !loopback && !host::is_public_host_name(name) {
        return Err(refused("its host is not a public host name"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AuthorizationParams, Body, Catalogue, Grant};
    use std::collections::BTreeMap;

    const ENTRY: &str = r#"{"id": "found", "name": "Found", "obtain": {"type": "oauth2", "discovery": ["rfc8414"],
        "issuer": "https://as.example.com", "token_endpoint_auth_method": "none", "code_challenge_methods": ["S256"]},
        "apply": {"scheme": "bearer"}, "api": {"base_url": "https://api.example.com"}}"#;

    fn provider() -> std::sync::Arc<Provider> {
        Catalogue::embedded().with_entry(ENTRY, Trust::Public).unwrap().get("found").unwrap()
    }

    fn found(pairs: &[(&str, &str)]) -> Values {
        let mut values = Values::at(0);
        values.app.insert("client_id".into(), "client".into());
        values.server.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        values
    }

    static NOTHING: BTreeMap<String, String> = BTreeMap::new();

    fn params() -> AuthorizationParams<'static> {
        AuthorizationParams {
            client_id: "client",
            redirect_uri: "https://us.example.com/oauth/callback",
            state: "state",
            scopes: &[],
            code_challenge: None,
            others: &NOTHING,
        }
    }

    #[test]
    fn both_requests_go_to_what_was_found_and_name_the_resource() {
        let values = found(&[
            (AUTHORIZATION_ENDPOINT, "https://as.example.com/authorize"),
            (TOKEN_ENDPOINT, "https://as.example.com/token"),
            (RESOURCE, "https://mcp.example.com/mcp"),
        ]);
        let url = provider().authorization_url(&values, params()).unwrap();
        assert!(url.as_str().starts_with("https://as.example.com/authorize?"), "{url}");
        assert!(
            url.query_pairs().any(|pair| pair == ("resource".into(), "https://mcp.example.com/mcp".into()))
        );
        let grant = Grant::RefreshToken { refresh_token: "refresh" };
        let request = provider().token_request(&values, grant).unwrap();
        assert_eq!(request.url.as_str(), "https://as.example.com/token");
        let Body::Form(form) = request.body else { panic!() };
        assert!(form.contains(&("resource".into(), "https://mcp.example.com/mcp".into())), "{form:?}");
    }

    #[test]
    fn a_client_proves_itself_as_the_server_told_it() {
        let mut values =
            found(&[(TOKEN_ENDPOINT, "https://as.example.com/token"), (AUTH_METHOD, "client_secret_basic")]);
        values.app.insert("client_secret".into(), "canary".into());
        let grant = Grant::RefreshToken { refresh_token: "refresh" };
        let request = provider().token_request(&values, grant).unwrap();
        assert!(
            request
                .headers
                .iter()
                .any(|(name, value)| name == "authorization" && value.starts_with("Basic "))
        );
        let Body::Form(form) = request.body else { panic!() };
        assert!(!form.iter().any(|(name, _)| name == "client_id" || name == "client_secret"), "{form:?}");
    }

    #[test]
    fn an_endpoint_that_is_no_public_https_address_is_refused() {
        for endpoint in [
            "http://as.example.com/authorize",
            "https://127.0.0.1/authorize",
            "https://localhost/authorize",
            "https://u:p@as.example.com/authorize",
            "https://as.example.com\\@evil.example/authorize",
            "https://as.example.com/authorize#x",
            "javascript:alert(1)",
            "/authorize",
        ] {
            let refused =
                provider().authorization_url(&found(&[(AUTHORIZATION_ENDPOINT, endpoint)]), params());
            assert!(matches!(refused, Err(RenderError::Refused { .. })), "{endpoint}: {refused:?}");
        }
        let nothing = provider().authorization_url(&found(&[]), params());
        assert_eq!(nothing, Err(RenderError::Missing(AUTHORIZATION_ENDPOINT)));
    }
}
