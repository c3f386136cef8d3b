//! The way out to hosts that others choose: which addresses may be spoken to, and the TLS every request goes over.
//!
//! Invariant: a name is judged by the very addresses the connection is made to, so that no second look-up can differ.

mod address;
mod retry_after;

pub use address::{Egress, PublicResolver};
pub use retry_after::parse as retry_after;

use std::sync::Arc;

/// TLS to servers on the internet: the roots browsers trust, one crypto provider, the server always verified.
///
/// # Errors
/// Where the provider lacks the protocol versions, which a build can get wrong and a user cannot.
pub fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let mut roots = rustls::RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
