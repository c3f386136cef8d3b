//! One connection, one vault and two refreshers, all of it the code that is shipped; around it everything that may fail.

use crate::chance::Chance;
use crate::faults::{Fault, Place, Trap, lasting};
use crate::provider::{Class, Failing, Family, Wire};
use crate::unsteady::{Health, Switch, UnsteadyBus, UnsteadyKeys, UnsteadyStore};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use latchkey_bus::Bus;
use latchkey_chassis::{Clock, Lifecycle};
use latchkey_demo_provider::{EntryKind, catalogue_entry};
use latchkey_domain::connection::Connection;
use latchkey_domain::integration::Settings as IntegrationSettings;
use latchkey_domain::rotation::Behaviour;
use latchkey_domain::{Aggregate as _, AuthorizationId, ConnectionId, Digest, Environment, Generation};
use latchkey_envelope::KeyService;
use latchkey_providers::{Catalogue, Trust};
use latchkey_refresher::RefresherService;
use latchkey_refresher::journal::Journal;
use latchkey_secret::{AccessToken, Grant, Handout, RefreshToken, Renewal};
use latchkey_store::Stream;
use latchkey_testkit::MemoryStore;
use latchkey_vault::vault::{Credential, Query, Vault};
use latchkey_vault::{Ids, Parts, VaultService};
use latchkey_wire::contract::{AppSecrets, CreateSession, Obtained, PutIntegration, StartAuthorization};
use latchkey_wire::{PeerClient, Route, VaultClient};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tonic::codegen::Service as _;
use tonic::service::Routes;
use tonic::{Status, body::Body};

pub const WORKERS: usize = 2;

/// A provider of each class, whose entry says what its class is.
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let grace = "{rotation: grace, grace_seconds: 30}";
    let classes = [("none", "{rotation: none}"), ("grace", grace), ("strict", "{rotation: strict}")];
    classes.iter().fold(Catalogue::embedded(), |catalogue, (class, behaviour)| {
        let entry = catalogue_entry("http://127.0.0.1:1", EntryKind::OAuth)
            .replace("id: demo-oauth", &format!("id: simulated-{class}"));
        // A catalogue links to public pages only.
        let lines = entry.lines().filter(|line| !line.starts_with("links:"));
        let mut entry: String = lines.map(|line| format!("{line}\n")).collect();
        entry += &format!(
            "behaviour:\n  refresh_token: {behaviour}\n  sources: [\"https://www.rfc-editor.org/rfc/rfc9700\"]\n"
        );
        catalogue.with_entry(&entry, Trust::Loopback).unwrap()
    })
});

static KEYS: LazyLock<(tempfile::TempDir, String)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let kek = folder.path().join("kek");
    latchkey_envelope::create_key_file(&kek).unwrap();
    let uri = format!("file://{}", kek.display());
    (folder, uri)
});

/// The runtime's clock, which stands while anything can run, and what it is off by.
#[derive(Clone)]
pub struct SimClock {
    begun: Instant,
    off_by: Arc<AtomicI64>,
}

const BEGUN: i64 = 1_790_000_000_000;

impl Clock for SimClock {
    fn now(&self) -> i64 {
        let since = i64::try_from(self.begun.elapsed().as_millis()).unwrap();
        BEGUN + since + self.off_by.load(Ordering::Relaxed)
    }
}

/// One refresher: what outlives its process.
struct Worker {
    /// What it writes down.
    disk: TempDir,
    lifecycle: Lifecycle,
    cut_off: Arc<AtomicBool>,
    /// Where its peer calls, while it runs.
    door: Door,
}

type Door = Arc<Mutex<Option<Routes>>>;

pub struct World {
    pub clock: SimClock,
    pub store: MemoryStore,
    pub family: Arc<Mutex<Family>>,
    pub trap: Arc<Trap>,
    pub vault: Vault,
    pub connection: ConnectionId,
    service: VaultService,
    bus: Arc<dyn Bus>,
    workers: Vec<Worker>,
    store_health: Switch,
    keys_health: Switch,
    bus_health: Switch,
    sprung: mpsc::UnboundedReceiver<usize>,
}

/// How long time goes by by itself between two strides, and how long these are.
const STEP: Duration = Duration::from_millis(200);
const STRIDE: Duration = Duration::from_secs(20);
const STRIDE_WHILE_HELD: Duration = Duration::from_secs(2);

/// Room for the few attempts of a trial.
const SEGMENT: u64 = 256 * 1024;

/// In memory where there is such a place: what a trial needs of a disk is that it outlives a process.
fn disk() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Ids that are the same for the same seed: when a refresh is due depends on them.
fn ids(seed: u64) -> Ids {
    let chance = Mutex::new(Chance::of(seed));
    Ids::of(move || u128::from(chance.lock().unwrap().next()))
}

pub fn dev() -> Environment {
    "dev".parse().unwrap()
}

impl World {
    pub async fn new(fault: Fault, class: Class, chance: &mut Chance) -> Self {
        let clock = SimClock { begun: Instant::now(), off_by: Arc::default() };
        let store = MemoryStore::default();
        let store_health = Switch::on();
        let unsteady_store = UnsteadyStore { inner: store.clone(), health: store_health.clone() };
        let keys_health = Switch::on();
        let keys = latchkey_envelope::open_key_service(&KEYS.1).await.unwrap();
        let key_service: Arc<dyn KeyService> =
            Arc::new(UnsteadyKeys { inner: keys, health: keys_health.clone() });
        let bus_health = Switch::on();
        let bus: Arc<dyn Bus> =
            Arc::new(UnsteadyBus { inner: latchkey_bus::local(), health: bus_health.clone() });
        let parts = Parts {
            store: Arc::new(unsteady_store),
            key_services: vec![key_service],
            bus: bus.clone(),
            clock: Arc::new(clock.clone()),
            ids: ids(chance.next()),
        };
        let lifecycle = Lifecycle::new(Duration::ZERO);
        let service = VaultService::new(parts, &Default::default(), &lifecycle);
        let (tell, sprung) = mpsc::unbounded_channel();
        let trap = Arc::new(Trap::set(fault, chance, tell));
        let vault = service.vault().clone();
        // One that is due already, or one that somebody asks for.
        let life = chance.one(&[Duration::from_millis(1), Duration::from_secs(3600)]);
        let connection = connect(&vault, class, life).await;
        let mut world = Self {
            clock,
            store,
            family: Arc::new(Mutex::new(Family::new(class))),
            trap,
            vault,
            connection,
            service,
            bus,
            workers: vec![],
            store_health,
            keys_health,
            bus_health,
            sprung,
        };
        let asked = world.demand(Duration::from_secs(60));
        for _ in 0..WORKERS {
            let (lifecycle, cut_off) = (Lifecycle::new(Duration::ZERO), Arc::default());
            let disk = disk();
            // It was there before the connection was.
            drop(Journal::open_with(disk.path(), SEGMENT, BEGUN - 3_600_000).unwrap());
            world.workers.push(Worker { disk, lifecycle, cut_off, door: Door::default() });
        }
        for number in 0..WORKERS {
            world.start(number);
            sleep(chance.millis(0, 400)).await;
        }
        tokio::spawn(asked);
        world
    }

    /// What a backend does that wants a new credential.
    fn demand(&self, deadline: Duration) -> impl Future<Output = Option<Credential>> + use<> {
        let vault = self.vault.clone();
        let query = Query {
            newer_than: None,
            environment: dev(),
            connection: self.connection,
            min_remaining: None,
            force_refresh: true,
            deadline: Some(deadline),
        };
        async move { vault.credential(&query).await.ok() }
    }

    /// Starts a refresher, or starts it again.
    fn start(&mut self, number: usize) {
        let lifecycle = Lifecycle::new(Duration::ZERO);
        let route = self.link(number);
        let wire = Wire {
            worker: number,
            family: self.family.clone(),
            trap: self.trap.clone(),
            clock: Arc::new(self.clock.clone()),
        };
        let oauth = latchkey_oauth::Client::over(Arc::new(wire));
        let vault = VaultClient::new(route);
        let disk = self.workers[number].disk.path();
        let journal = Journal::open_with(disk, SEGMENT, self.clock.now()).unwrap();
        let refresher = RefresherService::new(
            vault,
            CATALOGUE.clone(),
            oauth,
            self.bus.clone(),
            journal,
            &Default::default(),
            &lifecycle,
        )
        .with_clock(Arc::new(self.clock.clone()))
        .with_peers(self.peers_of(number));
        *self.workers[number].door.lock().unwrap() = Some(refresher.door());
        refresher.run();
        self.workers[number].lifecycle = lifecycle;
    }

    /// The network between the refreshers, which is another than the one to the vault.
    fn peers_of(&self, number: usize) -> Vec<PeerClient> {
        let others = (0..self.workers.len()).filter(|other| *other != number);
        others.map(|other| PeerClient::new(to_peer(self.workers[other].door.clone()))).collect()
    }

    /// The network between a refresher and the vault.
    fn link(&self, worker: usize) -> Route {
        let (trap, cut_off) = (self.trap.clone(), self.workers[worker].cut_off.clone());
        let (store, stream) = (self.store.clone(), self.stream());
        let through = move |request: Request, next: Next| {
            let (trap, cut_off) = (trap.clone(), cut_off.clone());
            let (store, stream) = (store.clone(), stream.clone());
            async move {
                let path = request.uri().path().to_owned();
                let (claims, completes) = (path.ends_with("/ClaimDue"), path.ends_with("/CompleteRefresh"));
                if completes {
                    trap.pass(Place::Reporting, worker).await;
                }
                if cut_off.load(Ordering::Relaxed) {
                    return cut();
                }
                let before = store.held(&stream);
                let response = next.run(request).await;
                if claims && store.held(&stream) != before {
                    trap.pass(Place::Claimed, worker).await;
                }
                if completes {
                    trap.pass(Place::Committed, worker).await;
                }
                // What was done is done, and the answer does not arrive.
                if cut_off.load(Ordering::Relaxed) { cut() } else { response }
            }
        };
        let router = self.service.peers().into_axum_router().layer(from_fn(through));
        Route::local(Routes::from(router))
    }

    pub fn stream(&self) -> Stream {
        Stream::new(Connection::CATEGORY, self.connection.to_string())
    }

    /// Lets things go their way until the fault struck, has lasted and is over.
    pub async fn strike(&mut self, chance: &mut Chance) {
        let Ok(Some(worker)) = tokio::time::timeout(Duration::from_secs(200), self.sprung.recv()).await
        else {
            return;
        };
        let lasting = lasting(chance);
        match self.trap.fault {
            Fault::None | Fault::AnswerLost | Fault::RequestLost => {}
            Fault::Kill | Fault::NodeLost => {
                self.workers[worker].lifecycle.cut();
                *self.workers[worker].door.lock().unwrap() = None;
                sleep(chance.millis(2_000, 30_000)).await;
                if self.trap.fault == Fault::NodeLost {
                    self.workers[worker].disk = disk();
                }
                self.start(worker);
            }
            Fault::StoreDown => self.outage(&self.store_health, Health::Down, lasting).await,
            Fault::StoreStopped => self.outage(&self.store_health, Health::Hangs, lasting).await,
            Fault::KeysDown => self.outage(&self.keys_health, Health::Down, lasting).await,
            Fault::HintsLost => self.outage(&self.bus_health, Health::Down, lasting).await,
            Fault::Partition => {
                self.workers[worker].cut_off.store(true, Ordering::Relaxed);
                sleep(lasting).await;
                self.workers[worker].cut_off.store(false, Ordering::Relaxed);
            }
            Fault::ClockJump => {
                let jump = chance.one(&[-300_000, 120_000, 300_000]);
                self.clock.off_by.store(jump, Ordering::Relaxed);
            }
            Fault::ProviderSlow => self.slow(Duration::from_secs(15), lasting).await,
            Fault::ProviderStalls => self.slow(Duration::from_secs(55), lasting).await,
            Fault::ProviderDown => self.failing(Failing::Unavailable, lasting).await,
            Fault::RateLimited => self.failing(Failing::RateLimited, lasting).await,
            Fault::InvalidClient => self.failing(Failing::InvalidClient, lasting).await,
            Fault::GoodRefused => self.failing(Failing::InvalidGrant, lasting).await,
        }
    }

    async fn outage(&self, part: &Switch, health: Health, lasting: Duration) {
        part.set(health);
        sleep(lasting).await;
        part.set(Health::Up);
    }

    async fn slow(&self, answers_after: Duration, lasting: Duration) {
        self.family.lock().unwrap().slow = answers_after;
        sleep(lasting).await;
        self.family.lock().unwrap().slow = Duration::ZERO;
    }

    async fn failing(&self, failing: Failing, lasting: Duration) {
        self.family.lock().unwrap().failing = Some(failing);
        sleep(lasting).await;
        self.family.lock().unwrap().failing = None;
    }

    pub async fn state(&self) -> Connection {
        self.vault.connection_in(&dev(), self.connection).await.unwrap()
    }

    /// Asks for a new credential until one comes that the provider takes. Says whether it came, and the connection lives.
    pub async fn recovers(&self, within: Duration) -> bool {
        let (begun, before) = (Instant::now(), self.state().await.generation());
        while begun.elapsed() < within {
            let state = self.state().await;
            if matches!(state, Connection::Broken(_)) {
                return false;
            }
            if let Some(credential) = self.demand(Duration::from_secs(20)).await
                && credential.facts.generation > before
                && self.takes(credential.handout.access_token.as_ref())
            {
                return true;
            }
            sleep(Duration::from_secs(5)).await;
        }
        false
    }

    fn takes(&self, token: Option<&AccessToken>) -> bool {
        token.is_some_and(|token| self.family.lock().unwrap().accepts(token.expose()))
    }

    /// Lets time go by in strides where nobody is in the middle of anything: a refresher that finds nothing to do again and
    /// again shows nothing. Dropped, it goes by by itself again.
    pub fn hurry(&self) -> impl Future<Output = ()> + use<> {
        let (clock, store, stream) = (self.clock.clone(), self.store.clone(), self.stream());
        let (family, trap, health) = (self.family.clone(), self.trap.clone(), self.store_health.clone());
        async move {
            loop {
                sleep(STEP).await;
                if trap.just_sprung() || family.lock().unwrap().in_flight > 0 {
                    continue;
                }
                let Some(held) = store.held(&stream) else { continue };
                let free_in = held.free_at.map_or(0, |free_at| free_at - clock.now());
                let most = match (held.until, health.health()) {
                    (Some(_), _) | (_, Health::Down | Health::Hangs) => STRIDE_WHILE_HELD,
                    (None, Health::Up) => STRIDE,
                };
                let healthy = health.health() == Health::Up;
                if free_in > 0 {
                    let free_in = Duration::from_millis(free_in.unsigned_abs());
                    tokio::time::advance(free_in.min(most)).await;
                } else if !healthy {
                    tokio::time::advance(most).await;
                }
            }
        }
    }

    pub fn end(&self) {
        self.workers.iter().for_each(|worker| worker.lifecycle.cut());
    }
}

fn to_peer(door: Door) -> Route {
    let through = move |request: Request| {
        let door = door.lock().unwrap().clone();
        async move {
            match door {
                Some(routes) => {
                    routes.into_axum_router().call(request).await.unwrap_or_else(|never| match never {})
                }
                None => cut(),
            }
        }
    };
    Route::local(Routes::from(axum::Router::new().fallback(through)))
}

fn cut() -> http::Response<axum::body::Body> {
    Status::unavailable("cut off").into_http::<Body>().map(axum::body::Body::new)
}

/// A connection made as the flow makes it, whose token runs out after this.
async fn connect(vault: &Vault, class: Class, life: Duration) -> ConnectionId {
    let settings = IntegrationSettings {
        provider: format!("simulated-{}", class.word()),
        display_name: "Simulated".to_owned(),
        client_id: "robot".to_owned(),
        scopes: vec![],
        ..IntegrationSettings::default()
    };
    let secrets = AppSecrets { client_secret: Some("secret".to_owned().into()), fields: BTreeMap::new() };
    let key = "simulated".parse().unwrap();
    vault
        .put_integration(PutIntegration { environment: dev(), key, settings, secrets: Some(secrets) })
        .await
        .unwrap();
    let create = CreateSession {
        environment: dev(),
        end_user: "ana".parse().unwrap(),
        integrations: vec!["simulated".parse().unwrap()],
        reconnect: None,
        manages: false,
        lifetime: Duration::from_secs(600),
        outline: latchkey_domain::session::Outline::default(),
    };
    let created = vault.create_session(create).await.unwrap();
    let (browser, state) = (Digest::of(b"browser"), Digest::of(b"state"));
    let session = vault.bind_session(&created.token, browser).await.unwrap().id;
    let authorization = AuthorizationId::from_parts(1, 1);
    let start = StartAuthorization {
        authorization,
        session,
        browser,
        integration: "simulated".parse().unwrap(),
        state,
        redirect_uri: String::new(),
        scopes: vec![],
        code_verifier: None,
        inputs: BTreeMap::new(),
    };
    vault.start_authorization(start).await.unwrap();
    vault.claim_authorization(authorization, state, browser).await.unwrap();
    let handout =
        Handout { access_token: Some(AccessToken::new("access-1".to_owned())), ..Handout::default() };
    let renewal =
        Renewal { refresh_token: Some(RefreshToken::new("refresh-1".to_owned())), ..Renewal::default() };
    let grant = Grant { handout, renewal: Some(renewal), expires_in: Some(life), ..Grant::default() };
    let documented = Behaviour::default();
    let obtained = Obtained { auth_mode: "OAUTH2".to_owned(), grant, documented };
    let established = vault.establish(authorization, obtained).await.unwrap();
    assert_eq!(
        vault.connection_in(&dev(), established.connection).await.unwrap().generation(),
        Generation(1)
    );
    established.connection
}
