//! Durations as people write them.

use std::time::Duration;

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
