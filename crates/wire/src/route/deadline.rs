//! The `grpc-timeout` header, as a caller writes it: at most eight digits and a unit (gRPC over HTTP/2, "Requests").

use http::{HeaderMap, HeaderValue};
use latchkey_chassis::grpc::grpc_timeout;
use std::time::Duration;

const HEADER: &str = "grpc-timeout";
const DIGITS_MAX: usize = 8;

/// The caller's own limit where it set one and it is the shorter.
pub(super) fn shortest(headers: &HeaderMap, limit: Duration) -> Duration {
    grpc_timeout(headers).map_or(limit, |asked| asked.min(limit))
}

/// Tells the peer how long the caller will wait, so that it stops then too.
pub(super) fn tell(headers: &mut HeaderMap, deadline: Duration) {
    if let Ok(value) = HeaderValue::try_from(text(deadline)) {
        headers.insert(HEADER, value);
    }
}

/// In the finest unit that fits.
fn text(deadline: Duration) -> String {
    let units = [
        (deadline.as_nanos(), 'n'),
        (deadline.as_micros(), 'u'),
        (deadline.as_millis(), 'm'),
        (u128::from(deadline.as_secs()), 'S'),
    ];
    let fits = |count: u128| count < 10_u128.pow(u32::try_from(DIGITS_MAX).unwrap_or(u32::MAX));
    units
        .into_iter()
        .find(|(count, _)| fits(*count))
        .map_or_else(|| "99999999S".to_owned(), |(count, unit)| format!("{count}{unit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_what_is_read() {
        for (deadline, told) in [
            (Duration::from_nanos(5), "5n"),
            (Duration::from_millis(250), "250000u"),
            (Duration::from_secs(30), "30000000u"),
            (Duration::from_secs(3600), "3600000m"),
            (Duration::from_secs(1_000_000), "1000000S"),
        ] {
            assert_eq!(text(deadline), told);
            let mut headers = HeaderMap::new();
            tell(&mut headers, deadline);
            assert_eq!(grpc_timeout(&headers), Some(deadline));
        }
        assert_eq!(text(Duration::MAX), "99999999S");
    }

    #[test]
    fn the_shorter_of_two_limits_counts() {
        let limit = Duration::from_secs(30);
        for (header, expected) in [
            ("1S", Duration::from_secs(1)),
            ("1H", limit),
            ("soon", limit),
            ("", limit),
            ("123456789n", limit),
        ] {
            let headers = HeaderMap::from_iter([(
                http::HeaderName::from_static(HEADER),
                HeaderValue::from_static(header),
            )]);
            assert_eq!(shortest(&headers, limit), expected, "{header:?}");
        }
        assert_eq!(shortest(&HeaderMap::new(), limit), limit);
    }
}
