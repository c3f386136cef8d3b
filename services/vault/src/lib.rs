//! The vault: the one writer. It owns storage and keys, hands out credentials, and calls no provider.
//!
//! Its egress is its database, its key service and the bus. Whoever wants a provider called claims the work here and
//! brings back what came of it.

pub mod accounting;
mod announcer;
pub mod audit;
pub mod backup;
pub mod config;
pub mod doctor;
mod error;
mod explain;
mod facts;
mod faults;
mod freshness;
mod gauges;
mod grpc;
mod ids;
mod keyring;
mod ledger;
mod limits;
mod ours;
pub mod parts;
mod past;
mod retention;
mod service;
mod signing;
mod sweeper;
mod token;
pub mod vault;
mod vitals;
mod waves;
mod webhook;

pub use config::Config;
pub use error::Error;
pub use ids::Ids;
pub use keyring::{EnvironmentKeyState, Keyring, OlderKey, Rewrapped};
pub use parts::Parts;
pub use service::VaultService;

/// The full names of the services on the backends' port, for health.
pub const PUBLIC_SERVICES: [&str; 8] = [
    "latchkey.vault.v1.CredentialService",
    "latchkey.connection.v1.ConnectionService",
    "latchkey.connection.v1.IncidentService",
    "latchkey.refresher.v1.RefreshService",
    "latchkey.events.v1.EventService",
    "latchkey.admin.v1.AuditService",
    "latchkey.admin.v1.AuthLogService",
    "latchkey.admin.v1.WebhookService",
];

/// The full names of the services on the peers' port.
pub const PEER_SERVICES: [&str; 8] = [
    "latchkey.vault.v1.AuthLogIntakeService",
    "latchkey.vault.v1.FlowService",
    "latchkey.vault.v1.RefreshLeaseService",
    "latchkey.vault.v1.RefreshJournalService",
    "latchkey.vault.v1.RegistryService",
    "latchkey.vault.v1.RevocationService",
    "latchkey.vault.v1.SetupService",
    "latchkey.vault.v1.WebhookLeaseService",
];
