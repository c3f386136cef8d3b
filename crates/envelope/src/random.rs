//! Randomness, from the operating system alone.

use ring::rand::{SecureRandom, SystemRandom};

/// # Panics
/// Where the operating system has no randomness to give. Nothing can be sealed safely then, and no kernel this runs on
/// fails once it has booted.
#[must_use]
#[expect(clippy::expect_used, reason = "going on without randomness would be worse than stopping")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}
