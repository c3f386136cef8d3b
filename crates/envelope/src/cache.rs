//! Environment keys in the clear, for as long as that is safe.
//!
//! Invariants: a warm read calls no key service. One key is asked for once at a time, however many wait for it. A
//! refusal by the key service drops the key at once; silence lets it serve until [`HARD_TTL`], never longer. Failures
//! are remembered for a moment, so that calls are bounded whatever the read rate.

mod calls;
mod slot;
#[cfg(test)]
mod tests;

use crate::descriptor::{Descriptor, Wrap};
use crate::{EnvironmentKey, KeyService, KeyServiceError, WrapContext};
use calls::Calls;
use slot::{Look, Slot};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tracing::warn;
use uuid::Uuid;

/// After this a key is renewed before it is used: how soon a key disabled at the key service stops opening here.
pub(crate) const SOFT_TTL: Duration = Duration::from_secs(60 * 60);
/// How long a key serves while the key service does not answer: a day is the outage an operator is given to mend.
pub(crate) const HARD_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// The environment keys at hand. Cheap to clone; clones share the keys.
#[derive(Clone)]
pub struct EnvironmentKeys {
    inner: Arc<Inner>,
}

struct Inner {
    calls: Calls,
    slots: Mutex<HashMap<Place, Arc<Slot>>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Place {
    deployment: String,
    environment: String,
}

/// A new environment key's id and its wrapped form, to be stored.
#[derive(Debug)]
pub struct FreshKey {
    pub id: Uuid,
    pub wrapped: Vec<u8>,
}

impl EnvironmentKeys {
    #[must_use]
    pub fn new(service: Arc<dyn KeyService>) -> Self {
        Self { inner: Arc::new(Inner { calls: Calls::new(service), slots: Mutex::default() }) }
    }

    /// The environment's key. `load` is asked for its wrapped form, as [`Self::create`] gave it, where the key is not
    /// at hand; what it fails with is given back. Dropping the future loses nothing: the next to wait takes over.
    ///
    /// # Errors
    /// [`KeyServiceError`] where the key can neither be had nor is at hand.
    pub async fn get<E, F>(
        &self,
        deployment: &str,
        environment: &str,
        load: impl FnOnce() -> F,
    ) -> Result<Arc<EnvironmentKey>, E>
    where
        E: From<KeyServiceError>,
        F: Future<Output = Result<Vec<u8>, E>>,
    {
        let place = Place { deployment: deployment.to_owned(), environment: environment.to_owned() };
        let slot = self.inner.slot(&place);
        match slot.look(Instant::now()) {
            Look::Fresh(key) => return Ok(key),
            Look::Ageing(key) => {
                self.renew_ahead(place, slot);
                return Ok(key);
            }
            Look::Failed(error) => return Err(error.into()),
            Look::Stale(_) | Look::Absent => {}
        }
        let _flight = slot.flight.lock().await;
        // Whoever flew before us has settled it for us too.
        let wrapped = match slot.look(Instant::now()) {
            Look::Fresh(key) | Look::Ageing(key) => return Ok(key),
            Look::Failed(error) => return Err(error.into()),
            Look::Stale(wrapped) => wrapped,
            Look::Absent => Arc::new(load().await?),
        };
        Ok(self.inner.fetch(&place, &slot, wrapped).await?)
    }

    /// Makes a new key for an environment and wraps it. It is at hand only once it was stored and is asked for by
    /// [`Self::get`], so that nothing is ever sealed under a key that no one kept.
    ///
    /// # Errors
    /// [`KeyServiceError`] where the key service does not wrap it.
    pub async fn create(&self, deployment: &str, environment: &str) -> Result<FreshKey, KeyServiceError> {
        let key = EnvironmentKey::generate();
        let context = WrapContext {
            deployment: deployment.to_owned(),
            environment: environment.to_owned(),
            key: key.name(),
        };
        let wrapped = self.inner.calls.wrap(&key.bytes, &context).await?;
        let wrap = Wrap { by: self.inner.calls.kek().to_owned(), wrapped };
        let wrapped = Descriptor { key: key.name(), wraps: vec![wrap] }
            .encode()
            .map_err(|error| KeyServiceError::not_ours(error.to_string()))?;
        Ok(FreshKey { id: key.name().id, wrapped })
    }

    /// How often the key service was called by this process.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.inner.calls.made()
    }

    /// Renews a key that still serves, out of the way of whoever reads. Nothing is lost if it is never finished.
    fn renew_ahead(&self, place: Place, slot: Arc<Slot>) {
        let Ok(flight) = slot.flight.clone().try_lock_owned() else { return };
        let inner = self.inner.clone();
        tokio::spawn(async move {
            let _flight = flight;
            if let Some(wrapped) = slot.wrapped() {
                // The outcome is in the slot; there is nobody to tell.
                let _ = inner.fetch(&place, &slot, wrapped).await;
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

    /// Asks the key service, with the slot's flight held, and keeps whatever came of it.
    async fn fetch(
        &self,
        place: &Place,
        slot: &Slot,
        wrapped: Arc<Vec<u8>>,
    ) -> Result<Arc<EnvironmentKey>, KeyServiceError> {
        let outcome = self.unwrap(place, &wrapped).await;
        let now = Instant::now();
        // Here, where time is spent anyway: keys past their time are wiped although nobody asks for them any more.
        self.slots().retain(|_, other| Arc::strong_count(other) > 1 || !other.is_spent(now));
        match outcome {
            Ok(key) => Ok(slot.keep(key, wrapped, now)),
            Err(error) => {
                warn!(environment = %place.environment, error = %error, "Environment key was not unwrapped");
                slot.fail(error, now)
            }
        }
    }

    async fn unwrap(&self, place: &Place, stored: &[u8]) -> Result<EnvironmentKey, KeyServiceError> {
        let descriptor = Descriptor::parse(stored)
            .map_err(|fault| KeyServiceError::not_ours(format!("the stored environment key: {fault}")))?;
        let kek = self.calls.kek();
        let Some(wrap) = descriptor.wraps.iter().find(|wrap| wrap.by == kek) else {
            let by: Vec<&str> = descriptor.wraps.iter().map(|wrap| wrap.by.as_str()).collect();
            return Err(KeyServiceError::not_ours(format!(
                "wrapped by {}, opened with {kek}",
                by.join(", ")
            )));
        };
        let context = WrapContext {
            deployment: place.deployment.clone(),
            environment: place.environment.clone(),
            key: descriptor.key,
        };
        let bytes = self.calls.unwrap(&wrap.wrapped, &context).await?;
        Ok(EnvironmentKey::from_bytes(bytes, descriptor.key))
    }
}
