//! Lists and counts of connections.
//!
//! The store finds them by the narrowest of what is asked for that it has an index for, and the rest is looked at here. One
//! call looks at a bounded number of connections: where few of many fit, a page is short and says that there is more.

use super::Vault;
use crate::error::Error;
use latchkey_domain::connection::{Connection, ExternalId};
use latchkey_domain::{Aggregate as _, ConnectionId, EndUser, Environment, IntegrationKey, Timestamp};
use latchkey_store::{CardQuery, Deadline, Listed, Millis, Order};
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

/// How many connections a page may hold, and how many it holds if nobody says.
const PAGE_MAX: u32 = 500;
const PAGE_DEFAULT: u32 = 50;

/// How many are looked at for one page, and how many at a time.
const EXAMINED_MAX: usize = 5_000;
const EXAMINED_AT_ONCE: u32 = 500;

/// How many histories are folded for one page.
const EXAMINED_AS_OF_MAX: usize = 500;

/// An id is made when somebody begins to connect, and may be this much older than its connection, or younger where clocks
/// differ.
const APART: Duration = Duration::from_secs(3600);

/// The latest time an id can hold, which has 48 bits for it.
const ID_TIME_MAX: i64 = (1 << 48) - 1;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

/// Where the stretches begin and end in which ending connections are counted.
const ENDING: [Duration; 5] = [Duration::ZERO, HOUR, DAY, WEEK, MONTH];

/// The same for their tokens, of which many live an hour.
const EXPIRING: [Duration; 6] = [Duration::ZERO, Duration::from_secs(300), HOUR, DAY, WEEK, MONTH];

/// Which connections of an environment to list. What is `None` or empty does not restrict.
#[derive(Debug, Clone)]
pub struct ListConnections {
    pub environment: Environment,
    pub integration: Option<IntegrationKey>,
    pub provider: Option<String>,
    pub end_user: Option<EndUser>,
    /// A card's status word: `active`, `degraded`, `needs_reauth`, `disabled` or `deleted`.
    pub status: Option<&'static str>,
    pub external_id: Option<ExternalId>,
    /// All of them must be there.
    pub tags: BTreeMap<String, String>,
    /// What an id begins with or a name contains.
    pub search: Option<String>,
    pub created: Span,
    /// By when nothing renews it any more.
    pub ends: Span,
    pub order: ConnectionOrder,
    /// As they were then, without what was said of them.
    pub as_of: Option<Timestamp>,
    /// What [`ListedConnections::next`] said of the page before this one.
    pub after: Option<String>,
    /// Zero means the default.
    pub max: u32,
}

/// A stretch of time, its beginning included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConnectionOrder {
    #[default]
    Oldest,
    Newest,
    /// Those that end, the nearest end first.
    Ending,
}

#[derive(Debug)]
pub struct ListedConnections {
    pub connections: Vec<Connection>,
    pub next: Option<String>,
}

/// How many connections there are of each kind, how many end when, and how many tokens run out when.
#[derive(Debug)]
pub struct Aggregated {
    /// Integration, status word and count.
    pub counts: Vec<(String, String, u64)>,
    pub ending: Vec<Stretch>,
    pub expiring: Vec<Stretch>,
}

/// How many do in a stretch of time from now on; `None` is the beginning, or the end, of all times.
#[derive(Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Option<Duration>,
    pub until: Option<Duration>,
    pub count: u64,
}

impl Span {
    #[must_use]
    pub fn holds(self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    fn is_open(self) -> bool {
        self == Self::default()
    }
}

impl Vault {
    /// # Errors
    /// The store's.
    pub async fn connections(&self, list: ListConnections) -> Result<ListedConnections, Error> {
        // A state of the past is folded from its history, so that a page of them is smaller.
        let most = if list.as_of.is_some() { PAGE_DEFAULT } else { PAGE_MAX };
        let max = if list.max == 0 { PAGE_DEFAULT } else { list.max.min(most) };
        let mut query = list.query(max);
        let (mut connections, mut examined) = (vec![], 0);
        loop {
            let page = self.ledger.store().list(&query).await?;
            let mut items = page.items.into_iter().peekable();
            while let Some(item) = items.next() {
                if list.is_past(&item) {
                    return Ok(ListedConnections { connections, next: None });
                }
                examined += 1;
                let connection = match list.as_of {
                    Some(at) => self.ledger.as_of::<Connection>(&item.stream.id, at).await?,
                    None => self.ledger.state_of::<Connection>(&item.stream, &item.snapshot).await?,
                };
                if list.wants(&connection) {
                    connections.push(connection);
                }
                let more = items.peek().is_some() || page.next.is_some();
                if connections.len() == max as usize {
                    let next = more.then(|| query.order.place(&item));
                    return Ok(ListedConnections { connections, next });
                }
            }
            if page.next.is_none() || examined >= list.examined_max() {
                return Ok(ListedConnections { connections, next: page.next });
            }
            query.after = page.next;
        }
    }

    /// # Errors
    /// The store's.
    pub async fn aggregate_connections(
        &self,
        environment: &Environment,
        integration: Option<&IntegrationKey>,
    ) -> Result<Aggregated, Error> {
        let store = self.ledger.store();
        let tallies = store.tally(Connection::CATEGORY, Some(environment.as_str())).await?;
        let wanted = integration.map(IntegrationKey::as_str);
        let counts = tallies
            .into_iter()
            .filter(|tally| wanted.is_none_or(|wanted| wanted == tally.parent))
            .map(|tally| (tally.parent, tally.status, tally.count))
            .collect();
        let ending = self.counted(environment, Deadline::End, &ENDING).await?;
        let expiring = self.counted(environment, Deadline::Expiry, &EXPIRING).await?;
        Ok(Aggregated { counts, ending, expiring })
    }

    async fn counted(
        &self,
        environment: &Environment,
        deadline: Deadline,
        bounds: &[Duration],
    ) -> Result<Vec<Stretch>, Error> {
        let (store, now) = (self.ledger.store(), self.ledger.now());
        let mut counted = vec![];
        for (from, until) in stretches(bounds) {
            let within = between(now, from, until);
            let count =
                store.count_within(Connection::CATEGORY, environment.as_str(), deadline, within).await?;
            counted.push(Stretch { from, until, count });
        }
        Ok(counted)
    }
}

fn stretches(bounds: &[Duration]) -> impl Iterator<Item = (Option<Duration>, Option<Duration>)> {
    let begins = std::iter::once(None).chain(bounds.iter().copied().map(Some));
    begins.zip(bounds.iter().copied().map(Some).chain(std::iter::once(None)))
}

fn between(now: Timestamp, from: Option<Duration>, until: Option<Duration>) -> Range<Millis> {
    from.map_or(Millis::MIN, |from| now.plus(from).0)..until.map_or(Millis::MAX, |until| now.plus(until).0)
}

impl ListConnections {
    /// All there are, the oldest first.
    pub(crate) fn all(environment: Environment) -> Self {
        Self {
            environment,
            integration: None,
            provider: None,
            end_user: None,
            status: None,
            external_id: None,
            tags: BTreeMap::new(),
            search: None,
            created: Span::default(),
            ends: Span::default(),
            order: ConnectionOrder::Oldest,
            as_of: None,
            after: None,
            max: 0,
        }
    }

    /// Those of one end user, the newest first.
    pub(super) fn of_end_user(environment: Environment, end_user: EndUser, max: u32) -> Self {
        Self { end_user: Some(end_user), order: ConnectionOrder::Newest, max, ..Self::all(environment) }
    }

    fn examined_max(&self) -> usize {
        if self.as_of.is_some() { EXAMINED_AS_OF_MAX } else { EXAMINED_MAX }
    }

    fn query(&self, max: u32) -> CardQuery {
        let all = self.provider.is_none()
            && self.search.is_none()
            && self.created.is_open()
            && self.tags.len() <= 1
            && (self.ends.is_open() || self.order == ConnectionOrder::Ending);
        CardQuery {
            category: Connection::CATEGORY.into(),
            environment: self.environment.to_string(),
            parent: self.integration.as_ref().map(ToString::to_string),
            subject: self.end_user.as_ref().map(ToString::to_string),
            // What it was then is not on its card.
            status: self.status.filter(|_| self.as_of.is_none()).map(str::to_owned),
            external_id: self.external_id.as_ref().map(ToString::to_string),
            tag: self.tags.iter().next().map(|(name, value)| (name.clone(), value.clone())),
            order: self.order(),
            after: self.after.clone().or_else(|| self.beginning()),
            max: match self.as_of {
                Some(_) => PAGE_DEFAULT,
                None if all => max,
                None => EXAMINED_AT_ONCE,
            },
        }
    }

    fn order(&self) -> Order {
        match self.order {
            ConnectionOrder::Oldest => Order::Ids,
            ConnectionOrder::Newest => Order::IdsDescending,
            ConnectionOrder::Ending => Order::Ends {
                from: self.ends.from.map(|from| from.0),
                until: self.ends.until.map(|until| until.0),
            },
        }
    }

    /// Before what the first page can hold, where that is not the very beginning.
    fn beginning(&self) -> Option<String> {
        let at = match self.order {
            ConnectionOrder::Oldest => self.created.from?.minus(APART),
            ConnectionOrder::Newest => self.created.until?.plus(APART),
            ConnectionOrder::Ending => return None,
        };
        Some(ConnectionId::from_parts(at.0.clamp(0, ID_TIME_MAX).unsigned_abs(), 0).to_string())
    }

    /// Whether nothing that is wanted can stand behind it.
    fn is_past(&self, item: &Listed) -> bool {
        let Ok(id) = item.stream.id.parse::<ConnectionId>() else { return false };
        match self.order {
            ConnectionOrder::Oldest => {
                self.created.until.is_some_and(|until| id.made_at() > until.plus(APART))
            }
            ConnectionOrder::Newest => self.created.from.is_some_and(|from| id.made_at() < from.minus(APART)),
            ConnectionOrder::Ending => false,
        }
    }

    fn wants(&self, connection: &Connection) -> bool {
        let Some(profile) = connection.profile() else { return false };
        let tags = connection.about().map(|about| &about.tags);
        let tagged = |(name, value): (&String, &String)| tags.and_then(|tags| tags.get(name)) == Some(value);
        let was = |status| self.as_of.is_none() || connection.card().status == status;
        self.status.is_none_or(was)
            && self.provider.as_ref().is_none_or(|provider| *provider == profile.provider)
            && self.created.holds(profile.created_at)
            && (self.ends.is_open() || connection.ends_at().is_some_and(|ends_at| self.ends.holds(ends_at)))
            && self.tags.iter().all(tagged)
            && self.search.as_ref().is_none_or(|search| is_found(search, connection))
    }
}

fn is_found(search: &str, connection: &Connection) -> bool {
    let search = search.to_lowercase();
    let Some(profile) = connection.profile() else { return false };
    let about = connection.about();
    let names = [
        about.and_then(|about| about.external_id.as_ref()).map(ToString::to_string),
        about.map(|about| about.display_name.clone()),
        Some(profile.end_user.to_string()),
    ];
    profile.id.to_string().to_lowercase().starts_with(&search)
        || names.into_iter().flatten().any(|name| name.to_lowercase().contains(&search))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_is_in_one_stretch() {
        for bounds in [&ENDING[..], &EXPIRING] {
            let all: Vec<_> = stretches(bounds).collect();
            assert_eq!((all.first().unwrap().0, all.last().unwrap().1), (None, None));
            assert!(all.windows(2).all(|pair| pair[0].1 == pair[1].0), "{all:?}");
        }
    }
}
