//! All of an append is written, or none of it.

use super::{Database, contents::*, following::everything};
use crate::{Append, AppendError, KeyChange, Position, Snapshot, Store, Stream, Version};
use std::sync::Arc;

pub async fn what_was_appended_is_read_back(database: &Database) {
    let store = database.client().await;
    let stream = thing("one");
    assert_eq!(store.load(&stream).await.expect("loads"), None, "nothing was ever appended");
    assert!(history(&*store, &stream).await.is_empty());

    let first = Append {
        events: vec![event("thing.made"), event("thing.named")],
        key: KeyChange::Put(key()),
        card: due(77),
        ..append(&stream, 0)
    };
    assert_eq!(store.append(first.clone()).await.expect("appends"), Version(2));
    let second = append(&stream, 2);
    assert_eq!(store.append(second.clone()).await.expect("appends"), Version(3));

    let stored = store.load(&stream).await.expect("loads").expect("is there");
    assert_eq!(stored.version, Version(3));
    assert_eq!(stored.snapshot, second.snapshot, "the snapshot is the last append's");
    assert_eq!(KeyChange::Put(stored.key.expect("has its key")), first.key, "the key is kept");
    let listed = listed(&*store, &stream).await;
    assert_eq!((listed.version, listed.snapshot, listed.card), (Version(3), second.snapshot, second.card));

    let recorded = history(&*store, &stream).await;
    let written: Vec<_> = first.events.iter().chain(&second.events).collect();
    assert_eq!(recorded.iter().map(|recorded| &recorded.event).collect::<Vec<_>>(), written);
    assert_eq!(recorded.iter().map(|recorded| recorded.version.0).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(recorded.iter().all(|recorded| recorded.stream == stream && recorded.environment == ENVIRONMENT));
    let page = store.history(&stream, Version(1), 1).await.expect("reads");
    assert_eq!(page, recorded[1..2], "a history is read in pages");
}

pub async fn a_conflict_writes_nothing(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    store
        .append(Append { key: KeyChange::Put(key()), card: due(10), ..append(&stream, 1) })
        .await
        .expect("appends");
    let held = claim_one(&*store, 20, 100).await;
    let before = store.load(&stream).await.expect("loads");

    for (expected, key) in [
        (0, KeyChange::Destroy),
        (1, KeyChange::Put(key())),
        (1, KeyChange::Destroy),
        (3, KeyChange::Destroy),
    ] {
        for events in [vec![], vec![event("thing.lost")]] {
            let late = Append {
                events,
                snapshot: Snapshot { format: 2, state: "{}".to_owned() },
                card: crate::Card { status: "other".to_owned(), ..due(1) },
                key: key.clone(),
                ..append(&stream, expected)
            };
            assert_conflict(store.append(fulfilling(held.fence, late)).await, &stream);
        }
    }
    let stranger = thing("never-begun");
    assert_conflict(store.append(append(&stranger, 4)).await, &stranger);

    assert_eq!(store.load(&stream).await.expect("loads"), before, "version, snapshot and key stay");
    assert_eq!(listed(&*store, &stream).await.card, due(10), "the card stays");
    assert_eq!(history(&*store, &stream).await.len(), 2, "no event is added");
    assert!(claim(&*store, 50, 100).await.is_empty(), "the claim is still held");
    assert_eq!(everything(&*store).await, history(&*store, &stream).await, "no event is published");
    assert_eq!(store.load(&stranger).await.expect("loads"), None, "no stream is begun");
}

pub async fn an_append_without_events_replaces_snapshot_and_card(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    let held = claim_one(&*store, 20, 100).await;
    let silent = Append { events: vec![], card: due(30), key: KeyChange::Put(key()), ..append(&stream, 1) };
    let version = store.append(fulfilling(held.fence, silent.clone())).await.expect("appends");

    assert_eq!(version, Version(1), "no event, no new version");
    let stored = store.load(&stream).await.expect("loads").expect("is there");
    assert_eq!(stored.snapshot, silent.snapshot);
    assert_eq!(stored.key.map(KeyChange::Put), Some(silent.key));
    assert_eq!(listed(&*store, &stream).await.card, due(30));
    assert_eq!(history(&*store, &stream).await.len(), 1);
    assert_eq!(claim(&*store, 40, 100).await.len(), 1, "the claim it fulfilled has ended");
}

pub async fn a_stream_begins_with_an_event(database: &Database) {
    let store = database.client().await;
    let stream = thing("one");
    assert_conflict(store.append(Append { events: vec![], ..append(&stream, 0) }).await, &stream);
    assert_eq!(store.load(&stream).await.expect("loads"), None);
}

pub async fn of_many_creators_one_wins(database: &Database) {
    let stores = [database.client().await, database.client().await];
    let stream = thing("one");
    let attempts = (0..16).map(|number| {
        let (store, append) = (Arc::clone(&stores[number % 2]), append(&stream, 0));
        tokio::spawn(async move { store.append(append).await })
    });
    let mut winners = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.expect("runs") {
            Ok(version) => {
                assert_eq!(version, Version(1));
                winners += 1;
            }
            lost => assert_conflict(lost, &stream),
        }
    }
    assert_eq!(winners, 1);
    assert_eq!(history(&*stores[0], &stream).await.len(), 1);
}

pub async fn sixty_four_appenders_leave_no_gap_in_the_versions(database: &Database) {
    let stores = [database.client().await, database.client().await];
    let stream = thing("one");
    let appenders = (0..64).map(|number| {
        let (store, stream) = (Arc::clone(&stores[number % 2]), stream.clone());
        tokio::spawn(async move { append_sooner_or_later(&*store, &stream).await })
    });
    for appender in appenders.collect::<Vec<_>>() {
        appender.await.expect("every appender gets its turn");
    }
    let versions: Vec<_> =
        history(&*stores[0], &stream).await.iter().map(|recorded| recorded.version.0).collect();
    assert_eq!(versions, (1..=64).collect::<Vec<_>>());
    let stored = stores[1].load(&stream).await.expect("loads").expect("is there");
    assert_eq!(stored.version, Version(64));
    assert_eq!(stored.snapshot, append(&stream, 63).snapshot, "the snapshot is the last winner's");
}

async fn append_sooner_or_later(store: &dyn Store, stream: &Stream) {
    // Each round one of the sixty-four gets through, so nobody needs more than sixty-four.
    for _ in 0..64 {
        let expected = store.load(stream).await.expect("loads").map_or(0, |stored| stored.version.0);
        match store.append(append(stream, expected)).await {
            Ok(_) => return,
            Err(AppendError::Conflict(_)) => {}
            Err(error) => panic!("an append succeeds or conflicts, not {error:?}"),
        }
    }
    panic!("sixty-four conflicts in a row: nobody gets through");
}

pub async fn a_restart_keeps_everything(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    store
        .append(Append { key: KeyChange::Put(key()), card: due(10), ..append(&stream, 1) })
        .await
        .expect("appends");
    let held = claim_one(&*store, 20, 100).await;
    let reached = Position { tx: 0, sequence: 1 };
    store.advance_cursor("reader", Position::START, reached).await.expect("advances");
    let before = (store.load(&stream).await.expect("loads"), history(&*store, &stream).await);
    drop(store);

    let store = database.client().await;
    assert_eq!((store.load(&stream).await.expect("loads"), history(&*store, &stream).await), before);
    assert_eq!(everything(&*store).await, before.1);
    assert_eq!(store.cursor("reader").await.expect("reads"), reached);
    assert!(claim(&*store, 50, 100).await.is_empty(), "the claim is still held");
    assert!(claim_one(&*store, 100, 200).await.fence > held.fence);
    store.ping().await.expect("answers");
}
