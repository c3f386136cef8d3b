//! Forgets sessions, attempts and login links that ended long ago. Their events stay; the rows that are kept for reading them go, and
//! with them the keys of what was sealed in them.
//!
//! They fall due by their cards, like refreshes do, so that sweeping costs what there is to sweep; a claim makes sure that
//! several vaults do not do it twice.

use crate::error::chain;
use crate::ledger::Ledger;
use latchkey_domain::Aggregate as _;
use latchkey_domain::authorization::Authorization;
use latchkey_domain::creation::Creation;
use latchkey_domain::login_link::LoginLink;
use latchkey_domain::session::Session;
use latchkey_store::{ClaimQuery, StoreError};
use std::time::Duration;
use tokio::time::sleep;
use tracing::{info, warn};

/// How often it is looked for what has ended.
const EVERY: Duration = Duration::from_secs(60);

/// How many are claimed and forgotten at a time.
const BATCH: u32 = 200;

/// Longer than forgetting a batch takes.
const CLAIM: Duration = Duration::from_secs(60);

/// Sweeps until the future is dropped.
///
/// # Cancel safety
/// What was claimed and not forgotten is claimed again later.
pub async fn sweep(ledger: Ledger) {
    loop {
        for category in [Session::CATEGORY, Authorization::CATEGORY, Creation::CATEGORY, LoginLink::CATEGORY]
        {
            match forget_all(&ledger, category).await {
                Ok(0) => {}
                Ok(forgotten) => info!(category, forgotten, "Forgot what ended long ago"),
                Err(error) => {
                    warn!(category, error = %chain(&error), "What ended long ago could not be forgotten");
                }
            }
        }
        sleep(EVERY).await;
    }
}

/// Forgets what is due for it now, batch by batch. Says how many there were.
///
/// # Errors
/// The store's; what was forgotten until then stays so.
pub async fn forget_all(ledger: &Ledger, category: &str) -> Result<u64, StoreError> {
    let store = ledger.store();
    let mut forgotten = 0;
    loop {
        let now = ledger.now();
        let query = ClaimQuery {
            category: category.to_owned(),
            now: now.0,
            until: now.plus(CLAIM).0,
            max: BATCH,
            wanted_only: false,
            after: None,
            except: vec![],
        };
        let claims = store.claim_due(&query).await?;
        for claim in &claims {
            forgotten += u64::from(store.forget(&claim.stream, claim.fence).await?);
        }
        if claims.len() < BATCH as usize {
            return Ok(forgotten);
        }
    }
}
