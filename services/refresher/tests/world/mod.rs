//! A vault with a database of its own, and providers.

#![allow(dead_code, reason = "not every test needs all of it")]

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use latchkey_bus::Bus;
use latchkey_chassis::{Clock, Lifecycle, SystemClock, tls};
use latchkey_demo_provider::{Client, DemoProvider, EntryKind, Options, catalogue_entry};
use latchkey_domain::integration::Settings as IntegrationSettings;
use latchkey_domain::rotation::{Behaviour, Course};
use latchkey_domain::{AuthorizationId, ConnectionId, Digest, Environment, Generation, Timestamp};
use latchkey_oauth::ClientOptions;
use latchkey_providers::{Catalogue, Trust};
use latchkey_refresher::RefresherService;
use latchkey_refresher::config::Settings;
use latchkey_refresher::journal::Journal;
use latchkey_secret::{AccessToken, Grant, Handout, Renewal};
use latchkey_vault::config::{Database, Keys};
use latchkey_vault::vault::{Credential, Query, Vault};
use latchkey_vault::{Parts, VaultService};
use latchkey_wire::contract::{
    AppSecrets, CompleteRefresh, CreateSession, Obtained, PutIntegration, RefreshOutcome, SessionView,
    StartAuthorization,
};
use latchkey_wire::{Route, VaultClient};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::{Status, body::Body};

const CLIENT: (&str, &str) = ("robot", "canary_client");

pub struct World {
    pub vault: Vault,
    /// What other services may call of it.
    pub routes: Routes,
    pub clock: JumpingClock,
    catalogue: Catalogue,
    bus: Arc<dyn Bus>,
    attempts: u128,
    folder: TempDir,
}

/// The vault's clock: the system's, and what was added to it.
#[derive(Clone, Default)]
pub struct JumpingClock(Arc<AtomicI64>);

impl JumpingClock {
    pub fn jump(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for JumpingClock {
    fn now(&self) -> i64 {
        SystemClock.now() + self.0.load(Ordering::Relaxed)
    }
}

fn dev() -> Environment {
    "dev".parse().unwrap()
}

pub async fn world() -> World {
    tls::install_provider();
    let folder = tempfile::tempdir().unwrap();
    latchkey_envelope::create_key_file(&folder.path().join("kek")).unwrap();
    let bus = latchkey_bus::local();
    let clock = JumpingClock::default();
    let service = vault(folder.path(), "vault.db", &bus, &clock).await;
    let (vault, routes) = (service.vault().clone(), service.peers());
    World { vault, routes, clock, catalogue: Catalogue::embedded(), bus, attempts: 0, folder }
}

/// A vault on this file of the folder.
async fn vault(folder: &Path, file: &str, bus: &Arc<dyn Bus>, clock: &JumpingClock) -> VaultService {
    let database = Database::at(format!("sqlite:{}", folder.join(file).display()));
    let keys = Keys::by(format!("file://{}", folder.join("kek").display()));
    let parts = Parts::embedded(&database, &keys, bus.clone()).await.unwrap();
    let parts = Parts { clock: Arc::new(clock.clone()), ..parts };
    VaultService::new(parts, &Default::default(), &Lifecycle::new(Duration::from_secs(1)))
}

impl World {
    /// Keeps what the database holds, which nobody may be writing to.
    pub fn back_up(&self) {
        for end in ["", "-wal"] {
            let at = |name: &str| self.folder.path().join(format!("{name}{end}"));
            std::fs::copy(at("vault.db"), at("kept.db")).unwrap();
        }
    }

    /// Has everybody who asks for the vault from now on find one whose database holds what was kept, and nothing since.
    pub async fn put_back(&mut self) {
        let service = vault(self.folder.path(), "kept.db", &self.bus, &self.clock).await;
        (self.vault, self.routes) = (service.vault().clone(), service.peers());
    }

    /// A provider of its own, on a port of its own, by this name.
    pub async fn provider(&mut self, name: &str) -> DemoProvider {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let mut options = Options::new(&issuer);
        options.clients = vec![Client::new(CLIENT.0, CLIENT.1, [])];
        // Longer than any jump of the clock.
        options.access_token_lifetime = Duration::from_secs(3600);
        let provider = DemoProvider::new(options).unwrap();
        let pages = provider.router();
        tokio::spawn(async move { axum::serve(listener, pages).await.unwrap() });

        let entry =
            catalogue_entry(&issuer, EntryKind::Machine).replace("id: demo-machine", &format!("id: {name}"));
        // A catalogue links to public pages only.
        let lines = entry.lines().filter(|line| !line.starts_with("links:"));
        let entry: String = lines.map(|line| format!("{line}\n")).collect();
        self.catalogue = self.catalogue.with_entry(&entry, Trust::Loopback).unwrap();
        let settings = IntegrationSettings {
            provider: name.to_owned(),
            display_name: name.to_owned(),
            client_id: CLIENT.0.to_owned(),
            scopes: vec!["profile:read".to_owned()],
            ..IntegrationSettings::default()
        };
        let secrets = AppSecrets { client_secret: Some(CLIENT.1.to_owned().into()), fields: BTreeMap::new() };
        let put = PutIntegration {
            environment: dev(),
            key: name.parse().unwrap(),
            settings,
            secrets: Some(secrets),
        };
        self.vault.put_integration(put).await.unwrap();
        provider
    }

    /// A connection whose token runs out after this, renewed by asking again.
    pub async fn connected(&mut self, provider: &str, expires_in: Duration) -> ConnectionId {
        self.attempts += 1;
        let create = CreateSession {
            environment: dev(),
            end_user: "ana".parse().unwrap(),
            integrations: vec![provider.parse().unwrap()],
            reconnect: None,
            manages: false,
            lifetime: Duration::from_secs(600),
            outline: latchkey_domain::session::Outline::default(),
        };
        let created = self.vault.create_session(create).await.unwrap();
        let (browser, state) = (Digest::of(b"browser"), Digest::of(b"state"));
        let SessionView { id: session, .. } = self.vault.bind_session(&created.token, browser).await.unwrap();
        let authorization = AuthorizationId::from_parts(1, self.attempts);
        let start = StartAuthorization {
            authorization,
            session,
            browser,
            integration: provider.parse().unwrap(),
            state,
            redirect_uri: String::new(),
            scopes: vec![],
            code_verifier: None,
            inputs: BTreeMap::new(),
        };
        self.vault.start_authorization(start).await.unwrap();
        self.vault.claim_authorization(authorization, state, browser).await.unwrap();
        let handout =
            Handout { access_token: Some(AccessToken::new("canary_old".to_owned())), ..Handout::default() };
        let grant = Grant {
            handout,
            renewal: Some(Renewal::default()),
            expires_in: Some(expires_in),
            ..Grant::default()
        };
        let documented = Behaviour::default();
        let obtained = Obtained { auth_mode: "OAUTH2_CC".to_owned(), grant, documented };
        self.vault.establish(authorization, obtained).await.unwrap().connection
    }

    pub fn refresher(&self, settings: &Settings, lifecycle: &Lifecycle) -> RefresherService {
        let journal = self.journal("journal");
        self.refresher_with(journal, Route::local(self.routes.clone()), settings, lifecycle)
    }

    /// One with a journal of its own and its own way to the vault.
    pub fn refresher_with(
        &self,
        journal: Journal,
        to_vault: Route,
        settings: &Settings,
        lifecycle: &Lifecycle,
    ) -> RefresherService {
        let oauth = latchkey_oauth::Client::new(&ClientOptions::default()).unwrap();
        let (vault, catalogue) = (VaultClient::new(to_vault), self.catalogue.clone());
        RefresherService::new(vault, catalogue, oauth, self.bus.clone(), journal, settings, lifecycle)
    }

    /// The way to a vault that does not hear what came of refreshes, the first so many times it is told.
    pub fn hard_of_hearing(&self, times: usize) -> Route {
        let left = Arc::new(AtomicUsize::new(times));
        let through = move |request: Request, next: Next| {
            let told = request.uri().path().ends_with("/CompleteRefresh");
            let heard = !told
                || left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err();
            async move {
                if heard {
                    return next.run(request).await;
                }
                Status::unavailable("cut off").into_http::<Body>().map(axum::body::Body::new)
            }
        };
        Route::local(Routes::from(self.routes.clone().into_axum_router().layer(from_fn(through))))
    }

    pub fn journal(&self, name: &str) -> Journal {
        Journal::open(&self.folder.path().join(name)).unwrap()
    }

    /// Has what is due refreshed so long ago, with nobody asked: what came lives for `expires_in` from then.
    pub async fn refreshed(&self, days_ago: u64, expires_in: Duration) {
        let due = self.vault.claim_due(1).await.unwrap().remove(0);
        let token = AccessToken::new(format!("canary_of_{days_ago}"));
        let handout = Handout { access_token: Some(token), ..Handout::default() };
        let (renewal, expires_in) = (Some(Renewal::default()), Some(expires_in));
        let grant = Grant { handout, renewal, expires_in, ..Grant::default() };
        let (auth_mode, documented) = ("OAUTH2_CC".to_owned(), Behaviour::default());
        let ago = Duration::from_secs(days_ago * 86_400);
        let complete = CompleteRefresh {
            connection: due.connection,
            generation: due.generation,
            fence: due.fence,
            outcome: RefreshOutcome::Refreshed(Obtained { auth_mode, grant, documented }),
            course: Course::default(),
            received_at: Some(Timestamp(self.clock.now()).minus(ago)),
        };
        self.vault.complete_refresh(complete).await.unwrap();
    }

    /// What a backend gets that insists on a new one.
    pub async fn new_credential(
        &self,
        connection: ConnectionId,
    ) -> Result<Credential, latchkey_vault::Error> {
        let query = Query {
            newer_than: None,
            environment: dev(),
            connection,
            min_remaining: None,
            force_refresh: true,
            deadline: Some(Duration::from_secs(30)),
        };
        self.vault.credential(&query).await
    }

    pub async fn generation(&self, connection: ConnectionId) -> Generation {
        self.vault.connection_in(&dev(), connection).await.unwrap().generation()
    }
}
