//! Connect sessions. What of a session's wishes would change what happens, and is not known here, is refused; what only
//! decorates (names, addresses, tags) is taken and not kept.

use super::body::Fields;
use super::refusal::Issue;
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

const UNSUPPORTED: [&str; 3] = ["integrations_config_defaults", "overrides", "webhook_url_override"];

pub async fn create(
    State(door): State<Door>,
    headers: HeaderMap,
    mut body: Fields,
) -> Result<Response, Refusal> {
    let environment = door.allowed(&headers, Scope::SessionsWrite).await?;
    body.refuse_unsupported(&UNSUPPORTED)?;
    let end_user = end_user(&mut body)?;
    let integrations = body.texts("allowed_integrations").unwrap_or_default();
    body.done()?;
    let end_user = end_user.ok_or_else(|| {
        let message = "Say whose connection it will be: `end_user.id`, or the tag `end_user_id`.";
        Refusal::body(&["end_user"], message)
    })?;
    let integrations = door.offered(&environment, integrations).await?;
    door.session(&headers, json!({ "end_user": end_user, "integrations": integrations })).await
}

pub async fn reconnect(
    State(door): State<Door>,
    headers: HeaderMap,
    mut body: Fields,
) -> Result<Response, Refusal> {
    door.allowed(&headers, Scope::SessionsWrite).await?;
    body.refuse_unsupported(&UNSUPPORTED)?;
    let (id, integration) = (body.text("connection_id"), body.text("integration_id"));
    let named = end_user(&mut body)?;
    body.done()?;
    let unknown = || Refusal::body(&["connection_id"], "This integration has no such connection.");
    let connection = door.connection(&headers, &id, &integration).await?.ok_or_else(unknown)?;
    let wish = json!({
        "end_user": named.unwrap_or_else(|| text(&connection, "/end_user").to_owned()),
        "reconnect_connection_id": text(&connection, "/id"),
    });
    door.session(&headers, wish).await
}

/// Whose connection it will be. Tags may say it too.
fn end_user(body: &mut Fields) -> Result<Option<String>, Refusal> {
    let mut tags = body.text_map("tags");
    let described = body.object("end_user").map(|object| Fields::new("invalid_body", object));
    if let Some(organization) = body.object("organization") {
        let mut organization = Fields::new("invalid_body", organization);
        organization.text("id");
        organization.optional_text("display_name");
        organization.done()?;
    }
    let Some(mut described) = described else {
        return Ok(tags.remove("end_user_id").or_else(|| tags.remove("end_user_email")));
    };
    let id = described.text("id");
    described.optional_text("email");
    described.optional_text("display_name");
    described.text_map("tags");
    described.done()?;
    Ok(Some(id))
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
            "token": text(&created, "/token"),
            "connect_link": text(&created, "/connect_link"),
            "expires_at": text(&created, "/expire_time"),
        });
        Ok((StatusCode::CREATED, Json(json!({ "data": data }))).into_response())
    }
}
