//! The socket: HTTP/2 over TLS, with both ends shown to each other where the options say so.

use super::DEADLINE;
use super::tls::Connector;
use crate::fault::deadline_exceeded;
use http::Uri;
use serde::Deserialize;
use std::{error::Error, io, path::PathBuf, time::Duration};
use tonic::transport::{Channel, Endpoint};
use tonic::{Status, TimeoutExpired};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A peer that vanished without a word is noticed after these two together, before a call's deadline.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(5);
const _: () = assert!(KEEP_ALIVE_INTERVAL.as_secs() + KEEP_ALIVE_TIMEOUT.as_secs() < DEADLINE.as_secs());

/// Where a peer is and how to speak to it. A section of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteOptions {
    /// `https://vault:8443`.
    pub endpoint: String,
    /// Allows an `http://` endpoint, for a network that encrypts by itself.
    #[serde(default)]
    pub insecure: bool,
    /// For an `https://` endpoint. `None`: the server shows a certificate of a public authority, and asks for none.
    #[serde(default)]
    pub tls: Option<RouteTls>,
    #[serde(skip, default = "connect_timeout")]
    pub connect_timeout: Duration,
    /// The longest a call may take, connecting included.
    #[serde(skip, default = "deadline")]
    pub deadline: Duration,
}

impl RouteOptions {
    /// Over TLS, 5 s to connect, 30 s for a call.
    #[must_use]
    pub fn new(endpoint: impl Into<String>) -> Self {
        let endpoint = endpoint.into();
        Self { endpoint, insecure: false, tls: None, connect_timeout: CONNECT_TIMEOUT, deadline: DEADLINE }
    }

    /// Whether there is such a route as far as these words tell. No file is read.
    ///
    /// # Errors
    /// Where the endpoint is no address, or is not encrypted without that being allowed.
    pub fn check(&self) -> Result<(), RouteError> {
        let endpoint = || self.endpoint.clone();
        let Ok(address) = self.endpoint.parse::<Uri>() else {
            return Err(RouteError::Endpoint { endpoint: endpoint() });
        };
        match (address.scheme_str(), address.host()) {
            (Some("https"), Some(_)) => Ok(()),
            (Some("http"), Some(_)) if self.insecure => Ok(()),
            (Some("http"), Some(_)) => Err(RouteError::Insecure { endpoint: endpoint() }),
            _ => Err(RouteError::Endpoint { endpoint: endpoint() }),
        }
    }
}

fn connect_timeout() -> Duration {
    CONNECT_TIMEOUT
}

fn deadline() -> Duration {
    DEADLINE
}

/// PEM files. They are read when the route is made, and whenever it connects: a replaced certificate needs no restart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RouteTls {
    /// Whoever signed the server's certificate. `None`: the public authorities.
    pub ca: Option<PathBuf>,
    /// What this end shows; with `key`.
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    /// The name to expect in the server's certificate, where it is not the endpoint's host.
    pub server_name: Option<String>,
}

/// Why there is no such route.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    #[error("the endpoint `{endpoint}` is not an address: expected `https://host:port`")]
    Endpoint { endpoint: String },
    #[error(
        "the endpoint `{endpoint}` is not encrypted, and credentials cross it: use https://, or set `insecure = true` \
         beside `endpoint` if the network encrypts by itself"
    )]
    Insecure { endpoint: String },
    #[error("cannot read `{what}` {}", path.display())]
    Unreadable { what: &'static str, path: PathBuf, source: io::Error },
    #[error("`tls.certificate` and `tls.key` belong together: set both or neither")]
    HalfIdentity,
    #[error("`{what}` {} cannot be used", path.display())]
    Unusable { what: &'static str, path: PathBuf, source: Box<dyn Error + Send + Sync> },
    /// Never in practice.
    #[error("the TLS library offers no version of TLS")]
    NoVersion,
    #[error("`{name}` is no name to expect in a certificate: set `tls.server_name`")]
    ServerName { name: String },
}

pub(super) fn channel(options: &RouteOptions) -> Result<Channel, RouteError> {
    options.check()?;
    let endpoint = options.endpoint.clone();
    let Ok(address) = Endpoint::from_shared(endpoint.clone()) else {
        return Err(RouteError::Endpoint { endpoint });
    };
    let address = address
        .connect_timeout(options.connect_timeout)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .keep_alive_while_idle(true);
    match address.uri().scheme_str() {
        Some("https") => secured(options, address),
        _ => Ok(address.connect_lazy()),
    }
}

/// The transport below does not speak TLS by itself: it would show for ever what it was given at the start.
fn secured(options: &RouteOptions, address: Endpoint) -> Result<Channel, RouteError> {
    let origin = address.uri().clone();
    let plain = format!("http{}", options.endpoint.trim_start_matches("https"));
    let Ok(uri) = plain.parse::<Uri>() else {
        return Err(RouteError::Endpoint { endpoint: options.endpoint.clone() });
    };
    let connector = Connector::new(&origin, options.tls.clone().unwrap_or_default())?;
    let address = Endpoint::from(uri)
        .origin(origin)
        .connect_timeout(options.connect_timeout)
        .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .keep_alive_while_idle(true);
    Ok(address.connect_with_connector_lazy(connector))
}

/// The channel keeps the request's `grpc-timeout` too, and may be the first to notice that it has passed.
pub(super) fn status(error: tonic::transport::Error) -> Status {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if error.is::<TimeoutExpired>() {
            return deadline_exceeded().into();
        }
        cause = error.source();
    }
    Status::from_error(Box::new(error))
}
