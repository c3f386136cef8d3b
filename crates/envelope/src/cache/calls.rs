use crate::message::KeyBytes;
use crate::{KeyService, KeyServiceError, WrapContext};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

/// How many calls are under way at once. A start with many environments must not look like an attack to the service.
pub const CONCURRENT_MAX: usize = 20;
/// How long a caller waits for the key service, the wait for its turn included.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// For how long a key service that was silent is asked after the others.
const SHY_FOR: Duration = Duration::from_secs(30);

/// A key service, called within bounds and counted.
pub struct Calls {
    service: Arc<dyn KeyService>,
    turns: Semaphore,
    made: AtomicU64,
    /// Its place among the configured ones, as metrics name it: an address may be long.
    place: &'static str,
    silent_at: Mutex<Option<Instant>>,
}

impl Calls {
    pub fn new(place: usize, service: Arc<dyn KeyService>) -> Self {
        let place = if place == 0 { "first" } else { "other" };
        let silent_at = Mutex::default();
        Self { service, turns: Semaphore::new(CONCURRENT_MAX), made: AtomicU64::new(0), place, silent_at }
    }

    pub async fn wrap(&self, key: &KeyBytes, context: &WrapContext) -> Result<Vec<u8>, KeyServiceError> {
        self.bounded("kek_wrap", self.service.wrap(key, context)).await
    }

    pub async fn unwrap(&self, wrapped: &[u8], context: &WrapContext) -> Result<KeyBytes, KeyServiceError> {
        self.bounded("kek_unwrap", self.service.unwrap(wrapped, context)).await
    }

    pub async fn newest(&self) -> Result<Option<Vec<u8>>, KeyServiceError> {
        self.service.newest().await
    }

    pub fn kek(&self) -> &str {
        self.service.uri()
    }

    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    pub fn was_silent(&self, now: Instant) -> bool {
        let silent_at = *self.silent_at.lock().unwrap_or_else(PoisonError::into_inner);
        silent_at.is_some_and(|silent_at| now < silent_at + SHY_FOR)
    }

    async fn bounded<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, KeyServiceError>>,
    ) -> Result<T, KeyServiceError> {
        let begun = Instant::now();
        let in_turn = async {
            // Never closed, so a turn always comes.
            let _turn = self.turns.acquire().await;
            self.made.fetch_add(1, Ordering::Relaxed);
            call.await
        };
        let outcome = timeout(CALL_TIMEOUT, in_turn).await.unwrap_or_else(|_| {
            Err(KeyServiceError::Unavailable { detail: format!("no answer within {CALL_TIMEOUT:?}") })
        });
        let label = match &outcome {
            Ok(_) => "ok",
            Err(KeyServiceError::Denied { .. }) => "denied",
            Err(KeyServiceError::Unavailable { .. }) => "unavailable",
        };
        let silent_at = (label == "unavailable").then(Instant::now);
        *self.silent_at.lock().unwrap_or_else(PoisonError::into_inner) = silent_at;
        metrics::counter!(
            "latchkey_vault_operations_total",
            "operation" => operation,
            "outcome" => label,
            "service" => self.place,
        )
        .increment(1);
        metrics::histogram!("latchkey_vault_operation_duration_seconds", "operation" => operation, "outcome" => label)
            .record(begun.elapsed());
        outcome
    }
}
