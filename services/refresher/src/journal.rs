//! What a provider answered, on disk before anybody looks at it.
//!
//! Invariants: it never holds a secret in the clear, and no key; what it is asked to keep is durable when it says so; it
//! belongs to one process at a time; what the vault has not heard stays, and what it has heard stays a day longer, so that
//! a database that lost its last minutes can be told again.

pub mod answer;
pub mod carrier;
pub mod cipher;
mod crc;
mod folder;
pub mod record;
pub mod segment;
mod writer;

pub use folder::OpenError;
pub use record::{AttemptId, Entry, Record, SealedAnswer};

use folder::{Folder, Scanned};
use latchkey_chassis::{Clock as _, SystemClock};
use latchkey_domain::{ConnectionId, Generation};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tracing::{error, warn};
use writer::Writer;

/// How long what the vault has heard is kept: a restored database may have forgotten it again.
pub const RETENTION: Duration = Duration::from_secs(24 * 3600);

/// What could not be made durable, and why.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the journal cannot be written: {0}")]
pub struct Unwritable(pub String);

/// One folder of segments. Clones are the same journal.
#[derive(Clone)]
pub struct Journal(Arc<Inner>);

struct Inner {
    folder: Folder,
    queue: Mutex<Vec<Waiting>>,
    writer: Mutex<Writer>,
    index: Mutex<Index>,
    /// Attempts whose first record is on its way.
    beginning: AtomicUsize,
}

struct Waiting {
    record: Record,
    done: oneshot::Sender<Result<(), Unwritable>>,
}

/// What is known without reading a file.
#[derive(Debug, Default)]
struct Index {
    open: HashMap<AttemptId, Open>,
    /// In which segments answers to a refresh of this generation are, be they other refreshers' or our own.
    answers: HashMap<(ConnectionId, Generation), Vec<u64>>,
    /// When the last record of each closed segment was made.
    closed: BTreeMap<u64, i64>,
}

/// An attempt the vault has not heard the end of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Open {
    pub sealed_key: Vec<u8>,
    /// By number, encrypted.
    pub answers: BTreeMap<u8, Vec<u8>>,
    /// The first and the last segment that speaks of it.
    segments: (u64, u64),
}

/// An answer as it is kept: nothing but the vault can say what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    pub attempt: AttemptId,
    pub answer: SealedAnswer,
}

/// What a journal knows of the refreshes made from one generation of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    pub answers: Vec<KeptAnswer>,
    /// Whether an attempt of this process is under way, whose end is to be waited for.
    pub in_flight: bool,
}

impl Journal {
    /// Opens a folder, making it if need be, and reads what is in it.
    ///
    /// # Errors
    /// Where another process has it, or it cannot be written.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_with(path, segment::LENGTH, SystemClock.now())
    }

    /// As [`Self::open`], with segments of another length, at another time.
    ///
    /// # Errors
    /// As there.
    pub fn open_with(path: &Path, segment_length: u64, now: i64) -> Result<Self, OpenError> {
        let (folder, scanned) = Folder::open(path, now)?;
        let mut index = Index::default();
        for Scanned { number, records } in scanned {
            let mut last = 0;
            for record in records {
                last = last.max(record.at);
                index.note(number, record);
            }
            index.closed.insert(number, last);
        }
        let writer = Writer::new(
            folder.clone(),
            segment_length,
            index.closed.keys().next_back().map_or(1, |last| last + 1),
        );
        let journal = Self(Arc::new(Inner {
            folder,
            queue: Mutex::default(),
            writer: Mutex::new(writer),
            index: Mutex::new(index),
            beginning: AtomicUsize::new(0),
        }));
        journal
            .lock_writer()
            .make_room(1)
            .map_err(|source| OpenError::Write { path: path.to_owned(), source })?;
        Ok(journal)
    }

    /// The name this worker keeps over restarts.
    #[must_use]
    pub fn worker(&self) -> &str {
        self.0.folder.worker()
    }

    /// Since when every attempt of this worker is written down here, in Unix milliseconds: later where a disk was lost.
    #[must_use]
    pub fn since(&self) -> i64 {
        self.0.folder.since()
    }

    /// Whether another attempt may begin: its answer has its room.
    ///
    /// # Errors
    /// Why not. It is tried again each time, though not more often than every few seconds.
    pub async fn ready(&self) -> Result<(), Unwritable> {
        self.room_for(1).await
    }

    /// Writes down that the provider is about to be asked, and sees to it that there is room for what it answers.
    ///
    /// # Errors
    /// Nothing is to be sent then.
    pub async fn begin(&self, attempt: AttemptId, sealed_key: Vec<u8>, at: i64) -> Result<(), Unwritable> {
        let _place = Beginning::new(&self.0.beginning);
        self.room_for(0).await?;
        self.append(Record { attempt, at, entry: Entry::Begun { sealed_key } }).await
    }

    /// Writes down an answer.
    ///
    /// # Errors
    /// It is not durable; whoever has it in memory has it alone.
    pub async fn answered(
        &self,
        attempt: AttemptId,
        answer: SealedAnswer,
        at: i64,
    ) -> Result<(), Unwritable> {
        self.append(Record { attempt, at, entry: Entry::Answered(answer) }).await
    }

    /// Writes down that there is nothing left to tell of an attempt. Where that fails it is told once more after a
    /// restart, which changes nothing.
    pub async fn settled(&self, attempt: AttemptId, at: i64) {
        if let Err(error) = self.append(Record { attempt, at, entry: Entry::Settled }).await {
            warn!(%error, "That a refresh is settled could not be noted; it will be told again after a restart");
            self.lock_index().open.remove(&attempt);
        }
    }

    /// Keeps another refresher's answer for it.
    ///
    /// # Errors
    /// It is not durable.
    pub async fn hold(&self, answer: KeptAnswer, at: i64) -> Result<(), Unwritable> {
        // Not in the room of an answer of our own that is on its way.
        self.room_for(1).await?;
        self.append(Record { attempt: answer.attempt, at, entry: Entry::Held(answer.answer) }).await
    }

    /// The attempts whose end the vault has not heard, oldest first.
    #[must_use]
    pub fn unsettled(&self) -> Vec<(AttemptId, Open)> {
        let index = self.lock_index();
        let mut open: Vec<_> = index.open.iter().map(|(attempt, open)| (*attempt, open.clone())).collect();
        open.sort_by_key(|(attempt, open)| (open.segments, *attempt));
        open
    }

    /// Whether the vault has yet to hear the end of a refresh made from this generation.
    #[must_use]
    pub fn is_under_way(&self, connection: ConnectionId, generation: Generation) -> bool {
        let concerns = |id: &AttemptId| id.connection == connection && id.generation == generation;
        self.lock_index().open.keys().any(concerns)
    }

    /// The epoch of the database that was last told everything.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn epoch(&self) -> io::Result<Option<String>> {
        self.0.folder.epoch()
    }

    /// # Errors
    /// Where the folder cannot be written.
    pub fn note_epoch(&self, epoch: &str) -> io::Result<()> {
        self.0.folder.note_epoch(epoch)
    }

    /// What is known of refreshes made from one generation of a connection.
    ///
    /// # Errors
    /// Where a segment cannot be read.
    pub async fn consult(&self, connection: ConnectionId, generation: Generation) -> io::Result<Known> {
        let (segments, in_flight) = {
            let index = self.lock_index();
            let concerns =
                |attempt: &AttemptId| attempt.connection == connection && attempt.generation == generation;
            let segments = index.answers.get(&(connection, generation)).cloned().unwrap_or_default();
            (segments, index.open.keys().any(concerns))
        };
        let of_it = move |record: &Record| {
            record.attempt.connection == connection && record.attempt.generation == generation
        };
        Ok(Known { answers: self.answers_in(segments, of_it).await?, in_flight })
    }

    /// The segments there are, oldest first.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn segments(&self) -> io::Result<Vec<u64>> {
        self.0.folder.numbers()
    }

    /// Every answer in a segment, our own and others', settled or not.
    ///
    /// # Errors
    /// Where the segment cannot be read.
    pub async fn kept_in(&self, segment: u64) -> io::Result<Vec<KeptAnswer>> {
        self.answers_in(vec![segment], |_| true).await
    }

    async fn answers_in(
        &self,
        segments: Vec<u64>,
        wanted: impl Fn(&Record) -> bool + Send + 'static,
    ) -> io::Result<Vec<KeptAnswer>> {
        if segments.is_empty() {
            return Ok(vec![]);
        }
        let folder = self.0.folder.clone();
        let read = tokio::task::spawn_blocking(move || {
            let mut records = Vec::new();
            for number in segments {
                records.extend(folder.read(number)?.into_iter().filter(|record| wanted(record)));
            }
            Ok(answers_of(records))
        });
        read.await.map_err(io::Error::other)?
    }

    /// Drops segments of which everything was settled long enough ago.
    pub async fn prune(&self, now: i64) {
        let inner = self.0.clone();
        let pruned = tokio::task::spawn_blocking(move || {
            {
                let mut writer = lock(&inner.writer);
                writer.close_if_old(now);
                lock(&inner.index).closed.extend(writer.take_closed());
            }
            let before = now.saturating_sub(i64::try_from(RETENTION.as_millis()).unwrap_or(i64::MAX));
            let droppable = lock(&inner.index).droppable(before);
            for number in droppable {
                match inner.folder.remove(number) {
                    Ok(()) => lock(&inner.index).forget(number),
                    Err(error) => warn!(number, %error, "An old segment of the journal cannot be removed"),
                }
            }
        });
        drop(pruned.await);
    }

    /// Sees to it that so many more attempts than there are have room for their answers.
    async fn room_for(&self, more: usize) -> Result<(), Unwritable> {
        let inner = self.0.clone();
        let room = tokio::task::spawn_blocking(move || {
            let under_way = lock(&inner.index).open.len() + inner.beginning.load(Ordering::Relaxed);
            lock(&inner.writer).make_room(under_way + more)
        });
        room.await.map_err(|_| Unwritable("interrupted".to_owned()))?.map_err(|error| told(&error))
    }

    async fn append(&self, record: Record) -> Result<(), Unwritable> {
        let (done, heard) = oneshot::channel();
        lock(&self.0.queue).push(Waiting { record, done });
        let inner = self.0.clone();
        // Whoever gets the writer writes what all have queued, and syncs once for all of them.
        drop(tokio::task::spawn_blocking(move || inner.flush()));
        heard.await.unwrap_or_else(|_| Err(Unwritable("interrupted".to_owned())))
    }

    fn lock_index(&self) -> MutexGuard<'_, Index> {
        lock(&self.0.index)
    }

    fn lock_writer(&self) -> MutexGuard<'_, Writer> {
        lock(&self.0.writer)
    }
}

impl Inner {
    fn flush(&self) {
        let mut writer = lock(&self.writer);
        let waiting = std::mem::take(&mut *lock(&self.queue));
        if waiting.is_empty() {
            return;
        }
        let records: Vec<_> = waiting.iter().map(|waiting| waiting.record.encode()).collect();
        let last = waiting.iter().map(|waiting| waiting.record.at).max().unwrap_or_default();
        let written = writer.write(&records, last);
        let mut index = lock(&self.index);
        index.closed.extend(writer.take_closed());
        let outcome = match &written {
            Ok(_) => Ok(()),
            Err(error) => {
                error!(%error, "The journal cannot be written; no refresh begins until it can");
                Err(told(error))
            }
        };
        for Waiting { record, done } in waiting {
            if let Ok(number) = written {
                index.note(number, record);
            }
            drop(done.send(outcome.clone()));
        }
    }
}

impl Index {
    fn note(&mut self, number: u64, record: Record) {
        let Record { attempt, entry, .. } = record;
        match entry {
            Entry::Begun { sealed_key } => {
                let open = Open { sealed_key, answers: BTreeMap::new(), segments: (number, number) };
                self.open.insert(attempt, open);
            }
            Entry::Answered(answer) => {
                self.has_answer(attempt, number);
                let Some(open) = self.open.get_mut(&attempt) else { return };
                open.answers.insert(answer.number, answer.sealed);
                open.segments.1 = number;
            }
            Entry::Settled => drop(self.open.remove(&attempt)),
            Entry::Held(_) => self.has_answer(attempt, number),
        }
    }

    fn has_answer(&mut self, attempt: AttemptId, number: u64) {
        let segments = self.answers.entry((attempt.connection, attempt.generation)).or_default();
        if !segments.contains(&number) {
            segments.push(number);
        }
    }

    fn droppable(&self, before: i64) -> Vec<u64> {
        let needed = |number: u64| {
            let mut ranges = self.open.values().map(|open| open.segments);
            ranges.any(|(first, last)| (first..=last).contains(&number))
        };
        let old = self.closed.iter().filter(|(_, last)| **last < before);
        old.map(|(number, _)| *number).filter(|number| !needed(*number)).collect()
    }

    fn forget(&mut self, number: u64) {
        self.closed.remove(&number);
        self.answers.retain(|_, segments| {
            segments.retain(|segment| *segment != number);
            !segments.is_empty()
        });
    }
}

/// The answers among records; of several with one number the last.
fn answers_of(records: Vec<Record>) -> Vec<KeptAnswer> {
    let mut answers: Vec<KeptAnswer> = Vec::new();
    for Record { attempt, entry, .. } in records {
        let (Entry::Answered(answer) | Entry::Held(answer)) = entry else { continue };
        answers.retain(|kept| (kept.attempt, kept.answer.number) != (attempt, answer.number));
        answers.push(KeptAnswer { attempt, answer });
    }
    answers
}

/// Counts an attempt while its first record is on its way.
struct Beginning<'a>(&'a AtomicUsize);

impl<'a> Beginning<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Beginning<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn told(error: &io::Error) -> Unwritable {
    Unwritable(error.to_string())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
