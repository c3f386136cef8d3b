//! A database that takes another's place may have lost what that one had confirmed. Each refresher tells it again what its
//! own journal has, as soon as it notices; until all have had the time to, whoever refreshes asks the others first.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// By then every refresher that runs has noticed, and has told what it knows.
const OVER_AFTER: Duration = Duration::from_secs(60);

/// When this process last noticed one. Clones know the same.
#[derive(Clone, Default)]
pub struct Failover(Arc<Mutex<Option<Instant>>>);

impl Failover {
    pub fn noticed(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    pub fn is_recent(&self) -> bool {
        let noticed = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noticed.is_some_and(|at| at.elapsed() < OVER_AFTER)
    }
}
