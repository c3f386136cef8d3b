//! A customer's backend: the gRPC calls, with an API key.

use crate::watch::Watch;
use latchkey_wire::pb::admin::api_key_service_client::ApiKeyServiceClient;
use latchkey_wire::pb::admin::audit_service_client::AuditServiceClient;
use latchkey_wire::pb::admin::auth_log_service_client::AuthLogServiceClient;
use latchkey_wire::pb::admin::integration_service_client::IntegrationServiceClient;
use latchkey_wire::pb::admin::webhook_service_client::WebhookServiceClient;
use latchkey_wire::pb::catalog::provider_service_client::ProviderServiceClient;
use latchkey_wire::pb::connect::connect_session_service_client::ConnectSessionServiceClient;
use latchkey_wire::pb::connect::{CreateConnectSessionRequest, CreateConnectSessionResponse};
use latchkey_wire::pb::connection::connection_service_client::ConnectionServiceClient;
use latchkey_wire::pb::connection::incident_service_client::IncidentServiceClient;
use latchkey_wire::pb::connection::{
    Connection, ConnectionState, DeleteConnectionRequest, ExplainConnectionRequest,
    ExplainConnectionResponse, GetConnectionRequest,
};
use latchkey_wire::pb::events::WatchEventsRequest;
use latchkey_wire::pb::events::event_service_client::EventServiceClient;
use latchkey_wire::pb::vault::credential_service_client::CredentialServiceClient;
use latchkey_wire::pb::vault::{GetAccessTokenRequest, GetAccessTokenResponse, RequestToSign};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tonic::metadata::MetadataValue;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt;

/// How long a test waits for what should happen by itself.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A channel that sends the key.
pub type Authorized = InterceptedService<Channel, Bearer>;

/// A backend with one API key. Its calls go to the vaults in turn.
#[derive(Clone)]
pub struct Backend {
    vaults: Vec<Channel>,
    connect: Channel,
    turn: Arc<AtomicUsize>,
    bearer: Bearer,
}

/// Puts the key on every call.
#[derive(Clone)]
pub struct Bearer(Option<String>);

impl tonic::service::Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(key) = &self.0 {
            let value = MetadataValue::try_from(format!("Bearer {key}"));
            request.metadata_mut().insert("authorization", value.expect("a key is printable"));
        }
        Ok(request)
    }
}

/// The machine-readable reason of a refusal.
///
/// # Panics
/// Where it has none, or not in our domain: every refusal must have one.
#[must_use]
pub fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("no ErrorInfo in {status:?}"));
    assert_eq!(info.domain, "latchkey.dev", "{status:?}");
    info.reason.clone()
}

impl Backend {
    pub(crate) fn new(vaults: &[u16], connect: u16, key: Option<String>) -> Self {
        Self {
            vaults: vaults.iter().copied().map(channel).collect(),
            connect: channel(connect),
            turn: Arc::default(),
            bearer: Bearer(key),
        }
    }

    /// The same with another key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self { bearer: Bearer(Some(key.to_owned())), ..self.clone() }
    }

    /// The same without any key.
    #[must_use]
    pub fn without_key(&self) -> Self {
        Self { bearer: Bearer(None), ..self.clone() }
    }

    /// The key its calls are made with.
    ///
    /// # Panics
    /// Where it has none.
    #[must_use]
    pub fn shown_key(&self) -> &str {
        self.key().expect("a backend with a key")
    }

    pub(crate) fn key(&self) -> Option<&str> {
        self.bearer.0.as_deref()
    }

    /// Every gRPC port, without the key.
    #[must_use]
    pub fn channels(&self) -> Vec<Channel> {
        self.vaults.iter().chain([&self.connect]).cloned().collect()
    }

    /// Asks every gRPC port for its health, as a platform would: without a key.
    ///
    /// # Panics
    /// Where one does not say that it serves.
    pub async fn assert_healthy(&self) {
        for channel in self.channels() {
            let request = tonic_health::pb::HealthCheckRequest { service: String::new() };
            let answer = HealthClient::new(channel).check(request).await.expect("health is told");
            assert_eq!(answer.into_inner().status(), ServingStatus::Serving);
        }
    }

    fn vault(&self) -> Authorized {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        InterceptedService::new(self.vaults[turn % self.vaults.len()].clone(), self.bearer.clone())
    }

    fn connect(&self) -> Authorized {
        InterceptedService::new(self.connect.clone(), self.bearer.clone())
    }

    #[must_use]
    pub fn credentials(&self) -> CredentialServiceClient<Authorized> {
        CredentialServiceClient::new(self.vault())
    }

    #[must_use]
    pub fn connections(&self) -> ConnectionServiceClient<Authorized> {
        ConnectionServiceClient::new(self.vault())
    }

    #[must_use]
    pub fn incidents(&self) -> IncidentServiceClient<Authorized> {
        IncidentServiceClient::new(self.vault())
    }

    #[must_use]
    pub fn events(&self) -> EventServiceClient<Authorized> {
        EventServiceClient::new(self.vault())
    }

    #[must_use]
    pub fn audit(&self) -> AuditServiceClient<Authorized> {
        AuditServiceClient::new(self.vault())
    }

    #[must_use]
    pub fn auth_logs(&self) -> AuthLogServiceClient<Authorized> {
        AuthLogServiceClient::new(self.vault())
    }

    #[must_use]
    pub fn sessions(&self) -> ConnectSessionServiceClient<Authorized> {
        ConnectSessionServiceClient::new(self.connect())
    }

    #[must_use]
    pub fn integrations(&self) -> IntegrationServiceClient<Authorized> {
        IntegrationServiceClient::new(self.connect())
    }

    #[must_use]
    pub fn keys(&self) -> ApiKeyServiceClient<Authorized> {
        ApiKeyServiceClient::new(self.connect())
    }

    #[must_use]
    pub fn webhooks(&self) -> WebhookServiceClient<Authorized> {
        WebhookServiceClient::new(self.vault())
    }

    #[must_use]
    pub fn providers(&self) -> ProviderServiceClient<Authorized> {
        ProviderServiceClient::new(self.connect())
    }
}

/// What backends do all day.
impl Backend {
    /// The token that is at hand, if it lives another second.
    ///
    /// # Errors
    /// The refusal.
    pub async fn token(&self, connection: &str) -> Result<GetAccessTokenResponse, Status> {
        self.token_for(connection, Duration::from_secs(1)).await
    }

    /// A token that lives this long.
    ///
    /// # Errors
    /// The refusal.
    pub async fn token_for(
        &self,
        connection: &str,
        remaining: Duration,
    ) -> Result<GetAccessTokenResponse, Status> {
        let request = GetAccessTokenRequest {
            connection_id: connection.to_owned(),
            min_remaining: Some(prost_types::Duration::try_from(remaining).expect("a short time")),
            ..GetAccessTokenRequest::default()
        };
        Ok(self.credentials().get_access_token(request).await?.into_inner())
    }

    /// A new token, whatever is left of the present one.
    ///
    /// # Errors
    /// The refusal.
    pub async fn new_token(&self, connection: &str) -> Result<GetAccessTokenResponse, Status> {
        let request = GetAccessTokenRequest {
            connection_id: connection.to_owned(),
            force_refresh: true,
            ..GetAccessTokenRequest::default()
        };
        Ok(self.credentials().get_access_token(request).await?.into_inner())
    }

    /// Headers for exactly this request, of a provider that has each request signed.
    ///
    /// # Errors
    /// The vault's.
    pub async fn signed(
        &self,
        connection: &str,
        method: &str,
        url: &str,
    ) -> Result<GetAccessTokenResponse, Status> {
        let request =
            RequestToSign { method: method.to_owned(), url: url.to_owned(), ..RequestToSign::default() };
        let request = GetAccessTokenRequest {
            connection_id: connection.to_owned(),
            request: Some(request),
            ..GetAccessTokenRequest::default()
        };
        Ok(self.credentials().get_access_token(request).await?.into_inner())
    }

    /// A link for this end user, to one integration.
    ///
    /// # Errors
    /// The refusal.
    pub async fn link(
        &self,
        integration: &str,
        end_user: &str,
    ) -> Result<CreateConnectSessionResponse, Status> {
        let request = CreateConnectSessionRequest {
            end_user: end_user.to_owned(),
            integrations: vec![integration.to_owned()],
            ..CreateConnectSessionRequest::default()
        };
        Ok(self.sessions().create_connect_session(request).await?.into_inner())
    }

    /// A link to mend a connection.
    ///
    /// # Errors
    /// The refusal.
    pub async fn reconnect_link(
        &self,
        connection: &str,
        end_user: &str,
    ) -> Result<CreateConnectSessionResponse, Status> {
        let request = CreateConnectSessionRequest {
            end_user: end_user.to_owned(),
            reconnect_connection_id: connection.to_owned(),
            ..CreateConnectSessionRequest::default()
        };
        Ok(self.sessions().create_connect_session(request).await?.into_inner())
    }

    /// # Errors
    /// The refusal.
    pub async fn connection(&self, connection: &str) -> Result<Connection, Status> {
        let request = GetConnectionRequest { connection_id: connection.to_owned(), as_of: None };
        let answer = self.connections().get_connection(request).await?.into_inner();
        Ok(answer.connection.expect("an answer has a connection"))
    }

    /// # Errors
    /// The refusal.
    pub async fn explain(&self, connection: &str) -> Result<ExplainConnectionResponse, Status> {
        let request = ExplainConnectionRequest { connection_id: connection.to_owned() };
        Ok(self.connections().explain_connection(request).await?.into_inner())
    }

    /// # Errors
    /// The refusal.
    pub async fn delete(&self, connection: &str) -> Result<(), Status> {
        let request = DeleteConnectionRequest { connection_id: connection.to_owned(), ..Default::default() };
        self.connections().delete_connection(request).await.map(drop)
    }

    /// Deletes a connection without a word to its provider.
    ///
    /// # Errors
    /// The refusal.
    pub async fn delete_here(&self, connection: &str) -> Result<(), Status> {
        let request = DeleteConnectionRequest {
            connection_id: connection.to_owned(),
            revoke_at_provider: Some(false),
            ..Default::default()
        };
        self.connections().delete_connection(request).await.map(drop)
    }

    /// Waits until a connection is as `wanted`, as long as it takes whoever answers to be there.
    ///
    /// # Panics
    /// Where that does not happen, with how it is instead.
    pub async fn wait_for(&self, connection: &str, wanted: impl Fn(&Connection) -> bool) -> Connection {
        let begun = Instant::now();
        loop {
            let is = self.connection(connection).await;
            match is {
                Ok(is) if wanted(&is) => return is,
                Err(refusal) if refusal.code() != Code::Unavailable => {
                    panic!("it cannot be read: {refusal:?}")
                }
                is => assert!(begun.elapsed() < PATIENCE, "it stays as it is: {is:#?}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a connection is in this state.
    ///
    /// # Panics
    /// Where it never is.
    pub async fn wait_for_state(&self, connection: &str, state: ConnectionState) -> Connection {
        self.wait_for(connection, |connection| connection.state() == state).await
    }

    /// Events after a resume token; `0-0` for all there ever were.
    ///
    /// # Errors
    /// The refusal.
    pub async fn watch(&self, resume_token: &str) -> Result<Watch, Status> {
        let request =
            WatchEventsRequest { resume_token: resume_token.to_owned(), connection_id: String::new() };
        let answers = self.events().watch_events(request).await?.into_inner();
        Ok(Watch::new(answers, resume_token))
    }
}

fn channel(port: u16) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}")).expect("an address");
    endpoint.connect_lazy()
}
