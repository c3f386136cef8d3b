//! Telling one refused grant from a wave of them: accounts are disconnected one by one, apps and providers fail at once.

use crate::{ConnectionId, Generation, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;

/// What counts as many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// How far back refusals count.
    pub window: Duration,
    /// How many connections of one app may be refused in a window, however quiet it usually is.
    pub refusals: u32,
    /// How many times as many as usual may be.
    pub times_usual: f64,
    /// A wave that lasts longer than this is no mistake: its refusals are believed.
    pub believed_after: Duration,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self {
            window: Duration::from_secs(300),
            refusals: 20,
            times_usual: 5.0,
            believed_after: Duration::from_secs(24 * 3600),
        }
    }
}

/// The refusals of one OAuth app.
#[derive(Debug, Default)]
pub struct Wave {
    /// The latest refusal of each connection within the window.
    recent: BTreeMap<ConnectionId, (Timestamp, Generation)>,
    /// How many connections are usually refused in a window.
    usual: f64,
    counted: u32,
    counted_from: Option<Timestamp>,
    since: Option<Timestamp>,
}

/// What a refusal is a part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    Calm,
    /// A wave has begun with it. These were refused before it was noticed.
    Rising(Vec<(ConnectionId, Generation)>),
    UnderWay,
    /// It has lasted too long to be a mistake.
    Believed,
}

/// How much the latest window counts among those before it.
const LATEST: f64 = 0.1;

/// Windows further back than this leave nothing of what was usual.
const WINDOWS_REMEMBERED: u128 = 100;

impl Wave {
    /// A connection's grant was refused.
    pub fn refused(
        &mut self,
        connection: ConnectionId,
        generation: Generation,
        at: Timestamp,
        tolerance: &Tolerance,
    ) -> Reading {
        self.count_windows(at, tolerance);
        self.forget(at, tolerance);
        if self.recent.insert(connection, (at, generation)).is_none() {
            self.counted = self.counted.saturating_add(1);
        }
        match self.since {
            Some(since) if since.until(at) > tolerance.believed_after => Reading::Believed,
            Some(_) => Reading::UnderWay,
            None if self.is_high(tolerance) => {
                self.since = Some(at);
                let before = self.recent.iter().filter(|(other, _)| **other != connection);
                Reading::Rising(before.map(|(other, (_, generation))| (*other, *generation)).collect())
            }
            None => Reading::Calm,
        }
    }

    /// Goes on with a wave that somebody else noticed.
    pub fn adopt(&mut self, at: Timestamp) {
        self.since.get_or_insert(at);
    }

    /// Whether a wave has ended: it was there for a window at least, and within the last one not many were refused.
    pub fn ended(&mut self, at: Timestamp, tolerance: &Tolerance) -> bool {
        self.forget(at, tolerance);
        let ended =
            self.since.is_some_and(|since| since.until(at) >= tolerance.window) && !self.is_high(tolerance);
        if ended {
            // What was counted meanwhile is not what is usual.
            (self.since, self.counted, self.counted_from) = (None, 0, Some(at));
        }
        ended
    }

    /// Whether there is nothing left to know of it.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        self.recent.is_empty() && self.since.is_none() && self.usual < LATEST
    }

    fn is_high(&self, tolerance: &Tolerance) -> bool {
        let usual = (self.usual * tolerance.times_usual).ceil();
        #[expect(clippy::cast_precision_loss, reason = "a number of connections")]
        let recent = self.recent.len() as f64;
        recent > usual.max(f64::from(tolerance.refusals))
    }

    fn forget(&mut self, at: Timestamp, tolerance: &Tolerance) {
        self.recent.retain(|_, (seen, _)| seen.until(at) < tolerance.window);
    }

    /// Makes whole windows that have passed part of what is usual. Those of a wave are not.
    fn count_windows(&mut self, at: Timestamp, tolerance: &Tolerance) {
        let from = *self.counted_from.get_or_insert(at);
        let passed = from.until(at).as_millis() / tolerance.window.as_millis().max(1);
        if passed == 0 {
            return;
        }
        if self.since.is_none() {
            for _ in 0..passed.min(WINDOWS_REMEMBERED) {
                self.usual += LATEST * (f64::from(self.counted) - self.usual);
                self.counted = 0;
            }
        }
        (self.counted, self.counted_from) = (0, Some(at));
    }
}
