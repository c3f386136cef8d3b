//! What an operator watches.

use super::{Database, contents::*};
use crate::{Card, Ending, Position};

pub async fn what_ends_is_counted_by_parent_and_how_soon(database: &Database) {
    let store = database.client().await;
    let ends = |parent: &str, at| Card { parent: parent.to_owned(), ends_at: at, ..card() };
    for (number, at) in
        [None, Some(9), Some(10), Some(19), Some(45), Some(49), Some(50)].into_iter().enumerate()
    {
        begin(&*store, &format!("a-{number}"), ends("a", at)).await;
    }
    begin(&*store, "b", ends("b", Some(-1))).await;
    begin(&*store, "elsewhere", Card { environment: "prod".to_owned(), ..ends("a", Some(9)) }).await;
    let mut found = store.vitals().ending(CATEGORY, ENVIRONMENT, [10, 20, 30, 40, 50]).await.expect("counts");
    found.sort();
    let ending = |parent: &str, slot, count| Ending { parent: parent.to_owned(), slot, count };
    assert_eq!(found, [ending("a", 0, 1), ending("a", 1, 2), ending("a", 4, 2), ending("b", 0, 1)]);
    assert_eq!(store.vitals().ending("other", ENVIRONMENT, [0, 1, 2, 3, 99]).await.expect("counts"), []);
}

pub async fn what_comes_after_a_position_is_counted_and_no_further_than_asked(database: &Database) {
    let store = database.client().await;
    let behind = async |after, max| store.vitals().events_after(after, max).await.expect("counts");
    assert_eq!(behind(Position::START, 10).await, 0);
    for id in ["a", "b", "c"] {
        begin(&*store, id, card()).await;
    }
    assert_eq!((behind(Position::START, 10).await, behind(Position::START, 2).await), (3, 2));
    let published = feed(&*store, Position::START, 3).await;
    assert_eq!(behind(published[0].position, 10).await, 2);
    assert_eq!(behind(published[2].position, 10).await, 0);
}

pub async fn a_schema_that_was_just_made_is_complete(database: &Database) {
    let schema = database.client().await.vitals().schema().await.expect("tells its schema");
    assert_eq!((schema.pending(), schema.ahead), (0, vec![]));
}
