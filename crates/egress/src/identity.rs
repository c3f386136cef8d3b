//! The client's own certificate in TLS (RFC 8705). The server's is always checked as well.

use crate::trusting;
use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

/// Why a certificate cannot be shown. Nothing of it is repeated.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("it is no certificate as PEM")]
    Certificate,
    #[error("it is no private key as PEM")]
    Key,
    #[error("the private key does not fit the certificate")]
    Mismatch,
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

/// As [`crate::tls`], with more roots, showing a certificate: the client's own first, then those up to its authority.
///
/// # Errors
/// [`IdentityError`] where one of the two is not what it should be, or they do not belong together.
pub fn identified(
    roots: &[CertificateDer<'static>],
    certificate: &str,
    private_key: &str,
) -> Result<ClientConfig, IdentityError> {
    let chain = CertificateDer::pem_slice_iter(certificate.as_bytes()).collect::<Result<Vec<_>, _>>();
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or(IdentityError::Certificate)?;
    let key = PrivateKeyDer::from_pem_slice(private_key.as_bytes()).map_err(|_| IdentityError::Key)?;
    let config = trusting(roots).map_err(IdentityError::Tls)?;
    config.with_client_auth_cert(chain, key).map_err(|_| IdentityError::Mismatch)
}
