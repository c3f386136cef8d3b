//! A vault, the proxy before it, and a connection to the provider of [`crate::upstream`].

use crate::upstream::Upstream;
use latchkey_chassis::{Lifecycle, grpc, http, tls};
use latchkey_domain::api_key::Scope;
use latchkey_domain::integration::Settings as IntegrationSettings;
use latchkey_domain::rotation::Behaviour;
use latchkey_domain::{AuthorizationId, ConnectionId, Digest, Environment};
use latchkey_providers::{Catalogue, Trust};
use latchkey_proxy::ProxyService;
use latchkey_proxy::config::Settings;
use latchkey_secret::{AccessToken, Grant, Handout, RefreshToken, Renewal, SecretText, Signer};
use latchkey_vault::config::{Database, Keys};
use latchkey_vault::vault::Vault;
use latchkey_vault::{Parts, VaultService};
use latchkey_wire::contract::{
    CompleteRefresh, CreateSession, IssueKey, Obtained, PutIntegration, RefreshOutcome, SessionView,
    StartAuthorization,
};
use latchkey_wire::{Route, VaultClient};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;

const PROVIDER: &str = "crm";

pub struct World {
    pub upstream: Upstream,
    pub address: SocketAddr,
    /// Where an Envoy asks.
    pub authorization: SocketAddr,
    pub connection: ConnectionId,
    pub key: String,
    pub vault: Vault,
    http: reqwest::Client,
    lifecycle: Lifecycle,
    _folder: TempDir,
}

fn environment(name: &str) -> Environment {
    name.parse().unwrap()
}

impl World {
    /// A connection whose token is `canary_access_1`, good for an hour, and can be refreshed.
    pub async fn start() -> Self {
        Self::signing(None).await
    }

    /// The same, whose credential is also what requests are signed with, or what TLS begins with.
    pub async fn signing(signer: Option<Signer>) -> Self {
        Self::lending(|handout| handout.signer = signer).await
    }

    /// The same, with something else of the credential.
    pub async fn lending(change: impl FnOnce(&mut Handout)) -> Self {
        Self::with(change, &Settings::default(), None).await
    }

    /// The same, with settings of the proxy's.
    pub async fn believing(settings: serde_json::Value) -> Self {
        Self::with(|_| (), &serde_json::from_value(settings).unwrap(), None).await
    }

    /// The same, before a provider of the test's own.
    pub async fn before(origin: String, settings: serde_json::Value) -> Self {
        Self::with(|_| (), &serde_json::from_value(settings).unwrap(), Some(origin)).await
    }

    async fn with(change: impl FnOnce(&mut Handout), settings: &Settings, origin: Option<String>) -> Self {
        tls::install_provider();
        let folder = tempfile::tempdir().unwrap();
        let kek = folder.path().join("kek");
        latchkey_envelope::create_key_file(&kek).unwrap();
        let database = Database::at(format!("sqlite:{}", folder.path().join("vault.db").display()));
        let keys = Keys::by(format!("file://{}", kek.display()));
        let parts = Parts::embedded(&database, &keys, latchkey_bus::local()).await.unwrap();
        let lifecycle = Lifecycle::new(Duration::from_secs(5));
        let service = VaultService::new(parts, &Default::default(), &lifecycle);
        let vault = service.vault().clone();
        let to_vault = VaultClient::new(Route::local(service.peers()));

        let mut upstream = Upstream::start().await;
        if let Some(origin) = origin {
            upstream.origin = origin;
        }
        let catalogue = Catalogue::embedded().with_entry(&entry(&upstream.origin), Trust::Loopback).unwrap();
        let proxy = ProxyService::new(to_vault, catalogue, settings, &lifecycle).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        http::serve(listener, proxy.http(), &lifecycle);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authorization = listener.local_addr().unwrap();
        grpc::serve(listener, proxy.authorization(), grpc::Options::default(), &lifecycle).unwrap();

        let connection = connected(&vault, &upstream.origin, change).await;
        let key = key(&vault, "dev", Scope::ProxyCall).await;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { upstream, address, authorization, connection, key, vault, http, lifecycle, _folder: folder }
    }

    /// A request with the key and the connection on it.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.bare(method, path)
            .bearer_auth(&self.key)
            .header("latchkey-connection", self.connection.to_string())
    }

    pub fn bare(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method.parse().unwrap(), format!("http://{}/proxy{path}", self.address))
    }

    pub async fn key_for(&self, environment: &str, scope: Scope) -> String {
        key(&self.vault, environment, scope).await
    }

    /// Plays the refresher, once: whatever becomes due gets this token.
    pub fn refresh_when_asked(&self, token: &'static str) -> tokio::task::JoinHandle<()> {
        let (vault, origin) = (self.vault.clone(), self.upstream.origin.clone());
        tokio::spawn(async move {
            let due = loop {
                if let Some(due) = vault.claim_due(1).await.unwrap().pop() {
                    break due;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            };
            let outcome = RefreshOutcome::Refreshed(obtained(token, &origin));
            let (connection, generation, fence) = (due.connection, due.generation, due.fence);
            vault
                .complete_refresh(CompleteRefresh {
                    connection,
                    generation,
                    fence,
                    outcome,
                    received_at: None,
                    course: Default::default(),
                })
                .await
                .unwrap();
        })
    }

    pub async fn finish(self) {
        self.lifecycle.finish().await.unwrap();
    }
}

/// A catalogue links to public pages only, and its ids are not those of the shipped ones.
fn entry(origin: &str) -> String {
    format!(
        "id: {PROVIDER}\nname: CRM\ncategories: [crm]\n\
         inputs: [{{name: api_key, ask: connection, label: Key, secret: true}}]\n\
         obtain: {{type: given}}\napply: {{scheme: none, headers: {{x-api-key: \"${{conn.api_key}}\"}}}}\n\
         api: {{base_url: \"{origin}/api\"}}\n"
    )
}

pub fn obtained(token: &str, origin: &str) -> Obtained {
    let secret = |text: String| SecretText::new(text);
    let headers = BTreeMap::from([
        ("authorization".to_owned(), secret(format!("Bearer {token}"))),
        ("x-version".to_owned(), secret("7".to_owned())),
    ]);
    let handout = Handout {
        access_token: Some(AccessToken::new(token.to_owned())),
        base_url: Some(secret(format!("{origin}/api"))),
        headers,
        ..Handout::default()
    };
    let refresh_token = Some(RefreshToken::new(format!("canary_refresh_of_{token}")));
    let grant = Grant {
        handout,
        renewal: Some(Renewal { refresh_token, ..Renewal::default() }),
        expires_in: Some(Duration::from_secs(3600)),
        origins: vec![origin.to_owned()],
        ..Grant::default()
    };
    Obtained { auth_mode: "OAUTH2".to_owned(), grant, documented: Behaviour::default() }
}

async fn key(vault: &Vault, of: &str, scope: Scope) -> String {
    let issue = IssueKey {
        environment: environment(of),
        name: "test".to_owned(),
        scopes: vec![scope],
        expires_at: None,
    };
    vault.issue_key(issue).await.unwrap().secret.expose().to_owned()
}

async fn connected(vault: &Vault, origin: &str, change: impl FnOnce(&mut Handout)) -> ConnectionId {
    let settings = IntegrationSettings {
        provider: PROVIDER.to_owned(),
        display_name: "CRM".to_owned(),
        client_id: String::new(),
        scopes: vec![],
        ..IntegrationSettings::default()
    };
    let put = PutIntegration {
        environment: environment("dev"),
        key: PROVIDER.parse().unwrap(),
        settings,
        secrets: None,
    };
    vault.put_integration(put).await.unwrap();
    let create = CreateSession {
        environment: environment("dev"),
        end_user: "ana".parse().unwrap(),
        integrations: vec![PROVIDER.parse().unwrap()],
        reconnect: None,
        manages: false,
        lifetime: Duration::from_secs(600),
        outline: latchkey_domain::session::Outline::default(),
    };
    let created = vault.create_session(create).await.unwrap();
    let (browser, state) = (Digest::of(b"browser"), Digest::of(b"state"));
    let SessionView { id: session, .. } = vault.bind_session(&created.token, browser).await.unwrap();
    let authorization = AuthorizationId::from_parts(1, 1);
    let start = StartAuthorization {
        authorization,
        session,
        browser,
        integration: PROVIDER.parse().unwrap(),
        state,
        redirect_uri: String::new(),
        scopes: vec![],
        code_verifier: None,
        inputs: BTreeMap::new(),
    };
    vault.start_authorization(start).await.unwrap();
    vault.claim_authorization(authorization, state, browser).await.unwrap();
    let mut obtained = obtained("canary_access_1", origin);
    change(&mut obtained.grant.handout);
    vault.establish(authorization, obtained).await.unwrap().connection
}
