//! Where the random parts of new ids come from.

use std::fmt;
use std::sync::Arc;

/// A source of random bits for ids, of which eighty are used. No secret is ever made of it: when a refresh falls due depends
/// on a connection's id, so a simulation that is to be repeated must be able to choose.
#[derive(Clone)]
pub struct Ids(Arc<dyn Fn() -> u128 + Send + Sync>);

impl Ids {
    /// What every installation uses.
    #[must_use]
    pub fn random() -> Self {
        Self::of(rand::random)
    }

    #[must_use]
    pub fn of(source: impl Fn() -> u128 + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }

    pub(crate) fn next_bits(&self) -> u128 {
        (self.0)()
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids")
    }
}
