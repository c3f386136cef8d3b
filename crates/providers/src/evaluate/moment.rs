//! The formats of `now()`.

use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

/// The instant, moved by some seconds, in one of the named formats; `None` for an unknown one.
pub fn format(unix_ms: i64, name: &str, plus_seconds: i64) -> Option<String> {
    let instant = OffsetDateTime::from_unix_timestamp_nanos(i128::from(unix_ms) * 1_000_000).ok()?;
    let instant = instant.checked_add(Duration::seconds(plus_seconds))?;
    let whole = instant.replace_nanosecond(0).ok()?;
    match name {
        "rfc3339" => instant.format(&Rfc3339).ok(),
        "iso_seconds" => whole.format(&Rfc3339).ok(),
        "compact" => whole.format(format_description!("[year][month][day]T[hour][minute][second]Z")).ok(),
        "rfc5322" => whole.format(&Rfc2822).ok(),
        "date" => whole.format(format_description!("[year]-[month]-[day]")).ok(),
        "unix" => Some(instant.unix_timestamp().to_string()),
        "unix_ms" => Some((instant.unix_timestamp_nanos() / 1_000_000).to_string()),
        _ => None,
    }
}
