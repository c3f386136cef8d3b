//! The vault as a service: in a file of its own, with a local key and a clock that stands still.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounting;
mod announcing;
mod api_keys;
mod blaming;
mod chaining;
mod changing_apps;
mod choosing;
mod connecting;
mod describing;
mod environments;
mod exporting;
mod gauging;
mod handing_over;
mod keys;
mod listing;
mod logging;
mod looking_after;
mod managing;
mod meddling;
mod mending;
mod pausing;
mod queueing;
mod racing;
mod reading;
mod receipts;
mod refreshing;
mod remembering;
mod replaying;
mod resealing;
mod restoring;
mod restoring_chains;
mod revoking;
mod rotating;
mod scheduling;
mod watching;
mod webhooks;
mod world;
