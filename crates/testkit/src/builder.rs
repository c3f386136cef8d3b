//! How a world differs from the usual one, and its making.

use crate::backend::Backend;
use crate::collector::Collector;
use crate::parts::Parts;
use crate::postgres::Postgres;
use crate::process::{Process, Program, run};
use crate::provider::{CLIENT_ID, CLIENT_SECRET, DOCUMENTED, Provider};
use crate::settings::{Common, Plan};
use crate::topology::Topology;
use crate::world::{World, client};
use futures::future::join_all;
use latchkey_demo_provider::{EntryKind, Options, Rotation};
use latchkey_wire::pb::admin::{Integration, PutIntegrationRequest};
use std::path::Path;
use std::time::Duration;

/// Every scope there is.
const ALL_SCOPES: &str = "sessions:write,connections:read,connections:write,connections:delete,tokens:read,credentials:read,proxy:call,integrations:read,integrations:admin,keys:admin,webhooks:read,webhooks:admin,audit:read";

/// A world in the making.
#[derive(Debug, Clone)]
pub struct Builder {
    topology: Topology,
    access_token_lifetime: Duration,
    rotation: Rotation,
    provider_files: Vec<(String, String)>,
    documented: Option<String>,
    nodes: u8,
    relayed: bool,
    own_postgres: bool,
    relayed_keys: bool,
    refusal_window: Duration,
    exchange: String,
    workloads: String,
    quiet: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            topology: Topology::from_env(),
            // Long enough that nothing is refreshed by itself in a test that does not wait for it.
            access_token_lifetime: Duration::from_secs(600),
            rotation: Rotation::Strict,
            provider_files: Vec::new(),
            documented: Some(DOCUMENTED.to_owned()),
            nodes: 2,
            relayed: false,
            own_postgres: false,
            relayed_keys: false,
            refusal_window: Duration::from_secs(300),
            exchange: String::new(),
            workloads: String::new(),
            quiet: false,
        }
    }
}

impl Builder {
    /// How long the provider's access tokens live; ten minutes unless told.
    #[must_use]
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.access_token_lifetime = lifetime;
        self
    }

    /// What becomes of used refresh tokens; strict unless told.
    #[must_use]
    pub fn rotation(mut self, rotation: Rotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// What the catalogue says of the provider's refresh tokens, as a line of YAML; `None` for nothing. It is strict unless
    /// told, whatever the provider does.
    #[must_use]
    pub fn documented(mut self, rotation: Option<&str>) -> Self {
        self.documented = rotation.map(str::to_owned);
        self
    }

    /// How many vaults, and how many refreshers; two unless told. Of no use in one process.
    #[must_use]
    pub fn nodes(mut self, nodes: u8) -> Self {
        self.nodes = nodes;
        self
    }

    /// With relays to the provider and from the first refresher to its vault.
    #[must_use]
    pub fn relayed(mut self) -> Self {
        self.relayed = true;
        self
    }

    /// On a PostgreSQL of its own, which may be stopped.
    #[must_use]
    pub fn own_postgres(mut self) -> Self {
        self.own_postgres = true;
        self
    }

    /// With a relay between the vaults and their key service, which may then be silent.
    #[must_use]
    pub fn relayed_keys(mut self) -> Self {
        self.relayed_keys = true;
        self
    }

    /// In how long a time refusals of one app count together; five minutes unless told. What an incident holds back is tried
    /// again within half of it.
    #[must_use]
    pub fn refusal_window(mut self, window: Duration) -> Self {
        self.refusal_window = window;
        self
    }

    /// Connect's settings of token exchange, in TOML: whose workloads are let in.
    #[must_use]
    pub fn token_exchange(mut self, settings: &str) -> Self {
        settings.clone_into(&mut self.exchange);
        self
    }

    /// The proxy's settings of callers without a key, in TOML: whose workloads may call.
    #[must_use]
    pub fn workloads(mut self, settings: &str) -> Self {
        settings.clone_into(&mut self.workloads);
        self
    }

    /// With short logs: for a million calls.
    #[must_use]
    pub fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    /// One more file in the operator's folder of providers.
    #[must_use]
    pub fn provider_file(mut self, name: &str, text: &str) -> Self {
        self.provider_files.push((name.to_owned(), text.to_owned()));
        self
    }

    /// Starts everything, and sets it up as a customer would: a key, and an integration for each way to connect.
    ///
    /// # Panics
    /// Where anything of it does not work.
    pub async fn start(self) -> World {
        latchkey_chassis::tls::install_provider();
        let folder = tempfile::tempdir().expect("a folder can be made");
        let provider = Provider::start(self.relayed, |options: &mut Options| {
            options.access_token_lifetime = self.access_token_lifetime;
            options.rotation = self.rotation;
        })
        .await;
        let catalogue = folder.path().join("providers");
        provider.write_catalogue(&catalogue, self.documented.as_deref());
        for (name, text) in &self.provider_files {
            std::fs::write(catalogue.join(name), text).expect("a file can be written");
        }
        let collector = Collector::start().await;
        let common = Common {
            folder: folder.path(),
            catalogue: &catalogue,
            collector: &collector.endpoint,
            refusal_window: self.refusal_window,
            exchange: &self.exchange,
            workloads: &self.workloads,
            quiet: self.quiet,
        };
        let postgres = if self.own_postgres { Some(Postgres::start().await) } else { None };
        let (plan, parts) = match self.topology {
            Topology::One => (common.one(), None),
            Topology::Many => {
                let parts = Parts::make(postgres.as_ref().map(Postgres::url), self.relayed_keys).await;
                (common.many(&parts, self.nodes, self.relayed), Some(parts))
            }
        };
        let processes = start_all(&plan.programs).await;
        let key = make_key(&plan.keys_from, "dev", ALL_SCOPES).await;
        let Plan { programs, http_port, proxy, vault_ports, connect_port, keys_from, peers, vault_relay } =
            plan;
        let backend = Backend::new(&vault_ports, connect_port, Some(key));
        register(&backend, &provider).await;
        World {
            topology: self.topology,
            processes,
            programs,
            keys_from,
            peers,
            backend,
            provider,
            collector,
            http_port,
            http: client(),
            proxy,
            parts,
            vault_relay,
            postgres,
            folder,
            other_secrets: Vec::new(),
        }
    }
}

/// All of them, waited for together. The first is waited for alone: it brings the database up to date.
pub(crate) async fn start_all(programs: &[Program]) -> Vec<Process> {
    let mut processes = Vec::new();
    for (index, program) in programs.iter().enumerate() {
        let mut process = program.start();
        if index == 0 {
            process.ready().await;
        }
        processes.push(process);
    }
    join_all(processes.iter_mut().map(Process::ready)).await;
    processes
}

/// A key made on the database, as an operator makes the first one.
pub(crate) async fn make_key(settings: &Path, environment: &str, scopes: &str) -> String {
    let settings = settings.display().to_string();
    let arguments = ["key", "create", "--config", &settings, "--environment", environment, "--name", "flows"];
    let ended = run("latchkey", &[&arguments[..], &["--scopes", scopes]].concat()).await;
    assert_eq!(ended.code, Some(0), "no key was made:\n{}", ended.said);
    let key = ended.said.lines().find(|line| line.starts_with("lk_"));
    key.unwrap_or_else(|| panic!("no key was printed:\n{}", ended.said)).trim().to_owned()
}

async fn register(backend: &Backend, provider: &Provider) {
    for kind in EntryKind::ALL {
        let needs_client = !matches!(kind, EntryKind::ApiKey | EntryKind::Basic);
        let request = PutIntegrationRequest {
            integration: Some(Integration {
                key: kind.id().to_owned(),
                provider: kind.id().to_owned(),
                client_id: if needs_client { CLIENT_ID.to_owned() } else { String::new() },
                ..Integration::default()
            }),
            client_secret: if needs_client { CLIENT_SECRET.to_owned() } else { String::new() },
            ..PutIntegrationRequest::default()
        };
        let made = backend.integrations().put_integration(request).await.expect("an integration can be made");
        let integration = made.into_inner().integration.expect("it is answered");
        provider.register(&integration.redirect_uri);
    }
}
