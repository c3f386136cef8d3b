//! A backup: the whole database in one file, secrets as sealed as they are there.
//!
//! Invariants: a file with its final name is whole, and says so itself: it ends with the number of its rows and the SHA-256
//! of all before. What is restored begins in safe mode, in the same transaction: a refresh token of a backup may have been
//! used since, and one that is used twice ends the grant where a provider rotates them.

mod fold;
mod format;
mod keys;
mod restore;
mod verify;

pub use format::{Counts, DamagedBackup, Header, WrappedBy};
pub use keys::{OpenError, Opened, open_keys};
pub use restore::restore;
pub use verify::{Verified, verify};

use format::Writer;
use latchkey_store::{Archive, ArchiveError};
use std::io;
use std::path::{Path, PathBuf};

/// Why there is no backup, or nothing came of one. Nothing is left half-done.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("there is a file {path} already: backups are never written over", path = .0.display())]
    Taken(PathBuf),
    #[error("cannot write {path}: is its folder there, may this user write, is there room?", path = .0.display())]
    Write(PathBuf, #[source] io::Error),
    #[error("cannot read {path}", path = .0.display())]
    Read(PathBuf, #[source] io::Error),
    #[error("{path} is no whole backup, or was changed", path = .0.display())]
    Damaged(PathBuf, #[source] DamagedBackup),
    #[error(
        "the backup's schema is of migration {of}, which this program does not know: restore with the version that made it, or a \
         newer one"
    )]
    Ahead { of: i64 },
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl BackupError {
    /// What reading a backup failed with: the file's contents, or the disk.
    fn of_reading(path: &Path, error: io::Error) -> Self {
        match error.downcast::<DamagedBackup>() {
            Ok(damaged) => Self::Damaged(path.to_owned(), damaged),
            Err(error) => Self::Read(path.to_owned(), error),
        }
    }

    fn of_archive(path: &Path, error: ArchiveError) -> Self {
        match error {
            ArchiveError::Rows(error) => Self::of_reading(path, error),
            other => Self::Archive(other),
        }
    }
}

/// What a backup says of itself. Nothing else of it is looked at.
///
/// # Errors
/// [`BackupError`] where it cannot be read, or is no backup.
pub fn header(path: &Path) -> Result<Header, BackupError> {
    let opened = format::Rows::open(path).map_err(|error| BackupError::of_reading(path, error))?;
    Ok(opened.0)
}

/// Writes all that is in a database at one moment to a new file. It has its name once it is whole and on disk.
///
/// # Errors
/// [`BackupError`]; then there is no such file.
pub async fn create(archive: &dyn Archive, header: &Header, path: &Path) -> Result<Counts, BackupError> {
    let failed = |error| BackupError::Write(path.to_owned(), error);
    if path.exists() {
        return Err(BackupError::Taken(path.to_owned()));
    }
    let mut writer = Writer::begin(path, header).map_err(failed)?;
    let mut take = |row| writer.row(&row);
    let exported = archive.export(&mut take).await;
    match exported {
        Ok(()) => writer.finish().map_err(failed),
        Err(error) => {
            writer.abandon();
            Err(match error {
                ArchiveError::Rows(error) => failed(error),
                other => other.into(),
            })
        }
    }
}
