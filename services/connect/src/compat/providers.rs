//! Providers, as the contract shows a catalogue entry: its own names for what ours has, and nothing ours does not have.

use super::body::Fields;
use super::{Door, Refusal};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use latchkey_providers::{Ask, AuthMode, Input, Provider};
use serde_json::{Map, Value, json};

pub async fn list(State(door): State<Door>, RawQuery(query): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Fields::of_query(query.as_deref());
    let search = query.optional_text("search").unwrap_or_default().to_lowercase();
    query.done()?;
    let providers = door.flows.catalogue.list();
    let found = providers
        .filter(|provider| provider.id.contains(&search) || provider.name.to_lowercase().contains(&search));
    Ok(Json(json!({ "data": found.map(|provider| door.provider(&provider)).collect::<Vec<_>>() })))
}

pub async fn one(State(door): State<Door>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let provider =
        door.flows.catalogue.get(&id).map_err(|unknown| Refusal::not_found(unknown.to_string()))?;
    Ok(Json(json!({ "data": door.provider(&provider) })))
}

impl Door {
    fn provider(&self, provider: &Provider) -> Value {
        // Addresses are shown as they are written: only the document still has them so.
        let document = self.flows.catalogue.document(&provider.id).unwrap_or_default();
        let written = |pointer: &str| document.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let mode = provider.auth_mode();
        let (credentials, config): (Vec<_>, Vec<_>) = provider
            .inputs
            .iter()
            .filter(|input| matches!(input.ask, Ask::Connection | Ask::Once))
            .partition(|input| is_credential(mode, input));
        let mut shown = json!({
            "name": provider.id,
            "display_name": provider.name,
            "logo_url": self.logo(&provider.id),
            "auth_mode": mode.as_str(),
            "categories": provider.categories,
            "docs": provider.links.api_docs,
            "setup_guide_url": provider.links.app_setup,
            "authorization_url": written("/obtain/authorization_endpoint"),
            "token_url": written("/obtain/token_endpoint"),
            "default_scopes": provider.obtain.scopes.default,
            "connection_config": described(&config),
            "credentials": described(&credentials),
        });
        if let Some(base_url) = written("/api/base_url") {
            shown["proxy"] = json!({ "base_url": base_url });
        }
        without_nothing(shown)
    }
}

/// Whether the contract keeps an input with the credentials, rather than with the connection's settings.
pub fn is_credential(mode: AuthMode, input: &Input) -> bool {
    input.secret || (mode == AuthMode::Basic && ["username", "password"].contains(&input.name.as_str()))
}

fn described(inputs: &[&Input]) -> Value {
    let fields = inputs.iter().enumerate().map(|(order, input)| {
        let field = json!({
            "type": "string",
            "title": input.label,
            "description": input.help,
            "pattern": input.pattern,
            "enum": if input.one_of.is_empty() { Value::Null } else { json!(input.one_of) },
            "default_value": input.default,
            "prefix": input.before,
            "secret": input.secret,
            "optional": !input.required,
            "order": order,
        });
        (input.name.clone(), without_nothing(field))
    });
    let fields: Map<String, Value> = fields.collect();
    if fields.is_empty() { Value::Null } else { Value::Object(fields) }
}

fn without_nothing(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, value| !value.is_null());
    }
    value
}
