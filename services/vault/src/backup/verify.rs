//! Whether a file is what was written, and whether what was written makes sense. Asks nobody.

use super::BackupError;
use super::fold::Fold;
use super::format::{Counts, DamagedBackup, Header, Rows};
use latchkey_store::{ArchivedRow, Table};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io;
use std::path::Path;

/// What was found in a backup that is as it should be.
#[derive(Debug)]
pub struct Verified {
    pub header: Header,
    pub rows: Counts,
    /// Streams whose state is the fold of their events.
    pub folded: u64,
}

#[derive(Deserialize)]
struct StreamRow {
    category: String,
    id: String,
    version: u64,
    snapshot_format: u32,
    snapshot: String,
}

#[derive(Deserialize)]
pub(super) struct EventRow {
    pub category: String,
    pub stream_id: String,
    pub version: u64,
    pub payload: String,
}

/// Reads a backup twice: to see that it is whole, and to fold every stream in it.
///
/// # Errors
/// [`BackupError::Damaged`], with what is wrong first.
pub fn verify(path: &Path) -> Result<Verified, BackupError> {
    let failed = |error| BackupError::of_reading(path, error);
    let (header, mut rows) = Rows::open(path).map_err(failed)?;
    for row in &mut rows {
        row.map_err(failed)?;
    }
    let folded = fold_all(path).map_err(failed)?;
    Ok(Verified { header, rows: rows.counted().clone(), folded })
}

/// The rows of one table; what is read is believed already.
pub(super) fn rows_of<T: DeserializeOwned>(
    path: &Path,
    table: Table,
) -> io::Result<impl Iterator<Item = io::Result<T>> + use<T>> {
    let (_, rows) = Rows::open(path)?;
    let of_table = move |row: &io::Result<ArchivedRow>| row.as_ref().map_or(true, |row| row.table == table);
    Ok(rows.filter(of_table).map(|row| {
        let row = row?;
        Ok(serde_json::from_str(&row.json)
            .map_err(|_| DamagedBackup::Order(row.json.chars().take(80).collect()))?)
    }))
}

/// Streams and events are in the same order, so that both are read once, side by side.
fn fold_all(path: &Path) -> io::Result<u64> {
    let mut events = rows_of::<EventRow>(path, Table::Events)?.peekable();
    let mut folded = 0;
    let mut last = None;
    for stream in rows_of::<StreamRow>(path, Table::Streams)? {
        let stream = stream?;
        let name = (stream.category.clone(), stream.id.clone());
        if last.as_ref().is_some_and(|last| *last >= name) {
            return Err(DamagedBackup::Order(format!("{}/{}", name.0, name.1)).into());
        }
        // What was forgotten has events and no state.
        while let Some(earlier) = events.next_if(|event| is_before(event, &name)) {
            earlier?;
        }
        let mut fold = Fold::of(&stream.category);
        let mut version = 0;
        while let Some(event) = events.next_if(|event| is_of(event, &name)) {
            let event = event?;
            version += 1;
            let payload: Option<Value> = serde_json::from_str(&event.payload).ok();
            let is_next = event.version == version;
            let taken = payload.filter(|_| is_next).is_some_and(|payload| fold.take(payload));
            if !taken {
                return Err(DamagedBackup::Fold(format!("{}/{}@{}", name.0, name.1, event.version)).into());
            }
        }
        if version != stream.version || !fold.comes_to(stream.snapshot_format, &stream.snapshot) {
            return Err(DamagedBackup::Fold(format!("{}/{}", name.0, name.1)).into());
        }
        folded += 1;
        last = Some(name);
    }
    events.find_map(Result::err).map_or(Ok(folded), Err)
}

fn is_before(event: &io::Result<EventRow>, (category, id): &(String, String)) -> bool {
    event.as_ref().is_ok_and(|event| (&event.category, &event.stream_id) < (category, id))
}

/// An error is taken by whoever asks first.
fn is_of(event: &io::Result<EventRow>, (category, id): &(String, String)) -> bool {
    event.as_ref().map_or(true, |event| (&event.category, &event.stream_id) == (category, id))
}
