//! Connect as a running service: the browser's pages and the backends' gRPC.

use crate::compat::Sockets;
use crate::config::{LoginProvider, Settings, TokenExchange, WebhookSettings};
use crate::exchange::{self, Exchange};
use crate::flows::Flows;
use crate::look::{LogoError, Looks};
use crate::tasks::Tasks;
use crate::webhooks::{RequestsError, Worker};
use crate::{SERVICES, compat, dashboard, grpc, http};
use axum::Router;
use latchkey_chassis::grpc::layers;
use latchkey_chassis::ops::{Checks, Trouble, Verdict};
use latchkey_chassis::{Clock, Lifecycle, SystemClock};
use latchkey_issuers::Workloads;
use latchkey_oauth::Client;
use latchkey_providers::Catalogue;
use latchkey_rest::{Calls, RestError};
use latchkey_wire::{Authenticator, DESCRIPTORS, Route, VaultClient};
use std::sync::Arc;
use tonic::service::Routes;
use url::Url;

pub struct ConnectService {
    flows: Flows,
    looks: Arc<Looks>,
    public_url: Url,
    sockets: Sockets,
}

impl ConnectService {
    /// # Errors
    /// Where a logo that the settings name is none.
    pub fn new(
        vault: VaultClient,
        catalogue: Catalogue,
        oauth: Client,
        public_url: Url,
        settings: &Settings,
    ) -> Result<Self, LogoError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        // Only a trial is reached over http (`PublicUrl`).
        let on_this_machine = public_url.scheme() == "http";
        let looks = Looks::open(&settings.environments, on_this_machine)?.into();
        let flows = Flows::new(vault, catalogue, oauth, clock, &public_url);
        Ok(Self { flows, looks, public_url, sockets: Sockets::default() })
    }

    /// Lets the process wait, before it ends, for attempts whose browser has gone away.
    #[must_use]
    pub fn with_lifecycle(mut self, lifecycle: &Lifecycle) -> Self {
        self.flows.tasks = Tasks::of(lifecycle);
        self
    }

    /// Starts what goes on beside the pages and the calls: the requests to webhook endpoints, and telling the
    /// vault what was tried.
    ///
    /// # Errors
    /// Where no client for them can be made.
    pub fn run(&self, webhooks: &WebhookSettings, lifecycle: &Lifecycle) -> Result<(), RequestsError> {
        let worker = Worker::new(self.flows.vault.clone(), webhooks, lifecycle)?;
        drop(lifecycle.spawn("webhooks", worker.run()));
        let (logbook, vault) = (self.flows.logbook.clone(), self.flows.vault.clone());
        drop(lifecycle.spawn("auth logs", logbook.tell(vault, lifecycle.stopping())));
        Ok(())
    }

    /// What must hold for connect to be ready: without the vault there is no page to show.
    #[must_use]
    pub fn checks(&self) -> Checks {
        let vault = self.flows.vault.clone();
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

    /// The pages, and the programs in them.
    pub fn http(&self) -> Router {
        let pages = http::router(self.flows.clone(), self.looks.clone(), &self.public_url);
        // In this order, for what is not there is answered by the latter.
        latchkey_web_ui::router().merge(pages)
    }

    /// The same calls over HTTP and JSON, those of the vault too.
    ///
    /// # Errors
    /// Where the protocol's description cannot be read, which only a build can get wrong.
    pub fn rest(&self) -> Result<Router, RestError> {
        latchkey_rest::router(DESCRIPTORS, self.routes())
    }

    /// Where operators log in, and what their pages ask for.
    ///
    /// # Errors
    /// As [`Self::rest`]; where an OpenID provider's settings cannot be used, with which.
    pub fn dashboard(&self, login: &[LoginProvider]) -> anyhow::Result<Router> {
        let vault = self.flows.vault.clone();
        let authenticator = Authenticator::new(vault.clone());
        let providers = dashboard::providers(login, self.flows.clock.clone())?;
        Ok(dashboard::router(vault, authenticator, self.rest()?, &self.public_url, providers))
    }

    /// The paths that another product's clients know, over the same calls.
    ///
    /// # Errors
    /// As [`Self::rest`].
    pub fn compat(&self) -> Result<Router, RestError> {
        let calls = Calls::new(DESCRIPTORS, self.routes())?;
        let authenticator = Authenticator::new(self.flows.vault.clone());
        let sockets = self.sockets.clone();
        Ok(compat::router(self.flows.clone(), authenticator, calls, &self.public_url, sockets))
    }

    /// All pages, with the sockets that another product's client for browsers waits on.
    pub fn with_sockets(&self, pages: Router) -> Router {
        compat::with_sockets(pages, self.sockets.clone())
    }

    /// Token exchange (RFC 8693), and the document that says where (RFC 8414).
    ///
    /// # Errors
    /// Where an issuer's settings cannot be used, with which.
    pub fn exchange(&self, settings: &TokenExchange) -> anyhow::Result<Router> {
        Ok(exchange::router(Exchange {
            vault: self.flows.vault.clone(),
            authenticator: Authenticator::new(self.flows.vault.clone()),
            workloads: Arc::new(Workloads::new(&settings.issuers, "connect.token_exchange.issuers")?),
            clock: self.flows.clock.clone(),
            public_url: self.public_url.clone(),
        }))
    }

    /// To each service of the protocol, by its full name.
    fn routes(&self) -> impl Fn(&str) -> Route + use<> {
        let (here, vault) = (Route::local(layers(self.grpc())), self.flows.vault.route());
        move |service| if SERVICES.contains(&service) { here.clone() } else { vault.clone() }
    }

    /// What backends may call.
    #[must_use]
    pub fn grpc(&self) -> Routes {
        grpc::routes(&self.flows, &Authenticator::new(self.flows.vault.clone()), &self.public_url)
    }
}
