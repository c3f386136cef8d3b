//! The refresher as a running service.

use crate::attempt::Attempts;
use crate::config::{Config, JournalSettings, Settings};
use crate::dispatch::{Dispatch, Limits};
use crate::failover::Failover;
use crate::grpc;
use crate::journal::{Journal, OpenError};
use crate::leave::Gate;
use crate::peers::{ANSWER_WITHIN, Peers};
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
use latchkey_wire::{Logbook, PeerClient, Route, RouteOptions, VaultClient};
use std::sync::Arc;
use tonic::service::Routes;

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
        let (clock, peers) = (Arc::new(SystemClock), Peers::none(lifecycle));
        let (failover, logbook) = (Failover::default(), Logbook::default());
        let attempts = Attempts { vault, catalogue, oauth, journal, peers, clock, failover, logbook };
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

    /// With others, each of which keeps copies for all.
    #[must_use]
    pub fn with_peers(mut self, peers: Vec<PeerClient>) -> Self {
        self.worker.attempts.peers = Peers::of(peers, &self.lifecycle);
        self
    }

    /// What the other refreshers may call.
    #[must_use]
    pub fn door(&self) -> Routes {
        let Attempts { journal, clock, .. } = &self.worker.attempts;
        grpc::door(journal, clock)
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
        beside("revocations", Revoking { attempts: attempts.clone() }.run().boxed());
        // Not cut off: attempts that end while the process does are told too.
        let telling = attempts.logbook.clone().tell(attempts.vault.clone(), lifecycle.stopping());
        drop(lifecycle.spawn("auth logs", telling));
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

/// The ways to the other refreshers.
///
/// # Errors
/// Where one of `journal.peers` is no address, or is not encrypted without that being allowed.
pub fn open_peers(settings: &JournalSettings) -> anyhow::Result<Vec<PeerClient>> {
    let open = |(number, options): (usize, &RouteOptions)| {
        let route = Route::remote(options.clone())
            .with_context(|| format!("`journal.peers[{number}]` cannot be used"))?;
        Ok(PeerClient::new(route.with_deadline(ANSWER_WITHIN)))
    };
    settings.peers.iter().enumerate().map(open).collect()
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
