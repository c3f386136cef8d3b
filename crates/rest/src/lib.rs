//! The gRPC API over HTTP and JSON, made of its own description: which paths there are, what they take and give, and the
//! OpenAPI document all come from the protocol's files and their `google.api.http` rules.
//!
//! Invariant: there is no handler here. Every call goes through the same generated server, layers and checks as a gRPC
//! call, so that the two doors cannot differ in what they allow.

mod binding;
mod call;
mod calls;
mod codec;
mod openapi;
mod request;
mod router;
mod schema;
mod template;

pub use call::problem;
pub use calls::Calls;
pub use router::{RestError, router};
