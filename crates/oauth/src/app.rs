//! Who asks: the integration's OAuth app, and what was typed for the connection.

use latchkey_providers::{Provider, RefreshMode, Values, server};
use latchkey_secret::{ClientSecret, Handout, Renewal, SecretText};
use std::{
    collections::BTreeMap,
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{internal, scrub::Secrets};

/// An integration's registration at a provider (RFC 6749 §2).
pub struct App {
    /// Empty where the provider's entry needs none.
    pub client_id: String,
    pub client_secret: Option<ClientSecret>,
    /// What is asked for (RFC 6749 §3.3).
    pub scopes: Vec<String>,
    /// What the developer filled in besides, by the catalogue's input name.
    pub fields: BTreeMap<String, SecretText>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("client_id", &self.client_id)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// What was typed for one connection, by the catalogue's input name, secret or not.
pub type Inputs = BTreeMap<String, SecretText>;

/// Everything the templates of one request may read, and from it what an answer must not repeat.
pub(crate) struct Material<'a> {
    provider: &'a Provider,
    pub(crate) values: Values,
    pub(crate) secrets: Secrets,
}

impl<'a> Material<'a> {
    pub(crate) fn empty(provider: &'a Provider) -> Self {
        Self { provider, values: fresh_values(), secrets: Secrets::default() }
    }

    pub(crate) fn of_app(provider: &'a Provider, app: &App) -> Self {
        let mut material = Self::empty(provider);
        if !app.client_id.is_empty() {
            material.values.app.insert("client_id".into(), app.client_id.clone());
        }
        if let Some(secret) = &app.client_secret {
            material.values.app.insert("client_secret".into(), secret.expose().to_owned());
            material.secrets.add(secret.expose());
            material.secrets.add(&format!("{}:{}", app.client_id, secret.expose()));
        }
        let scopes = provider.scope_text(&app.scopes);
        if !scopes.is_empty() {
            material.values.app.insert("scopes".into(), scopes);
        }
        for (name, value) in &app.fields {
            material.hide(name, value.expose());
            material.values.app.insert(name.clone(), value.expose().to_owned());
        }
        material
    }

    /// For what needs no app.
    pub(crate) fn bare(provider: &'a Provider) -> Self {
        Self { provider, values: fresh_values(), secrets: Secrets::default() }
    }

    /// What was typed, and what earlier answers gave.
    pub(crate) fn with_fields(mut self, fields: &Inputs) -> Self {
        for (name, value) in fields {
            if let Some(known) = name.strip_prefix(server::PREFIX) {
                self.know(known, value.expose());
                continue;
            }
            if internal::split(name).is_some() {
                self.remember(name, value.expose());
                continue;
            }
            self.hide(name, value.expose());
            let space = if is_set_secret(self.provider, name) {
                &mut self.values.token
            } else {
                &mut self.values.conn
            };
            space.insert(name.clone(), value.expose().to_owned());
        }
        self
    }

    /// What a renewal holds besides fields; see [`internal`].
    fn remember(&mut self, name: &str, value: &str) {
        let space = match internal::split(name) {
            Some((internal::ASSERTION, name)) => Some((&mut self.values.assertion, name)),
            Some((internal::TOKEN, name)) => Some((&mut self.values.token, name)),
            Some((internal::COMPANION, path)) => path
                .split_once('.')
                .map(|(companion, name)| (self.values.companion.entry(companion.into()).or_default(), name)),
            _ => None,
        };
        if let Some((space, name)) = space {
            space.insert(name.into(), value.into());
            self.secrets.add(value);
        }
    }

    /// What discovery and registration found out stands where the app's own would.
    fn know(&mut self, name: &str, value: &str) {
        if server::is_secret(name) {
            self.secrets.add(value);
        }
        match name {
            server::CLIENT_ID => {
                self.values.app.insert(name.into(), value.into());
                // The developer's secret belongs to the developer's client, and to no other.
                self.values.app.remove(server::CLIENT_SECRET);
            }
            server::CLIENT_SECRET => {
                if let Some(id) = self.values.app.get(server::CLIENT_ID) {
                    self.secrets.add(&format!("{id}:{value}"));
                }
                self.values.app.insert(name.into(), value.into());
            }
            _ => {
                self.values.server.insert(name.into(), value.into());
            }
        }
    }

    pub(crate) fn with_handout(mut self, handout: &Handout) -> Self {
        if let Some(token) = &handout.access_token {
            self = self.with_token("access_token", token.expose());
        }
        self.with_fields(&handout.fields)
    }

    pub(crate) fn with_renewal(mut self, renewal: &Renewal) -> Self {
        if let Some(token) = &renewal.refresh_token {
            // What renews is the access token itself where the provider knows no other.
            let by_itself = self.provider.refresh_mode() == RefreshMode::AccessToken;
            let name = if by_itself { "access_token" } else { "refresh_token" };
            self = self.with_token(name, token.expose());
        }
        self.with_fields(&renewal.fields)
    }

    pub(crate) fn with_token(mut self, name: &str, value: &str) -> Self {
        self.secrets.add(value);
        self.values.token.insert(name.into(), value.into());
        self
    }

    pub(crate) fn with_flow(mut self, name: &str, value: &str) -> Self {
        self.values.flow.insert(name.into(), value.into());
        self
    }

    pub(crate) fn with_secret_flow(mut self, name: &str, value: &str) -> Self {
        self.secrets.add(value);
        self.with_flow(name, value)
    }

    /// A field is a secret unless the entry says that it is not.
    fn hide(&mut self, name: &str, value: &str) {
        let typed = self.provider.inputs.iter().find(|input| input.name == name);
        let is_plain = typed.map_or_else(
            || self.provider.obtain.token_response.set.contains_key(name),
            |input| !input.secret,
        );
        if !is_plain {
            self.secrets.add(value);
        }
    }
}

pub(crate) fn is_set_secret(provider: &Provider, name: &str) -> bool {
    provider.obtain.token_response.set_secret.contains_key(name)
}

fn fresh_values() -> Values {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut values = Values::at(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX));
    values.randomness = Some(rand::random());
    values
}
