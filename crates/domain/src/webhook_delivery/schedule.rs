//! When the next attempt is made.

use super::Message;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// Up to so much of a wait is added to it, so that what failed together is not tried again together.
const JITTER: f64 = 0.1;

/// The waits before each attempt, the first one's included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Vec<Duration>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a schedule without an attempt delivers nothing: name at least one wait")]
pub struct NoAttempts;

impl Default for Schedule {
    /// Ten attempts: at once, after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h; three days and some in all.
    fn default() -> Self {
        let waits = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        Self(waits.map(Duration::from_secs).to_vec())
    }
}

impl Schedule {
    /// # Errors
    /// [`NoAttempts`] where there is none.
    pub fn new(waits: Vec<Duration>) -> Result<Self, NoAttempts> {
        if waits.is_empty() { Err(NoAttempts) } else { Ok(Self(waits)) }
    }

    /// How long to wait after so many attempts have failed; `None` where that was the last. An endpoint that asks for more
    /// time is given it.
    #[must_use]
    pub fn wait_after(
        &self,
        tries: u32,
        message: &Message,
        retry_after: Option<Duration>,
    ) -> Option<Duration> {
        let wait = *self.0.get(usize::try_from(tries).ok()?)?;
        Some(wait.max(retry_after.unwrap_or_default()).mul_f64(1.0 + JITTER * spread(message, tries)))
    }
}

/// A number in [0, 1), always the same for one message and number.
fn spread(message: &Message, number: u32) -> f64 {
    let hash = Sha256::new()
        .chain_update(message.endpoint.to_bytes())
        .chain_update(message.event.as_str())
        .chain_update(number.to_be_bytes())
        .finalize();
    f64::from(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])) / (f64::from(u32::MAX) + 1.0)
}
