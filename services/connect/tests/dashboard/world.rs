//! The vocabulary of these tests: connect with a whole vault behind it, and browsers that keep cookies.

use latchkey_chassis::{Lifecycle, ManualClock, grpc, http, tls};
use latchkey_connect::ConnectService;
use latchkey_domain::{Environment, Role};
use latchkey_oauth::ClientOptions;
use latchkey_providers::Catalogue;
use latchkey_store::Store;
use latchkey_vault::config::{Database, Keys};
use latchkey_vault::{Parts, VaultService};
use latchkey_wire::contract::CreateLogin;
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::{Route, VaultClient};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub struct World {
    pub vault: VaultClient,
    pub clock: ManualClock,
    pub store: Arc<dyn Store>,
    url: String,
    serving: JoinHandle<()>,
    _folder: TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

pub fn dev() -> Environment {
    "dev".parse().unwrap()
}

pub async fn world() -> World {
    tls::install_provider();
    let folder = tempfile::tempdir().unwrap();
    let kek = folder.path().join("kek");
    latchkey_envelope::create_key_file(&kek).unwrap();
    let database = Database::at(format!("sqlite:{}", folder.path().join("vault.db").display()));
    let keys = Keys::by(format!("file://{}", kek.display()));
    let clock = ManualClock::at(1_800_000_000_000);
    let mut parts = Parts::embedded(&database, &keys, latchkey_bus::local()).await.unwrap();
    parts.clock = Arc::new(clock.clone());
    let store = parts.store.clone();
    let service = VaultService::new(parts, &Default::default(), &Lifecycle::new(Duration::from_secs(5)));
    let vault = VaultClient::new(Route::local(grpc::layers(service.internal())));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let oauth = latchkey_oauth::Client::new(&ClientOptions::default()).unwrap();
    let connect = ConnectService::new(
        vault.clone(),
        Catalogue::embedded(),
        oauth,
        url.parse::<url::Url>().unwrap(),
        &Default::default(),
    );
    let connect = connect.unwrap();
    let pages = connect.http().merge(connect.rest().unwrap()).merge(connect.dashboard(&[]).unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, http::layers(pages)).await.unwrap() });
    World { vault, clock, store, url, serving, _folder: folder }
}

impl World {
    /// The token of a login link that lasts ten minutes.
    pub async fn link(&self, role: Role) -> String {
        self.link_to("dev", "ana", role).await
    }

    /// The same for somebody, to an environment.
    pub async fn link_to(&self, environment: &str, operator: &str, role: Role) -> String {
        let (environment, lifetime) = (environment.parse().unwrap(), Duration::from_secs(600));
        let create = CreateLogin { environment, operator: operator.into(), role, lifetime };
        secret_to_pb(&self.vault.create_login(create).await.unwrap().token)
    }

    pub fn browser(&self) -> Browser {
        let http = reqwest::Client::builder().cookie_store(true).no_proxy().build().unwrap();
        Browser { http, url: self.url.clone(), csrf: None }
    }

    /// A browser in which an operator is logged in.
    pub async fn logged_in(&self, role: Role) -> Browser {
        let mut browser = self.browser();
        let answer = browser.log_in(&self.link(role).await).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let session: Value = answer.json().await.unwrap();
        browser.csrf = Some(session["csrf_token"].as_str().unwrap().to_owned());
        browser
    }
}

pub struct Browser {
    pub http: reqwest::Client,
    url: String,
    /// What the pages were told, once somebody is logged in.
    pub csrf: Option<String>,
}

impl Browser {
    pub async fn log_in(&self, token: &str) -> Response {
        self.plain(Method::POST, "/dashboard/login").json(&json!({ "token": token })).send().await.unwrap()
    }

    /// Without what the pages add.
    pub fn plain(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    /// As the pages ask.
    pub fn asks(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.plain(method, path).header("sec-fetch-site", "same-origin");
        match &self.csrf {
            Some(token) => request.header("x-csrf-token", token),
            None => request,
        }
    }

    pub async fn gets(&self, path: &str) -> Response {
        self.asks(Method::GET, path).send().await.unwrap()
    }
}

/// The word programs branch on.
pub async fn reason(answer: Response) -> String {
    let problem: Value = answer.json().await.unwrap();
    problem["reason"].as_str().unwrap_or_else(|| panic!("{problem}")).to_owned()
}
