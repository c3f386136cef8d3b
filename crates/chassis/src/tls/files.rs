//! The PEM files of a server's side, and what is in them.

use super::{TlsError, validity};
use crate::config::Tls;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use zeroize::Zeroizing;

/// As they were read. The key is wiped when dropped.
#[derive(PartialEq, Eq)]
pub struct Files {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
    client_ca: Option<Vec<u8>>,
}

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Seconds since the Unix epoch.
    pub not_before: i64,
    pub not_after: i64,
}

impl Files {
    pub fn read(tls: &Tls) -> Result<Self, TlsError> {
        Ok(Self {
            certificate: pem("tls.certificate", &tls.certificate, "CERTIFICATE")?,
            key: Zeroizing::new(pem("tls.key", &tls.key, "PRIVATE KEY")?),
            client_ca: tls
                .client_ca
                .as_ref()
                .map(|path| pem("tls.client_ca", path, "CERTIFICATE"))
                .transpose()?,
        })
    }

    pub fn config(&self, tls: &Tls) -> Result<ServerConfig, TlsError> {
        let chain = certificates("tls.certificate", &tls.certificate, &self.certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(unusable("tls.key", &tls.key))?;
        let builder = match (&tls.client_ca, &self.client_ca) {
            (Some(path), Some(pem)) => {
                let mut roots = RootCertStore::empty();
                for root in certificates("tls.client_ca", path, pem)? {
                    roots.add(root).map_err(unusable("tls.client_ca", path))?;
                }
                let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build();
                let verifier = verifier.map_err(unusable("tls.client_ca", path))?;
                ServerConfig::builder().with_client_cert_verifier(verifier)
            }
            _ => ServerConfig::builder().with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(chain, key).map_err(unusable("tls.key", &tls.key))?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(config)
    }
}

/// Of the first certificate in a PEM file.
///
/// # Errors
/// Where there is none that can be read.
pub fn facts(path: &Path) -> Result<CertificateFacts, TlsError> {
    const WHAT: &str = "certificate";
    let text = pem(WHAT, path, "CERTIFICATE")?;
    let not_one = |fault: String| TlsError::NotACertificate { what: WHAT, path: path.to_owned(), fault };
    let first = certificates(WHAT, path, &text)?.into_iter().next();
    let first = first.ok_or_else(|| not_one("it is empty".to_owned()))?;
    let validity =
        validity::of(&first).ok_or_else(|| not_one("it does not say how long it is good".to_owned()));
    validity.map(|(not_before, not_after)| CertificateFacts { not_before, not_after })
}

fn certificates(
    what: &'static str,
    path: &Path,
    pem: &[u8],
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(unusable(what, path))
}

fn unusable<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    what: &'static str,
    path: &Path,
) -> impl FnOnce(E) -> TlsError {
    let path: PathBuf = path.to_owned();
    move |source| TlsError::Unusable { what, path, source: source.into() }
}

fn pem(what: &'static str, path: &Path, block: &'static str) -> Result<Vec<u8>, TlsError> {
    let text =
        std::fs::read(path).map_err(|source| TlsError::Unreadable { what, path: path.to_owned(), source })?;
    let marker = format!("{block}-----");
    if !text.windows(marker.len()).any(|window| window == marker.as_bytes()) {
        return Err(TlsError::NotPem { what, path: path.to_owned(), block });
    }
    Ok(text)
}
