//! The word a [`Reason`] is sent as: its name in the protocol, without the prefix every enum value there has.

use crate::pb::faults::Reason;

const PREFIX: &str = "REASON_";

impl Reason {
    /// For instance `REAUTH_REQUIRED`.
    #[must_use]
    pub fn word(self) -> &'static str {
        let name = self.as_str_name();
        name.strip_prefix(PREFIX).unwrap_or(name)
    }

    /// `None` for a word this version does not know.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::from_str_name(&format!("{PREFIX}{word}"))
    }
}
