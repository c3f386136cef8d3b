//! All rows out of one database and into another. Not among the rules of the list: these need two databases.

use super::contents::{append, begin, card, event, key, thing};
use crate::{
    Append, Archive, ArchiveError, ArchivedRow, ClaimQuery, Fence, KeyChange, Position, Recorded, Store,
    Table, Version,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long the feed may be held back by what has nothing to do with archives.
const PATIENCE: Duration = Duration::from_secs(60);

const READER: &str = "half-way";

async fn rows(archive: &dyn Archive) -> Vec<ArchivedRow> {
    let mut rows = vec![];
    let mut take = |row| {
        rows.push(row);
        Ok(())
    };
    archive.export(&mut take).await.expect("what is there can be archived");
    rows
}

/// The events behind a position, of which there are so many. Transactions in other databases of the server may hold them back.
async fn feed(store: &dyn Store, after: Position, count: usize) -> Vec<Recorded> {
    let begun = Instant::now();
    loop {
        let seen = store.feed(after, 100).await.expect("the feed is read");
        if seen.len() >= count {
            assert_eq!(seen.len(), count, "no event comes twice");
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "{} of {count} events are in the feed", seen.len());
        sleep(Duration::from_millis(20)).await;
    }
}

fn parsed(rows: &[ArchivedRow]) -> Vec<(Table, Value)> {
    rows.iter().map(|row| (row.table, serde_json::from_str(&row.json).expect("a row is JSON"))).collect()
}

/// Events in another order than their streams', a key, tags, a claim, and a reader that is half-way.
async fn fill(store: &dyn Store) {
    for id in ["b", "a", "c"] {
        let tags = BTreeMap::from([("team".to_owned(), format!("é-{id}"))]);
        let append = Append {
            card: crate::Card { due_at: Some(5), external_id: Some(format!("their {id}")), ..card() },
            key: KeyChange::Put(key()),
            tags: Some(tags),
            status_was: Some(String::new()),
            ..append(&thing(id), 0)
        };
        store.append(append).await.expect("a new stream can be begun");
    }
    let half_way = feed(store, Position::START, 3).await[1].position;
    store.advance_cursor(READER, Position::START, half_way).await.expect("a cursor moves");
    store.advance_cursor("at the start", Position::START, Position::START).await.expect("a cursor stays");
    let events = vec![event("thing.changed"), event("thing.changed")];
    let more = Append { events, ..append(&thing("a"), 1) };
    store.append(more).await.expect("a stream goes on");
    let claim = ClaimQuery {
        category: thing("a").category,
        now: 10,
        until: 20,
        max: 1,
        wanted_only: false,
        after: None,
        except: vec![],
    };
    assert_eq!(store.claim_due(&claim).await.expect("one is due").len(), 1);
}

/// What is put into an empty database is what was taken out: rows, the order of the feed, and who has read how far.
pub async fn what_is_archived_comes_back<S: Store + Archive>(from: &S, to: &S) {
    fill(from).await;
    let archived = rows(from).await;
    let mut giver = archived.iter().cloned().map(Ok);
    let count = to.import(&mut giver).await.expect("an empty database takes it");
    assert_eq!(count, archived.len() as u64);
    assert_eq!(parsed(&rows(to).await), parsed(&archived));

    let ids = |feed: Vec<Recorded>| -> Vec<_> { feed.into_iter().map(|it| it.event.id).collect() };
    assert_eq!(ids(feed(to, Position::START, 5).await), ids(feed(from, Position::START, 5).await));
    let left = |store| async move {
        let at = Store::cursor(store, READER).await.expect("the cursor is read");
        feed(store, at, 3).await
    };
    assert_eq!(ids(left(to).await), ids(left(from).await));

    // It goes on behind what came back.
    let last = to.feed_end().await.expect("the feed has an end");
    let next = begin(to, "d", card()).await;
    let news = feed(to, last, 1).await;
    assert_eq!(news[0].stream, next);
    let append = append(&thing("a"), 3);
    assert_eq!(to.append(append).await.expect("a stream goes on"), Version(4));
    // A claim stays its holder's.
    let held = thing("b");
    assert!(to.renew(&held, Fence(1), 30).await.expect("the claim is looked at"));
}

/// Nothing is put beside what is there.
pub async fn only_an_empty_database_takes_an_archive<S: Store + Archive>(from: &S, to: &S) {
    fill(from).await;
    begin(to, "z", card()).await;
    let before = rows(to).await;
    let mut giver = rows(from).await.into_iter().map(Ok);
    let refused = to.import(&mut giver).await;
    assert!(matches!(refused, Err(ArchiveError::NotEmpty("streams"))), "{refused:?}");
    assert_eq!(rows(to).await, before);
}

/// Rows that end in an error leave nothing.
pub async fn an_archive_that_breaks_off_leaves_nothing<S: Store + Archive>(from: &S, to: &S) {
    fill(from).await;
    let mut giver = rows(from).await.into_iter().map(Ok).chain([Err(io::Error::other("torn"))]);
    let broken = to.import(&mut giver).await;
    assert!(matches!(broken, Err(ArchiveError::Rows(_))), "{broken:?}");
    assert!(rows(to).await.is_empty());
}
