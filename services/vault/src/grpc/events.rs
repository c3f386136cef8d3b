use super::{Door, status};
use crate::announcer::facts_of;
use crate::error::Error;
use crate::ledger::Ledger;
use futures::stream::BoxStream;
use latchkey_bus::Fact;
use latchkey_chassis::Lifecycle;
use latchkey_domain::Aggregate as _;
use latchkey_domain::api_key::Scope;
use latchkey_domain::connection::Connection;
use latchkey_domain::revocation::Revocation;
use latchkey_domain::{ConnectionId, Environment};
use latchkey_store::Position;
use latchkey_wire::contract::KeyView;
use latchkey_wire::convert::parse_optional;
use latchkey_wire::convert::{rfc3339_to_pb, struct_to_pb};
use latchkey_wire::pb::events as pb;
use latchkey_wire::{Authenticator, Fault, Kind, Reason};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

/// A watcher hears from us at least this often, so that it can tell silence from a lost connection.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How often a watcher's key is looked at again: one that was revoked sees nothing more after that, and the moment for which
/// an answer is remembered.
const CHECK_EVERY: Duration = Duration::from_secs(5);

/// How long news made by another process may go unnoticed here.
const POLL: Duration = Duration::from_millis(500);

const BATCH: u32 = 200;

/// A watcher that is this far behind waits for nobody: the feed keeps its place.
const BUFFER: usize = 64;

#[tonic::async_trait]
impl pb::event_service_server::EventService for Door {
    type WatchEventsStream = BoxStream<'static, Result<pb::WatchEventsResponse, Status>>;

    async fn watch_events(
        &self,
        request: Request<pb::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let caller =
            Caller { authenticator: self.authenticator.clone(), metadata: request.metadata().clone() };
        let key = caller.permitted().await?;
        let place = self.watchers.clone().try_acquire_owned().map_err(|_| status(Error::Overloaded))?;
        let asked = request.into_inner();
        let position = match asked.resume_token.as_str() {
            "" => self.vault.ledger.store().feed_end().await.map_err(|error| status(error.into()))?,
            token => token.parse().map_err(|_| resume_token_invalid())?,
        };
        let watch = Watch {
            ledger: self.vault.ledger.clone(),
            environment: key.environment,
            connection: parse_optional("connection_id", &asked.connection_id)?,
            position,
            caller,
        };
        let (events, receiver) = mpsc::channel(BUFFER);
        let lifecycle = self.lifecycle.clone();
        tokio::spawn(async move {
            watch.run(events, lifecycle).await;
            drop(place);
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }
}

fn resume_token_invalid() -> Fault {
    Fault::new(
        Kind::Invalid,
        Reason::ResumeTokenInvalid,
        "The resume token is not one that was given out. Leave it empty to begin now, or give 0-0 to begin at the first event.",
    )
    .with("field", "resume_token")
}

struct Watch {
    ledger: Ledger,
    environment: Environment,
    connection: Option<ConnectionId>,
    position: Position,
    caller: Caller,
}

/// Whoever watches, by the key that came with the call.
struct Caller {
    authenticator: Authenticator,
    metadata: MetadataMap,
}

impl Caller {
    async fn permitted(&self) -> Result<KeyView, Fault> {
        self.authenticator.require(&self.metadata, Scope::ConnectionsRead).await
    }

    /// Why the watch must end; `None` also where that cannot be told just now.
    async fn expelled(&self) -> Option<Fault> {
        let fault = self.permitted().await.err()?;
        matches!(fault.kind, Kind::Unauthenticated | Kind::Forbidden).then_some(fault)
    }
}

type Events = mpsc::Sender<Result<pb::WatchEventsResponse, Status>>;

/// The watcher has gone, or was told to go.
struct Over;

impl Watch {
    async fn run(mut self, events: Events, lifecycle: Lifecycle) {
        tokio::select! {
            _ = self.follow(&events) => {}
            () = lifecycle.stopping() => {
                let fault = Fault::new(Kind::Unavailable, Reason::PeerUnavailable, "The server is stopping. Watch again.");
                let _ = events.try_send(Err(fault.with("resume_token", self.position.to_string()).into()));
            }
            () = events.closed() => {}
        }
    }

    async fn follow(&mut self, events: &Events) -> Result<(), Over> {
        let mut appended = self.ledger.appended();
        // A first heartbeat tells the watcher where it stands before anything happens.
        self.send(events, None).await?;
        let (mut last_sent, mut checked) = (Instant::now(), Instant::now());
        loop {
            appended.mark_unchanged();
            match self.step(events).await {
                Ok(0) => {
                    let _ = timeout(POLL, appended.changed()).await;
                }
                Ok(_) => {}
                Err(Stop::Over) => return Err(Over),
                Err(Stop::Failed(error)) => {
                    let _ = events.send(Err(status(error))).await;
                    return Err(Over);
                }
            }
            if checked.elapsed() >= CHECK_EVERY {
                if let Some(fault) = self.caller.expelled().await {
                    let _ = events.send(Err(fault.into())).await;
                    return Err(Over);
                }
                checked = Instant::now();
            }
            if last_sent.elapsed() >= HEARTBEAT {
                self.send(events, None).await?;
                last_sent = Instant::now();
            }
        }
    }

    async fn step(&mut self, events: &Events) -> Result<usize, Stop> {
        let batch = self.ledger.store().feed(self.position, BATCH).await.map_err(Error::from)?;
        let read = batch.len();
        for recorded in batch {
            let position = recorded.position;
            let mine = recorded.environment == self.environment.as_str()
                && self.connection.is_none_or(|connection| recorded.stream.id == connection.to_string());
            let of_connection =
                [Connection::CATEGORY, Revocation::CATEGORY].contains(&recorded.stream.category.as_str());
            let connection = if of_connection { recorded.stream.id.clone() } else { String::new() };
            let facts =
                if mine { facts_of(&self.ledger, recorded).await.map_err(Error::from)? } else { vec![] };
            self.position = position;
            for fact in facts {
                self.send(events, Some(render(fact, &connection))).await?;
            }
        }
        Ok(read)
    }

    async fn send(&self, events: &Events, event: Option<pb::Event>) -> Result<(), Over> {
        let response = pb::WatchEventsResponse { event, resume_token: self.position.to_string() };
        events.send(Ok(response)).await.map_err(|_| Over)
    }
}

enum Stop {
    Over,
    Failed(Error),
}

impl From<Over> for Stop {
    fn from(_: Over) -> Self {
        Self::Over
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
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
