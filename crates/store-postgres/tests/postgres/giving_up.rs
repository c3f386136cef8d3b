//! What a caller leaves behind that goes away in the middle of a write.

use crate::connecting::append;
use crate::scratch::Scratch;
use crate::way::Way;
use latchkey_store::{Store as _, Stream, Version};
use latchkey_store_postgres::{PostgresOptions, PostgresStore};
use sqlx::PgConnection;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

/// Longer than an append takes, and shorter than the server suffers a transaction that does nothing.
const PATIENCE: Duration = Duration::from_secs(8);

/// More often than an append is ever resumed.
const RESUMED_MAX: usize = 200;

/// Resumes a future so often, and then drops it. What it came to, if it did.
async fn given_up_after<T>(resumed: usize, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut left) = (pin!(work), resumed);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

#[tokio::test]
async fn a_write_given_up_at_any_point_leaves_no_transaction_open() {
    // An answer that comes through a task of this thread is always waited for; one of the server's may be there at once.
    let (scratch, way) = (Scratch::create().await, Way::open().await);
    let options = PostgresOptions { connections_max: 1, ..PostgresOptions::default() };
    let store = PostgresStore::connect(&way.url(&scratch), options).await.unwrap();
    let mut watcher = scratch.raw().await;
    // The first opens the connection: from then on a write begins with its BEGIN.
    store.append(append(&Stream::new("thing", "first"), 0)).await.unwrap();
    assert!(nothing_is_open(&mut watcher).await);
    for resumed in 1..RESUMED_MAX {
        let stream = Stream::new("thing", format!("given-up-{resumed}"));
        let ended = given_up_after(resumed, store.append(append(&stream, 0))).await;
        assert!(nothing_is_open(&mut watcher).await, "given up after {resumed}: a transaction stays open");
        // The next on the same connection is kept, and seen by others.
        let next = Stream::new("thing", format!("next-{resumed}"));
        assert_eq!(store.append(append(&next, 0)).await.unwrap(), Version(1));
        assert!(
            is_there(&mut watcher, &next).await,
            "given up after {resumed}: what is written next is not kept"
        );
        if let Some(kept) = ended {
            assert_eq!(kept.unwrap(), Version(1));
            return;
        }
    }
    panic!("an append does not come to its end");
}

async fn nothing_is_open(watcher: &mut PgConnection) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let open: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'",
        )
        .fetch_one(&mut *watcher)
        .await
        .unwrap();
        if open == 0 {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    false
}

async fn is_there(watcher: &mut PgConnection, stream: &Stream) -> bool {
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM streams WHERE category = $1 AND id = $2")
        .bind(&stream.category)
        .bind(&stream.id)
        .fetch_one(watcher)
        .await
        .unwrap();
    there == 1
}
