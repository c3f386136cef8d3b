//! What this process has cost so far, in CPU time.

use std::fs;
use std::time::Duration;

/// Linux counts in hundredths of a second here, whatever its clock's own step (`proc(5)`, `USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// In user and system time, of all threads. `None` where the system does not tell it in `/proc`.
pub fn spent() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name stands in brackets and may hold anything; `utime` and `stime` are the 12th and 13th after it.
    let (_, after) = stat.rsplit_once(") ")?;
    let ticks: u32 = after.split(' ').skip(11).take(2).map(|ticks| ticks.parse().unwrap_or(0)).sum();
    Some(TICK * ticks)
}
