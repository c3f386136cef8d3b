//! How the vault stands to its database, looked at now and then: their clocks, the schema, and what waits to be announced.
//!
//! Each look is three statements, and none reads more than a bounded number of rows.

use crate::announcer::READ;
use crate::error::chain;
use crate::vault::Vault;
use latchkey_store::StoreError;
use std::time::Duration;
use tokio::time::sleep;
use tracing::warn;

const EVERY: Duration = Duration::from_secs(15);

/// How far what waits is counted: of more, nobody needs to know how much.
const WAITING_MAX: u32 = 10_000;

pub async fn look_at_database(vault: Vault) {
    loop {
        if let Err(error) = look(&vault).await {
            warn!(error = %chain(&error), "It could not be seen how the database does");
        }
        sleep(EVERY).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
async fn look(vault: &Vault) -> Result<(), StoreError> {
    let store = vault.ledger.store();
    let asked = vault.now().0;
    if let Some(theirs) = store.vitals().clock().await? {
        // Somewhere between the question and the answer.
        let ours = i64::midpoint(asked, vault.now().0);
        metrics::gauge!("latchkey_clock_skew_seconds").set(ours.saturating_sub(theirs) as f64 / 1000.0);
    }
    let schema = store.vitals().schema().await?;
    metrics::gauge!("latchkey_migrations_pending").set(schema.pending() as f64);
    metrics::gauge!("latchkey_migrations_ahead").set(schema.ahead.len() as f64);
    let read = store.cursor(READ).await?;
    let waiting = store.vitals().events_after(read, WAITING_MAX).await?;
    metrics::gauge!("latchkey_event_outbox_rows").set(waiting as f64);
    Ok(())
}
