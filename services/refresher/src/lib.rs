//! The refresher: makes the refreshes that are due. It has no keys; what is due, and with what it is renewed, it is told by
//! the vault, one claim at a time. What it keeps is its journal: what providers answered, sealed, until the vault has heard.

mod attempt;
mod breaker;
mod bucket;
pub mod config;
mod dispatch;
mod documented;
pub mod journal;
mod leave;
mod queue;
mod replay;
mod reports;
mod revoking;
mod service;
mod worker;

pub use config::Config;
pub use service::{RefresherService, open_bus, open_journal};
