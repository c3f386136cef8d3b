//! Both services on loopback ports of their own, in this process.

use crate::bare::BareService;
use crate::database::Database;
use crate::filling::environment;
use latchkey_chassis::{Lifecycle, SystemClock, grpc};
use latchkey_domain::api_key::Scope;
use latchkey_secret::SecretText;
use latchkey_vault::config::{Accounting, Settings};
use latchkey_vault::{Ids, PUBLIC_SERVICES, Parts, VaultService};
use latchkey_wire::contract::IssueKey;
use latchkey_wire::pb::vault::credential_service_server::CredentialServiceServer;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

const GRACE: Duration = Duration::from_secs(5);

/// The vault, put together as its program does it, with an API key that may be given tokens.
pub struct Vault {
    pub address: SocketAddr,
    pub key: SecretText,
    lifecycle: Lifecycle,
}

impl Vault {
    /// # Errors
    /// Where it cannot be put together.
    pub async fn serve(database: &Database, accounting: Accounting) -> anyhow::Result<Self> {
        let parts = Parts {
            store: database.store().await?,
            key_services: vec![database.key_service.clone()],
            bus: latchkey_bus::local(),
            clock: Arc::new(SystemClock),
            ids: Ids::random(),
        };
        let lifecycle = Lifecycle::new(GRACE);
        let mut settings = Settings::default();
        settings.reads.accounting = accounting;
        let service = VaultService::new(parts, &settings, &lifecycle);
        let issue = IssueKey {
            environment: environment(),
            name: "bench".to_owned(),
            scopes: [Scope::TokensRead].into(),
            expires_at: None,
        };
        let key = service.vault().issue_key(issue).await?.secret;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let options = grpc::Options { services: PUBLIC_SERVICES.to_vec(), ..grpc::Options::default() };
        grpc::serve(listener, service.public(), options, &lifecycle)?;
        Ok(Self { address, key, lifecycle })
    }

    /// # Errors
    /// Where it does not end well.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.lifecycle.stop();
        Ok(self.lifecycle.finish().await?)
    }
}

/// The service to compare with.
pub struct Bare {
    pub address: SocketAddr,
    serving: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Bare {
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn serve(database: &Database) -> anyhow::Result<Self> {
        let service = CredentialServiceServer::new(BareService::new(database.pool().await?));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let incoming = TcpListenerStream::new(listener).map(|connection| {
            connection.and_then(|connection| connection.set_nodelay(true).map(|()| connection))
        });
        let serving = Server::builder().add_service(service).serve_with_incoming(incoming);
        Ok(Self { address, serving: tokio::spawn(serving) })
    }

    pub fn stop(self) {
        self.serving.abort();
    }
}
