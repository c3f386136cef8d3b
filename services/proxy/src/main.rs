//! `latchkey-proxy --config proxy.toml`

use anyhow::Context as _;
use clap::Parser;
use latchkey_chassis::{Lifecycle, config, grpc, http, ops, telemetry, tls};
use latchkey_proxy::{AUTHORIZATION, Config, ProxyService};
use latchkey_wire::{Route, VaultClient};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;

/// Calls providers' APIs with the credentials of connections, for callers who need not see them.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Settings in TOML. Each can also be given as a variable: LATCHKEY__VAULT__ENDPOINT sets vault.endpoint.
    #[arg(long)]
    config: Option<PathBuf>,
}

/// Calls in flight are finished; one that takes longer is cut off.
const GRACE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> ExitCode {
    latchkey_chassis::ended(run(Arguments::parse()).await)
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config: Config = config::load(arguments.config.as_deref())?;
    config.check()?;
    tls::install_provider();
    let _telemetry = telemetry::install("latchkey-proxy", &config.telemetry)?;
    let lifecycle = Lifecycle::new(GRACE);
    let vault = VaultClient::new(Route::remote(config.vault)?);
    let catalogue =
        config.providers.open().context("`providers.path` holds a provider file that cannot be used")?;
    let proxy = ProxyService::new(vault, catalogue, &config.proxy, &lifecycle)?;
    let door = listen(config.listen.http, "listen.http", "127.0.0.1:8085").await?;
    let ops_door = listen(config.listen.ops, "listen.ops", "127.0.0.1:8086").await?;
    if let Some(address) = config.listen.grpc {
        let door = listen(Some(address), "listen.grpc", "127.0.0.1:8087").await?;
        let options = grpc::Options { tls: config.tls, reflection: None, services: vec![AUTHORIZATION] };
        grpc::serve(door, proxy.authorization(), options, &lifecycle)?;
    }
    http::serve(door, proxy.http(), &lifecycle);
    ops::serve(ops_door, proxy.checks(), &lifecycle);
    lifecycle.run_until_signal().await.context("the proxy did not end well")
}

async fn listen(address: Option<SocketAddr>, setting: &str, example: &str) -> anyhow::Result<TcpListener> {
    let address =
        address.with_context(|| format!("`{setting}` is not set: give it an address such as {example}"))?;
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address} as `{setting}` says"))
}
