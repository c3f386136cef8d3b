//! TLS between services. One cryptography provider for the whole process: ring.

use std::path::{Path, PathBuf};

use tonic::transport::{Certificate, Identity, ServerTlsConfig};

use crate::config::Tls;

/// Makes ring the process's provider. Call it first in `main`; repeating it changes nothing.
pub fn install_provider() {
    // An error says that a provider is there already; the workspace builds only this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("cannot read {what} {}", path.display())]
    Unreadable { what: &'static str, path: PathBuf, source: std::io::Error },
    #[error("{what} {} holds no PEM block `{block}`", path.display())]
    NotPem { what: &'static str, path: PathBuf, block: &'static str },
}

/// What a server shows, and whose client certificates it demands.
///
/// # Errors
/// Where a file cannot be read or is not PEM.
pub fn server(tls: &Tls) -> Result<ServerTlsConfig, TlsError> {
    install_provider();
    let mut config = ServerTlsConfig::new().identity(identity(&tls.certificate, &tls.key)?);
    if let Some(path) = &tls.client_ca {
        config = config.client_ca_root(Certificate::from_pem(certificate("tls.client_ca", path)?));
    }
    Ok(config)
}

fn identity(shown: &Path, key: &Path) -> Result<Identity, TlsError> {
    Ok(Identity::from_pem(certificate("tls.certificate", shown)?, pem("tls.key", key, "PRIVATE KEY")?))
}

fn certificate(what: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    pem(what, path, "CERTIFICATE")
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
