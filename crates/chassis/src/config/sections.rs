//! The sections that more than one service has.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::ConfigError;

/// Where to listen. A service says which of these it needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// Browsers and REST.
    pub http: Option<SocketAddr>,
    /// gRPC for backends.
    pub grpc: Option<SocketAddr>,
    /// gRPC between services.
    pub internal: Option<SocketAddr>,
    /// Health and metrics; for the platform only.
    pub ops: Option<SocketAddr>,
}

impl Listen {
    /// # Errors
    /// [`ConfigError::NoAddress`] for the first of these ports that has none.
    pub fn check(&self, needed: &[&'static str]) -> Result<(), ConfigError> {
        let has = |setting: &str| match setting {
            "listen.http" => self.http.is_some(),
            "listen.grpc" => self.grpc.is_some(),
            "listen.internal" => self.internal.is_some(),
            "listen.ops" => self.ops.is_some(),
            _ => false,
        };
        match needed.iter().copied().find(|setting| !has(setting)) {
            Some(setting) => Err(ConfigError::NoAddress { setting }),
            None => Ok(()),
        }
    }
}

/// What the process says about itself, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// What to log: a level, or `tracing` directives such as `info,latchkey_vault=debug`.
    pub log: String,
    pub format: LogFormat,
    /// Where to send traces over OTLP/gRPC, such as `http://collector:4317`. Absent: nowhere.
    pub otlp_endpoint: Option<String>,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { log: "info".to_owned(), format: LogFormat::Text, otlp_endpoint: None }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// A server's side of TLS. PEM files, which may be replaced while the process runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// Whoever signed the clients' certificates. When set, a client without such a certificate is refused.
    pub client_ca: Option<PathBuf>,
}
