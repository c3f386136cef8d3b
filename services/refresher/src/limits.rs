//! How much may be under way at once: in all, and at one provider, so that a slow one does not hold up the others.

use crate::config::Settings;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Clone)]
pub struct Limits {
    all: Arc<Semaphore>,
    per_provider: usize,
    providers: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
}

/// Leave to make one refresh. Given back when dropped.
pub struct Permit {
    _all: OwnedSemaphorePermit,
    _provider: OwnedSemaphorePermit,
}

impl Limits {
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self {
            all: Arc::new(Semaphore::new(settings.concurrency.get())),
            per_provider: settings.per_provider.get(),
            providers: Arc::default(),
        }
    }

    /// How many more refreshes may begin now.
    #[must_use]
    pub fn free(&self) -> usize {
        self.all.available_permits()
    }

    /// Leave to begin now; `None` where the provider, or we, have enough to do.
    #[must_use]
    pub fn try_begin(&self, provider: &str) -> Option<Permit> {
        let all = self.all.clone().try_acquire_owned().ok()?;
        let provider = self.provider(provider).try_acquire_owned().ok()?;
        Some(Permit { _all: all, _provider: provider })
    }

    fn provider(&self, id: &str) -> Arc<Semaphore> {
        let mut providers = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = providers.get(id) {
            return known.clone();
        }
        let new = Arc::new(Semaphore::new(self.per_provider));
        providers.insert(id.to_owned(), new.clone());
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(concurrency: usize, per_provider: usize) -> Limits {
        let number = |number| std::num::NonZeroUsize::new(number).unwrap();
        Limits::new(&Settings { concurrency: number(concurrency), per_provider: number(per_provider) })
    }

    #[test]
    fn a_busy_provider_does_not_hold_up_the_others() {
        let limits = limits(10, 2);
        let _busy = [limits.try_begin("slow").unwrap(), limits.try_begin("slow").unwrap()];
        assert!(limits.try_begin("slow").is_none());
        assert!(limits.try_begin("quick").is_some());
    }

    #[test]
    fn a_refused_permit_takes_nothing_away() {
        let limits = limits(3, 1);
        let _one = limits.try_begin("slow").unwrap();
        assert!(limits.try_begin("slow").is_none());
        assert_eq!(limits.free(), 2);
    }
}
