//! A server that is gone without a word: connections that were open are never answered again, new ones are.

use crate::connecting::append;
use crate::scratch::Scratch;
use crate::way::Way;
use latchkey_store::{Store as _, Stream};
use latchkey_store_postgres::{PostgresOptions, PostgresStore};
use std::time::{Duration, Instant};

/// Far less than the quarter of an hour after which the system gives a connection up.
const PATIENCE: Duration = Duration::from_secs(40);

/// How long a caller waits.
const DEADLINE: Duration = Duration::from_millis(500);

#[tokio::test]
async fn a_server_that_is_gone_without_a_word_is_found_again_at_its_address() {
    let (scratch, way) = (Scratch::create().await, Way::open().await);
    let options = PostgresOptions {
        connections_max: 3,
        statement_max: Duration::from_secs(1),
        ..PostgresOptions::default()
    };
    let store = PostgresStore::connect(&way.url(&scratch), options).await.unwrap();
    let write = async |name: &str| {
        let stream = Stream::new("thing", name);
        tokio::time::timeout(DEADLINE, store.append(append(&stream, 0))).await.is_ok_and(|kept| kept.is_ok())
    };
    // As many as there are connections: all are open, and then each is waited for in vain.
    assert_eq!(tokio::join!(write("one"), write("two"), write("three")), (true, true, true));
    way.lose();
    assert_eq!(tokio::join!(write("four"), write("five"), write("six")), (false, false, false));
    let (begun, mut tries) = (Instant::now(), 0);
    while !write(&format!("again-{tries}")).await {
        tries += 1;
        assert!(begun.elapsed() < PATIENCE, "the server is there again, and nothing reaches it");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
