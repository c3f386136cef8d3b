//! How fast one OAuth app is asked: a token bucket whose rate is learnt. A provider that says "too many" has it halved at
//! once; while it answers, the rate grows again by and by (additive increase, multiplicative decrease, as TCP does,
//! RFC 5681 §3.1).
//!
//! Invariant: no token is given before a provider's Retry-After has passed, to nobody. What is merely due leaves a fifth
//! of the bucket to those who wait.

use std::time::{Duration, Instant};

/// How many requests a second an app begins with; also what it falls back to after an outage, so that the backlog is not
/// let loose on a provider that has just come back.
pub const RATE_FIRST: f64 = 50.0;

/// A provider that never complains is not asked faster than this.
pub const RATE_MAX: f64 = 500.0;

/// A provider that complains at every request is still asked now and then: every ten seconds.
const RATE_MIN: f64 = 0.1;

/// By how much the rate grows in a second with answers, so that a halved rate is back within minutes.
const RAISE_PER_SECOND: f64 = 0.5;

/// The bucket holds what comes in this time.
const BURST: Duration = Duration::from_secs(1);

/// The share of the bucket that only those get who are waited for.
const RESERVE: f64 = 0.2;

/// Several answers of one moment tell of one excess.
const CUT_ONCE_IN: Duration = Duration::from_secs(1);

/// A provider that asks for more patience than this is asked again all the same: the answer may have been a mistake.
const QUIET_MAX: Duration = Duration::from_secs(3600);

/// Who asks for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A caller waits.
    Wanted,
    Due,
}

#[derive(Debug)]
pub struct Bucket {
    rate: f64,
    level: f64,
    filled_at: Instant,
    raised_at: Instant,
    cut_at: Option<Instant>,
    quiet_until: Option<Instant>,
}

impl Bucket {
    #[must_use]
    pub fn new(now: Instant) -> Self {
        let level = burst(RATE_FIRST);
        Self { rate: RATE_FIRST, level, filled_at: now, raised_at: now, cut_at: None, quiet_until: None }
    }

    /// Takes a token, or says when to ask again at the earliest.
    ///
    /// # Errors
    /// The instant from which there may be one.
    pub fn take(&mut self, now: Instant, priority: Priority) -> Result<(), Instant> {
        self.ready(now, priority)?;
        self.level -= 1.0;
        Ok(())
    }

    /// Whether there is a token.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub fn ready(&mut self, now: Instant, priority: Priority) -> Result<(), Instant> {
        if let Some(until) = self.quiet_until(now) {
            return Err(until);
        }
        self.fill(now);
        let missing = 1.0 + self.reserve(priority) - self.level;
        if missing <= 1e-9 {
            return Ok(());
        }
        Err(now + Duration::from_secs_f64(missing / self.rate))
    }

    /// Until when nothing may be asked, because the provider said so.
    #[must_use]
    pub fn quiet_until(&self, now: Instant) -> Option<Instant> {
        self.quiet_until.filter(|until| *until > now)
    }

    /// The provider answered.
    pub fn answered(&mut self, now: Instant) {
        let since = now.saturating_duration_since(self.raised_at).min(Duration::from_secs(1));
        self.fill(now);
        self.rate = (self.rate + RAISE_PER_SECOND * since.as_secs_f64()).min(RATE_MAX);
        self.raised_at = now;
    }

    /// The provider asks for fewer requests (RFC 6585 §4), and perhaps for none for a while (RFC 9110 §10.2.3).
    pub fn limited(&mut self, now: Instant, retry_after: Option<Duration>) {
        self.fill(now);
        if self.cut_at.is_none_or(|cut_at| now.saturating_duration_since(cut_at) >= CUT_ONCE_IN) {
            self.rate = (self.rate / 2.0).max(RATE_MIN);
            self.cut_at = Some(now);
        }
        self.level = self.level.min(burst(self.rate));
        if let Some(after) = retry_after {
            let until = now + after.min(QUIET_MAX);
            self.quiet_until = Some(self.quiet_until.map_or(until, |known| known.max(until)));
        }
    }

    /// After an outage: slowly at first.
    pub fn start_over(&mut self, now: Instant) {
        self.fill(now);
        self.rate = self.rate.min(RATE_FIRST);
        self.level = self.level.min(1.0);
    }

    /// Requests a second, for the gauge.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    fn reserve(&self, priority: Priority) -> f64 {
        match priority {
            Priority::Wanted => 0.0,
            // A bucket of one cannot be shared.
            Priority::Due => (RESERVE * burst(self.rate)).min(burst(self.rate) - 1.0),
        }
    }

    fn fill(&mut self, now: Instant) {
        let since = now.saturating_duration_since(self.filled_at);
        self.level = (self.level + self.rate * since.as_secs_f64()).min(burst(self.rate));
        self.filled_at = now;
    }
}

fn burst(rate: f64) -> f64 {
    (rate * BURST.as_secs_f64()).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// How many are given in ten seconds to somebody who asks every millisecond.
    fn given(bucket: &mut Bucket, from: Instant, priority: Priority) -> u32 {
        (0..10_000).map(|ms| u32::from(bucket.take(from + Duration::from_millis(ms), priority).is_ok())).sum()
    }

    #[test]
    fn no_more_is_given_than_the_rate_and_one_burst() {
        let now = Instant::now();
        let given = given(&mut Bucket::new(now), now, Priority::Wanted);
        assert!((540..=551).contains(&given), "{given}");
    }

    #[test]
    fn what_is_due_leaves_a_fifth_to_those_who_wait() {
        let now = Instant::now();
        let mut bucket = Bucket::new(now);
        let due = (0..100).filter(|_| bucket.take(now, Priority::Due).is_ok()).count();
        let wanted = (0..100).filter(|_| bucket.take(now, Priority::Wanted).is_ok()).count();
        assert_eq!((due, wanted), (40, 10));
    }

    #[test]
    fn who_is_refused_is_told_when_to_come_back() {
        let now = Instant::now();
        let mut bucket = Bucket::new(now);
        while bucket.take(now, Priority::Wanted).is_ok() {}
        let at = bucket.take(now, Priority::Wanted).unwrap_err();
        assert!(at > now && bucket.take(at, Priority::Wanted).is_ok());
        let at = bucket.take(at, Priority::Due).unwrap_err();
        assert!(bucket.take(at, Priority::Due).is_ok());
    }

    #[test]
    fn nobody_is_served_before_retry_after_has_passed_and_an_hour_is_the_most() {
        let now = Instant::now();
        let mut bucket = Bucket::new(now);
        bucket.limited(now, Some(secs(90.0)));
        bucket.limited(now, Some(secs(5.0)));
        assert_eq!(bucket.take(now + secs(89.9), Priority::Wanted), Err(now + secs(90.0)));
        assert!(bucket.take(now + secs(90.0), Priority::Wanted).is_ok());
        bucket.limited(now, Some(secs(1e6)));
        assert_eq!(bucket.quiet_until(now), Some(now + secs(3600.0)));
    }

    #[test]
    fn the_rate_is_halved_once_for_answers_of_one_moment() {
        let now = Instant::now();
        let mut bucket = Bucket::new(now);
        for ms in 0..20 {
            bucket.limited(now + Duration::from_millis(ms), None);
        }
        assert!((bucket.rate() - 25.0).abs() < 1e-9);
        for second in 2..60 {
            bucket.limited(now + secs(f64::from(second)), None);
        }
        assert!((bucket.rate() - RATE_MIN).abs() < 1e-9, "and never to nothing");
        assert!(
            given(&mut bucket, now + secs(60.0), Priority::Due) >= 1,
            "a bucket of one is not all reserve"
        );
    }

    #[test]
    fn the_rate_grows_by_and_by_while_there_are_answers_and_not_by_waiting() {
        let now = Instant::now();
        let mut bucket = Bucket::new(now);
        bucket.limited(now, None);
        bucket.answered(now + secs(3600.0));
        assert!(bucket.rate() < 26.0, "an hour of silence teaches nothing");
        for ms in (0..100_000).step_by(100) {
            bucket.answered(now + secs(3600.0) + Duration::from_millis(ms));
        }
        assert!((70.0..80.0).contains(&bucket.rate()), "{}", bucket.rate());
    }

    #[test]
    fn after_an_outage_the_backlog_is_let_go_slowly() {
        let now = Instant::now();
        let mut bucket = Bucket::new(now);
        bucket.start_over(now);
        let at_once = (0..100).filter(|_| bucket.take(now, Priority::Wanted).is_ok()).count();
        assert_eq!(at_once, 1);
    }
}
