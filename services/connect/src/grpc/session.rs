mod watch;

use self::watch::{Told, Watch};
use super::Door;
use crate::counts;
use crate::flows::SESSION_LIFETIME;
use futures::stream::BoxStream;
use latchkey_domain::SessionId;
use latchkey_domain::Timestamp;
use latchkey_domain::api_key::Scope;
use latchkey_domain::session::Outline;
use latchkey_wire::contract::{CreateSession, ListSessions, SessionEntry, SessionState, SessionView};
use latchkey_wire::convert::{duration_from_pb, presets_from_pb, secret_to_pb, timestamp_to_pb};
use latchkey_wire::convert::{parse, parse_list, parse_optional};
use latchkey_wire::pb::{connect as pb, vault};
use latchkey_wire::{Caller, Fault, Kind, Reason};
use std::time::Duration;
use tonic::{Request, Response, Status};

/// When a place among the watchers may be free again.
const AGAIN: Duration = Duration::from_secs(1);

#[tonic::async_trait]
impl pb::connect_session_service_server::ConnectSessionService for Door {
    type WatchConnectSessionStream = BoxStream<'static, Told>;

    async fn create_connect_session(
        &self,
        request: Request<pb::CreateConnectSessionRequest>,
    ) -> Result<Response<pb::CreateConnectSessionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::SessionsWrite).await?;
        let asked = request.into_inner();
        let integrations = parse_list("integrations", &asked.integrations)?;
        let lifetime = duration_from_pb("lifetime", asked.lifetime)?;
        let intent = match (asked.manage, &*asked.reconnect_connection_id) {
            (true, _) => "manage",
            (false, "") => "connect",
            (false, _) => "reconnect",
        };
        let presets = presets_from_pb(asked.presets.into_iter().map(told).collect())?;
        self.flows.check_presets(&key.environment, &presets).await?;
        let create = CreateSession {
            environment: key.environment.clone(),
            end_user: parse("end_user", &asked.end_user)?,
            integrations,
            reconnect: parse_optional("reconnect_connection_id", &asked.reconnect_connection_id)?,
            manages: asked.manage,
            lifetime: lifetime.unwrap_or(SESSION_LIFETIME),
            outline: Outline {
                presets,
                about: vault::About {
                    external_id: asked.external_id,
                    display_name: asked.display_name,
                    tags: asked.tags,
                    metadata: asked.metadata,
                    config: asked.config,
                    webhook_url: asked.webhook_url,
                }
                .try_into()?,
            },
        };
        let created = self.flows.vault.create_session(create).await?;
        counts::session(&key.environment, intent, "created");
        let token = secret_to_pb(&created.token);
        let base = self.public_url.as_str().trim_end_matches('/');
        Ok(Response::new(pb::CreateConnectSessionResponse {
            session_id: created.session.to_string(),
            connect_link: format!("{base}/connect#s={token}"),
            token,
            expire_time: Some(timestamp_to_pb(created.expires_at)),
        }))
    }

    async fn get_connect_session(
        &self,
        request: Request<pb::GetConnectSessionRequest>,
    ) -> Result<Response<pb::GetConnectSessionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::SessionsWrite).await?;
        let id: SessionId = parse("session_id", &request.into_inner().session_id)?;
        let session = self.flows.vault.describe_session(&key.environment, id).await.map_err(for_backends)?;
        Ok(Response::new(render(&session, Timestamp(self.flows.clock.now()))))
    }

    async fn watch_connect_session(
        &self,
        request: Request<pb::WatchConnectSessionRequest>,
    ) -> Result<Response<Self::WatchConnectSessionStream>, Status> {
        let caller = Caller::new(&self.authenticator, request.metadata(), Scope::SessionsWrite);
        let key = caller.permitted().await?;
        let session = parse("session_id", &request.into_inner().session_id)?;
        let permit = self.flows.watchers.clone().try_acquire_owned().map_err(|_| crowded())?;
        let watch = Watch::new(&self.flows, caller, key.environment, session);
        let first = watch.look().await?;
        Ok(Response::new(watch.begin(first, permit)))
    }

    async fn list_connect_sessions(
        &self,
        request: Request<pb::ListConnectSessionsRequest>,
    ) -> Result<Response<pb::ListConnectSessionsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::SessionsWrite).await?;
        let asked = request.into_inner();
        let after = parse_optional("page_token", &asked.page_token).map_err(|_| no_page())?;
        let list = ListSessions {
            environment: key.environment,
            end_user: parse_optional("end_user", &asked.end_user)?,
            state: state_from_pb(asked.state)?,
            after,
            max: asked.page_size,
        };
        let listed = self.flows.vault.list_sessions(list).await?;
        Ok(Response::new(pb::ListConnectSessionsResponse {
            sessions: listed.sessions.into_iter().map(entry).collect(),
            next_page_token: listed.next.map_or_else(String::new, |id| id.to_string()),
        }))
    }

    async fn cancel_connect_session(
        &self,
        request: Request<pb::CancelConnectSessionRequest>,
    ) -> Result<Response<pb::CancelConnectSessionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::SessionsWrite).await?;
        let id: SessionId = parse("session_id", &request.into_inner().session_id)?;
        self.flows.vault.cancel_session(&key.environment, id).await.map_err(for_backends)?;
        self.flows.news.tell(id);
        Ok(Response::new(pb::CancelConnectSessionResponse {}))
    }

    async fn exchange_connect_result(
        &self,
        request: Request<pb::ExchangeConnectResultRequest>,
    ) -> Result<Response<pb::ExchangeConnectResultResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::SessionsWrite).await?;
        let token = request.into_inner().result_token.clone().into();
        let session = self.flows.vault.exchange_result(&key.environment, &token).await?;
        let (integration, account) =
            session.summary.map(|summary| (summary.integration.to_string(), summary.account)).unzip();
        Ok(Response::new(pb::ExchangeConnectResultResponse {
            session_id: session.id.to_string(),
            connection_id: session.connection.map(|id| id.to_string()).unwrap_or_default(),
            end_user: session.end_user.to_string(),
            integration: integration.unwrap_or_default(),
            account: account.flatten().unwrap_or_default(),
        }))
    }
}

fn crowded() -> Fault {
    let message = "As many sessions are watched as one process can. Ask again in a moment.";
    Fault::new(Kind::Exhausted, Reason::Overloaded, message).retry_after(AGAIN)
}

/// As the vault is told of it.
fn told((integration, preset): (String, pb::IntegrationPreset)) -> (String, vault::Preset) {
    let pb::IntegrationPreset { scopes, authorization_params, inputs, config, docs_url } = preset;
    (integration, vault::Preset { scopes, authorization_params, inputs, config, docs_url })
}

/// The vault speaks to whoever has the link; a backend has the id.
fn for_backends(fault: Fault) -> Fault {
    let message = match fault.reason {
        Reason::SessionUnknown => {
            "There is no such connect session in this environment, or it has been over for more than a week. \
             ListConnectSessions shows those there are."
        }
        Reason::SessionConsumed => {
            "The connect session has led to a connection already. DeleteConnection, if that is not wanted."
        }
        _ => return fault,
    };
    Fault { message: message.to_owned(), ..fault }
}

fn no_page() -> Fault {
    let message = "The page token is not one that was given out. Begin without one.";
    Fault::new(Kind::Invalid, Reason::PageTokenInvalid, message).with("field", "page_token")
}

fn state_from_pb(state: i32) -> Result<Option<SessionState>, Fault> {
    Ok(Some(match pb::SessionState::try_from(state) {
        Ok(pb::SessionState::Unspecified) => return Ok(None),
        Ok(pb::SessionState::Open) => SessionState::Open,
        Ok(pb::SessionState::Completed) => SessionState::Completed,
        Ok(pb::SessionState::Expired) => SessionState::Expired,
        Ok(pb::SessionState::Cancelled) => SessionState::Cancelled,
        Err(_) => return Err(Fault::field_invalid("state", "There is no such state.")),
    }))
}

fn state_to_pb(state: SessionState) -> pb::SessionState {
    match state {
        SessionState::Open => pb::SessionState::Open,
        SessionState::Completed => pb::SessionState::Completed,
        SessionState::Expired => pb::SessionState::Expired,
        SessionState::Cancelled => pb::SessionState::Cancelled,
    }
}

fn entry(session: SessionEntry) -> pb::ConnectSession {
    pb::ConnectSession {
        session_id: session.id.to_string(),
        state: state_to_pb(session.state).into(),
        end_user: session.end_user.to_string(),
        integrations: session.integrations.iter().map(ToString::to_string).collect(),
        reconnect_connection_id: session.reconnect.map(|id| id.to_string()).unwrap_or_default(),
        manage: session.manages,
        connection_id: session.connection.map(|id| id.to_string()).unwrap_or_default(),
        create_time: Some(timestamp_to_pb(session.created_at)),
        expire_time: Some(timestamp_to_pb(session.expires_at)),
    }
}

fn render(session: &SessionView, now: Timestamp) -> pb::GetConnectSessionResponse {
    let is_completed = session.connection.is_some();
    let state = SessionState::of(is_completed, session.cancelled, session.expires_at, now);
    pb::GetConnectSessionResponse {
        session_id: session.id.to_string(),
        state: state_to_pb(state).into(),
        connection_id: session.connection.map(|id| id.to_string()).unwrap_or_default(),
        expire_time: Some(timestamp_to_pb(session.expires_at)),
        last_failure: session
            .last_failure
            .as_ref()
            .map(|failure| failure.reason.as_str().into())
            .unwrap_or_default(),
    }
}
