//! The vault as a running service: its use cases, and what goes on beside the calls.

use crate::announcer::Announcer;
use crate::audit::keep_chains;
use crate::config::{Logs, Reads, Settings};
use crate::error::chain;
use crate::gauges::count;
use crate::grpc;
use crate::keyring::{EnvironmentKeyState, Keyring};
use crate::ledger::Ledger;
use crate::parts::Parts;
use crate::retention::{retain, sweep_auth_logs};
use crate::sweeper::sweep;
use crate::vault::{Safety, Vault};
use crate::vitals::look_at_database;
use crate::webhook::fan_out;
use futures::StreamExt as _;
use futures::future::join_all;
use latchkey_chassis::Lifecycle;
use latchkey_chassis::grpc::layers;
use latchkey_chassis::ops::{Checks, Trouble, Verdict};
use latchkey_envelope::{EnvironmentKeys, KeyService};
use latchkey_store::StoreError;
use latchkey_wire::{Authenticator, Route, VaultClient};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tonic::service::Routes;
use tracing::warn;

/// How long a key service may take to say that it is well. Less than a check may take.
const KEYS_ANSWER_WITHIN: Duration = Duration::from_millis(700);

/// How often the state of the keys is told.
const KEYS_EVERY: Duration = Duration::from_secs(60);

/// How often it is looked whether incidents, and the time of webhook keys, are over.
const TEND_EVERY: Duration = Duration::from_secs(10);

/// How often it is looked for revocations that nobody makes.
const GIVE_UP_EVERY: Duration = Duration::from_secs(60);

/// Built, and not running yet.
pub struct VaultService {
    vault: Vault,
    parts: Parts,
    lifecycle: Lifecycle,
    logs: Logs,
    reads: Reads,
}

impl VaultService {
    #[must_use]
    pub fn new(parts: Parts, settings: &Settings, lifecycle: &Lifecycle) -> Self {
        let ledger = Ledger::new(parts.store.clone(), parts.clock.clone());
        let outage = settings.key_outage_hours.duration();
        let environments = EnvironmentKeys::serving_for(outage, parts.key_services.clone());
        let (store, clock) = (parts.store.clone(), parts.clock.clone());
        let keyring = Keyring::new(store, environments, settings.deployment.clone(), clock);
        let vault = Vault::new(ledger, keyring, parts.bus.clone(), parts.ids.clone(), settings);
        let (logs, reads) = (settings.logs.clone(), settings.reads.clone());
        Self { vault, parts, lifecycle: lifecycle.clone(), logs, reads }
    }

    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The keys, for whoever operates them.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.vault.keyring
    }

    /// What the other services may call.
    #[must_use]
    pub fn peers(&self) -> Routes {
        grpc::peers(&self.vault)
    }

    /// All there is to call: for the other services, one of which passes on what backends call over HTTP. Such a call needs
    /// the backend's key like any other.
    #[must_use]
    pub fn internal(&self) -> Routes {
        let public = self.public().into_axum_router();
        Routes::from(self.peers().into_axum_router().merge(public.reset_fallback()))
    }

    /// What backends may call. Their keys are looked up where any service looks them up.
    #[must_use]
    pub fn public(&self) -> Routes {
        let authenticator = Authenticator::new(VaultClient::new(Route::local(layers(self.peers()))));
        grpc::public(&self.vault, &authenticator, &self.lifecycle)
    }

    /// What must hold for the vault to be ready.
    #[must_use]
    pub fn checks(&self) -> Checks {
        let store = self.parts.store.clone();
        let key_services = self.parts.key_services.clone();
        let bus = self.parts.bus.clone();
        let vault = self.vault.clone();
        Checks::new()
            .with("database", move || {
                let store = store.clone();
                async move {
                    let remedy = "Check database.url, and that the database runs and accepts this user.";
                    verdict(store.ping().await, |what| Verdict::Failing(Trouble::new(what, remedy)))
                }
            })
            .with("keys", move || {
                let key_services = key_services.clone();
                async move { keys_verdict(&key_services).await }
            })
            .with("safe mode", move || {
                let vault = vault.clone();
                async move { safety_verdict(&vault).await }
            })
            .with("bus", move || {
                let bus = bus.clone();
                async move {
                    let remedy = "Check nats.url. News waits in the database until the bus is back.";
                    verdict(bus.ping().await, |what| Verdict::Warning(Trouble::new(what, remedy)))
                }
            })
    }

    /// Starts what goes on beside the calls: announcing, heeding hints, counting, sweeping.
    pub fn run(&self) {
        let announcer = Announcer::new(self.vault.ledger.clone(), self.parts.bus.clone());
        self.beside("announcer", announcer.run());
        self.beside("hints", heed(self.vault.clone()));
        self.beside("gauges", count(self.vault.clone()));
        self.beside("gauges of keys", count_keys(self.vault.clone()));
        self.beside("vitals", look_at_database(self.vault.clone()));
        self.beside("tending", tend(self.vault.clone()));
        self.beside("webhooks", fan_out(self.vault.clone()));
        self.beside("sweeper", sweep(self.vault.ledger.clone()));
        self.beside("retention", retain(self.vault.clone(), self.logs.clone(), self.reads.clone()));
        // Not cut off: what is noted while the process ends is written too.
        let writing = self.vault.readings.clone().write(self.parts.store.clone(), self.lifecycle.stopping());
        drop(self.lifecycle.spawn("reads", writing));
        self.beside("revocations", give_up(self.vault.clone()));
        self.beside("audit chains", keep_chains(self.vault.clone()));
    }

    /// Sweeps the logs that are too old, or too many. Says how many there were.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep(&self, logs: &Logs) -> Result<u64, StoreError> {
        sweep_auth_logs(&self.vault, logs).await
    }

    fn beside(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let stopping = self.lifecycle.stopping();
        drop(self.lifecycle.spawn(name, async move {
            tokio::select! {
                () = work => {}
                () = stopping => {}
            }
        }));
    }
}

/// Never failing: what is at hand goes on being handed out, and a vault that called itself not ready would be called by
/// nobody. A key service that hangs is told as one that does not answer, before the check as a whole runs out of time.
async fn keys_verdict(key_services: &[Arc<dyn KeyService>]) -> Verdict {
    let remedy = "Check keys.kek and keys.also, and the rights on the key. What is cached goes on working for a while.";
    let asked = key_services.iter().map(|service| async move {
        let what = match timeout(KEYS_ANSWER_WITHIN, service.health()).await {
            Ok(Ok(())) => return None,
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {KEYS_ANSWER_WITHIN:?}"),
        };
        Some(format!("{}: {what}", service.uri()))
    });
    match join_all(asked).await.into_iter().flatten().next() {
        Some(what) => Verdict::Warning(Trouble::new(what, remedy)),
        None => Verdict::Ready,
    }
}

/// A warning: what is at hand goes on being handed out. A database that does not answer is told by its own check.
async fn safety_verdict(vault: &Vault) -> Verdict {
    let Ok(Safety::On { released, .. }) = vault.safety().await else { return Verdict::Ready };
    let what = format!("nothing is refreshed, but of {} integrations: a backup was restored", released.len());
    let remedy = "See `latchkey safe-mode status`; once the refreshers' journals were told, `latchkey safe-mode leave`.";
    Verdict::Warning(Trouble::new(what, remedy))
}

fn verdict<E: std::error::Error>(answer: Result<(), E>, trouble: impl FnOnce(String) -> Verdict) -> Verdict {
    match answer {
        Ok(()) => Verdict::Ready,
        Err(error) => trouble(error.to_string()),
    }
}

/// Looks now and then whether incidents are over, and whether the time of webhook keys is.
async fn tend(vault: Vault) {
    loop {
        sleep(TEND_EVERY).await;
        if let Err(error) = vault.retire_webhook_keys().await {
            warn!(error = %chain(&error), "Webhook keys whose time is over could not be destroyed");
        }
        if let Err(error) = vault.tend_incidents().await {
            warn!(error = %chain(&error), "It could not be seen whether incidents are over");
        }
    }
}

/// Ends now and then what nobody was there to ask a provider about, so that its key does not outlive it for long.
async fn give_up(vault: Vault) {
    loop {
        sleep(GIVE_UP_EVERY).await;
        match vault.give_up_revocations().await {
            Ok(0) => {}
            Ok(given_up) => {
                warn!(given_up, "Nobody asked the providers to end these grants; is a refresher running?")
            }
            Err(error) => {
                warn!(error = %chain(&error), "It could not be seen which revocations are to be given up")
            }
        }
    }
}

async fn heed(vault: Vault) {
    let mut hints = vault.bus.hints();
    while let Some(hint) = hints.next().await {
        vault.freshness.heed(&hint);
        if let Err(error) = vault.heed_refusal(&hint).await {
            warn!(error = %chain(&error), "A refusal told by another vault was not counted");
        }
    }
}

/// Tells how old the keys are, and how many are yet to be wrapped anew.
async fn count_keys(vault: Vault) {
    loop {
        match vault.keyring.key_states().await {
            Ok(states) => show_keys(&states, vault.ledger.now().0),
            Err(error) => warn!(error = %chain(&error), "The state of the keys could not be seen"),
        }
        sleep(KEYS_EVERY).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn show_keys(states: &[EnvironmentKeyState], now: i64) {
    if let Some(oldest) = states.iter().filter_map(|state| state.made_at).min() {
        metrics::gauge!("latchkey_vault_key_age_seconds").set((now.saturating_sub(oldest) / 1000) as f64);
    }
    let unwrapped = states.iter().filter(|state| !state.is_wrapped_as_wanted).count();
    let older: u64 = states.iter().flat_map(|state| &state.older).map(|older| older.data_keys).sum();
    metrics::gauge!("latchkey_vault_rewrap_remaining", "key" => "environment").set(unwrapped as f64);
    metrics::gauge!("latchkey_vault_rewrap_remaining", "key" => "data").set(older as f64);
    let idle: usize = states.iter().map(|state| state.idle().count()).sum();
    metrics::gauge!("latchkey_vault_rewrap_remaining", "key" => "replaced").set(idle as f64);
}
