//! The loop that finds what is due. It claims no more at a time than it can begin at once; a claim it cannot use is given
//! back before the look is over, so that nothing waits here that another refresher could have begun.

use crate::attempt::Attempts;
use crate::limits::Limits;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use latchkey_bus::{Bus, Hint};
use latchkey_chassis::{Clock, Lifecycle, SystemClock};
use latchkey_domain::Timestamp;
use latchkey_wire::VaultClient;
use latchkey_wire::contract::DueRefresh;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tracing::warn;

/// How often due work is looked for when nothing hints at any. Also the longest an on-demand refresh waits with the bus
/// down.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long the vault is left alone when it did not answer.
const BACKOFF: Duration = Duration::from_secs(1);

/// How long to wait before looking again when everything that was due belongs to busy providers.
const BUSY: Duration = Duration::from_millis(100);

/// How many claims are taken at a time.
const BATCH: usize = 50;

/// How often a look claims more because all it got belongs to busy providers. Together with [`BATCH`], how long a busy
/// provider's queue may be and the others still be reached.
const ROUNDS_MAX: usize = 20;

/// How many claims are given back at once.
const RELEASES_AT_ONCE: usize = 8;

pub struct Worker {
    pub attempts: Attempts,
    pub limits: Limits,
    pub bus: Arc<dyn Bus>,
    pub lifecycle: Lifecycle,
}

impl Worker {
    /// Works until the process is told to stop. Attempts that have begun go on; the life cycle waits for them.
    pub async fn run(self) {
        let mut hints = self.bus.hints();
        let stopping = self.lifecycle.stopping();
        tokio::pin!(stopping);
        loop {
            tokio::select! {
                // What was claimed must be begun or given back, so a look is never cut in the middle.
                biased;
                () = &mut stopping => return,
                () = self.pause(&mut hints) => {}
            }
            while !self.lifecycle.is_stopping() && self.look().await {}
        }
    }

    async fn pause(&self, hints: &mut BoxStream<'static, Hint>) {
        let wanted = async {
            loop {
                match hints.next().await {
                    Some(Hint::RefreshWanted { .. }) => return,
                    Some(_) => {}
                    None => std::future::pending().await,
                }
            }
        };
        let _ = timeout(LOOK_EVERY, wanted).await;
    }

    /// Claims and begins what is due. Says whether to look again at once, because there was as much as could be taken.
    ///
    /// What belongs to busy providers is held until the look is over: given back earlier it would be claimed again, being
    /// the oldest, and hide what is due at the others.
    async fn look(&self) -> bool {
        let mut held = Vec::new();
        let mut again = false;
        for _ in 0..ROUNDS_MAX {
            let free = self.limits.free().min(BATCH);
            if free == 0 {
                sleep(BUSY).await;
                break;
            }
            let Some(due) = self.claim(free).await else { break };
            let full = due.len() == free;
            let (begun, busy) = self.begin_all(due);
            held.extend(busy);
            again = full && begun > 0;
            if !full || again {
                break;
            }
        }
        let releases = held.iter().map(|due| give_back(&self.attempts.vault, due));
        futures::stream::iter(releases).for_each_concurrent(RELEASES_AT_ONCE, |release| release).await;
        again
    }

    async fn claim(&self, free: usize) -> Option<Vec<DueRefresh>> {
        let max = u32::try_from(free).unwrap_or(u32::MAX);
        match self.attempts.vault.claim_due(max).await {
            Ok(due) => Some(due),
            Err(fault) => {
                warn!(reason = fault.reason.word(), "What is due could not be learnt");
                sleep(BACKOFF).await;
                None
            }
        }
    }

    /// Begins what may begin now: how many, and those whose provider has enough to do.
    fn begin_all(&self, due: Vec<DueRefresh>) -> (usize, Vec<DueRefresh>) {
        let claimed = due.len();
        let busy: Vec<_> = due.into_iter().filter_map(|due| self.begin(due)).collect();
        (claimed - busy.len(), busy)
    }

    /// Begins a refresh, or hands it back where its provider has enough to do.
    fn begin(&self, due: DueRefresh) -> Option<DueRefresh> {
        let Some(permit) = self.limits.try_begin(&due.provider) else { return Some(due) };
        let now = Timestamp(SystemClock.now());
        metrics::histogram!("latchkey_refresh_lateness_seconds", "provider" => due.provider.clone())
            .record(due.due_at.until(now));
        let attempts = self.attempts.clone();
        drop(self.lifecycle.spawn("refresh", async move {
            attempts.make(due).await;
            drop(permit);
        }));
        None
    }
}

async fn give_back(vault: &VaultClient, due: &DueRefresh) {
    if let Err(fault) = vault.release_refresh(due.connection, due.fence).await {
        warn!(connection.id = %due.connection, reason = fault.reason.word(), "A claim could not be given back; it will lapse");
    }
}
