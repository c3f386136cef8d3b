//! The proxy as a running service.

use crate::caller::Callers;
use crate::compat;
use crate::config::Settings;
use crate::forward::Forwarder;
use crate::grpc;
use crate::upstream::Upstream;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use axum::{Router, middleware};
use latchkey_chassis::Lifecycle;
use latchkey_chassis::ops::{Checks, Trouble, Verdict};
use latchkey_providers::Catalogue;
use latchkey_wire::VaultClient;
use tonic::service::Routes;

pub struct ProxyService {
    forwarder: Forwarder,
}

impl ProxyService {
    /// # Errors
    /// Where nothing could speak to providers, or an issuer's settings cannot be used, with which.
    pub fn new(
        vault: VaultClient,
        catalogue: Catalogue,
        settings: &Settings,
        lifecycle: &Lifecycle,
    ) -> anyhow::Result<Self> {
        let callers = Callers::new(vault.clone(), &settings.issuers)?;
        let upstream = Upstream::new(settings.egress(), settings.idle_timeout())?;
        Ok(Self {
            forwarder: Forwarder {
                vault,
                callers,
                catalogue,
                upstream,
                lifecycle: lifecycle.clone(),
                compat: settings.compat,
            },
        })
    }

    /// What must hold for the proxy to be ready: every credential comes from the vault.
    #[must_use]
    pub fn checks(&self) -> Checks {
        let vault = self.forwarder.vault.clone();
        Checks::new().with("vault", move || {
            let vault = vault.clone();
            async move {
                let remedy = "Check vault.endpoint and vault.tls, and that the vault runs.";
                match vault.ping().await {
                    Ok(()) => Verdict::Ready,
                    Err(fault) => Verdict::Failing(Trouble::new(fault.to_string(), remedy)),
                }
            }
        })
    }

    /// What an Envoy asks before a request passes.
    #[must_use]
    pub fn authorization(&self) -> Routes {
        grpc::door(self.forwarder.clone())
    }

    /// Everything under `/proxy/`, with any method.
    pub fn http(&self) -> Router {
        Router::new()
            .route("/proxy/{*path}", any(forward))
            .layer(middleware::map_response(uncached))
            .with_state(self.forwarder.clone())
    }
}

async fn forward(State(forwarder): State<Forwarder>, request: Request) -> Response {
    let theirs = forwarder.compat && compat::is_theirs(request.headers());
    match forwarder.forward(request).await {
        Ok(answer) => answer,
        Err(refusal) if theirs => compat::refused(refusal),
        Err(refusal) => refusal.into_response(),
    }
}

/// Answers to one caller's key are for that caller (RFC 9111 §3.5), also where the provider did not say so.
async fn uncached(mut response: Response) -> Response {
    use http::{HeaderValue, header::CACHE_CONTROL};
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    response
}
