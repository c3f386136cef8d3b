//! What the contract has beyond connecting and credentials, and what of it is not here: told, never a bare 404.

use super::{Door, Refusal};
use axum::extract::Request;
use axum::routing::any;
use axum::{Json, Router};
use serde_json::{Value, json};

/// Everything that is answered with 501.
pub fn routes() -> Router<Door> {
    const PATHS: [&str; 12] = [
        "/integrations/quickstart",
        "/records",
        "/records/{*rest}",
        "/sync/{*rest}",
        "/action/{*rest}",
        "/functions",
        "/functions/{*rest}",
        "/scripts/config",
        "/mcp",
        "/environments",
        "/environments/{*rest}",
        "/environment/{*rest}",
    ];
    PATHS.into_iter().fold(Router::new(), |router, path| router.route(path, any(unsupported)))
}

pub async fn unsupported(request: Request) -> Refusal {
    Refusal::unsupported(&format!("{} {}", request.method(), request.uri().path()))
}

/// Variables are for scripts that run in the server, of which there are none here.
pub async fn variables() -> Json<Value> {
    Json(json!([]))
}
