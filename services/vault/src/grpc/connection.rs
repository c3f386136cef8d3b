pub(super) mod asking;
mod batches;
pub(super) mod page_token;
mod render;
mod watching;

use super::credential::deadline;
use super::follow::follow;
use super::{Door, status};
use crate::error::Error;
use crate::vault::{Aggregated, Explained, Stretch, Switch};
use futures::stream::BoxStream;
use latchkey_domain::api_key::Scope;
use latchkey_wire::Caller;
use latchkey_wire::convert::{duration_to_pb, parse, parse_optional, timestamp_from_pb, timestamp_to_pb};
use latchkey_wire::pb::connection as pb;
use render::state_of;
pub(super) use render::{render, with_revocation};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::connection_service_server::ConnectionService for Door {
    type WatchConnectionsStream = BoxStream<'static, Result<pb::WatchConnectionsResponse, Status>>;

    async fn get_connection(
        &self,
        request: Request<pb::GetConnectionRequest>,
    ) -> Result<Response<pb::GetConnectionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let asked = request.into_inner();
        let id = parse("connection_id", &asked.connection_id)?;
        let connection = match timestamp_from_pb("as_of", asked.as_of)? {
            Some(at) => self.vault.connection_as_of(&key.environment, id, at).await.map_err(status)?,
            None => self.vault.connection_in(&key.environment, id).await.map_err(status)?,
        };
        let revocation = self.vault.revocation_of(&connection).await.map_err(status)?;
        let connection = render(&connection).map(|connection| with_revocation(connection, &revocation));
        Ok(Response::new(pb::GetConnectionResponse { connection }))
    }

    async fn list_connections(
        &self,
        request: Request<pb::ListConnectionsRequest>,
    ) -> Result<Response<pb::ListConnectionsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let (list, question) = asking::list(key.environment, request.into_inner())?;
        let listed = self.vault.connections(list).await.map_err(status)?;
        Ok(Response::new(pb::ListConnectionsResponse {
            connections: listed.connections.iter().filter_map(render).collect(),
            next_page_token: question.token(listed.next),
        }))
    }

    async fn watch_connections(
        &self,
        request: Request<pb::WatchConnectionsRequest>,
    ) -> Result<Response<Self::WatchConnectionsStream>, Status> {
        let caller = Caller::new(&self.authenticator, request.metadata(), Scope::ConnectionsRead);
        let key = caller.permitted().await?;
        let permit = self.watchers.clone().try_acquire_owned().map_err(|_| status(Error::Overloaded))?;
        let (watch, place) = watching::of(&self.vault, key.environment, request.into_inner()).await?;
        let told = follow(watch, caller, place, permit, self.lifecycle.clone());
        Ok(Response::new(Box::pin(told)))
    }

    async fn aggregate_connections(
        &self,
        request: Request<pb::AggregateConnectionsRequest>,
    ) -> Result<Response<pb::AggregateConnectionsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let asked = request.into_inner();
        let integration = parse_optional("integration", &asked.integration)?;
        let series = asking::series(&asked, self.vault.now())?;
        let aggregated = self.vault.aggregate_connections(&key.environment, integration.as_ref()).await;
        let Aggregated { counts, ending, expiring } = aggregated.map_err(status)?;
        let over_time = match series {
            Some(series) => {
                let counted =
                    self.vault.connections_over_time(&key.environment, integration.as_ref(), series);
                counted.await.map_err(status)?
            }
            None => vec![],
        };
        let counted = |(integration, status, count): (String, String, u64)| pb::ConnectionCount {
            integration,
            state: state_of(&status).into(),
            count,
        };
        let within = |Stretch { from, until, count }| pb::EndingCount {
            from: from.map(duration_to_pb),
            until: until.map(duration_to_pb),
            count,
        };
        Ok(Response::new(pb::AggregateConnectionsResponse {
            counts: counts.into_iter().map(counted).collect(),
            ending: ending.into_iter().map(within).collect(),
            expiring: expiring.into_iter().map(within).collect(),
            series: over_time.into_iter().map(render::counted).collect(),
        }))
    }

    async fn update_connection(
        &self,
        request: Request<pb::UpdateConnectionRequest>,
    ) -> Result<Response<pb::UpdateConnectionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsWrite).await?;
        let describe = asking::describe(key.environment, key.id, request.into_inner())?;
        let connection = self.vault.describe_connection(describe).await.map_err(status)?;
        Ok(Response::new(pb::UpdateConnectionResponse { connection: render(&connection) }))
    }

    async fn disable_connection(
        &self,
        request: Request<pb::DisableConnectionRequest>,
    ) -> Result<Response<pb::DisableConnectionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsWrite).await?;
        let id = parse("connection_id", &request.into_inner().connection_id)?;
        let switched = self.vault.switch_connection(&key.environment, id, Switch::Off, key.id).await;
        let connection = render(&switched.map_err(status)?);
        Ok(Response::new(pb::DisableConnectionResponse { connection }))
    }

    async fn enable_connection(
        &self,
        request: Request<pb::EnableConnectionRequest>,
    ) -> Result<Response<pb::EnableConnectionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsWrite).await?;
        let id = parse("connection_id", &request.into_inner().connection_id)?;
        let switched = self.vault.switch_connection(&key.environment, id, Switch::On, key.id).await;
        let connection = render(&switched.map_err(status)?);
        Ok(Response::new(pb::EnableConnectionResponse { connection }))
    }

    async fn refresh_connection(
        &self,
        request: Request<pb::RefreshConnectionRequest>,
    ) -> Result<Response<pb::RefreshConnectionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsWrite).await?;
        let deadline = deadline(request.metadata());
        let id = parse("connection_id", &request.into_inner().connection_id)?;
        let refreshed = self.vault.refresh_now(&key.environment, id, deadline).await.map_err(status)?;
        let (connection, refreshed) = (render(&refreshed.0), refreshed.1);
        Ok(Response::new(pb::RefreshConnectionResponse { connection, refreshed }))
    }

    async fn delete_connection(
        &self,
        request: Request<pb::DeleteConnectionRequest>,
    ) -> Result<Response<pb::DeleteConnectionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsDelete).await?;
        let asked = request.into_inner();
        let id = parse("connection_id", &asked.connection_id)?;
        let at_provider = asking::at_provider(asked.revoke_at_provider, asked.revoke_account)?;
        self.vault.delete_connection(&key.environment, id, at_provider).await.map_err(status)?;
        Ok(Response::new(pb::DeleteConnectionResponse {}))
    }

    async fn batch_update_connections(
        &self,
        request: Request<pb::BatchUpdateConnectionsRequest>,
    ) -> Result<Response<pb::BatchUpdateConnectionsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsWrite).await?;
        let results = self.update_batch(&key, request).await?;
        Ok(Response::new(pb::BatchUpdateConnectionsResponse { results }))
    }

    async fn batch_refresh_connections(
        &self,
        request: Request<pb::BatchRefreshConnectionsRequest>,
    ) -> Result<Response<pb::BatchRefreshConnectionsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsWrite).await?;
        let results = self.refresh_batch(&key, request).await?;
        Ok(Response::new(pb::BatchRefreshConnectionsResponse { results }))
    }

    async fn batch_delete_connections(
        &self,
        request: Request<pb::BatchDeleteConnectionsRequest>,
    ) -> Result<Response<pb::BatchDeleteConnectionsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsDelete).await?;
        let results = self.delete_batch(&key, request).await?;
        Ok(Response::new(pb::BatchDeleteConnectionsResponse { results }))
    }

    async fn get_deletion_receipt(
        &self,
        request: Request<pb::GetDeletionReceiptRequest>,
    ) -> Result<Response<pb::GetDeletionReceiptResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let id = parse("connection_id", &request.into_inner().connection_id)?;
        let receipt = self.vault.deletion_receipt(&key.environment, id).await.map_err(status)?;
        Ok(Response::new(pb::GetDeletionReceiptResponse { receipt: receipt.to_string() }))
    }

    async fn list_connection_events(
        &self,
        request: Request<pb::ListConnectionEventsRequest>,
    ) -> Result<Response<pb::ListConnectionEventsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let asked = request.into_inner();
        let id = parse("connection_id", &asked.connection_id)?;
        let after = match asked.page_token.as_str() {
            "" => 0,
            token => token.parse().map_err(|_| page_token::invalid())?,
        };
        let happened = self.vault.connection_events(&key.environment, id, after, asked.page_size).await;
        let (happened, next) = happened.map_err(status)?;
        Ok(Response::new(pb::ListConnectionEventsResponse {
            events: happened.into_iter().map(render::happened).collect(),
            next_page_token: next.map_or_else(String::new, |next| next.to_string()),
        }))
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
