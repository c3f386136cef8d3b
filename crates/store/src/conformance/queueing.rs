//! Whose turn it is: what somebody waits for first, and each lane in its turn.

use super::{Database, contents::*};
use crate::{Append, Card, Claim, ClaimQuery, Lane, Store, Version};
use std::collections::{BTreeMap, HashSet};

fn lane(environment: &str, parent: &str) -> Lane {
    Lane { environment: environment.to_owned(), parent: parent.to_owned() }
}

fn due_in(lane: &Lane, at: i64) -> Card {
    Card { environment: lane.environment.clone(), parent: lane.parent.clone(), ..due(at) }
}

/// So many streams, all due before anything at 15.
async fn fill(store: &dyn Store, lane: &Lane, count: usize) {
    for number in 0..count {
        let id = format!("{}-{}-{number:03}", lane.environment, lane.parent);
        begin(store, &id, due_in(lane, 1)).await;
    }
}

fn by_lane(claims: &[Claim]) -> BTreeMap<Lane, usize> {
    let mut counts = BTreeMap::new();
    for claim in claims {
        *counts.entry(claim.lane.clone()).or_default() += 1;
    }
    counts
}

pub async fn what_is_wanted_is_claimed_before_what_is_merely_due(database: &Database) {
    let store = database.client().await;
    fill(&*store, &lane("dev", "parent"), 5).await;
    let wanted = begin(&*store, "wanted", due(90)).await;
    store.hasten(&wanted, Version(1), 19).await.expect("hastens");
    let first = claim_some(&*store, &asking(1)).await;
    assert_eq!(first[0].stream, wanted, "somebody waits for it");
    assert!(first[0].wanted);
    let rest = claim_some(&*store, &asking(9)).await;
    assert_eq!(rest.len(), 5);
    assert!(rest.iter().all(|claim| !claim.wanted));
}

pub async fn what_is_due_already_can_become_wanted(database: &Database) {
    let store = database.client().await;
    fill(&*store, &lane("dev", "parent"), 5).await;
    let wanted = begin(&*store, "wanted", due(15)).await;
    store.hasten(&wanted, Version(1), 19).await.expect("hastens");
    let only = ClaimQuery { wanted_only: true, ..asking(9) };
    let claims = claim_some(&*store, &only).await;
    assert_eq!(claims.iter().map(|claim| (&claim.stream, claim.due_at)).collect::<Vec<_>>(), [(&wanted, 15)]);
    assert!(claim_some(&*store, &only).await.is_empty(), "only what somebody waits for");
}

pub async fn it_is_wanted_until_something_is_appended(database: &Database) {
    let store = database.client().await;
    let only = ClaimQuery { wanted_only: true, ..asking(9) };
    let stream = begin(&*store, "one", due(90)).await;
    store.hasten(&stream, Version(1), 19).await.expect("hastens");
    let held = claim_some(&*store, &only).await.remove(0);
    store.release(&stream, held.fence).await.expect("releases");
    let again = claim_some(&*store, &only).await.remove(0);
    assert_eq!(again.stream, stream, "what was given back is still wanted");

    let untouched = Append { events: vec![], card: due(19), ..append(&stream, 1) };
    store.append(fulfilling(again.fence, untouched)).await.expect("appends");
    let again = claim_some(&*store, &only).await.remove(0);
    let renewed = Append { card: due(19), ..append(&stream, 1) };
    store.append(fulfilling(again.fence, renewed)).await.expect("appends");
    assert!(claim_some(&*store, &only).await.is_empty(), "it has been dealt with");
    assert!(!claim_one(&*store, 20, 100).await.wanted);
}

pub async fn a_lane_with_nearly_all_that_is_due_does_not_starve_the_others(database: &Database) {
    let store = database.client().await;
    let (large, small, other) = (lane("dev", "large"), lane("dev", "small"), lane("prod", "large"));
    fill(&*store, &large, 90).await;
    for lane in [&small, &other] {
        for number in 0..5 {
            begin(&*store, &format!("late-{}-{number}", lane.environment), due_in(lane, 15)).await;
        }
    }
    let claims = claim_some(&*store, &asking(12)).await;
    let counts = by_lane(&claims);
    assert_eq!(counts.get(&small), Some(&4), "a small lane is starved: {counts:?}");
    assert_eq!(counts.get(&other), Some(&4), "another environment is starved: {counts:?}");
    assert_eq!(counts.get(&large), Some(&4));
    let counts = by_lane(&claim_some(&*store, &asking(12)).await);
    assert_eq!(counts.get(&large), Some(&10), "what the short lanes leave is not wasted: {counts:?}");
}

pub async fn every_lane_gets_its_turn_however_many_there_are(database: &Database) {
    const LANES: usize = 7;
    let store = database.client().await;
    for number in 0..LANES {
        fill(&*store, &lane("dev", &format!("{number}")), 10).await;
    }
    let mut query = asking(3);
    let mut counts: BTreeMap<Lane, usize> = BTreeMap::new();
    for _ in 0..LANES {
        let claims = claim_some(&*store, &query).await;
        assert_eq!(claims.len(), 3);
        query.after = claims.last().map(|claim| claim.lane.clone());
        for (lane, count) in by_lane(&claims) {
            *counts.entry(lane).or_default() += count;
        }
    }
    assert_eq!(counts.len(), LANES, "a lane never had its turn: {counts:?}");
    assert!(counts.values().all(|count| *count == 3), "a lane had more turns than others: {counts:?}");
}

pub async fn within_a_lane_the_oldest_due_is_claimed_first(database: &Database) {
    let store = database.client().await;
    let lanes = [lane("dev", "a"), lane("dev", "b")];
    for lane in &lanes {
        for at in [3, 1, 4, 2] {
            begin(&*store, &format!("{}{at}", lane.parent), due_in(lane, at)).await;
        }
    }
    let claims = claim_some(&*store, &asking(4)).await;
    for lane in lanes {
        let dues: Vec<_> =
            claims.iter().filter(|claim| claim.lane == lane).map(|claim| claim.due_at).collect();
        assert_eq!(dues, [1, 2]);
    }
}

pub async fn lanes_that_are_passed_over_keep_what_is_due(database: &Database) {
    let store = database.client().await;
    let (open, shut) = (lane("dev", "open"), lane("dev", "shut"));
    fill(&*store, &shut, 20).await;
    fill(&*store, &open, 3).await;
    for max in [2, 100] {
        let claims = claim_some(&*store, &ClaimQuery { except: vec![shut.clone()], ..asking(max) }).await;
        assert!(!claims.is_empty());
        assert!(
            claims.iter().all(|claim| claim.lane == open),
            "a lane that was to be passed over is claimed"
        );
    }
    assert_eq!(by_lane(&claim_some(&*store, &asking(100)).await), [(shut, 20)].into());
}

pub async fn nothing_due_is_left_behind_whatever_the_turns(database: &Database) {
    let store = database.client().await;
    let mut begun = HashSet::new();
    for (number, count) in [1, 30, 2, 17, 5].into_iter().enumerate() {
        let lane = lane(["dev", "prod"][number % 2], &format!("{number}"));
        for item in 0..count {
            begun.insert(begin(&*store, &format!("{number}-{item}"), due_in(&lane, item)).await);
        }
    }
    let mut query = ClaimQuery { now: 50, ..asking(8) };
    while !begun.is_empty() {
        let claims = claim_some(&*store, &query).await;
        assert_eq!(claims.len(), begun.len().min(8), "as many as were asked for, while there are any");
        query.after = claims.last().map(|claim| claim.lane.clone());
        for claim in claims {
            assert!(begun.remove(&claim.stream), "{} is claimed once", claim.stream);
        }
    }
    assert!(claim_some(&*store, &query).await.is_empty());
}
