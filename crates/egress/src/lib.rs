//! The way out to hosts that others choose: which addresses may be spoken to, and the TLS every request goes over.
//!
//! Invariant: a name is judged by the very addresses the connection is made to, so that no second look-up can differ.

mod address;
mod identity;
mod retry_after;

pub use address::{Egress, PublicResolver, is_blocked};
pub use identity::{IdentityError, identified};
pub use retry_after::parse as retry_after;

use rustls::client::WantsClientCert;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use std::sync::Arc;

/// TLS to servers on the internet: the roots browsers trust, one crypto provider, the server always verified.
///
/// # Errors
/// Where the provider lacks the protocol versions, which a build can get wrong and a user cannot.
pub fn tls() -> Result<ClientConfig, rustls::Error> {
    Ok(trusting(&[])?.with_no_client_auth())
}

/// As [`tls`], with more roots, and before it is said which certificate the client shows.
///
/// # Errors
/// As [`tls`]; also where a root is no certificate.
pub fn trusting(
    roots: &[CertificateDer<'static>],
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, rustls::Error> {
    let mut trusted = RootCertStore::empty();
    trusted.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for root in roots {
        trusted.add(root.clone())?;
    }
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(trusted))
}
