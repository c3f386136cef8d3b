//! `latchkey-connect --config connect.toml`

use anyhow::Context as _;
use clap::Parser;
use latchkey_chassis::{Lifecycle, config, grpc, http, ops, telemetry, tls};
use latchkey_connect::{Config, ConnectService, SERVICES};
use latchkey_oauth::{Client, ClientOptions};
use latchkey_wire::{Route, VaultClient};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;

/// Lets end users connect their accounts: the pages, and the conversations with providers.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Settings in TOML. Each can also be given as a variable: LATCHKEY__PUBLIC_URL sets public_url.
    #[arg(long)]
    config: Option<PathBuf>,
}

/// How long flows in the middle may take to finish when the process is told to stop.
const GRACE: Duration = Duration::from_secs(45);

#[tokio::main]
async fn main() -> ExitCode {
    latchkey_chassis::ended(run(Arguments::parse()).await)
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config: Config = config::load(arguments.config.as_deref())?;
    config.check()?;
    tls::install_provider();
    let _telemetry = telemetry::install("latchkey-connect", &config.telemetry)?;
    let lifecycle = Lifecycle::new(GRACE);
    let vault = VaultClient::new(Route::remote(config.vault)?);
    let catalogue = config.providers.open().context("`providers.path` names no folder that can be read")?;
    for problem in catalogue.refused() {
        tracing::warn!(%problem, "a provider file is left out");
    }
    let oauth = Client::new(&ClientOptions::default()).context("no client for providers could be made")?;
    let public_url = config.public_url.into_url();
    let connect = ConnectService::new(vault, catalogue, oauth, public_url, &config.connect)
        .context("`connect.environments` cannot be used")?
        .with_lifecycle(&lifecycle);

    let reflection = config.connect.reflection.then_some(latchkey_wire::DESCRIPTORS);
    let options = grpc::Options { tls: config.tls, reflection, services: SERVICES.to_vec() };
    let exchange = &config.connect.token_exchange;
    let exchange = connect.exchange(exchange).context("`connect.token_exchange` cannot be used")?;
    let dashboard = connect.dashboard(&config.connect.login)?;
    let mut pages = connect.http().merge(connect.rest()?).merge(dashboard).merge(exchange);
    if config.connect.compat {
        pages = connect.with_sockets(pages.merge(connect.compat()?));
    }
    http::serve(listen(config.listen.http, "listen.http").await?, pages, &lifecycle);
    grpc::serve(listen(config.listen.grpc, "listen.grpc").await?, connect.grpc(), options, &lifecycle)?;
    connect.run(&config.webhooks, &lifecycle).context("no client for webhook endpoints could be made")?;
    ops::serve(listen(config.listen.ops, "listen.ops").await?, connect.checks(), &lifecycle);
    lifecycle.run_until_signal().await.context("connect did not end well")
}

async fn listen(address: Option<std::net::SocketAddr>, key: &str) -> anyhow::Result<TcpListener> {
    let address =
        address.with_context(|| format!("`{key}` is not set: give it an address such as 127.0.0.1:8080"))?;
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} as `{key}` says"))
}
