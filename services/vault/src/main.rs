//! `latchkey-vault --config vault.toml`

use anyhow::Context as _;
use clap::Parser;
use latchkey_chassis::{Lifecycle, config, grpc, ops, telemetry, tls};
use latchkey_vault::{Config, PEER_SERVICES, PUBLIC_SERVICES, Parts, VaultService};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;

/// Stores and seals credentials, and hands them out. The one service with keys.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Settings in TOML. Each can also be given as a variable: LATCHKEY__DATABASE__URL sets database.url.
    #[arg(long)]
    config: Option<PathBuf>,
}

/// How long calls may take to finish when the process is told to stop.
const GRACE: Duration = Duration::from_secs(25);

#[tokio::main]
async fn main() -> ExitCode {
    latchkey_chassis::ended(run(Arguments::parse()).await)
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config: Config = config::load(arguments.config.as_deref())?;
    config.check()?;
    tls::install_provider();
    let _telemetry = telemetry::install("latchkey-vault", &config.telemetry)?;
    let lifecycle = Lifecycle::new(GRACE);
    let vault = VaultService::new(Parts::from_config(&config).await?, &config.vault, &lifecycle);

    let (public_tls, peers_tls) = config.tls.map(|tls| (tls.public, tls.peers)).unwrap_or_default();
    let reflection = config.vault.reflection.then_some(latchkey_wire::DESCRIPTORS);
    let public = grpc::Options { tls: public_tls, reflection, services: PUBLIC_SERVICES.to_vec() };
    let peers = grpc::Options { tls: peers_tls, reflection: None, services: PEER_SERVICES.to_vec() };
    grpc::serve(listen(config.listen.grpc, "listen.grpc").await?, vault.public(), public, &lifecycle)?;
    grpc::serve(
        listen(config.listen.internal, "listen.internal").await?,
        vault.internal(),
        peers,
        &lifecycle,
    )?;
    ops::serve(listen(config.listen.ops, "listen.ops").await?, vault.checks(), &lifecycle);
    vault.run();
    lifecycle.run_until_signal().await.context("the vault did not end well")
}

async fn listen(address: Option<std::net::SocketAddr>, key: &str) -> anyhow::Result<TcpListener> {
    let address =
        address.with_context(|| format!("`{key}` is not set: give it an address such as 127.0.0.1:8081"))?;
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} as `{key}` says"))
}
