//! What every process has and no domain knows of: settings, telemetry, a clock, a life cycle and servers.
//!
//! Nothing here depends on another crate of the workspace, so that anything may depend on it.

pub mod clock;
pub mod config;
mod ending;
pub mod grpc;
pub mod http;
pub mod lifecycle;
pub mod ops;
mod request_id;
pub mod telemetry;
pub mod tls;
pub mod trace;

pub use clock::{Clock, ManualClock, SystemClock};
pub use ending::{ended, in_a_line};
pub use lifecycle::{Lifecycle, Unfinished};
