//! Who was given which generation of which credential, when. Noted beside the reads, written in batches.
//!
//! Invariant: a read that is not strict neither writes nor waits nor takes a lock: it leaves a note in a bounded queue. What
//! does not fit, or cannot be written, is counted (`latchkey_credential_reads_dropped_total`). What a crash may lose is what
//! was noted in the last second, and longer ago only while the database does not answer.

use crate::config::{Accounting, Reads as Settings};
use crate::error::{Error, chain};
use crate::vault::Credential;
use latchkey_domain::connection::Profile;
use latchkey_domain::{ConnectionId, Environment, Generation, Reader, Timestamp};
use latchkey_store::{ReadRow, Store, StoreError};
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};
use tracing::warn;

/// How many notes wait at most: about two megabytes.
const WAITING_MAX: usize = 16_384;

/// How long notes gather before they are written together.
const GATHER: Duration = Duration::from_secs(1);

/// How many rows one statement adds.
const ROWS_MAX: usize = 1_000;

/// How often a batch is written, and how long the database is left alone in between.
const TRIES: u32 = 5;
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// An access token, or ready-made headers.
    Token,
    /// All of a credential, the refresh token too.
    Credential,
    /// A call through the proxy: the reader never sees the credential.
    Proxy,
}

impl Way {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Token => "TOKEN",
            Self::Credential => "CREDENTIAL",
            Self::Proxy => "PROXY",
        }
    }
}

/// One read.
#[derive(Debug, Clone)]
pub struct Reading {
    pub environment: Environment,
    pub connection: ConnectionId,
    pub generation: Generation,
    pub reader: Reader,
    pub way: Way,
    pub at: Timestamp,
}

impl Reading {
    #[must_use]
    pub fn of(credential: &Credential, reader: Reader, way: Way, at: Timestamp) -> Self {
        let Profile { environment, id, .. } = &credential.profile;
        let generation = credential.facts.generation;
        Self { environment: environment.clone(), connection: *id, generation, reader, way, at }
    }
}

struct Note {
    reading: Reading,
    /// Whoever waits until it is written.
    written: Option<oneshot::Sender<Result<(), StoreError>>>,
}

/// Clones are the same book.
#[derive(Clone)]
pub struct Readings {
    accounting: Accounting,
    one_in: u64,
    seen: Arc<AtomicU64>,
    notes: mpsc::Sender<Note>,
    /// Whoever writes holds it.
    unwritten: Arc<Mutex<mpsc::Receiver<Note>>>,
}

impl Readings {
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let (notes, unwritten) = mpsc::channel(WAITING_MAX);
        Self {
            accounting: settings.accounting,
            one_in: settings.sample_one_in.get(),
            seen: Arc::default(),
            notes,
            unwritten: Arc::new(Mutex::new(unwritten)),
        }
    }

    /// How reads are accounted for.
    #[must_use]
    pub fn accounting(&self) -> Accounting {
        self.accounting
    }

    /// Notes a read, as the settings say; it is put together only where it is noted.
    ///
    /// # Errors
    /// Where it is to be written before anything is given, and is not.
    pub async fn note(&self, reading: impl FnOnce() -> Reading) -> Result<(), Error> {
        match self.accounting {
            Accounting::Off => {}
            Accounting::Sampled => {
                if self.seen.fetch_add(1, Ordering::Relaxed).is_multiple_of(self.one_in) {
                    self.leave(reading());
                }
            }
            Accounting::Full => self.leave(reading()),
            Accounting::Strict => return self.written(reading()).await,
        }
        Ok(())
    }

    fn leave(&self, reading: Reading) {
        if self.notes.try_send(Note { reading, written: None }).is_err() {
            dropped(1);
        }
    }

    async fn written(&self, reading: Reading) -> Result<(), Error> {
        let (written, outcome) = oneshot::channel();
        let lost = || Error::Store(StoreError::unavailable("the read could not be accounted for"));
        self.notes.send(Note { reading, written: Some(written) }).await.map_err(|_| lost())?;
        Ok(outcome.await.map_err(|_| lost())??)
    }

    /// Writes what is noted until `stopping`, and then what is left.
    pub async fn write(self, store: Arc<dyn Store>, stopping: impl Future<Output = ()>) {
        let mut unwritten = self.unwritten.lock().await;
        let mut stopping = pin!(stopping);
        let mut stopped = false;
        let mut notes = vec![];
        loop {
            if stopped {
                // Whoever comes now is told so, and is given nothing that is to be accounted for.
                unwritten.close();
                while let Ok(note) = unwritten.try_recv() {
                    notes.push(note);
                }
                return write(&*store, notes).await;
            }
            tokio::select! {
                biased;
                () = &mut stopping => stopped = true,
                received = unwritten.recv_many(&mut notes, WAITING_MAX) => if received == 0 { return },
            }
            let until = Instant::now() + GATHER;
            while !stopped && notes.len() < WAITING_MAX && !notes.iter().any(Note::is_waited_for) {
                tokio::select! {
                    biased;
                    () = &mut stopping => stopped = true,
                    () = sleep_until(until) => break,
                    received = unwritten.recv_many(&mut notes, WAITING_MAX) => if received == 0 { return },
                }
            }
            if !stopped {
                write(&*store, std::mem::take(&mut notes)).await;
            }
        }
    }
}

impl Note {
    fn is_waited_for(&self) -> bool {
        self.written.is_some()
    }
}

async fn write(store: &dyn Store, notes: Vec<Note>) {
    let (mut waiting, mut readings) = (vec![], Vec::with_capacity(notes.len()));
    for Note { reading, written } in notes {
        readings.push(reading);
        waiting.extend(written);
    }
    let rows = together(&readings);
    // Who waits is told at once; nobody is given anything for it, and asks again.
    let tries = if waiting.is_empty() { TRIES } else { 1 };
    let mut outcome = Ok(());
    for rows in rows.chunks(ROWS_MAX) {
        outcome = add(store, rows, tries).await;
        if outcome.is_err() {
            break;
        }
    }
    if let Err(error) = &outcome {
        warn!(reads = readings.len(), error = %chain(error), "Reads could not be accounted for");
        dropped(readings.len() as u64);
    }
    for written in waiting {
        let outcome = outcome.as_ref().copied().map_err(|_| StoreError::unavailable("not accounted for"));
        let _ = written.send(outcome);
    }
}

async fn add(store: &dyn Store, rows: &[ReadRow], tries: u32) -> Result<(), StoreError> {
    for tried in 1.. {
        match store.reads().add(rows).await {
            Err(_) if tried < tries => sleep(AGAIN_AFTER).await,
            settled => return settled,
        }
    }
    Ok(())
}

/// One row for each reader, generation and way.
fn together(readings: &[Reading]) -> Vec<ReadRow> {
    let mut rows: BTreeMap<_, ReadRow> = BTreeMap::new();
    for Reading { environment, connection, generation, reader, way, at } in readings {
        let row = rows.entry((environment, connection, generation, reader, way)).or_insert_with(|| ReadRow {
            environment: environment.to_string(),
            connection: connection.to_string(),
            generation: generation.0,
            reader: reader.to_string(),
            way: way.word().to_owned(),
            count: 0,
            first_at: at.0,
            last_at: at.0,
        });
        row.count += 1;
        row.first_at = row.first_at.min(at.0);
        row.last_at = row.last_at.max(at.0);
    }
    rows.into_values().collect()
}

fn dropped(reads: u64) {
    metrics::counter!("latchkey_credential_reads_dropped_total").increment(reads);
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::ApiKeyId;

    fn reading(reader: u128, at: i64) -> Reading {
        Reading {
            environment: "dev".parse().unwrap(),
            connection: ConnectionId::from_parts(1, 1),
            generation: Generation(3),
            reader: Reader::Key(ApiKeyId::from_parts(1, reader)),
            way: Way::Token,
            at: Timestamp(at),
        }
    }

    #[test]
    fn a_readers_reads_are_one_row() {
        let rows = together(&[reading(1, 5), reading(2, 6), reading(1, 3), reading(1, 9)]);
        let told: Vec<_> = rows.iter().map(|row| (row.count, row.first_at, row.last_at)).collect();
        assert_eq!(told, [(3, 3, 9), (1, 6, 6)]);
    }

    #[tokio::test]
    async fn what_does_not_fit_is_dropped_and_holds_nobody_up() {
        let settings = Settings { accounting: Accounting::Full, ..Settings::default() };
        let readings = Readings::new(&settings);
        for _ in 0..=WAITING_MAX {
            readings.note(|| reading(1, 1)).await.unwrap();
        }
        assert_eq!(readings.unwritten.lock().await.len(), WAITING_MAX);
    }

    #[tokio::test]
    async fn a_sample_is_one_in_so_many_and_off_is_none() {
        for (accounting, noted) in [(Accounting::Sampled, 10), (Accounting::Off, 0), (Accounting::Full, 100)]
        {
            let one_in = 10.try_into().unwrap();
            let readings =
                Readings::new(&Settings { accounting, sample_one_in: one_in, ..Settings::default() });
            for _ in 0..100 {
                readings.note(|| reading(1, 1)).await.unwrap();
            }
            assert_eq!(readings.unwritten.lock().await.len(), noted, "{accounting:?}");
        }
    }
}
