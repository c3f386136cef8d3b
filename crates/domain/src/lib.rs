//! What integrations, connect sessions, authorizations, connections, API keys and webhooks are, and what may happen to
//! them.
//!
//! Everything here is decided without a clock, randomness, the network or a runtime: time, ids and digests come in with
//! the command. `decide` answers a command with events or a refusal; `evolve` folds an event into the state and never
//! fails. Secrets appear only [`Sealed`](latchkey_secret::Sealed), and only in state: a recorded event holds none, so
//! history still reads when the secrets are gone.

mod aggregate;
pub mod api_key;
pub mod auth_log;
pub mod authorization;
pub mod connection;
pub mod creation;
mod digest;
pub mod environment;
mod failure;
mod ids;
pub mod incident;
pub mod integration;
mod key_id;
pub mod login_link;
mod reader;
pub mod refresh;
pub mod revocation;
mod role;
pub mod rotation;
pub mod safe_mode;
pub mod session;
pub mod signing_key;
mod time;
pub mod webhook_delivery;
pub mod webhook_endpoint;

pub use aggregate::{Aggregate, CardFacts, EventName};
pub use digest::{Digest, InvalidDigest};
pub use failure::{Cause, Failure, Owner, Phase, ProviderError, Reason};
pub use ids::{
    ApiKeyId, AuthLogId, AuthorizationId, ConnectionId, EndUser, Environment, EventId, Generation,
    IntegrationKey, InvalidId, LoginLinkId, SafeModeId, SessionId, WebhookEndpointId,
};
pub use key_id::{InvalidKeyId, KeyId};
pub use reader::Reader;
pub use role::Role;
pub use time::Timestamp;
