//! A whole Latchkey to test: the real binaries as processes, a provider that can be broken on purpose, and a backend and
//! a browser that use it as a customer would.
//!
//! Every secret in such a world contains [`CANARY`]. [`World::finish`] searches everything the processes left behind for
//! it, so a flow that ends with `finish` also shows that no secret got out.
//!
//! ```no_run
//! # async fn run() -> anyhow::Result<()> {
//! use latchkey_testkit::World;
//! let world = World::start().await;
//! let connection = world.connect("demo-oauth", "ana").await;
//! let token = world.backend().token(&connection).await?;
//! # let _ = token; world.finish().await; Ok(()) }
//! ```

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a world that cannot be set up fails the test by panicking"
)]

mod backend;
mod binaries;
mod browser;
mod builder;
mod canary;
mod certificates;
mod collector;
mod envoy;
mod faults;
mod html;
mod memory;
mod operator;
mod parts;
mod ports;
mod postgres;
mod process;
mod provider;
mod receiver;
mod relay;
mod settings;
mod sweep;
mod topology;
mod watch;
mod world;

pub use backend::{Authorized, Backend, Bearer, reason};
pub use binaries::binary;
pub use browser::{Browser, Page};
pub use builder::Builder;
pub use canary::{CANARY, Canary};
pub use envoy::{Envoy, EnvoyRoute};
pub use html::Form;
pub use memory::{Backup, Held, MemoryStore};
pub use ports::free_port;
pub use postgres::Postgres;
pub use process::{Ended, Running, run};
pub use provider::{API_KEY, PASSWORD, USERNAME};
pub use receiver::{Answer, Received, Receiver};
pub use relay::{Relay, Way};
pub use topology::Topology;
pub use watch::Watch;
pub use world::World;

/// What the stream of events holds.
pub use async_nats::jetstream::message::StreamMessage as Message;
/// What flows break on purpose, and how.
pub use latchkey_demo_provider as demo;
/// The words of the gRPC calls, and the way services take to each other.
pub use latchkey_wire::{Route, RouteOptions, RouteTls, pb};
