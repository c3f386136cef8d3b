//! Who was given what.

use super::Database;
use crate::{HoldersQuery, Millis, Position, ReadRow, Store};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long what is added may be held back by transactions that have nothing to do with the rule.
const PATIENCE: Duration = Duration::from_secs(60);

fn read(reader: &str, generation: u64, at: Millis) -> ReadRow {
    ReadRow {
        environment: "dev".to_owned(),
        connection: "con_1".to_owned(),
        generation,
        reader: reader.to_owned(),
        way: "TOKEN".to_owned(),
        count: 1,
        first_at: at,
        last_at: at,
    }
}

async fn holders(store: &dyn Store, generation: Option<u64>) -> Vec<ReadRow> {
    let query =
        HoldersQuery { environment: "dev".to_owned(), connection: "con_1".to_owned(), generation, max: 100 };
    store.reads().holders(&query).await.expect("finds")
}

pub(super) async fn added(store: &dyn Store, after: Position, count: usize) -> Vec<(Position, ReadRow)> {
    let begun = Instant::now();
    loop {
        let added = store.reads().added(after, 100).await.expect("reads");
        if added.len() >= count || begun.elapsed() > PATIENCE {
            assert_eq!(added.len(), count, "what was added after {after}");
            return added;
        }
        sleep(Duration::from_millis(10)).await;
    }
}

pub async fn a_readers_reads_are_counted_together(database: &Database) {
    let store = database.client().await;
    let reads = store.reads();
    reads
        .add(&[read("key_1", 1, 10), ReadRow { count: 5, last_at: 30, ..read("key_1", 1, 20) }])
        .await
        .expect("adds");
    reads.add(&[read("key_1", 2, 40), read("key_2", 2, 50)]).await.expect("adds");
    let other_way = ReadRow { way: "PROXY".to_owned(), ..read("key_1", 1, 15) };
    let elsewhere = ReadRow { environment: "prod".to_owned(), ..read("key_3", 1, 1) };
    let of_another = ReadRow { connection: "con_2".to_owned(), ..read("key_4", 1, 1) };
    reads.add(&[other_way.clone(), elsewhere, of_another]).await.expect("adds");

    let together = ReadRow { count: 6, last_at: 30, ..read("key_1", 1, 10) };
    assert_eq!(holders(&*store, Some(1)).await, [together.clone(), other_way.clone()]);
    let all = [read("key_2", 2, 50), read("key_1", 2, 40), together, other_way];
    assert_eq!(holders(&*store, None).await, all, "the latest first");
    assert!(holders(&*store, Some(3)).await.is_empty());
    let query = HoldersQuery {
        environment: "dev".to_owned(),
        connection: "con_1".to_owned(),
        generation: None,
        max: 1,
    };
    assert_eq!(reads.holders(&query).await.expect("finds").len(), 1, "no more than was asked for");
}

pub async fn reads_are_told_in_the_order_they_were_added(database: &Database) {
    let store = database.client().await;
    store.reads().add(&[read("key_1", 1, 10)]).await.expect("adds");
    store.reads().add(&[read("key_2", 1, 5), read("key_3", 1, 7)]).await.expect("adds");
    let told = added(&*store, Position::START, 3).await;
    let readers: Vec<_> = told.iter().map(|(_, read)| read.reader.as_str()).collect();
    assert_eq!(readers, ["key_1", "key_2", "key_3"]);
    assert!(told.windows(2).all(|two| two[0].0 < two[1].0), "each has a place of its own");
    assert_eq!(added(&*store, told[1].0, 1).await[0], told[2], "it continues where it was");
}

pub async fn old_reads_are_swept_in_steps(database: &Database) {
    let store = database.client().await;
    let rows: Vec<_> = (1..=5).map(|at| read(&format!("key_{at}"), 1, at)).collect();
    store.reads().add(&rows).await.expect("adds");
    assert_eq!(store.reads().sweep(4, 2).await.expect("sweeps"), 2);
    assert_eq!(store.reads().sweep(4, 2).await.expect("sweeps"), 1);
    assert_eq!(store.reads().sweep(4, 2).await.expect("sweeps"), 0);
    let left: Vec<_> = holders(&*store, None).await.into_iter().map(|read| read.reader).collect();
    assert_eq!(left, ["key_5", "key_4"], "what is young stays");
}
