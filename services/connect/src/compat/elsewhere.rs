//! What the contract has beyond connecting and credentials, and what of it is not here: told, never a bare 404.

use super::{Door, Refusal};
use axum::extract::Request;
use axum::routing::{any, get};
use axum::{Json, Router};
use serde_json::{Value, json};

/// Everything that is answered with 501 to who shows a key.
pub fn routes() -> Router<Door> {
    const PATHS: [&str; 9] = [
        "/records",
        "/records/{*rest}",
        "/sync/{*rest}",
        "/action/{*rest}",
        "/functions",
        "/functions/{*rest}",
        "/scripts/config",
        "/mcp",
        "/environment/{*rest}",
    ];
    PATHS.into_iter().fold(Router::new(), |router, path| router.route(path, any(unsupported)))
}

/// What needs no key: whether the server is there, and what of the contract's open paths is not here.
pub fn open_routes() -> Router<Door> {
    const PATHS: [&str; 3] =
        ["/auth/oauth-outbound/{key}", "/webhook/{*rest}", "/oauth/client-metadata/{*rest}"];
    let healthy = || async { Json(json!({ "result": "ok" })) };
    let router = Router::new().route("/health", get(healthy)).route("/ready", get(healthy));
    PATHS.into_iter().fold(router, |router, path| router.route(path, any(unsupported)))
}

pub async fn unsupported(request: Request) -> Refusal {
    Refusal::unsupported(&format!("{} {}", request.method(), request.uri().path()))
}

/// Variables are for scripts that run in the server, of which there are none here.
pub async fn variables() -> Json<Value> {
    Json(json!([]))
}
