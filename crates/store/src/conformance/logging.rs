//! Logs of what was tried.

use super::Database;
use crate::{AuthLogPart, AuthLogQuery, AuthLogRow, Millis, Position, Store};
use std::collections::BTreeSet;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

/// How long what is written may be held back by transactions that have nothing to do with the rule.
const PATIENCE: Duration = Duration::from_secs(60);

fn part(id: &str, at: Millis) -> AuthLogPart {
    AuthLogPart {
        id: id.to_owned(),
        environment: "dev".to_owned(),
        integration: "demo".to_owned(),
        connection: String::new(),
        operation: "CONNECT".to_owned(),
        outcome: "PENDING".to_owned(),
        started_at: at,
        ended_at: at,
        part: format!("{{\"of\":\"{id}\"}}"),
    }
}

fn query() -> AuthLogQuery {
    AuthLogQuery { environment: "dev".to_owned(), max: 100, ..AuthLogQuery::default() }
}

async fn put(store: &dyn Store, logs: &[AuthLogPart]) {
    store.auth_logs().put(logs).await.expect("puts");
}

async fn ids(store: &dyn Store, query: AuthLogQuery) -> Vec<String> {
    let page = store.auth_logs().list(&query).await.expect("lists");
    page.items.into_iter().map(|row| row.id).collect()
}

async fn get(store: &dyn Store, environment: &str, id: &str) -> Option<AuthLogRow> {
    store.auth_logs().get(environment, id).await.expect("gets")
}

/// What was written after a position, once so much of it can be seen.
async fn told(store: &dyn Store, after: Position, count: usize) -> Vec<AuthLogRow> {
    let begun = Instant::now();
    loop {
        let written = store.auth_logs().written(after, 100).await.expect("reads");
        if written.len() >= count || begun.elapsed() > PATIENCE {
            assert_eq!(written.len(), count, "what was written after {after}");
            return written;
        }
        sleep(Duration::from_millis(10)).await;
    }
}

pub async fn a_log_grows_part_by_part_and_its_latest_outcome_stands(database: &Database) {
    let store = database.client().await;
    let begun = AuthLogPart { part: "1".to_owned(), ..part("a", 10) };
    let ended = AuthLogPart {
        connection: "con_1".to_owned(),
        outcome: "SUCCESS".to_owned(),
        started_at: 20,
        ended_at: 30,
        part: "2".to_owned(),
        ..part("a", 20)
    };
    // The end is told first, and both in one go another time.
    put(&*store, std::slice::from_ref(&ended)).await;
    put(&*store, std::slice::from_ref(&begun)).await;
    let row = get(&*store, "dev", "a").await.expect("is there");
    assert_eq!((row.started_at, row.parts), (10, vec!["2".to_owned(), "1".to_owned()]));
    let of = |outcome: &str| AuthLogQuery { outcome: Some(outcome.to_owned()), ..query() };
    assert_eq!(ids(&*store, of("SUCCESS")).await, ["a"], "the latest outcome stands, whenever it was told");
    assert!(ids(&*store, of("PENDING")).await.is_empty());
    let of_connection = AuthLogQuery { connection: Some("con_1".to_owned()), ..query() };
    assert_eq!(ids(&*store, of_connection).await, ["a"], "a connection that is known stays known");
    put(&*store, &[AuthLogPart { id: "b".to_owned(), ..begun }, AuthLogPart { id: "b".to_owned(), ..ended }])
        .await;
    assert_eq!(get(&*store, "dev", "b").await.expect("is there").parts, ["1", "2"]);
    assert_eq!(store.auth_logs().count().await.expect("counts"), 2);
}

pub async fn pages_of_logs_hold_each_once_the_newest_first(database: &Database) {
    let store = database.client().await;
    let sorted = ["e", "d", "c", "b", "a"];
    put(&*store, &[part("c", 2), part("a", 1), part("e", 3), part("d", 2), part("b", 2)]).await;
    for max in 1..=6 {
        let mut seen = Vec::new();
        let mut query = AuthLogQuery { max, ..query() };
        loop {
            let page = store.auth_logs().list(&query).await.expect("lists");
            assert!(page.items.len() <= max as usize);
            seen.extend(page.items.into_iter().map(|row| row.id));
            let Some(next) = page.next else { break };
            query.after = Some(next);
        }
        assert_eq!(seen, sorted, "in pages of {max}");
    }
}

pub async fn filters_narrow_a_list_of_logs(database: &Database) {
    let store = database.client().await;
    let of = |id: &str, at, integration: &str, connection: &str, operation: &str| AuthLogPart {
        integration: integration.to_owned(),
        connection: connection.to_owned(),
        operation: operation.to_owned(),
        ..part(id, at)
    };
    put(
        &*store,
        &[
            of("a", 1, "one", "con_1", "REFRESH"),
            of("b", 2, "two", "con_2", "REFRESH"),
            of("c", 3, "one", "con_1", "REVOKE"),
        ],
    )
    .await;
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(ids(&*store, query()).await, ["c", "b", "a"]);
    assert_eq!(ids(&*store, AuthLogQuery { integration: some("one"), ..query() }).await, ["c", "a"]);
    assert_eq!(ids(&*store, AuthLogQuery { connection: some("con_2"), ..query() }).await, ["b"]);
    assert_eq!(ids(&*store, AuthLogQuery { operation: some("REFRESH"), ..query() }).await, ["b", "a"]);
    assert_eq!(ids(&*store, AuthLogQuery { from: Some(2), ..query() }).await, ["c", "b"]);
    assert_eq!(ids(&*store, AuthLogQuery { until: Some(2), ..query() }).await, ["a"]);
    let both = AuthLogQuery { connection: some("con_1"), operation: some("REVOKE"), ..query() };
    assert_eq!(ids(&*store, both).await, ["c"]);
    assert!(ids(&*store, AuthLogQuery { outcome: some("' OR 1=1 --"), ..query() }).await.is_empty());
    let page = store.auth_logs().list(&AuthLogQuery { integration: some("one"), max: 1, ..query() }).await;
    assert_eq!(page.expect("lists").next, Some((3, "c".to_owned())), "there is more of what was asked for");
}

pub async fn another_environments_log_is_as_if_it_never_was(database: &Database) {
    let store = database.client().await;
    put(&*store, &[part("a", 1)]).await;
    assert_eq!(get(&*store, "prod", "a").await, None);
    assert!(ids(&*store, AuthLogQuery { environment: "prod".to_owned(), ..query() }).await.is_empty());
    // An id that another environment uses too is another log.
    put(&*store, &[AuthLogPart { environment: "prod".to_owned(), part: "9".to_owned(), ..part("a", 5) }])
        .await;
    assert_eq!(get(&*store, "dev", "a").await.expect("is there").started_at, 1);
    assert_eq!(get(&*store, "prod", "a").await.expect("is there").parts, ["9"]);
}

pub async fn what_is_written_is_told_in_order_and_again_when_it_grows(database: &Database) {
    let store = database.client().await;
    let logs = store.auth_logs();
    let ids = |rows: &[AuthLogRow]| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>();
    let start = logs.end().await.expect("ends");
    put(&*store, &[part("a", 1)]).await;
    put(&*store, &[part("b", 2), part("c", 3)]).await;
    let written = told(&*store, start, 3).await;
    assert_eq!(ids(&written), ["a", "b", "c"]);
    assert_eq!(ids(&told(&*store, written[1].position, 1).await), ["c"], "it continues where it was");
    assert_eq!(logs.written(start, 1).await.expect("reads").len(), 1, "no more than was asked for");
    let end = logs.end().await.expect("ends");
    assert_eq!(end, written[2].position);
    put(&*store, &[part("a", 1)]).await;
    let grown = told(&*store, end, 1).await;
    assert_eq!((ids(&grown), grown[0].parts.len()), (vec!["a".to_owned()], 2));
    assert_eq!(ids(&told(&*store, Position::START, 3).await), ["b", "c", "a"], "at its new place alone");
    logs.sweep_oldest(10).await.expect("sweeps");
    put(&*store, &[part("d", 4)]).await;
    // Places are not given out again when what had them is gone.
    assert_eq!(ids(&told(&*store, grown[0].position, 1).await), ["d"]);
}

pub async fn a_tail_misses_nothing_while_many_write(database: &Database) {
    const WRITERS: usize = 4;
    const EACH: usize = 25;
    let stores = [database.client().await, database.client().await];
    let reader = database.client().await;
    let writing: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&stores[writer % 2]);
            tokio::spawn(async move {
                for number in 0..EACH {
                    put(&*store, &[part(&format!("{writer}-{number}"), 1)]).await;
                }
            })
        })
        .collect();
    let mut seen = BTreeSet::new();
    let mut position = Position::START;
    let begun = Instant::now();
    while seen.len() < WRITERS * EACH && begun.elapsed() < PATIENCE {
        for row in reader.auth_logs().written(position, 7).await.expect("reads") {
            assert!(row.position > position, "a place that was passed comes again");
            position = row.position;
            assert!(seen.insert(row.id.clone()), "{} is told twice", row.id);
        }
        sleep(Duration::from_millis(1)).await;
    }
    for writer in writing {
        writer.await.expect("writes");
    }
    assert_eq!(seen.len(), WRITERS * EACH, "the tail lost some");
}

pub async fn the_oldest_logs_are_swept_in_steps(database: &Database) {
    let store = database.client().await;
    let logs = store.auth_logs();
    put(&*store, &[part("a", 1), part("b", 2), part("c", 3), part("d", 4), part("e", 5)]).await;
    assert_eq!(logs.sweep(4, 2).await.expect("sweeps"), 2);
    assert_eq!(ids(&*store, query()).await, ["e", "d", "c"], "no more than was asked for, the oldest first");
    assert_eq!(logs.sweep(4, 2).await.expect("sweeps"), 1);
    assert_eq!(logs.sweep(4, 2).await.expect("sweeps"), 0, "what is young stays");
    assert_eq!(logs.sweep_oldest(1).await.expect("sweeps"), 1);
    assert_eq!(ids(&*store, query()).await, ["e"]);
    assert_eq!(logs.count().await.expect("counts"), 1);
}
