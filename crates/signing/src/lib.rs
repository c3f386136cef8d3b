//! Signs: tokens, assertions, requests and statements, as the standards say and as some vendors ask.
//!
//! Invariant: a signature is a function of its arguments. There is no clock, no chance and no network here: instants, nonces
//! and [`Seed`]s come in, so that what was signed once can be signed again. No error repeats a key, or what was signed.

pub mod canonical;
mod ed25519;
mod error;
pub mod jwt;
mod key;
pub mod oauth1;
mod percent;
pub mod request;
pub mod saml2;
pub mod sigv4;
pub mod statement;
pub mod webhook;
pub mod wsse;

pub use error::SigningError;
pub use key::{Algorithm, PrivateKey, Seed};
