//! The loop that finds what is due. It claims no more at a time than could begin at once, and nothing from lanes whose
//! provider is to be left alone; what was claimed and cannot begin soon is given back, so that nothing waits here that
//! another refresher could have begun.

use crate::attempt::Attempts;
use crate::bucket::Priority;
use crate::dispatch::{App, Avoid, Dispatch, Endpoint, Facts, Next};
use crate::leave::{Gate, Leave};
use crate::takeover;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use latchkey_bus::{Bus, Hint};
use latchkey_chassis::{Clock, Lifecycle, SystemClock};
use latchkey_domain::Timestamp;
use latchkey_oauth::refresh_origin;
use latchkey_wire::VaultClient;
use latchkey_wire::contract::{ClaimDue, DueRefresh};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::warn;

/// How often due work is looked for when nothing hints at any. Also the longest an on-demand refresh waits with the bus
/// down.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long the vault is left alone when it did not answer.
const BACKOFF: Duration = Duration::from_secs(1);

/// How many claims are taken at a time.
const BATCH: usize = 50;

/// How many claims are given back at once.
const RETURNS_AT_ONCE: usize = 8;

/// Held claims lapse one after the other, over this share of the time they were held.
const SPREAD: f64 = 0.2;

pub struct Worker {
    pub attempts: Attempts,
    pub gate: Gate,
    pub bus: Arc<dyn Bus>,
    pub lifecycle: Lifecycle,
}

/// A claim on its way back.
enum Return {
    /// To whoever wants it.
    Release(DueRefresh),
    /// To nobody until then: its endpoint is down.
    Hold(DueRefresh, Duration),
}

impl Worker {
    /// Works until the process is told to stop. Attempts that have begun go on; the life cycle waits for them.
    pub async fn run(self) {
        let mut hints = self.bus.hints();
        let stopping = self.lifecycle.stopping();
        tokio::pin!(stopping);
        loop {
            tokio::select! {
                // What was claimed must be begun or given back, so a look is never cut in the middle.
                biased;
                () = &mut stopping => break,
                () = self.pause(&mut hints) => {}
            }
            while !self.lifecycle.is_stopping() && self.look().await {}
        }
        let waiting = self.gate.with(Dispatch::drain);
        self.give_back(waiting.into_iter().map(Return::Release).collect()).await;
    }

    /// Until there may be something to do: a hint, a place that became free, a token in a bucket, or time to look.
    async fn pause(&self, hints: &mut BoxStream<'static, Hint>) {
        let wanted = async {
            loop {
                match hints.next().await {
                    Some(Hint::RefreshWanted { .. }) => return,
                    Some(_) => {}
                    None => std::future::pending().await,
                }
            }
        };
        let now = Instant::now().into_std();
        let token = self.gate.with(|dispatch| dispatch.ready_at(now));
        let something = async {
            tokio::select! {
                biased;
                () = wanted => {}
                () = self.gate.freed() => {}
                () = sleep_until(token.unwrap_or(now + LOOK_EVERY).into()) => {}
            }
        };
        let _ = timeout(LOOK_EVERY, something).await;
    }

    /// Begins what may begin, then claims and begins more. Says whether to look again at once, because there was as much as
    /// could be taken.
    async fn look(&self) -> bool {
        self.begin().await;
        let now = Instant::now().into_std();
        let (room, avoid) = self.gate.with(|dispatch| (dispatch.room().min(BATCH), dispatch.avoid(now)));
        if room == 0 {
            return false;
        }
        if let Err(error) = self.attempts.journal.ready().await {
            warn!(%error, "Nothing new is begun: what providers answer could not be written down");
            return false;
        }
        let Some((claimed, full)) = self.claim(room, avoid).await else { return false };
        // A database that was put back gives out what was used since.
        if !claimed.is_empty() && !self.attempts.vault_knows_all().await {
            self.give_back(claimed.into_iter().map(Return::Release).collect()).await;
            return false;
        }
        self.gate.with(|dispatch| {
            let now = Instant::now().into_std();
            for due in claimed {
                dispatch.offer(self.facts(&due), due, now);
            }
        });
        self.begin().await;
        full
    }

    /// What is waited for, then what is due: where a bucket has tokens left for the former alone, only that.
    async fn claim(&self, room: usize, avoid: Avoid) -> Option<(Vec<DueRefresh>, bool)> {
        let mut claimed = vec![];
        if avoid.always.len() < avoid.merely_due.len() {
            let ask = ClaimDue { max: count(room), wanted_only: true, except: avoid.always };
            claimed = self.ask(ask).await?;
        }
        let left = room - claimed.len().min(room);
        if left > 0 {
            let ask = ClaimDue { max: count(left), wanted_only: false, except: avoid.merely_due };
            claimed.extend(self.ask(ask).await.unwrap_or_default());
        }
        let full = claimed.len() >= room;
        Some((claimed, full))
    }

    async fn ask(&self, ask: ClaimDue) -> Option<Vec<DueRefresh>> {
        match self.attempts.vault.claim_due(ask).await {
            Ok(due) => Some(due),
            Err(fault) => {
                warn!(reason = fault.reason.word(), "What is due could not be learnt");
                sleep(BACKOFF).await;
                None
            }
        }
    }

    /// Begins what may begin now, and gives back what had better wait elsewhere.
    async fn begin(&self) {
        let now = Instant::now().into_std();
        let mut returns = vec![];
        while let Some(next) = self.gate.with(|dispatch| dispatch.next(now)) {
            match next {
                Next::Begin { item, ticket, change } => self.start(item, self.gate.leave(ticket, change)),
                Next::Hold { item, until } => {
                    let hold = until.saturating_duration_since(now);
                    returns.push(Return::Hold(item, hold));
                }
            }
        }
        let overdue = self.gate.with(|dispatch| dispatch.overdue(now));
        returns.extend(overdue.into_iter().map(Return::Release));
        self.give_back(returns).await;
    }

    fn start(&self, due: DueRefresh, leave: Leave) {
        let now = Timestamp(SystemClock.now());
        metrics::histogram!("latchkey_refresh_lateness_seconds", "provider" => due.provider.clone())
            .record(due.due_at.until(now));
        let attempts = self.attempts.clone();
        drop(self.lifecycle.spawn("refresh", attempts.make(due, leave)));
    }

    fn facts(&self, due: &DueRefresh) -> Facts {
        let provider = self.attempts.catalogue.get(&due.provider).ok();
        let origin = provider.and_then(|provider| refresh_origin(&provider, &due.app.fields, &due.renewal));
        let client_id = due.app.client_id.clone();
        Facts {
            lane: due.lane(),
            app: App { provider: due.provider.clone(), client_id: client_id.clone() },
            // Where nothing can be sent, no endpoint is to be spared.
            endpoint: Endpoint { origin: origin.unwrap_or_default(), client_id },
            priority: if due.wanted { Priority::Wanted } else { Priority::Due },
            expires_at: due.expires_at.map_or(i64::MAX, |expires_at| expires_at.0),
        }
    }

    async fn give_back(&self, returns: Vec<Return>) {
        let all = count(returns.len());
        let returns = (0..all).zip(returns).map(|(number, back)| {
            let spread = 1.0 + SPREAD * f64::from(number) / f64::from(all);
            give_back(&self.attempts.vault, back, spread)
        });
        futures::stream::iter(returns).for_each_concurrent(RETURNS_AT_ONCE, |done| done).await;
    }
}

async fn give_back(vault: &VaultClient, back: Return, spread: f64) {
    let (connection, returned) = match back {
        Return::Release(due) => (due.connection, takeover::give_back(vault, &due).await),
        Return::Hold(due, hold) => (due.connection, takeover::hold(vault, &due, hold.mul_f64(spread)).await),
    };
    if let Err(fault) = returned {
        warn!(connection.id = %connection, reason = fault.reason.word(), "A claim could not be given back; it will lapse");
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
