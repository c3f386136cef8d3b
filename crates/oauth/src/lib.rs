//! Speaks OAuth 2 to a provider: authorization requests, exchanges, refreshes, revocations.
//!
//! Invariants: this is the only crate that speaks to token endpoints; nothing is sent twice and no redirect is followed;
//! every failure is sorted into what may be done about it ([`FaultKind`]), and only a refusal the provider spells out is
//! held against a connection; no error, log or metric carries a secret.

mod app;
mod assemble;
mod authorize;
mod callback;
mod carrier;
mod document;
mod egress;
mod error_code;
mod exchange;
mod failure;
mod fault;
mod forms;
mod refresh;
mod retry_after;
mod revoke;
mod scrub;
mod tokens;
mod trace_context;
mod transport;
mod verdict;
mod verify;

pub use app::{App, Inputs};
pub use authorize::{Begun, check_issuer, check_issuer_for};
pub use callback::{Callback, CallbackError, Declined};
pub use carrier::{Answer, AnswerBody, Call, Carrier, Client, Operation};
pub use egress::Egress;
pub use exchange::{callback_fields, check_inputs, given};
pub use failure::failure;
pub use fault::{Blame, Fault, FaultKind};
pub use refresh::refresh_origin;
pub use revoke::Revocation;
pub use transport::{ClientError, ClientOptions};
pub use verify::Verified;
