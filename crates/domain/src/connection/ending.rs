//! When what renews a connection ends whatever is done, or unless it works again soon; and who has been told.

use super::Live;
use crate::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How many days ahead the end is told.
pub const WARNED_DAYS: [u8; 3] = [7, 3, 1];

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A warning that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub ends_at: Timestamp,
    pub days: u8,
}

impl Live {
    /// When nothing renews it any more unless it is renewed before, or the end user consents again: the idle or absolute limit
    /// of its refresh token, or the end of a token that nothing renews.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        let credential = &self.credential;
        if !credential.renewable {
            return credential.expires_at;
        }
        credential.behaviour.ends_at(self.consented_at, credential.since())
    }

    /// The warning that is to be given at `at`: the nearest to the end of those whose time has come.
    #[must_use]
    pub fn warning(&self, at: Timestamp) -> Option<Told> {
        self.warnings().filter(|(due, _)| *due <= at).map(|(_, told)| told).last()
    }

    /// When the next warning is to be given.
    #[must_use]
    pub fn warning_due_at(&self) -> Option<Timestamp> {
        self.warnings().map(|(due, _)| due).next()
    }

    /// The warnings to come, the earliest first. A life shorter than the days ahead is not warned of that early.
    fn warnings(&self) -> impl Iterator<Item = (Timestamp, Told)> {
        let (told, began) = (self.told, self.credential.obtained_at);
        self.ends_at().into_iter().flat_map(move |ends_at| {
            WARNED_DAYS.into_iter().filter_map(move |days| {
                let due = ends_at.minus(DAY * u32::from(days));
                // An end that has moved is another end.
                let new = told.is_none_or(|told| told.ends_at != ends_at || told.days > days);
                (new && due > began).then_some((due, Told { ends_at, days }))
            })
        })
    }
}
