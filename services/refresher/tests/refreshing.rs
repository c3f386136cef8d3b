//! The refresher at work: with a vault behind it, and two providers of which one is slow.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use latchkey_bus::Bus;
use latchkey_chassis::{Lifecycle, tls};
use latchkey_demo_provider::{Client, DemoProvider, EntryKind, Extent, Options, Target, catalogue_entry};
use latchkey_domain::integration::Settings as IntegrationSettings;
use latchkey_domain::{AuthorizationId, ConnectionId, Digest, Environment, Generation};
use latchkey_oauth::ClientOptions;
use latchkey_providers::{Catalogue, Trust};
use latchkey_refresher::RefresherService;
use latchkey_refresher::config::Settings;
use latchkey_refresher::journal::Journal;
use latchkey_secret::{AccessToken, Grant, Handout, Renewal};
use latchkey_vault::config::{Database, Keys};
use latchkey_vault::vault::Vault;
use latchkey_vault::{Parts, VaultService};
use latchkey_wire::contract::{
    AppSecrets, CreateSession, Obtained, PutIntegration, SessionView, StartAuthorization,
};
use latchkey_wire::{Route, VaultClient};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

const CLIENT: (&str, &str) = ("robot", "canary_client");

struct World {
    vault: Vault,
    client: VaultClient,
    catalogue: Catalogue,
    bus: Arc<dyn Bus>,
    attempts: u128,
    folder: TempDir,
}

fn dev() -> Environment {
    "dev".parse().unwrap()
}

async fn world() -> World {
    tls::install_provider();
    let folder = tempfile::tempdir().unwrap();
    let kek = folder.path().join("kek");
    latchkey_envelope::create_key_file(&kek).unwrap();
    let database = Database { url: format!("sqlite:{}", folder.path().join("vault.db").display()) };
    let keys = Keys { kek: format!("file://{}", kek.display()) };
    let bus = latchkey_bus::local();
    let parts = Parts::embedded(&database, &keys, bus.clone()).await.unwrap();
    let service = VaultService::new(parts, &Default::default(), &Lifecycle::new(Duration::from_secs(1)));
    let client = VaultClient::new(Route::local(service.peers()));
    let vault = service.vault().clone();
    World { vault, client, catalogue: Catalogue::embedded(), bus, attempts: 0, folder }
}

impl World {
    /// A provider of its own, on a port of its own, by this name.
    async fn provider(&mut self, name: &str) -> DemoProvider {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let mut options = Options::new(&issuer);
        options.clients = vec![Client::new(CLIENT.0, CLIENT.1, [])];
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
            fields: BTreeMap::new(),
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
    async fn connected(&mut self, provider: &str, expires_in: Duration) -> ConnectionId {
        self.attempts += 1;
        let create = CreateSession {
            environment: dev(),
            end_user: "ana".parse().unwrap(),
            integrations: vec![provider.parse().unwrap()],
            reconnect: None,
            lifetime: Duration::from_secs(600),
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
        let obtained = Obtained { auth_mode: "OAUTH2_CC".to_owned(), grant };
        self.vault.establish(authorization, obtained).await.unwrap().connection
    }

    fn refresher(&self, settings: &Settings, lifecycle: &Lifecycle) -> RefresherService {
        let oauth = latchkey_oauth::Client::new(&ClientOptions::default()).unwrap();
        let (vault, catalogue) = (self.client.clone(), self.catalogue.clone());
        let journal = Journal::open(&self.folder.path().join("journal")).unwrap();
        RefresherService::new(vault, catalogue, oauth, self.bus.clone(), journal, settings, lifecycle)
    }

    async fn generation(&self, connection: ConnectionId) -> Generation {
        self.vault.connection_in(&dev(), connection).await.unwrap().generation()
    }
}

#[tokio::test]
async fn a_slow_provider_with_a_long_queue_does_not_hide_what_is_due_at_another() {
    let mut world = world().await;
    let slow = world.provider("slow-one").await;
    world.provider("quick-one").await;
    slow.controls().slow(Target::Token, Extent::UntilCleared, Duration::from_secs(60));
    // All of the slow one's are due before the quick one's, and more of them than are claimed at a time.
    for _ in 0..30 {
        world.connected("slow-one", Duration::from_millis(1)).await;
    }
    let quick = world.connected("quick-one", Duration::from_millis(1)).await;
    sleep(Duration::from_millis(50)).await;

    let lifecycle = Lifecycle::new(Duration::from_millis(10));
    let number = |number| NonZeroUsize::new(number).unwrap();
    let settings = Settings { concurrency: number(4), per_provider: number(1), per_integration: number(1) };
    world.refresher(&settings, &lifecycle).run();
    let refreshed = async {
        while world.generation(quick).await == Generation(1) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(15), refreshed).await.expect("the quick one is refreshed");
    assert_eq!(slow.controls().counters().token_requests_in_flight_max, 1);
    // What waits at the slow provider is cut off: there is nothing to wait for in a test.
    assert!(lifecycle.finish().await.is_err());
}
