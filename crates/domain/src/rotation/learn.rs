//! What a provider's answers teach about its refresh tokens. What the catalogue documents goes before it.

use super::{Behaviour, RotationClass};
use crate::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often a refresh must have left the refresh token as it was before it is believed that it never changes: some
/// providers replace it once a day.
const KEPT_ENOUGH: u32 = 3;

/// How long it must have stayed as it was before one is sent twice on the strength of that.
const KEPT_LONG_ENOUGH: Duration = Duration::from_secs(48 * 3600);

/// The way one refresh took, as far as it teaches something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Course {
    /// What the catalogue documents of the provider.
    pub documented: Behaviour,
    /// Seconds since the same refresh token was first sent and the answer lost; `None` where no answer was lost. The provider
    /// may have acted on that first request.
    pub unanswered_seconds: Option<u64>,
}

/// What was seen of one connection's refresh tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Learnt {
    /// Refreshes in a row that brought no other refresh token.
    #[serde(default)]
    pub kept: u32,
    /// When the first of them was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_since: Option<Timestamp>,
    /// A refresh has brought another one.
    #[serde(default)]
    pub rotated: bool,
    /// The longest after its first use that the old one was taken again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reuse_taken_seconds: Option<u64>,
    /// The shortest after a lost answer that the old one was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reuse_refused_seconds: Option<u64>,
}

impl Learnt {
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// After a refresh that worked. `rotated`: it brought another refresh token. That an earlier answer was lost teaches
    /// nothing here: the provider may never have seen that request.
    #[must_use]
    pub fn after_success(self, rotated: bool, at: Timestamp) -> Self {
        if rotated {
            return Self { kept: 0, kept_since: None, rotated: true, ..self };
        }
        let kept_since = self.kept_since.or(Some(at));
        Self { kept: self.kept.saturating_add(1), kept_since, ..self }
    }

    /// After a second answer to one and the same refresh token, so long after the first.
    #[must_use]
    pub fn after_second_answer(self, seconds: u64) -> Self {
        Self { reuse_taken_seconds: self.reuse_taken_seconds.max(Some(seconds)), ..self }
    }

    /// After a refusal of a refresh token that may have been used before, its answer lost.
    #[must_use]
    pub fn after_refusal(self, unanswered_seconds: Option<u64>) -> Self {
        let refused = self.reuse_refused_seconds.into_iter().chain(unanswered_seconds).min();
        Self { reuse_refused_seconds: refused, ..self }
    }

    /// The class that is told, and that says whether a refusal is believed: the documented one, or what was seen. A grace is learnt only as far as it was seen to reach, and
    /// one refusal inside it unlearns it.
    #[must_use]
    pub fn class(self, documented: RotationClass) -> RotationClass {
        documented.or(self.seen())
    }

    /// The class by which a refresh token is sent, where none is documented. `last_refresh`: when the latest one worked. That a
    /// token was not replaced for a few hours is no reason to send it twice.
    #[must_use]
    pub fn to_send_by(self, last_refresh: Timestamp) -> RotationClass {
        let kept = self.kept_since.map_or(Duration::ZERO, |since| since.until(last_refresh));
        match self.seen() {
            RotationClass::None if kept < KEPT_LONG_ENOUGH => RotationClass::Unknown,
            seen => seen,
        }
    }

    fn seen(self) -> RotationClass {
        match (self.reuse_taken_seconds, self.reuse_refused_seconds) {
            (Some(taken), refused) if self.rotated && refused.is_none_or(|refused| taken < refused) => {
                RotationClass::Grace { seconds: taken }
            }
            (_, Some(_)) => RotationClass::Strict,
            _ if !self.rotated && self.kept >= KEPT_ENOUGH => RotationClass::None,
            _ => RotationClass::Unknown,
        }
    }
}
