//! What the catalogue documents of a provider's refresh tokens, in the words of the domain.

use latchkey_domain::rotation::{Behaviour, RotationClass};
use latchkey_providers::{Provider, Rotation};

/// What its entry says. What it does not say is unknown, and the careful way is taken.
#[must_use]
pub fn documented(provider: &Provider) -> Behaviour {
    use latchkey_providers::RotationClass as Documented;
    let token = provider.behaviour().refresh_token;
    let rotation = match (token.rotation, provider.refresh().rotation) {
        (Some(Documented::None), _) => RotationClass::None,
        (Some(Documented::Grace), _) => {
            token.grace_seconds.map_or(RotationClass::Unknown, |seconds| RotationClass::Grace { seconds })
        }
        (Some(Documented::Strict), _) => RotationClass::Strict,
        // The way its answers are read says the same: the first one stays good, whatever comes.
        (None, Rotation::Keep) => RotationClass::None,
        (None, Rotation::Replace | Rotation::ReplaceIfPresent) => RotationClass::Unknown,
    };
    Behaviour { rotation, idle_seconds: token.idle_seconds, absolute_seconds: token.absolute_seconds }
}
