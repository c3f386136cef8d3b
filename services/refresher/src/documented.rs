//! What the catalogue documents of a provider's refresh tokens, in the words of the domain.

use latchkey_domain::rotation::{Behaviour, RotationClass};
use latchkey_providers::{Provider, Rotation};

/// What its entry says. What it does not say is unknown, and the careful way is taken.
#[must_use]
pub fn behaviour(provider: &Provider) -> Behaviour {
    let rotation = match provider.refresh().rotation {
        Rotation::Keep => RotationClass::None,
        Rotation::Replace | Rotation::ReplaceIfPresent => RotationClass::Unknown,
    };
    Behaviour { rotation, ..Behaviour::default() }
}
