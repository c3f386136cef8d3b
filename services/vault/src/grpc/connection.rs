use super::{Door, status};
use crate::vault::{Explained, ListConnections};
use latchkey_domain::Timestamp;
use latchkey_domain::api_key::Scope;
use latchkey_domain::connection::{Broken, Connection, CredentialFacts, Live, Trouble};
use latchkey_domain::revocation::{Extent, Revocation};
use latchkey_wire::convert::{failure_to_pb, parse, parse_optional, timestamp_to_pb};
use latchkey_wire::pb::connection as pb;
use latchkey_wire::{Fault, Kind, Reason};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::connection_service_server::ConnectionService for Door {
    async fn get_connection(
        &self,
        request: Request<pb::GetConnectionRequest>,
    ) -> Result<Response<pb::GetConnectionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let id = parse("connection_id", &request.into_inner().connection_id)?;
        let connection = self.vault.connection_in(&key.environment, id).await.map_err(status)?;
        let revocation = self.vault.revocation_of(&connection).await.map_err(status)?;
        let connection = render(&connection).map(|connection| with_revocation(connection, &revocation));
        Ok(Response::new(pb::GetConnectionResponse { connection }))
    }

    async fn list_connections(
        &self,
        request: Request<pb::ListConnectionsRequest>,
    ) -> Result<Response<pb::ListConnectionsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let asked = request.into_inner();
        let state = pb::ConnectionState::try_from(asked.state);
        let list = ListConnections {
            environment: key.environment,
            integration: parse_optional("integration", &asked.integration)?,
            end_user: parse_optional("end_user", &asked.end_user)?,
            status: state
                .map_err(|_| Fault::field_invalid("state", "There is no such state."))
                .map(status_word)?,
            after: parse_optional("page_token", &asked.page_token).map_err(page_token_invalid)?,
            max: asked.page_size,
        };
        let listed = self.vault.connections(list).await.map_err(status)?;
        Ok(Response::new(pb::ListConnectionsResponse {
            connections: listed.connections.iter().filter_map(render).collect(),
            next_page_token: listed.next.unwrap_or_default(),
        }))
    }

    async fn delete_connection(
        &self,
        request: Request<pb::DeleteConnectionRequest>,
    ) -> Result<Response<pb::DeleteConnectionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsDelete).await?;
        let asked = request.into_inner();
        let id = parse("connection_id", &asked.connection_id)?;
        let at_provider = match (asked.revoke_at_provider.unwrap_or(true), asked.revoke_account) {
            (true, true) => Some(Extent::Account),
            (true, false) => Some(Extent::Grant),
            (false, false) => None,
            (false, true) => {
                return Err(Fault::field_invalid(
                    "revoke_account",
                    "`revoke_account` asks the provider, which `revoke_at_provider` forbids: leave one of them out.",
                )
                .into());
            }
        };
        self.vault.delete_connection(&key.environment, id, at_provider).await.map_err(status)?;
        Ok(Response::new(pb::DeleteConnectionResponse {}))
    }

    async fn explain_connection(
        &self,
        request: Request<pb::ExplainConnectionRequest>,
    ) -> Result<Response<pb::ExplainConnectionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let id = parse("connection_id", &request.into_inner().connection_id)?;
        let Explained { connection, revocation, explanation, history, auth_log } =
            self.vault.explain_connection(&key.environment, id).await.map_err(status)?;
        let history = history.into_iter().map(|told| pb::HistoryEntry {
            time: Some(timestamp_to_pb(told.at)),
            event: told.event,
            summary: told.summary,
            by: told.by.unwrap_or_default(),
        });
        Ok(Response::new(pb::ExplainConnectionResponse {
            connection: render(&connection).map(|connection| with_revocation(connection, &revocation)),
            what_happened: explanation.what_happened,
            whose_turn: explanation.whose_turn.to_owned(),
            what_to_do: explanation.what_to_do,
            history: history.collect(),
            auth_log_id: auth_log.map_or_else(String::new, |id| id.to_string()),
        }))
    }
}

fn page_token_invalid(_: Fault) -> Fault {
    Fault::new(
        Kind::Invalid,
        Reason::PageTokenInvalid,
        "The page token is not one that was given out. Begin without one.",
    )
    .with("field", "page_token")
}

fn status_word(state: pb::ConnectionState) -> Option<&'static str> {
    match state {
        pb::ConnectionState::Unspecified => None,
        pb::ConnectionState::Active => Some("active"),
        pb::ConnectionState::Degraded => Some("degraded"),
        pb::ConnectionState::NeedsReauth => Some("needs_reauth"),
        pb::ConnectionState::Deleted => Some("deleted"),
    }
}

fn render(connection: &Connection) -> Option<pb::Connection> {
    let profile = connection.profile()?;
    let next_refresh = connection.live().ok().and_then(Live::refresh_due_at);
    let (state, credential, failure) = match connection {
        Connection::Absent => return None,
        Connection::Live(live) => {
            let summary = pb::CredentialSummary {
                rotation: live.rotation().word().to_owned(),
                end_time: live.ends_at().map(timestamp_to_pb),
                ..summary(&live.credential, next_refresh)
            };
            match &live.trouble {
                None => (pb::ConnectionState::Active, Some(summary), None),
                Some(trouble) => (pb::ConnectionState::Degraded, Some(summary), Some(episode(trouble))),
            }
        }
        Connection::Broken(Broken { credential, failure, since, .. }) => (
            pb::ConnectionState::NeedsReauth,
            Some(summary(credential, None)),
            Some(pb::Failure { first_time: Some(timestamp_to_pb(*since)), ..failure_to_pb(failure) }),
        ),
        Connection::Revoked(_) => (pb::ConnectionState::Deleted, None, None),
    };
    Some(pb::Connection {
        id: profile.id.to_string(),
        integration: profile.integration.to_string(),
        provider: profile.provider.clone(),
        end_user: profile.end_user.to_string(),
        state: state.into(),
        create_time: Some(timestamp_to_pb(profile.created_at)),
        credential,
        failure,
        revocation: None,
    })
}

fn with_revocation(connection: pb::Connection, revocation: &Revocation) -> pb::Connection {
    let told = match revocation {
        Revocation::Absent => return connection,
        Revocation::Pending(pending) => pb::Revocation {
            result: "PENDING".into(),
            attempts: pending.attempts,
            request_time: Some(timestamp_to_pb(pending.requested_at)),
            end_time: None,
            next_attempt_time: Some(timestamp_to_pb(pending.next_at)),
            failure: pending.failure.as_ref().map(failure_to_pb),
        },
        Revocation::Ended(ended) => pb::Revocation {
            result: ended.verdict.as_str().to_owned(),
            attempts: ended.attempts,
            request_time: Some(timestamp_to_pb(ended.requested_at)),
            end_time: Some(timestamp_to_pb(ended.at)),
            next_attempt_time: None,
            failure: ended.failure.as_ref().map(failure_to_pb),
        },
    };
    pb::Connection { revocation: Some(told), ..connection }
}

fn summary(credential: &CredentialFacts, next_refresh: Option<Timestamp>) -> pb::CredentialSummary {
    pb::CredentialSummary {
        auth_mode: credential.auth_mode.clone(),
        generation: credential.generation.0,
        granted_scopes: credential.scopes.clone(),
        obtain_time: Some(timestamp_to_pb(credential.obtained_at)),
        expire_time: credential.expires_at.map(timestamp_to_pb),
        renewable: credential.renewable,
        next_refresh_time: next_refresh.filter(|_| credential.renewable).map(timestamp_to_pb),
        fingerprint: credential.fingerprint.clone(),
        account: credential.account.clone().unwrap_or_default(),
        ..pb::CredentialSummary::default()
    }
}

fn episode(trouble: &Trouble) -> pb::Failure {
    pb::Failure {
        attempts: trouble.attempts,
        first_time: Some(timestamp_to_pb(trouble.since)),
        next_attempt_time: Some(timestamp_to_pb(trouble.retry_at)),
        ..failure_to_pb(&trouble.failure)
    }
}
