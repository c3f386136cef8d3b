//! What was claimed for one OAuth app and cannot begin yet: who is waited for first, then tenant by tenant in turns
//! (deficit round robin with requests of one size, which makes each turn one request), and of one tenant what expires
//! first.
//!
//! Invariant: no tenant has more under way than its cap while it is in this queue's hands.

use crate::bucket::Priority;
use std::collections::{BTreeMap, VecDeque};
use std::hash::Hash;
use std::time::Instant;

/// Which end of a tenant's line comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    EarliestExpiry,
    /// For probes: what would be missed last.
    LatestExpiry,
}

#[derive(Debug)]
pub struct Queue<K, T> {
    tenants: BTreeMap<K, Tenant<T>>,
    /// Whose turn it is.
    turns: VecDeque<K>,
    numbers: u64,
}

#[derive(Debug)]
struct Tenant<T> {
    wanted: Line<T>,
    due: Line<T>,
    under_way: usize,
}

/// By expiry, then in the order they came.
type Line<T> = BTreeMap<(i64, u64), Waiting<T>>;

#[derive(Debug)]
struct Waiting<T> {
    item: T,
    since: Instant,
}

impl<K: Clone + Ord + Hash, T> Queue<K, T> {
    #[must_use]
    pub fn new() -> Self {
        Self { tenants: BTreeMap::new(), turns: VecDeque::new(), numbers: 0 }
    }

    /// `expires_at` orders items of one tenant; milliseconds of any clock.
    pub fn push(&mut self, tenant: K, priority: Priority, expires_at: i64, item: T, now: Instant) {
        self.numbers += 1;
        let place = (expires_at, self.numbers);
        let waiting = Waiting { item, since: now };
        if !self.tenants.contains_key(&tenant) {
            self.turns.push_back(tenant.clone());
        }
        let entry = self.tenants.entry(tenant).or_insert_with(|| Tenant {
            wanted: Line::new(),
            due: Line::new(),
            under_way: 0,
        });
        entry.line(priority).insert(place, waiting);
    }

    /// The next one to begin of this priority, if a tenant below its cap has one. It counts as under way until
    /// [`Self::finished`].
    pub fn pop(&mut self, priority: Priority, pick: Pick, cap: usize) -> Option<(K, T)> {
        for _ in 0..self.turns.len() {
            let tenant = self.turns.pop_front()?;
            self.turns.push_back(tenant.clone());
            let Some(entry) = self.tenants.get_mut(&tenant) else { continue };
            if entry.under_way >= cap {
                continue;
            }
            let line = entry.line(priority);
            let next = match pick {
                Pick::EarliestExpiry => line.pop_first(),
                Pick::LatestExpiry => line.pop_last(),
            };
            if let Some((_, waiting)) = next {
                entry.under_way += 1;
                return Some((tenant, waiting.item));
            }
        }
        None
    }

    /// Whether [`Self::pop`] would find one.
    #[must_use]
    pub fn has(&self, priority: Priority, cap: usize) -> bool {
        self.tenants.values().any(|tenant| {
            tenant.under_way < cap
                && match priority {
                    Priority::Wanted => !tenant.wanted.is_empty(),
                    Priority::Due => !tenant.due.is_empty(),
                }
        })
    }

    pub fn finished(&mut self, tenant: &K) {
        if let Some(entry) = self.tenants.get_mut(tenant) {
            entry.under_way = entry.under_way.saturating_sub(1);
        }
        self.tidy();
    }

    /// Takes out what has waited since before `instant`.
    pub fn take_older_than(&mut self, instant: Instant) -> Vec<T> {
        let mut old = vec![];
        for tenant in self.tenants.values_mut() {
            for line in [&mut tenant.wanted, &mut tenant.due] {
                let stale: Vec<_> = line
                    .iter()
                    .filter(|(_, waiting)| waiting.since < instant)
                    .map(|(place, _)| *place)
                    .collect();
                old.extend(stale.iter().filter_map(|place| line.remove(place)).map(|waiting| waiting.item));
            }
        }
        self.tidy();
        old
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tenants.values().map(|tenant| tenant.wanted.len() + tenant.due.len()).sum()
    }

    #[must_use]
    pub fn under_way(&self) -> usize {
        self.tenants.values().map(|tenant| tenant.under_way).sum()
    }

    fn tidy(&mut self) {
        self.tenants
            .retain(|_, tenant| tenant.under_way > 0 || !tenant.wanted.is_empty() || !tenant.due.is_empty());
        self.turns.retain(|tenant| self.tenants.contains_key(tenant));
    }
}

impl<T> Tenant<T> {
    fn line(&mut self, priority: Priority) -> &mut Line<T> {
        match priority {
            Priority::Wanted => &mut self.wanted,
            Priority::Due => &mut self.due,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn pop(queue: &mut Queue<&'static str, i64>, priority: Priority) -> Option<(&'static str, i64)> {
        queue.pop(priority, Pick::EarliestExpiry, 1000)
    }

    #[test]
    fn a_tenant_with_nine_tenths_of_the_load_gets_no_more_turns_than_the_others() {
        let now = Instant::now();
        let mut queue = Queue::new();
        for number in 0..900 {
            queue.push("large", Priority::Due, number, number, now);
        }
        for tenant in ["a", "b", "c"] {
            for number in 0..30 {
                queue.push(tenant, Priority::Due, number, number, now);
            }
        }
        let mut turns: HashMap<_, u32> = HashMap::new();
        for _ in 0..100 {
            *turns.entry(pop(&mut queue, Priority::Due).unwrap().0).or_default() += 1;
        }
        assert!(turns.values().all(|turns| (24..=26).contains(turns)), "{turns:?}");
    }

    #[test]
    fn of_one_tenant_what_expires_first_goes_first_and_a_probe_takes_the_last() {
        let now = Instant::now();
        let mut queue = Queue::new();
        for expires_at in [5, 3, 9, 1] {
            queue.push("a", Priority::Due, expires_at, expires_at, now);
        }
        assert_eq!(queue.pop(Priority::Due, Pick::LatestExpiry, 9), Some(("a", 9)));
        let rest: Vec<_> =
            std::iter::from_fn(|| pop(&mut queue, Priority::Due)).map(|(_, item)| item).collect();
        assert_eq!(rest, [1, 3, 5]);
    }

    #[test]
    fn who_is_waited_for_stands_in_a_line_of_its_own() {
        let now = Instant::now();
        let mut queue = Queue::new();
        queue.push("a", Priority::Due, 1, 1, now);
        queue.push("a", Priority::Wanted, 9, 9, now);
        assert_eq!(pop(&mut queue, Priority::Wanted), Some(("a", 9)));
        assert_eq!(pop(&mut queue, Priority::Wanted), None);
        assert_eq!(pop(&mut queue, Priority::Due), Some(("a", 1)));
    }

    #[test]
    fn a_tenant_at_its_cap_waits_until_one_is_finished() {
        let now = Instant::now();
        let mut queue = Queue::new();
        for number in 0..5 {
            queue.push("a", Priority::Due, number, number, now);
        }
        let pop = |queue: &mut Queue<_, _>| queue.pop(Priority::Due, Pick::EarliestExpiry, 2);
        assert!(pop(&mut queue).is_some() && pop(&mut queue).is_some());
        assert_eq!((pop(&mut queue), queue.has(Priority::Due, 2), queue.under_way()), (None, false, 2));
        queue.finished(&"a");
        assert!(pop(&mut queue).is_some());
    }

    #[test]
    fn what_has_waited_too_long_is_taken_out_and_nothing_is_kept_of_who_is_gone() {
        let now = Instant::now();
        let later = now + std::time::Duration::from_secs(5);
        let mut queue = Queue::new();
        queue.push("a", Priority::Due, 1, 1, now);
        queue.push("b", Priority::Wanted, 2, 2, later);
        assert_eq!(queue.take_older_than(later), [1]);
        assert_eq!((queue.len(), queue.tenants.len(), queue.turns.len()), (1, 1, 1));
        assert_eq!(pop(&mut queue, Priority::Wanted), Some(("b", 2)));
        queue.finished(&"b");
        assert_eq!((queue.tenants.len(), queue.turns.len()), (0, 0));
    }
}
