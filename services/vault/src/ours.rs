//! What of our own does not work just now, as this process has seen it. Kept in memory: where the database fails, nothing can
//! be written down of it.

use latchkey_domain::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What was seen longer ago is no news.
const NEWS: Duration = Duration::from_secs(120);

/// What of ours can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Store,
    Keys,
}

/// Trouble of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    pub part: Part,
    pub since: Timestamp,
}

/// Cheap to clone.
#[derive(Clone, Default)]
pub struct Ours(Arc<Mutex<BTreeMap<Part, (Timestamp, Timestamp)>>>);

impl Ours {
    pub fn failed(&self, part: Part, at: Timestamp) {
        let mut seen = self.lock();
        let since = seen.get(&part).filter(|(_, last)| last.until(at) < NEWS).map_or(at, |(since, _)| *since);
        seen.insert(part, (since, at));
    }

    pub fn works(&self, part: Part) {
        self.lock().remove(&part);
    }

    #[must_use]
    pub fn troubles(&self, now: Timestamp) -> Vec<Trouble> {
        let seen = self.lock();
        let news = seen.iter().filter(|(_, (_, last))| last.until(now) < NEWS);
        news.map(|(part, (since, _))| Trouble { part: *part, since: *since }).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Part, (Timestamp, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_told_from_its_beginning_until_it_is_over_or_forgotten() {
        let ours = Ours::default();
        ours.failed(Part::Keys, Timestamp(1000));
        ours.failed(Part::Keys, Timestamp(60_000));
        assert_eq!(ours.troubles(Timestamp(61_000)), [Trouble { part: Part::Keys, since: Timestamp(1000) }]);
        assert_eq!(ours.troubles(Timestamp(180_000)), []);
        ours.failed(Part::Keys, Timestamp(200_000));
        assert_eq!(
            ours.troubles(Timestamp(200_000)),
            [Trouble { part: Part::Keys, since: Timestamp(200_000) }]
        );
        ours.works(Part::Keys);
        assert_eq!(ours.troubles(Timestamp(200_000)), []);
    }
}
