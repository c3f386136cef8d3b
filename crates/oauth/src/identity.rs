//! The client's certificate in TLS (RFC 8705). The server's is always checked as well.

use crate::{Fault, FaultKind};
use latchkey_secret::SecretText;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

/// A certificate and its private key, as PEM.
#[derive(Debug)]
pub struct ClientIdentity {
    /// The client's own certificate first, then those up to its authority.
    pub certificate: SecretText,
    pub key: SecretText,
}

impl ClientIdentity {
    /// # Errors
    /// [`FaultKind::InputInvalid`] with what is no PEM document of its kind; it is not repeated.
    pub(crate) fn parts(&self) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Fault> {
        let chain = CertificateDer::pem_slice_iter(self.certificate.expose().as_bytes());
        let chain = chain.collect::<Result<Vec<_>, _>>().ok().filter(|chain| !chain.is_empty());
        let chain = chain.ok_or_else(|| invalid("client_certificate", "it is no certificate as PEM"))?;
        let key = PrivateKeyDer::from_pem_slice(self.key.expose().as_bytes());
        Ok((chain, key.map_err(|_| invalid("client_private_key", "it is no private key as PEM"))?))
    }
}

/// The fields are called as entries call them.
pub(crate) fn invalid(field: &str, why: &str) -> Fault {
    Fault::described(FaultKind::InputInvalid { field: field.to_owned() }, why)
}
