//! Instants and durations. Inside they are milliseconds and [`Duration`]s; on the wire, Google's two messages.

use super::required;
use crate::Fault;
use latchkey_domain::Timestamp;
use std::time::Duration;

const MILLIS_PER_SECOND: i64 = 1_000;
const NANOS_PER_MILLI: i32 = 1_000_000;
const NANOS: std::ops::Range<i32> = 0..1_000_000_000;

#[must_use]
pub fn timestamp_to_pb(instant: Timestamp) -> prost_types::Timestamp {
    // A remainder by 1000 is below 1000, so that it fits whatever the instant is.
    let millis = i32::try_from(instant.0.rem_euclid(MILLIS_PER_SECOND)).unwrap_or_default();
    prost_types::Timestamp {
        seconds: instant.0.div_euclid(MILLIS_PER_SECOND),
        nanos: millis * NANOS_PER_MILLI,
    }
}

/// Cut to milliseconds.
///
/// # Errors
/// [`Fault::field_invalid`] where it is out of range.
pub fn timestamp_from_pb(
    field: &str,
    instant: Option<prost_types::Timestamp>,
) -> Result<Option<Timestamp>, Fault> {
    let Some(instant) = instant else { return Ok(None) };
    let millis = instant
        .seconds
        .checked_mul(MILLIS_PER_SECOND)
        .filter(|_| NANOS.contains(&instant.nanos))
        .and_then(|millis| millis.checked_add(i64::from(instant.nanos / NANOS_PER_MILLI)));
    millis.map(|millis| Some(Timestamp(millis))).ok_or_else(|| {
        Fault::field_invalid(field, format!("`{field}` is out of range: nanos go from 0 to 999999999."))
    })
}

/// A duration beyond 292 thousand million years is cut to that.
#[must_use]
pub fn duration_to_pb(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(duration.subsec_nanos()).unwrap_or_default(),
    }
}

/// # Errors
/// [`Fault::field_invalid`] where it is negative or out of range.
pub fn duration_from_pb(
    field: &str,
    duration: Option<prost_types::Duration>,
) -> Result<Option<Duration>, Fault> {
    let Some(duration) = duration else { return Ok(None) };
    match (u64::try_from(duration.seconds), u32::try_from(duration.nanos)) {
        (Ok(seconds), Ok(nanos)) if NANOS.contains(&duration.nanos) => {
            Ok(Some(Duration::new(seconds, nanos)))
        }
        _ => Err(Fault::field_invalid(field, format!("`{field}` must be a positive duration."))),
    }
}

pub(super) fn instant(field: &str, value: Option<prost_types::Timestamp>) -> Result<Timestamp, Fault> {
    required(field, timestamp_from_pb(field, value)?)
}
