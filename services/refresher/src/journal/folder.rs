//! A journal's folder: the lock that makes it one process's, the worker's name, the segments by number.

use super::record::Record;
use super::segment;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tracing::warn;

const LOCK: &str = "lock";
const WORKER: &str = "worker";
const EPOCH: &str = "epoch";
const SINCE: &str = "since";
const SUFFIX: &str = ".journal";

/// Why a folder cannot be this process's journal.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "another process uses the journal in {}; give each refresher a folder of its own in `journal.path`", path.display()
    )]
    Taken { path: PathBuf },
    #[error("the journal in {} cannot be written; `journal.path` must be a folder this process may write", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("the journal in {} cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
}

#[derive(Debug, Clone)]
pub struct Folder(Arc<Held>);

#[derive(Debug)]
struct Held {
    path: PathBuf,
    worker: String,
    since: i64,
    /// Held as long as it is open.
    _lock: File,
}

/// The records of one segment.
pub struct Scanned {
    pub number: u64,
    pub records: Vec<Record>,
}

impl Folder {
    pub fn open(path: &Path, now: i64) -> Result<(Self, Vec<Scanned>), OpenError> {
        let write = |source| OpenError::Write { path: path.to_owned(), source };
        fs::create_dir_all(path).map_err(write)?;
        let lock =
            File::options().create(true).truncate(false).write(true).open(path.join(LOCK)).map_err(write)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::Taken { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(write(source)),
        }
        let (worker, since) = (worker(path).map_err(write)?, since(path, now).map_err(write)?);
        let folder = Self(Arc::new(Held { path: path.to_owned(), worker, since, _lock: lock }));
        let read = |source| OpenError::Read { path: path.to_owned(), source };
        let mut scanned = Vec::new();
        for number in folder.numbers().map_err(read)? {
            scanned.push(Scanned { number, records: folder.read_and_mend(number).map_err(read)? });
        }
        Ok((folder, scanned))
    }

    pub fn worker(&self) -> &str {
        &self.0.worker
    }

    pub fn since(&self) -> i64 {
        self.0.since
    }

    pub fn path_of(&self, number: u64) -> PathBuf {
        self.0.path.join(format!("{number:012}{SUFFIX}"))
    }

    /// The segments there are, oldest first.
    pub fn numbers(&self) -> io::Result<Vec<u64>> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.0.path)? {
            let name = entry?.file_name();
            let number: Option<u64> = name.to_str().and_then(|name| name.strip_suffix(SUFFIX)?.parse().ok());
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// A segment's records, whether or not it is still being written.
    pub fn read(&self, number: u64) -> io::Result<Vec<Record>> {
        let bytes = fs::read(self.path_of(number))?;
        Ok(self.decoded(number, segment::contents(&bytes)))
    }

    pub fn remove(&self, number: u64) -> io::Result<()> {
        fs::remove_file(self.path_of(number))
    }

    pub fn epoch(&self) -> io::Result<Option<String>> {
        read_if_there(&self.0.path.join(EPOCH))
    }

    pub fn note_epoch(&self, epoch: &str) -> io::Result<()> {
        replace(&self.0.path.join(EPOCH), epoch)
    }

    fn read_and_mend(&self, number: u64) -> io::Result<Vec<Record>> {
        let contents = segment::read(&self.path_of(number))?;
        Ok(self.decoded(number, contents))
    }

    fn decoded(&self, number: u64, contents: segment::Contents) -> Vec<Record> {
        let path = self.path_of(number);
        let records: Vec<_> = contents.records.iter().map(|bytes| Record::decode(bytes)).collect();
        let unknown = records.iter().filter(|record| record.is_none()).count();
        if contents.damaged > 0 || unknown > 0 {
            metrics::counter!("latchkey_journal_damaged_total").increment(1);
            warn!(
                path = %path.display(), bytes = contents.damaged, records = unknown,
                "A part of the journal is damaged and was skipped; check the disk"
            );
        }
        if contents.torn > 0 {
            warn!(path = %path.display(), bytes = contents.torn, "The last record of a segment is torn and was dropped");
        }
        records.into_iter().flatten().collect()
    }
}

/// The worker's name, kept beside the journal: the same after a restart on the same disk.
fn worker(path: &Path) -> io::Result<String> {
    let file = path.join(WORKER);
    if let Some(name) = read_if_there(&file)? {
        return Ok(name);
    }
    let name = uuid::Uuid::new_v4().simple().to_string();
    replace(&file, &name)?;
    Ok(name)
}

/// When the folder was made, in Unix milliseconds: what was written down since then is in it.
fn since(path: &Path, now: i64) -> io::Result<i64> {
    let file = path.join(SINCE);
    if let Some(since) = read_if_there(&file)?.and_then(|text| text.parse().ok()) {
        return Ok(since);
    }
    replace(&file, &now.to_string())?;
    Ok(now)
}

fn read_if_there(file: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The file holds the old text or the new one, never half of it.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let half_written = file.with_extension("new");
    fs::write(&half_written, text)?;
    File::open(&half_written)?.sync_all()?;
    fs::rename(&half_written, file)
}
