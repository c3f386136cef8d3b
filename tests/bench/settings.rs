//! How large, and how long: from the environment, with defaults that end within three minutes.

use anyhow::Context as _;
use latchkey_vault::config::{Accounting, Reads};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What is run.
pub struct Settings {
    /// How many connections are stored, one measurement each; ascending.
    pub connections: Vec<usize>,
    /// Many and short: what else the machine does then falls on both sides of most of them.
    pub rounds: usize,
    /// How long each side is asked in a round.
    pub round: Duration,
    /// Callers that each wait for their answer before they ask again.
    pub callers: usize,
    /// HTTP/2 connections the callers share.
    pub channels: usize,
    /// Which reads are written down meanwhile.
    pub accounting: Accounting,
}

impl Settings {
    /// # Errors
    /// Where a variable is not a number.
    pub fn from_env() -> anyhow::Result<Self> {
        let sizes = std::env::var("LATCHKEY_BENCH_CONNECTIONS").unwrap_or_else(|_| "1000,20000".to_owned());
        let mut connections: Vec<usize> = sizes
            .split(',')
            .map(|size| size.trim().parse().context("LATCHKEY_BENCH_CONNECTIONS lists numbers: 1000,20000"))
            .collect::<anyhow::Result<_>>()?;
        connections.sort_unstable();
        Ok(Self {
            connections,
            rounds: number("LATCHKEY_BENCH_ROUNDS", 9)?,
            round: Duration::from_secs_f64(number("LATCHKEY_BENCH_SECONDS", 1.0)?),
            callers: number("LATCHKEY_BENCH_CALLERS", 32)?,
            channels: number("LATCHKEY_BENCH_CHANNELS", 4)?,
            accounting: accounting()?,
        })
    }
}

/// As it is where nobody sets it, unless told otherwise.
fn accounting() -> anyhow::Result<Accounting> {
    let Ok(word) = std::env::var("LATCHKEY_BENCH_ACCOUNTING") else { return Ok(Reads::default().accounting) };
    serde_json::from_value(word.into()).context("LATCHKEY_BENCH_ACCOUNTING is off, sampled, full or strict")
}

fn number<T: FromStr>(variable: &str, default: T) -> anyhow::Result<T> {
    match std::env::var(variable) {
        Ok(text) => text.parse().ok().with_context(|| format!("{variable} is not a number: `{text}`")),
        Err(_) => Ok(default),
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, round, callers, channels, accounting, .. } = self;
        write!(
            f,
            "{callers} callers on {channels} connections, {rounds} rounds of {round:?} for each, accounting {accounting:?}"
        )
    }
}
