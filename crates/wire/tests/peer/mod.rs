//! A vault that answers every call from what it was asked, and counts.

#![allow(dead_code)] // Each test file uses its part.

mod registry;
mod session;

pub use session::choices;
use session::session_view;

use latchkey_domain::rotation::{Behaviour, RotationClass};
use latchkey_domain::{
    ApiKeyId, AuthorizationId, ConnectionId, Digest, Environment, Failure, Generation, IntegrationKey, Phase,
    SessionId, Timestamp, api_key::Scope, integration::Settings,
};
use latchkey_secret::{Account, Grant, Handout, JournalKey, Renewal, SecretText};
use latchkey_wire::{
    Fault, Kind, Reason,
    contract::{
        App, ClaimDue, ClaimedAuthorization, CompleteRefresh, ConnectionSummary, CreateSession,
        CreatedSession, DueRefresh, Established, IntegrationView, IssueKey, IssuedKey, JournalKeys,
        KeptClient, KeyState, KeyView, ListSessions, ListedSessions, Obtained, OwnConnection, PutIntegration,
        RefreshOutcome, ReportProvider, ResumeRefresh, SessionEntry, SessionState, SessionView,
        StartAuthorization, Undecided,
    },
    pb::vault::{
        self as pb,
        flow_service_server::{FlowService, FlowServiceServer},
        refresh_journal_service_server::{RefreshJournalService, RefreshJournalServiceServer},
        refresh_lease_service_server::{RefreshLeaseService, RefreshLeaseServiceServer},
        registry_service_server::RegistryServiceServer,
    },
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tonic::{Request, Response, Status, metadata::MetadataMap, service::Routes};

/// The key this peer knows. `slow` is answered late, `lost` by an outage, any other is refused.
pub const KEY: &str = "canary_key";
pub const SLOW: Duration = Duration::from_millis(600);

#[derive(Clone, Default)]
pub struct Peer(Arc<Mutex<Seen>>);

#[derive(Default)]
pub struct Seen {
    pub calls: usize,
    pub answered: usize,
    pub revoked: bool,
    pub metadata: MetadataMap,
    pub told: Vec<String>,
}

impl Peer {
    pub fn routes(&self) -> Routes {
        Routes::new(FlowServiceServer::new(self.clone()))
            .add_service(RefreshLeaseServiceServer::new(self.clone()))
            .add_service(RefreshJournalServiceServer::new(self.clone()))
            .add_service(RegistryServiceServer::new(self.clone()))
    }

    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap()
    }

    fn note<T>(&self, request: &Request<T>) {
        let mut seen = self.seen();
        seen.calls += 1;
        seen.metadata = request.metadata().clone();
    }

    fn told(&self, what: String) {
        self.seen().told.push(what);
    }
}

pub fn environment() -> Environment {
    "dev".parse().unwrap()
}

pub fn integration_key() -> IntegrationKey {
    "github".parse().unwrap()
}

pub fn session_id() -> SessionId {
    SessionId::from_parts(7, 7)
}

pub fn connection_id() -> ConnectionId {
    ConnectionId::from_parts(8, 8)
}

pub fn integration_view(environment: Environment, key: IntegrationKey) -> IntegrationView {
    let settings = Settings { provider: "github".into(), ..Settings::default() };
    IntegrationView { environment, key, settings, created_at: Timestamp(1) }
}

pub fn key_view(environment: Environment) -> KeyView {
    KeyView {
        id: ApiKeyId::from_parts(1, 1),
        environment,
        name: "backend".into(),
        scopes: vec![Scope::TokensRead],
        created_at: Timestamp(1),
        expires_at: None,
        role: None,
        state: KeyState::Active,
        successor: None,
    }
}

fn app() -> App {
    App { client_id: "client".into(), client_secret: None, scopes: vec![], fields: BTreeMap::new() }
}

fn answer<T>(message: impl Into<T>) -> Result<Response<T>, Status> {
    Ok(Response::new(message.into()))
}

#[tonic::async_trait]
impl FlowService for Peer {
    async fn create_session(
        &self,
        request: Request<pb::CreateSessionRequest>,
    ) -> Result<Response<pb::CreateSessionResponse>, Status> {
        let wish = CreateSession::try_from(request.into_inner())?;
        let token = SecretText::new(format!("canary_{}", wish.end_user));
        let expires_at = Timestamp(0).plus(wish.lifetime);
        answer(CreatedSession { session: session_id(), token, expires_at })
    }

    async fn bind_session(
        &self,
        request: Request<pb::BindSessionRequest>,
    ) -> Result<Response<pb::BindSessionResponse>, Status> {
        let (token, browser) = request.into_inner().try_into()?;
        let token: SecretText = token;
        if token.expose() != "canary_token" || browser != Digest::of(b"browser") {
            return Err(Fault::new(Kind::NotFound, Reason::SessionUnknown, "No such session.").into());
        }
        answer(session_view(session_id()))
    }

    async fn get_session(
        &self,
        request: Request<pb::GetSessionRequest>,
    ) -> Result<Response<pb::GetSessionResponse>, Status> {
        let (session, _): (SessionId, Digest) = request.into_inner().try_into()?;
        answer(session_view(session))
    }

    async fn describe_session(
        &self,
        request: Request<pb::DescribeSessionRequest>,
    ) -> Result<Response<pb::DescribeSessionResponse>, Status> {
        let (environment, session): (Environment, SessionId) = request.into_inner().try_into()?;
        answer(SessionView { environment, ..session_view(session) })
    }

    async fn list_sessions(
        &self,
        request: Request<pb::ListSessionsRequest>,
    ) -> Result<Response<pb::ListSessionsResponse>, Status> {
        let list = ListSessions::try_from(request.into_inner())?;
        let asked = (list.state, list.after) == (Some(SessionState::Open), Some(session_id()));
        self.told(format!("sessions {asked} {}", list.max));
        answer(ListedSessions { sessions: vec![session_entry()], next: Some(session_id()) })
    }

    async fn cancel_session(
        &self,
        request: Request<pb::CancelSessionRequest>,
    ) -> Result<Response<pb::CancelSessionResponse>, Status> {
        let asked = request.into_inner();
        self.told(format!("cancelled {}", asked.session == session_id().to_string()));
        answer(pb::CancelSessionResponse {})
    }

    async fn start_authorization(
        &self,
        request: Request<pb::StartAuthorizationRequest>,
    ) -> Result<Response<pb::StartAuthorizationResponse>, Status> {
        let start = StartAuthorization::try_from(request.into_inner())?;
        self.told(format!("started {} {}", start.integration, start.inputs["subdomain"].expose()));
        answer(pb::StartAuthorizationResponse {})
    }

    async fn claim_authorization(
        &self,
        request: Request<pb::ClaimAuthorizationRequest>,
    ) -> Result<Response<pb::ClaimAuthorizationResponse>, Status> {
        let (_, state, browser): (AuthorizationId, _, _) = request.into_inner().try_into()?;
        if (state, browser) != (Digest::of(b"state"), Digest::of(b"browser")) {
            return Err(Fault::new(Kind::Refused, Reason::StateUnknown, "Not one of ours.").into());
        }
        answer(claimed())
    }

    async fn fail_authorization(
        &self,
        request: Request<pb::FailAuthorizationRequest>,
    ) -> Result<Response<pb::FailAuthorizationResponse>, Status> {
        let (_, failure): (AuthorizationId, Failure) = request.into_inner().try_into()?;
        self.told(format!("failed {}", failure.reason.as_str()));
        answer(pb::FailAuthorizationResponse {})
    }

    async fn establish_connection(
        &self,
        request: Request<pb::EstablishConnectionRequest>,
    ) -> Result<Response<pb::EstablishConnectionResponse>, Status> {
        let (_, obtained): (AuthorizationId, Obtained) = request.into_inner().try_into()?;
        self.told(format!("established {}", obtained.auth_mode));
        answer(Established { connection: connection_id(), generation: Generation(1) })
    }

    async fn invite_approver(
        &self,
        request: Request<pb::InviteApproverRequest>,
    ) -> Result<Response<pb::InviteApproverResponse>, Status> {
        let asked = request.into_inner();
        self.told(format!("invited {}", asked.approval == Digest::of(b"approval").to_string()));
        answer(pb::InviteApproverResponse {
            expire_time: Some(latchkey_wire::convert::timestamp_to_pb(Timestamp(9))),
        })
    }

    async fn bind_approver(
        &self,
        request: Request<pb::BindApproverRequest>,
    ) -> Result<Response<pb::BindApproverResponse>, Status> {
        self.told(format!("approving {}", request.into_inner().approval == "canary_approval"));
        answer(session_view(session_id()))
    }

    async fn issue_result(
        &self,
        request: Request<pb::IssueResultRequest>,
    ) -> Result<Response<pb::IssueResultResponse>, Status> {
        self.told(format!("issued {}", request.into_inner().browser == Digest::of(b"browser").to_string()));
        answer(pb::IssueResultResponse { token: "canary_result".into() })
    }

    async fn exchange_result(
        &self,
        request: Request<pb::ExchangeResultRequest>,
    ) -> Result<Response<pb::ExchangeResultResponse>, Status> {
        let asked = request.into_inner();
        self.told(format!("exchanged {} {}", asked.environment, asked.token == "canary_result"));
        answer(session_view(session_id()))
    }

    async fn confirm_authorization(
        &self,
        request: Request<pb::ConfirmAuthorizationRequest>,
    ) -> Result<Response<pb::ConfirmAuthorizationResponse>, Status> {
        let (_, browser): (AuthorizationId, Digest) = request.into_inner().try_into()?;
        self.told(format!("confirmed {}", browser == Digest::of(b"browser")));
        answer(Established { connection: connection_id(), generation: Generation(2) })
    }

    async fn hold_authorization(
        &self,
        request: Request<pb::HoldAuthorizationRequest>,
    ) -> Result<Response<pb::HoldAuthorizationResponse>, Status> {
        let (_, obtained, given): (AuthorizationId, Obtained, _) = request.into_inner().try_into()?;
        self.told(format!("held {} {}", obtained.auth_mode, given == choices()));
        answer(pb::HoldAuthorizationResponse {})
    }

    async fn resume_authorization(
        &self,
        request: Request<pb::ResumeAuthorizationRequest>,
    ) -> Result<Response<pb::ResumeAuthorizationResponse>, Status> {
        let (_, browser): (AuthorizationId, Digest) = request.into_inner().try_into()?;
        self.told(format!("resumed {}", browser == Digest::of(b"browser")));
        answer(Undecided { attempt: claimed(), obtained: obtained() })
    }

    async fn list_own_connections(
        &self,
        request: Request<pb::ListOwnConnectionsRequest>,
    ) -> Result<Response<pb::ListOwnConnectionsResponse>, Status> {
        let (session, browser): (SessionId, Digest) = request.into_inner().try_into()?;
        self.told(format!("listed {}", session == session_id() && browser == Digest::of(b"browser")));
        answer(vec![own_connection()])
    }

    async fn disconnect(
        &self,
        request: Request<pb::DisconnectRequest>,
    ) -> Result<Response<pb::DisconnectResponse>, Status> {
        let (_, browser, connection): (SessionId, Digest, ConnectionId) = request.into_inner().try_into()?;
        let right = browser == Digest::of(b"browser") && connection == connection_id();
        self.told(format!("disconnected {right}"));
        answer(pb::DisconnectResponse {})
    }
}

pub fn session_entry() -> SessionEntry {
    SessionEntry {
        id: session_id(),
        end_user: "ada".parse().unwrap(),
        integrations: vec![integration_key()],
        reconnect: None,
        manages: false,
        connection: Some(connection_id()),
        created_at: Timestamp(1),
        expires_at: Timestamp(2),
        state: SessionState::Completed,
    }
}

pub fn own_connection() -> OwnConnection {
    OwnConnection {
        id: connection_id(),
        summary: ConnectionSummary {
            integration: integration_key(),
            account: None,
            scopes: vec!["repo".into()],
            ended: Some((
                Failure::new(latchkey_domain::Reason::ReauthRequired, Phase::Refresh),
                Timestamp(8),
            )),
        },
        name: "GitHub".into(),
        provider: "github".into(),
        asked: vec!["repo".into(), "user".into()],
        mendable: true,
        failing: true,
        created_at: Timestamp(3),
    }
}

fn claimed() -> ClaimedAuthorization {
    ClaimedAuthorization {
        session: session_id(),
        environment: environment(),
        integration: integration_key(),
        redirect_uri: "https://connect.example/callback".into(),
        provider: "github".into(),
        app: app(),
        code_verifier: None,
        inputs: BTreeMap::new(),
    }
}

fn due(fence: u64) -> DueRefresh {
    DueRefresh {
        connection: connection_id(),
        environment: environment(),
        integration: integration_key(),
        provider: "github".into(),
        generation: Generation(3),
        fence,
        due_at: Timestamp(5),
        expires_at: None,
        wanted: false,
        lapsed_at: None,
        obtained_at: Timestamp(4),
        learnt: RotationClass::Grace { seconds: 40 },
        app: app(),
        renewal: Renewal::default(),
        journal: JournalKeys { clear: JournalKey::new([7; 32]), sealed: vec![8; 200] },
    }
}

#[tonic::async_trait]
impl RefreshJournalService for Peer {
    async fn resume_refresh(
        &self,
        request: Request<pb::ResumeRefreshRequest>,
    ) -> Result<Response<pb::ResumeRefreshResponse>, Status> {
        let ResumeRefresh { connection, generation, fence, sealed_key } = request.into_inner().try_into()?;
        self.told(format!(
            "resumed {} {generation} {fence} {}",
            connection == connection_id(),
            sealed_key.len()
        ));
        answer(due(fence))
    }

    async fn get_epoch(
        &self,
        _: Request<pb::GetEpochRequest>,
    ) -> Result<Response<pb::GetEpochResponse>, Status> {
        answer(pb::GetEpochResponse { epoch: "first".to_owned() })
    }
}

#[tonic::async_trait]
impl RefreshLeaseService for Peer {
    async fn claim_due(
        &self,
        request: Request<pb::ClaimDueRequest>,
    ) -> Result<Response<pb::ClaimDueResponse>, Status> {
        let ask = ClaimDue::try_from(request.into_inner())?;
        self.told(format!("asked for {} but for {}", ask.max, ask.except.len()));
        answer((0..u64::from(ask.max)).map(due).collect::<Vec<_>>())
    }

    async fn renew_refresh(
        &self,
        request: Request<pb::RenewRefreshRequest>,
    ) -> Result<Response<pb::RenewRefreshResponse>, Status> {
        let (connection, fence, hold): (ConnectionId, u64, Duration) = request.into_inner().try_into()?;
        self.told(format!("renewed {} {fence} for {hold:?}", connection == connection_id()));
        answer(pb::RenewRefreshResponse { held: true })
    }

    async fn complete_refresh(
        &self,
        request: Request<pb::CompleteRefreshRequest>,
    ) -> Result<Response<pb::CompleteRefreshResponse>, Status> {
        let complete = CompleteRefresh::try_from(request.into_inner())?;
        let outcome = match complete.outcome {
            RefreshOutcome::Refreshed(_) => "refreshed",
            RefreshOutcome::Failed { .. } => "failed",
            RefreshOutcome::Unanswered { .. } => "unanswered",
            RefreshOutcome::Refused(_) => "refused",
        };
        self.told(format!("{outcome} {} {}", complete.generation, complete.fence));
        answer(pb::CompleteRefreshResponse {})
    }

    async fn report_provider(
        &self,
        request: Request<pb::ReportProviderRequest>,
    ) -> Result<Response<pb::ReportProviderResponse>, Status> {
        let report = ReportProvider::try_from(request.into_inner())?;
        self.told(format!("{} {:?}", report.provider, report.state));
        Ok(Response::new(pb::ReportProviderResponse {}))
    }

    async fn release_refresh(
        &self,
        request: Request<pb::ReleaseRefreshRequest>,
    ) -> Result<Response<pb::ReleaseRefreshResponse>, Status> {
        let (connection, fence): (ConnectionId, u64) = request.into_inner().try_into()?;
        self.told(format!("released {} {fence}", connection == connection_id()));
        answer(pb::ReleaseRefreshResponse {})
    }
}

pub fn obtained() -> Obtained {
    Obtained {
        auth_mode: "OAUTH2".into(),
        grant: Grant {
            handout: Handout::default(),
            renewal: None,
            expires_in: None,
            scopes: None,
            origins: vec![],
            account: Some(Account { id: Some("42".into()), label: None }),
        },
        documented: Behaviour::default(),
    }
}
