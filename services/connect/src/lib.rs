//! Connect: from a session to a connection. It shows the pages, speaks to providers' authorization and token endpoints,
//! makes the requests to webhook endpoints, and keeps nothing: what must be remembered is the vault's.

mod browser;
mod compat;
pub mod config;
mod counts;
mod dashboard;
mod exchange;
mod failures;
mod flows;
mod grpc;
mod http;
mod look;
mod pages;
mod service;
mod state;
mod tasks;
mod webhooks;

pub use config::Config;
pub use grpc::{described, listed};
pub use look::LogoError;
pub use service::ConnectService;

/// Opens the dashboard, once. The token is in the fragment, which browsers send to nobody.
#[must_use]
pub fn login_link(public_url: &url::Url, token: &str) -> String {
    format!("{}/dashboard/login#t={token}", public_url.as_str().trim_end_matches('/'))
}

/// The full names of the services on the gRPC port, for health.
pub const SERVICES: [&str; 7] = [
    "latchkey.connect.v1.ConnectSessionService",
    "latchkey.connect.v1.ConnectionSetupService",
    "latchkey.admin.v1.IntegrationService",
    "latchkey.admin.v1.ApiKeyService",
    "latchkey.admin.v1.EnvironmentService",
    "latchkey.admin.v1.OperatorService",
    "latchkey.catalog.v1.ProviderService",
];
