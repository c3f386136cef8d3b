//! What is to be refreshed, in the order in which it falls due, and having one fall due earlier.
//!
//! One page looks at a bounded number of connections, and so does the count: neither follows what is stored.

use super::incidents::lane_over;
use super::{Safety, Vault};
use crate::error::Error;
use latchkey_domain::connection::{Command, Connection, Live, Profile};
use latchkey_domain::incident::Subject;
use latchkey_domain::{Aggregate as _, ApiKeyId, ConnectionId, Environment, IntegrationKey, Timestamp};
use latchkey_store::{CardQuery, Listed, Order, Overdue};
use std::collections::HashMap;

/// How many connections a page may hold, and how many it holds if nobody says.
const PAGE_MAX: u32 = 500;
const PAGE_DEFAULT: u32 = 50;

/// How many are looked at for one page, and how many at a time.
const EXAMINED_MAX: usize = 5_000;
const EXAMINED_AT_ONCE: u32 = 500;

/// As many as are counted. Whoever has more due than this has an outage, and no use for the number.
const COUNTED_MAX: u32 = 10_000;

/// Which part of an environment's queue to list.
#[derive(Debug, Clone)]
pub struct ListQueue {
    pub environment: Environment,
    pub integration: Option<IntegrationKey>,
    /// What [`Queue::next`] said of the page before this one.
    pub after: Option<String>,
    /// Zero means the default.
    pub max: u32,
}

#[derive(Debug)]
pub struct Queue {
    pub overdue: Overdue,
    pub connections: Vec<Queued>,
    pub next: Option<String>,
}

/// One connection's next refresh.
#[derive(Debug, PartialEq, Eq)]
pub struct Queued {
    pub connection: ConnectionId,
    pub integration: IntegrationKey,
    pub due_at: Timestamp,
    /// A refresher has it just now.
    pub claimed: bool,
    /// How many refreshes have failed in a row.
    pub attempts: u32,
    pub held_by: Option<Hold>,
}

/// Why what is due is not refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    SafeMode,
    Environment,
    Provider,
    Integration,
    /// The provider does not accept the app.
    AppRefused,
}

impl Vault {
    /// # Errors
    /// The store's.
    pub async fn refresh_queue(&self, list: ListQueue) -> Result<Queue, Error> {
        let (store, now) = (self.ledger.store(), self.now());
        let (environment, integration) = (list.environment.as_str(), list.integration.as_ref());
        let parent = integration.map(IntegrationKey::as_str);
        let overdue = store.overdue(Connection::CATEGORY, environment, parent, now.0, COUNTED_MAX).await?;
        let (listed, next) = self.next_due(&list).await?;
        let (safety, mut holds) = (self.safety().await?, HashMap::new());
        let mut connections = Vec::with_capacity(listed.len());
        for item in listed {
            let Connection::Live(live) = self.ledger.state_of(&item.stream, &item.snapshot).await? else {
                continue;
            };
            // What is left is looked at for its end alone.
            if !live.credential.renewable || live.is_paused() {
                continue;
            }
            let key = live.profile.integration.clone();
            let held_by = match holds.get(&key) {
                Some(known) => *known,
                None => {
                    let found = self.held_by(&live.profile, &safety, now).await?;
                    holds.insert(key, found);
                    found
                }
            };
            connections.extend(queued(live, &item, held_by, now));
        }
        Ok(Queue { overdue, connections, next })
    }

    /// Has a connection refreshed no later than by a time, which is at once where that is past. Says when it is due then; `None`
    /// where nothing renews it, or its refreshing is paused.
    ///
    /// # Errors
    /// Refusals of the connection.
    pub async fn schedule_refresh(
        &self,
        environment: &Environment,
        id: ConnectionId,
        due_at: Timestamp,
        by: ApiKeyId,
    ) -> Result<Option<Timestamp>, Error> {
        let schedule = Command::ScheduleRefresh { due_at, by: Some(by), at: self.now() };
        let connection = self.pace(environment, id, schedule).await?;
        let live = connection.live()?;
        let goes_on = live.credential.renewable && !live.is_paused();
        Ok(live.refresh_due_at().filter(|_| goes_on))
    }

    /// A page of what falls due next. Where few of many fit, it is short and there is more.
    async fn next_due(&self, list: &ListQueue) -> Result<(Vec<Listed>, Option<String>), Error> {
        let max = if list.max == 0 { PAGE_DEFAULT } else { list.max.min(PAGE_MAX) };
        let mut query = CardQuery {
            category: Connection::CATEGORY.into(),
            environment: list.environment.to_string(),
            order: Order::Due,
            after: list.after.clone(),
            max: if list.integration.is_some() { EXAMINED_AT_ONCE } else { max },
            ..CardQuery::default()
        };
        let wanted = |item: &Listed| {
            list.integration.as_ref().is_none_or(|integration| integration.as_str() == item.card.parent)
        };
        let (mut found, mut examined) = (vec![], 0);
        loop {
            let page = self.ledger.store().list(&query).await?;
            let mut items = page.items.into_iter().peekable();
            while let Some(item) = items.next() {
                examined += 1;
                let place = query.order.place(&item);
                found.extend(Some(item).filter(wanted));
                let more = items.peek().is_some() || page.next.is_some();
                if found.len() == max as usize {
                    return Ok((found, more.then_some(place)));
                }
            }
            if page.next.is_none() || examined >= EXAMINED_MAX {
                return Ok((found, page.next));
            }
            query.after = page.next;
        }
    }

    async fn held_by(
        &self,
        profile: &Profile,
        safety: &Safety,
        now: Timestamp,
    ) -> Result<Option<Hold>, Error> {
        let lane = lane_over(profile);
        if safety.holds_lane(&lane) {
            return Ok(Some(Hold::SafeMode));
        }
        if let Some(subject) = self.pause_asked_for(profile).await? {
            return Ok(Some(hold_of(&subject)));
        }
        let refused = self.refusal_of_app(&lane).await?;
        Ok(refused.filter(|pause| pause.holds(now)).map(|_| Hold::AppRefused))
    }
}

fn hold_of(subject: &Subject) -> Hold {
    match (&subject.integration, subject.provider.as_str()) {
        (Some(_), _) => Hold::Integration,
        (None, "") => Hold::Environment,
        (None, _) => Hold::Provider,
    }
}

fn queued(live: Live, item: &Listed, held_by: Option<Hold>, now: Timestamp) -> Option<Queued> {
    Some(Queued {
        connection: live.profile.id,
        integration: live.profile.integration,
        due_at: Timestamp(item.card.due_at?),
        claimed: item.claimed_until.is_some_and(|until| until > now.0),
        attempts: live.trouble.map_or(0, |trouble| trouble.attempts),
        held_by,
    })
}
