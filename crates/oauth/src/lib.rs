//! Speaks OAuth 2 to a provider: discovery, registration, authorization requests, exchanges, refreshes, revocations.
//!
//! Invariants: this is the only crate that speaks to token endpoints; nothing is sent twice and no redirect is followed;
//! every failure is sorted into what may be done about it ([`FaultKind`]), and only a refusal the provider spells out is
//! held against a connection; no error, log or metric carries a secret.

mod app;
mod assemble;
mod assertions;
mod at_hand;
mod authorize;
mod brought;
mod callback;
mod carrier;
mod challenge;
mod check;
mod companions;
mod cookies;
mod discovery;
mod document;
mod documented;
mod error_code;
mod exchange;
mod failure;
mod fault;
mod forms;
mod identity;
mod internal;
mod lookup;
mod oauth1;
mod observed;
mod refresh;
mod registration;
mod revoke;
mod scrub;
mod steps;
mod tokens;
mod trace_context;
mod transport;
mod verdict;
mod verify;
mod xml;

pub use app::{App, Inputs};
pub use assertions::app_assertion;
pub use at_hand::given;
pub use authorize::{Begun, check_issuer, check_issuer_for};
pub use brought::{Brought, brought, check_brought, otherwise_learnt};
pub use callback::{Callback, CallbackError, Declined, named_code, visited_fields};
pub use carrier::{Answer, AnswerBody, Call, Carrier, Client, Operation};
pub use check::Checked;
pub use discovery::Server;
pub use documented::documented;
pub use exchange::{callback_fields, check_inputs};
pub use failure::failure;
pub use fault::{Blame, Fault, FaultKind};
pub use identity::ClientIdentity;
pub use latchkey_egress::Egress;
pub use lookup::{Learnt, known_of};
pub use oauth1::OAuth1Begun;
pub use observed::{Now, Observed, Seen};
pub use refresh::refresh_origin;
pub use registration::{
    ClientMetadata, RegisteredClient, Registration, document_client, is_shared, metadata_document,
    own_client, registered_client_id, registration,
};
pub use revoke::Revocation;
pub use transport::{ClientError, ClientOptions};
pub use verify::Verified;
