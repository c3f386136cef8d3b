//! Changes of connections: their metadata and tags, and where their webhooks go.

use super::body::Fields;
use super::end_user::{Said, own_tags};
use super::{Door, Refusal, text};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode};
use latchkey_domain::api_key::Scope;
use latchkey_wire::Reason;
use serde_json::{Map, Value, json};

/// How many connections one call may change.
const CHANGED_MAX: usize = 100;

/// How often a change is made anew from what another change left.
const TRIES_MAX: usize = 4;

const CONNECTION: &str = "connection-id";
const INTEGRATION: &str = "provider-config-key";

/// `POST` puts metadata in the place of what there is, `PATCH` adds to it. With the ids in headers, the body is the metadata.
pub async fn metadata(
    State(door): State<Door>,
    method: Method,
    headers: HeaderMap,
    body: Fields,
) -> Result<Response, Refusal> {
    match header(&headers, CONNECTION) {
        Some(id) => named_by_headers(&door, &method, &headers, id, body).await,
        None => named_in_body(&door, &method, &headers, body).await,
    }
}

/// What may follow a connection's id in the path: nothing, or `/metadata`, whose body is the metadata.
pub async fn one(
    State(door): State<Door>,
    method: Method,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    body: Fields,
) -> Result<Response, Refusal> {
    match id.strip_suffix("/metadata") {
        Some(id) => named_by_headers(&door, &method, &headers, id, body).await,
        None if method == Method::PATCH => patch(&door, &headers, &id, query.as_deref(), body).await,
        None => Err(Refusal::not_found("Nothing takes this method here.")),
    }
}

async fn named_in_body(
    door: &Door,
    method: &Method,
    headers: &HeaderMap,
    mut body: Fields,
) -> Result<Response, Refusal> {
    door.allowed(headers, Scope::ConnectionsWrite).await?;
    let given = body.get("connection_id");
    let ids = body.texts("connection_id").unwrap_or_default();
    let integration = body.text("provider_config_key");
    let metadata = body.object("metadata");
    if ids.is_empty() || ids.len() > CHANGED_MAX {
        body.wrong::<()>("custom", "connection_id", format!("Name 1 to {CHANGED_MAX} connections."));
    }
    if metadata.is_none() {
        body.wrong::<()>("invalid_type", "metadata", "`metadata` must be an object.".to_owned());
    }
    body.done()?;
    let metadata = metadata.unwrap_or_default();
    door.keep(method, headers, &ids, &integration, &metadata).await?;
    let echo = json!({ "connection_id": given, "provider_config_key": integration, "metadata": metadata });
    Ok(kept(method, echo))
}

async fn named_by_headers(
    door: &Door,
    method: &Method,
    headers: &HeaderMap,
    id: &str,
    body: Fields,
) -> Result<Response, Refusal> {
    door.allowed(headers, Scope::ConnectionsWrite).await?;
    let Some(integration) = header(headers, INTEGRATION) else {
        let message = "Name the integration in the header Provider-Config-Key.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_headers", message));
    };
    let metadata = body.into_object();
    door.keep(method, headers, &[id.to_owned()], integration, &metadata).await?;
    Ok(kept(method, Value::Object(metadata)))
}

fn kept(method: &Method, echo: Value) -> Response {
    let status = if method == Method::POST { StatusCode::CREATED } else { StatusCode::OK };
    (status, Json(echo)).into_response()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().filter(|text| !text.is_empty())
}

/// `PATCH /connections/ID`.
async fn patch(
    door: &Door,
    headers: &HeaderMap,
    id: &str,
    query: Option<&str>,
    mut body: Fields,
) -> Result<Response, Refusal> {
    door.allowed(headers, Scope::ConnectionsWrite).await?;
    let mut query = Fields::of_query(query);
    let integration = query.text("provider_config_key");
    query.done()?;
    let webhook_url = body.optional_text("webhook_url_override");
    let replaced = body.get("tags").is_object();
    let said = Said::read(&mut body)?;
    body.done()?;
    let missing = || Refusal::not_found("This integration has no such connection.");
    let connection = door.connection(headers, id, &integration).await?.ok_or_else(missing)?;
    if said.id.is_some_and(|end_user| end_user != text(&connection, "/end_user")) {
        let message = "A connection keeps its end user: let the other one connect.";
        return Err(Refusal::body(&["end_user", "id"], message));
    }
    let before = object(&connection["tags"]);
    let mut tags = if replaced { own_tags(before) } else { before };
    tags.extend(said.tags);
    let mut wish = json!({ "connection_id": text(&connection, "/id"), "update_mask": "tags", "tags": tags });
    if let Some(webhook_url) = webhook_url {
        (wish["update_mask"], wish["webhook_url"]) = ("tags,webhook_url".into(), webhook_url.into());
    }
    door.call("UpdateConnection", headers, wish).await?;
    Ok(Json(json!({ "success": true })).into_response())
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

impl Door {
    /// All of them are found before any is changed.
    async fn keep(
        &self,
        method: &Method,
        headers: &HeaderMap,
        ids: &[String],
        integration: &str,
        metadata: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        let mut found = vec![];
        for id in ids {
            let unknown = || {
                Refusal::new(
                    StatusCode::NOT_FOUND,
                    "unknown_connection",
                    "This integration has no such connection.",
                )
            };
            found.push(self.connection(headers, id, integration).await?.ok_or_else(unknown)?);
        }
        for connection in found {
            if method == Method::POST {
                self.put_metadata(headers, &connection, metadata, None).await?;
            } else {
                self.add_metadata(headers, connection, integration, metadata).await?;
            }
        }
        Ok(())
    }

    async fn add_metadata(
        &self,
        headers: &HeaderMap,
        mut connection: Value,
        integration: &str,
        more: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        for _ in 0..TRIES_MAX {
            let mut metadata = object(&connection["metadata"]);
            metadata.extend(more.clone());
            if self.put_metadata(headers, &connection, &metadata, Some(text(&connection, "/etag"))).await? {
                return Ok(());
            }
            let missing = || Refusal::not_found("This integration has no such connection.");
            let id = text(&connection, "/id").to_owned();
            connection = self.connection(headers, &id, integration).await?.ok_or_else(missing)?;
        }
        let message = "The connection is being changed by too many at once. Try again.";
        Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "server_error", message))
    }

    /// Whether it was still as it had been read.
    async fn put_metadata(
        &self,
        headers: &HeaderMap,
        connection: &Value,
        metadata: &Map<String, Value>,
        etag: Option<&str>,
    ) -> Result<bool, Refusal> {
        let wish = json!({
            "connection_id": text(connection, "/id"),
            "update_mask": "metadata",
            "metadata": metadata,
            "etag": etag.unwrap_or_default(),
        });
        match self.call("UpdateConnection", headers, wish).await {
            Ok(_) => Ok(true),
            Err(fault) if fault.reason == Reason::EtagMismatch => Ok(false),
            Err(fault) => Err(fault.into()),
        }
    }
}
