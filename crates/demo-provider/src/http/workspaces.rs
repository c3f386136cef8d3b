//! One login, several workspaces: what a grant is for is told by its list, and which of them is meant is for whoever asks.

use super::resources::{standing, unauthorized, whose};
use super::strike::strike;
use crate::faults::Target;
use crate::ledger::Standing;
use crate::shared::Shared;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

#[derive(Serialize)]
struct Workspace {
    id: String,
    name: String,
    address: String,
}

/// Whose companies everybody here knows. Whoever else signs in has a workspace of their own, and that alone.
const WELL_CONNECTED: &str = "ana@demo";

/// `/workspaces`: those that a bearer token opens.
pub(crate) async fn list(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if let Some(struck) = strike(&shared, Target::Api).await {
        return struck;
    }
    match standing(&shared, &headers) {
        Ok(standing) => Json(json!({"workspaces": workspaces_of(&standing)})).into_response(),
        Err(challenge) => unauthorized(challenge),
    }
}

/// `/workspaces/{id}/me`: who the token is, in a workspace that it opens.
pub(crate) async fn me(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Some(struck) = strike(&shared, Target::Api).await {
        return struck;
    }
    match standing(&shared, &headers) {
        Ok(standing) if workspaces_of(&standing).iter().any(|it| it.id == id) => whose(&standing),
        Ok(_) => (StatusCode::NOT_FOUND, Json(json!({"error": "no_such_workspace"}))).into_response(),
        Err(challenge) => unauthorized(challenge),
    }
}

fn workspaces_of(standing: &Standing) -> Vec<Workspace> {
    let Some(account) = &standing.account else { return vec![] };
    let own = account.login.split('@').next().unwrap_or_default();
    let companies: &[_] = if account.login == WELL_CONNECTED {
        &[("acme", "Acme"), ("acme-staging", "Acme"), ("globex", "Globex")]
    } else {
        &[]
    };
    let own = (own.to_owned(), format!("{}'s own", account.name));
    let companies = companies.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned()));
    companies
        .chain([own])
        .map(|(id, name)| Workspace { address: format!("{id}.demo.example"), id, name })
        .collect()
}
