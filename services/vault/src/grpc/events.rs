use super::connection::page_token;
use super::follow::{BATCH, Followed, POLL, Read, follow, place_of};
use super::{Door, status};
use crate::announcer::facts_of;
use crate::error::Error;
use crate::ledger::Ledger;
use crate::vault::{ListEvents, Span, connection_of};
use crate::webhook::ReplayEvents;
use futures::stream::BoxStream;
use latchkey_bus::Fact;
use latchkey_domain::api_key::Scope;
use latchkey_domain::{ConnectionId, Environment};
use latchkey_store::Position;
use latchkey_wire::convert::{parse, parse_optional, rfc3339_to_pb, struct_to_pb, timestamp_from_pb};
use latchkey_wire::pb::events as pb;
use latchkey_wire::{Caller, Fault};
use prost_types::Timestamp;
use tokio::sync::watch;
use tokio::time::timeout;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::event_service_server::EventService for Door {
    type WatchEventsStream = BoxStream<'static, Result<pb::WatchEventsResponse, Status>>;

    async fn watch_events(
        &self,
        request: Request<pb::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let caller = Caller::new(&self.authenticator, request.metadata(), Scope::ConnectionsRead);
        let key = caller.permitted().await?;
        let permit = self.watchers.clone().try_acquire_owned().map_err(|_| status(Error::Overloaded))?;
        let asked = request.into_inner();
        let position = match asked.resume_token.as_str() {
            "" => self.vault.ledger.store().feed_end().await.map_err(|error| status(error.into()))?,
            token => place_of(token)?,
        };
        let watch = Watch {
            appended: self.vault.ledger.appended(),
            ledger: self.vault.ledger.clone(),
            environment: key.environment,
            connection: parse_optional("connection_id", &asked.connection_id)?,
            position,
        };
        let told = follow(watch, caller, position, permit, self.lifecycle.clone());
        Ok(Response::new(Box::pin(told)))
    }

    async fn list_events(
        &self,
        request: Request<pb::ListEventsRequest>,
    ) -> Result<Response<pb::ListEventsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let asked = request.into_inner();
        let list = ListEvents {
            environment: key.environment,
            connection: parse_optional("connection_id", &asked.connection_id)?,
            event_types: asked.event_types,
            within: span(asked.start_time, asked.end_time)?,
            after: page_of(&asked.page_token)?,
            max: asked.page_size,
        };
        let listed = self.vault.events(list).await.map_err(status)?;
        let resume_token = listed.position.to_string();
        Ok(Response::new(pb::ListEventsResponse {
            events: listed.events.into_iter().map(|(fact, connection)| render(fact, &connection)).collect(),
            next_page_token: if listed.more { resume_token.clone() } else { String::new() },
            resume_token,
        }))
    }

    async fn replay_events(
        &self,
        request: Request<pb::ReplayEventsRequest>,
    ) -> Result<Response<pb::ReplayEventsResponse>, Status> {
        let environment = self.webhooks_of(request.metadata()).await?;
        let asked = request.into_inner();
        let replay = ReplayEvents {
            environment,
            endpoint: parse("endpoint_id", &asked.endpoint_id)?,
            event_types: asked.event_types,
            within: span(asked.start_time, asked.end_time)?,
            again: asked.again,
            after: page_of(&asked.page_token)?,
        };
        let done = self.vault.replay_events(replay).await.map_err(status)?;
        Ok(Response::new(pb::ReplayEventsResponse {
            count: done.queued,
            skipped: done.skipped,
            next_page_token: done.next.map_or_else(String::new, |place| place.to_string()),
        }))
    }
}

fn span(start: Option<Timestamp>, end: Option<Timestamp>) -> Result<Span, Fault> {
    Ok(Span { from: timestamp_from_pb("start_time", start)?, until: timestamp_from_pb("end_time", end)? })
}

/// The place a page begins after.
fn page_of(token: &str) -> Result<Option<Position>, Fault> {
    if token.is_empty() {
        return Ok(None);
    }
    token.parse().map(Some).map_err(|_| page_token::invalid())
}

struct Watch {
    ledger: Ledger,
    appended: watch::Receiver<u64>,
    environment: Environment,
    connection: Option<ConnectionId>,
    position: Position,
}

impl Followed for Watch {
    type Message = pb::WatchEventsResponse;
    type Place = Position;

    async fn read(&mut self) -> Result<Read<Self>, Error> {
        self.appended.mark_unchanged();
        let batch = self.ledger.store().feed(self.position, BATCH).await?;
        let any = !batch.is_empty();
        let mut told = vec![];
        for recorded in batch {
            let position = recorded.position;
            let mine = recorded.environment == self.environment.as_str()
                && self.connection.is_none_or(|connection| recorded.stream.id == connection.to_string());
            let connection = connection_of(&recorded);
            let facts = if mine { facts_of(&self.ledger, recorded).await? } else { vec![] };
            self.position = position;
            told.extend(facts.into_iter().map(|fact| {
                let (event, resume_token) = (Some(render(fact, &connection)), position.to_string());
                (position, pb::WatchEventsResponse { event, resume_token })
            }));
        }
        Ok(Read { told, place: self.position, any })
    }

    async fn news(&mut self) {
        let _ = timeout(POLL, self.appended.changed()).await;
    }

    fn heartbeat(&self, position: &Position) -> Self::Message {
        pb::WatchEventsResponse { event: None, resume_token: position.to_string() }
    }
}

fn render(fact: Fact, connection: &str) -> pb::Event {
    pb::Event {
        id: fact.id,
        r#type: fact.kind,
        subject: fact.subject,
        time: rfc3339_to_pb(&fact.time),
        connection_id: connection.to_owned(),
        data: struct_to_pb(fact.data),
    }
}
