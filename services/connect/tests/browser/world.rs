//! The vocabulary of these tests.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use latchkey_chassis::{Lifecycle, grpc, http, tls};
use latchkey_connect::ConnectService;
use latchkey_demo_provider::{Client, DemoProvider, EntryKind, Options, catalogue_entry};
use latchkey_domain::integration::Settings;
use latchkey_domain::{Environment, SessionId};
use latchkey_oauth::ClientOptions;
use latchkey_providers::{Catalogue, Trust};
use latchkey_vault::config::{Database, Keys};
use latchkey_vault::{Parts, VaultService};
use latchkey_wire::contract::{AppSecrets, CreateSession, PutIntegration, SessionView};
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::pb::connect::connect_session_service_client::ConnectSessionServiceClient;
use latchkey_wire::{Route, VaultClient};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response as Answer};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tonic::Status;
use url::Url;

const CLIENT: (&str, &str) = ("app", "canary_client");
pub const API_KEY: &str = "canary_api_key";

pub struct World {
    pub vault: VaultClient,
    pub provider: DemoProvider,
    pub url: String,
    pub hiccups: Arc<Hiccups>,
    connect: ConnectService,
    serving: [JoinHandle<()>; 2],
    _folder: TempDir,
}

/// How many of the next grants told to the vault it does not hear of, and how many it hears of without its answer
/// getting back.
#[derive(Default)]
pub struct Hiccups {
    pub unheard: AtomicU32,
    pub unanswered: AtomicU32,
}

impl Drop for World {
    fn drop(&mut self) {
        self.serving.iter().for_each(JoinHandle::abort);
    }
}

pub fn dev() -> Environment {
    "dev".parse().unwrap()
}

pub async fn world() -> World {
    tls::install_provider();
    let folder = tempfile::tempdir().unwrap();
    let (doors, pages) = (listener().await, listener().await);
    let issuer = format!("http://{}/demo", doors.local_addr().unwrap());
    let url = format!("http://{}", pages.local_addr().unwrap());

    let mut options = Options::new(&issuer);
    options.clients = vec![Client::new(CLIENT.0, CLIENT.1, [&*format!("{url}/oauth/callback")])];
    options.api_keys = vec![API_KEY.into()];
    options.secret_prefix = "canary_".into();
    let provider = DemoProvider::new(options).unwrap();
    let demo = axum::Router::new().nest("/demo", provider.router()).merge(provider.origin_router());

    let hiccups = Arc::new(Hiccups::default());
    let vault = vault(&folder, hiccups.clone()).await;
    for kind in EntryKind::ALL {
        vault.put_integration(integration(kind)).await.unwrap();
    }
    let oauth = latchkey_oauth::Client::new(&ClientOptions::default()).unwrap();
    let public_url = url.parse::<Url>().unwrap();
    let connect =
        ConnectService::new(vault.clone(), catalogue(&issuer), oauth, public_url, &Default::default())
            .unwrap();
    let connect = connect.with_lifecycle(&Lifecycle::new(Duration::from_secs(5)));
    let serving = [serve(doors, demo), serve(pages, http::layers(connect.http()))];
    World { vault, provider, url, hiccups, connect, serving, _folder: folder }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn serve(listener: TcpListener, router: axum::Router) -> JoinHandle<()> {
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })
}

async fn vault(folder: &TempDir, hiccups: Arc<Hiccups>) -> VaultClient {
    let kek = folder.path().join("kek");
    latchkey_envelope::create_key_file(&kek).unwrap();
    let database = Database::at(format!("sqlite:{}", folder.path().join("vault.db").display()));
    let keys = Keys::by(format!("file://{}", kek.display()));
    let parts = Parts::embedded(&database, &keys, latchkey_bus::local()).await.unwrap();
    let service = VaultService::new(parts, &Default::default(), &Lifecycle::new(Duration::from_secs(5)));
    let hiccuping = move |request: Request, next: Next| {
        let hiccups = hiccups.clone();
        async move { hiccups.pass(request, next).await }
    };
    let peers = grpc::layers(service.peers()).into_axum_router().layer(from_fn(hiccuping));
    VaultClient::new(Route::local(peers.into()))
}

impl Hiccups {
    async fn pass(&self, request: Request, next: Next) -> Response {
        if !request.uri().path().ends_with("/EstablishConnection") {
            return next.run(request).await;
        }
        let one_less = |left: &AtomicU32| {
            left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
        };
        if one_less(&self.unheard) {
            return Status::unavailable("a hiccup").into_http();
        }
        let answer = next.run(request).await;
        if one_less(&self.unanswered) { Status::unavailable("a hiccup").into_http() } else { answer }
    }
}

fn catalogue(issuer: &str) -> Catalogue {
    let entry = |kind| -> String {
        let text = catalogue_entry(issuer, kind);
        // A catalogue links to public pages only.
        text.lines().filter(|line| !line.starts_with("links:")).map(|line| format!("{line}\n")).collect()
    };
    EntryKind::ALL.into_iter().fold(Catalogue::embedded(), |catalogue, kind| {
        catalogue.with_entry(&entry(kind), Trust::Loopback).unwrap()
    })
}

fn integration(kind: EntryKind) -> PutIntegration {
    let has_client = !matches!(kind, EntryKind::ApiKey | EntryKind::Basic);
    let secrets = AppSecrets { client_secret: Some(CLIENT.1.to_owned().into()), fields: BTreeMap::new() };
    PutIntegration {
        environment: dev(),
        key: kind.id().parse().unwrap(),
        settings: Settings {
            provider: kind.id().to_owned(),
            display_name: format!("The {}", kind.id()),
            client_id: if has_client { CLIENT.0.to_owned() } else { String::new() },
            scopes: if has_client { vec!["profile:read".to_owned()] } else { vec![] },
            ..Settings::default()
        },
        secrets: has_client.then_some(secrets),
    }
}

impl World {
    /// A session for one integration, and the token that opens it.
    pub async fn session(&self, kind: EntryKind) -> (SessionId, String) {
        let create = CreateSession {
            environment: dev(),
            end_user: "ana".parse().unwrap(),
            integrations: vec![kind.id().parse().unwrap()],
            reconnect: None,
            manages: false,
            lifetime: Duration::from_secs(600),
            outline: latchkey_domain::session::Outline::default(),
        };
        let created = self.vault.create_session(create).await.unwrap();
        (created.session, secret_to_pb(&created.token))
    }

    /// As a backend calls it.
    pub fn sessions(&self) -> ConnectSessionServiceClient<Route> {
        ConnectSessionServiceClient::new(Route::local(grpc::layers(self.connect.grpc())))
    }

    pub async fn described(&self, session: SessionId) -> SessionView {
        self.vault.describe_session(&dev(), session).await.unwrap()
    }

    pub async fn until_connected(&self, session: SessionId) {
        let connected = async {
            while self.described(session).await.connection.is_none() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let connected = tokio::time::timeout(Duration::from_secs(15), connected).await;
        assert!(connected.is_ok(), "{:?}", self.described(session).await);
    }

    /// How often the provider was asked for a token.
    pub fn token_requests(&self) -> u64 {
        self.provider.controls().counters().token_requests.values().sum()
    }

    pub fn browser(&self) -> Browser {
        let http = reqwest::Client::builder().cookie_store(true).redirect(Policy::none()).no_proxy();
        Browser { http: http.build().unwrap(), url: self.url.clone() }
    }

    /// A browser that has opened the link to a session.
    pub async fn opened(&self, kind: EntryKind) -> (Browser, SessionId) {
        let (session, token) = self.session(kind).await;
        let browser = self.browser();
        let answer = browser.post("/connect/open").form(&[("token", token)]).send().await.unwrap();
        assert_eq!(answer.headers()["location"], format!("/connect/{session}"));
        (browser, session)
    }
}

/// An end user's browser. It follows no redirect by itself.
pub struct Browser {
    pub http: reqwest::Client,
    url: String,
}

impl Browser {
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.url))
    }

    /// The token of the forms this browser is shown.
    pub async fn form_token(&self, session: SessionId, kind: EntryKind) -> String {
        let page = self.get(&format!("/connect/{session}/form?integration={}", kind.id()));
        between(&page.send().await.unwrap().text().await.unwrap(), "name=\"form_token\" value=\"", "\"")
    }

    pub async fn start(&self, session: SessionId, kind: EntryKind, typed: &[(&str, &str)]) -> Answer {
        let token = self.form_token(session, kind).await;
        let mut form = vec![("form_token", token.as_str()), ("integration", kind.id())];
        form.extend_from_slice(typed);
        self.post(&format!("/connect/{session}/start")).form(&form).send().await.unwrap()
    }

    /// Goes to the provider and decides there: where the provider sends the browser back to.
    pub async fn decided(&self, session: SessionId, decision: &str) -> String {
        self.decided_of(session, EntryKind::OAuth, decision).await
    }

    /// The same, of another way to connect.
    pub async fn decided_of(&self, session: SessionId, kind: EntryKind, decision: &str) -> String {
        let away = self.start(session, kind, &[]).await;
        self.decided_at(Url::parse(away.headers()["location"].to_str().unwrap()).unwrap(), decision).await
    }

    /// The same, of somebody who was told where to go.
    pub async fn allowed_at(&self, there: Url) -> String {
        self.decided_at(there, "allow").await
    }

    async fn decided_at(&self, there: Url, decision: &str) -> String {
        let page = self.http.get(there.clone()).send().await.unwrap().text().await.unwrap();
        let action = there.join(&between(&page, "action=\"", "\"")).unwrap();
        let consent = between(&page, "name=\"consent\" value=\"", "\"");
        let form = [("consent", consent.as_str()), ("decision", decision)];
        let back = self.http.post(action).form(&form).send().await.unwrap();
        back.headers()["location"].to_str().unwrap().to_owned()
    }

    pub async fn page(&self, session: SessionId) -> String {
        self.get(&format!("/connect/{session}")).send().await.unwrap().text().await.unwrap()
    }
}

pub fn between(text: &str, before: &str, after: &str) -> String {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap().0.to_owned()
}
