//! What a session settles for its integrations, in the contract's words and back.

use super::body::Fields;
use super::spelling::named;
use super::{Door, Refusal};
use latchkey_domain::Environment;
use latchkey_domain::session::{Preset, Presets};
use latchkey_providers::{AuthMode, Provider};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The contract's word for leaving a parameter out: what a client for browsers writes in a query for a value that is none.
const LEFT_OUT: &str = "undefined";

/// Under this name the contract has another list of scopes among the settings.
const SCOPES: &str = "oauth_scopes_override";

/// Scopes of the user beside those of the app, where a provider has both.
const USER_SCOPE: &str = "user_scope";

/// Parameters of an authorization request as a caller gives them.
pub fn params(given: BTreeMap<String, String>, user_scope: Option<String>) -> BTreeMap<String, String> {
    let user_scope = user_scope.filter(|text| !text.is_empty()).map(|text| (USER_SCOPE.to_owned(), text));
    let given = given.into_iter().map(|(name, value)| match value.as_str() {
        LEFT_OUT => (name, String::new()),
        _ => (name, value),
    });
    user_scope.into_iter().chain(given).collect()
}

impl Door {
    /// The native presets of a session that offers these integrations, by `integrations_config_defaults` and `overrides`.
    pub async fn presets(
        &self,
        environment: &Environment,
        body: &mut Fields,
        offered: &[String],
    ) -> Result<Value, Refusal> {
        let defaults = body.object("integrations_config_defaults").unwrap_or_default();
        let overrides = body.object("overrides").unwrap_or_default();
        if defaults.is_empty() && overrides.is_empty() {
            return Ok(json!({}));
        }
        let views = self.flows.vault.list_integrations(environment).await?;
        let mut presets: BTreeMap<String, Value> = BTreeMap::new();
        for (field, all) in [("integrations_config_defaults", defaults), ("overrides", overrides)] {
            for (key, given) in all {
                let view = views.iter().find(|view| view.key.as_str() == key);
                let view =
                    view.ok_or_else(|| Refusal::body(&[field, &key], "There is no such integration."))?;
                let Value::Object(given) = given else {
                    return Err(Refusal::body(&[field, &key], "This must be an object."));
                };
                // What is said of an integration that the session does not offer says nothing of the session.
                if !offered.contains(&key) {
                    continue;
                }
                let given = Fields::new("invalid_body", given);
                let preset = presets.entry(key).or_insert_with(|| json!({}));
                if field == "overrides" {
                    overridden(given, preset)?;
                } else {
                    let provider = self.flows.provider(&view.settings.provider)?;
                    defaulted(&provider, given, preset)?;
                }
            }
        }
        Ok(json!(presets))
    }
}

fn overridden(mut given: Fields, preset: &mut Value) -> Result<(), Refusal> {
    let docs = given.optional_text("docs_connect").unwrap_or_default();
    given.done()?;
    preset["docs_url"] = docs.into();
    Ok(())
}

fn defaulted(provider: &Provider, mut given: Fields, preset: &mut Value) -> Result<(), Refusal> {
    let user_scopes = given.optional_text("user_scopes");
    let authorization_params = given.text_map("authorization_params");
    let mut settings = given.object("connection_config").unwrap_or_default();
    given.done()?;
    let scopes = settings.remove(SCOPES).unwrap_or_default();
    // The contract takes these for every integration; where nobody is sent to consent there is no request they could be in.
    let mode = provider.auth_mode();
    if matches!(mode, AuthMode::OAuth2Code | AuthMode::OAuth1) {
        preset["scopes"] = json!(listed(scopes.as_str().unwrap_or_default()));
    }
    if mode == AuthMode::OAuth2Code {
        preset["authorization_params"] = json!(params(authorization_params, user_scopes));
    }
    let (inputs, config) = sorted(provider, settings);
    preset["inputs"] = json!(inputs);
    preset["config"] = Value::Object(config);
    Ok(())
}

/// Separated by commas or spaces: the contract has both.
fn listed(scopes: &str) -> Vec<&str> {
    scopes.split([',', ' ']).filter(|scope| !scope.is_empty()).collect()
}

/// Settings that an end user would be asked for, by our names, and the customer's own.
fn sorted(
    provider: &Provider,
    settings: Map<String, Value>,
) -> (BTreeMap<String, String>, Map<String, Value>) {
    let (mut inputs, mut config) = (BTreeMap::new(), Map::new());
    for (name, value) in settings {
        let input = value.as_str().filter(|text| !text.is_empty()).and_then(|text| {
            let (ours, text) =
                named(provider, BTreeMap::from([(name.clone(), text.to_owned())])).pop_first()?;
            provider.connection_inputs().any(|input| input.name == ours).then_some((ours, text))
        });
        match input {
            Some((name, text)) => drop(inputs.insert(name, text)),
            None => drop(config.insert(name, value)),
        }
    }
    (inputs, config)
}

/// What a page is told of them: `integrations_config_defaults`, and `overrides`.
pub fn told(presets: &Presets) -> (Value, Value) {
    let defaults = presets.iter().map(|(key, preset)| (key.to_string(), defaults_told(preset)));
    let documented = presets.iter().filter(|(_, preset)| !preset.docs_url.is_empty());
    let overrides =
        documented.map(|(key, preset)| (key.to_string(), json!({ "docs_connect": preset.docs_url })));
    (Value::Object(defaults.collect()), Value::Object(overrides.collect()))
}

fn defaults_told(preset: &Preset) -> Value {
    let Preset { scopes, authorization_params, inputs, config, docs_url: _ } = preset;
    let mut settings = config.clone();
    settings.extend(inputs.iter().map(|(name, value)| (name.clone(), value.clone().into())));
    if !scopes.is_empty() {
        settings.insert(SCOPES.to_owned(), scopes.join(",").into());
    }
    json!({ "connection_config": settings, "authorization_params": authorization_params })
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_providers::Catalogue;

    fn native(provider: &str, given: Value) -> Value {
        let Value::Object(given) = given else { unreachable!() };
        let provider = Catalogue::embedded().get(provider).unwrap();
        let mut preset = json!({});
        defaulted(&provider, Fields::new("invalid_body", given), &mut preset).unwrap();
        preset
    }

    #[test]
    fn the_contracts_words_become_ours() {
        let given = json!({
            "user_scopes": "search:read",
            "authorization_params": { "team": "T1", "prompt": "undefined" },
            "connection_config": { "oauth_scopes_override": "chat:write, users:read", "plan": "pro", "seats": 3 },
        });
        let expected = json!({
            "scopes": ["chat:write", "users:read"],
            "authorization_params": { "user_scope": "search:read", "team": "T1", "prompt": "" },
            "inputs": {},
            "config": { "plan": "pro", "seats": 3 },
        });
        assert_eq!(native("slack", given), expected);
        let given = json!({ "connection_config": { "subdomain": "acme" } });
        assert_eq!(native("zendesk", given)["inputs"], json!({ "subdomain": "acme" }));
    }

    #[test]
    fn where_nobody_is_sent_to_consent_nothing_is_asked_otherwise() {
        let given = json!({
            "authorization_params": { "prompt": "login" },
            "connection_config": { "oauth_scopes_override": "read" },
        });
        let preset = native("openai", given);
        assert!(preset.get("scopes").is_none() && preset.get("authorization_params").is_none(), "{preset}");
    }

    #[test]
    fn a_page_is_told_what_was_settled() {
        let preset = Preset {
            scopes: vec!["read".into(), "write".into()],
            authorization_params: BTreeMap::from([("prompt".into(), "login".into())]),
            inputs: BTreeMap::from([("subdomain".into(), "acme".into())]),
            docs_url: "https://example.com/help".into(),
            ..Preset::default()
        };
        let (defaults, overrides) = told(&Presets::from([("zendesk".parse().unwrap(), preset)]));
        let expected = json!({ "zendesk": {
            "connection_config": { "subdomain": "acme", "oauth_scopes_override": "read,write" },
            "authorization_params": { "prompt": "login" },
        } });
        assert_eq!(defaults, expected);
        assert_eq!(overrides, json!({ "zendesk": { "docs_connect": "https://example.com/help" } }));
    }
}
