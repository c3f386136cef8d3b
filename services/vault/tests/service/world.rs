//! The vocabulary of these tests.

use latchkey_bus::Bus;
use latchkey_chassis::{Lifecycle, ManualClock};
use latchkey_domain::connection::About;
use latchkey_domain::integration::Settings as IntegrationSettings;
use latchkey_domain::rotation::{Behaviour, Course, RotationClass};
use latchkey_domain::{
    AuthorizationId, Cause, ConnectionId, Digest, Environment, Failure, IntegrationKey, Phase, Reason,
};
use latchkey_secret::{AccessToken, Grant, Handout, RefreshToken, Renewal, SecretText};
use latchkey_store::Store;
use latchkey_store_sqlite::SqliteStore;
use latchkey_vault::config::Settings;
use latchkey_vault::vault::{Query, Vault};
use latchkey_vault::{Ids, Parts, VaultService};
use latchkey_wire::contract::{
    AppSecrets, CompleteRefresh, CreateSession, DueRefresh, Obtained, PutIntegration, RefreshOutcome,
    StartAuthorization,
};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

pub const TOKEN_LIFE: Duration = Duration::from_secs(3600);

pub struct World {
    pub vault: Vault,
    pub service: VaultService,
    pub store: Arc<dyn Store>,
    pub parts: Parts,
    pub clock: ManualClock,
    pub folder: TempDir,
    count: AtomicU64,
}

pub fn dev() -> Environment {
    "dev".parse().unwrap()
}

/// What a provider says of a refresh token it does not take.
pub fn invalid_grant() -> Failure {
    Failure { cause: Some(Cause::GrantRevoked), ..Failure::new(Reason::ReauthRequired, Phase::Refresh) }
}

pub fn demo() -> IntegrationKey {
    "demo".parse().unwrap()
}

/// Another process on the same parts, with nothing in its memory yet.
pub fn service_of(parts: &Parts) -> VaultService {
    VaultService::new(parts.clone(), &Settings::default(), &Lifecycle::new(Duration::from_secs(1)))
}

impl World {
    pub async fn new() -> Self {
        Self::with_parts(|_| {}).await
    }

    pub async fn with_bus(bus: Arc<dyn Bus>) -> Self {
        Self::with_parts(|parts| parts.bus = bus).await
    }

    /// A world some of whose parts were exchanged.
    pub async fn with_parts(exchange: impl FnOnce(&mut Parts)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kek = folder.path().join("kek");
        latchkey_envelope::create_key_file(&kek).unwrap();
        let clock = ManualClock::at(1_800_000_000_000);
        let store = SqliteStore::open(&folder.path().join("vault.db")).await.unwrap();
        let key_service =
            latchkey_envelope::open_key_service(&format!("file://{}", kek.display())).await.unwrap();
        let mut parts = Parts {
            store: Arc::new(store),
            key_services: vec![key_service],
            bus: latchkey_bus::local(),
            clock: Arc::new(clock.clone()),
            ids: Ids::random(),
        };
        exchange(&mut parts);
        let service = service_of(&parts);
        let world = Self {
            vault: service.vault().clone(),
            service,
            store: parts.store.clone(),
            parts,
            clock,
            folder,
            count: AtomicU64::new(0),
        };
        world.register(dev()).await;
        world
    }

    /// The same keys and clock, with another database.
    pub fn on(&self, store: Arc<dyn latchkey_store::Store>) -> Self {
        let parts = Parts { store: store.clone(), ..self.parts.clone() };
        let service = service_of(&parts);
        Self {
            vault: service.vault().clone(),
            service,
            store,
            parts,
            clock: self.clock.clone(),
            folder: tempfile::tempdir().unwrap(),
            // Behind all tokens of the other one.
            count: AtomicU64::new(1000),
        }
    }

    pub async fn register(&self, environment: Environment) {
        let secrets = AppSecrets {
            client_secret: Some("canary_client_secret".to_owned().into()),
            fields: BTreeMap::new(),
        };
        self.vault.put_integration(put(environment, Some(secrets))).await.unwrap();
    }

    pub fn database_file(&self) -> PathBuf {
        self.folder.path().join("vault.db")
    }

    /// A number that was never used before, so that every token is another.
    pub fn fresh(&self) -> u64 {
        self.count.fetch_add(1, Ordering::SeqCst)
    }

    pub fn obtained(&self) -> Obtained {
        let number = self.fresh();
        let token = format!("canary_access_{number}");
        let handout = Handout {
            base_url: None,
            headers: BTreeMap::from([(
                "authorization".to_owned(),
                SecretText::new(format!("Bearer {token}")),
            )]),
            access_token: Some(AccessToken::new(token)),
            ..Handout::default()
        };
        let renewal = Renewal {
            refresh_token: Some(RefreshToken::new(format!("canary_refresh_{number}"))),
            fields: BTreeMap::new(),
        };
        let grant = Grant {
            handout,
            renewal: Some(renewal),
            expires_in: Some(TOKEN_LIFE),
            scopes: None,
            origins: vec!["https://api.example.com".into()],
            account: None,
        };
        Obtained { auth_mode: "OAUTH2".into(), grant, documented: Behaviour::default() }
    }

    pub async fn session(&self, reconnect: Option<ConnectionId>) -> (latchkey_domain::SessionId, SecretText) {
        self.session_about(reconnect, About::default()).await
    }

    async fn session_about(
        &self,
        reconnect: Option<ConnectionId>,
        about: About,
    ) -> (latchkey_domain::SessionId, SecretText) {
        let create = CreateSession {
            environment: dev(),
            end_user: "ana".parse().unwrap(),
            integrations: if reconnect.is_some() { vec![] } else { vec![demo()] },
            manages: false,
            reconnect,
            lifetime: Duration::from_secs(900),
            outline: about.into(),
        };
        let created = self.vault.create_session(create).await.unwrap();
        (created.session, created.token)
    }

    /// An attempt whose answer has come.
    pub async fn claimed(&self, reconnect: Option<ConnectionId>) -> AuthorizationId {
        self.claimed_about(reconnect, About::default()).await
    }

    /// The same, by a session that says something of the connection to come.
    pub async fn claimed_about(&self, reconnect: Option<ConnectionId>, about: About) -> AuthorizationId {
        let (session, token) = self.session_about(reconnect, about).await;
        let browser = Digest::of(b"browser");
        self.vault.bind_session(&token, browser).await.unwrap();
        let authorization = AuthorizationId::from_parts(1, u128::from(self.fresh()));
        self.vault.start_authorization(self.start(authorization, session)).await.unwrap();
        let claimed =
            self.vault.claim_authorization(authorization, Digest::of(b"state"), browser).await.unwrap();
        assert!(claimed.app.client_secret.is_some() && claimed.code_verifier.is_some());
        authorization
    }

    pub fn start(
        &self,
        authorization: AuthorizationId,
        session: latchkey_domain::SessionId,
    ) -> StartAuthorization {
        StartAuthorization {
            authorization,
            session,
            browser: Digest::of(b"browser"),
            integration: demo(),
            state: Digest::of(b"state"),
            redirect_uri: "https://latchkey.example/oauth/callback".into(),
            scopes: vec!["read".into()],
            code_verifier: Some("canary_verifier".to_owned().into()),
            inputs: BTreeMap::from([("subdomain".to_owned(), "canary_input".to_owned().into())]),
        }
    }

    pub async fn connected(&self) -> ConnectionId {
        let authorization = self.claimed(None).await;
        self.vault.establish(authorization, self.obtained()).await.unwrap().connection
    }

    pub async fn connected_about(&self, about: About) -> ConnectionId {
        let authorization = self.claimed_about(None, about).await;
        self.vault.establish(authorization, self.obtained()).await.unwrap().connection
    }

    pub async fn token_of(&self, connection: ConnectionId) -> String {
        let credential = self.vault.credential(&self.query(connection)).await.unwrap();
        credential.handout.access_token.unwrap().expose().to_owned()
    }

    pub fn query(&self, connection: ConnectionId) -> Query {
        Query {
            environment: dev(),
            connection,
            min_remaining: None,
            force_refresh: false,
            newer_than: None,
            deadline: Some(Duration::from_millis(300)),
        }
    }

    pub async fn claim_one(&self) -> DueRefresh {
        let mut due = self.vault.claim_due(10).await.unwrap();
        assert_eq!(due.len(), 1, "exactly one refresh is due");
        due.remove(0)
    }

    pub async fn complete(
        &self,
        due: &DueRefresh,
        outcome: RefreshOutcome,
    ) -> Result<(), latchkey_vault::Error> {
        self.tell(due, outcome, Course::default()).await
    }

    /// As a refresher tells it that knows the refresh tokens to be good only once.
    pub async fn complete_strictly(
        &self,
        due: &DueRefresh,
        outcome: RefreshOutcome,
    ) -> Result<(), latchkey_vault::Error> {
        self.tell(due, outcome, Self::strict()).await
    }

    pub fn strict() -> Course {
        let documented = Behaviour { rotation: RotationClass::Strict, ..Behaviour::default() };
        Course { documented, unanswered_seconds: None }
    }

    async fn tell(
        &self,
        due: &DueRefresh,
        outcome: RefreshOutcome,
        course: Course,
    ) -> Result<(), latchkey_vault::Error> {
        self.vault.complete_refresh(Self::report_of(due, outcome, course)).await
    }

    pub fn report_of(due: &DueRefresh, mut outcome: RefreshOutcome, course: Course) -> CompleteRefresh {
        if let RefreshOutcome::Refreshed(obtained) = &mut outcome {
            obtained.documented = course.documented;
        }
        CompleteRefresh {
            connection: due.connection,
            generation: due.generation,
            fence: due.fence,
            outcome,
            received_at: None,
            course,
        }
    }

    pub async fn history(&self, connection: ConnectionId) -> Vec<String> {
        let stream = latchkey_store::Stream::new("connection", connection.to_string());
        let events = self.store.history(&stream, latchkey_store::Version(0), 100).await.unwrap();
        events.into_iter().map(|recorded| recorded.event.kind).collect()
    }
}

/// The integration as it is registered.
pub fn put(environment: Environment, secrets: Option<AppSecrets>) -> PutIntegration {
    let settings = IntegrationSettings {
        provider: "demo".into(),
        display_name: "Demo".into(),
        client_id: "app".into(),
        scopes: vec!["read".into()],
        ..IntegrationSettings::default()
    };
    PutIntegration { environment, key: demo(), settings, secrets }
}
