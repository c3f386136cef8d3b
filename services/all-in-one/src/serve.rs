//! `latchkey serve`: all services in one process, on whatever parts the settings name.

use crate::compose::{Doors, Pieces, compose};
use crate::listen::listen;
use anyhow::{Context as _, bail};
use latchkey_bus::NatsOptions;
use latchkey_chassis::config::{Listen, Telemetry, Tls};
use latchkey_chassis::{Lifecycle, config, telemetry};
use latchkey_connect::config::{PublicUrl, WebhookSettings};
use latchkey_oauth::{Client, ClientOptions};
use latchkey_refresher::config::JournalSettings;
use latchkey_refresher::journal::Journal;
use latchkey_refresher::open_journal;
use latchkey_vault::Parts;
use latchkey_vault::config::{Database, Keys, Reach};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long work may take to finish when the process is told to stop: as long as the longest, which is a refresh.
const GRACE: Duration = Duration::from_secs(60);

/// Sections and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where browsers reach this process, for instance `https://connect.example.com`.
    pub public_url: PublicUrl,
    #[serde(default)]
    pub listen: Listen,
    pub database: Database,
    pub keys: Keys,
    #[serde(default)]
    pub nats: Option<NatsOptions>,
    #[serde(default)]
    pub vault: latchkey_vault::config::Settings,
    #[serde(default)]
    pub refresh: latchkey_refresher::config::Settings,
    /// Absent: a folder beside the database's file.
    #[serde(default)]
    pub journal: Option<JournalSettings>,
    #[serde(default)]
    pub connect: latchkey_connect::config::Settings,
    #[serde(default)]
    pub proxy: latchkey_proxy::config::Settings,
    #[serde(default)]
    pub webhooks: WebhookSettings,
    #[serde(default)]
    pub providers: latchkey_providers::Settings,
    /// For the gRPC port. Absent: the ingress in front speaks TLS.
    #[serde(default)]
    pub tls: Option<Tls>,
    #[serde(default)]
    pub telemetry: Telemetry,
}

impl Config {
    /// Whether `latchkey serve` would start on these, as far as they tell by themselves: nothing is opened and nobody is asked.
    ///
    /// # Errors
    /// What cannot be, or would be unsafe, with what to do about it.
    pub fn check(&self) -> anyhow::Result<()> {
        if self.listen.internal.is_some() {
            bail!(
                "`listen.internal` is for services in processes of their own: here they need no port; remove it"
            );
        }
        self.listen.check(&["listen.http", "listen.grpc", "listen.ops"])?;
        self.keys.check_with(&self.database, reach(Some(&self.public_url)))?;
        journal_settings(self.journal.clone(), &self.database).map(drop)
    }
}

/// Who comes to where browsers are sent.
pub fn reach(public_url: Option<&PublicUrl>) -> Reach {
    match public_url {
        Some(url) if !url.is_of_this_machine() => Reach::Public,
        _ => Reach::Unknown,
    }
}

/// # Errors
/// Where a setting cannot be used, with what to do about it, or something did not end well.
pub async fn serve(file: Option<&Path>) -> anyhow::Result<()> {
    let config: Config = config::load(file)?;
    let _telemetry = telemetry::install("latchkey", &config.telemetry)?;
    config.check()?;
    let lifecycle = Lifecycle::new(GRACE);
    let doors = Doors {
        http: open(config.listen.http, "listen.http").await?,
        grpc: open(config.listen.grpc, "listen.grpc").await?,
        ops: open(config.listen.ops, "listen.ops").await?,
        pages: axum::Router::new(),
        tls: config.tls,
    };
    let pieces = Pieces {
        parts: Parts::embedded(&config.database, &config.keys, bus(config.nats).await?).await?,
        vault: config.vault,
        refresh: config.refresh,
        connect: config.connect,
        proxy: config.proxy,
        webhooks: config.webhooks,
        journal: journal(config.journal, &config.database)?,
        catalogue: catalogue(&config.providers)?,
        oauth: client()?,
        public_url: config.public_url.into_url(),
    };
    compose(pieces, &lifecycle)?.run(doors, &lifecycle)?;
    lifecycle.run_until_signal().await.context("Latchkey did not end well")
}

/// What providers answered and the vault has not heard yet: where the settings say, or beside the database.
fn journal(settings: Option<JournalSettings>, database: &Database) -> anyhow::Result<Journal> {
    open_journal(&journal_settings(settings, database)?).context("`journal.path` cannot be used")
}

fn journal_settings(
    settings: Option<JournalSettings>,
    database: &Database,
) -> anyhow::Result<JournalSettings> {
    let settings = match (settings, database.url.strip_prefix("sqlite:")) {
        (Some(settings), _) => settings,
        (None, Some(file)) => JournalSettings {
            path: Path::new(file).with_extension("journal"),
            peers: vec![],
            insecure_peers: false,
        },
        (None, None) => {
            bail!("`journal.path` is not set: give it a folder on a disk that outlives this process")
        }
    };
    if !settings.peers.is_empty() {
        bail!(
            "`journal.peers` is for refreshers in processes of their own: here there is no other; remove it"
        );
    }
    Ok(settings)
}

/// The providers that ship with the program, and the operator's own.
///
/// # Errors
/// Where the folder cannot be read. A file that is wrong is left out with a warning.
pub fn catalogue(settings: &latchkey_providers::Settings) -> anyhow::Result<latchkey_providers::Catalogue> {
    let catalogue = settings.open().context("`providers.path` names no folder that can be read")?;
    for problem in catalogue.refused() {
        tracing::warn!(%problem, "a provider file is left out");
    }
    Ok(catalogue)
}

/// What speaks to providers.
///
/// # Errors
/// Where no client can be made at all.
pub fn client() -> anyhow::Result<Client> {
    Client::new(&ClientOptions::default()).context("no client for providers could be made")
}

/// In this process where no NATS server is named.
///
/// # Errors
/// Where the address cannot be used.
pub async fn bus(nats: Option<NatsOptions>) -> anyhow::Result<std::sync::Arc<dyn latchkey_bus::Bus>> {
    match nats {
        None => Ok(latchkey_bus::local()),
        Some(nats) => latchkey_bus::nats(nats).await.context("the NATS server in `nats.url` cannot be used"),
    }
}

async fn open(address: Option<SocketAddr>, setting: &str) -> anyhow::Result<TcpListener> {
    let address = address
        .with_context(|| format!("`{setting}` is not set: give it an address such as 127.0.0.1:8080"))?;
    listen(address, setting).await
}
