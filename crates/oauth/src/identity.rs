//! The client's certificate in TLS (RFC 8705).

use crate::{Fault, FaultKind};
use latchkey_egress::{IdentityError, identified};
use latchkey_secret::SecretText;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;

/// A certificate and its private key, as PEM.
#[derive(Debug)]
pub struct ClientIdentity {
    /// The client's own certificate first, then those up to its authority.
    pub certificate: SecretText,
    pub key: SecretText,
}

impl ClientIdentity {
    /// TLS that shows it.
    ///
    /// # Errors
    /// [`FaultKind::InputInvalid`] with what is no PEM document of its kind; it is not repeated.
    pub(crate) fn tls(&self, roots: &[CertificateDer<'static>]) -> Result<ClientConfig, Fault> {
        identified(roots, self.certificate.expose(), self.key.expose()).map_err(|error| {
            // The fields are called as entries call them.
            let field = match error {
                IdentityError::Certificate => "client_certificate",
                IdentityError::Key | IdentityError::Mismatch => "client_private_key",
                IdentityError::Tls(_) => return Fault::new(FaultKind::Unsupported),
            };
            Fault::described(FaultKind::InputInvalid { field: field.to_owned() }, error.to_string())
        })
    }
}
