//! Webhooks: the requests the vault has signed, made. It says who is told what; here is the way out.
//!
//! Invariant: what was claimed is tried once and its outcome told until the vault has heard, or the claim has lapsed and the
//! attempt is made again, here or elsewhere: at least once, under the same id.

mod request;
mod worker;

pub use request::RequestsError;
pub use worker::Worker;
