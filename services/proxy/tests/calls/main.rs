//! Calls through the proxy: a real vault behind it, and a provider that writes down what reaches it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod authorizing;
mod carrying;
mod dry_running;
mod interrupting;
mod refusing;
mod repeating;
mod upgrading;
mod upstream;
mod workloads;
mod world;
