//! Integrations: registered apps. Their secret is given back only to who may have whole credentials, and that is recorded.

use super::body::{Fields, shortened};
use super::shown::Session;
use super::{Door, Refusal, text};
use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use http::HeaderMap;
use latchkey_domain::api_key::Scope;
use latchkey_domain::integration::Settings;
use latchkey_domain::{AuthorizationId, IntegrationKey};
use latchkey_providers::{Ask, AuthMode, Provider};
use latchkey_secret::ClientSecret;
use latchkey_wire::contract::{IntegrationView, PrepareConnection, Target};
use latchkey_wire::convert::{secret_to_pb, timestamp_to_pb};
use latchkey_wire::{Kind, Reason};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is registered of an app that is installed: as it is called here, and in the contract.
const APP_FIELDS: [(&str, &str); 2] = [("app_private_key", "private_key"), ("install_url", "app_link")];

type Answer = Result<Json<Value>, Refusal>;

pub async fn list(
    State(door): State<Door>,
    session: Option<Extension<Session>>,
    headers: HeaderMap,
) -> Answer {
    if let Some(Extension(Session(session))) = session {
        let offered = session.integrations.iter().map(|view| door.offered_integration(view));
        return Ok(Json(json!({ "data": offered.collect::<Vec<_>>() })));
    }
    let listed = door.call("ListIntegrations", &headers, json!({})).await?;
    let integrations = listed["integrations"].as_array().into_iter().flatten();
    Ok(Json(json!({ "data": integrations.map(|it| door.integration(it)).collect::<Vec<_>>() })))
}

pub async fn one(
    State(door): State<Door>,
    headers: HeaderMap,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let mut query = Fields::of_query(query.as_deref());
    let mut include = query.texts("include").unwrap_or_default();
    query.done()?;
    let integration = door.registered(&headers, &key).await?;
    let mut shown = door.integration(&integration);
    include.sort();
    for what in include {
        match what.as_str() {
            "credentials" => shown["credentials"] = door.app_credentials(&headers, &key).await?,
            // Providers' own webhooks are not received here.
            "webhook" => shown["webhook_url"] = Value::Null,
            _ => {
                let message = "`include` may be webhook or credentials.";
                let issue = super::refusal::Issue::custom(&["include"], message);
                return Err(Refusal::invalid("invalid_query_params", vec![issue]));
            }
        }
    }
    Ok(Json(json!({ "data": shown })))
}

impl Door {
    /// The app's client id and secret, for who may be given whole credentials. The vault records it first.
    async fn app_credentials(&self, headers: &HeaderMap, key: &str) -> Result<Value, Refusal> {
        let environment = self.allowed(headers, Scope::CredentialsRead).await?;
        let integration: IntegrationKey =
            key.parse().map_err(|_| Refusal::not_found("There is no such integration."))?;
        let prepared = self
            .flows
            .vault
            .prepare_connection(PrepareConnection {
                environment,
                target: Target::New(integration),
                request: AuthorizationId::from_bytes([0; 16]),
                named: false,
                reveals_app: true,
            })
            .await?;
        let provider = self.flows.provider(&prepared.provider)?;
        let mode = provider.auth_mode();
        if mode == AuthMode::Installation {
            // Under the names that an app may be registered with, and its own.
            let fields = prepared
                .app
                .fields
                .iter()
                .map(|(name, value)| (name.clone(), Value::from(secret_to_pb(value))));
            let mut shown: Map<String, Value> = fields.collect();
            shown.insert("type".to_owned(), mode.as_str().into());
            for (ours, theirs) in APP_FIELDS {
                if let Some(value) = shown.get(ours).cloned() {
                    shown.entry(theirs).or_insert(value);
                }
            }
            return Ok(Value::Object(shown));
        }
        if !matches!(mode, AuthMode::OAuth2Code | AuthMode::OAuth1 | AuthMode::OAuth1Given) {
            return Ok(Value::Null);
        }
        let secret = prepared.app.client_secret.map(ClientSecret::into_text);
        Ok(json!({
            "type": mode.as_str(),
            "client_id": prepared.app.client_id,
            "client_secret": secret.as_ref().map(secret_to_pb),
            "scopes": prepared.app.scopes.join(","),
            "webhook_secret": Value::Null,
        }))
    }
}

/// The path of old.
pub async fn config(
    State(door): State<Door>,
    headers: HeaderMap,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let with_credentials = Fields::of_query(query.as_deref()).flag("include_creds");
    let integration = door.registered(&headers, &key).await?;
    let mut shown = door.integration(&integration);
    if with_credentials {
        shown["credentials"] = door.app_credentials(&headers, &key).await?;
    }
    Ok(Json(json!({ "config": shown })))
}

pub async fn create(State(door): State<Door>, headers: HeaderMap, mut body: Fields) -> Answer {
    let key = body.text("unique_key");
    let provider_id = body.text("provider");
    let wish = Wish::read(&mut body)?;
    body.done()?;
    let provider = door.flows.catalogue.get(&provider_id);
    let provider = provider.map_err(|unknown| Refusal::body(&["provider"], unknown.to_string()))?;
    match door.call("GetIntegration", &headers, json!({ "key": key })).await {
        Ok(_) => return Err(Refusal::body(&["unique_key"], "There is an integration with this key.")),
        Err(fault) if fault.kind == Kind::NotFound => {}
        Err(fault) => return Err(fault.into()),
    }
    let wanted = json!({ "key": key, "provider": provider_id });
    door.put(&headers, wanted, wish, &provider).await
}

pub async fn change(
    State(door): State<Door>,
    headers: HeaderMap,
    Path(key): Path<String>,
    mut body: Fields,
) -> Answer {
    let environment = door.allowed(&headers, Scope::IntegrationsAdmin).await?;
    let renamed = body.optional_text("unique_key").filter(|wanted| *wanted != key);
    let wish = Wish::read(&mut body)?;
    body.done()?;
    let mut present = door.registered(&headers, &key).await?;
    if renamed.is_some() && door.is_connected(&headers, &key).await? {
        let message = "There are connections to this integration, so it keeps its key.";
        return Err(Refusal::body(&["unique_key"], message));
    }
    let provider = door.flows.catalogue.get(text(&present, "/provider"));
    let provider = provider.map_err(|unknown| Refusal::body(&["provider"], unknown.to_string()))?;
    if let Value::Object(present) = &mut present {
        present.remove("redirect_uri");
        present.remove("create_time");
    }
    let changed = door.put(&headers, present, wish, &provider).await?;
    let Some(renamed) = renamed else { return Ok(changed) };
    door.rename(&environment, &key, &renamed, &provider).await?;
    let renamed = door.registered(&headers, &renamed).await?;
    Ok(Json(json!({ "data": door.integration(&renamed) })))
}

pub async fn delete(State(door): State<Door>, headers: HeaderMap, Path(key): Path<String>) -> Answer {
    door.registered(&headers, &key).await?;
    door.call("DeleteIntegration", &headers, json!({ "key": key })).await?;
    Ok(Json(json!({ "success": true })))
}

/// What of an integration may be set.
struct Wish {
    display_name: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scopes: Option<Vec<String>>,
    /// Which way to connect the credentials were given for.
    mode: Option<String>,
    /// By the provider's input names.
    fields: BTreeMap<String, String>,
}

impl Wish {
    fn read(body: &mut Fields) -> Result<Self, Refusal> {
        // Providers' own webhooks are not received here, so there is nothing to forward: the answer says so.
        body.flag("forward_webhooks");
        let display_name = body.optional_text("display_name");
        let mut fields = body.text_map("integration_config");
        fields.append(&mut body.text_map("custom"));
        let mut wish =
            Self { display_name, client_id: None, client_secret: None, scopes: None, mode: None, fields };
        if let Some(object) = body.object("credentials") {
            let mut credentials = Fields::new("invalid_body", object);
            credentials.refuse_unsupported(&["webhook_secret"])?;
            wish.mode = Some(credentials.text("type"));
            wish.client_id = credentials.optional_text("client_id");
            wish.client_secret = credentials.optional_text("client_secret");
            wish.scopes = credentials.optional_text("scopes").map(|scopes| listed(&scopes));
            for name in ["app_id", "app_link", "private_key"] {
                wish.fields.extend(credentials.optional_text(name).map(|text| (name.to_owned(), text)));
            }
            credentials.done_within("credentials")?;
        }
        Ok(wish)
    }
}

fn is_input(provider: &Provider, name: &str) -> bool {
    provider.inputs.iter().any(|input| input.name == name)
}

/// A comma or a space between two scopes.
fn listed(scopes: &str) -> Vec<String> {
    let parts = scopes.split([',', ' ']).map(str::trim);
    parts.filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

impl Door {
    async fn registered(&self, headers: &HeaderMap, key: &str) -> Result<Value, Refusal> {
        match self.call("GetIntegration", headers, json!({ "key": key })).await {
            Ok(mut found) => Ok(found["integration"].take()),
            // No integration has a key that cannot be one.
            Err(fault) if fault.kind == Kind::NotFound || fault.reason == Reason::FieldInvalid => {
                Err(Refusal::not_found(format!("There is no integration `{}`.", shortened(key))))
            }
            Err(fault) => Err(fault.into()),
        }
    }

    async fn put(
        &self,
        headers: &HeaderMap,
        mut integration: Value,
        wish: Wish,
        provider: &Provider,
    ) -> Answer {
        let mode = provider.auth_mode().as_str();
        if wish.mode.is_some_and(|given| given != mode) {
            return Err(Refusal::body(&["credentials", "type"], format!("This provider's is {mode}.")));
        }
        let (mut fields, mut secret_fields) = (Map::new(), Map::new());
        for (name, value) in wish.fields {
            let ours = APP_FIELDS.iter().find(|(_, theirs)| *theirs == name).map(|(ours, _)| *ours);
            let name = ours.filter(|ours| is_input(provider, ours)).map_or(name, str::to_owned);
            let presettable = |ask: &Ask| matches!(ask, Ask::Integration);
            match provider
                .inputs
                .iter()
                .find(|it| it.name == name && (presettable(&it.ask) || it.presettable))
            {
                None => return Err(Refusal::body(&[&name], "This provider's apps have no such field.")),
                Some(input) if input.secret => drop(secret_fields.insert(name, value.into())),
                Some(_) => drop(fields.insert(name, value.into())),
            }
        }
        if let Some(Value::Object(mut kept)) = integration.get("fields").cloned() {
            kept.append(&mut fields);
            fields = kept;
        }
        integration["fields"] = Value::Object(fields);
        let set = [
            ("display_name", wish.display_name.map(Value::from)),
            ("client_id", wish.client_id.map(Value::from)),
            ("scopes", wish.scopes.map(Value::from)),
        ];
        for (name, value) in set {
            if let Some(value) = value {
                integration[name] = value;
            }
        }
        let mut request = json!({ "integration": integration });
        if let Some(client_secret) = wish.client_secret {
            request["client_secret"] = client_secret.into();
        }
        if !secret_fields.is_empty() {
            request["secret_fields"] = Value::Object(secret_fields);
        }
        let put = self.call("PutIntegration", headers, request).await?;
        Ok(Json(json!({ "data": self.integration(&put["integration"]) })))
    }

    fn integration(&self, integration: &Value) -> Value {
        let of = |pointer| text(integration, pointer);
        let fields = integration["fields"].as_object().into_iter().flatten();
        let preset = fields.map(|(name, _)| name.as_str()).collect();
        self.described(of("/key"), of("/provider"), of("/display_name"), of("/create_time"), preset)
    }

    /// As a session's end user may see it.
    fn offered_integration(&self, view: &IntegrationView) -> Value {
        let Settings { provider, display_name, fields, .. } = &view.settings;
        let preset = fields.keys().map(String::as_str).collect();
        let created = timestamp_to_pb(view.created_at).to_string();
        self.described(view.key.as_str(), provider, display_name, &created, preset)
    }

    fn described(&self, key: &str, provider: &str, name: &str, created: &str, preset: Vec<&str>) -> Value {
        let entry = self.flows.catalogue.get(provider).ok();
        // One that was given no name is called as its provider is.
        let named = || entry.as_ref().map(|entry| entry.name.clone());
        let name = if name.is_empty() { named().unwrap_or_default() } else { name.to_owned() };
        // What a developer filled in for every end user; what is asked of developers alone is no end user's.
        let is_asked = |name: &&str| {
            entry.as_ref().is_some_and(|entry| entry.connection_inputs().any(|input| input.name == **name))
        };
        json!({
            "unique_key": key,
            "provider": provider,
            "display_name": name,
            "logo": self.logo(provider),
            "forward_webhooks": false,
            "preconfigured_credentials": preset.into_iter().filter(is_asked).collect::<Vec<_>>(),
            "created_at": created,
            // When it was changed is not told natively.
            "updated_at": created,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_come_as_one_text() {
        assert_eq!(listed("repo, user:email read"), ["repo", "user:email", "read"]);
        assert!(listed(" ").is_empty());
    }
}
