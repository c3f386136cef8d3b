//! Tells the vault how token endpoints do. What is told late is worth less than what is told last, so reports wait in order
//! and are never in anybody's way.

use latchkey_wire::VaultClient;
use latchkey_wire::contract::ReportProvider;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;
use tracing::warn;

/// How long the vault is left alone when it did not hear.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How often one report is told at most: a breaker changes seldom, and says later how it stands.
const TRIES: u32 = 60;

/// Where reports are left. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Reports(UnboundedSender<ReportProvider>);

/// Reports to be told.
#[derive(Debug)]
pub struct Pending(UnboundedReceiver<ReportProvider>);

#[must_use]
pub fn reports() -> (Reports, Pending) {
    let (sender, receiver) = unbounded_channel();
    (Reports(sender), Pending(receiver))
}

impl Reports {
    pub fn leave(&self, report: ReportProvider) {
        // Where nobody tells them any more the process is ending.
        let _ = self.0.send(report);
    }
}

impl Pending {
    /// Tells them until nobody can leave any more.
    pub async fn tell(mut self, vault: VaultClient) {
        while let Some(report) = self.0.recv().await {
            for _ in 0..TRIES {
                match vault.report_provider(report.clone()).await {
                    Ok(()) => break,
                    Err(fault) => {
                        warn!(reason = fault.reason.word(), "The vault has not heard how a provider does");
                        sleep(AGAIN_AFTER).await;
                    }
                }
            }
        }
    }
}
