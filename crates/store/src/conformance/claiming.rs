//! A stream that is due is dealt with by one claimer at a time.

use super::{Database, contents::*};
use crate::{Append, Claim, ClaimQuery, Fence, KeyChange, Stream, Version};
use std::{collections::HashSet, sync::Arc};
use tokio::sync::Barrier;

pub async fn what_fell_due_first_is_claimed_first(database: &Database) {
    let store = database.client().await;
    for (id, card) in [("c", due(30)), ("a", due(20)), ("b", due(10)), ("later", due(41)), ("never", card())]
    {
        begin(&*store, id, card).await;
    }
    let elsewhere = Stream::new("other", "d");
    store.append(Append { card: due(1), ..append(&elsewhere, 0) }).await.expect("appends");

    let ids = |claims: Vec<Claim>| {
        claims.into_iter().map(|claim| (claim.stream.id, claim.due_at)).collect::<Vec<_>>()
    };
    let two = ClaimQuery { now: 40, ..asking(2) };
    let first = claim_some(&*store, &two).await;
    assert_eq!(ids(first), [("b".to_owned(), 10), ("a".to_owned(), 20)]);
    let rest = claim_some(&*store, &two).await;
    assert_eq!(ids(rest), [("c".to_owned(), 30)]);
    assert!(claim(&*store, 40, 100).await.is_empty());
    let other = ClaimQuery { category: "other".to_owned(), ..two };
    assert_eq!(claim_some(&*store, &other).await[0].stream, elsewhere);
}

pub async fn two_claimers_never_share_a_stream(database: &Database) {
    const STREAMS: usize = 60;
    const CLAIMERS: usize = 12;
    let stores = [database.client().await, database.client().await];
    for number in 0..STREAMS {
        begin(&*stores[0], &format!("{number:02}"), due(10)).await;
    }
    let start = Arc::new(Barrier::new(CLAIMERS));
    let claimers = (0..CLAIMERS).map(|number| {
        let (store, start) = (Arc::clone(&stores[number % 2]), Arc::clone(&start));
        tokio::spawn(async move {
            let mut mine = Vec::new();
            start.wait().await;
            loop {
                let claims = claim_some(&*store, &asking(3)).await;
                if claims.is_empty() {
                    return mine;
                }
                mine.extend(claims);
            }
        })
    });
    let mut given = HashSet::new();
    for claimer in claimers.collect::<Vec<_>>() {
        for claim in claimer.await.expect("runs") {
            assert!(given.insert(claim.stream.clone()), "two claimers share {}", claim.stream);
        }
    }
    // A claimer may find nothing while others hold the rows it looked at; nothing is left behind for all that.
    given.extend(claim(&*stores[0], 20, 100).await.into_iter().map(|claim| claim.stream));
    assert_eq!(given.len(), STREAMS, "every stream is given out");
}

pub async fn a_lapsed_claim_is_given_out_again_under_a_higher_fence(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    let first = claim_one(&*store, 20, 100).await;
    assert!(claim(&*store, 99, 200).await.is_empty(), "held until the last moment");
    let second = claim_one(&*store, 100, 200).await;
    assert!(second.fence > first.fence, "{second:?} comes after {first:?}");

    store.release(&first.stream, first.fence).await.expect("a late release is no error");
    assert!(claim(&*store, 150, 300).await.is_empty(), "a lapsed claim's release frees nothing");
    let late = Append { card: due(10), ..append(&stream, 1) };
    store.append(fulfilling(first.fence, late)).await.expect("appends");
    assert!(claim(&*store, 150, 300).await.is_empty(), "a lapsed claim's append frees nothing");
    assert!(claim_one(&*store, 200, 300).await.fence > second.fence);
}

pub async fn a_claim_tells_whether_the_one_before_ran_out(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    assert_eq!(claim_one(&*store, 20, 100).await.lapsed_at, None, "there was none before");
    let second = claim_one(&*store, 150, 200).await;
    assert_eq!(second.lapsed_at, Some(100), "nobody ended it");
    assert!(store.renew(&stream, second.fence, 160).await.expect("renews"));
    let third = claim_one(&*store, 170, 300).await;
    assert_eq!(third.lapsed_at, Some(160), "cut short, it ran out as well");
    store.release(&stream, third.fence).await.expect("releases");
    let fourth = claim_one(&*store, 180, 300).await;
    assert_eq!(fourth.lapsed_at, None, "it was given back");
    let done = Append { card: due(190), ..append(&stream, 1) };
    store.append(fulfilling(fourth.fence, done)).await.expect("appends");
    assert_eq!(claim_one(&*store, 200, 300).await.lapsed_at, None, "it was fulfilled");
}

pub async fn a_release_gives_the_stream_back_still_due(database: &Database) {
    let store = database.client().await;
    begin(&*store, "one", due(10)).await;
    let first = claim_one(&*store, 20, 100).await;
    store.release(&first.stream, first.fence).await.expect("releases");
    let second = claim_one(&*store, 20, 100).await;
    assert_eq!((second.stream, second.due_at), (first.stream, first.due_at));
    assert!(second.fence > first.fence, "a fence is never used twice");
}

pub async fn the_append_that_fulfils_a_claim_ends_it(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    let held = claim_one(&*store, 20, 100).await;
    let done = Append { card: due(50), ..append(&stream, 1) };
    store.append(fulfilling(held.fence, done)).await.expect("appends");
    assert!(claim(&*store, 49, 100).await.is_empty(), "not due before the new time");
    assert_eq!(
        claim_one(&*store, 50, 100).await.due_at,
        50,
        "due again long before the old claim would have lapsed"
    );
}

pub async fn an_append_by_somebody_else_never_frees_a_held_claim(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    let held = claim_one(&*store, 20, 100).await;
    for (expected, releases) in [(1, None), (2, Some(Fence(held.fence.0 + 1))), (3, Some(Fence(0)))] {
        let theirs = Append { card: due(5), releases, ..append(&stream, expected) };
        store.append(theirs).await.expect("appends");
        assert!(
            claim(&*store, 30, 200).await.is_empty(),
            "an append with {releases:?} frees a claim it does not hold"
        );
    }
    let done = Append { card: due(60), ..append(&stream, 4) };
    store.append(fulfilling(held.fence, done)).await.expect("appends");
    assert_eq!(claim_one(&*store, 60, 100).await.due_at, 60, "the claimer itself still can end it");
}

pub async fn hasten_never_frees_a_held_claim(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    claim_one(&*store, 20, 100).await;
    store.hasten(&stream, Version(1), 5).await.expect("hastens");
    assert!(claim(&*store, 30, 200).await.is_empty(), "a hastened stream is freed from its claimer");
    assert_eq!(claim_one(&*store, 100, 200).await.due_at, 5);
}

pub async fn hasten_makes_due_earlier_and_never_later(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(50)).await;
    let idle = begin(&*store, "idle", card()).await;
    for (asked, then) in [(40, 40), (60, 40), (40, 40), (30, 30)] {
        store.hasten(&stream, Version(1), asked).await.expect("hastens");
        assert_eq!(listed(&*store, &stream).await.card.due_at, Some(then));
    }
    store.hasten(&idle, Version(1), 1).await.expect("hastens");
    assert_eq!(listed(&*store, &idle).await.card.due_at, None, "there is nothing to be done about it");
    store.hasten(&thing("absent"), Version(1), 1).await.expect("what is not there is left alone");
    assert_eq!(claim_one(&*store, 30, 100).await.stream, stream);
}

pub async fn hasten_of_what_has_changed_meanwhile_does_nothing(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(50)).await;
    let renewed = Append { card: due(90), ..append(&stream, 1) };
    store.append(renewed).await.expect("appends");
    store.hasten(&stream, Version(1), 40).await.expect("hastens");
    assert_eq!(
        listed(&*store, &stream).await.card.due_at,
        Some(90),
        "it was asked for before it was renewed"
    );
    store.hasten(&stream, Version(2), 40).await.expect("hastens");
    assert_eq!(listed(&*store, &stream).await.card.due_at, Some(40));
}

pub async fn a_renewed_claim_lapses_at_its_new_time(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    let held = claim_one(&*store, 20, 100).await;
    let renew = async |fence, until| store.renew(&stream, fence, until).await.expect("renews");
    assert!(renew(held.fence, 200).await, "it is still held");
    assert!(claim(&*store, 199, 300).await.is_empty(), "a renewed claim is given out again too soon");
    assert!(renew(held.fence, 150).await, "a claim can be cut short");
    let next = claim_one(&*store, 150, 300).await;
    assert!(!renew(held.fence, 900).await, "a claim that lapsed is another's now");
    assert_eq!(claim_one(&*store, 300, 400).await.fence.0, next.fence.0 + 1, "and lapses as it did");
}

pub async fn a_claim_that_was_given_back_or_fulfilled_is_not_renewed(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    let first = claim_one(&*store, 20, 100).await;
    store.release(&stream, first.fence).await.expect("releases");
    assert!(!store.renew(&stream, first.fence, 500).await.expect("answers"), "it was given back");
    let second = claim_one(&*store, 20, 100).await;
    let done = Append { card: due(30), ..append(&stream, 1) };
    store.append(fulfilling(second.fence, done)).await.expect("appends");
    assert!(!store.renew(&stream, second.fence, 500).await.expect("answers"), "it was fulfilled");
    assert_eq!(claim_one(&*store, 30, 100).await.due_at, 30);
}

pub async fn what_is_forgotten_is_gone_and_its_events_stay(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    let kept = begin(&*store, "kept", due(30)).await;
    store
        .append(Append { key: KeyChange::Put(key()), card: due(10), ..append(&stream, 1) })
        .await
        .expect("appends");
    let held = claim_one(&*store, 20, 100).await;
    let forget = async |fence| store.forget(&stream, fence).await.expect("forgets");
    assert!(!forget(Fence(held.fence.0 + 1)).await, "another's claim gives no right to it");
    assert!(store.load(&stream).await.expect("loads").is_some());
    assert!(forget(held.fence).await);
    assert!(!forget(held.fence).await, "there is nothing left to forget");
    assert_eq!(store.load(&stream).await.expect("loads"), None);
    assert_eq!(store.key(&stream.to_string()).await.expect("reads"), None, "its key is gone with it");
    assert!(claim(&*store, 200, 300).await.iter().all(|claim| claim.stream == kept));
    assert_eq!(history(&*store, &stream).await.len(), 2, "what happened stays");
    assert!(!store.forget(&kept, Fence(0)).await.expect("answers"), "nobody holds it");
}

pub async fn only_what_is_due_and_unheld_is_counted(database: &Database) {
    let store = database.client().await;
    for (id, card) in [("a", due(10)), ("b", due(20)), ("c", due(30)), ("never", card())] {
        begin(&*store, id, card).await;
    }
    let count = async |now| store.count_due(CATEGORY, now).await.expect("counts");
    assert_eq!((count(9).await, count(10).await, count(25).await), (0, 1, 2));
    claim_some(&*store, &ClaimQuery { now: 25, ..asking(1) }).await;
    assert_eq!((count(25).await, count(30).await, count(100).await), (1, 2, 3));
    assert_eq!(store.count_due("other", 100).await.expect("counts"), 0);
}
