//! The vault's settings: sections and nothing else.

use latchkey_bus::NatsOptions;
use latchkey_chassis::config::{Listen, Telemetry, Tls};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default)]
    pub listen: Listen,
    pub database: Database,
    pub keys: Keys,
    #[serde(default)]
    pub nats: Option<NatsOptions>,
    #[serde(default)]
    pub vault: Settings,
    /// For the port the other services call, and for the backends' port where `tls.public` says so.
    #[serde(default)]
    pub tls: Option<VaultTls>,
    #[serde(default)]
    pub telemetry: Telemetry,
}

// No `Debug`: an address may hold a password.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user@host/database` or `sqlite:path/to/file`.
    pub url: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// `aws-kms://<key arn or alias>?region=…` or `file:///path/to/key`.
    pub kek: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The name of this installation, bound into every seal: a copy of the database under another name opens nothing.
    pub deployment: String,
    /// How many callers may wait for refreshes at once.
    pub waiters_max: usize,
    /// Lets other services call without TLS. Credentials cross these calls: only for a network that encrypts by itself.
    pub insecure_peers: bool,
    /// Offers gRPC reflection on the backends' port.
    pub reflection: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            deployment: "latchkey".to_owned(),
            waiters_max: 1000,
            insecure_peers: false,
            reflection: false,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultTls {
    /// For backends. Absent: the ingress in front speaks TLS.
    #[serde(default)]
    pub public: Option<Tls>,
    /// For the other services; with `client_ca`, so that nobody else gets in.
    #[serde(default)]
    pub peers: Option<Tls>,
}
