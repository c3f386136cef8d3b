//! How streams changed their status.

use super::{Database, contents::*};
use crate::{Append, Card, Change, Changes, LookBack, Millis, NewEvent, Store, Stream, Version};
use std::num::NonZeroU32;

const SLOT: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

/// An append at an instant, from a status to another.
fn moved(stream: &Stream, expected: u64, at: Millis, left: &str, entered: &str) -> Append {
    Append {
        events: vec![NewEvent { at, ..event("thing.changed") }],
        card: Card { status: entered.to_owned(), ..card() },
        status_was: Some(left.to_owned()),
        ..append(stream, expected)
    }
}

async fn looked_back(store: &dyn Store, from: Millis, parent: Option<&str>) -> Changes {
    let (category, environment) = (CATEGORY.to_owned(), ENVIRONMENT.to_owned());
    let query = LookBack { category, environment, parent: parent.map(str::to_owned), from, slot: SLOT };
    let mut changes = store.statuses().look_back(&query).await.expect("changes are counted");
    changes.now.sort();
    changes.since.sort();
    changes
}

fn change(slot: u64, left: &str, entered: &str, count: u64) -> Change {
    Change { slot, left: left.to_owned(), entered: entered.to_owned(), count }
}

pub async fn what_changed_its_status_is_counted_by_slot(database: &Database) {
    let store = database.client().await;
    for (id, at) in [("a", 1000), ("b", 1099), ("c", 1100)] {
        store.append(moved(&thing(id), 0, at, "", "live")).await.expect("appends");
    }
    store.append(moved(&thing("a"), 1, 1250, "live", "broken")).await.expect("appends");
    store.append(moved(&thing("b"), 1, 1260, "live", "live")).await.expect("appends");
    let elsewhere = Append {
        card: Card { environment: "prod".to_owned(), status: "live".to_owned(), ..card() },
        ..moved(&thing("d"), 0, 900, "", "live")
    };
    store.append(elsewhere).await.expect("appends");
    let other = Append {
        card: Card { parent: "other".to_owned(), status: "live".to_owned(), ..card() },
        ..moved(&thing("e"), 0, 1300, "", "live")
    };
    store.append(other).await.expect("appends");

    let all = looked_back(&*store, 1000, None).await;
    assert_eq!(all.now, [("broken".to_owned(), 1), ("live".to_owned(), 3)]);
    let since = [
        change(0, "", "live", 2),
        change(1, "", "live", 1),
        change(2, "live", "broken", 1),
        change(3, "", "live", 1),
    ];
    assert_eq!(all.since, since);
    assert_eq!(all.known_from, Some(1000));
    let some = looked_back(&*store, 1250, Some("parent")).await;
    assert_eq!(some.now, [("broken".to_owned(), 1), ("live".to_owned(), 2)]);
    assert_eq!(some.since, [change(0, "live", "broken", 1)]);
    assert_eq!(some.known_from, Some(1000), "what is known does not hang on what is asked for");
    assert_eq!(looked_back(&*store, 1301, None).await.since, []);
}

pub async fn what_began_before_changes_were_kept_is_known_from_its_first_change(database: &Database) {
    let store = database.client().await;
    begin(&*store, "a", card()).await;
    assert_eq!(
        looked_back(&*store, 0, None).await,
        Changes { now: vec![("live".to_owned(), 1)], ..Changes::default() }
    );
    store.append(moved(&thing("a"), 1, 50, "live", "broken")).await.expect("appends");
    let changes = looked_back(&*store, 0, None).await;
    assert_eq!((changes.since, changes.known_from), (vec![change(0, "live", "broken", 1)], Some(50)));
}

pub async fn a_conflict_changes_no_count(database: &Database) {
    let store = database.client().await;
    store.append(moved(&thing("a"), 0, 10, "", "live")).await.expect("appends");
    let late = store.append(moved(&thing("a"), 0, 20, "", "broken")).await;
    assert_conflict(late, &thing("a"));
    let without_events = Append { events: vec![], ..moved(&thing("a"), 1, 30, "live", "live") };
    assert_eq!(store.append(without_events).await.expect("appends"), Version(1));
    let changes = looked_back(&*store, 0, None).await;
    assert_eq!(changes.since, [change(0, "", "live", 1)]);
    assert_eq!(changes.now, [("live".to_owned(), 1)]);
}
