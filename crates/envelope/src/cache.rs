//! Environment keys in the clear, for as long as that is safe.
//!
//! Invariants: a warm read calls no key service. One key is asked for once at a time, however many wait for it. A
//! refusal by every key service that could open it drops the key at once; silence lets it serve for as long as the operator
//! allows ([`HARD_TTL`] unless told otherwise), never longer. Failures are remembered for a moment, so that calls are bounded whatever the read rate.

mod calls;
mod slot;
#[cfg(test)]
mod tests;
mod wrapping;

use crate::descriptor::Descriptor;
use crate::{EnvironmentKey, KeyName, KeyService, KeyServiceError, WrapContext};
use calls::Calls;
use slot::{Look, Slot};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tracing::warn;
pub use wrapping::{FreshKey, Wanted, Wraps, stored_keys_head};

/// After this a key is renewed before it is used: how soon a key disabled at the key service stops opening here.
pub(crate) const SOFT_TTL: Duration = Duration::from_secs(60 * 60);

/// How long a key serves while the key service does not answer, unless told otherwise: a day is the outage an operator is given
/// to mend.
pub const HARD_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// The environment keys at hand. Cheap to clone; clones share the keys.
#[derive(Clone)]
pub struct EnvironmentKeys {
    inner: Arc<Inner>,
}

struct Inner {
    /// Each wraps every key, and any one of them can unwrap it. The first is asked first.
    services: Vec<Calls>,
    /// How long a key serves while they do not answer.
    hard_ttl: Duration,
    slots: Mutex<HashMap<Place, Arc<Slot>>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Place {
    deployment: String,
    environment: String,
    key: KeyName,
}

impl Place {
    fn context(&self) -> WrapContext {
        WrapContext {
            deployment: self.deployment.clone(),
            environment: self.environment.clone(),
            key: self.key,
        }
    }
}

impl EnvironmentKeys {
    /// With one key service, or with several that are independent of each other: each wraps every key.
    #[must_use]
    pub fn new(services: Vec<Arc<dyn KeyService>>) -> Self {
        Self::serving_for(HARD_TTL, services)
    }

    /// The same, whose keys serve for `hard_ttl` while no key service answers, and not a moment longer.
    #[must_use]
    pub fn serving_for(hard_ttl: Duration, services: Vec<Arc<dyn KeyService>>) -> Self {
        let services = services.into_iter().enumerate().map(|(place, service)| Calls::new(place, service));
        Self { inner: Arc::new(Inner { services: services.collect(), hard_ttl, slots: Mutex::default() }) }
    }

    /// An environment's key, by its name. `load` is asked for its wrapped form, as [`Self::create`] gave it, where the
    /// key is not at hand; what it fails with is given back. Dropping the future loses nothing: the next to wait takes
    /// over.
    ///
    /// # Errors
    /// [`KeyServiceError`] where the key can neither be had nor is at hand.
    pub async fn get<E, F>(
        &self,
        deployment: &str,
        environment: &str,
        key: KeyName,
        load: impl FnOnce() -> F,
    ) -> Result<Arc<EnvironmentKey>, E>
    where
        E: From<KeyServiceError>,
        F: Future<Output = Result<Vec<u8>, E>>,
    {
        let place = Place { deployment: deployment.to_owned(), environment: environment.to_owned(), key };
        let slot = self.inner.slot(&place);
        match slot.look(Instant::now()) {
            Look::Fresh(key) => return Ok(key),
            Look::Ageing(key) => {
                self.renew_ahead(place, slot);
                return Ok(key);
            }
            Look::Failed(error) => return Err(error.into()),
            Look::Stale | Look::Absent => {}
        }
        let _flight = slot.flight.lock().await;
        // Whoever flew before us has settled it for us too.
        match slot.look(Instant::now()) {
            Look::Fresh(key) | Look::Ageing(key) => return Ok(key),
            Look::Failed(error) => return Err(error.into()),
            // Loaded anew: it may be wrapped by other key services by now.
            Look::Stale | Look::Absent => {}
        }
        let wrapped = Arc::new(load().await?);
        let outcome = self.inner.ask(&place, &wrapped).await;
        Ok(match outcome {
            Ok(key) => slot.keep(key, wrapped, Instant::now(), self.inner.hard_ttl),
            Err(error) => slot.fail(error, Instant::now())?,
        })
    }

    /// How often the key services were called by this process.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.inner.services.iter().map(Calls::made).sum()
    }

    /// Renews a key that still serves, out of the way of whoever reads. Nothing is lost if it is never finished.
    fn renew_ahead(&self, place: Place, slot: Arc<Slot>) {
        let Ok(flight) = slot.flight.clone().try_lock_owned() else { return };
        let inner = self.inner.clone();
        tokio::spawn(async move {
            let _flight = flight;
            let Some(wrapped) = slot.wrapped() else { return };
            match inner.ask(&place, &wrapped).await {
                Ok(key) => drop(slot.keep(key, wrapped, Instant::now(), inner.hard_ttl)),
                // What was refused is the wrapped form of an hour ago. Whoever reads next asks with the present one.
                Err(KeyServiceError::Denied { .. }) => slot.doubt(Instant::now()),
                // The outcome is in the slot; there is nobody to tell.
                Err(error) => drop(slot.fail(error, Instant::now())),
            }
        });
    }
}

impl Inner {
    fn slot(&self, place: &Place) -> Arc<Slot> {
        let mut slots = self.slots();
        if let Some(slot) = slots.get(place) {
            return slot.clone();
        }
        slots.entry(place.clone()).or_default().clone()
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Place, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the key services, with the slot's flight held.
    async fn ask(&self, place: &Place, wrapped: &[u8]) -> Result<EnvironmentKey, KeyServiceError> {
        let outcome = self.unwrap(place, wrapped).await;
        let now = Instant::now();
        // Here, where time is spent anyway: keys past their time are wiped although nobody asks for them any more.
        self.slots().retain(|_, other| Arc::strong_count(other) > 1 || !other.is_spent(now));
        if let Err(error) = &outcome {
            warn!(environment = %place.environment, error = %error, "Environment key was not unwrapped");
        }
        outcome
    }

    /// By the first key service that can. Where none does, one that was silent counts for more than one that refused:
    /// a refusal throws the key away, and the silent one might have opened it.
    async fn unwrap(&self, place: &Place, stored: &[u8]) -> Result<EnvironmentKey, KeyServiceError> {
        let descriptor = Descriptor::parse(stored)
            .map_err(|fault| KeyServiceError::not_ours(format!("the stored environment key: {fault}")))?;
        if descriptor.key != place.key {
            return Err(KeyServiceError::not_ours("another environment key was stored in its place"));
        }
        let context = place.context();
        let (mut silent, mut refused) = (None, None);
        for service in self.likeliest_first() {
            let Some(wrapped) = descriptor.wrap_by(service.kek()) else { continue };
            match service.unwrap(wrapped, &context).await {
                Ok(bytes) => return Ok(EnvironmentKey::from_bytes(bytes, place.key)),
                Err(error @ KeyServiceError::Unavailable { .. }) => silent = silent.or(Some(error)),
                Err(error @ KeyServiceError::Denied { .. }) => refused = refused.or(Some(error)),
            }
        }
        Err(silent.or(refused).unwrap_or_else(|| {
            let by: Vec<&str> = descriptor.wraps.iter().map(|wrap| wrap.by.as_str()).collect();
            let keks: Vec<&str> = self.services.iter().map(Calls::kek).collect();
            KeyServiceError::not_ours(format!(
                "wrapped by {}, opened with {}",
                by.join(", "),
                keks.join(", ")
            ))
        }))
    }

    /// In their order, but for those that were silent a moment ago: nobody waits for them while another answers.
    fn likeliest_first(&self) -> Vec<&Calls> {
        let mut services: Vec<&Calls> = self.services.iter().collect();
        let now = Instant::now();
        services.sort_by_key(|service| service.was_silent(now));
        services
    }
}
