//! Lengthens the chains by what was recorded since, beside everything else: nobody who reads or writes waits for it.
//!
//! It follows the feed and the reads with a cursor each. What is read is chained in the transaction that moves the cursor, and
//! only where nobody lengthened the same chain meanwhile: so any number of vaults may do it, be killed at it and begin again,
//! and every record is in its environment's chain once, in the order of the feed.

use super::record::{BEGINNING, Entry, Source, link};
use crate::error::{Error, chain};
use crate::vault::Vault;
use latchkey_store::{Position, Segment, StoreError, Stretch};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::sleep;
use tracing::{info, warn};

/// Whose cursors they are. The latter ends as a backup knows it by ([`latchkey_store::READS_READER`]).
const EVENTS: &str = "audit.events";
const READS: &str = "audit.reads";

/// How many records are chained in one transaction, and so the longest segment.
pub const BATCH: u32 = 500;

/// How long it waits where there is nothing new. What comes meanwhile shares a segment and its signature.
const POLL: Duration = Duration::from_secs(5);

const BACKOFF: Duration = Duration::from_secs(5);

/// Keeps the chains until the future is dropped.
///
/// # Cancel safety
/// What was not committed is done again.
pub async fn keep_chains(vault: Vault) {
    let mut signs = true;
    loop {
        match step(&vault).await {
            Ok(Step { was_full: true, .. }) => {}
            Ok(Step { unsigned, .. }) => {
                // Told when it changes, not each time.
                if signs && unsigned {
                    warn!("A chain goes on unsigned: its environment's key is not at hand");
                } else if !signs && !unsigned {
                    info!("Chains are signed again");
                }
                signs = !unsigned;
                sleep(POLL).await;
            }
            Err(error) => {
                warn!(error = %chain(&error), "What was recorded could not be chained; it will be tried again");
                sleep(BACKOFF).await;
            }
        }
    }
}

/// What one look came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Step {
    /// There may be more at once.
    pub was_full: bool,
    /// A root could not be signed.
    pub unsigned: bool,
}

/// Chains what is new, a batch at most of events and of reads.
///
/// # Errors
/// The store's.
pub async fn step(vault: &Vault) -> Result<Step, Error> {
    let events = chain_events(vault).await?;
    let reads = chain_reads(vault).await?;
    Ok(Step { was_full: events.was_full || reads.was_full, unsigned: events.unsigned || reads.unsigned })
}

async fn chain_events(vault: &Vault) -> Result<Step, Error> {
    let store = vault.ledger.store();
    let from = store.cursor(EVENTS).await?;
    let batch = store.feed(from, BATCH).await?;
    let records = batch.iter().map(|recorded| (recorded.environment.as_str(), Entry::of_event(recorded)));
    chain_batch(vault, EVENTS, Source::Event, from, records.collect()).await
}

async fn chain_reads(vault: &Vault) -> Result<Step, Error> {
    let store = vault.ledger.store();
    let from = store.cursor(READS).await?;
    let batch = store.reads().added(from, BATCH).await?;
    let records =
        batch.iter().map(|(position, read)| (read.environment.as_str(), Entry::of_read(*position, read)));
    chain_batch(vault, READS, Source::Read, from, records.collect()).await
}

async fn chain_batch(
    vault: &Vault,
    reader: &'static str,
    source: Source,
    from: Position,
    records: Vec<(&str, Entry)>,
) -> Result<Step, Error> {
    let Some((_, last)) = records.last() else {
        show_lag(source, 0);
        return Ok(Step::default());
    };
    let (to, was_full) = (last.position, records.len() == BATCH as usize);
    let oldest = records.iter().map(|(_, entry)| entry.at).min().unwrap_or_default();
    show_lag(source, (vault.now().0 - oldest).max(0));
    let mut by_environment: BTreeMap<&str, Vec<Entry>> = BTreeMap::new();
    for (environment, entry) in records {
        by_environment.entry(environment).or_default().push(entry);
    }
    let mut segments = vec![];
    for (environment, entries) in by_environment {
        segments.push(segment(vault, environment, source, &entries).await?);
    }
    let stretch = Stretch { reader: reader.to_owned(), from, to };
    // Where it is not lengthened, another vault has done it, or part of it: what is left is read again.
    vault.ledger.store().chains().lengthen(&stretch, &segments).await?;
    if !was_full {
        show_lag(source, 0);
    }
    // What is of no environment, such as safe mode, is signed by nobody.
    let unsigned = segments.iter().any(|segment| segment.root.is_none() && !segment.environment.is_empty());
    Ok(Step { was_full, unsigned })
}

/// The next stretch of an environment's chain.
async fn segment(
    vault: &Vault,
    environment: &str,
    source: Source,
    entries: &[Entry],
) -> Result<Segment, Error> {
    let (before, previous) = vault.chain_end(environment).await?;
    let mut last = (before, previous);
    for entry in entries {
        let number = last.0 + 1;
        last = (number, link(&last.1, number, source, entry));
    }
    Ok(Segment {
        environment: environment.to_owned(),
        first: before + 1,
        last: last.0,
        source: source.word().to_owned(),
        entries: entries.iter().flat_map(Entry::encode).collect(),
        previous: previous.to_vec(),
        link: last.1.to_vec(),
        root: signed_root(vault, environment, last.0, &last.1).await?,
    })
}

/// `None` where it cannot be signed just now. The chain goes on all the same, and the next root covers what this one would have.
async fn signed_root(
    vault: &Vault,
    environment: &str,
    records: u64,
    link: &[u8],
) -> Result<Option<String>, StoreError> {
    let Ok(environment) = environment.parse() else { return Ok(None) };
    match vault.signed_root(&environment, records, link).await {
        Ok(root) => Ok(Some(root.to_string())),
        Err(Error::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// How long ago what is not chained yet was recorded.
fn show_lag(source: Source, millis: i64) {
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    metrics::gauge!("latchkey_audit_chain_lag_seconds", "source" => source.word())
        .set(millis as f64 / 1000.0);
}

/// The last record of a chain and its link, from what is stored.
pub fn end_of(stored: Option<latchkey_store::ChainEnd>) -> Result<(u64, [u8; 32]), StoreError> {
    let Some(end) = stored else { return Ok((0, BEGINNING)) };
    let link = end.link.as_slice().try_into();
    let link = link.map_err(|_| StoreError::Corrupt {
        table: "audit_segments",
        key: "the last".into(),
        what: "link",
    })?;
    Ok((end.last, link))
}
