//! Environments and what is theirs: keys, and the key that webhooks are signed with. Names and scopes are the contract's.

use super::body::Fields;
use super::refusal::Issue;
use super::{Door, Refusal, text};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

/// What the contract's scopes are called here; the same may come of several.
const SCOPES: &[(&str, &[&str])] = &[
    ("environment:integrations:list", &["integrations:read"]),
    ("environment:integrations:read", &["integrations:read"]),
    ("environment:integrations:list_credentials", &["integrations:read", "credentials:read"]),
    ("environment:integrations:read_credentials", &["integrations:read", "credentials:read"]),
    ("environment:integrations:create", &["integrations:admin"]),
    ("environment:integrations:update", &["integrations:admin"]),
    ("environment:integrations:delete", &["integrations:admin"]),
    ("environment:integrations:*", &["integrations:admin", "credentials:read"]),
    ("environment:connections:list", &["connections:read"]),
    ("environment:connections:read", &["connections:read"]),
    ("environment:connections:list_credentials", &["connections:read", "credentials:read"]),
    ("environment:connections:read_credentials", &["connections:read", "credentials:read"]),
    ("environment:connections:create", &["connections:write"]),
    ("environment:connections:update", &["connections:write"]),
    ("environment:connections:delete", &["connections:delete"]),
    (
        "environment:connections:*",
        &["connections:read", "connections:write", "connections:delete", "credentials:read"],
    ),
    ("environment:connect_sessions:write", &["sessions:write"]),
    ("environment:proxy", &["proxy:call"]),
    ("environment:webhook_signing_key:rotate", &["webhooks:admin"]),
    ("environment:logs:read", &["connections:read"]),
    ("environment:variables:read", &["connections:read"]),
    ("environment:*", EVERYTHING),
];

/// All that is an environment's own.
const EVERYTHING: &[&str] = &[
    "sessions:write",
    "connections:read",
    "connections:write",
    "connections:delete",
    "tokens:read",
    "credentials:read",
    "proxy:call",
    "integrations:admin",
    "webhooks:admin",
];

/// `POST /environments`. What it is set up with beside its name is the operator's here.
pub async fn create(
    State(door): State<Door>,
    headers: HeaderMap,
    mut body: Fields,
) -> Result<Response, Refusal> {
    let name = body.text("name");
    body.refuse_unsupported(&[
        "is_production",
        "callback_url",
        "hmac_key",
        "hmac_enabled",
        "slack_notifications",
    ])?;
    body.done()?;
    let wish = json!({ "name": name, "key_name": "default", "scopes": EVERYTHING });
    let made = door.call("CreateEnvironment", &headers, wish).await?;
    // Whoever made it has to have a key for it, and the contract has no other place to say which.
    let data = json!({ "id": name, "name": name, "api_key": text(&made, "/secret") });
    Ok(Json(json!({ "data": data })).into_response())
}

/// `DELETE /environments/{id}`, which is its name here.
pub async fn delete(
    State(door): State<Door>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<StatusCode, Refusal> {
    door.call("DeleteEnvironment", &headers, json!({ "name": name })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /environment/api-keys`.
pub async fn issue_key(
    State(door): State<Door>,
    headers: HeaderMap,
    mut body: Fields,
) -> Result<Json<Value>, Refusal> {
    let name = body.text("display_name");
    let scopes = body.texts("scopes").unwrap_or_else(|| vec!["environment:*".to_owned()]);
    let ours = ours(&scopes)?;
    body.done()?;
    let made = door.call("CreateApiKey", &headers, json!({ "name": name, "scopes": ours })).await?;
    let key = |pointer| text(&made, pointer);
    Ok(Json(json!({ "data": {
        "id": key("/api_key/id"),
        "display_name": key("/api_key/name"),
        "scopes": scopes,
        "secret": key("/secret"),
        "created_at": key("/api_key/create_time"),
    } })))
}

/// `DELETE /environment/api-keys`.
pub async fn revoke_key(
    State(door): State<Door>,
    headers: HeaderMap,
    mut body: Fields,
) -> Result<Json<Value>, Refusal> {
    let id = body.text("id");
    body.done()?;
    door.call("RevokeApiKey", &headers, json!({ "id": id })).await?;
    Ok(Json(json!({ "success": true })))
}

/// `POST /environment/webhook-signing-key/rotate`: the secret before this one is good no longer, at once.
pub async fn rotate_signing_key(
    State(door): State<Door>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let listed = door.call("ListWebhookEndpoints", &headers, json!({})).await?;
    let endpoints = listed["endpoints"].as_array().into_iter().flatten();
    let compatible: Vec<&str> = endpoints
        .filter(|endpoint| text(endpoint, "/format") == "WEBHOOK_FORMAT_COMPAT")
        .map(|endpoint| text(endpoint, "/id"))
        .collect();
    let [endpoint] = compatible[..] else {
        let (status, code) = match compatible.len() {
            0 => (StatusCode::NOT_FOUND, "not_found"),
            _ => (StatusCode::CONFLICT, "multiple_webhook_signing_keys"),
        };
        let message = format!(
            "There are {} webhook endpoints in the compatible format, each with a key of its own: `latchkey webhook rotate` names one.",
            compatible.len()
        );
        return Err(Refusal::new(status, code, message));
    };
    let wish = json!({ "endpoint_id": endpoint, "keep_previous": "0s" });
    let rotated = door.call("RotateWebhookSecret", &headers, wish).await?;
    Ok(Json(json!({ "data": { "webhook_signing_key": text(&rotated, "/secret") } })))
}

/// By our words, each once. Ours are understood too.
fn ours(scopes: &[String]) -> Result<Vec<String>, Refusal> {
    let mut ours: Vec<String> = vec![];
    let mut issues = vec![];
    for (index, scope) in scopes.iter().enumerate() {
        let known = SCOPES.iter().find(|(theirs, _)| theirs == scope).map(|(_, ours)| *ours);
        match known {
            Some(words) => ours.extend(words.iter().map(|&word| word.to_owned())),
            None if !scope.starts_with("environment:") && !scope.starts_with("account:") => {
                ours.push(scope.clone());
            }
            None => issues.push(Issue::custom(
                &["scopes", &index.to_string()],
                "There is nothing here that this is the scope of.",
            )),
        }
    }
    ours.sort_unstable();
    ours.dedup();
    if issues.is_empty() { Ok(ours) } else { Err(Refusal::invalid("invalid_body", issues)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::api_key::Scope;

    #[test]
    fn every_scope_of_theirs_is_some_of_ours() {
        for word in SCOPES.iter().flat_map(|(_, ours)| *ours) {
            assert!(Scope::from_word(word).is_some(), "{word}");
        }
        let of = |words: &[&str]| ours(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        assert_eq!(
            of(&["environment:connections:list", "environment:connections:read"]).unwrap(),
            ["connections:read"]
        );
        assert_eq!(of(&["tokens:read"]).unwrap(), ["tokens:read"]);
        assert!(of(&["environment:mcp"]).is_err() && of(&["account:*"]).is_err());
        assert!(EVERYTHING.iter().all(|word| !["keys:admin", "environments:admin"].contains(word)));
    }
}
