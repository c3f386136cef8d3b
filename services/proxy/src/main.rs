//! `latchkey-proxy --config proxy.toml`

use anyhow::Context as _;
use clap::Parser;
use latchkey_chassis::{Lifecycle, config, ops, telemetry, tls};
use latchkey_proxy::Config;
use latchkey_wire::{Route, VaultClient};
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::TcpListener;

/// Will call providers' APIs with the credentials of connections. For now: health and metrics only.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Settings in TOML. Each can also be given as a variable: LATCHKEY__VAULT__ENDPOINT sets vault.endpoint.
    #[arg(long)]
    config: Option<PathBuf>,
}

const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config: Config = config::load(Arguments::parse().config.as_deref())?;
    tls::install_provider();
    let _telemetry = telemetry::install("latchkey-proxy", &config.telemetry)?;
    let lifecycle = Lifecycle::new(GRACE);
    let address =
        config.listen.ops.context("`listen.ops` is not set: give it an address such as 127.0.0.1:8086")?;
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address} as `listen.ops` says"))?;
    let vault = VaultClient::new(Route::remote(config.vault)?);
    ops::serve(listener, latchkey_proxy::checks(vault), &lifecycle);
    lifecycle.run_until_signal().await.context("the proxy did not end well")
}
