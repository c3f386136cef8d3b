//! Data keys: one per owner, and gone for good once destroyed.

use super::{Database, contents::*};
use crate::{
    Append, AppendError, HEAD_BYTES, KeyChange, KeyReplacement, OwnedKey, Store, Version, WrappedKey,
};
use std::{collections::HashSet, sync::Arc};
use uuid::Uuid;

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

/// Keys under two others, as many of each as there are bytes in `owners`.
async fn keys_under(store: &dyn Store, above: u8, owners: &str) -> Vec<OwnedKey> {
    let mut made = vec![];
    for owner in owners.chars() {
        let mut wrapped = vec![above; HEAD_BYTES];
        wrapped.extend(owner.to_string().as_bytes());
        let owned = OwnedKey {
            owner: format!("{above}/{owner}"),
            key: WrappedKey { id: uuid::Uuid::new_v4(), wrapped },
        };
        store.put_key_if_absent(&owned.owner, &owned.key).await.expect("puts");
        made.push(owned);
    }
    made
}

pub async fn keys_are_found_by_what_wrapped_them(database: &Database) {
    let store = database.client().await;
    // The last byte there is has no successor: a careless end of the range would leave these out.
    for above in [7, 255] {
        let made = keys_under(&*store, above, "abcde").await;
        keys_under(&*store, above - 1, "xyz").await;
        let mut found = vec![];
        loop {
            let page = store.keys_headed(&[above; HEAD_BYTES], found.last(), 2).await.expect("reads");
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= 2);
            found.extend(page);
        }
        assert_eq!(found, made, "each once, in pages");
        assert_eq!(store.count_keys_headed(&[above; HEAD_BYTES]).await.expect("counts"), 5);
        // By less of the head, too.
        assert_eq!(store.keys_headed(&[above; 3], None, 100).await.expect("reads"), made);
        assert_eq!(store.count_keys_headed(&[above; 3]).await.expect("counts"), 5);
    }
}

pub async fn a_key_is_replaced_and_removed_only_where_it_is_what_it_was(database: &Database) {
    let store = database.client().await;
    let made = keys_under(&*store, 7, "ab").await;
    let anew = |of: &OwnedKey, former: &[u8]| KeyReplacement {
        owner: of.owner.clone(),
        former: former.to_vec(),
        key: WrappedKey { id: of.key.id, wrapped: vec![9; 40] },
    };
    let replacements = [anew(&made[0], &made[0].key.wrapped), anew(&made[1], b"another")];
    assert_eq!(store.replace_keys(&replacements).await.expect("replaces"), 1);
    let stored = async |owned: &OwnedKey| store.key(&owned.owner).await.expect("reads");
    assert_eq!(stored(&made[0]).await, Some(replacements[0].key.clone()));
    assert_eq!(stored(&made[1]).await, Some(made[1].key.clone()));
    assert!(!store.remove_key(&made[0]).await.expect("removes nothing"), "it was replaced");
    assert!(store.remove_key(&made[1]).await.expect("removes"));
    assert_eq!(stored(&made[1]).await, None);
    assert!(stored(&made[0]).await.is_some());
}

pub async fn a_key_is_exchanged_only_where_no_claim_is_or_ran_out(database: &Database) {
    let store = database.client().await;
    let stream = begin(&*store, "one", due(10)).await;
    let key = |byte| WrappedKey { id: Uuid::from_bytes([byte; 16]), wrapped: vec![byte; 40] };
    let exchange = |expected, byte| Append {
        card: due(900),
        key: KeyChange::Exchange(key(byte)),
        ..append(&stream, expected)
    };
    store.append(exchange(1, 1)).await.expect("nobody has it");
    assert_eq!(store.key(&stream.to_string()).await.expect("reads"), Some(key(1)));
    store.hasten(&stream, Version(2), 10).await.expect("hastens");
    store.append(exchange(2, 2)).await.expect("nobody has it");
    let claimed = claim(&*store, 20, 30).await;
    assert_eq!(claimed.len(), 1, "it is as due as it was");
    assert!(claimed[0].wanted, "and as wanted");
    let refused = store.append(exchange(3, 3)).await;
    assert!(matches!(refused, Err(AppendError::Conflict(_))), "somebody has it: {refused:?}");
    // Its time is over, and nobody has ended it: what was under way may be written down somewhere.
    let again = claim(&*store, 40, 50).await;
    let refused = store.append(exchange(3, 3)).await;
    assert!(matches!(refused, Err(AppendError::Conflict(_))), "nobody has ended it: {refused:?}");
    assert_eq!(store.key(&stream.to_string()).await.expect("reads"), Some(key(2)));
    store.release(&stream, again[0].fence).await.expect("releases");
    store.append(exchange(3, 3)).await.expect("it was given back");
}
