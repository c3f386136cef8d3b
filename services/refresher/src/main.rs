//! `latchkey-refresher --config refresher.toml`

use anyhow::Context as _;
use clap::Parser;
use latchkey_chassis::{Lifecycle, config, grpc, ops, telemetry, tls};
use latchkey_oauth::{Client, ClientOptions};
use latchkey_refresher::{Config, PEER_SERVICES, RefresherService, open_bus, open_journal, open_peers};
use latchkey_wire::{Route, VaultClient};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;

/// Refreshes credentials before they expire, and when they are wanted.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Settings in TOML. Each can also be given as a variable: LATCHKEY__VAULT__ENDPOINT sets vault.endpoint.
    #[arg(long)]
    config: Option<PathBuf>,
}

/// How long refreshes under way may take to finish: a provider's whole time, and room to tell the vault.
const GRACE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> ExitCode {
    latchkey_chassis::ended(run(Arguments::parse()).await)
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config: Config = config::load(arguments.config.as_deref())?;
    config.check()?;
    tls::install_provider();
    let _telemetry = telemetry::install("latchkey-refresher", &config.telemetry)?;
    let lifecycle = Lifecycle::new(GRACE);
    let vault = VaultClient::new(Route::remote(config.vault.clone())?);
    let catalogue = config.providers.open().context("`providers.path` names no folder that can be read")?;
    for problem in catalogue.refused() {
        tracing::warn!(%problem, "a provider file is left out");
    }
    let oauth = Client::new(&ClientOptions::default()).context("no client for providers could be made")?;
    let bus = open_bus(&config).await?;
    let journal = open_journal(&config.journal).context("`journal.path` cannot be used")?;
    let address =
        config.listen.ops.context("`listen.ops` is not set: give it an address such as 127.0.0.1:8084")?;
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address} as `listen.ops` says"))?;

    let peers = open_peers(&config.journal)?;
    let refresher = RefresherService::new(vault, catalogue, oauth, bus, journal, &config.refresh, &lifecycle)
        .with_peers(peers);
    if let Some(address) = config.listen.internal {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on {address} as `listen.internal` says"))?;
        let options = grpc::Options { tls: config.tls, reflection: None, services: PEER_SERVICES.to_vec() };
        grpc::serve(listener, refresher.door(), options, &lifecycle)?;
    }
    ops::serve(listener, refresher.checks(), &lifecycle);
    refresher.run();
    lifecycle.run_until_signal().await.context("the refresher did not end well")
}
