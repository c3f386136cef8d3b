//! What was published, to be looked up: the feed, read again.

use super::{Span, Vault};
use crate::announcer::facts_of;
use crate::error::Error;
use crate::past::Past;
use crate::webhook::{event_type, event_types};
use latchkey_bus::Fact;
use latchkey_domain::connection::Connection;
use latchkey_domain::revocation::Revocation;
use latchkey_domain::webhook_endpoint::is_among;
use latchkey_domain::{Aggregate as _, ConnectionId, Environment};
use latchkey_store::{Position, Recorded};

const PAGE_MAX: u32 = 500;
const PAGE_DEFAULT: u32 = 50;

/// Which news of an environment to list. What is `None` or empty does not restrict.
#[derive(Debug)]
pub struct ListEvents {
    pub environment: Environment,
    pub connection: Option<ConnectionId>,
    /// `connection.failed`, or `connection.*` for all that begin so.
    pub event_types: Vec<String>,
    pub within: Span,
    pub after: Option<Position>,
    /// Zero means the default.
    pub max: u32,
}

#[derive(Debug)]
pub struct ListedEvents {
    /// Each with the connection it is about; empty where it is about none.
    pub events: Vec<(Fact, String)>,
    /// After what was looked at.
    pub position: Position,
    /// Whether more may follow.
    pub more: bool,
}

impl Vault {
    /// What happened, the oldest first.
    ///
    /// # Errors
    /// [`Error::Field`] for types that are none; the store's.
    pub async fn events(&self, list: ListEvents) -> Result<ListedEvents, Error> {
        event_types(&list.event_types)?;
        let max = if list.max == 0 { PAGE_DEFAULT } else { list.max.min(PAGE_MAX) } as usize;
        let mut past = Past::begin(&self.ledger, &list.environment, list.within, list.after).await?;
        let (mut events, mut position) = (vec![], past.position());
        while let Some(recorded) = past.next().await? {
            let place = recorded.position;
            if list.is_about(&recorded) {
                let connection = connection_of(&recorded);
                let mut facts = facts_of(&self.ledger, recorded).await?;
                facts.retain(|fact| is_among(&list.event_types, event_type(&fact.kind)));
                // What was recorded as one has one place, and stays together.
                if !events.is_empty() && events.len() + facts.len() > max {
                    return Ok(ListedEvents { events, position, more: true });
                }
                events.extend(facts.into_iter().map(|fact| (fact, connection.clone())));
            }
            position = place;
            if events.len() >= max {
                return Ok(ListedEvents { events, position, more: true });
            }
        }
        Ok(ListedEvents { events, position: past.position(), more: !past.is_over() })
    }
}

impl ListEvents {
    fn is_about(&self, recorded: &Recorded) -> bool {
        self.connection.is_none_or(|connection| recorded.stream.id == connection.to_string())
    }
}

/// The connection that news is about; empty where it is about none.
#[must_use]
pub fn connection_of(recorded: &Recorded) -> String {
    let of_connection =
        [Connection::CATEGORY, Revocation::CATEGORY].contains(&recorded.stream.category.as_str());
    if of_connection { recorded.stream.id.clone() } else { String::new() }
}
