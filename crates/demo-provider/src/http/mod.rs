//! The provider over HTTP. A handler parses, asks the ledger, and renders; the rules are the ledger's.

mod authorize;
mod client_auth;
mod control;
mod metadata;
mod oauth1;
mod pages;
mod params;
mod record;
mod resources;
mod revoke;
mod scripted;
mod strike;
mod token;
mod workspaces;

pub(crate) use authorize::Pending;
pub(crate) use oauth1::Pending as PendingOauth1;

use crate::shared::Shared;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Router, middleware};
use std::sync::Arc;

/// No form here is longer than a few hundred bytes.
const BODY_MAX: usize = 64 * 1024;

pub(crate) fn router(shared: &Arc<Shared>) -> Router {
    let provider = Router::new()
        .route("/", get(pages::home))
        .route("/authorize", get(authorize::show))
        .route("/authorize/decision", post(authorize::decide))
        .route("/token", post(token::token))
        .route("/revoke", post(revoke::revoke))
        .route("/introspect", post(revoke::introspect))
        .route(metadata::WELL_KNOWN, get(metadata::metadata))
        .route("/me", get(resources::me))
        .route("/workspaces", get(workspaces::list))
        .route("/workspaces/{id}/me", get(workspaces::me))
        .route("/keyed/me", get(resources::keyed_me))
        .route("/basic/me", get(resources::basic_me))
        .route("/oauth1/initiate", post(oauth1::initiate))
        .route("/oauth1/authorize", get(oauth1::show))
        .route("/oauth1/authorize/decision", post(oauth1::decide))
        .route("/oauth1/token", post(oauth1::token))
        .route("/oauth1/me", get(oauth1::me))
        .fallback(async || (StatusCode::NOT_FOUND, "The demo provider has nothing here.\n"))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(middleware::from_fn_with_state(shared.clone(), record::record))
        .with_state(shared.clone());
    match shared.control_token {
        Some(_) => Router::new().nest("/_control", control::router(shared)).merge(provider),
        None => provider,
    }
}

pub(crate) fn origin_router(shared: &Arc<Shared>) -> Router {
    if shared.base_path.is_empty() {
        return Router::new();
    }
    let path = format!("{}{}", metadata::WELL_KNOWN, shared.base_path);
    Router::new()
        .route(&path, get(metadata::metadata))
        // A router nested at a path does not see the path with a slash at its end.
        .route(&format!("{}/", shared.base_path), get(pages::home))
        .with_state(shared.clone())
}
