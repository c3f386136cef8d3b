//! The loop that makes what is due. It claims no more than it can begin at once, since a signature is good for minutes, and
//! nothing for endpoints that have enough to do, so that a slow one holds up nobody else.

use super::request::{Outcome, Requests, RequestsError};
use crate::config::WebhookSettings;
use latchkey_chassis::{Clock, Lifecycle, SystemClock};
use latchkey_domain::{Environment, Timestamp, WebhookEndpointId};
use latchkey_egress::Egress;
use latchkey_wire::VaultClient;
use latchkey_wire::contract::{ClaimWebhooks, CompleteWebhook, DueWebhook};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use tracing::{Instrument as _, debug, info_span, warn};

/// How often due work is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long the vault is left alone when it did not answer.
const BACKOFF: Duration = Duration::from_secs(1);

/// How many claims are taken at a time, and how many requests to one endpoint are enough.
const BATCH: usize = 8;

/// What telling the vault may take beyond the request itself, within the claim.
const TELLING: Duration = Duration::from_secs(10);

type Lane = (Environment, WebhookEndpointId);

#[derive(Clone)]
pub struct Worker {
    vault: VaultClient,
    requests: Requests,
    /// How long a claim is held: a request, and telling what became of it.
    hold: Duration,
    concurrency: usize,
    running: Running,
    lifecycle: Lifecycle,
}

/// How many requests are being made, by endpoint.
#[derive(Clone, Default)]
struct Running(Arc<(Mutex<BTreeMap<Lane, usize>>, Notify)>);

/// One of them, for as long as it lasts.
struct Place {
    running: Running,
    lane: Lane,
}

impl Worker {
    /// # Errors
    /// Where no client can be made.
    pub fn new(
        vault: VaultClient,
        settings: &WebhookSettings,
        lifecycle: &Lifecycle,
    ) -> Result<Self, RequestsError> {
        let limit = Duration::from_secs(settings.timeout_seconds.get());
        let egress = if settings.allow_private { Egress::Any } else { Egress::PublicOnly };
        Ok(Self {
            vault,
            requests: Requests::new(limit, egress)?,
            hold: limit + TELLING,
            concurrency: usize::from(settings.concurrency.get()),
            running: Running::default(),
            lifecycle: lifecycle.clone(),
        })
    }

    /// Works until the process is told to stop. Requests that have begun go on; the life cycle waits for them.
    pub async fn run(self) {
        let stopping = self.lifecycle.stopping();
        tokio::pin!(stopping);
        loop {
            tokio::select! {
                // What was claimed must be begun, so a look is never cut in the middle.
                biased;
                () = &mut stopping => return,
                () = self.pause() => {}
            }
            while !self.lifecycle.is_stopping() && self.look().await {}
        }
    }

    async fn pause(&self) {
        let _ = timeout(LOOK_EVERY, self.running.freed()).await;
    }

    /// Claims and begins what is due. Says whether to look again at once, because there was as much as could be taken.
    async fn look(&self) -> bool {
        let (count, except) = self.running.count_and_busy();
        let max = self.concurrency.saturating_sub(count).min(BATCH);
        if max == 0 {
            return false;
        }
        let ask = ClaimWebhooks { max: u32::try_from(max).unwrap_or(u32::MAX), hold: self.hold, except };
        match self.vault.claim_webhooks(ask).await {
            Ok(due) => {
                let full = due.len() >= max;
                due.into_iter().for_each(|due| self.begin(due));
                full
            }
            Err(fault) => {
                warn!(reason = fault.reason.word(), "Which webhooks are due could not be learnt");
                sleep(BACKOFF).await;
                false
            }
        }
    }

    fn begin(&self, due: DueWebhook) {
        let place = self.running.enter((due.environment.clone(), due.endpoint));
        let worker = self.clone();
        let span = info_span!("webhook", otel.kind = "client", endpoint = %due.endpoint, event = %due.event);
        drop(
            self.lifecycle.spawn(
                "webhook",
                async move {
                    worker.deliver(due).await;
                    drop(place);
                }
                .instrument(span),
            ),
        );
    }

    async fn deliver(&self, mut due: DueWebhook) {
        let (at, begun) = (Timestamp(SystemClock.now()), Instant::now());
        let outcome = self.requests.make(&mut due).await;
        let took = begun.elapsed();
        count(outcome, took);
        debug!(attempt = due.attempt, ?outcome, "A webhook was sent");
        let complete = CompleteWebhook {
            endpoint: due.endpoint,
            event: due.event,
            fence: due.fence,
            attempt: due.attempt,
            at,
            took,
            status: outcome.status,
            failure: outcome.failure,
            retry_after: outcome.retry_after,
        };
        self.tell(complete, begun + self.hold).await;
    }

    /// Tells the vault, again and again while the claim lasts. After that somebody else makes the attempt anew.
    async fn tell(&self, complete: CompleteWebhook, until: Instant) {
        while let Err(fault) = self.vault.complete_webhook(complete.clone()).await {
            if Instant::now() + BACKOFF > until {
                warn!(
                    reason = fault.reason.word(),
                    "What became of a webhook could not be told; it is sent again"
                );
                return;
            }
            sleep(BACKOFF).await;
        }
    }
}

fn count(outcome: Outcome, took: Duration) {
    let word =
        outcome.failure.map_or_else(|| "success".to_owned(), |failure| failure.as_str().to_lowercase());
    metrics::counter!("latchkey_webhook_deliveries_total", "outcome" => word.clone()).increment(1);
    metrics::histogram!("latchkey_webhook_delivery_duration_seconds", "outcome" => word).record(took);
}

impl Running {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Lane, usize>> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, lane: Lane) -> Place {
        *self.lock().entry(lane.clone()).or_default() += 1;
        Place { running: self.clone(), lane }
    }

    fn count_and_busy(&self) -> (usize, Vec<Lane>) {
        let running = self.lock();
        let busy = running.iter().filter(|(_, count)| **count >= BATCH).map(|(lane, _)| lane.clone());
        (running.values().sum(), busy.collect())
    }

    async fn freed(&self) {
        self.0.1.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.running.lock();
        if let Some(count) = running.get_mut(&self.lane) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.lane);
            }
        }
        drop(running);
        self.running.0.1.notify_one();
    }
}
