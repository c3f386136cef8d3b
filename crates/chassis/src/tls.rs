//! TLS between services. One cryptography provider for the whole process: ring.
//!
//! Certificates are replaced while processes run: whoever issues them writes the files anew, and the next connection shows
//! what is there. A file that cannot be used changes nothing.

mod accept;
mod files;
mod validity;

use crate::Lifecycle;
use crate::config::Tls;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_rustls::rustls::ServerConfig;
use tracing::{info, warn};

pub use accept::{Accepted, accept};
use files::Files;
pub use files::{CertificateFacts, facts};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

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
    #[error("{what} {} cannot be used", path.display())]
    Unusable { what: &'static str, path: PathBuf, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("{what} {} is no certificate: {fault}", path.display())]
    NotACertificate { what: &'static str, path: PathBuf, fault: String },
}

/// What a server shows, and whose client certificates it demands: what stands in the files, for as long as the process
/// runs.
///
/// # Errors
/// Where a file cannot be used now.
pub fn server(tls: Tls, lifecycle: &Lifecycle) -> Result<watch::Receiver<Arc<ServerConfig>>, TlsError> {
    install_provider();
    let files = Files::read(&tls)?;
    let (sender, receiver) = watch::channel(Arc::new(files.config(&tls)?));
    show_end(&tls);
    let stopping = lifecycle.stopping();
    drop(lifecycle.spawn("certificates", async move {
        tokio::select! {
            () = keep_up(tls, files, sender) => {}
            () = stopping => {}
        }
    }));
    Ok(receiver)
}

/// Whether the files can be used as they are.
///
/// # Errors
/// As [`server`].
pub fn check(tls: &Tls) -> Result<(), TlsError> {
    install_provider();
    Files::read(tls)?.config(tls).map(drop)
}

/// Looks whether other files are there, and gives connections that are yet to come what is in them.
async fn keep_up(tls: Tls, mut used: Files, configs: watch::Sender<Arc<ServerConfig>>) {
    let mut refused = None;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Ok(found) = Files::read(&tls) else {
            // They are being replaced, or were taken away: what was read goes on serving.
            continue;
        };
        if found == used || refused.as_ref() == Some(&found) {
            continue;
        }
        match found.config(&tls) {
            Ok(config) => {
                configs.send_replace(Arc::new(config));
                info!(certificate = %tls.certificate.display(), "The certificate was replaced");
                count("replaced");
                show_end(&tls);
                used = found;
                refused = None;
            }
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                warn!(error, "A certificate that was put in place cannot be used; the one before serves on");
                count("refused");
                refused = Some(found);
            }
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("latchkey_certificate_reloads_total", "outcome" => outcome).increment(1);
}

/// When the shown certificate ends, in seconds since the Unix epoch.
fn show_end(tls: &Tls) {
    if let Ok(facts) = facts(&tls.certificate) {
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        metrics::gauge!("latchkey_certificate_not_after_seconds").set(facts.not_after as f64);
    }
}
