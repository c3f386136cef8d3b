//! Whether a token endpoint is asked at all: where most requests of the last half minute found nobody, asking more of
//! them helps nobody and risks single-use tokens whose answers get lost.
//!
//! Closed → open (where half of twenty results within thirty seconds are bad) → half open (a few probes) → closed or
//! open again, for longer. A breaker never says anything about a connection.

use std::time::{Duration, Instant};

/// How far back results count.
const WINDOW_SECS: usize = 30;

/// Fewer results than this prove nothing.
const RESULTS_MIN: u32 = 20;

/// How long it stays open, at first and at most.
const OPEN_FIRST: Duration = Duration::from_secs(5);
const OPEN_MAX: Duration = Duration::from_secs(60);

/// How many probes may be out at once, and how many good ones in a row close it.
const PROBES_MAX: u32 = 1;
const PROBES_GOOD: u32 = 3;

/// What a request came to, as far as the endpoint's health goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It answered, whatever it said.
    Good,
    /// It did not, or not sensibly: no connection, no answer, 5xx.
    Bad,
}

/// What the breaker says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    Go,
    /// Go, and tell: the next ones depend on it.
    Probe,
    /// Not before this.
    NotBefore(Instant),
}

/// As what a request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    Request,
    Probe,
}

/// Worth a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Opened,
    HalfOpened,
    Closed,
}

#[derive(Debug)]
pub struct Breaker {
    state: State,
    window: Window,
    /// How long it was open the last time.
    open_for: Duration,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed,
    Open { until: Instant },
    HalfOpen { out: u32, good: u32 },
}

impl Breaker {
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { state: State::Closed, window: Window::new(now), open_for: Duration::ZERO }
    }

    /// What a request would be told now. Nothing changes.
    #[must_use]
    pub fn leave(&self, now: Instant) -> Leave {
        match self.state {
            State::Closed => Leave::Go,
            State::Open { until } if now < until => Leave::NotBefore(until),
            State::Open { .. } => Leave::Probe,
            State::HalfOpen { out, .. } if out < PROBES_MAX => Leave::Probe,
            // The probe's result tells; until then there is no better guess.
            State::HalfOpen { .. } => Leave::NotBefore(now + OPEN_FIRST),
        }
    }

    /// A probe goes. Its result must be recorded, or that there will be none.
    pub fn probed(&mut self) -> Option<Change> {
        if let State::HalfOpen { out, .. } = &mut self.state {
            *out += 1;
            return None;
        }
        self.state = State::HalfOpen { out: 1, good: 0 };
        Some(Change::HalfOpened)
    }

    /// What came of a request.
    pub fn record(&mut self, now: Instant, errand: Errand, health: Health) -> Option<Change> {
        match (&mut self.state, health) {
            (State::Closed, _) => {
                self.window.add(now, health);
                let (all, bad) = self.window.counts();
                (all >= RESULTS_MIN && bad * 2 >= all).then(|| self.open(now))
            }
            // Begun before it opened: what they say has been said.
            (State::Open { .. }, _) => None,
            (State::HalfOpen { .. }, _) if errand == Errand::Request => None,
            (State::HalfOpen { .. }, Health::Bad) => Some(self.open(now)),
            (State::HalfOpen { out, good }, Health::Good) => {
                *out = out.saturating_sub(1);
                *good += 1;
                if *good < PROBES_GOOD {
                    return None;
                }
                *self = Self::new(now);
                Some(Change::Closed)
            }
        }
    }

    /// A request that was begun and came to nothing that can be recorded.
    pub fn abandoned(&mut self) {
        if let State::HalfOpen { out, .. } = &mut self.state {
            *out = out.saturating_sub(1);
        }
    }

    /// Whether there is nothing in it worth keeping.
    #[must_use]
    pub fn is_idle(&mut self, now: Instant) -> bool {
        self.window.forget_before(now);
        matches!(self.state, State::Closed) && self.window.counts().0 == 0
    }

    fn open(&mut self, now: Instant) -> Change {
        self.open_for = (self.open_for * 2).clamp(OPEN_FIRST, OPEN_MAX);
        self.state = State::Open { until: now + self.open_for };
        self.window = Window::new(now);
        Change::Opened
    }
}

/// Results by the second.
#[derive(Debug)]
struct Window {
    slots: [(u32, u32); WINDOW_SECS],
    begin: Instant,
    /// The second the newest slot stands for, counted from `begin`.
    newest: u64,
}

impl Window {
    fn new(now: Instant) -> Self {
        Self { slots: [(0, 0); WINDOW_SECS], begin: now, newest: 0 }
    }

    fn add(&mut self, now: Instant, health: Health) {
        self.forget_before(now);
        let slot = &mut self.slots[place(self.newest)];
        slot.0 += 1;
        slot.1 += u32::from(health == Health::Bad);
    }

    fn forget_before(&mut self, now: Instant) {
        let second = now.saturating_duration_since(self.begin).as_secs();
        let stale = second.saturating_sub(self.newest).min(WINDOW_SECS as u64);
        for number in 1..=stale {
            self.slots[place(second - stale + number)] = (0, 0);
        }
        self.newest = self.newest.max(second);
    }

    fn counts(&self) -> (u32, u32) {
        self.slots.iter().fold((0, 0), |sum, slot| (sum.0 + slot.0, sum.1 + slot.1))
    }
}

fn place(second: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "less than the length of an array")]
    let place = (second % WINDOW_SECS as u64) as usize;
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(begin: Instant, secs: f64) -> Instant {
        begin + Duration::from_secs_f64(secs)
    }

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::new(now);
        let changes: Vec<_> =
            (0..20).filter_map(|_| breaker.record(now, Errand::Request, Health::Bad)).collect();
        assert_eq!(changes, [Change::Opened]);
        breaker
    }

    #[test]
    fn it_opens_when_half_of_twenty_results_are_bad_and_not_before() {
        let now = Instant::now();
        let mut breaker = Breaker::new(now);
        for _ in 0..9 {
            assert_eq!(breaker.record(now, Errand::Request, Health::Bad), None);
            assert_eq!(breaker.record(now, Errand::Request, Health::Good), None);
        }
        assert_eq!(breaker.record(now, Errand::Request, Health::Good), None, "nineteen prove nothing");
        assert_eq!(breaker.record(now, Errand::Request, Health::Bad), Some(Change::Opened));
        assert_eq!(breaker.leave(now), Leave::NotBefore(at(now, 5.0)));
    }

    #[test]
    fn a_minority_of_failures_does_not_open_it() {
        let now = Instant::now();
        let mut breaker = Breaker::new(now);
        for number in 0..1000_u32 {
            let health = if number % 5 < 3 { Health::Good } else { Health::Bad };
            assert_eq!(breaker.record(at(now, f64::from(number) / 50.0), Errand::Request, health), None);
        }
    }

    #[test]
    fn what_is_older_than_half_a_minute_does_not_count() {
        let now = Instant::now();
        let mut breaker = Breaker::new(now);
        for second in 0..200 {
            assert_eq!(
                breaker.record(at(now, f64::from(second) * 2.0), Errand::Request, Health::Bad),
                None,
                "15 in the window"
            );
        }
        assert!(!breaker.is_idle(at(now, 420.0)) && breaker.is_idle(at(now, 430.0)));
    }

    #[test]
    fn three_good_probes_one_after_the_other_close_it() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let later = at(now, 5.0);
        for expected in [Some(Change::HalfOpened), None, None] {
            assert_eq!(breaker.leave(later), Leave::Probe);
            assert_eq!(breaker.probed(), expected);
            assert!(matches!(breaker.leave(later), Leave::NotBefore(_)), "one probe at a time");
            let closed = breaker.record(later, Errand::Probe, Health::Good);
            assert_eq!(closed == Some(Change::Closed), breaker.leave(later) == Leave::Go);
        }
        assert_eq!(breaker.leave(later), Leave::Go);
    }

    #[test]
    fn a_bad_probe_opens_it_for_longer_up_to_a_minute() {
        let mut now = Instant::now();
        let mut breaker = opened(now);
        for expected in [10.0, 20.0, 40.0, 60.0, 60.0] {
            let Leave::NotBefore(until) = breaker.leave(now) else { panic!("it is open") };
            now = until;
            breaker.probed();
            assert_eq!(breaker.record(now, Errand::Probe, Health::Bad), Some(Change::Opened));
            assert_eq!(breaker.leave(now), Leave::NotBefore(at(now, expected)));
        }
    }

    #[test]
    fn results_of_requests_begun_before_it_opened_change_nothing() {
        let now = Instant::now();
        let mut breaker = opened(now);
        for health in [Health::Good, Health::Bad] {
            assert_eq!(breaker.record(at(now, 1.0), Errand::Request, health), None);
        }
        assert_eq!(breaker.leave(at(now, 4.9)), Leave::NotBefore(at(now, 5.0)));
        breaker.probed();
        for health in [Health::Good, Health::Good, Health::Good, Health::Bad] {
            assert_eq!(breaker.record(at(now, 6.0), Errand::Request, health), None);
        }
    }

    #[test]
    fn an_abandoned_probe_makes_room_for_another() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let later = at(now, 5.0);
        breaker.probed();
        breaker.abandoned();
        assert_eq!(breaker.leave(later), Leave::Probe);
    }
}
