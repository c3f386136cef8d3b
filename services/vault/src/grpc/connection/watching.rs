//! Connections as they are, and then as they change.
//!
//! Where the feed stood is noted before the first connection is read, and followed from there once all are: what changes while they are
//! listed is told again afterwards. A watcher that comes back in the middle of the list goes on in it, by its resume token.

use super::render;
use crate::error::Error;
use crate::grpc::follow::{BATCH, Followed, POLL, Read, no_place};
use crate::grpc::status;
use crate::vault::{ListConnections, Vault};
use latchkey_domain::connection::Connection;
use latchkey_domain::{Aggregate as _, ConnectionId, Environment, IntegrationKey};
use latchkey_store::{Position, Recorded};
use latchkey_wire::Fault;
use latchkey_wire::convert::parse_optional;
use latchkey_wire::pb::connection as pb;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use tokio::sync::watch;
use tokio::time::timeout;
use tonic::Status;

/// How many connections are listed at a time.
const PAGE: u32 = 50;

/// How far a watcher has got. Shown, and parsed, as the feed's position, and while there is a list with `/` and the last
/// connection of it behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From where on the feed is followed.
    position: Position,
    list: List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Begun,
    After(ConnectionId),
    Done,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, list } = self;
        match list {
            List::Begun => write!(f, "{position}/"),
            List::After(connection) => write!(f, "{position}/{connection}"),
            List::Done => write!(f, "{position}"),
        }
    }
}

impl FromStr for Place {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let none = || no_place("Leave it empty to begin with the connections there are.");
        let (position, list) = match text.split_once('/') {
            None => (text, List::Done),
            Some((position, "")) => (position, List::Begun),
            Some((position, connection)) => (position, List::After(connection.parse().map_err(|_| none())?)),
        };
        Ok(Self { position: position.parse().map_err(|_| none())?, list })
    }
}

pub struct Watching {
    vault: Vault,
    appended: watch::Receiver<u64>,
    environment: Environment,
    integration: Option<IntegrationKey>,
    place: Place,
}

/// A watch, and where it begins.
///
/// # Errors
/// Where what is asked for cannot be, or the store does not answer.
pub async fn of(
    vault: &Vault,
    environment: Environment,
    asked: pb::WatchConnectionsRequest,
) -> Result<(Watching, Place), Status> {
    let integration = parse_optional("integration", &asked.integration)?;
    let place = match asked.resume_token.as_str() {
        "" => {
            let position = vault.ledger.store().feed_end().await.map_err(|error| status(error.into()))?;
            Place { position, list: List::Begun }
        }
        token => token.parse()?,
    };
    let (vault, appended) = (vault.clone(), vault.ledger.appended());
    Ok((Watching { vault, appended, environment, integration, place }, place))
}

impl Watching {
    async fn list(&mut self, after: Option<ConnectionId>) -> Result<Read<Self>, Error> {
        let listed = self.vault.connections(ListConnections {
            integration: self.integration.clone(),
            after: after.map(|connection| connection.to_string()),
            max: PAGE,
            ..ListConnections::all(self.environment.clone())
        });
        let listed = listed.await?;
        let mut told = vec![];
        for connection in &listed.connections {
            let Some(id) = connection.profile().map(|profile| profile.id) else { continue };
            let place = Place { list: List::After(id), ..self.place };
            told.push((place, message(render(connection), place)));
        }
        // Looked at whole, a page may hold none and say where the next one begins.
        self.place.list = match listed.next {
            Some(next) => next.parse().map_or(List::Done, List::After),
            None => List::Done,
        };
        if self.place.list == List::Done {
            told.push((
                self.place,
                pb::WatchConnectionsResponse { snapshot_done: true, ..message(None, self.place) },
            ));
        }
        Ok(Read { told, place: self.place, any: true })
    }

    async fn changed(&mut self) -> Result<Read<Self>, Error> {
        self.appended.mark_unchanged();
        let batch = self.vault.ledger.store().feed(self.place.position, BATCH).await?;
        let any = !batch.is_empty();
        let mut told = vec![];
        for recorded in last_of_each(&batch) {
            if !self.is_of_mine(recorded) {
                continue;
            }
            let now = self.vault.ledger.load::<Connection>(&recorded.stream.id).await?.state;
            let integration = now.profile().map(|profile| &profile.integration);
            if self.integration.is_none() || self.integration.as_ref() == integration {
                let place = Place { position: recorded.position, ..self.place };
                told.push((place, message(render(&now), place)));
            }
        }
        if let Some(last) = batch.last() {
            self.place.position = last.position;
        }
        Ok(Read { told, place: self.place, any })
    }

    fn is_of_mine(&self, recorded: &Recorded) -> bool {
        recorded.stream.category == Connection::CATEGORY && recorded.environment == self.environment.as_str()
    }
}

/// Each stream once, by the last of its events: it is told as it is now.
fn last_of_each(batch: &[Recorded]) -> Vec<&Recorded> {
    let mut seen = BTreeSet::new();
    let mut last: Vec<_> = batch.iter().rev().filter(|recorded| seen.insert(&recorded.stream)).collect();
    last.reverse();
    last
}

fn message(connection: Option<pb::Connection>, place: Place) -> pb::WatchConnectionsResponse {
    pb::WatchConnectionsResponse { connection, snapshot_done: false, resume_token: place.to_string() }
}

impl Followed for Watching {
    type Message = pb::WatchConnectionsResponse;
    type Place = Place;

    async fn read(&mut self) -> Result<Read<Self>, Error> {
        match self.place.list {
            List::Begun => self.list(None).await,
            List::After(connection) => self.list(Some(connection)).await,
            List::Done => self.changed().await,
        }
    }

    async fn news(&mut self) {
        let _ = timeout(POLL, self.appended.changed()).await;
    }

    fn heartbeat(&self, place: &Place) -> Self::Message {
        message(None, *place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_wire::Reason;

    #[test]
    fn a_place_is_written_and_read_and_nothing_else_is_one() {
        let position = Position { tx: 3, sequence: 9 };
        let connection = ConnectionId::from_parts(1, 2);
        for (list, text) in [
            (List::Begun, "3-9/".to_owned()),
            (List::After(connection), format!("3-9/{connection}")),
            (List::Done, "3-9".to_owned()),
        ] {
            let place = Place { position, list };
            assert_eq!((place.to_string(), text.parse::<Place>().unwrap()), (text, place));
        }
        for none in ["3", "/", "3-9/con_1", "3-9//", "x-9", "-"] {
            assert_eq!(none.parse::<Place>().unwrap_err().reason, Reason::ResumeTokenInvalid, "{none}");
        }
    }
}
