//! The server in `tests/oidc`, and what an operator would write about it.

use latchkey_testkit::{Browser, Page};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

pub const CLIENT_ID: &str = "latchkey";
pub const CLIENT_SECRET: &str = "canary_client_secret";
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Its provider file, in catalogue format 1.
pub fn file(port: u16) -> String {
    r#"catalog: 1
id: real
name: A real provider
categories: [test]
links: {api_docs: "ISSUER", server_metadata: "ISSUER/.well-known/openid-configuration"}
behaviour:
  refresh_token: {rotation: strict}
  sources: ["https://www.rfc-editor.org/rfc/rfc9700"]
obtain:
  type: oauth2
  issuer: "ISSUER"
  authorization_endpoint: "ISSUER/auth"
  token_endpoint: "ISSUER/token"
  token_endpoint_auth_method: client_secret_basic
  code_challenge_methods: [S256]
  scopes: {separator: " ", default: ["openid"]}
  refresh: {rotation: replace_if_present}
  revoke: {method: POST, url: "ISSUER/token/revocation", auth: client_secret_basic, format: form, params: {token: "${token.refresh_token ?? token.access_token}"}}
apply: {scheme: bearer}
api: {base_url: "ISSUER", hosts: ["127.0.0.1"]}
probes:
  verify: {method: GET, url: /me}
  identity: {method: GET, url: /me, set: {login: /email, user_id: /sub}}
"#
    .replace("ISSUER", &format!("http://127.0.0.1:{port}"))
}

/// What an operator would write about the server that registers its clients: nothing but how to find it. `server` is the
/// URL of its resource, or a template of it.
pub fn mcp_file(server: &str, inputs: &str) -> String {
    r#"catalog: 1
id: real
name: A real MCP server
categories: [test]
protocols: [mcp]
inputs: INPUTS
obtain:
  type: oauth2
  discovery: [rfc9728, rfc8414]
  protected_resource: "SERVER"
  client_registration: metadata_document_or_dynamic
  token_endpoint_auth_method: none
  code_challenge_methods: [S256]
apply: {scheme: bearer}
api: {base_url: "SERVER"}
probes: {verify: {method: POST, url: "SERVER"}}
"#
    .replace("SERVER", server)
    .replace("INPUTS", inputs)
}

/// Walks its login and its consent; gives the page after them.
pub async fn consented(browser: &Browser, login: &Page) -> Page {
    let typed = login.form_with("login").with("login", "ana").with("password", "canary_password");
    let consent = browser.submit(login, typed).await;
    let asked = consent.form_with("prompt");
    assert!(asked.fields.contains(&("prompt".to_owned(), "consent".to_owned())), "{asked:?}");
    browser.submit(&consent, asked).await
}

/// The server, as a process. It ends with its standard input.
pub struct Provider {
    issuer: String,
    process: Child,
    _life: Option<ChildStdin>,
    http: reqwest::Client,
}

impl Provider {
    /// With one client, registered by hand.
    pub fn start(port: u16, redirect_uri: &str) -> Self {
        Self::run(&[&port.to_string(), redirect_uri])
    }

    /// Without any: clients register by themselves.
    pub fn open(port: u16) -> Self {
        Self::run(&[&port.to_string()])
    }

    /// With a workload, whose tokens are signed by this algorithm.
    pub fn of_workloads(port: u16, algorithm: &str) -> Self {
        Self::run_with(&[&port.to_string()], &[("WORKLOADS", algorithm)])
    }

    /// A workload's own token, for this audience.
    pub async fn workload_token(&self, audience: &str) -> String {
        let request =
            self.http.post(format!("{}/token", self.issuer)).basic_auth("worker", Some("canary_worker"));
        let form = [("grant_type", "client_credentials"), ("resource", audience)];
        let answer: serde_json::Value = request.form(&form).send().await.unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    fn run(arguments: &[&str]) -> Self {
        Self::run_with(arguments, &[])
    }

    fn run_with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc");
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "npm oidc-provider is not in {}: run tests/run, or npm ci --ignore-scripts there",
            folder.display()
        );
        let node = std::env::var("LATCHKEY_TEST_NODE").unwrap_or_else(|_| "node".to_owned());
        let mut process = Command::new(&node)
            .arg("server.js")
            .args(arguments)
            .env("CLIENT_SECRET", CLIENT_SECRET)
            .envs(variables.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{node} does not start ({error}): install Node, or run tests/run")
            });
        let life = process.stdin.take();
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert!(said.starts_with("serving at"), "the server in tests/oidc does not serve: {said}");
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { issuer: format!("http://127.0.0.1:{}", arguments[0]), process, _life: life, http }
    }

    /// The status of an answer of its API to these headers.
    pub async fn me(&self, headers: &BTreeMap<String, String>) -> u16 {
        let mut request = self.http.get(format!("{}/me", self.issuer));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status().as_u16()
    }

    /// The status of an answer of its resource to these headers.
    pub async fn resource(&self, headers: &BTreeMap<String, String>) -> u16 {
        let mut request = self.http.post(format!("{}/mcp", self.issuer));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status().as_u16()
    }

    /// Ends a grant by its refresh token (RFC 7009).
    pub async fn revoke(&self, refresh_token: &str) {
        let request = self.http.post(format!("{}/token/revocation", self.issuer));
        let request = request.basic_auth(CLIENT_ID, Some(CLIENT_SECRET)).form(&[("token", refresh_token)]);
        assert!(request.send().await.unwrap().status().is_success());
        assert_eq!(self.counters().await["revoked"], 1);
    }

    pub async fn wait_for(&self, counter: &str, least: u64) {
        let begun = Instant::now();
        while self.counters().await[counter] < least {
            assert!(begun.elapsed() < PATIENCE, "`{counter}` does not come to {least}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub async fn counters(&self) -> BTreeMap<String, u64> {
        self.http.get(format!("{}/counters", self.issuer)).send().await.unwrap().json().await.unwrap()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
