//! What travels between services: the generated code, the [`contract`] in domain words, the translation between the two,
//! [`Fault`]s, and typed clients over a [`Route`], which is a socket or a function call.

pub mod actor;
mod auth;
pub mod batch;
mod client;
pub mod contract;
pub mod convert;
mod fault;
mod logbook;
mod origin;
pub mod pb;
mod peer;
mod ping;
mod reason;
mod route;

/// Where generated code of one package looks for the types of another: one module for each part of the package's name.
mod connection {
    pub use crate::pb::connection as v1;
}

pub use auth::{Authenticator, Caller};
pub use client::{Report, VaultClient};
pub use fault::{Fault, Kind};
pub use logbook::Logbook;
pub use origin::covers;
pub use pb::{DESCRIPTORS, faults::Reason};
pub use peer::PeerClient;
pub use route::{Route, RouteError, RouteOptions, RouteTls};
