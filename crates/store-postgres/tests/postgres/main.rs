//! The PostgreSQL adapter keeps the rules of the port, and the rules catch an adapter that does not.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test stands on fails by panicking")]

mod archive;
mod conformance;
mod connecting;
mod faulty;
mod giving_up;
mod mutations;
mod plans;
mod scratch;
mod silence;
mod way;
