//! Where connect and the refresher write down what they tried. Writing never waits and never fails: what does not fit, or
//! does not reach the vault, is lost and counted (`latchkey_auth_log_dropped_total`).

use crate::VaultClient;
use latchkey_domain::auth_log::AuthLog;
use std::{future::Future, pin::pin, sync::Arc, time::Duration};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{sleep, timeout};
use tracing::warn;

/// How many logs wait at most: a few kilobytes each.
const WAITING_MAX: usize = 2_000;
/// How many are told at once: what the vault takes in one call.
const BATCH_MAX: usize = 200;
/// How long logs gather before they are told, so that many make one call.
const GATHER: Duration = Duration::from_millis(200);
/// How often one batch is told, and how long the vault is left alone in between.
const TRIES: u32 = 5;
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How long a process that is stopping waits for one more log.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// Clones are the same book.
#[derive(Debug, Clone)]
pub struct Logbook {
    written: Sender<AuthLog>,
    /// Whoever tells it holds it.
    untold: Arc<Mutex<Receiver<AuthLog>>>,
}

impl Default for Logbook {
    fn default() -> Self {
        let (written, untold) = channel(WAITING_MAX);
        Self { written, untold: Arc::new(Mutex::new(untold)) }
    }
}

impl Logbook {
    pub fn write(&self, log: AuthLog) {
        if self.written.try_send(log).is_err() {
            dropped(1);
        }
    }

    /// Tells the vault until `stopping`, and then what is still written within two seconds of each other.
    pub async fn tell(self, vault: VaultClient, stopping: impl Future<Output = ()>) {
        let mut untold = self.untold.lock().await;
        let mut stopping = pin!(stopping);
        let mut stopped = false;
        loop {
            let first = if stopped {
                timeout(LAST_WAIT, untold.recv()).await.ok().flatten()
            } else {
                tokio::select! {
                    biased;
                    () = &mut stopping => {
                        stopped = true;
                        continue;
                    }
                    first = untold.recv() => first,
                }
            };
            let Some(first) = first else { return };
            let mut batch = vec![first];
            if !stopped {
                sleep(GATHER).await;
            }
            while batch.len() < BATCH_MAX
                && let Ok(log) = untold.try_recv()
            {
                batch.push(log);
            }
            tell(&vault, batch).await;
        }
    }
}

async fn tell(vault: &VaultClient, batch: Vec<AuthLog>) {
    let logs = batch.len() as u64;
    for tried in 1..=TRIES {
        let Err(fault) = vault.record_auth_logs(batch.clone()).await else { return };
        if tried == TRIES {
            let reason = fault.reason.word();
            warn!(logs, reason, "Logs of what was tried did not reach the vault and are lost");
            return dropped(logs);
        }
        sleep(AGAIN_AFTER).await;
    }
}

fn dropped(logs: u64) {
    metrics::counter!("latchkey_auth_log_dropped_total").increment(logs);
}
