//! A way to the server that a test holds in its hands.

use crate::scratch::{Scratch, server};
use sqlx::ConnectOptions as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, tcp};

/// A way to the server that can be lost: what was under way stays open, and nothing passes any more.
#[derive(Clone)]
pub struct Way {
    port: u16,
    lost: Arc<AtomicU32>,
}

impl Way {
    pub async fn open() -> Self {
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

    /// The database's address, by this way.
    pub fn url(&self, scratch: &Scratch) -> String {
        scratch.options().host("127.0.0.1").port(self.port).to_url_lossy().to_string()
    }

    pub fn lose(&self) {
        self.lost.fetch_add(1, Ordering::SeqCst);
    }
}
