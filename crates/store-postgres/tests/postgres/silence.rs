//! A server that is gone without a word: connections that were open are never answered again, new ones are.

use crate::connecting::append;
use crate::scratch::{Scratch, server};
use latchkey_store::{Store as _, Stream};
use latchkey_store_postgres::{PostgresOptions, PostgresStore};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, tcp};

/// Far less than the quarter of an hour after which the system gives a connection up.
const PATIENCE: Duration = Duration::from_secs(40);

/// How long a caller waits.
const DEADLINE: Duration = Duration::from_millis(500);

/// A way to the server that can be lost: what was under way stays open, and nothing passes any more.
#[derive(Clone)]
struct Way {
    port: u16,
    lost: Arc<AtomicU32>,
}

impl Way {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let way = Self { port: listener.local_addr().unwrap().port(), lost: Arc::default() };
        let through = way.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let up = TcpStream::connect((server().get_host(), server().get_port())).await.unwrap();
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), up.into_split());
                tokio::spawn(through.clone().carry(from_client, to_server));
                tokio::spawn(through.clone().carry(from_server, to_client));
            }
        });
        way
    }

    async fn carry(self, mut from: tcp::OwnedReadHalf, mut to: tcp::OwnedWriteHalf) {
        let (since, mut bytes) = (self.lost.load(Ordering::SeqCst), vec![0; 16 * 1024]);
        while let Ok(read @ 1..) = from.read(&mut bytes).await {
            if self.lost.load(Ordering::SeqCst) != since {
                // Not closed either: nobody is told.
                std::future::pending::<()>().await;
            }
            if to.write_all(&bytes[..read]).await.is_err() {
                return;
            }
        }
    }

    fn lose(&self) {
        self.lost.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_server_that_is_gone_without_a_word_is_found_again_at_its_address() {
    let (scratch, way) = (Scratch::create().await, Way::open().await);
    let url = scratch.options().host("127.0.0.1").port(way.port);
    let options = PostgresOptions {
        connections_max: 3,
        statement_max: Duration::from_secs(1),
        ..PostgresOptions::default()
    };
    let url = sqlx::ConnectOptions::to_url_lossy(&url).to_string();
    let store = PostgresStore::connect(&url, options).await.unwrap();
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
