//! Data keys: one per owner, and gone for good once destroyed.

use super::{Database, contents::*};
use crate::{Append, KeyChange};
use std::{collections::HashSet, sync::Arc};

pub async fn a_destroyed_key_is_gone_and_history_still_reads(database: &Database) {
    let store = database.client().await;
    let (stream, key) = (thing("one"), key());
    let owner = stream.to_string();
    store.append(Append { key: KeyChange::Put(key.clone()), ..append(&stream, 0) }).await.expect("appends");
    assert_eq!(store.key(&owner).await.expect("reads"), Some(key), "the stream's name owns its key");
    let before = history(&*store, &stream).await;

    store.append(Append { key: KeyChange::Destroy, ..append(&stream, 1) }).await.expect("appends");
    assert_eq!(store.key(&owner).await.expect("reads"), None);
    assert_eq!(store.load(&stream).await.expect("loads").expect("is there").key, None);
    let after = history(&*store, &stream).await;
    assert_eq!(after.len(), 2);
    assert_eq!(after[..1], before);
    store
        .append(Append { key: KeyChange::Destroy, ..append(&stream, 2) })
        .await
        .expect("destroying nothing is no error");
}

pub async fn a_key_that_is_put_replaces_the_older_one(database: &Database) {
    let store = database.client().await;
    let (stream, other) = (thing("one"), thing("one-more"));
    let (first, second, another) = (key(), key(), key());
    store.append(Append { key: KeyChange::Put(first), ..append(&stream, 0) }).await.expect("appends");
    store
        .append(Append { key: KeyChange::Put(another.clone()), ..append(&other, 0) })
        .await
        .expect("appends");
    store
        .append(Append { key: KeyChange::Put(second.clone()), ..append(&stream, 1) })
        .await
        .expect("appends");
    let loaded = async |stream| store.load(stream).await.expect("loads").expect("is there").key;
    assert_eq!(loaded(&stream).await, Some(second));
    assert_eq!(loaded(&other).await, Some(another), "another stream's key stays");
}

pub async fn of_many_keys_put_at_once_one_wins(database: &Database) {
    let stores = [database.client().await, database.client().await];
    let owner = "environment/dev";
    assert_eq!(stores[0].key(owner).await.expect("reads"), None);
    let puts = (0..16).map(|number| {
        let store = Arc::clone(&stores[number % 2]);
        tokio::spawn(async move { store.put_key_if_absent(owner, &key()).await.expect("puts").id })
    });
    let mut answers = HashSet::new();
    for put in puts.collect::<Vec<_>>() {
        answers.insert(put.await.expect("runs"));
    }
    let stored = stores[1].key(owner).await.expect("reads").expect("is there");
    assert_eq!(answers, HashSet::from([stored.id]), "everybody is told of the one that is stored");
    assert_eq!(stores[0].put_key_if_absent(owner, &key()).await.expect("puts"), stored);
}
