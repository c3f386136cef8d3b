//! What a session settles for an integration, against what its provider's entry knows.

use super::{Flows, Wish};
use crate::failures::Problem;
use latchkey_domain::Environment;
use latchkey_domain::session::{Preset, Presets};
use latchkey_oauth::{Inputs, own_client};
use latchkey_providers::{AuthMode, Provider};
use latchkey_secret::SecretText;
use latchkey_wire::{Fault, Kind, Reason};
use std::collections::BTreeMap;

/// How a credential is asked for otherwise than the integration says, or not asked for.
#[derive(Default)]
pub struct Otherwise {
    /// Parameters beside the entry's, or in their place; an empty value leaves the entry's out.
    pub params: BTreeMap<String, String>,
    /// A client of the end user's own (RFC 6749 §2), with its secret.
    pub client: Option<(String, Option<SecretText>)>,
    /// A refresh token (RFC 6749 §6) that was given already, to the client above or the integration's: nobody is sent to consent.
    pub refresh_token: Option<SecretText>,
}

impl Otherwise {
    /// What goes with the connection, where it is made with a client of its own.
    pub(super) fn own_client(&self) -> Option<Inputs> {
        self.client.as_ref().map(|(id, secret)| own_client(id, secret.as_ref()))
    }
}

impl Flows {
    /// # Errors
    /// Which field cannot be what it is, and why; the vault's, where there is no such integration.
    pub async fn check_presets(&self, environment: &Environment, presets: &Presets) -> Result<(), Fault> {
        for (key, preset) in presets {
            let integration = self.vault.get_integration(environment, key).await?;
            let provider = self.catalogue.get(&integration.settings.provider);
            let gone = |_| {
                let message = format!("The provider of `{key}` is not in the catalogue.");
                Fault::new(Kind::Refused, Reason::ProviderUnknown, message)
            };
            if let Some((field, message)) = misfit(&*provider.map_err(gone)?, preset) {
                let field = format!("presets[{key}].{field}");
                return Err(Fault::field_invalid(&field, format!("`{field}` {message}.")));
            }
        }
        Ok(())
    }
}

/// The field that says something this provider has no place for, and what is wrong with it.
fn misfit(provider: &Provider, preset: &Preset) -> Option<(String, String)> {
    let mode = provider.auth_mode();
    if !preset.scopes.is_empty() && !matches!(mode, AuthMode::OAuth2Code | AuthMode::OAuth1) {
        let message = "goes with providers an end user is sent to; set the integration's scopes";
        return Some(("scopes".to_owned(), message.to_owned()));
    }
    if !preset.authorization_params.is_empty() && mode != AuthMode::OAuth2Code {
        let message = "goes with authorization requests of OAuth 2, which this provider takes none of";
        return Some(("authorization_params".to_owned(), message.to_owned()));
    }
    if let Some(name) = reserved(provider, &preset.authorization_params) {
        let message = "is said by the protocol itself; leave it out";
        return Some((format!("authorization_params.{name}"), message.to_owned()));
    }
    let mut inputs = preset.inputs.iter();
    let wrong = inputs.find_map(|(name, value)| provider.check_known_input(name, value).err())?;
    Some((format!("inputs.{}", wrong.field), wrong.message.trim_end_matches('.').to_owned()))
}

fn reserved<'a>(provider: &Provider, params: &'a BTreeMap<String, String>) -> Option<&'a String> {
    params.keys().find(|name| provider.has_param_for_itself(name))
}

/// The wish as the session has it: what the backend settled counts, whatever the browser says.
pub(super) fn settled(mut wish: Wish, provider: &Provider, preset: Option<&Preset>) -> Result<Wish, Problem> {
    if let Some(name) = reserved(provider, &wish.otherwise.params) {
        return Err(Problem::Malformed(format!(
            "`{name}` of an authorization request is said by the protocol itself."
        )));
    }
    if let Some(Preset { inputs, authorization_params, .. }) = preset {
        wish.typed.extend(inputs.clone());
        wish.otherwise.params.extend(authorization_params.clone());
    }
    Ok(wish)
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_providers::{Catalogue, Trust};

    const AWAY: &str = r#"{"id": "away", "name": "Away", "obtain": {"type": "oauth2",
        "authorization_endpoint": "https://as.example.com/authorize", "token_endpoint": "https://as.example.com/token",
        "token_endpoint_auth_method": "client_secret_post", "code_challenge_methods": ["S256"]},
        "inputs": [{"name": "subdomain", "ask": "connection", "label": "Subdomain", "pattern": "^[a-z]+$"},
                   {"name": "password", "ask": "connection", "label": "Password", "secret": true}],
        "apply": {"scheme": "bearer"}, "api": {"base_url": "https://api.example.com"}}"#;

    fn away() -> std::sync::Arc<Provider> {
        Catalogue::embedded().with_entry(AWAY, Trust::Public).unwrap().get("away").unwrap()
    }

    fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn params(pairs: &[(&str, &str)]) -> Preset {
        Preset { authorization_params: texts(pairs), ..Preset::default() }
    }

    #[test]
    fn what_a_provider_has_no_place_for_is_named() {
        let field = |preset| misfit(&away(), &preset).map(|(field, _)| field);
        let inputs = |pairs: &[_]| Preset { inputs: texts(pairs), ..Preset::default() };
        assert_eq!(field(inputs(&[("subdomain", "acme")])), None);
        assert_eq!(field(params(&[("prompt", "login"), ("login_hint", "")])), None);
        assert_eq!(field(Preset { scopes: vec!["read".into()], ..Preset::default() }), None);
        assert_eq!(field(inputs(&[("subdomain", "A_1")])).as_deref(), Some("inputs.subdomain"));
        assert_eq!(field(inputs(&[("password", "x")])).as_deref(), Some("inputs.password"));
        assert_eq!(field(inputs(&[("client_id", "x")])).as_deref(), Some("inputs.client_id"));
        for name in ["state", "redirect_uri", "client_id", "scope", "request_uri", "response_mode"] {
            let named = field(params(&[(name, "")]));
            assert_eq!(named, Some(format!("authorization_params.{name}")));
        }
    }

    #[test]
    fn who_is_sent_nowhere_is_asked_for_no_scopes() {
        let catalogue = Catalogue::embedded();
        let openai = catalogue.get("openai").unwrap();
        let scopes = Preset { scopes: vec!["read".into()], ..Preset::default() };
        assert_eq!(misfit(&openai, &scopes).unwrap().0, "scopes");
        assert_eq!(misfit(&openai, &params(&[("prompt", "login")])).unwrap().0, "authorization_params");
    }
}
