use super::SOFT_TTL;
use crate::{EnvironmentKey, KeyServiceError, random};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Before the soft limit, so that a key in use is renewed without anybody waiting. Give or take a fifth, so that the
/// keys of one start are not all renewed at once.
const RENEW_AFTER: Duration = Duration::from_secs(45 * 60);
/// How long a key in use is left alone after the key service did not answer.
const RETRY_AFTER: Duration = Duration::from_secs(30);
/// How long a refusal is believed: an operator who gives access back sees it work within this.
const REFUSAL_TTL: Duration = Duration::from_secs(30);
/// How long silence is believed where no key is at hand.
const OUTAGE_TTL: Duration = Duration::from_secs(1);

const _: () = assert!(RENEW_AFTER.as_secs() * 6 / 5 < SOFT_TTL.as_secs());

/// One environment's key, or what became of asking for it.
#[derive(Default)]
pub struct Slot {
    /// Held by the one who asks the key service. Whoever waits for it looks again afterwards.
    pub flight: Arc<tokio::sync::Mutex<()>>,
    content: Mutex<Content>,
}

#[derive(Default)]
enum Content {
    #[default]
    Empty,
    Held(Held),
    Failed {
        error: KeyServiceError,
        until: Instant,
    },
}

struct Held {
    key: Arc<EnvironmentKey>,
    wrapped: Arc<Vec<u8>>,
    renew_at: Instant,
    stale_at: Instant,
    dies_at: Instant,
}

pub enum Look {
    Fresh(Arc<EnvironmentKey>),
    /// Good, and due to be renewed.
    Ageing(Arc<EnvironmentKey>),
    /// To be renewed before it is used.
    Stale,
    Failed(KeyServiceError),
    Absent,
}

impl Slot {
    pub fn look(&self, now: Instant) -> Look {
        let mut content = self.content();
        match &*content {
            Content::Held(held) if now < held.renew_at => Look::Fresh(held.key.clone()),
            Content::Held(held) if now < held.stale_at => Look::Ageing(held.key.clone()),
            Content::Held(held) if now < held.dies_at => Look::Stale,
            Content::Failed { error, until } if now < *until => Look::Failed(error.clone()),
            Content::Held(_) | Content::Failed { .. } | Content::Empty => {
                *content = Content::Empty;
                Look::Absent
            }
        }
    }

    pub fn wrapped(&self) -> Option<Arc<Vec<u8>>> {
        match &*self.content() {
            Content::Held(held) => Some(held.wrapped.clone()),
            Content::Failed { .. } | Content::Empty => None,
        }
    }

    /// Nothing in here serves any more.
    pub fn is_spent(&self, now: Instant) -> bool {
        match &*self.content() {
            Content::Held(held) => now >= held.dies_at,
            Content::Failed { until, .. } => now >= *until,
            Content::Empty => true,
        }
    }

    pub fn keep(
        &self,
        key: EnvironmentKey,
        wrapped: Arc<Vec<u8>>,
        now: Instant,
        hard_ttl: Duration,
    ) -> Arc<EnvironmentKey> {
        let (key, dies_at) = (Arc::new(key), now + hard_ttl);
        *self.content() = Content::Held(Held {
            key: key.clone(),
            wrapped,
            renew_at: (now + jittered(RENEW_AFTER)).min(dies_at),
            stale_at: (now + SOFT_TTL).min(dies_at),
            dies_at,
        });
        key
    }

    /// Has the key renewed before it is used again.
    pub fn doubt(&self, now: Instant) {
        if let Content::Held(held) = &mut *self.content() {
            held.renew_at = now;
            held.stale_at = now;
        }
    }

    /// A refusal drops the key. Silence does not, while the key may still serve.
    pub fn fail(&self, error: KeyServiceError, now: Instant) -> Result<Arc<EnvironmentKey>, KeyServiceError> {
        let mut content = self.content();
        let ttl = match (&error, &mut *content) {
            (KeyServiceError::Unavailable { .. }, Content::Held(held)) if now < held.dies_at => {
                held.renew_at = (now + RETRY_AFTER).min(held.dies_at);
                // Those who read do not wait for a service that hangs: while the key is in use, each retry moves this on.
                held.stale_at = (now + SOFT_TTL).min(held.dies_at);
                return Ok(held.key.clone());
            }
            (KeyServiceError::Unavailable { .. }, _) => OUTAGE_TTL,
            (KeyServiceError::Denied { .. }, _) => REFUSAL_TTL,
        };
        *content = Content::Failed { error: error.clone(), until: now + ttl };
        Err(error)
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Give or take a fifth.
fn jittered(duration: Duration) -> Duration {
    let part = f64::from(u16::from_be_bytes(random::bytes())) / f64::from(u16::MAX);
    duration.mul_f64(0.8 + 0.4 * part)
}
