//! `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.

use std::time::{Duration, SystemTime};

/// A provider that asks for more is asked again after this: its clock, or its proxy, may be wrong.
const WAIT_MAX: Duration = Duration::from_secs(3600);

/// How long to wait, counted from `now`. A date in the past means: at once. `None` where the text is neither form.
#[must_use]
pub fn parse(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    let wait = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a very long wait, which is capped all the same.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let until = httpdate::parse_http_date(text).ok()?;
        until.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(WAIT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(date: &str) -> SystemTime {
        httpdate::parse_http_date(date).unwrap()
    }

    #[test]
    fn seconds_and_dates_are_both_understood() {
        let now = at("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(parse("17", now), Some(Duration::from_secs(17)));
        assert_eq!(parse("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(Duration::from_secs(60)));
    }

    #[test]
    fn a_date_in_the_past_means_at_once() {
        let now = at("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(parse("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
    }

    #[test]
    fn nobody_makes_us_wait_longer_than_an_hour() {
        let now = at("Sun, 06 Nov 1994 08:49:37 GMT");
        for huge in ["3601", "999999999999999999999999", "Sat, 06 Nov 2094 08:49:37 GMT"] {
            assert_eq!(parse(huge, now), Some(WAIT_MAX), "{huge}");
        }
        assert_eq!(parse("3600", now), Some(WAIT_MAX));
    }

    #[test]
    fn anything_else_is_no_wish_at_all() {
        for text in ["", "soon", "-1", "1.5", "1e3"] {
            assert_eq!(parse(text, SystemTime::UNIX_EPOCH), None, "{text}");
        }
    }
}
