//! The refresher as a running service.

use crate::attempt::Attempts;
use crate::config::{Config, JournalSettings, Settings};
use crate::dispatch::{Dispatch, Limits};
use crate::journal::{Journal, OpenError};
use crate::leave::Gate;
use crate::reports::{Pending, reports};
use crate::revoking::Revoking;
use crate::worker::Worker;
use anyhow::Context as _;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use latchkey_bus::Bus;
use latchkey_chassis::ops::{Checks, Trouble, Verdict};
use latchkey_chassis::{Clock, Lifecycle, SystemClock};
use latchkey_oauth::Client;
use latchkey_providers::Catalogue;
use latchkey_wire::VaultClient;
use std::sync::Arc;

pub struct RefresherService {
    worker: Worker,
    pending: Pending,
    lifecycle: Lifecycle,
}

impl RefresherService {
    #[must_use]
    pub fn new(
        vault: VaultClient,
        catalogue: Catalogue,
        oauth: Client,
        bus: Arc<dyn Bus>,
        journal: Journal,
        settings: &Settings,
        lifecycle: &Lifecycle,
    ) -> Self {
        let attempts = Attempts { vault, catalogue, oauth, journal, clock: Arc::new(SystemClock) };
        let limits = Limits {
            all: settings.concurrency.get(),
            per_app: settings.per_provider.get(),
            per_lane: settings.per_integration.get(),
        };
        let (reports, pending) = reports();
        let gate = Gate::new(Dispatch::new(limits), reports);
        let worker = Worker { attempts, gate, bus, lifecycle: lifecycle.clone() };
        Self { worker, pending, lifecycle: lifecycle.clone() }
    }

    /// By another clock than the system's.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.worker.attempts.clock = clock;
        self
    }

    /// What must hold for the refresher to be ready: what is due is the vault's to say.
    #[must_use]
    pub fn checks(&self) -> Checks {
        let vault = self.worker.attempts.vault.clone();
        Checks::new().with("vault", move || {
            let vault = vault.clone();
            async move {
                let remedy = "Check vault.endpoint and vault.tls, and that the vault runs.";
                match vault.ping().await {
                    Ok(()) => Verdict::Ready,
                    Err(fault) => Verdict::Failing(Trouble::new(fault.to_string(), remedy)),
                }
            }
        })
    }

    /// Tells what an earlier process left untold, then looks for due work.
    pub fn run(self) {
        let Self { worker, pending, lifecycle } = self;
        let beside = |name, work: BoxFuture<'static, ()>| {
            let stopping = lifecycle.stopping();
            drop(lifecycle.spawn(name, async move {
                tokio::select! {
                    () = work => {}
                    () = stopping => {}
                }
            }));
        };
        let attempts = worker.attempts.clone();
        beside("reports", pending.tell(attempts.vault.clone()).boxed());
        let (vault, catalogue) = (attempts.vault.clone(), attempts.catalogue.clone());
        let revoking = Revoking { vault, catalogue, oauth: attempts.oauth.clone() };
        beside("revocations", revoking.run().boxed());
        beside("journal", async move { attempts.keep_house().await }.boxed());
        let stopping = lifecycle.stopping();
        drop(lifecycle.spawn("refresher", async move {
            tokio::select! {
                () = worker.attempts.replay() => {}
                () = stopping => return,
            }
            worker.run().await;
        }));
    }
}

/// The journal, which is this process's alone from here on.
///
/// # Errors
/// Where another process has it, or it cannot be written.
pub fn open_journal(settings: &JournalSettings) -> Result<Journal, OpenError> {
    Journal::open(&settings.path)
}

/// Where hints come from.
///
/// # Errors
/// Where the address cannot be used.
pub async fn open_bus(config: &Config) -> anyhow::Result<Arc<dyn Bus>> {
    match &config.nats {
        None => Ok(latchkey_bus::local()),
        Some(nats) => {
            latchkey_bus::nats(nats.clone()).await.context("the NATS server in `nats.url` cannot be used")
        }
    }
}
