//! The proxy: calls providers' APIs with the credentials of connections, for callers who need not see them.
//!
//! Invariants: a credential goes only to the origins it was sealed with; what the caller sends is never a template; no
//! redirect is followed; nothing is sent twice that could have two effects.

mod authz;
mod caller;
mod compat;
pub mod config;
mod dry_run;
mod forward;
mod grpc;
mod headers;
mod inject;
mod outgoing;
mod refusal;
mod replay;
mod service;
mod sign;
mod target;
mod traffic;
mod upgrade;
mod upstream;

pub use config::Config;
pub use grpc::{AUTHORIZATION, proto as envoy};
pub use service::ProxyService;
