//! The authorization request (RFC 6749 §4.1.1 with RFC 7636 and RFC 8707).

use crate::error::RenderError;
use crate::evaluate::Scope;
use crate::format::callback::ScopeEncoding;
use crate::format::entry::Provider;
use crate::mode::AuthMode;
use crate::percent;
use crate::server;
use crate::values::Values;
use std::collections::BTreeMap;
use url::Url;

const PLACE: &str = "the authorization URL";

/// What one authorization request carries.
#[derive(Clone, Copy)]
pub struct AuthorizationParams<'a> {
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    pub state: &'a str,
    /// What the integration asks for; the entry's default scopes are added.
    pub scopes: &'a [String],
    /// RFC 7636 §4.2, always by S256. Left out for providers that refuse it.
    pub code_challenge: Option<&'a str>,
    /// Beside the entry's own parameters, or in the place of one of the same name; an empty value leaves that out. Sent as they
    /// are, and never in the place of what [`Provider::has_param_for_itself`].
    pub others: &'a BTreeMap<String, String>,
}

/// What an authorization request says by itself (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2), and what would say it in another way
/// (RFC 9101 §5, OAuth 2.0 Multiple Response Types §2.1).
const OF_THE_PROTOCOL: [&str; 11] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "resource",
    "request",
    "request_uri",
    "response_mode",
];

impl Provider {
    /// Where a browser is sent that is to do something else than authorize, such as to install an app.
    ///
    /// # Errors
    /// [`RenderError`] where a value is missing, or the entry knows no such visit.
    pub fn interaction_url(
        &self,
        values: &Values,
        redirect_uri: &str,
        state: &str,
    ) -> Result<Url, RenderError> {
        const PLACE: &str = "the address of the visit";
        let visit = self.obtain.interaction.as_ref().ok_or(RenderError::Missing("obtain.interaction"))?;
        let mut url = self.url(PLACE, &visit.url, Scope::of(values))?;
        let client_id = || {
            let undefined = || RenderError::Undefined { place: PLACE, reference: "app.client_id".into() };
            values.app.get("client_id").map(String::as_str).ok_or_else(undefined)
        };
        // Nothing but the state ties what comes back to the browser that was sent away (RFC 6749 §10.12).
        percent::append(&mut url, visit.state_param.as_deref().unwrap_or("state"), state);
        if let Some(name) = &visit.client_id_param {
            percent::append(&mut url, name, client_id()?);
        }
        if let Some(name) = &visit.redirect_uri_param {
            percent::append(&mut url, name, redirect_uri);
        }
        Ok(url)
    }

    /// Whether a parameter of the authorization request is the protocol's, under its own name or the provider's for it: nobody
    /// else may say what it is.
    #[must_use]
    pub fn has_param_for_itself(&self, name: &str) -> bool {
        OF_THE_PROTOCOL.contains(&name)
            || self.obtain.authorization.rename.values().any(|renamed| renamed == name)
    }

    /// The scope text: what is asked for and the entry's defaults, each once, joined as the provider wants it.
    #[must_use]
    pub fn scope_text(&self, asked: &[String]) -> String {
        let scopes = &self.obtain.scopes;
        if let Some(fixed) = &scopes.fixed {
            return fixed.clone();
        }
        let mut all: Vec<&str> = Vec::new();
        for scope in asked.iter().chain(&scopes.default) {
            if !scope.is_empty() && !all.contains(&scope.as_str()) {
                all.push(scope);
            }
        }
        all.join(scopes.separator.as_deref().unwrap_or(" "))
    }

    /// The URL the user's browser is sent to.
    pub fn authorization_url(
        &self,
        values: &Values,
        params: AuthorizationParams<'_>,
    ) -> Result<Url, RenderError> {
        if let AuthMode::Unsupported(what) = self.auth_mode() {
            return Err(RenderError::Unsupported(what));
        }
        let scope = Scope::of(values);
        let stated = self.obtain.authorization_endpoint.as_ref();
        let mut url = self.endpoint(PLACE, server::AUTHORIZATION_ENDPOINT, stated, scope)?;
        // What is said otherwise below.
        percent::remove(&mut url, |name| params.others.contains_key(name));
        let change = &self.obtain.authorization;
        let scope_text = self.scope_text(params.scopes);
        let resource = self.resource(scope);
        let challenged = params.code_challenge.filter(|_| !self.code_challenge_methods().is_empty());
        let standard = [
            ("response_type", Some("code")),
            ("client_id", Some(params.client_id)),
            ("redirect_uri", Some(params.redirect_uri)),
            ("scope", Some(scope_text.as_str()).filter(|text| !text.is_empty())),
            ("state", Some(params.state)),
            ("code_challenge", challenged),
            ("code_challenge_method", challenged.map(|_| "S256")),
            ("resource", resource.as_deref()),
        ];
        for (name, value) in standard {
            if let Some(value) = value.filter(|_| !change.omit.iter().any(|omitted| omitted == name)) {
                let sent = change.rename.get(name).map_or(name, String::as_str);
                match (name, change.scope_encoding) {
                    ("scope", ScopeEncoding::Raw) => {
                        percent::append_encoded(&mut url, sent, &percent::encode_barely(value));
                    }
                    _ => percent::append(&mut url, sent, value),
                }
            }
        }
        self.append_beside(&mut url, values, params.others);
        if let Some(fragment) = &change.fragment {
            url.set_fragment(Some(fragment));
        }
        Ok(url)
    }

    /// What an authorization request says beside the standard's parameters: the entry's, and over them what is asked for this time.
    fn append_beside(&self, url: &mut Url, values: &Values, others: &BTreeMap<String, String>) {
        let obtain = &self.obtain;
        let scope = Scope::of(values);
        let second = obtain.scopes.second_list.as_ref();
        let second = second.and_then(|list| Some((&list.param, values.app.get(&list.param)?.clone())));
        let own = obtain.authorization.params.iter();
        let own = own.filter_map(|(name, value)| Some((name, scope.template(value).ok()?)));
        for (name, value) in second.into_iter().chain(own) {
            if !others.contains_key(name) {
                percent::append(url, name, &value);
            }
        }
        for (name, value) in others {
            if !value.is_empty() && !self.has_param_for_itself(name) {
                percent::append(url, name, value);
            }
        }
    }
}
