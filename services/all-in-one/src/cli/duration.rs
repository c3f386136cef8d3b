//! Durations, and instants, as people write them.

use prost_types::Timestamp;
use std::time::{Duration, SystemTime};

/// `90`, `90s`, `5m`, `2h` or `7d`; a bare number is seconds.
///
/// # Errors
/// Where it is none of these.
pub fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err("expected a number and s, m, h or d, such as 90s".to_owned()),
    };
    let number: u64 =
        digits.parse().map_err(|_| "expected a number and s, m, h or d, such as 90s".to_owned())?;
    number.checked_mul(unit).map(Duration::from_secs).ok_or_else(|| "that is too long".to_owned())
}

/// An instant in RFC 3339, or how long ago it was.
///
/// # Errors
/// Where it is neither.
pub fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let ago = parse(text).ok().and_then(|ago| SystemTime::now().checked_sub(ago));
    ago.map(Into::into)
        .ok_or_else(|| "expected a time such as 2026-01-31T12:00:00Z, or how long ago, such as 7d".to_owned())
}

/// The largest unit that says it well: `58 s`, `12 min`, `3 h`, `9 d`.
pub fn words(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_as_it_is_or_by_how_long_ago_it_was() {
        assert_eq!(instant("1970-01-01T00:01:00Z"), Ok(Timestamp { seconds: 60, nanos: 0 }));
        let now = Timestamp::from(SystemTime::now());
        let ago = now.seconds - instant("2h").unwrap().seconds;
        assert!((7_199..=7_201).contains(&ago), "{ago}");
        assert!(instant("yesterday").is_err() && instant("99999999999999999999d").is_err());
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, seconds) in [("90", 90), ("30s", 30), ("5m", 300), ("2h", 7_200), ("7d", 604_800)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "-1s", "1w", "1.5h", "99999999999999999999d", "9999999999999999d"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn they_are_told_in_the_unit_that_says_it_well() {
        for (seconds, said) in [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7_200, "2 h"), (172_800, "2 d")]
        {
            assert_eq!(words(seconds), said);
        }
    }
}
