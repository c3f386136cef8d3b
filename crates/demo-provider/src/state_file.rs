//! The state on disk: one JSON file, replaced whole, readable by its owner alone.

use crate::ledger::Ledger;
use crate::oauth1::Credentials;
use serde::{Deserialize, Serialize};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What the file holds. The secrets made by the provider itself are in it, hence its mode.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stored {
    pub(crate) ledger: Ledger,
    #[serde(default)]
    pub(crate) oauth1: Credentials,
    pub(crate) api_key: Option<String>,
    pub(crate) basic_password: Option<String>,
}

/// What is wrong with the state file.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// It is there, and cannot be read.
    #[error("cannot read the state file {path}")]
    Read {
        /// Where it is.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what this version writes.
    #[error("the state file {path} is not a demo provider's; move it away to begin anew")]
    Malformed {
        /// Where it is.
        path: PathBuf,
        /// Where the text stops making sense.
        source: serde_json::Error,
    },
    /// It cannot be replaced.
    #[error("cannot write the state file {path}")]
    Write {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Reads the file; no file is a fresh start.
pub(crate) fn load(path: &Path) -> Result<Stored, StateFileError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map_err(|source| StateFileError::Malformed { path: path.to_owned(), source }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Stored::default()),
        Err(source) => Err(StateFileError::Read { path: path.to_owned(), source }),
    }
}

/// Replaces the file. A reader sees the old state or the new, never a part; a crash leaves one of the two.
pub(crate) fn save(path: &Path, stored: &Stored) -> Result<(), StateFileError> {
    let failed = |source| StateFileError::Write { path: path.to_owned(), source };
    let text = serde_json::to_vec(stored).map_err(|error| failed(error.into()))?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    write_private(Path::new(&beside), &text).map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // One left by a crash may have another mode; the mode below only counts for a new file.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
