//! How a world differs from the usual one, and its making.

use crate::backend::Backend;
use crate::collector::Collector;
use crate::parts::Parts;
use crate::process::{Process, Program, run};
use crate::provider::{CLIENT_ID, CLIENT_SECRET, Provider};
use crate::settings::{Common, Plan};
use crate::topology::Topology;
use crate::world::World;
use futures::future::join_all;
use latchkey_demo_provider::{EntryKind, Options, Rotation};
use latchkey_wire::pb::admin::{Integration, PutIntegrationRequest};
use std::path::Path;
use std::time::Duration;

/// Every scope there is.
const ALL_SCOPES: &str = "sessions:write,connections:read,connections:delete,tokens:read,credentials:read,proxy:call,integrations:admin,keys:admin";

/// A world in the making.
#[derive(Debug, Clone)]
pub struct Builder {
    topology: Topology,
    access_token_lifetime: Duration,
    rotation: Rotation,
    nodes: u8,
    provider_files: Vec<(String, String)>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            topology: Topology::from_env(),
            // Long enough that nothing is refreshed by itself in a test that does not wait for it.
            access_token_lifetime: Duration::from_secs(600),
            rotation: Rotation::Strict,
            nodes: 2,
            provider_files: Vec::new(),
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

    /// How many vaults and how many refreshers there are, where they are processes of their own; two of each unless told.
    #[must_use]
    pub fn nodes(mut self, nodes: u8) -> Self {
        assert!(nodes >= 2, "one of each is the other topology");
        self.nodes = nodes;
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
        let provider = Provider::start(|options: &mut Options| {
            options.access_token_lifetime = self.access_token_lifetime;
            options.rotation = self.rotation;
        })
        .await;
        let catalogue = folder.path().join("providers");
        provider.write_catalogue(&catalogue);
        for (name, text) in &self.provider_files {
            std::fs::write(catalogue.join(name), text).expect("a file can be written");
        }
        let collector = Collector::start().await;
        let common = Common { folder: folder.path(), catalogue: &catalogue, collector: &collector.endpoint };
        let (plan, parts) = match self.topology {
            Topology::One => (common.one(), None),
            Topology::Many => {
                let parts = Parts::make().await;
                (common.many(&parts, self.nodes), Some(parts))
            }
        };
        let processes = start_all(&plan.programs).await;
        let key = make_key(&plan.keys_from, "dev", ALL_SCOPES).await;
        let Plan { programs, http_port, proxy_port, vault_ports, connect_port, keys_from, peers } = plan;
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
            proxy_port,
            parts,
            folder,
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
        let needs_client = matches!(kind, EntryKind::OAuth | EntryKind::Machine | EntryKind::OAuth1);
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
