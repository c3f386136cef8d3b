//! How a credential goes on a request to the provider's API, and to which origins it may go at all.

use crate::error::RenderError;
use crate::evaluate::Scope;
use crate::format::entry::{Provider, Scheme};
use crate::format::url_template::UrlTemplate;
use crate::place::header_value;
use crate::values::Values;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;

const PLACE: &str = "the API request";

impl Provider {
    /// Ready-made headers of a request to the provider's API, names in lower case. Their values are secret.
    pub fn headers(&self, values: &Values) -> Result<BTreeMap<String, String>, RenderError> {
        let scope = Scope::of(values);
        let mut headers = BTreeMap::new();
        if let Some(authorization) = self.authorization_header(scope)? {
            headers.insert("authorization".to_owned(), authorization);
        }
        headers.extend(self.header_texts(PLACE, &self.api.headers, scope)?);
        headers.extend(self.header_texts(PLACE, &self.apply.headers, scope)?);
        Ok(headers)
    }

    /// Query entries every request to the provider's API carries. Those of `apply` are secret.
    pub fn query(&self, values: &Values) -> Vec<(String, String)> {
        let scope = Scope::of(values);
        let entries = self.api.query.iter().chain(&self.apply.query);
        entries.filter_map(|(name, template)| Some((name.clone(), scope.template(template).ok()?))).collect()
    }

    /// Where the credential may be sent: `https://host[:port]`, or `https://*.suffix` for any host under it.
    ///
    /// A wildcard of `api.hosts` is left out where a value chooses the host of `api.base_url`: there it only says what that
    /// value may be, and the credential of one account must not go to another account's host.
    pub fn origins(&self, values: &Values) -> Result<Vec<String>, RenderError> {
        let mut origins = Vec::new();
        let mut chosen = false;
        if let Some(base) = &self.api.base_url {
            origins.push(self.url("api.base_url", base, Scope::of(values))?.origin().ascii_serialization());
            chosen = base.host_holes().next().is_some();
        }
        for pattern in self.api.hosts.iter().filter(|pattern| !(chosen && pattern.is_wildcard())) {
            let origin = format!("https://{}", pattern.text);
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        Ok(origins)
    }

    /// Where the provider's API is.
    pub fn base_url(&self, values: &Values) -> Result<Option<url::Url>, RenderError> {
        let render = |base: &UrlTemplate| self.url("api.base_url", base, Scope::of(values));
        self.api.base_url.as_ref().map(render).transpose()
    }

    fn authorization_header(&self, scope: Scope<'_>) -> Result<Option<String>, RenderError> {
        let undefined = |reference: String| RenderError::Undefined { place: PLACE, reference };
        match self.apply.scheme {
            Scheme::None => Ok(None),
            Scheme::Bearer => {
                let token = scope.values.token.get("access_token").filter(|token| !token.is_empty());
                let token = token.ok_or_else(|| undefined("token.access_token".into()))?;
                header_value(PLACE, "authorization", format!("Bearer {token}")).map(Some)
            }
            Scheme::Basic => {
                let username = self.apply.username.as_ref().ok_or(RenderError::Missing("apply.username"))?;
                let username = scope.template(username).map_err(undefined)?;
                let password = self.apply.password.as_ref().map(|password| scope.template(password));
                let password = password.transpose().map_err(undefined)?.unwrap_or_default();
                if username.contains(':') || username.chars().chain(password.chars()).any(char::is_control) {
                    return Err(RenderError::Refused {
                        place: PLACE,
                        reference: "the user name or password".into(),
                        reason: "RFC 7617 §2 allows neither a colon in the one nor control characters in either",
                    });
                }
                Ok(Some(format!("Basic {}", STANDARD.encode(format!("{username}:{password}")))))
            }
            // There is none before there is a request: see [`Self::signer`].
            Scheme::OAuth1 | Scheme::AwsSigv4 => Ok(None),
        }
    }
}
