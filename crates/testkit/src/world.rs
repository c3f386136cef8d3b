//! A running Latchkey with everything around it.

use crate::backend::Backend;
use crate::browser::{Browser, Page};
use crate::builder::{Builder, make_key, start_all};
use crate::collector::Collector;
use crate::parts::Parts;
use crate::postgres::Postgres;
use crate::process::{Process, Program};
use crate::provider::Provider;
use crate::relay::Relay;
use crate::settings::ProxyDoors;
use crate::sweep::Left;
use crate::topology::Topology;
use latchkey_demo_provider::{Controls, Counters};
use latchkey_wire::RouteOptions;
use latchkey_wire::pb::connect::GetConnectSessionRequest;
use std::path::PathBuf;
use tempfile::TempDir;

/// Ends with what it started, whatever happens. Fields are dropped in this order: who uses something goes before it.
pub struct World {
    pub(crate) topology: Topology,
    pub(crate) processes: Vec<Process>,
    pub(crate) programs: Vec<Program>,
    pub(crate) keys_from: PathBuf,
    pub(crate) peers: Option<RouteOptions>,
    pub(crate) backend: Backend,
    pub(crate) provider: Provider,
    pub(crate) collector: Collector,
    pub(crate) http_port: u16,
    pub(crate) http: reqwest::Client,
    pub(crate) proxy: ProxyDoors,
    pub(crate) vault_relay: Option<Relay>,
    pub(crate) postgres: Option<Postgres>,
    pub(crate) parts: Option<Parts>,
    pub(crate) folder: TempDir,
    pub(crate) other_secrets: Vec<(String, String)>,
}

impl World {
    /// The usual one, in the topology the variable `TOPOLOGY` names.
    ///
    /// # Panics
    /// Where it does not come up.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    #[must_use]
    pub fn topology(&self) -> Topology {
        self.topology
    }

    /// A backend with a key that may do everything in the environment `dev`.
    #[must_use]
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// Another backend, with a key made on the database.
    pub async fn backend_for(&self, environment: &str, scopes: &str) -> Backend {
        self.backend.with_key(&make_key(&self.keys_from, environment, scopes).await)
    }

    /// The way another service takes to a vault: with the certificate it shows there.
    ///
    /// # Panics
    /// In a world of one process, where there is no such way.
    #[must_use]
    pub fn way_to_vault(&self) -> RouteOptions {
        self.peers.clone().expect("a vault of its own")
    }

    /// The provider's switches and records.
    #[must_use]
    pub fn provider(&self) -> &Controls {
        self.provider.controls()
    }

    #[must_use]
    pub fn counters(&self) -> Counters {
        self.provider().counters()
    }

    /// How many token requests of a grant type reached the provider.
    #[must_use]
    pub fn token_requests(&self, grant_type: &str) -> u64 {
        self.counters().token_requests.get(grant_type).copied().unwrap_or_default()
    }

    /// Where the provider is.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.provider.issuer
    }

    /// Where browsers reach Latchkey.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.http_port)
    }

    /// The stream of events, where there is one.
    ///
    /// # Panics
    /// In a world without NATS.
    pub async fn stream(&self) -> Vec<async_nats::jetstream::message::StreamMessage> {
        self.nats().messages().await
    }

    /// Deletes the stream with all its messages, as a lost disk would.
    ///
    /// # Panics
    /// In a world without NATS.
    pub async fn lose_stream(&self) {
        self.nats().delete().await;
    }

    /// What all subjects of this world begin with.
    ///
    /// # Panics
    /// In a world without NATS.
    #[must_use]
    pub fn subject_prefix(&self) -> &str {
        &self.nats().name
    }

    fn nats(&self) -> &crate::parts::Nats {
        &self.parts.as_ref().expect("a world with NATS").nats
    }

    /// A connection of `end_user`'s by way of the consent page.
    ///
    /// # Panics
    /// Where that does not lead to one.
    pub async fn connect(&self, integration: &str, end_user: &str) -> String {
        self.connect_in(&Browser::new(), integration, end_user).await
    }

    /// The same in this browser.
    ///
    /// # Panics
    /// Where that does not work.
    pub async fn connect_in(&self, browser: &Browser, integration: &str, end_user: &str) -> String {
        let link = self.backend.link(integration, end_user).await.expect("a link can be made");
        let offered = browser.open_link(&link.connect_link).await;
        let consent = browser.choose(&offered, integration).await;
        let done = browser.decide(&consent, "allow").await;
        self.connected(&link.session_id, &done).await
    }

    /// The connection a session led to.
    ///
    /// # Panics
    /// Where it led to none; with what the page said.
    pub async fn connected(&self, session: &str, page: &Page) -> String {
        let request = GetConnectSessionRequest { session_id: session.to_owned() };
        let answer = self.backend.sessions().get_connect_session(request).await;
        let connection = answer.expect("the session is there").into_inner().connection_id;
        assert!(connection.starts_with("con_"), "not connected ({}):\n{}", page.status, page.html);
        assert!(page.says("is connected"), "{}", page.html);
        connection
    }

    /// Asks the provider's API with what was handed out, and gives the status of its answer.
    pub async fn call_api(&self, path: &str, headers: &std::collections::BTreeMap<String, String>) -> u16 {
        let mut request = self.http.get(format!("{}{path}", self.issuer()));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send().await.expect("the provider answers").status().as_u16()
    }

    /// Whether a process has written this into its log.
    #[must_use]
    pub fn said(&self, words: &str) -> bool {
        let log = |program: &Program| std::fs::read_to_string(&program.log).unwrap_or_default();
        self.programs.iter().any(|program| log(program).contains(words))
    }

    /// Calls the provider's API through the proxy, with the backend's key and a connection's credential.
    ///
    /// # Panics
    /// Where the proxy does not answer.
    pub async fn call_through_proxy(&self, connection: &str, path: &str) -> reqwest::Response {
        let url = format!("http://127.0.0.1:{}/proxy{path}", self.proxy.http);
        let key = self.backend.key().expect("a backend with a key");
        let request = self.http.get(url).bearer_auth(key).header("latchkey-connection", connection);
        request.send().await.expect("the proxy answers")
    }

    /// A call over HTTP and JSON, with the backend's key.
    ///
    /// # Panics
    /// Where the backend has no key.
    pub fn rest(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let key = self.backend.key().expect("a backend with a key");
        let method = method.parse().expect("a method");
        self.http.request(method, self.url(path)).bearer_auth(key)
    }

    /// Puts another key file in the place of the installation's own, as a mistaken operator would: a new one, or one
    /// that was there before. Gives the one that was there.
    ///
    /// # Panics
    /// In a world whose keys are not in a file.
    #[must_use]
    pub fn swap_key_file(&self, replacement: Option<&[u8]>) -> Vec<u8> {
        let path = self.folder.path().join("kek");
        let previous = std::fs::read(&path).expect("the key is in a file");
        std::fs::remove_file(&path).expect("a file can be removed");
        crate::settings::write_key(&path, replacement.unwrap_or(&rand::random::<[u8; 32]>()));
        previous
    }

    /// Stops every process as a platform would, and starts them again.
    ///
    /// # Panics
    /// Where one does not end well or does not come back.
    pub async fn restart(&mut self) {
        self.stop();
        self.processes = start_all(&self.programs).await;
    }

    /// Kills every process in the middle of whatever it does, and starts them again.
    ///
    /// # Panics
    /// Where one does not come back.
    pub async fn crash(&mut self) {
        self.processes.iter_mut().for_each(Process::kill);
        self.processes = start_all(&self.programs).await;
    }

    /// One more secret that must be found nowhere.
    pub fn also_secret(&mut self, secret: &str, name: &str) {
        self.other_secrets.push((secret.to_owned(), name.to_owned()));
    }

    /// Those that others call are stopped last.
    pub(crate) fn stop(&mut self) {
        for mut process in std::mem::take(&mut self.processes).into_iter().rev() {
            process.tell_to_stop();
            let ended = process.ended();
            assert!(
                ended.is_some_and(|status| status.success()),
                "{} did not end well ({ended:?}):\n{}",
                process.name(),
                process.last_words()
            );
        }
    }

    /// Stops everything and shows that no secret got out.
    ///
    /// # Panics
    /// Where a process does not end well, or a secret is found.
    pub async fn finish(self) {
        let finds = self.leaks().await;
        assert!(finds.is_empty(), "secrets got out:\n{}", finds.join("\n"));
    }

    /// Whether a span of this trace, named in hexadecimal digits, was exported. Spans arrive some time after their end.
    #[must_use]
    pub fn has_spans_of(&self, trace: &str) -> bool {
        let id = hex::decode(trace).expect("a trace is named in hexadecimal digits");
        self.collector.received().windows(id.len()).any(|window| window == id)
    }

    /// Stops everything and tells where secrets were found.
    ///
    /// # Panics
    /// Where a process does not end well.
    pub async fn leaks(mut self) -> Vec<String> {
        let mut left = self.stopped().await;
        left.gather(&self).await;
        if let Some(parts) = &self.parts {
            parts.nats.delete().await;
        }
        left.search(&self.secrets())
    }

    /// Stops everything, after a last look at what only a running process shows.
    async fn stopped(&mut self) -> Left {
        let mut left = Left::default();
        for process in &self.processes {
            left.add(&format!("the metrics of {}", process.name()), process.metrics().await.into_bytes());
        }
        self.stop();
        left
    }

    /// What must be found nowhere.
    fn secrets(&self) -> crate::Canary {
        let mut secrets = crate::Canary::new();
        if let Some(key) = self.backend.key() {
            secrets.also(key, "the API key");
        }
        for (secret, name) in &self.other_secrets {
            secrets.also(secret, name);
        }
        secrets
    }
}

impl Drop for World {
    #[expect(clippy::print_stderr, reason = "what a failed test shows")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            for process in &self.processes {
                eprintln!("--- {}\n{}", process.name(), process.last_words());
            }
        }
    }
}

/// One for all calls: making one reads every certificate this machine trusts. It keeps no connection, for servers are stopped
/// and started under it.
pub(crate) fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().pool_max_idle_per_host(0);
    builder.build().expect("a client")
}
