//! Chains over what is recorded.

use super::contents::{append, thing};
use super::{Database, following};
use crate::{ChainEnd, Position, ReadRow, Segment, Store, Stretch};

const READER: &str = "chain";

fn segment(environment: &str, first: u64, last: u64) -> Segment {
    let byte = u8::try_from(last).expect("a small number");
    Segment {
        environment: environment.to_owned(),
        first,
        last,
        source: "event".to_owned(),
        entries: vec![byte; 3],
        previous: vec![byte - 1; 2],
        link: vec![byte; 2],
        root: last.is_multiple_of(2).then(|| "{\"root\":1}".to_owned()),
    }
}

fn stretch(from: u64, to: u64) -> Stretch {
    let place = |sequence| Position { tx: 0, sequence };
    Stretch { reader: READER.to_owned(), from: place(from), to: place(to) }
}

async fn lengthened(store: &dyn Store, stretch: &Stretch, segments: &[Segment]) -> bool {
    store.chains().lengthen(stretch, segments).await.expect("writes, or says that it did not")
}

async fn told(store: &dyn Store, environment: &str, after: u64, max: u32) -> Vec<Segment> {
    store.chains().segments(environment, after, max).await.expect("reads")
}

pub async fn a_chain_is_read_as_it_was_written_each_environments_by_itself(database: &Database) {
    let store = database.client().await;
    assert_eq!(store.chains().end("dev").await.expect("reads"), None);
    let (one, other, two) = (segment("dev", 1, 2), segment("prod", 1, 1), segment("dev", 3, 3));
    assert!(lengthened(&*store, &stretch(0, 5), &[one.clone(), other.clone()]).await);
    assert!(lengthened(&*store, &stretch(5, 6), std::slice::from_ref(&two)).await);
    assert_eq!(store.chains().end("dev").await.expect("reads"), Some(ChainEnd { last: 3, link: vec![3, 3] }));
    assert_eq!(told(&*store, "dev", 0, 10).await, [one.clone(), two.clone()]);
    assert_eq!(told(&*store, "dev", 0, 1).await, [one]);
    assert_eq!(told(&*store, "dev", 2, 10).await, [two]);
    assert_eq!(told(&*store, "prod", 0, 10).await, [other]);
}

pub async fn a_chain_is_lengthened_with_the_cursor_or_not_at_all(database: &Database) {
    let store = database.client().await;
    assert!(lengthened(&*store, &stretch(0, 5), &[segment("dev", 1, 2)]).await);
    // Another has read on already.
    assert!(!lengthened(&*store, &stretch(0, 5), &[segment("dev", 3, 3)]).await);
    // The cursor fits, and one place of two is taken.
    assert!(!lengthened(&*store, &stretch(5, 9), &[segment("prod", 1, 1), segment("dev", 1, 3)]).await);
    assert_eq!(store.cursor(READER).await.expect("reads"), stretch(0, 5).to);
    assert_eq!(told(&*store, "dev", 0, 10).await, [segment("dev", 1, 2)]);
    assert!(told(&*store, "prod", 0, 10).await.is_empty());
}

pub async fn of_many_who_lengthen_a_chain_at_once_one_does(database: &Database) {
    let mut trials = tokio::task::JoinSet::new();
    for reader in 0..8 {
        let store = database.client().await;
        // Each has a cursor of its own, so that only the place in the chain is fought for.
        let stretch = Stretch { reader: format!("{READER}-{reader}"), ..stretch(0, 1) };
        trials.spawn(async move { lengthened(&*store, &stretch, &[segment("dev", 1, 2)]).await });
    }
    let won = trials.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
}

pub async fn records_are_found_by_their_places(database: &Database) {
    let store = database.client().await;
    for id in ["a", "b", "c"] {
        store.append(append(&thing(id), 0)).await.expect("appends");
    }
    let events = following::everything(&*store).await;
    let places: Vec<Position> = events.iter().map(|recorded| recorded.position).collect();
    let nowhere = Position { tx: places[2].tx + 1_000_000, sequence: places[2].sequence + 1_000_000 };
    let found = store.chains().events_at(&[places[2], nowhere, places[0]]).await.expect("reads");
    assert_eq!(found, [events[0].clone(), events[2].clone()], "in their order, and no more than there is");
    assert!(store.chains().events_at(&[]).await.expect("reads").is_empty());

    let row = ReadRow {
        environment: "dev".to_owned(),
        connection: "con_1".to_owned(),
        generation: 1,
        reader: "key_1".to_owned(),
        way: "TOKEN".to_owned(),
        count: 1,
        first_at: 1,
        last_at: 2,
    };
    store.reads().add(&[row.clone(), ReadRow { count: 2, ..row.clone() }]).await.expect("adds");
    let told = super::reading::added(&*store, Position::START, 2).await;
    assert_eq!(store.chains().reads_at(&[told[1].0, nowhere]).await.expect("reads"), [told[1].clone()]);
}
