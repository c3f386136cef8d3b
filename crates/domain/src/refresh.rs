//! When a refresh is due. Pure: spread comes from the connection's id, not from chance.

use crate::{ConnectionId, Generation, Timestamp};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// Tokens that live at least this long are refreshed well before they expire, so that an outage of the provider of a
/// few minutes is never seen by a caller.
const LONG_LIVED: Duration = Duration::from_secs(600);
const LONG_LIVED_MARGIN: Duration = Duration::from_secs(300);

/// What a token is taken to live where the provider does not tell (RFC 6749 §5.1 leaves it open): such a token is replaced
/// about once a month, so that its refresh token does not lapse unused, and earlier where somebody asks for it.
pub const LIFETIME_ASSUMED: Duration = Duration::from_secs(30 * 24 * 3600);

/// A failing provider is asked again soon at first, and never less often than this.
const BACKOFF_FIRST: Duration = Duration::from_secs(1);
const BACKOFF_MAX: Duration = Duration::from_secs(300);

/// A provider that asks for more patience than this is asked again all the same: the answer may have been a mistake.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);

/// When a token should be replaced: after 70 to 85 % of its life. At 70 % several tries still fit before it expires; the
/// spread keeps tokens that were issued together from being refreshed together.
#[must_use]
pub fn due_at(
    id: ConnectionId,
    generation: Generation,
    obtained_at: Timestamp,
    expires_at: Timestamp,
) -> Timestamp {
    let lifetime = obtained_at.until(expires_at);
    let share = 0.70 + 0.15 * spread(id, generation.0);
    let due = obtained_at.plus(lifetime.mul_f64(share));
    if lifetime < LONG_LIVED {
        return due;
    }
    due.min(expires_at.minus(LONG_LIVED_MARGIN))
}

/// When to try again after the `attempts`-th failure in a row: doubling from a second to five minutes, with jitter, and
/// not before the provider said (RFC 9110 §10.2.3 Retry-After).
#[must_use]
pub fn retry_at(id: ConnectionId, attempts: u32, now: Timestamp, retry_after: Option<Duration>) -> Timestamp {
    let ceiling = BACKOFF_FIRST.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(BACKOFF_MAX);
    let backoff = ceiling.mul_f64(0.5 + 0.5 * spread(id, u64::from(attempts)));
    now.plus(backoff.max(retry_after.unwrap_or_default().min(RETRY_AFTER_MAX)))
}

/// A wait between `wait` and twice that, always the same for one connection and generation.
#[must_use]
pub fn spread_out(id: ConnectionId, generation: Generation, wait: Duration) -> Duration {
    wait.mul_f64(1.0 + spread(id, generation.0))
}

/// A number in [0, 1) that is always the same for one id and number, and unlike its neighbours'.
fn spread(id: ConnectionId, number: u64) -> f64 {
    let hash = Sha256::new().chain_update(id.to_bytes()).chain_update(number.to_be_bytes()).finalize();
    f64::from(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> ConnectionId {
        ConnectionId::from_parts(0, number)
    }

    #[test]
    fn a_token_is_replaced_between_70_and_85_percent_of_its_life() {
        for number in 0..1000 {
            let due = due_at(id(number), Generation(1), Timestamp(0), Timestamp(60_000));
            assert!((42_000..51_000).contains(&due.0), "{due:?}");
        }
    }

    #[test]
    fn tokens_issued_together_fall_due_apart() {
        let mut dues: Vec<_> = (0..100)
            .map(|n| due_at(id(n), Generation(1), Timestamp(0), Timestamp(3_600_000)).0 / 10_000)
            .collect();
        dues.sort_unstable();
        dues.dedup();
        assert!(dues.len() > 30, "{} different ten-second slots", dues.len());
    }

    #[test]
    fn a_long_lived_token_is_replaced_at_least_five_minutes_ahead() {
        for number in 0..1000 {
            let due = due_at(id(number), Generation(1), Timestamp(0), Timestamp(660_000));
            assert!(due.0 <= 360_000);
        }
    }

    #[test]
    fn retries_back_off_to_five_minutes_and_obey_retry_after() {
        let wait = |attempts, after| retry_at(id(7), attempts, Timestamp(0), after).0;
        assert!((500..=1_000).contains(&wait(1, None)));
        assert!((150_000..=300_000).contains(&wait(40, None)));
        assert_eq!(wait(1, Some(Duration::from_secs(90))), 90_000);
        assert_eq!(wait(1, Some(Duration::from_secs(1_000_000))), 3_600_000);
    }
}
