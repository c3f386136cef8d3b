//! Providers, as the contract shows a catalogue entry: its own names for what ours has, and nothing ours does not have.

use super::body::Fields;
use super::{Door, Refusal};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::response::IntoResponse;
use http::header;
use latchkey_providers::{Ask, AuthMode, Input, InputFormat, Provider};
use latchkey_wire::Fault;
use serde_json::{Map, Value, json};
use tokio::task::spawn_blocking;

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

/// All of them by their names, for whoever asks. The catalogue is what it was when the process began, so it is written once.
pub async fn document(State(door): State<Door>) -> Result<impl IntoResponse + use<>, Refusal> {
    let written = door.written.clone();
    let write = move || {
        let entries = door.flows.catalogue.list();
        let entries = entries.map(|provider| (provider.id.clone(), door.provider(&provider)));
        Bytes::from(Value::Object(entries.collect()).to_string())
    };
    // Too long a piece of work for a thread that serves others.
    let body = spawn_blocking(move || written.get_or_init(write).clone()).await;
    let body = body.map_err(|_| Fault::internal())?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body))
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
            "scope_separator": provider.obtain.scopes.separator,
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
            "format": format(input.format),
            "prefix": input.before,
            "suffix": input.after,
            "visible_when": input.when.as_ref().map(|when| json!({ "field": when.input, "equals": when.is })),
            "secret": input.secret,
            "optional": !input.required,
            "order": order,
        });
        (input.name.clone(), without_nothing(field))
    });
    let fields: Map<String, Value> = fields.collect();
    if fields.is_empty() { Value::Null } else { Value::Object(fields) }
}

/// By the contract's word; what it has no word for is checked here alone.
fn format(format: Option<InputFormat>) -> Option<&'static str> {
    match format? {
        InputFormat::Hostname => Some("hostname"),
        InputFormat::Uri => Some("uri"),
        InputFormat::Uuid => Some("uuid"),
        InputFormat::Email => Some("email"),
        InputFormat::Pem => None,
    }
}

fn without_nothing(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, value| !value.is_null());
    }
    value
}
