//! The refresher's settings: sections and nothing else.

use anyhow::{Context as _, bail};
use latchkey_bus::NatsOptions;
use latchkey_chassis::config::{Listen, Telemetry, Tls};
use latchkey_wire::RouteOptions;
use serde::Deserialize;
use std::num::NonZeroUsize;
use std::path::PathBuf;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default)]
    pub listen: Listen,
    /// The vault's port for other services.
    pub vault: RouteOptions,
    /// Where hints come from. Without it, on-demand refreshes wait for the next look.
    #[serde(default)]
    pub nats: Option<NatsOptions>,
    #[serde(default)]
    pub providers: latchkey_providers::Settings,
    #[serde(default)]
    pub refresh: Settings,
    pub journal: JournalSettings,
    /// For `listen.internal`, where the other refreshers call; with `client_ca`, so that nobody else gets in.
    #[serde(default)]
    pub tls: Option<Tls>,
    #[serde(default)]
    pub telemetry: Telemetry,
}

impl Config {
    /// Whether a refresher would start on these, as far as they tell by themselves: nothing is opened and nobody is asked.
    ///
    /// # Errors
    /// What cannot be, or would be unsafe, with what to do about it.
    pub fn check(&self) -> anyhow::Result<()> {
        self.vault.check().context("`vault.endpoint` cannot be used")?;
        for (number, peer) in self.journal.peers.iter().enumerate() {
            peer.check().with_context(|| format!("`journal.peers[{number}]` cannot be used"))?;
        }
        if self.listen.internal.is_some() && self.tls.is_none() && !self.journal.insecure_peers {
            bail!(
                "`listen.internal`, where the other refreshers call, needs `tls`; or set `journal.insecure_peers = true` where the \
                 network encrypts by itself"
            );
        }
        Ok(self.listen.check(&["listen.ops"])?)
    }
}

/// Where providers' answers are written down, sealed, before anything looks at them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalSettings {
    /// A folder of this process's own, on a disk that outlives it: what is lost with it are the answers that the vault had
    /// not heard of yet.
    pub path: PathBuf,
    /// The `listen.internal` of every other refresher; naming this one too does no harm. Each answer is copied to one of them,
    /// so that losing a disk loses none, and all are asked about a refresh that was not ended.
    #[serde(default)]
    pub peers: Vec<RouteOptions>,
    /// Lets other refreshers call without TLS: only for a network that encrypts by itself.
    #[serde(default)]
    pub insecure_peers: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How many refreshes may be under way at once.
    pub concurrency: NonZeroUsize,
    /// How many of them for one OAuth app of a provider.
    pub per_provider: NonZeroUsize,
    /// How many of these for one integration of one environment: apps may be shared.
    pub per_integration: NonZeroUsize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { concurrency: nonzero(256), per_provider: nonzero(64), per_integration: nonzero(48) }
    }
}

const fn nonzero(number: usize) -> NonZeroUsize {
    match NonZeroUsize::new(number) {
        Some(number) => number,
        None => NonZeroUsize::MIN,
    }
}
