//! A reader of the feed sees every committed event once, and each stream's events in their order.

use super::{Database, Stall, contents::*};
use crate::{Append, Position, Recorded, Store, Stream, Version};
use std::collections::{HashMap, HashSet};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// How long the feed may be held back by transactions that have nothing to do with the rule.
const PATIENCE: Duration = Duration::from_secs(60);

/// The stream whose event, written after all others have ended, tells a reader that nothing earlier can follow.
const LAST: &str = "zz-last";

pub async fn the_feed_is_read_in_pages_without_gap_or_repetition(database: &Database) {
    let store = database.client().await;
    for id in ["a", "b", "c"] {
        let stream = thing(id);
        let three = vec![event("thing.made"), event("thing.named"), event("thing.moved")];
        store.append(Append { events: three, ..append(&stream, 0) }).await.expect("appends");
        store.append(append(&stream, 3)).await.expect("appends");
    }
    let seen = Reader::default().read_to_the_last(&*store, 2).await;
    let order: Vec<_> =
        seen.iter().map(|recorded| (recorded.stream.id.as_str(), recorded.version.0)).collect();
    let written = ["a", "b", "c"].iter().flat_map(|id| (1..=4).map(move |version| (*id, version)));
    assert_eq!(
        order,
        written.chain([(LAST, 1)]).collect::<Vec<_>>(),
        "appends that do not overlap keep their order"
    );
    for recorded in &seen {
        let alone = store.history(&recorded.stream, Version(recorded.version.0 - 1), 1).await.expect("reads");
        assert_eq!(&alone[0], recorded, "feed and history tell the same");
    }
}

pub async fn the_feed_waits_for_a_writer_that_is_slow_to_commit(database: &Database) {
    nothing_is_lost_behind_a_slow_writer(database, Stall::BeforeCommitting).await;
}

pub async fn the_feed_finds_an_event_that_was_numbered_early_and_written_late(database: &Database) {
    nothing_is_lost_behind_a_slow_writer(database, Stall::BeforeWriting).await;
}

async fn nothing_is_lost_behind_a_slow_writer(database: &Database, stall: Stall) {
    let store = database.client().await;
    begin(&*store, "before", card()).await;
    let slow = (database.stall)(stall, thing("slow"), event("thing.slow")).await;

    // Where writers wait for each other the quick ones end only after the slow one, which is as good.
    let quick: Vec<_> = (0..3)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { begin(&*store, &format!("quick-{number}"), card()).await })
        })
        .collect();
    let mut reader = Reader::default();
    reader.watch_for_quick_writers(&*store).await;
    slow.commit().await;
    for writer in quick {
        writer.await.expect("the quick writers end");
    }
    let seen = reader.read_to_the_last(&*store, 100).await;

    let mut ids: Vec<_> = seen.iter().map(|recorded| recorded.stream.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(
        ids,
        ["before", "quick-0", "quick-1", "quick-2", "slow", LAST],
        "the feed lost or repeated an event"
    );
}

pub async fn the_feed_shows_each_committed_event_once_whatever_the_writers_do(database: &Database) {
    let stores = [database.client().await, database.client().await];
    let mut writers = Vec::new();
    for number in 0..6_usize {
        let store = Arc::clone(&stores[number % 2]);
        writers.push(tokio::spawn(async move { write_a_history(&*store, number).await }));
    }
    let mut committed = Vec::new();
    let mut reader = Reader::default();
    let mut dice = Dice::new(99);
    for number in 0..12 {
        let stall = if dice.roll(2) == 0 { Stall::BeforeWriting } else { Stall::BeforeCommitting };
        let (stream, event) = (thing(format!("slow-{number}")), event("thing.slow"));
        let key = (stream.clone(), Version(1), event.id);
        let slow = (database.stall)(stall, stream, event).await;
        for _ in 0..dice.roll(4) {
            reader.read_what_is_there(&*stores[0], 3).await;
            tokio::time::sleep(Duration::from_millis(dice.roll(8))).await;
        }
        if dice.roll(3) == 0 {
            slow.roll_back().await;
        } else {
            slow.commit().await;
            committed.push(key);
        }
    }
    for writer in writers {
        committed.extend(writer.await.expect("the writers end"));
    }
    let seen = reader.read_to_the_last(&*stores[0], 3).await;

    let places = |recorded: &Recorded| (recorded.stream.clone(), recorded.version, recorded.event.id);
    let mut seen: Vec<_> = seen.iter().filter(|recorded| recorded.stream.id != LAST).map(places).collect();
    seen.sort();
    committed.sort();
    assert_eq!(seen, committed, "the feed and the writers disagree on what was committed");
}

/// Appends at a random pace, and now and then from a wrong version, which leaves nothing.
async fn write_a_history(store: &dyn Store, number: usize) -> Vec<(Stream, Version, Uuid)> {
    let stream = thing(format!("stream-{number}"));
    let mut dice = Dice::new(number as u64);
    let mut committed = Vec::new();
    for version in 0..10 {
        tokio::time::sleep(Duration::from_millis(dice.roll(12))).await;
        if dice.roll(4) == 0 {
            assert_conflict(store.append(append(&stream, version + 5)).await, &stream);
        }
        let append = append(&stream, version);
        let event = append.events[0].id;
        let version = store.append(append).await.expect("appends");
        committed.push((stream.clone(), version, event));
    }
    committed
}

pub async fn a_reader_from_the_end_sees_only_news(database: &Database) {
    let store = database.client().await;
    assert_eq!(store.feed_end().await.expect("reads"), Position::START, "an empty feed ends where it starts");
    begin(&*store, "old", card()).await;
    // On a busy server an event is published a moment after its commit.
    let end = tokio::time::timeout(PATIENCE, async {
        loop {
            let end = store.feed_end().await.expect("reads");
            if end > Position::START {
                return end;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let end = end.await.expect("the old event is published");
    begin(&*store, "new", card()).await;
    let seen = Reader { after: end, ..Reader::default() }.read_to_the_last(&*store, 10).await;
    assert_eq!(seen.iter().map(|recorded| recorded.stream.id.as_str()).collect::<Vec<_>>(), ["new", LAST]);
}

pub async fn a_cursor_moves_forward_only(database: &Database) {
    let store = database.client().await;
    let cursor = async || store.cursor("reader").await.expect("reads");
    assert_eq!(cursor().await, Position::START, "a reader never seen is at the start");
    for (tx, sequence, then) in
        [(5, 7, (5, 7)), (5, 6, (5, 7)), (4, 99, (5, 7)), (5, 8, (5, 8)), (6, 1, (6, 1))]
    {
        let from = cursor().await;
        let moved = store.advance_cursor("reader", from, Position { tx, sequence }).await.expect("advances");
        assert_eq!(moved, (tx, sequence) == then, "it says whether it moved");
        assert_eq!(cursor().await, Position { tx: then.0, sequence: then.1 });
    }
    assert_eq!(store.cursor("another").await.expect("reads"), Position::START);
}

pub async fn a_cursor_is_set_back_only_by_a_rewind(database: &Database) {
    let store = database.client().await;
    let at = |tx, sequence| Position { tx, sequence };
    store.advance_cursor("reader", Position::START, at(5, 7)).await.expect("advances");
    store.advance_cursor("another", Position::START, at(5, 7)).await.expect("advances");
    for (to, then) in [(at(6, 0), at(5, 7)), (at(5, 2), at(5, 2)), (Position::START, Position::START)] {
        store.rewind_cursor("reader", to).await.expect("rewinds");
        assert_eq!(store.cursor("reader").await.expect("reads"), then);
    }
    assert_eq!(store.cursor("another").await.expect("reads"), at(5, 7));
}

pub async fn a_reader_that_was_set_back_is_not_carried_past_what_was_lost(database: &Database) {
    let stores = [database.client().await, database.client().await];
    let at = |sequence| Position { tx: 1, sequence };
    let advance = async |from, to| stores[0].advance_cursor("reader", from, to).await.expect("advances");
    assert!(advance(Position::START, at(5)).await);
    // One announcer has read what follows 5 while another finds that everything behind 2 was lost.
    stores[1].rewind_cursor("reader", at(2)).await.expect("rewinds");
    assert!(!advance(at(5), at(9)).await, "it jumps over the rewind");
    assert_eq!(stores[1].cursor("reader").await.expect("reads"), at(2));
    assert!(!advance(Position::START, at(9)).await, "it begins anew in the middle");
    assert!(advance(at(2), at(9)).await);
    let unseen = stores[0].advance_cursor("new", at(3), at(5)).await.expect("answers");
    assert!(!unseen, "a reader never seen is nowhere but at the start");
}

/// All there is in the feed. What was committed a moment ago may be held back by transactions elsewhere on the server,
/// so an event of its own is written after it, and left out.
pub(super) async fn everything(store: &dyn Store) -> Vec<Recorded> {
    let mut seen = Reader::default().read_to_the_last(store, 100).await;
    seen.retain(|recorded| recorded.stream.id != LAST);
    seen
}

/// Who follows the feed, and what it was shown. Being shown an event twice, or out of its stream's order, ends it.
#[derive(Default)]
struct Reader {
    after: Position,
    seen: Vec<Recorded>,
    ids: HashSet<Uuid>,
    versions: HashMap<Stream, Version>,
}

impl Reader {
    async fn read_what_is_there(&mut self, store: &dyn Store, page_max: u32) {
        loop {
            let (page, after) = next_page(store, self.after, page_max).await;
            if page.is_empty() {
                return;
            }
            self.after = after;
            for recorded in page {
                assert!(self.ids.insert(recorded.event.id), "the feed shows {} twice", recorded.event.id);
                let before =
                    self.versions.insert(recorded.stream.clone(), recorded.version).unwrap_or_default();
                assert_eq!(recorded.version.0, before.0 + 1, "the feed shows {} in order", recorded.stream);
                self.seen.push(recorded);
            }
        }
    }

    /// Gives the reader every chance to run ahead of the slow writer.
    async fn watch_for_quick_writers(&mut self, store: &dyn Store) {
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(30)).await;
            self.read_what_is_there(store, 100).await;
            if self.seen.iter().filter(|recorded| recorded.stream.id.starts_with("quick")).count() == 3 {
                return;
            }
        }
    }

    async fn read_to_the_last(mut self, store: &dyn Store, page_max: u32) -> Vec<Recorded> {
        let last = begin(store, LAST, card()).await;
        let reading = async {
            while !self.versions.contains_key(&last) {
                self.read_what_is_there(store, page_max).await;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("the last event is published");
        self.seen
    }
}

/// Chance that falls the same way each time.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}
