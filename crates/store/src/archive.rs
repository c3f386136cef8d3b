//! All that a database holds, as one moment sees it, and the way back into an empty one, of whichever kind.
//!
//! Invariant: a row means the same in every database. So no row tells a place in one: an event tells its `number` in the order
//! of the feed (from 1), a read its own in the order of reads, a cursor how many of them its reader had `passed`, and a
//! segment of a chain the number of each record, or none where that is not there any more.

use crate::StoreError;
use async_trait::async_trait;
use std::io;
use thiserror::Error;

/// A table of rows, each a JSON object with one member for each column. Bytes and UUIDs are in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Snapshots and cards, in the order of category and id.
    Streams,
    StreamTags,
    DataKeys,
    /// In the order of category, stream and version, so that a stream's history is in one piece.
    Events,
    /// Of readers of the feed and of the reads ([`READS_READER`]). How far somebody read elsewhere means nothing in another
    /// database.
    Cursors,
    AuthLogs,
    CredentialReads,
    StatusChanges,
    AuditSegments,
}

impl Table {
    /// In the order they are archived in.
    pub const ALL: [Self; 9] = [
        Self::Streams,
        Self::StreamTags,
        Self::DataKeys,
        Self::Events,
        Self::Cursors,
        Self::AuthLogs,
        Self::CredentialReads,
        Self::StatusChanges,
        Self::AuditSegments,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Streams => "streams",
            Self::StreamTags => "stream_tags",
            Self::DataKeys => "data_keys",
            Self::Events => "events",
            Self::Cursors => "cursors",
            Self::AuthLogs => "auth_logs",
            Self::CredentialReads => "credential_reads",
            Self::StatusChanges => "status_changes",
            Self::AuditSegments => "audit_segments",
        }
    }
}

/// How the name of a cursor ends whose reader goes through the reads, and not the feed.
pub const READS_READER: &str = ".reads";

/// One row of a table, as JSON text without line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedRow {
    pub table: Table,
    pub json: String,
}

/// Takes rows one by one. What it fails with ends the export.
pub type RowTaker<'a> = dyn FnMut(ArchivedRow) -> io::Result<()> + Send + 'a;

/// Gives rows one by one, table by table. What it fails with ends the import, of which nothing stays.
pub type RowGiver<'a> = dyn Iterator<Item = io::Result<ArchivedRow>> + Send + 'a;

#[derive(Debug, Error)]
pub enum ArchiveError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Whoever takes or gives the rows failed.
    #[error("the rows could not be written or read")]
    Rows(#[source] io::Error),
    /// Nothing was changed.
    #[error("the database is not empty: there are rows in {0} already")]
    NotEmpty(&'static str),
}

impl ArchiveError {
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Store(StoreError::unavailable(cause))
    }
}

#[async_trait]
pub trait Archive: Send + Sync {
    /// Gives every row there is at one moment, however long it takes and whatever is written meanwhile.
    async fn export(&self, take: &mut RowTaker<'_>) -> Result<(), ArchiveError>;

    /// Puts rows into an empty database, all of them or none. Says how many.
    ///
    /// # Errors
    /// [`ArchiveError::NotEmpty`] where there is anything in the database.
    async fn import(&self, rows: &mut RowGiver<'_>) -> Result<u64, ArchiveError>;
}

/// How many rows are put in by one statement.
const BATCH_ROWS: usize = 200;

/// How large one statement's rows may be together, but for the last of them.
const BATCH_BYTES: usize = 4 << 20;

/// Rows of one table as the text of a JSON array.
#[derive(Debug)]
pub struct Batch {
    pub table: Table,
    pub json: String,
    pub rows: u64,
}

/// Rows that follow each other and are of one table, put together to what one statement takes.
pub struct Batches<'a, 'b> {
    rows: &'a mut RowGiver<'b>,
    ahead: Option<ArchivedRow>,
}

impl<'a, 'b> Batches<'a, 'b> {
    pub fn of(rows: &'a mut RowGiver<'b>) -> Self {
        Self { rows, ahead: None }
    }
}

impl Iterator for Batches<'_, '_> {
    type Item = io::Result<Batch>;

    fn next(&mut self) -> Option<io::Result<Batch>> {
        let first = match self.ahead.take().map(Ok).or_else(|| self.rows.next())? {
            Ok(first) => first,
            Err(error) => return Some(Err(error)),
        };
        let mut batch = Batch { table: first.table, json: format!("[{}", first.json), rows: 1 };
        while batch.rows < BATCH_ROWS as u64 && batch.json.len() < BATCH_BYTES {
            match self.rows.next() {
                None => break,
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(row)) if row.table != batch.table => {
                    self.ahead = Some(row);
                    break;
                }
                Some(Ok(row)) => {
                    batch.json.push(',');
                    batch.json.push_str(&row.json);
                    batch.rows += 1;
                }
            }
        }
        batch.json.push(']');
        Some(Ok(batch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_put_together_by_table_and_none_is_lost() {
        let row = |table, json: &str| Ok(ArchivedRow { table, json: json.to_owned() });
        let many = (0..450).map(|_| row(Table::Events, "{}"));
        let mut rows = [row(Table::Streams, "1"), row(Table::Streams, "2")].into_iter().chain(many);
        let batches: Vec<Batch> = Batches::of(&mut rows).collect::<io::Result<_>>().unwrap();
        assert_eq!(batches[0].json, "[1,2]");
        let sizes: Vec<_> = batches.iter().map(|batch| (batch.table, batch.rows)).collect();
        assert_eq!(
            sizes,
            [(Table::Streams, 2), (Table::Events, 200), (Table::Events, 200), (Table::Events, 50)]
        );
    }
}
