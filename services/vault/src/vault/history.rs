//! Connections as they were, and what led from one state to the next: folded from their events.

use super::connections::in_environment;
use super::{Vault, stream_of};
use crate::error::Error;
use crate::explain::event_in_words;
use crate::facts::failure_of;
use crate::ledger::event_of;
use latchkey_domain::connection::Connection;
use latchkey_domain::{Aggregate as _, ConnectionId, Environment, Failure, Generation, Timestamp};
use latchkey_store::Version;

const PAGE_MAX: u32 = 500;
const PAGE_DEFAULT: u32 = 50;

/// How much of a history is read at a time.
const READ_AT_ONCE: u32 = 500;

/// One thing that happened to a connection, and what it led to.
#[derive(Debug)]
pub struct Happened {
    pub at: Timestamp,
    pub event: String,
    pub summary: String,
    pub number: u64,
    /// A card's status word.
    pub status: &'static str,
    pub generation: Generation,
    pub failure: Option<Failure>,
}

impl Vault {
    /// A connection as it was; without what was said of it.
    ///
    /// # Errors
    /// [`Refusal::Absent`](latchkey_domain::connection::Refusal::Absent) where the environment had no such connection then.
    pub async fn connection_as_of(
        &self,
        environment: &Environment,
        id: ConnectionId,
        at: Timestamp,
    ) -> Result<Connection, Error> {
        in_environment(self.ledger.as_of::<Connection>(&id.to_string(), at).await?, environment)
    }

    /// What happened after the event with this number, oldest first, and the number to go on from where there is more.
    ///
    /// # Errors
    /// [`Refusal::Absent`](latchkey_domain::connection::Refusal::Absent) where the environment has no such connection.
    pub async fn connection_events(
        &self,
        environment: &Environment,
        id: ConnectionId,
        after: u64,
        max: u32,
    ) -> Result<(Vec<Happened>, Option<u64>), Error> {
        self.connection_in(environment, id).await?;
        let max = if max == 0 { PAGE_DEFAULT } else { max.min(PAGE_MAX) } as usize;
        let stream = stream_of::<Connection>(id);
        let (mut state, mut read, mut happened) = (Connection::default(), Version(0), vec![]);
        loop {
            let page = self.ledger.store().history(&stream, read, READ_AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok((happened, None)) };
            read = last.version;
            for recorded in page {
                let (number, at, kind) = (recorded.version.0, recorded.event.at, recorded.event.kind.clone());
                let event = event_of::<Connection>(recorded)?;
                if happened.len() == max {
                    return Ok((happened, Some(number - 1)));
                }
                let (summary, failure) = (event_in_words(&event), failure_of(&event).cloned());
                state = state.evolve(event);
                if number > after {
                    let (status, generation) = (state.card().status, state.generation());
                    let at = Timestamp(at);
                    happened.push(Happened { at, event: kind, summary, number, status, generation, failure });
                }
            }
        }
    }
}
