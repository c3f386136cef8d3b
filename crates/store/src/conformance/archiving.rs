//! All rows out of one database and into another. Not among the rules of the list: these need two databases.

use super::contents::{append, begin, card, event, feed, key, thing};
use super::reading::added;
use crate::{
    Append, Archive, ArchiveError, ArchivedRow, ClaimQuery, Fence, KeyChange, Position, READS_READER,
    ReadRow, Recorded, Segment, Store, Stretch, Table, Version,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;

const READER: &str = "half-way";

/// Where no record is.
const NOWHERE: Position = Position { tx: 1 << 40, sequence: 1 << 40 };

async fn rows(archive: &dyn Archive) -> Vec<ArchivedRow> {
    let mut rows = vec![];
    let mut take = |row| {
        rows.push(row);
        Ok(())
    };
    archive.export(&mut take).await.expect("what is there can be archived");
    rows
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
pub async fn what_is_archived_comes_back(from: &(impl Store + Archive), to: &(impl Store + Archive)) {
    fill(from).await;
    let archived = rows(from).await;
    let mut giver = archived.iter().cloned().map(Ok);
    let count = to.import(&mut giver).await.expect("an empty database takes it");
    assert_eq!(count, archived.len() as u64);
    assert_eq!(parsed(&rows(to).await), parsed(&archived));

    let ids = |feed: Vec<Recorded>| -> Vec<_> { feed.into_iter().map(|it| it.event.id).collect() };
    assert_eq!(ids(feed(to, Position::START, 5).await), ids(feed(from, Position::START, 5).await));
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

/// What the reader that is half-way has before it.
async fn left(store: &dyn Store) -> Vec<Recorded> {
    feed(store, store.cursor(READER).await.expect("the cursor is read"), 3).await
}

/// A chain comes back with its records found where they are now, what was missing still missing; and whoever lengthens it goes on
/// behind what is in it.
pub async fn chains_are_archived_with_what_they_are_of(
    from: &(impl Store + Archive),
    to: &(impl Store + Archive),
) {
    fill(from).await;
    let chained = chain(from).await;
    let archived = rows(from).await;
    to.import(&mut archived.iter().cloned().map(Ok)).await.expect("an empty database takes it");
    assert_eq!(parsed(&rows(to).await), parsed(&archived));

    let segments = to.chains().segments("dev", 0, 10).await.expect("reads");
    let but_places = |segment: &Segment| Segment { entries: contents(segment), ..segment.clone() };
    assert_eq!(
        segments.iter().map(but_places).collect::<Vec<_>>(),
        chained.iter().map(but_places).collect::<Vec<_>>()
    );
    let (before, now) = (places(&chained[0]), places(&segments[0]));
    assert_eq!((before[1], now[1]), (NOWHERE, Position::START), "what was missing is nowhere");
    for (before, now) in before.iter().zip(&now) {
        let of = |events: Vec<Recorded>| events.first().map(|found| found.event.id);
        let at_now = of(to.chains().events_at(&[*now]).await.expect("reads"));
        assert_eq!(at_now, of(from.chains().events_at(&[*before]).await.expect("reads")));
    }
    // Of two that were chained, the first was swept.
    let reads = places(&segments[1]);
    assert_eq!(reads[0], Position::START);
    let found = to.chains().reads_at(&reads).await.expect("reads");
    assert_eq!(found.iter().map(|(_, read)| read.reader.as_str()).collect::<Vec<_>>(), ["key_2"]);

    let reader = format!("chain{READS_READER}");
    let at = to.cursor(&reader).await.expect("the cursor is read");
    assert_eq!(at, reads[1]);
    to.reads().add(&[read("key_4")]).await.expect("adds");
    let readers: Vec<_> = added(to, at, 2).await.into_iter().map(|(_, read)| read.reader).collect();
    assert_eq!(readers, ["key_3", "key_4"]);
    let before = to.cursor("chain").await.expect("the cursor is read");
    let events = Stretch { reader: "chain".into(), from: before, to: NOWHERE };
    let next = Segment { first: 6, last: 6, ..segments[1].clone() };
    assert!(to.chains().lengthen(&events, &[next]).await.expect("goes on"));
}

fn read(reader: &str) -> ReadRow {
    ReadRow {
        environment: "dev".to_owned(),
        connection: "con_1".to_owned(),
        generation: 1,
        reader: reader.to_owned(),
        way: "TOKEN".to_owned(),
        count: 1,
        first_at: 1,
        last_at: if reader == "key_1" { 1 } else { 2 },
    }
}

/// A chain over three events, of which one is nowhere, and two reads, of which one was swept.
async fn chain(store: &dyn Store) -> Vec<Segment> {
    let events = feed(store, Position::START, 5).await;
    store.reads().add(&["key_1", "key_2", "key_3"].map(read)).await.expect("adds");
    let reads = added(store, Position::START, 3).await;
    let segment = |first: u64, source: &str, places: &[Position]| {
        let entry = |place: &Position| [&place.to_bytes()[..], &[7; Segment::ENTRY_BYTES - 16]].concat();
        Segment {
            environment: "dev".to_owned(),
            first,
            last: first + places.len() as u64 - 1,
            source: source.to_owned(),
            entries: places.iter().flat_map(entry).collect(),
            previous: vec![1, 2],
            link: vec![3, 255],
            root: Some("{\"root\":\"é\"}".to_owned()),
        }
    };
    let segments = [
        segment(1, "event", &[events[0].position, NOWHERE, events[2].position]),
        segment(4, "read", &[reads[0].0, reads[1].0]),
    ];
    let ends = [("chain".to_owned(), events[2].position), (format!("chain{READS_READER}"), reads[1].0)];
    for ((reader, to), segment) in ends.into_iter().zip(&segments) {
        let stretch = Stretch { reader, from: Position::START, to };
        let lengthened = store.chains().lengthen(&stretch, std::slice::from_ref(segment)).await;
        assert!(lengthened.expect("a chain is begun"));
    }
    assert_eq!(store.reads().sweep(2, 10).await.expect("sweeps"), 1);
    segments.to_vec()
}

fn places(segment: &Segment) -> Vec<Position> {
    let (entries, []) = segment.entries.as_chunks::<{ Segment::ENTRY_BYTES }>() else {
        panic!("entries are all of one length")
    };
    entries.iter().map(|entry| Position::from_bytes(entry.first_chunk().expect("a place"))).collect()
}

/// The entries without their places.
fn contents(segment: &Segment) -> Vec<u8> {
    segment.entries.chunks(Segment::ENTRY_BYTES).flat_map(|entry| entry[16..].to_vec()).collect()
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
