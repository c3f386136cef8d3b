//! How a transaction begins.
//!
//! Invariant: no connection goes back to the pool inside a transaction, wherever its caller was given up.

use sqlx::{PgPool, Postgres, Transaction};

/// Begins a transaction, and sees it through although nobody waits for it any more.
///
/// Of a `BEGIN` that is given up on its way (its caller's time is over, and the server does not answer) sqlx 0.9.0 knows
/// nothing: the connection goes back to the pool inside a transaction, whose row locks outlive every deadline here
/// (sqlx issue 4393, mended after that version). A task of its own is never given up, and what it began for nobody is rolled back.
pub async fn begin(pool: &PgPool) -> sqlx::Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    tokio::spawn(async move { pool.begin().await }).await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}
