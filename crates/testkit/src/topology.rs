//! The two shapes Latchkey runs in. Same code, same tests.

/// Chosen by the variable `TOPOLOGY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topology {
    /// One process, an SQLite file, a key file, no bus.
    One,
    /// Two vaults, two refreshers, connect and proxy; PostgreSQL, NATS, a key service, mutual TLS.
    Many,
}

impl Topology {
    /// # Panics
    /// Where the variable says anything but `one` or `many`.
    #[must_use]
    pub fn from_env() -> Self {
        match std::env::var("TOPOLOGY").as_deref() {
            Err(_) | Ok("" | "one") => Self::One,
            Ok("many") => Self::Many,
            Ok(other) => panic!("TOPOLOGY is `{other}`: expected `one` or `many`"),
        }
    }
}
