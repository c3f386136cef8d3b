//! Connecting over TLS, each time by what the files hold then.

use super::remote::{RouteError, RouteTls};
use http::Uri;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fs;
use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower::Service;
use tracing::warn;

/// Makes the connections of one route.
#[derive(Clone)]
pub(super) struct Connector {
    host: String,
    port: u16,
    name: ServerName<'static>,
    files: RouteTls,
    /// What the files held when they last could be used.
    last: Arc<Mutex<Arc<ClientConfig>>>,
}

impl Connector {
    pub(super) fn new(endpoint: &Uri, files: RouteTls) -> Result<Self, RouteError> {
        let host = endpoint.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = files.server_name.clone().unwrap_or_else(|| host.clone());
        let parsed = ServerName::try_from(name.clone()).map_err(|_| RouteError::ServerName { name })?;
        let last = Arc::new(Mutex::new(Arc::new(config(&files)?)));
        Ok(Self { host, port: endpoint.port_u16().unwrap_or(443), name: parsed, files, last })
    }

    /// A file that is being replaced, or cannot be used, does not stop what could connect a moment ago.
    fn present(&self) -> Arc<ClientConfig> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match config(&self.files) {
            Ok(config) => *last = Arc::new(config),
            Err(error) => {
                warn!(%error, "The TLS files of a route cannot be used; those read before serve on")
            }
        }
        last.clone()
    }

    async fn connect(self) -> io::Result<TokioIo<TlsStream<TcpStream>>> {
        let socket = TcpStream::connect((self.host.as_str(), self.port)).await?;
        socket.set_nodelay(true)?;
        let stream = TlsConnector::from(self.present()).connect(self.name.clone(), socket).await?;
        Ok(TokioIo::new(stream))
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TlsStream<TcpStream>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        Box::pin(self.clone().connect())
    }
}

fn config(tls: &RouteTls) -> Result<ClientConfig, RouteError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|_| RouteError::NoVersion)?.with_root_certificates(roots(tls)?);
    let mut config = match (&tls.certificate, &tls.key) {
        (Some(certificate), Some(key)) => {
            let chain = certificates("tls.certificate", certificate)?;
            let parsed = PrivateKeyDer::from_pem_slice(&read("tls.key", key)?);
            let parsed = parsed.map_err(|source| unusable("tls.key", key, source))?;
            builder.with_client_auth_cert(chain, parsed).map_err(|source| unusable("tls.key", key, source))?
        }
        (None, None) => builder.with_no_client_auth(),
        _ => return Err(RouteError::HalfIdentity),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

fn roots(tls: &RouteTls) -> Result<RootCertStore, RouteError> {
    let Some(path) = &tls.ca else {
        return Ok(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect());
    };
    let mut roots = RootCertStore::empty();
    for root in certificates("tls.ca", path)? {
        roots.add(root).map_err(|source| unusable("tls.ca", path, source))?;
    }
    Ok(roots)
}

fn certificates(what: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, RouteError> {
    let pem = read(what, path)?;
    let chain = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    match chain {
        Ok(chain) if chain.is_empty() => Err(unusable(what, path, "it holds no PEM block `CERTIFICATE`")),
        chain => chain.map_err(|source| unusable(what, path, source)),
    }
}

fn unusable(
    what: &'static str,
    path: &Path,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> RouteError {
    RouteError::Unusable { what, path: path.to_owned(), source: source.into() }
}

fn read(what: &'static str, path: &Path) -> Result<Vec<u8>, RouteError> {
    fs::read(path).map_err(|source| RouteError::Unreadable { what, path: path.to_owned(), source })
}
