//! The SQLite adapter keeps the rules of the port, and what only a file can promise.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test stands on fails by panicking")]

mod archive;
mod conformance;
mod file;
mod scratch;
