//! The backends' door: parse, call, render.

mod api_key;
mod environment;
mod faults;
mod integration;
mod operator;
mod provider;
mod session;
mod setup;

pub use provider::{described, listed};

use crate::flows::{Flows, redirect_uri};
use latchkey_wire::Authenticator;
use latchkey_wire::actor::{Doors, told_apart};
use latchkey_wire::pb::{admin, catalog, connect};
use std::sync::Arc;
use tonic::service::Routes;
use url::Url;

#[derive(Clone)]
struct Door {
    flows: Flows,
    authenticator: Authenticator,
    public_url: Arc<Url>,
}

impl Door {
    fn redirect_uri(&self) -> String {
        redirect_uri(&self.public_url)
    }
}

pub fn routes(flows: &Flows, authenticator: &Authenticator, public_url: &Url) -> Routes {
    let door = Door {
        flows: flows.clone(),
        authenticator: authenticator.clone(),
        public_url: Arc::new(public_url.clone()),
    };
    let routes =
        Routes::new(connect::connect_session_service_server::ConnectSessionServiceServer::new(door.clone()))
            .add_service(connect::connection_setup_service_server::ConnectionSetupServiceServer::new(
                door.clone(),
            ))
            .add_service(admin::integration_service_server::IntegrationServiceServer::new(door.clone()))
            .add_service(admin::api_key_service_server::ApiKeyServiceServer::new(door.clone()))
            .add_service(admin::environment_service_server::EnvironmentServiceServer::new(door.clone()))
            .add_service(admin::operator_service_server::OperatorServiceServer::new(door.clone()))
            .add_service(catalog::provider_service_server::ProviderServiceServer::new(door));
    told_apart(routes, Doors::Public)
}
