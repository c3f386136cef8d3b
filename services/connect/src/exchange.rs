//! The standard way to a connection's token: RFC 8693 token exchange. What is exchanged is the caller's own proof of who it is,
//! an API key or a workload's token of an issuer that is believed; what is given is the connection's access token.
//!
//! Invariant: no answer tells whether a connection exists to whoever may not read its token.

mod answer;
mod form;

use answer::{Refused, given, metadata};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use form::{Asked, Subject};
use latchkey_chassis::Clock;
use latchkey_domain::api_key::Scope;
use latchkey_domain::{Environment, IntegrationKey, Reader};
use latchkey_issuers::{Workload, Workloads};
use latchkey_secret::SecretText;
use latchkey_wire::contract::TakeToken;
use latchkey_wire::{Authenticator, VaultClient};
use std::sync::Arc;
use tracing::warn;
use url::Url;

/// Room for a workload's token and what goes with it.
const FORM_BYTES_MAX: usize = 32 * 1024;

pub const TOKEN_PATH: &str = "/oauth/token";

/// RFC 8414 §3.
const METADATA_PATH: &str = "/.well-known/oauth-authorization-server";

/// What an exchange needs. Cheap to clone.
#[derive(Clone)]
pub struct Exchange {
    pub vault: VaultClient,
    pub authenticator: Authenticator,
    pub workloads: Arc<Workloads>,
    pub clock: Arc<dyn Clock>,
    pub public_url: Url,
}

/// Whoever shows a subject token that was found to be good.
struct Admitted {
    reader: Reader,
    environment: Environment,
    scopes: Vec<Scope>,
    /// Empty: all.
    integrations: Vec<IntegrationKey>,
}

pub fn router(exchange: Exchange) -> Router {
    Router::new()
        .route(TOKEN_PATH, post(token))
        .route(
            METADATA_PATH,
            get(|State(exchange): State<Exchange>| async move { metadata(&exchange.public_url) }),
        )
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .with_state(exchange)
}

async fn token(State(exchange): State<Exchange>, headers: HeaderMap, body: Bytes) -> Response {
    match exchange.exchanged(&headers, &body).await {
        Ok(response) => response,
        Err(refused) => {
            if refused.is_ours() {
                warn!(reason = refused.word(), "A token could not be exchanged");
            }
            refused.into_response()
        }
    }
}

impl Exchange {
    async fn exchanged(&self, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refused> {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let asked = Asked::parse(content_type, body)?;
        let admitted = match &asked.subject {
            Subject::Key(key) => self.keyed(key).await?,
            Subject::Jwt(token) => self.workload(token).await?,
        };
        if !admitted.scopes.contains(&Scope::TokensRead) {
            return Err(Refused::unauthorized(
                "The subject may not be given tokens: it lacks the scope tokens:read.",
            ));
        }
        let permitted =
            admitted.integrations.is_empty() || admitted.integrations.contains(&asked.audience.integration);
        if !permitted {
            return Err(Refused::target());
        }
        let take = TakeToken {
            environment: admitted.environment,
            integration: asked.audience.integration,
            connection: asked.audience.connection,
            reader: admitted.reader,
        };
        let taken = self.vault.take_token(take).await?;
        given(taken, &asked.scopes, self.clock.now())
    }

    async fn keyed(&self, key: &SecretText) -> Result<Admitted, Refused> {
        let view = self.authenticator.identify_key(key).await?;
        Ok(Admitted {
            reader: Reader::Key(view.id),
            environment: view.environment,
            scopes: view.scopes,
            integrations: vec![],
        })
    }

    async fn workload(&self, token: &SecretText) -> Result<Admitted, Refused> {
        let Workload { reader, environment, scopes, integrations } =
            self.workloads.admit(token, self.clock.now() / 1000).await?;
        Ok(Admitted { reader, environment, scopes, integrations })
    }
}
