//! The refresher: makes the refreshes that are due. It has no keys; what is due, and with what it is renewed, it is told by
//! the vault, one claim at a time. What it keeps is its journal: what providers answered, sealed, until the vault has heard, and copies of what others' were.

mod attempt;
mod breaker;
mod bucket;
pub mod config;
mod dispatch;
mod failover;
mod grpc;
pub mod journal;
mod leave;
mod noted;
mod peers;
mod queue;
mod replay;
mod reports;
mod revoking;
mod service;
mod takeover;
mod worker;

pub use config::Config;
pub use service::{RefresherService, open_bus, open_journal, open_peers};

/// The full names of the services on `listen.internal`.
pub const PEER_SERVICES: [&str; 1] = ["latchkey.refresher.v1.JournalPeerService"];
