//! Lists and counts of streams by their cards.

use super::{Database, contents::*};
use crate::{Append, Card, CardQuery, Store, Stream, Tally};

async fn ids(store: &dyn Store, query: CardQuery) -> Vec<String> {
    let page = store.list(&query).await.expect("lists");
    page.items.into_iter().map(|listed| listed.stream.id).collect()
}

pub async fn pages_hold_every_stream_once_in_the_order_of_ids(database: &Database) {
    let store = database.client().await;
    // In the order of bytes, which is not the order of any language.
    let sorted = ["0-a", "A", "B", "Z", "a", "a-b", "a_b", "ab", "b", "é"];
    for id in ["b", "a_b", "Z", "a", "é", "A", "ab", "0-a", "B", "a-b"] {
        begin(&*store, id, card()).await;
    }
    store.append(append(&Stream::new("other", "aa"), 0)).await.expect("appends");

    for max in [1, 3, 5, 10, 11] {
        let mut seen = Vec::new();
        let mut query = CardQuery { max, ..all() };
        loop {
            let page = store.list(&query).await.expect("lists");
            assert!(page.items.len() <= max as usize);
            seen.extend(page.items.into_iter().map(|listed| listed.stream.id));
            let Some(next) = page.next else { break };
            assert_eq!(seen.last(), Some(&next), "the next page begins after the last of this one");
            query.after = Some(next);
        }
        assert_eq!(seen, sorted, "in pages of {max}");
    }
}

pub async fn filters_narrow_a_list(database: &Database) {
    let store = database.client().await;
    let of = |parent: &str, subject: &str, status: &str| Card {
        parent: parent.to_owned(),
        subject: subject.to_owned(),
        status: status.to_owned(),
        ..card()
    };
    begin(&*store, "a", of("p", "x", "live")).await;
    begin(&*store, "b", of("p", "y", "broken")).await;
    begin(&*store, "c", of("q", "x", "live")).await;
    begin(&*store, "d", Card { environment: "prod".to_owned(), ..of("p", "x", "live") }).await;

    let some = |text: &str| Some(text.to_owned());
    assert_eq!(ids(&*store, all()).await, ["a", "b", "c"]);
    assert_eq!(ids(&*store, CardQuery { environment: "prod".to_owned(), ..all() }).await, ["d"]);
    assert_eq!(ids(&*store, CardQuery { parent: some("p"), ..all() }).await, ["a", "b"]);
    assert_eq!(ids(&*store, CardQuery { subject: some("x"), ..all() }).await, ["a", "c"]);
    assert_eq!(ids(&*store, CardQuery { status: some("broken"), ..all() }).await, ["b"]);
    let both = CardQuery { parent: some("p"), subject: some("x"), status: some("live"), ..all() };
    assert_eq!(ids(&*store, both).await, ["a"]);
    assert!(ids(&*store, CardQuery { status: some("' OR 1=1 --"), ..all() }).await.is_empty());
    let page = store.list(&CardQuery { parent: some("p"), max: 1, ..all() }).await.expect("lists");
    assert_eq!(page.next, some("a"), "there is more of what was asked for");
    let page = store.list(&CardQuery { parent: some("q"), max: 1, ..all() }).await.expect("lists");
    assert_eq!(page.next, None, "there is no more of what was asked for");
}

pub async fn a_tally_counts_by_environment_parent_and_status(database: &Database) {
    let store = database.client().await;
    let of = |environment: &str, parent: &str, status: &str| Card {
        environment: environment.to_owned(),
        parent: parent.to_owned(),
        status: status.to_owned(),
        ..card()
    };
    begin(&*store, "a", of("dev", "p", "live")).await;
    let moved = begin(&*store, "b", of("dev", "p", "live")).await;
    begin(&*store, "c", of("dev", "q", "live")).await;
    begin(&*store, "d", of("prod", "p", "live")).await;
    store.append(Append { card: of("dev", "p", "broken"), ..append(&moved, 1) }).await.expect("appends");
    begin(&*store, "e", of("dev", "p", "live")).await;

    let line = |environment: &str, parent: &str, status: &str, count| Tally {
        environment: environment.to_owned(),
        parent: parent.to_owned(),
        status: status.to_owned(),
        count,
    };
    let tally = store.tally(CATEGORY).await.expect("counts");
    let expected = [
        line("dev", "p", "broken", 1),
        line("dev", "p", "live", 2),
        line("dev", "q", "live", 1),
        line("prod", "p", "live", 1),
    ];
    assert_eq!(tally, expected);
    assert!(store.tally("other").await.expect("counts").is_empty());
}
