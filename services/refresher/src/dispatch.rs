//! Which claimed refresh begins next, and what is not to be claimed for now. Decides by the instants it is given and
//! does nothing itself.
//!
//! Claims of one OAuth app (provider and client id) share a queue and a bucket: the provider counts by app. A breaker
//! belongs to a token endpoint's origin and the app, because a provider may have many endpoints, one of them down. What
//! cannot begin waits here for a moment only; whole lanes that would wait longer are not claimed in the first place.

use crate::breaker::{Breaker, Change, Errand, Health, Leave};
use crate::bucket::{Bucket, Priority};
use crate::queue::{Pick, Queue};
use latchkey_wire::contract::Lane;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, Instant};

/// How long a claim may wait here before somebody else should have it.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// How long what was learnt of an app is kept when nothing is asked of it.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// An OAuth app at its provider.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct App {
    pub provider: String,
    pub client_id: String,
}

/// Where an app's token requests go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    pub origin: String,
    pub client_id: String,
}

/// What is known of a claim before it begins.
#[derive(Debug, Clone)]
pub struct Facts {
    pub lane: Lane,
    pub app: App,
    pub endpoint: Endpoint,
    pub priority: Priority,
    /// Milliseconds since the Unix epoch; the largest number where it never does.
    pub expires_at: i64,
}

/// How much may be under way at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub all: usize,
    pub per_app: usize,
    pub per_lane: usize,
}

/// What is to be done with a claim.
#[derive(Debug)]
pub enum Next<T> {
    Begin {
        item: T,
        ticket: Ticket,
        change: Option<Change>,
    },
    /// Its endpoint is down: it is to be held, begun by nobody, until then.
    Hold {
        item: T,
        until: Instant,
    },
}

/// A refresh under way. To be given to [`Dispatch::heard`] once and to [`Dispatch::finished`] last.
#[derive(Debug)]
pub struct Ticket {
    pub app: App,
    pub endpoint: Endpoint,
    pub lane: Lane,
    errand: Errand,
    told: bool,
}

/// What the provider made of a request, as far as the next ones are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Answered,
    Limited,
    Down,
}

/// Lanes that are not to be claimed from now.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Avoid {
    /// Whatever is wanted there.
    pub always: Vec<Lane>,
    /// But for what is wanted: all of `always`, and more.
    pub merely_due: Vec<Lane>,
}

#[derive(Debug)]
pub struct Dispatch<T> {
    limits: Limits,
    apps: BTreeMap<App, Asked<T>>,
    /// Whose turn it is.
    turns: VecDeque<App>,
    breakers: HashMap<Endpoint, Breaker>,
    lanes: HashMap<Lane, Known>,
    under_way: usize,
}

#[derive(Debug)]
struct Asked<T> {
    bucket: Bucket,
    queue: Queue<Lane, (Facts, T)>,
    endpoint: Endpoint,
    used_at: Instant,
}

#[derive(Debug)]
struct Known {
    app: App,
    /// `None` where its connections go to several.
    endpoint: Option<Endpoint>,
}

impl<T> Dispatch<T> {
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            apps: BTreeMap::new(),
            turns: VecDeque::new(),
            breakers: HashMap::new(),
            lanes: HashMap::new(),
            under_way: 0,
        }
    }

    /// How many more could begin if nothing else stood against it.
    #[must_use]
    pub fn room(&self) -> usize {
        self.limits.all.saturating_sub(self.under_way)
    }

    /// Takes a claim in.
    pub fn offer(&mut self, facts: Facts, item: T, now: Instant) {
        let app = facts.app.clone();
        let known = self
            .lanes
            .entry(facts.lane.clone())
            .or_insert_with(|| Known { app: app.clone(), endpoint: Some(facts.endpoint.clone()) });
        known.app = app.clone();
        known.endpoint = known.endpoint.take().filter(|endpoint| *endpoint == facts.endpoint);
        if !self.apps.contains_key(&app) {
            self.turns.push_back(app.clone());
        }
        let asked = self.apps.entry(app).or_insert_with(|| Asked {
            bucket: Bucket::new(now),
            queue: Queue::new(),
            endpoint: facts.endpoint.clone(),
            used_at: now,
        });
        asked.endpoint = facts.endpoint.clone();
        asked.used_at = now;
        let (lane, priority, expires_at) = (facts.lane.clone(), facts.priority, facts.expires_at);
        asked.queue.push(lane, priority, expires_at, (facts, item), now);
    }

    /// What is to be done next, if anything: who is waited for first, then app by app.
    pub fn next(&mut self, now: Instant) -> Option<Next<T>> {
        if self.room() == 0 {
            return None;
        }
        [Priority::Wanted, Priority::Due].into_iter().find_map(|priority| {
            (0..self.turns.len()).find_map(|_| {
                self.turns.rotate_left(1);
                let app = self.turns.back()?.clone();
                self.next_of(&app, priority, now)
            })
        })
    }

    fn next_of(&mut self, app: &App, priority: Priority, now: Instant) -> Option<Next<T>> {
        let asked = self.apps.get_mut(app)?;
        if asked.queue.under_way() >= self.limits.per_app || asked.bucket.ready(now, priority).is_err() {
            return None;
        }
        let probing =
            self.breakers.get(&asked.endpoint).is_some_and(|breaker| breaker.leave(now) == Leave::Probe);
        let pick = if probing { Pick::LatestExpiry } else { Pick::EarliestExpiry };
        let (lane, (facts, item)) = asked.queue.pop(priority, pick, self.limits.per_lane)?;
        let breaker = self.breakers.entry(facts.endpoint.clone()).or_insert_with(|| Breaker::new(now));
        let (errand, change) = match breaker.leave(now) {
            Leave::NotBefore(until) => {
                asked.queue.finished(&lane);
                return Some(Next::Hold { item, until });
            }
            Leave::Go => (Errand::Request, None),
            Leave::Probe => (Errand::Probe, breaker.probed()),
        };
        // It was ready a moment ago.
        let _ = asked.bucket.take(now, priority);
        self.under_way += 1;
        let ticket = Ticket { app: facts.app, endpoint: facts.endpoint, lane, errand, told: false };
        Some(Next::Begin { item, ticket, change })
    }

    /// What came back from the provider, at once: the next requests depend on it.
    pub fn heard(
        &mut self,
        ticket: &mut Ticket,
        verdict: Verdict,
        retry_after: Option<Duration>,
        now: Instant,
    ) -> Option<Change> {
        if std::mem::replace(&mut ticket.told, true) {
            return None;
        }
        let health = if verdict == Verdict::Down { Health::Bad } else { Health::Good };
        let change = self.breakers.get_mut(&ticket.endpoint)?.record(now, ticket.errand, health);
        let asked = self.apps.get_mut(&ticket.app)?;
        match verdict {
            Verdict::Answered => asked.bucket.answered(now),
            Verdict::Limited => asked.bucket.limited(now, retry_after),
            Verdict::Down => {
                if let Some(after) = retry_after {
                    asked.bucket.limited(now, Some(after));
                }
            }
        }
        if change == Some(Change::Closed) {
            asked.bucket.start_over(now);
        }
        change
    }

    /// A refresh is not under way any more.
    pub fn finished(&mut self, ticket: &Ticket, now: Instant) {
        self.under_way = self.under_way.saturating_sub(1);
        if !ticket.told
            && ticket.errand == Errand::Probe
            && let Some(breaker) = self.breakers.get_mut(&ticket.endpoint)
        {
            breaker.abandoned();
        }
        if let Some(asked) = self.apps.get_mut(&ticket.app) {
            asked.queue.finished(&ticket.lane);
            asked.used_at = now;
        }
    }

    /// What has waited here so long that it is better given back.
    pub fn overdue(&mut self, now: Instant) -> Vec<T> {
        let Some(instant) = now.checked_sub(WAIT_MAX) else { return vec![] };
        self.take(instant)
    }

    /// Everything that waits here.
    pub fn drain(&mut self) -> Vec<T> {
        self.take(Instant::now() + REMEMBERED)
    }

    fn take(&mut self, older_than: Instant) -> Vec<T> {
        let taken = self.apps.values_mut().flat_map(|asked| asked.queue.take_older_than(older_than));
        taken.map(|(_, item)| item).collect()
    }

    /// Where a claim would only wait.
    pub fn avoid(&mut self, now: Instant) -> Avoid {
        self.forget(now);
        let mut avoid = Avoid::default();
        for (lane, known) in &self.lanes {
            let Some(asked) = self.apps.get_mut(&known.app) else { continue };
            let down = known.endpoint.as_ref().and_then(|endpoint| self.breakers.get(endpoint));
            let down = down.is_some_and(|breaker| matches!(breaker.leave(now), Leave::NotBefore(_)));
            let full = asked.queue.under_way() >= self.limits.per_app;
            if down || full || asked.bucket.ready(now, Priority::Wanted).is_err() {
                avoid.always.push(lane.clone());
                avoid.merely_due.push(lane.clone());
            } else if asked.queue.len() > 0 || asked.bucket.ready(now, Priority::Due).is_err() {
                avoid.merely_due.push(lane.clone());
            }
        }
        avoid
    }

    /// When something that waits here could begin for want of a token alone.
    pub fn ready_at(&mut self, now: Instant) -> Option<Instant> {
        let waits = self.apps.values_mut().filter(|asked| asked.queue.len() > 0);
        waits
            .filter_map(|asked| {
                let priority = if asked.queue.has(Priority::Wanted, usize::MAX) {
                    Priority::Wanted
                } else {
                    Priority::Due
                };
                asked.bucket.ready(now, priority).err()
            })
            .min()
    }

    /// The learnt rate of an app.
    #[must_use]
    pub fn rate(&self, app: &App) -> Option<f64> {
        Some(self.apps.get(app)?.bucket.rate())
    }

    fn forget(&mut self, now: Instant) {
        self.apps.retain(|_, asked| {
            asked.queue.len() + asked.queue.under_way() > 0
                || asked.bucket.quiet_until(now).is_some()
                || now.saturating_duration_since(asked.used_at) < REMEMBERED
        });
        self.turns.retain(|app| self.apps.contains_key(app));
        self.lanes.retain(|_, known| self.apps.contains_key(&known.app));
        self.breakers.retain(|_, breaker| !breaker.is_idle(now));
    }
}

#[cfg(test)]
mod tests;
