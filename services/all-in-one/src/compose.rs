//! The wiring, to be read as the map of the system. Who calls whom is decided here and nowhere else: connect, the proxy and the
//! refresher call the vault, the vault calls nobody. In a cluster the same services are wired with other routes.

use anyhow::Context as _;
use axum::Router;
use latchkey_bus::Bus;
use latchkey_chassis::config::Tls;
use latchkey_chassis::{Lifecycle, grpc, http, ops};
use latchkey_connect::ConnectService;
use latchkey_connect::config::WebhookSettings;
use latchkey_providers::Catalogue;
use latchkey_proxy::ProxyService;
use latchkey_refresher::RefresherService;
use latchkey_refresher::journal::Journal;
use latchkey_vault::{Parts, VaultService};
use latchkey_wire::{Route, VaultClient};
use std::sync::Arc;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tracing::info;
use url::Url;

/// What the services are put together from.
pub struct Pieces {
    pub parts: Parts,
    pub vault: latchkey_vault::config::Settings,
    pub refresh: latchkey_refresher::config::Settings,
    pub connect: latchkey_connect::config::Settings,
    pub proxy: latchkey_proxy::config::Settings,
    pub webhooks: WebhookSettings,
    pub journal: Journal,
    pub catalogue: Catalogue,
    pub oauth: latchkey_oauth::Client,
    pub public_url: Url,
}

/// Where to serve, and what beside the services.
pub struct Doors {
    pub http: TcpListener,
    pub grpc: TcpListener,
    pub ops: TcpListener,
    /// Pages beside connect's own.
    pub pages: axum::Router,
    pub tls: Option<Tls>,
}

/// All services of one process, built and not running yet.
pub struct System {
    /// The way every service here takes to the vault.
    pub to_vault: VaultClient,
    vault: VaultService,
    connect: ConnectService,
    refresher: RefresherService,
    proxy: ProxyService,
    webhooks: WebhookSettings,
    exchange: Router,
    dashboard: Router,
    reflection: bool,
    compat: bool,
}

/// # Errors
/// Where nothing could speak to providers.
pub fn compose(pieces: Pieces, lifecycle: &Lifecycle) -> anyhow::Result<System> {
    let Pieces {
        parts,
        vault: settings,
        connect: door,
        refresh,
        journal,
        proxy,
        webhooks,
        catalogue,
        oauth,
        public_url,
    } = pieces;
    let bus: Arc<dyn Bus> = parts.bus.clone();
    let vault = VaultService::new(parts, &settings, lifecycle);
    let to_vault = VaultClient::new(Route::local(grpc::layers(vault.internal())));

    let connect = ConnectService::new(to_vault.clone(), catalogue.clone(), oauth.clone(), public_url, &door)
        .context("`connect.environments` cannot be used")?
        .with_lifecycle(lifecycle);
    let exchange =
        connect.exchange(&door.token_exchange).context("`connect.token_exchange` cannot be used")?;
    let dashboard = connect.dashboard(&door.login)?;
    let proxy = ProxyService::new(to_vault.clone(), catalogue.clone(), &proxy, lifecycle)?;
    let refresher =
        RefresherService::new(to_vault.clone(), catalogue, oauth, bus, journal, &refresh, lifecycle);
    let reflection = settings.reflection || door.reflection;
    Ok(System {
        to_vault,
        vault,
        connect,
        refresher,
        proxy,
        webhooks,
        exchange,
        dashboard,
        reflection,
        compat: door.compat,
    })
}

impl System {
    /// Serves until the process is told to stop.
    ///
    /// # Errors
    /// Where the TLS settings cannot be used.
    pub fn run(self, doors: Doors, lifecycle: &Lifecycle) -> anyhow::Result<()> {
        let options = grpc::Options {
            tls: doors.tls,
            reflection: self.reflection.then_some(latchkey_wire::DESCRIPTORS),
            services: latchkey_vault::PUBLIC_SERVICES
                .into_iter()
                .chain(latchkey_connect::SERVICES)
                .chain([latchkey_proxy::AUTHORIZATION])
                .collect(),
        };
        let addresses = [&doors.http, &doors.grpc, &doors.ops].map(|door| door.local_addr().ok());
        let mut pages = self.connect.http().merge(self.connect.rest()?).merge(self.dashboard);
        pages = pages.merge(self.exchange);
        if self.compat {
            pages = pages.merge(self.connect.compat()?);
        }
        pages = pages.merge(self.proxy.http()).merge(doors.pages);
        if self.compat {
            pages = self.connect.with_sockets(pages);
        }
        http::serve(doors.http, pages, lifecycle);
        let backends = both(self.vault.public(), self.connect.grpc());
        grpc::serve(doors.grpc, both(backends, self.proxy.authorization()), options, lifecycle)?;
        ops::serve(doors.ops, self.vault.checks(), lifecycle);
        self.vault.run();
        self.refresher.run();
        self.connect.run(&self.webhooks, lifecycle)?;
        let [http, grpc, ops] = addresses;
        info!(?http, ?grpc, ?ops, "Latchkey is ready");
        Ok(())
    }
}

/// Backends find both services' methods on one port.
fn both(one: Routes, other: Routes) -> Routes {
    // Each answers "unimplemented" to what it does not know; one of the two answers is enough.
    Routes::from(one.into_axum_router().merge(other.into_axum_router().reset_fallback()))
}
