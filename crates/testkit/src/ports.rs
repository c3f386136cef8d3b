//! Ports for processes that must be told theirs before they start.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the range the system takes ports from for outgoing connections, so that none is taken in between.
const FIRST: u16 = 12_000;
const COUNT: u16 = 18_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A loopback port nobody listens on, given out once in this process. Another process begins elsewhere in the range.
///
/// # Panics
/// Where the whole range is taken.
#[must_use]
pub fn free_port() -> u16 {
    let begin = u16::try_from(std::process::id().wrapping_mul(97) % u32::from(COUNT)).unwrap_or_default();
    for _ in 0..COUNT {
        let offset = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + begin.wrapping_add(offset) % COUNT;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no loopback port is free between {FIRST} and {}", FIRST + COUNT)
}
