//! Connections. Reading one is also how a caller of the contract gets its credential, where its key may have that.

use super::body::Fields;
use super::credentials::{self, RefreshTokens};
use super::end_user::{described, shown_tags};
use super::providers::is_credential;
use super::spelling::camel;
use super::{Door, Refusal, text};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use http::{HeaderMap, StatusCode};
use latchkey_domain::api_key::Scope;
use latchkey_domain::integration::Settings;
use latchkey_domain::{ConnectionId, Environment};
use latchkey_oauth::otherwise_learnt;
use latchkey_providers::{Ask, AuthMode, Provider};
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::{Fault, Kind, Reason};
use serde_json::{Map, Value, json};
use std::sync::Arc;

type Answer = Result<Json<Value>, Refusal>;

pub async fn one(
    State(door): State<Door>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let environment = door.allowed(&headers, Scope::ConnectionsRead).await?;
    let mut query = Fields::of_query(query.as_deref());
    let key = query.text("provider_config_key");
    let force = query.flag("force_refresh");
    let refresh_token = query.flag("refresh_token");
    let app_token = query.flag("refresh_github_app_jwt_token");
    query.done()?;
    let asks = force || refresh_token || app_token;
    let full = match door.allowed(&headers, Scope::CredentialsRead).await {
        Ok(_) => true,
        Err(fault) if fault.reason == Reason::ScopeNotGranted && !asks => false,
        Err(fault) => return Err(fault.into()),
    };
    door.provider_of(&environment, &key).await?;
    let missing = || Refusal::not_found("This integration has no such connection.");
    let connection = door.connection(&headers, &id, &key).await?.ok_or_else(missing)?;
    if !full {
        return Ok(Json(whole(&connection)));
    }
    let refresh_tokens = if refresh_token { RefreshTokens::Given } else { RefreshTokens::LeftOut };
    let mut shown = door.with_credential(&headers, &connection, force, refresh_tokens).await?;
    // The app's own token, which goes with what it is installed for.
    if app_token
        && text(&shown, "/credentials/type") == AuthMode::Installation.as_str()
        && let Ok(integration) = key.parse()
        && let Some(token) = door.flows.app_token(&environment, &integration).await?
    {
        shown["credentials"]["jwtToken"] = secret_to_pb(&token).into();
    }
    Ok(Json(shown))
}

/// A connection that was just made: with its credential, where the caller's key may have that.
pub async fn whole_of(door: &Door, headers: &HeaderMap, connection: &Value) -> Result<Value, Refusal> {
    match door.allowed(headers, Scope::CredentialsRead).await {
        Ok(_) => door.with_credential(headers, connection, false, RefreshTokens::LeftOut).await,
        Err(fault) if fault.reason == Reason::ScopeNotGranted => Ok(whole(connection)),
        Err(fault) => Err(fault.into()),
    }
}

pub async fn delete(
    State(door): State<Door>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    door.allowed(&headers, Scope::ConnectionsDelete).await?;
    let mut query = Fields::of_query(query.as_deref());
    let key = query.text("provider_config_key");
    query.done()?;
    let unknown =
        || Refusal::new(StatusCode::BAD_REQUEST, "unknown_connection", "There is no such connection.");
    let connection = door.connection(&headers, &id, &key).await?.ok_or_else(unknown)?;
    door.call("DeleteConnection", &headers, json!({ "connection_id": text(&connection, "/id") })).await?;
    Ok(Json(json!({ "success": true })))
}

/// Why there is no credential, with the connection beside it as the contract has it.
fn no_credential(fault: Fault, connection: &Value) -> Refusal {
    let (status, code) = match fault.reason {
        Reason::ReauthRequired | Reason::CredentialUnreadable | Reason::ClientRejected => {
            (StatusCode::FAILED_DEPENDENCY, "connection_refresh_exhausted")
        }
        Reason::ProviderUnavailable
        | Reason::ProviderTimeout
        | Reason::ProviderUnreachable
        | Reason::ProviderResponseInvalid
        | Reason::ProviderRateLimited
        | Reason::RequestRejected
        | Reason::RefusalUnconfirmed
        | Reason::CredentialsRejected => (StatusCode::BAD_REQUEST, "refresh_token_external_error"),
        // Nobody has failed: it is waited for.
        Reason::RefreshingPaused | Reason::RefreshInProgress => {
            (StatusCode::FAILED_DEPENDENCY, "connection_refresh_backoff")
        }
        // Not about this connection: ours, or the caller's.
        _ => return fault.into(),
    };
    let payload = json!({ "code": code, "reason": fault.reason.word(), "connection": connection });
    Refusal::new(status, "invalid_credentials", fault.message).with_payload(payload)
}

impl Door {
    /// What is set for the integration, and its entry in the catalogue.
    pub async fn provider_of(
        &self,
        environment: &Environment,
        key: &str,
    ) -> Result<(Settings, Arc<Provider>), Refusal> {
        let known = match key.parse() {
            Ok(key) => self.flows.vault.get_integration(environment, &key).await,
            Err(_) => Err(Fault::new(Kind::NotFound, Reason::IntegrationUnknown, "")),
        };
        match known {
            Err(fault) if fault.kind == Kind::NotFound => {
                let message = "There is no integration of this name.";
                Err(Refusal::new(StatusCode::BAD_REQUEST, "unknown_provider_config", message))
            }
            known => {
                let settings = known?.settings;
                let provider = self.flows.provider(&settings.provider)?;
                Ok((settings, provider))
            }
        }
    }

    async fn with_credential(
        &self,
        headers: &HeaderMap,
        connection: &Value,
        force: bool,
        refresh_tokens: RefreshTokens,
    ) -> Result<Value, Refusal> {
        let mut shown = whole(connection);
        let wish = json!({ "connection_id": text(connection, "/id"), "force_refresh": force });
        let credential =
            self.call("GetCredential", headers, wish).await.map_err(|fault| no_credential(fault, &shown))?;
        if let (Value::Object(config), Value::Object(typed)) =
            (&mut shown["connection_config"], self.settings(connection, &credential))
        {
            config.extend(typed);
        }
        shown["credentials"] = credentials::of(&credential, refresh_tokens);
        Ok(shown)
    }

    /// The connection of this id, where it is this integration's and not deleted.
    pub async fn connection(
        &self,
        headers: &HeaderMap,
        id: &str,
        integration: &str,
    ) -> Result<Option<Value>, Refusal> {
        let connection = if id.parse::<ConnectionId>().is_ok() {
            match self.call("GetConnection", headers, json!({ "connection_id": id })).await {
                Ok(mut found) => found["connection"].take(),
                Err(fault)
                    if matches!(fault.reason, Reason::ConnectionUnknown | Reason::ConnectionDeleted) =>
                {
                    return Ok(None);
                }
                Err(fault) => return Err(fault.into()),
            }
        } else {
            self.connection_named(headers, id, integration).await?
        };
        let here = text(&connection, "/integration") == integration
            && text(&connection, "/state") != "CONNECTION_STATE_DELETED";
        Ok(here.then_some(connection))
    }

    /// By its customer's own id; null where there is none.
    async fn connection_named(
        &self,
        headers: &HeaderMap,
        id: &str,
        integration: &str,
    ) -> Result<Value, Refusal> {
        let wish = json!({ "external_id": id, "integration": integration, "page_size": 1 });
        match self.call("ListConnections", headers, wish).await {
            Ok(mut found) => Ok(found.pointer_mut("/connections/0").map(Value::take).unwrap_or_default()),
            // What cannot be an id is nobody's.
            Err(fault) if fault.reason == Reason::FieldInvalid => Ok(Value::Null),
            Err(fault) => Err(fault.into()),
        }
    }

    /// What was typed to connect and is no secret, and what the provider told beside the token: by either spelling, for the
    /// contract has both.
    fn settings(&self, connection: &Value, credential: &Value) -> Value {
        let Ok(provider) = self.flows.catalogue.get(text(connection, "/provider")) else { return json!({}) };
        let fields = credential["fields"].as_object().into_iter().flatten();
        let settings = fields.filter(|(name, _)| is_setting(&provider, name));
        settings
            .flat_map(|(name, value)| [name.clone(), camel(name)].map(|name| (name, value.clone())))
            .collect()
    }
}

/// Whether it stands with a connection's settings, and may be seen.
fn is_setting(provider: &Provider, name: &str) -> bool {
    let mode = provider.auth_mode();
    let hidden = [provider.token_response(), provider.refresh_response()];
    match provider.inputs.iter().find(|input| input.name == name) {
        Some(input) => input.ask == Ask::Connection && !is_credential(mode, input),
        None => {
            otherwise_learnt(provider).contains(name)
                && !hidden.iter().any(|response| response.set_secret.contains_key(name))
        }
    }
}

/// As it is in a list.
pub fn item(connection: &Value) -> Value {
    let failing =
        matches!(text(connection, "/state"), "CONNECTION_STATE_DEGRADED" | "CONNECTION_STATE_NEEDS_REAUTH");
    let id = text(connection, "/id");
    // There is no log entry to name: the connection's own history says what happened.
    let errors = if failing { json!([{ "type": "auth", "log_id": id }]) } else { json!([]) };
    json!({
        "id": number(id),
        "connection_id": shown_id(connection),
        "provider_config_key": text(connection, "/integration"),
        "provider": text(connection, "/provider"),
        "errors": errors,
        "end_user": described(text(connection, "/end_user"), &kept_tags(connection)),
        "tags": tags(connection),
        "metadata": connection["metadata"],
        "created": offset(text(connection, "/create_time")),
    })
}

/// As it is when it is read alone, without its credential.
pub fn whole(connection: &Value) -> Value {
    let mut shown = item(connection);
    if let Value::Object(fields) = &mut shown {
        fields.remove("created");
    }
    let created = text(connection, "/create_time");
    let changed = Some(text(connection, "/credential/obtain_time")).filter(|time| !time.is_empty());
    shown["created_at"] = offset(created).into();
    // A credential may be older than the connection it was brought for.
    shown["updated_at"] = offset(changed.filter(|changed| *changed > created).unwrap_or(created)).into();
    shown["last_fetched_at"] = Value::Null;
    shown["connection_config"] = connection.get("config").cloned().unwrap_or_else(|| json!({}));
    let url = Some(text(connection, "/webhook_url")).filter(|url| !url.is_empty());
    shown["webhook_url_override"] = url.into();
    shown["credentials"] = json!({});
    shown
}

/// The id its callers know it by: their own, where they gave it one.
pub fn shown_id(connection: &Value) -> &str {
    Some(text(connection, "/external_id")).filter(|id| !id.is_empty()).unwrap_or(text(connection, "/id"))
}

pub fn tags(connection: &Value) -> Map<String, Value> {
    shown_tags(text(connection, "/end_user"), kept_tags(connection))
}

fn kept_tags(connection: &Value) -> Map<String, Value> {
    connection["tags"].as_object().cloned().unwrap_or_default()
}

/// Clients know connections by a number too. There is none here, so it is made of the id's random part: always the same,
/// and small enough for every client to hold exactly (53 bits).
fn number(id: &str) -> u64 {
    let bytes = id.parse().map(ConnectionId::to_bytes).unwrap_or_default();
    let random = bytes[8..].iter().fold(0, |number, byte| (number << 8) | u64::from(*byte));
    random & ((1 << 53) - 1)
}

/// The contract writes an offset where we write `Z`.
fn offset(time: &str) -> String {
    time.strip_suffix('Z').map_or_else(|| time.to_owned(), |time| format!("{time}+00:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_has_the_same_number_every_time_and_clients_can_hold_it() {
        let id = ConnectionId::from_parts(1_700_000_000_000, u128::MAX).to_string();
        assert_eq!((number(&id), number(&id)), ((1 << 53) - 1, (1 << 53) - 1));
        assert_ne!(number(&id), number(&ConnectionId::from_parts(1_700_000_000_000, 1).to_string()));
    }

    #[test]
    fn whose_turn_it_is_shows_in_the_status() {
        let refusal = |reason| {
            let fault = Fault::new(Kind::Refused, reason, "No.");
            format!("{:?}", no_credential(fault, &json!({ "connection_id": "con_1" })))
        };
        assert!(refusal(Reason::ReauthRequired).contains("status: 424"));
        let provider = refusal(Reason::ProviderUnavailable);
        assert!(provider.contains("status: 400") && provider.contains("con_1"), "{provider}");
        let ours = Fault::new(Kind::Unavailable, Reason::StorageUnavailable, "No.");
        assert!(format!("{:?}", no_credential(ours, &json!({}))).contains("status: 503"));
    }
}
