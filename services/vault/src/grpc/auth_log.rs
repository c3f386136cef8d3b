use super::follow::{BATCH, Followed, POLL, Read, follow, place_of};
use super::{Door, status};
use crate::error::Error;
use crate::vault::{AuthLogFilter, ListAuthLogs, Vault};
use futures::stream::BoxStream;
use latchkey_domain::api_key::Scope;
use latchkey_domain::{AuthLogId, Environment, Timestamp};
use latchkey_store::Position;
use latchkey_wire::convert::{operation_from_pb, outcome_from_pb, parse, parse_optional, timestamp_from_pb};
use latchkey_wire::pb::admin as pb;
use latchkey_wire::{Caller, Fault, Kind, Reason};
use tokio::time::sleep;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::auth_log_service_server::AuthLogService for Door {
    type TailAuthLogsStream = BoxStream<'static, Result<pb::TailAuthLogsResponse, Status>>;

    async fn get_auth_log(
        &self,
        request: Request<pb::GetAuthLogRequest>,
    ) -> Result<Response<pb::GetAuthLogResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let id = parse("log_id", &request.into_inner().log_id)?;
        let log = self.vault.auth_log(&key.environment, id).await.map_err(status)?;
        Ok(Response::new(pb::GetAuthLogResponse { log: Some(log.into()) }))
    }

    async fn list_auth_logs(
        &self,
        request: Request<pb::ListAuthLogsRequest>,
    ) -> Result<Response<pb::ListAuthLogsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let asked = request.into_inner();
        let list = ListAuthLogs {
            environment: key.environment,
            filter: filter(&asked.connection_id, &asked.integration, asked.operation, asked.outcome)?,
            from: timestamp_from_pb("start_time", asked.start_time)?,
            until: timestamp_from_pb("end_time", asked.end_time)?,
            after: page_of(&asked.page_token)?,
            max: asked.page_size,
        };
        let listed = self.vault.auth_logs(list).await.map_err(status)?;
        Ok(Response::new(pb::ListAuthLogsResponse {
            logs: listed.logs.into_iter().map(Into::into).collect(),
            next_page_token: listed.next.map_or_else(String::new, |(at, id)| format!("{}-{id}", at.0)),
        }))
    }

    async fn tail_auth_logs(
        &self,
        request: Request<pb::TailAuthLogsRequest>,
    ) -> Result<Response<Self::TailAuthLogsStream>, Status> {
        let caller = Caller::new(&self.authenticator, request.metadata(), Scope::ConnectionsRead);
        let key = caller.permitted().await?;
        let permit = self.watchers.clone().try_acquire_owned().map_err(|_| status(Error::Overloaded))?;
        let asked = request.into_inner();
        let filter = filter(&asked.connection_id, &asked.integration, asked.operation, asked.outcome)?;
        let position = match asked.resume_token.as_str() {
            "" => {
                let end = self.vault.ledger.store().auth_logs().end().await;
                end.map_err(|error| status(error.into()))?
            }
            token => place_of(token)?,
        };
        let tail = Tail { vault: self.vault.clone(), environment: key.environment, filter, position };
        let told = follow(tail, caller, position, permit, self.lifecycle.clone());
        Ok(Response::new(Box::pin(told)))
    }
}

fn filter(connection: &str, integration: &str, operation: i32, outcome: i32) -> Result<AuthLogFilter, Fault> {
    Ok(AuthLogFilter {
        connection: parse_optional("connection_id", connection)?,
        integration: parse_optional("integration", integration)?,
        operation: operation_from_pb(operation)?,
        outcome: outcome_from_pb(outcome)?,
    })
}

/// After which log a page continues: its beginning in milliseconds, a hyphen, its id.
fn page_of(token: &str) -> Result<Option<(Timestamp, AuthLogId)>, Fault> {
    if token.is_empty() {
        return Ok(None);
    }
    let parsed =
        token.split_once('-').and_then(|(at, id)| Some((Timestamp(at.parse().ok()?), id.parse().ok()?)));
    parsed.map(Some).ok_or_else(|| {
        Fault::new(
            Kind::Invalid,
            Reason::PageTokenInvalid,
            "The page token is not one that was given out. Begin without one.",
        )
        .with("field", "page_token")
    })
}

struct Tail {
    vault: Vault,
    environment: Environment,
    filter: AuthLogFilter,
    position: Position,
}

impl Followed for Tail {
    type Message = pb::TailAuthLogsResponse;
    type Place = Position;

    async fn read(&mut self) -> Result<Read<Self>, Error> {
        let written = self.vault.auth_logs_written(self.position, BATCH).await?;
        let any = !written.is_empty();
        let mut told = vec![];
        for (position, log) in written {
            self.position = position;
            if log.environment == self.environment && self.filter.admits(&log) {
                let (log, resume_token) = (Some(log.into()), position.to_string());
                told.push((position, pb::TailAuthLogsResponse { log, resume_token }));
            }
        }
        Ok(Read { told, place: self.position, any })
    }

    async fn news(&mut self) {
        sleep(POLL).await;
    }

    fn heartbeat(&self, position: &Position) -> Self::Message {
        pb::TailAuthLogsResponse { log: None, resume_token: position.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_token_is_one_that_was_given_out() {
        let id = AuthLogId::from_parts(1, 2);
        assert_eq!(page_of(&format!("-7-{id}")).ok(), None);
        assert_eq!(page_of(&format!("7-{id}")).unwrap(), Some((Timestamp(7), id)));
        assert_eq!(page_of("").unwrap(), None);
        for token in ["7", "x-y", "7-con_1", "-"] {
            assert!(page_of(token).is_err(), "{token}");
        }
    }
}
