//! Sweeps what is kept for a while only: logs of what was tried, and who was given what. In small steps, so that a sweep is in nobody's way.

use crate::config::{Logs, Reads};
use crate::error::chain;
use crate::vault::Vault;
use latchkey_store::StoreError;
use std::time::Duration;
use tokio::time::sleep;
use tracing::{info, warn};

/// How often it is looked for what is too old, or too much.
const EVERY: Duration = Duration::from_secs(60);

/// How many rows are removed at a time, and how long the database is left alone in between.
const STEP: u32 = 500;
const PAUSE: Duration = Duration::from_millis(100);

/// How many steps one look makes: what is left is for the next.
const STEPS_MAX: u32 = 200;

/// Sweeps until the future is dropped. Several vaults may do it at once.
///
/// # Cancel safety
/// What was not swept is swept later.
pub async fn retain(vault: Vault, logs: Logs, reads: Reads) {
    loop {
        match sweep_auth_logs(&vault, &logs).await {
            Ok(0) => {}
            Ok(swept) => info!(swept, "Swept logs whose time is over"),
            Err(error) => warn!(error = %chain(&error), "Logs whose time is over could not be swept"),
        }
        match sweep_reads(&vault, &reads).await {
            Ok(0) => {}
            Ok(swept) => info!(swept, "Swept reads whose time is over"),
            Err(error) => warn!(error = %chain(&error), "Reads whose time is over could not be swept"),
        }
        sleep(EVERY).await;
    }
}

/// Sweeps the records of reads that are too old. Says how many there were.
///
/// # Errors
/// The store's; what was swept until then stays so.
async fn sweep_reads(vault: &Vault, reads: &Reads) -> Result<u64, StoreError> {
    let before = vault.now().0.saturating_sub_unsigned(reads.retention_millis());
    let mut swept = 0;
    for _ in 0..STEPS_MAX {
        let step = vault.ledger.store().reads().sweep(before, STEP).await?;
        swept += step;
        if step < u64::from(STEP) {
            break;
        }
        sleep(PAUSE).await;
    }
    Ok(swept)
}

/// Sweeps what is too old, and then what is too much. Says how many there were.
///
/// # Errors
/// The store's; what was swept until then stays so.
pub async fn sweep_auth_logs(vault: &Vault, logs: &Logs) -> Result<u64, StoreError> {
    let store = vault.ledger.store().auth_logs();
    let before = vault.now().0.saturating_sub_unsigned(logs.retention_millis());
    let mut swept = 0;
    for _ in 0..STEPS_MAX {
        let step = store.sweep(before, STEP).await?;
        swept += step;
        if step < u64::from(STEP) {
            break;
        }
        sleep(PAUSE).await;
    }
    let mut rows = store.count().await?;
    for _ in 0..STEPS_MAX {
        let excess = u32::try_from(rows.saturating_sub(logs.max_rows)).unwrap_or(u32::MAX);
        if excess == 0 {
            break;
        }
        let step = store.sweep_oldest(excess.min(STEP)).await?;
        if step == 0 {
            break;
        }
        (rows, swept) = (rows - step.min(rows), swept + step);
        sleep(PAUSE).await;
    }
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    metrics::gauge!("latchkey_auth_log_rows").set(rows as f64);
    Ok(swept)
}
