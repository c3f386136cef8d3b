//! Connect sessions. What of a session's wishes would change what happens, and is not known here, is refused; what only
//! decorates (names, addresses, tags) is kept as the tags of the connection to come.

use super::body::Fields;
use super::end_user::Said;
use super::refusal::Issue;
use super::shown::in_their_words;
use super::{Door, Refusal, text};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use latchkey_domain::Environment;
use latchkey_domain::api_key::Scope;
use serde_json::{Value, json};

/// As long as the contract says: some clients show a link for that long.
const LIFETIME: &str = "1800s";

pub async fn create(
    State(door): State<Door>,
    headers: HeaderMap,
    mut body: Fields,
) -> Result<Response, Refusal> {
    let environment = door.allowed(&headers, Scope::SessionsWrite).await?;
    let said = Said::read(&mut body)?;
    let integrations = body.texts("allowed_integrations").unwrap_or_default();
    let webhook_url = body.optional_text("webhook_url_override").unwrap_or_default();
    let integrations = door.offered(&environment, integrations).await?;
    let presets = door.presets(&environment, &mut body, &integrations).await?;
    body.done()?;
    let end_user = said.owner().ok_or_else(|| {
        let message = "Say whose connection it will be: `end_user.id`, or tags.";
        Refusal::body(&["end_user"], message)
    })?;
    let wish = json!({
        "end_user": end_user,
        "integrations": integrations,
        "tags": said.tags,
        "webhook_url": webhook_url,
        "presets": presets,
    });
    door.session(&headers, wish).await
}

pub async fn reconnect(
    State(door): State<Door>,
    headers: HeaderMap,
    mut body: Fields,
) -> Result<Response, Refusal> {
    let environment = door.allowed(&headers, Scope::SessionsWrite).await?;
    let (id, integration) = (body.text("connection_id"), body.text("integration_id"));
    // The connection that is mended keeps its tags.
    let named = Said::read(&mut body)?.id;
    let webhook_url = body.optional_text("webhook_url_override").unwrap_or_default();
    let presets = door.presets(&environment, &mut body, std::slice::from_ref(&integration)).await?;
    body.done()?;
    let unknown = || Refusal::body(&["connection_id"], "This integration has no such connection.");
    let connection = door.connection(&headers, &id, &integration).await?.ok_or_else(unknown)?;
    let wish = json!({
        "end_user": named.unwrap_or_else(|| text(&connection, "/end_user").to_owned()),
        "reconnect_connection_id": text(&connection, "/id"),
        "webhook_url": webhook_url,
        "presets": presets,
    });
    door.session(&headers, wish).await
}

impl Door {
    /// The integrations the end user may choose from: all of them where none are named.
    async fn offered(&self, environment: &Environment, named: Vec<String>) -> Result<Vec<String>, Refusal> {
        let views = self.flows.vault.list_integrations(environment).await?;
        let there: Vec<String> = views.iter().map(|view| view.key.to_string()).collect();
        if named.is_empty() {
            return if there.is_empty() {
                Err(Refusal::body(
                    &["allowed_integrations"],
                    "There are no integrations yet: create one first.",
                ))
            } else {
                Ok(there)
            };
        }
        let unknown = named.iter().enumerate().filter(|(_, key)| !there.contains(key));
        let issues: Vec<_> = unknown
            .map(|(index, _)| {
                Issue::custom(&["allowed_integrations", &index.to_string()], "There is no such integration.")
            })
            .collect();
        if issues.is_empty() { Ok(named) } else { Err(Refusal::invalid("invalid_body", issues)) }
    }

    async fn session(&self, headers: &HeaderMap, mut wish: Value) -> Result<Response, Refusal> {
        wish["lifetime"] = LIFETIME.into();
        let created = self.call("CreateConnectSession", headers, wish).await?;
        let data = json!({
            "token": in_their_words(text(&created, "/token")),
            "connect_link": text(&created, "/connect_link"),
            "expires_at": text(&created, "/expire_time"),
        });
        Ok((StatusCode::CREATED, Json(json!({ "data": data }))).into_response())
    }
}
