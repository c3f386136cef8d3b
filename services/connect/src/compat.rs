//! The paths another product's clients know, over the same handlers as our own: their words are translated here, and
//! nothing is decided. Keys, scopes and checks are those of the native calls.

mod auth;
mod body;
mod brought;
mod change;
mod connections;
mod cors;
mod create;
mod credentials;
mod elsewhere;
mod end_user;
mod environment;
mod integrations;
mod list;
mod logo;
mod popup;
mod presets;
mod providers;
mod refusal;
mod rename;
mod sessions;
mod shown;
mod socket;
mod spelling;

use crate::flows::Flows;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::response::Response;
use axum::routing::{delete, get, post};
use axum::{Router, middleware};
use http::{HeaderMap, header};
use latchkey_domain::Environment;
use latchkey_domain::api_key::Scope;
use latchkey_rest::Calls;
use latchkey_wire::{Authenticator, Fault, actor};
use refusal::Refusal;
use serde_json::{Map, Value};
pub use socket::Sockets;
use std::sync::{Arc, OnceLock};
use tonic::metadata::MetadataMap;
use url::Url;

/// What a body may hold, as natively.
const BODY_BYTES_MAX: usize = 1024 * 1024;

#[derive(Clone)]
struct Door {
    flows: Flows,
    authenticator: Authenticator,
    calls: Calls,
    public_url: Arc<Url>,
    sockets: Sockets,
    /// The catalogue as the contract shows it whole.
    written: Arc<OnceLock<Bytes>>,
}

/// Puts the sockets before everything else: they are asked for at `/`, where other things may be.
pub fn with_sockets(pages: Router, sockets: Sockets) -> Router {
    pages.layer(middleware::from_fn(move |request: Request, next: middleware::Next| {
        let sockets = sockets.clone();
        async move {
            match Sockets::is_asked_for(&request) {
                true => sockets.answer(request),
                false => next.run(request).await,
            }
        }
    }))
}

pub fn router(
    flows: Flows,
    authenticator: Authenticator,
    calls: Calls,
    public_url: &Url,
    sockets: Sockets,
) -> Router {
    let public = Arc::new(public_url.clone());
    let door = Door { flows, authenticator, calls, public_url: public, sockets, written: Arc::default() };
    // An id may hold a slash and comes as it is, so it takes the rest of the path.
    Router::new()
        .route("/integrations", post(integrations::create))
        .route(
            "/integrations/{key}",
            get(integrations::one).patch(integrations::change).delete(integrations::delete),
        )
        .route("/config/{key}", get(integrations::config))
        .route("/connect/sessions", post(sessions::create))
        .route("/connect/sessions/reconnect", post(sessions::reconnect))
        .route("/connections", get(list::connections).post(create::create))
        .route("/connection", get(list::connections).post(create::create))
        .route("/connections/metadata", post(change::metadata).patch(change::metadata))
        .route("/connection/metadata", post(change::metadata).patch(change::metadata))
        .route(
            "/connections/{*id}",
            get(connections::one).delete(connections::delete).patch(change::one).post(change::one),
        )
        .route(
            "/connection/{*id}",
            get(connections::one).delete(connections::delete).patch(change::one).post(change::one),
        )
        .route("/integrations/quickstart", post(integrations::create))
        .route("/environment-variables", get(elsewhere::variables))
        .route("/environments", post(environment::create))
        .route("/environments/{*id}", delete(environment::delete).fallback(elsewhere::unsupported))
        .route("/environment/api-keys", post(environment::issue_key).delete(environment::revoke_key))
        .route("/environment/webhook-signing-key/rotate", post(environment::rotate_signing_key))
        .merge(elsewhere::routes())
        .layer(middleware::from_fn_with_state(door.clone(), known))
        .merge(shown::routes(&door))
        .merge(auth::routes())
        .merge(elsewhere::open_routes())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .route("/providers.json", get(providers::document))
        .route("/images/template-logos/{file}", get(logo::svg))
        .layer(middleware::from_fn(cors::shared))
        .merge(popup::routes(public_url))
        .with_state(door)
}

/// Before anything is read: a stranger is told how to show a key, and nothing else.
async fn known(
    State(door): State<Door>,
    request: Request,
    next: middleware::Next,
) -> Result<Response, Refusal> {
    match request.headers().get(header::AUTHORIZATION) {
        None => return Err(Refusal::missing_key()),
        Some(value) => Refusal::check_key_form(value)?,
    }
    door.identified(request, next).await
}

impl Door {
    /// For who shows a key that is good.
    async fn identified(&self, request: Request, next: middleware::Next) -> Result<Response, Refusal> {
        let answering = async move {
            self.authenticator.identify(&shown(request.headers())).await?;
            Ok(next.run(request).await)
        };
        actor::own(answering).await
    }

    async fn allowed(&self, headers: &HeaderMap, scope: Scope) -> Result<Environment, Fault> {
        Ok(self.authenticator.require(&shown(headers), scope).await?.environment)
    }

    /// A native call in the caller's name.
    async fn call(&self, method: &str, headers: &HeaderMap, fields: Value) -> Result<Value, Fault> {
        let fields = match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        self.calls.call(method, headers, fields).await
    }

    fn logo(&self, provider: &str) -> String {
        let base = self.public_url.as_str().trim_end_matches('/');
        format!("{base}/images/template-logos/{provider}.svg")
    }
}

/// Of the headers, what says whose call it is.
fn shown(headers: &HeaderMap) -> MetadataMap {
    let key = headers.get(header::AUTHORIZATION).map(|key| (header::AUTHORIZATION, key.clone()));
    MetadataMap::from_headers(key.into_iter().collect())
}

/// A native answer's text; empty where it is not set.
fn text<'a>(document: &'a Value, pointer: &str) -> &'a str {
    document.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
