//! Latchkey with an operator's provider file, and a backend and a browser that use it.

use super::provider::{CLIENT_ID, CLIENT_SECRET, consented};
use latchkey_testkit::pb::admin::integration_service_client::IntegrationServiceClient;
use latchkey_testkit::pb::admin::{Integration, PutIntegrationRequest};
use latchkey_testkit::pb::connect::connect_session_service_client::ConnectSessionServiceClient;
use latchkey_testkit::pb::connect::{
    CreateConnectSessionRequest, CreateConnectSessionResponse, GetConnectSessionRequest,
};
use latchkey_testkit::pb::connection::connection_service_client::ConnectionServiceClient;
use latchkey_testkit::pb::connection::{ConnectionState, DeleteConnectionRequest, GetConnectionRequest};
use latchkey_testkit::pb::events::WatchEventsRequest;
use latchkey_testkit::pb::events::event_service_client::EventServiceClient;
use latchkey_testkit::pb::vault::credential_service_client::CredentialServiceClient;
use latchkey_testkit::pb::vault::{GetAccessTokenRequest, GetAccessTokenResponse, GetCredentialRequest};
use latchkey_testkit::{Browser, Canary, binary};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// `latchkey dev` with an operator's provider file and without the demo provider.
pub struct Latchkey {
    folder: TempDir,
    process: Child,
    way: Way,
    api_key: String,
}

type Way = InterceptedService<Channel, Bearer>;

#[derive(Clone)]
struct Bearer(MetadataValue<Ascii>);

impl tonic::service::Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

impl Latchkey {
    pub fn start(provider_file: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let providers = folder.path().join("providers");
        fs::create_dir(&providers).unwrap();
        fs::write(providers.join("real.yaml"), provider_file).unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new(binary("latchkey"));
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LATCHKEY_"))
        {
            command.env_remove(name);
        }
        let mut process = command
            .args(["dev", "--no-demo", "--data"])
            .arg(folder.path().join("data"))
            .args(["--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--ops", "127.0.0.1:0"])
            .env("LATCHKEY__PROVIDERS__PATH", &providers)
            .env("LATCHKEY__PROVIDERS__ALLOW_LOOPBACK", "true")
            .env(
                "LATCHKEY__TELEMETRY__LOG",
                "info,latchkey_oauth=trace,latchkey_vault=trace,latchkey_refresher=trace",
            )
            .stdin(Stdio::null())
            // Where the key for trials is shown, as it must be.
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let env = env_of(&folder, &mut process);
        let mut bearer: MetadataValue<Ascii> = format!("Bearer {}", env["LATCHKEY_API_KEY"]).parse().unwrap();
        bearer.set_sensitive(true);
        let channel = Endpoint::from_shared(env["LATCHKEY_GRPC"].clone()).unwrap().connect_lazy();
        let way = InterceptedService::new(channel, Bearer(bearer));
        Self { folder, process, way, api_key: env["LATCHKEY_API_KEY"].clone() }
    }

    /// Gives the redirect URI to tell the provider.
    pub async fn register(&self, provider: &str) -> String {
        self.put(provider, CLIENT_ID, CLIENT_SECRET).await
    }

    /// Without an app of the developer's: a client is to register itself.
    pub async fn register_nothing(&self, provider: &str) {
        self.put(provider, "", "").await;
    }

    async fn put(&self, provider: &str, client_id: &str, client_secret: &str) -> String {
        let integration = Integration {
            key: provider.into(),
            provider: provider.into(),
            client_id: client_id.into(),
            ..Default::default()
        };
        let put = PutIntegrationRequest {
            integration: Some(integration),
            client_secret: client_secret.to_owned(),
            ..Default::default()
        };
        let made = IntegrationServiceClient::new(self.way.clone()).put_integration(put).await.unwrap();
        made.into_inner().integration.unwrap().redirect_uri
    }

    /// Walks the connect page, the provider's login and its consent; gives the connection.
    pub async fn connect(&self, integrations: &[&str], mend: &str) -> String {
        self.connect_with(integrations, mend, &[]).await
    }

    /// As [`Self::connect`], with what the page asks for.
    pub async fn connect_with(&self, integrations: &[&str], mend: &str, typed: &[(&str, &str)]) -> String {
        let link = self.link_for(integrations, mend).await;
        let browser = Browser::new();
        let offered = browser.open_link(&link.connect_link).await;
        let login = match typed.first() {
            None => browser.choose(&offered, "real").await,
            Some((first, _)) => {
                let page = browser.asked_for(&offered, "real").await;
                let form =
                    typed.iter().fold(page.form_with(first), |form, (name, value)| form.with(name, value));
                browser.submit(&page, form).await
            }
        };
        assert!(
            login.says("login"),
            "{} {}:\n{}\n{}",
            login.url,
            login.status,
            login.html,
            log_of(&self.folder)
        );
        let done = consented(&browser, &login).await;
        assert!(done.says("is connected"), "{} {}:\n{}", done.status, done.html, log_of(&self.folder));
        self.connection_of(&link.session_id).await
    }

    /// A link to the one integration there is.
    pub async fn link(&self, mend: &str) -> CreateConnectSessionResponse {
        self.link_for(&["real"], mend).await
    }

    async fn link_for(&self, integrations: &[&str], mend: &str) -> CreateConnectSessionResponse {
        let wish = CreateConnectSessionRequest {
            end_user: "ana".to_owned(),
            integrations: integrations.iter().map(ToString::to_string).collect(),
            reconnect_connection_id: mend.to_owned(),
            lifetime: None,
            ..Default::default()
        };
        let mut sessions = ConnectSessionServiceClient::new(self.way.clone());
        sessions.create_connect_session(wish).await.unwrap().into_inner()
    }

    /// The connection a link led to.
    pub async fn connection_of(&self, session: &str) -> String {
        let ask = GetConnectSessionRequest { session_id: session.to_owned() };
        let mut sessions = ConnectSessionServiceClient::new(self.way.clone());
        sessions.get_connect_session(ask).await.unwrap().into_inner().connection_id
    }

    pub async fn token(
        &self,
        connection: &str,
        force_refresh: bool,
    ) -> Result<GetAccessTokenResponse, Status> {
        let ask =
            GetAccessTokenRequest { connection_id: connection.into(), force_refresh, ..Default::default() };
        let answer = CredentialServiceClient::new(self.way.clone()).get_access_token(ask).await;
        answer.map(tonic::Response::into_inner)
    }

    pub async fn refresh_token(&self, connection: &str) -> String {
        let ask = GetCredentialRequest { connection_id: connection.into(), ..Default::default() };
        let mut credentials = CredentialServiceClient::new(self.way.clone());
        credentials.get_credential(ask).await.unwrap().into_inner().refresh_token
    }

    pub async fn state(&self, connection: &str) -> ConnectionState {
        let ask = GetConnectionRequest { connection_id: connection.to_owned(), as_of: None };
        let found = ConnectionServiceClient::new(self.way.clone()).get_connection(ask).await.unwrap();
        found.into_inner().connection.unwrap().state()
    }

    pub async fn delete(&self, connection: &str) {
        self.delete_as(DeleteConnectionRequest {
            connection_id: connection.to_owned(),
            ..Default::default()
        })
        .await;
    }

    /// And lets everything end at the provider that the account has granted.
    pub async fn delete_with_account(&self, connection: &str) {
        let connection_id = connection.to_owned();
        let asked = DeleteConnectionRequest { connection_id, revoke_account: true, ..Default::default() };
        self.delete_as(asked).await;
    }

    async fn delete_as(&self, ask: DeleteConnectionRequest) {
        ConnectionServiceClient::new(self.way.clone()).delete_connection(ask).await.unwrap();
    }

    /// What became of a deleted connection's grant at the provider, once that is known.
    pub async fn revocation(&self, connection: &str) -> String {
        let begun = Instant::now();
        loop {
            let ask = GetConnectionRequest { connection_id: connection.to_owned(), as_of: None };
            let found = ConnectionServiceClient::new(self.way.clone()).get_connection(ask).await.unwrap();
            let revocation = found.into_inner().connection.unwrap().revocation.unwrap();
            if revocation.result != "PENDING" {
                return revocation.result;
            }
            assert!(begun.elapsed() < PATIENCE, "{revocation:?}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// What was told of a connection so far, and within a while: `failed` and so on.
    pub async fn events(&self, connection: &str) -> Vec<String> {
        let ask = WatchEventsRequest { resume_token: "0-0".into(), connection_id: connection.into() };
        let mut answers =
            EventServiceClient::new(self.way.clone()).watch_events(ask).await.unwrap().into_inner();
        let mut words = vec![];
        while let Ok(answer) = tokio::time::timeout(Duration::from_secs(2), answers.message()).await {
            let Some(event) = answer.unwrap().unwrap().event else { continue };
            words.push(event.r#type.split('.').rev().nth(1).unwrap().to_owned());
        }
        words
    }

    /// Stops it as a platform would, and searches what it left for secrets.
    pub fn finish(mut self) {
        let told = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(told.success());
        let begun = Instant::now();
        while self.process.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(LOOK_EVERY);
        }
        assert!(self.process.wait().unwrap().success(), "{}", log_of(&self.folder));
        let mut canary = Canary::new();
        canary.also(&self.api_key, "the API key");
        let found = |path: PathBuf| canary.found_in(&fs::read(path).unwrap());
        let data = fs::read_dir(self.folder.path().join("data")).unwrap().map(|entry| entry.unwrap().path());
        let database: Vec<PathBuf> =
            data.filter(|path| path.to_string_lossy().contains("latchkey.db")).collect();
        assert!(!database.is_empty(), "a sweep of nothing shows nothing");
        for path in database.into_iter().chain([self.folder.path().join("log")]) {
            let shown = path.display().to_string();
            assert_eq!(found(path), Vec::<String>::new(), "in {shown}");
        }
    }
}

impl Drop for Latchkey {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `dev.env`, once it is there.
fn env_of(folder: &TempDir, process: &mut Child) -> BTreeMap<String, String> {
    let path: PathBuf = folder.path().join("data/dev.env");
    let begun = Instant::now();
    while !path.exists() {
        let ended = process.try_wait().unwrap();
        assert!(ended.is_none() && begun.elapsed() < PATIENCE, "Latchkey is not ready:\n{}", log_of(folder));
        std::thread::sleep(LOOK_EVERY);
    }
    let text = fs::read_to_string(path).unwrap();
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn log_of(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("log")).unwrap_or_default()
}
