//! How many connections had which state when: counted back from how it is now, change by change.

use super::Vault;
use crate::error::Error;
use latchkey_domain::connection::Connection;
use latchkey_domain::{Aggregate as _, Environment, IntegrationKey, Timestamp};
use latchkey_store::{Changes, LookBack};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// Instants at equal distances, up to now.
#[derive(Debug, Clone, Copy)]
pub struct Series {
    pub from: Timestamp,
    /// In milliseconds.
    pub step: NonZeroU32,
}

/// How many there were of each status word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub at: Timestamp,
    pub counts: BTreeMap<String, u64>,
}

impl Series {
    /// How many instants there are, and `until` itself.
    #[must_use]
    pub fn points(self, until: Timestamp) -> u64 {
        self.steps(until) + 2
    }

    fn steps(self, until: Timestamp) -> u64 {
        u64::try_from(until.0.saturating_sub(self.from.0)).unwrap_or(0) / u64::from(self.step.get())
    }

    fn instants(self, until: Timestamp) -> impl DoubleEndedIterator<Item = (u64, Timestamp)> {
        let (whole, step) = (self.steps(until), u64::from(self.step.get()));
        let at =
            move |number: u64| Timestamp(self.from.0.saturating_add_unsigned(number.saturating_mul(step)));
        (0..=whole).map(move |number| (number, at(number)))
    }
}

impl Vault {
    /// The oldest first; those of which nothing is known are left out.
    ///
    /// # Errors
    /// The store's.
    pub async fn connections_over_time(
        &self,
        environment: &Environment,
        integration: Option<&IntegrationKey>,
        series: Series,
    ) -> Result<Vec<Counted>, Error> {
        let query = LookBack {
            category: Connection::CATEGORY.into(),
            environment: environment.to_string(),
            parent: integration.map(ToString::to_string),
            from: series.from.0,
            slot: series.step,
        };
        let changes = self.ledger.store().statuses().look_back(&query).await?;
        Ok(counted_back(series, self.ledger.now(), changes))
    }
}

/// What there was at each instant is what there is now, with every change since undone.
fn counted_back(series: Series, now: Timestamp, changes: Changes) -> Vec<Counted> {
    let Changes { now: present, mut since, known_from } = changes;
    let mut counts: BTreeMap<String, i128> =
        present.into_iter().map(|(status, count)| (status, i128::from(count))).collect();
    let told = |at, counts: &BTreeMap<String, i128>| {
        let counted = counts.iter().filter(|(status, _)| !status.is_empty());
        let some = counted.filter_map(|(status, count)| Some((status.clone(), u64::try_from(*count).ok()?)));
        Counted { at, counts: some.filter(|(_, count)| *count > 0).collect() }
    };
    let mut series_back = vec![told(now, &counts)];
    since.sort_by_key(|change| change.slot);
    for (number, at) in series.instants(now).rev() {
        while let Some(change) = since.pop_if(|change| change.slot >= number) {
            *counts.entry(change.entered).or_default() -= i128::from(change.count);
            *counts.entry(change.left).or_default() += i128::from(change.count);
        }
        if known_from.is_some_and(|known| known <= at.0) && at < now {
            series_back.push(told(at, &counts));
        }
    }
    series_back.reverse();
    series_back
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_store::Change;

    fn series(from: i64) -> Series {
        Series { from: Timestamp(from), step: NonZeroU32::new(10).unwrap() }
    }

    fn change(slot: u64, left: &str, entered: &str, count: u64) -> Change {
        Change { slot, left: left.into(), entered: entered.into(), count }
    }

    fn told(series: Series, now: i64, changes: Changes) -> Vec<(i64, Vec<(String, u64)>)> {
        let counted = counted_back(series, Timestamp(now), changes);
        counted.into_iter().map(|point| (point.at.0, point.counts.into_iter().collect())).collect()
    }

    fn some(of: &[(&str, u64)]) -> Vec<(String, u64)> {
        of.iter().map(|(status, count)| ((*status).to_owned(), *count)).collect()
    }

    #[test]
    fn what_was_is_what_is_with_every_change_since_undone() {
        let changes = Changes {
            now: some(&[("active", 1), ("needs_reauth", 2)]),
            // In no order: three began, two broke.
            since: vec![
                change(2, "active", "needs_reauth", 2),
                change(0, "", "active", 1),
                change(1, "", "active", 2),
            ],
            known_from: Some(0),
        };
        assert_eq!(
            told(series(100), 125, changes),
            [
                (100, some(&[])),
                (110, some(&[("active", 1)])),
                (120, some(&[("active", 3)])),
                (125, some(&[("active", 1), ("needs_reauth", 2)])),
            ]
        );
    }

    #[test]
    fn nothing_is_said_of_a_time_of_which_nothing_is_known() {
        let changes = Changes { now: some(&[("active", 5)]), since: vec![], known_from: Some(111) };
        assert_eq!(
            told(series(100), 130, changes),
            [(120, some(&[("active", 5)])), (130, some(&[("active", 5)]))]
        );
        let never = Changes { now: some(&[("active", 5)]), ..Changes::default() };
        assert_eq!(told(series(100), 130, never), [(130, some(&[("active", 5)]))]);
    }

    #[test]
    fn the_present_is_told_once() {
        assert_eq!(series(100).points(Timestamp(129)), 4);
        let changes = Changes { known_from: Some(0), ..Changes::default() };
        let at: Vec<_> = told(series(100), 120, changes).into_iter().map(|point| point.0).collect();
        assert_eq!(at, [100, 110, 120]);
    }
}
