//! The vault's doors: parse, call, render. One set for backends, who show an API key; another for the other services,
//! which is served on a port of its own.

mod audit;
mod auth_log;
mod auth_log_intake;
mod connection;
mod credential;
mod events;
mod flow;
mod follow;
mod incident;
mod journal;
mod lease;
mod lending;
mod login;
mod refresh;
mod registry;
mod revocation;
mod setup;
mod webhook;
mod webhook_lease;

use crate::error::{Error, chain};
use crate::vault::Vault;
use latchkey_chassis::Lifecycle;
use latchkey_wire::actor::{Doors, told_apart};
use latchkey_wire::pb::{
    admin as pb_admin, connection as pb_connection, events as pb_events, refresher as pb_refresher,
    vault as pb_vault,
};
use latchkey_wire::{Authenticator, Fault};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tonic::Status;
use tonic::service::Routes;
use tracing::error;

/// How many may watch events at once, of one vault.
const WATCHERS_MAX: usize = 500;

/// What backends may call.
#[must_use]
pub fn public(vault: &Vault, authenticator: &Authenticator, lifecycle: &Lifecycle) -> Routes {
    let door = Door {
        vault: vault.clone(),
        authenticator: authenticator.clone(),
        lifecycle: lifecycle.clone(),
        watchers: Arc::new(Semaphore::new(WATCHERS_MAX)),
    };
    let routes = Routes::new(pb_vault::credential_service_server::CredentialServiceServer::new(door.clone()))
        .add_service(pb_connection::connection_service_server::ConnectionServiceServer::new(door.clone()))
        .add_service(pb_connection::incident_service_server::IncidentServiceServer::new(door.clone()))
        .add_service(pb_refresher::refresh_service_server::RefreshServiceServer::new(door.clone()))
        .add_service(pb_admin::audit_service_server::AuditServiceServer::new(door.clone()))
        .add_service(pb_admin::auth_log_service_server::AuthLogServiceServer::new(door.clone()))
        .add_service(pb_admin::webhook_service_server::WebhookServiceServer::new(door.clone()))
        .add_service(pb_events::event_service_server::EventServiceServer::new(door));
    told_apart(routes, Doors::Public)
}

/// What the other services may call. Secrets cross these calls.
#[must_use]
pub fn peers(vault: &Vault) -> Routes {
    let peers = Peers { vault: vault.clone() };
    let routes = Routes::new(pb_vault::flow_service_server::FlowServiceServer::new(peers.clone()))
        .add_service(pb_vault::refresh_lease_service_server::RefreshLeaseServiceServer::new(peers.clone()))
        .add_service(pb_vault::lending_service_server::LendingServiceServer::new(peers.clone()))
        .add_service(pb_vault::refresh_journal_service_server::RefreshJournalServiceServer::new(
            peers.clone(),
        ))
        .add_service(pb_vault::login_service_server::LoginServiceServer::new(peers.clone()))
        .add_service(pb_vault::revocation_service_server::RevocationServiceServer::new(peers.clone()))
        .add_service(pb_vault::setup_service_server::SetupServiceServer::new(peers.clone()))
        .add_service(pb_vault::webhook_lease_service_server::WebhookLeaseServiceServer::new(peers.clone()))
        .add_service(pb_vault::auth_log_intake_service_server::AuthLogIntakeServiceServer::new(peers.clone()))
        .add_service(pb_vault::registry_service_server::RegistryServiceServer::new(peers));
    told_apart(routes, Doors::Peers)
}

#[derive(Clone)]
struct Door {
    vault: Vault,
    authenticator: Authenticator,
    lifecycle: Lifecycle,
    /// Places for watchers. Each reads the feed whenever anything is appended.
    watchers: Arc<Semaphore>,
}

#[derive(Clone)]
struct Peers {
    vault: Vault,
}

/// An error as it leaves. What is a fault of ours is told nobody but the log.
fn status(error: Error) -> Status {
    fault(error).into()
}

fn fault(error: Error) -> Fault {
    if matches!(
        error,
        Error::Store(_) | Error::KeyService(_) | Error::Unreadable { .. } | Error::Contended(_)
    ) {
        error!(error = %chain(&error), "A call failed");
    }
    Fault::from(error)
}
