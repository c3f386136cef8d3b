//! Lists and counts of streams by their cards.

use super::{Database, contents::*};
use crate::{
    Append, AppendError, Card, CardQuery, ClaimQuery, Deadline, Millis, Order, Store, Stream, Tally,
};
use std::collections::BTreeMap;

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
    let tally = store.tally(CATEGORY, None).await.expect("counts");
    let expected = [
        line("dev", "p", "broken", 1),
        line("dev", "p", "live", 2),
        line("dev", "q", "live", 1),
        line("prod", "p", "live", 1),
    ];
    assert_eq!(tally, expected);
    assert_eq!(store.tally(CATEGORY, Some("dev")).await.expect("counts"), expected[..3]);
    assert!(store.tally("other", None).await.expect("counts").is_empty());
}

/// All pages of a list, in their order.
async fn walked(store: &dyn Store, query: CardQuery) -> Vec<String> {
    let (mut seen, mut query) = (vec![], query);
    loop {
        let page = store.list(&query).await.expect("lists");
        assert!(page.items.len() <= query.max as usize);
        seen.extend(page.items.into_iter().map(|listed| listed.stream.id));
        let Some(next) = page.next else { return seen };
        query.after = Some(next);
    }
}

pub async fn the_newest_can_come_first_whatever_the_filter(database: &Database) {
    let store = database.client().await;
    for (id, parent, subject) in [("a", "p", "x"), ("b", "q", "x"), ("c", "p", "y"), ("d", "p", "x")] {
        let card = Card { parent: parent.to_owned(), subject: subject.to_owned(), ..card() };
        tagged(&*store, id, card, &[("team", "crm")]).await;
    }
    let some = |text: &str| Some(text.to_owned());
    let newest = |max| CardQuery { order: Order::IdsDescending, max, ..all() };
    for max in [1, 2, 10] {
        assert_eq!(walked(&*store, newest(max)).await, ["d", "c", "b", "a"]);
        let filtered = |query: CardQuery| walked(&*store, query);
        assert_eq!(filtered(CardQuery { parent: some("p"), ..newest(max) }).await, ["d", "c", "a"]);
        assert_eq!(filtered(CardQuery { subject: some("x"), ..newest(max) }).await, ["d", "b", "a"]);
        assert_eq!(filtered(CardQuery { status: some("live"), ..newest(max) }).await, ["d", "c", "b", "a"]);
        let tag = Some(("team".to_owned(), "crm".to_owned()));
        let both = CardQuery { tag: tag.clone(), parent: some("p"), ..newest(max) };
        assert_eq!(filtered(both).await, ["d", "c", "a"]);
        let oldest = CardQuery { tag, parent: some("p"), max, ..all() };
        assert_eq!(filtered(oldest).await, ["a", "c", "d"]);
    }
}

async fn tagged(store: &dyn Store, id: &str, card: Card, tags: &[(&str, &str)]) -> Stream {
    let stream = thing(id);
    let tags = tags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let begun = Append { card, tags: Some(tags), ..append(&stream, 0) };
    store.append(begun).await.expect("a new stream can be begun");
    stream
}

pub async fn tags_are_found_until_others_take_their_place(database: &Database) {
    let store = database.client().await;
    let a = tagged(&*store, "a", card(), &[("team", "crm"), ("plan", "x")]).await;
    tagged(&*store, "b", card(), &[("team", "crm")]).await;
    tagged(&*store, "c", Card { environment: "prod".to_owned(), ..card() }, &[("team", "crm")]).await;
    let of = |name: &str, value: &str| CardQuery { tag: Some((name.to_owned(), value.to_owned())), ..all() };
    assert_eq!(ids(&*store, of("team", "crm")).await, ["a", "b"]);
    assert_eq!(ids(&*store, of("plan", "x")).await, ["a"]);
    assert!(ids(&*store, of("plan", "y")).await.is_empty());

    store.append(append(&a, 1)).await.expect("appends");
    assert_eq!(ids(&*store, of("plan", "x")).await, ["a"], "an append that says nothing of tags keeps them");
    let other = BTreeMap::from([("plan".to_owned(), "y".to_owned())]);
    store.append(Append { tags: Some(other.clone()), ..append(&a, 2) }).await.expect("appends");
    assert_eq!(ids(&*store, of("team", "crm")).await, ["b"]);
    assert_eq!(ids(&*store, of("plan", "y")).await, ["a"]);
    let lost = Append { tags: Some(BTreeMap::new()), ..append(&a, 2) };
    assert_conflict(store.append(lost).await, &a);
    assert_eq!(ids(&*store, of("plan", "y")).await, ["a"], "a conflict writes no tags");
}

pub async fn an_external_id_belongs_to_one_stream_of_a_parent(database: &Database) {
    let store = database.client().await;
    let named = |parent: &str, name: Option<&str>| Card {
        parent: parent.to_owned(),
        external_id: name.map(str::to_owned),
        ..card()
    };
    let a = begin(&*store, "a", named("p", Some("x"))).await;
    begin(&*store, "b", named("q", Some("x"))).await;
    begin(&*store, "c", Card { environment: "prod".to_owned(), ..named("p", Some("x")) }).await;
    let d = begin(&*store, "d", named("p", None)).await;
    begin(&*store, "e", named("p", None)).await;

    let refused = |answer| match answer {
        Err(AppendError::Taken(stream)) => stream,
        other => panic!("an external id that another stream has is taken, not {other:?}"),
    };
    let new = Append { card: named("p", Some("x")), ..append(&thing("f"), 0) };
    assert_eq!(refused(store.append(new.clone()).await), thing("f"));
    let renamed = Append { card: named("p", Some("x")), ..append(&d, 1) };
    assert_eq!(refused(store.append(renamed).await), d);
    assert_eq!(history(&*store, &d).await.len(), 1, "what is refused writes nothing");

    let query = CardQuery { external_id: Some("x".to_owned()), ..all() };
    assert_eq!(ids(&*store, query.clone()).await, ["a", "b"]);
    assert_eq!(ids(&*store, CardQuery { parent: Some("q".to_owned()), ..query }).await, ["b"]);
    assert_eq!(listed(&*store, &a).await.card.external_id.as_deref(), Some("x"));

    store.append(Append { card: named("p", None), ..append(&a, 1) }).await.expect("appends");
    store.append(new).await.expect("what was given back can be taken");
}

pub async fn of_many_who_want_one_external_id_one_gets_it(database: &Database) {
    let mut appends = vec![];
    for number in 0..16 {
        let store = database.client().await;
        appends.push(tokio::spawn(async move {
            let card = Card { external_id: Some("x".to_owned()), ..card() };
            let answer = store.append(Append { card, ..append(&thing(format!("t{number:02}")), 0) }).await;
            match answer {
                Ok(_) => 1,
                Err(AppendError::Taken(_)) => 0,
                Err(other) => panic!("{other:?}"),
            }
        }));
    }
    let mut made = 0;
    for append in appends {
        made += append.await.expect("the append ends");
    }
    assert_eq!(made, 1);
}

pub async fn what_ends_is_listed_and_counted_by_when(database: &Database) {
    let store = database.client().await;
    let ends = |at: Option<Millis>| Card { ends_at: at, ..card() };
    for (id, at) in [("a", Some(30)), ("b", Some(10)), ("c", None), ("d", Some(20)), ("e", Some(20))] {
        begin(&*store, id, ends(at)).await;
    }
    begin(&*store, "f", Card { environment: "prod".to_owned(), ..ends(Some(20)) }).await;
    let within = |from: Option<Millis>, until: Option<Millis>, max| CardQuery {
        order: Order::Ends { from, until },
        max,
        ..all()
    };
    for max in [1, 2, 10] {
        assert_eq!(walked(&*store, within(None, None, max)).await, ["b", "d", "e", "a"]);
        assert_eq!(walked(&*store, within(Some(20), Some(30), max)).await, ["d", "e"]);
        assert_eq!(walked(&*store, within(Some(21), None, max)).await, ["a"]);
    }
    let of = |from, until| store.count_within(CATEGORY, ENVIRONMENT, Deadline::End, from..until);
    assert_eq!(of(Millis::MIN, 20).await.expect("counts"), 1);
    assert_eq!(of(20, 30).await.expect("counts"), 2);
    assert_eq!(of(20, Millis::MAX).await.expect("counts"), 3);
}

pub async fn what_is_due_is_listed_in_its_order_and_counted(database: &Database) {
    let store = database.client().await;
    let due = |at: Option<Millis>| Card { due_at: at, ..card() };
    for (id, at) in [("a", Some(30)), ("b", Some(10)), ("c", None), ("d", Some(20)), ("e", Some(20))] {
        begin(&*store, id, due(at)).await;
    }
    begin(&*store, "f", Card { parent: "other".to_owned(), ..due(Some(15)) }).await;
    begin(&*store, "g", Card { environment: "prod".to_owned(), ..due(Some(5)) }).await;
    let parent = card().parent;
    let page = |max| CardQuery { order: Order::Due, max, ..all() };
    for max in [1, 2, 10] {
        assert_eq!(walked(&*store, page(max)).await, ["b", "f", "d", "e", "a"]);
        let of_parent = CardQuery { parent: Some(parent.clone()), ..page(max) };
        assert_eq!(walked(&*store, of_parent).await, ["b", "d", "e", "a"]);
    }
    let overdue = async |parent: Option<&str>, now, max| {
        let overdue = store.overdue(CATEGORY, ENVIRONMENT, parent, now, max).await.expect("counts");
        (overdue.count, overdue.since)
    };
    assert_eq!(overdue(None, 9, 100).await, (0, None));
    assert_eq!(overdue(None, 20, 100).await, (4, Some(10)));
    assert_eq!(overdue(None, 20, 3).await, (3, Some(10)), "it is not counted for ever");
    assert_eq!(overdue(Some("other"), 20, 100).await, (1, Some(15)));

    // What is claimed is due all the same, and a list tells until when.
    let query = ClaimQuery {
        category: CATEGORY.to_owned(),
        now: 10,
        until: 70,
        max: 10,
        wanted_only: false,
        after: None,
        except: vec![],
    };
    assert_eq!(
        store.claim_due(&query).await.expect("claims").len(),
        2,
        "this one, and another environment's"
    );
    let listed = store.list(&page(2)).await.expect("lists").items;
    let told: Vec<_> = listed.iter().map(|it| (it.stream.id.as_str(), it.claimed_until)).collect();
    assert_eq!(told, [("b", Some(70)), ("f", None)]);
    assert_eq!(overdue(None, 20, 100).await, (4, Some(10)));
}

pub async fn what_runs_out_is_counted_by_when(database: &Database) {
    let store = database.client().await;
    let expires = |at: Option<Millis>| Card { expires_at: at, ..card() };
    for (id, at) in [("a", Some(30)), ("b", Some(10)), ("c", None), ("d", Some(20)), ("e", Some(20))] {
        begin(&*store, id, expires(at)).await;
    }
    begin(&*store, "f", Card { environment: "prod".to_owned(), ..expires(Some(20)) }).await;
    let of = |from, until| store.count_within(CATEGORY, ENVIRONMENT, Deadline::Expiry, from..until);
    assert_eq!(of(Millis::MIN, 20).await.expect("counts"), 1);
    assert_eq!(of(20, 30).await.expect("counts"), 2);
    assert_eq!(of(20, Millis::MAX).await.expect("counts"), 3);

    // Renewed, it runs out later; and a list tells when.
    let renewed = Append { card: expires(Some(40)), ..append(&thing("b"), 1) };
    store.append(renewed).await.expect("appends");
    assert_eq!(of(Millis::MIN, 20).await.expect("counts"), 0);
    let listed = store.list(&all()).await.expect("lists");
    let told: Vec<_> = listed.items.iter().map(|it| it.card.expires_at).collect();
    assert_eq!(told, [Some(30), Some(40), None, Some(20), Some(20)]);
}
