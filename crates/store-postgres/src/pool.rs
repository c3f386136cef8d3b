//! The connections to the server, made anew where all of them hang.
//!
//! Invariant: a server that is gone without a word (its machine lost, the way to it cut) costs seconds once another answers at
//! its address, not the quarter of an hour after which the system gives a connection up.

use crate::connect::{Place, REACH_MAX, reach};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};
use tracing::warn;

/// How often it is looked whether the server answers.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A connection used a moment ago is trusted; after longer rest one round trip is spent on finding out.
const TRUSTED_FOR: Duration = Duration::from_secs(5);

/// The pool in use. Clones share it.
#[derive(Debug, Clone)]
pub struct Pool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    server: PgConnectOptions,
    place: Place,
    connections_max: u32,
    /// A server that is there ends every statement by then, and frees its connection.
    silent_max: Duration,
    current: RwLock<PgPool>,
}

impl Pool {
    /// Connects when it is first used. Must be called within a runtime, which it looks after itself in.
    pub fn new(
        server: PgConnectOptions,
        place: Place,
        connections_max: u32,
        statement_max: Duration,
    ) -> Self {
        let current = RwLock::new(lazily(&server, connections_max));
        let silent_max = statement_max + REACH_MAX;
        let shared = Arc::new(Shared { server, place, connections_max, silent_max, current });
        tokio::spawn(watch(Arc::downgrade(&shared)));
        Self(shared)
    }

    pub fn get(&self) -> PgPool {
        self.0.get()
    }
}

impl Shared {
    fn get(&self) -> PgPool {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the pool comes by an answer, be it a refusal.
    async fn answers(&self) -> bool {
        let pool = self.get();
        let answer = tokio::time::timeout(REACH_MAX, sqlx::query("SELECT 1").execute(&pool)).await;
        pool.is_closed() || matches!(answer, Ok(Ok(_) | Err(sqlx::Error::Database(_))))
    }

    /// Other connections for everybody from now on. What the former wait for is left to itself.
    fn replace(&self) {
        let fresh = lazily(&self.server, self.connections_max);
        let former =
            std::mem::replace(&mut *self.current.write().unwrap_or_else(PoisonError::into_inner), fresh);
        tokio::spawn(async move { former.close().await });
    }
}

/// sqlx 0.9.0 tries every connection that is given back, without a limit of time: those whose server was lost meanwhile never
/// come back, and when they were the last, everybody waits. What a new connection can do is asked before they are given up.
async fn watch(shared: Weak<Shared>) {
    let mut heard = Instant::now();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(shared) = shared.upgrade() else { return };
        if shared.answers().await {
            heard = Instant::now();
        } else if heard.elapsed() >= shared.silent_max && reach(&shared.server, &shared.place).await.is_ok() {
            warn!("The connections to the database hang although it can be reached; others are opened");
            shared.replace();
            heard = Instant::now();
        }
    }
}

fn lazily(server: &PgConnectOptions, connections_max: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(REACH_MAX)
        .idle_timeout(Duration::from_secs(10 * 60))
        .max_lifetime(Duration::from_secs(30 * 60))
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUSTED_FOR {
                    sqlx::Connection::ping(connection).await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(server.clone())
}
