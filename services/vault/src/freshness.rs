//! Waiting until a connection has changed, whoever changed it.
//!
//! A change made in this process, or hinted at on the bus, wakes the waiter at once. Neither is relied on: a slow poll
//! of the store finds every change, so waiting works with the bus down and across nodes, only later.

use latchkey_bus::Hint;
use latchkey_domain::ConnectionId;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{SemaphorePermit, broadcast},
    time::timeout,
};

/// How long a waiter sleeps at most before it looks for itself: at first, so that a missed hint costs little, and later.
const POLL_FIRST: Duration = Duration::from_millis(100);
const POLL_MAX: Duration = Duration::from_secs(1);

/// Waiters that do not keep up are told only that they missed something, and look for themselves.
const BACKLOG: usize = 1024;

/// How many callers wait for a refresh at this moment.
const WAITERS: &str = "latchkey_token_waiters";

#[derive(Clone)]
pub struct Freshness {
    changed: Arc<broadcast::Sender<ConnectionId>>,
}

/// One caller's wait. Made before the store is read, so that no change falls between reading and waiting.
pub struct Waiter {
    connection: ConnectionId,
    changes: broadcast::Receiver<ConnectionId>,
    poll: Duration,
}

/// One caller's place among those who wait at once, counted for as long as it is held.
pub struct Place<'a> {
    _permit: SemaphorePermit<'a>,
}

impl<'a> Place<'a> {
    pub fn new(permit: SemaphorePermit<'a>) -> Self {
        metrics::gauge!(WAITERS).increment(1.0);
        Self { _permit: permit }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        metrics::gauge!(WAITERS).decrement(1.0);
    }
}

impl Freshness {
    #[must_use]
    pub fn new() -> Self {
        Self { changed: Arc::new(broadcast::Sender::new(BACKLOG)) }
    }

    pub fn changed(&self, connection: ConnectionId) {
        // Nobody waiting is no error.
        let _ = self.changed.send(connection);
    }

    /// Passes on what the bus says has changed elsewhere.
    pub fn heed(&self, hint: &Hint) {
        if let Hint::CredentialChanged { connection } = hint
            && let Ok(connection) = connection.parse()
        {
            self.changed(connection);
        }
    }

    #[must_use]
    pub fn waiter(&self, connection: ConnectionId) -> Waiter {
        Waiter { connection, changes: self.changed.subscribe(), poll: POLL_FIRST }
    }
}

impl Default for Freshness {
    fn default() -> Self {
        Self::new()
    }
}

impl Waiter {
    /// Returns when the connection may have changed. May return for no reason: the caller looks again.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing but the wait.
    pub async fn nudged(&mut self) {
        let _ = timeout(self.poll, self.mentioned()).await;
        self.poll = (self.poll * 2).min(POLL_MAX);
    }

    async fn mentioned(&mut self) {
        loop {
            match self.changes.recv().await {
                Ok(connection) if connection != self.connection => {}
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
                // No more news from this process; the poll goes on.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    fn id(number: u128) -> ConnectionId {
        ConnectionId::from_parts(1, number)
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_between_reading_and_waiting_is_not_missed() {
        let freshness = Freshness::new();
        let mut waiter = freshness.waiter(id(1));
        freshness.changed(id(1));
        let start = Instant::now();
        waiter.nudged().await;
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn without_any_news_the_waiter_looks_for_itself_ever_more_slowly() {
        let freshness = Freshness::new();
        let mut waiter = freshness.waiter(id(1));
        freshness.changed(id(2));
        let start = Instant::now();
        for _ in 0..10 {
            waiter.nudged().await;
        }
        assert!(start.elapsed() > Duration::from_secs(5) && start.elapsed() < Duration::from_secs(10));
    }
}
