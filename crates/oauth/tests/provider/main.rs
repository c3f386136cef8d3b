//! The crate against a provider on loopback, over real HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests, and the vocabulary they share")]

mod answers;
mod checking;
mod companions;
mod connecting;
mod discovering;
mod entries;
mod exchanging;
mod failures;
mod looking_up;
mod mutual_tls;
mod refreshing;
mod registering;
mod revoking_there;
mod server;
mod telemetry;
mod trying_out;
mod wire;
