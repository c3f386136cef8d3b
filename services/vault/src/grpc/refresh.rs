use super::connection::page_token;
use super::{Door, status};
use crate::limits;
use crate::vault::{Hold, ListQueue, Pausing, Queued};
use latchkey_domain::api_key::Scope;
use latchkey_domain::{ConnectionId, Timestamp};
use latchkey_store::TimedPlace;
use latchkey_wire::Fault;
use latchkey_wire::convert::{duration_to_pb, parse, parse_optional, timestamp_from_pb, timestamp_to_pb};
use latchkey_wire::pb::refresher as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::refresh_service_server::RefreshService for Door {
    async fn pause_refreshing(
        &self,
        request: Request<pb::PauseRefreshingRequest>,
    ) -> Result<Response<pb::PauseRefreshingResponse>, Status> {
        let scope = scope(&request.get_ref().connection_id);
        let key = self.authenticator.require(request.metadata(), scope).await?;
        let pb::PauseRefreshingRequest { integration, provider, connection_id, everything } =
            request.into_inner();
        let what = what(&integration, provider, &connection_id, everything)?;
        self.vault.pause_refreshing(&key.environment, &what, key.id).await.map_err(status)?;
        Ok(Response::new(pb::PauseRefreshingResponse {}))
    }

    async fn resume_refreshing(
        &self,
        request: Request<pb::ResumeRefreshingRequest>,
    ) -> Result<Response<pb::ResumeRefreshingResponse>, Status> {
        let scope = scope(&request.get_ref().connection_id);
        let key = self.authenticator.require(request.metadata(), scope).await?;
        let pb::ResumeRefreshingRequest { integration, provider, connection_id, everything } =
            request.into_inner();
        let what = what(&integration, provider, &connection_id, everything)?;
        self.vault.resume_refreshing(&key.environment, &what, key.id).await.map_err(status)?;
        Ok(Response::new(pb::ResumeRefreshingResponse {}))
    }

    async fn schedule_refresh(
        &self,
        request: Request<pb::ScheduleRefreshRequest>,
    ) -> Result<Response<pb::ScheduleRefreshResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsWrite).await?;
        let asked = request.into_inner();
        let id = parse("connection_id", &asked.connection_id)?;
        let time = timestamp_from_pb("time", asked.time)?;
        let time = time.ok_or_else(|| Fault::field_invalid("time", "Say by when it is to be refreshed."))?;
        let next = self.vault.schedule_refresh(&key.environment, id, time, key.id).await.map_err(status)?;
        let next_refresh_time = next.map(timestamp_to_pb);
        Ok(Response::new(pb::ScheduleRefreshResponse { next_refresh_time }))
    }

    async fn get_refresh_queue(
        &self,
        request: Request<pb::GetRefreshQueueRequest>,
    ) -> Result<Response<pb::GetRefreshQueueResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let asked = request.into_inner();
        let list = ListQueue {
            environment: key.environment,
            integration: parse_optional("integration", &asked.integration)?,
            after: place(asked.page_token)?,
            max: asked.page_size,
        };
        let queue = self.vault.refresh_queue(list).await.map_err(status)?;
        let now = self.vault.now();
        Ok(Response::new(pb::GetRefreshQueueResponse {
            due_count: queue.overdue.count,
            longest_due: queue.overdue.since.map(|since| duration_to_pb(Timestamp(since).until(now))),
            connections: queue.connections.into_iter().map(queued).collect(),
            next_page_token: queue.next.unwrap_or_default(),
        }))
    }
}

/// A page token is a place in the queue: a time, and the connection whose it is.
fn place(token: String) -> Result<Option<String>, Fault> {
    if token.is_empty() {
        return Ok(None);
    }
    let place: Option<TimedPlace> = token.parse().ok();
    let is_place = place.is_some_and(|place| place.id.parse::<ConnectionId>().is_ok());
    is_place.then_some(Some(token)).ok_or_else(page_token::invalid)
}

fn queued(queued: Queued) -> pb::QueuedRefresh {
    let held_by = match queued.held_by {
        None => pb::RefreshHold::Unspecified,
        Some(Hold::SafeMode) => pb::RefreshHold::SafeMode,
        Some(Hold::Integration) => pb::RefreshHold::Integration,
        Some(Hold::Provider) => pb::RefreshHold::Provider,
        Some(Hold::Environment) => pb::RefreshHold::Environment,
        Some(Hold::AppRefused) => pb::RefreshHold::AppRefused,
    };
    pb::QueuedRefresh {
        connection_id: queued.connection.to_string(),
        integration: queued.integration.to_string(),
        due_time: Some(timestamp_to_pb(queued.due_at)),
        claimed: queued.claimed,
        attempts: queued.attempts,
        held_by: held_by.into(),
    }
}

/// Whoever may switch a connection off may have it wait, too.
fn scope(connection_id: &str) -> Scope {
    if connection_id.is_empty() { Scope::IntegrationsAdmin } else { Scope::ConnectionsWrite }
}

fn what(
    integration: &str,
    provider: String,
    connection_id: &str,
    everything: bool,
) -> Result<Pausing, Fault> {
    match (integration, provider.as_str(), connection_id, everything) {
        (integration, "", "", false) if !integration.is_empty() => {
            Ok(Pausing::Integration(parse("integration", integration)?))
        }
        ("", _, "", false) if !provider.is_empty() => {
            limits::provider(&provider)?;
            Ok(Pausing::Provider(provider))
        }
        ("", "", id, false) if !id.is_empty() => Ok(Pausing::Connection(parse("connection_id", id)?)),
        ("", "", "", true) => Ok(Pausing::Everything),
        _ => Err(Fault::field_invalid(
            "integration",
            "Set exactly one of `integration`, `provider`, `connection_id` and `everything`.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_token_is_a_place_in_the_queue() {
        let token = "1800000000000/con_01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned();
        assert_eq!(place(token.clone()).unwrap(), Some(token));
        assert_eq!(place(String::new()).unwrap(), None);
        for other in ["x", "1/2", "/con_01ARZ3NDEKTSV4RRFFQ69G5FAV", &"9".repeat(5000)] {
            let refused = place(other.to_owned()).unwrap_err();
            assert_eq!(refused.metadata["field"], "page_token", "{other}");
        }
    }

    fn refused(integration: &str, provider: &str, connection_id: &str, everything: bool) -> Option<String> {
        let refused = what(integration, provider.to_owned(), connection_id, everything).err()?;
        refused.metadata.get("field").cloned()
    }

    #[test]
    fn one_thing_is_paused_at_a_time_and_it_is_named_rightly() {
        let connection = "con_01ARZ3NDEKTSV4RRFFQ69G5FAV";
        assert_eq!(refused("crm", "", "", false), None);
        assert_eq!(refused("", &"p".repeat(64), "", false), None);
        assert_eq!(refused("", "", connection, false), None);
        assert_eq!(refused("", "", "", true), None);
        let none_or_two = [
            ("", "", "", false),
            ("crm", "", "", true),
            ("crm", "github", "", false),
            ("", "github", connection, false),
            ("", "", connection, true),
        ];
        for (integration, provider, id, everything) in none_or_two {
            assert_eq!(refused(integration, provider, id, everything).as_deref(), Some("integration"));
        }
        for provider in [&"p".repeat(65), "a b", "a/b", "caf\u{e9}"] {
            assert_eq!(refused("", provider, "", false).as_deref(), Some("provider"), "{provider}");
        }
        assert_eq!(refused(&"i".repeat(65), "", "", false).as_deref(), Some("integration"));
        assert_eq!(refused("", "", "con_1", false).as_deref(), Some("connection_id"));
    }
}
