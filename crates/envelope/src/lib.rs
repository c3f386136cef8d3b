//! Seals and opens, and knows no storage.
//!
//! Four levels of keys, each wrapped by the one above: the key service's key, which never leaves it; one environment
//! key per environment; one data key per stream, so that deleting one small row shreds one stream's secrets; and one
//! key per message, derived with a fresh salt, so that no nonce limit is ever near.
//!
//! Invariants: what is sealed opens only with the same key, in the same context and generation; the context is never
//! stored, it is rebuilt by whoever asks, so a record that was moved, re-typed or re-pointed does not open. Parsing is
//! strict, no input panics, and nothing is ever tried with a second key. A warm read calls no key service.

pub mod age;
mod cache;
mod clear;
mod context;
mod data_key;
mod descriptor;
mod endpoint;
mod environment_key;
mod error;
mod header;
mod key_service;
mod local;
mod message;
mod padding;
mod random;
#[cfg(test)]
mod tests;
mod transit;

#[cfg(feature = "aws")]
mod aws;
#[cfg(not(feature = "aws"))]
#[path = "without_aws.rs"]
mod aws;

pub use cache::{EnvironmentKeys, FreshKey, Wanted, Wraps, stored_keys_head};
pub use clear::Clear;
pub use context::{Context, RecordType, origins_digest};
pub use data_key::DataKey;
pub use environment_key::EnvironmentKey;
pub use error::{EnvelopeError, HeaderFault};
pub use header::KeyName;
pub use key_service::{
    Denial, KeyService, KeyServiceError, OpenKeyServiceError, WrapContext, check_address, open_key_service,
};
pub use local::{KeyFileError, create_key_file};
