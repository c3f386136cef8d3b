//! The refresher: makes the refreshes that are due. It keeps nothing and has no keys; what is due, and with what it is
//! renewed, it is told by the vault, one claim at a time.

mod attempt;
mod breaker;
mod bucket;
pub mod config;
mod dispatch;
mod documented;
mod leave;
mod queue;
mod reports;
mod service;
mod worker;

pub use config::Config;
pub use service::{RefresherService, open_bus};
