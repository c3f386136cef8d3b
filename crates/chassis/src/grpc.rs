//! The gRPC server every service uses: health, reflection, TLS, and a graceful end.
//!
//! What must hold for a call whichever way it comes, over a socket or inside the process, is in [`layers`].

mod layers;
mod timeout;

use std::time::Duration;

use futures::{Stream, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

pub use layers::{REQUEST_BYTES_MAX, TIMEOUT_MAX, layers};
pub use timeout::grpc_timeout;

use crate::config::Tls;
use crate::{Lifecycle, tls};

/// A connection that says nothing for so long is asked whether it still lives, and closed if it does not answer.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(30);
const KEEPALIVE_ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// A client that opens a connection and then dawdles over its handshake holds a socket for no longer.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);
/// Calls in flight on one connection.
const STREAMS_PER_CONNECTION_MAX: u32 = 1024;

/// How to serve.
#[derive(Default)]
pub struct Options {
    /// What to show and whom to demand. `None`: in the clear.
    pub tls: Option<Tls>,
    /// The encoded descriptor set of the services, to offer reflection. `None`: no reflection.
    pub reflection: Option<&'static [u8]>,
    /// The full names of the services, for `grpc.health.v1`.
    pub services: Vec<&'static str>,
}

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot use the TLS settings")]
    Tls(#[from] tls::TlsError),
    #[error("the descriptor set for reflection is damaged")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves `routes`, inside [`layers`], until the process is told to stop; then finishes the calls that have begun.
///
/// # Errors
/// Where the options cannot be used. A server that fails later stops the process.
pub fn serve(
    listener: TcpListener,
    routes: Routes,
    options: Options,
    lifecycle: &Lifecycle,
) -> Result<(), ServeError> {
    let tls = options.tls.map(|tls| tls::server(tls, lifecycle)).transpose()?;
    let mut server = Server::builder()
        .tcp_nodelay(true)
        .max_concurrent_streams(STREAMS_PER_CONNECTION_MAX)
        .http2_keepalive_interval(Some(KEEPALIVE_EVERY))
        .http2_keepalive_timeout(Some(KEEPALIVE_ANSWER_WITHIN));
    let health = HealthReporter::new();
    let mut routes =
        layers(routes).add_service(HealthServer::new(HealthService::from_health_reporter(health.clone())));
    if let Some(descriptors) = options.reflection {
        routes = reflecting(routes, descriptors)?;
    }
    let router = server.add_routes(routes.prepare());
    let stopping = lifecycle.stopping();
    let told = lifecycle.stopping();
    let services = options.services;
    lifecycle.essential("grpc server", async move {
        set_health(&health, &services, ServingStatus::Serving).await;
        let serving = async {
            match tls {
                Some(configs) => {
                    let incoming = tls::accept(listener, configs, HANDSHAKE_WITHIN);
                    router.serve_with_incoming_shutdown(incoming, stopping).await
                }
                None => router.serve_with_incoming_shutdown(in_the_clear(listener), stopping).await,
            }
        };
        let leaving = async {
            told.await;
            set_health(&health, &services, ServingStatus::NotServing).await;
        };
        tokio::join!(serving, leaving).0
    });
    Ok(())
}

/// A connection that fails to be accepted is that client's misfortune, not the server's end.
fn in_the_clear(listener: TcpListener) -> impl Stream<Item = std::io::Result<TcpStream>> {
    TcpListenerStream::new(listener).inspect(|connection| {
        if let Ok(connection) = connection {
            let _ = connection.set_nodelay(true);
        }
    })
}

/// `""` stands for the whole server.
async fn set_health(health: &HealthReporter, services: &[&'static str], status: ServingStatus) {
    for service in services.iter().copied().chain([""]) {
        health.set_service_status(service, status).await;
    }
}

/// Both versions: some clients speak only the older one.
fn reflecting(routes: Routes, descriptors: &'static [u8]) -> Result<Routes, ServeError> {
    let builder = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(descriptors)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    Ok(routes.add_service(builder().build_v1()?).add_service(builder().build_v1alpha()?))
}

#[cfg(test)]
mod tests;
