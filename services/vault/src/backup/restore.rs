//! A backup back into an empty database, in safe mode from its first moment on.

use super::format::{Counts, Header, Rows};
use super::{BackupError, verify};
use crate::ledger::{SCHEMA, snapshot_of};
use latchkey_domain::safe_mode::{Event, SafeMode, Terms};
use latchkey_domain::{Aggregate, EventName as _};
use latchkey_store::{Archive, ArchivedRow, StoreError, Table};
use serde_json::json;
use std::path::Path;
use uuid::Uuid;

/// Puts a backup into an empty database whose schema is `schema`, with safe mode on under these terms. Reads the whole file
/// before anything is changed.
///
/// # Errors
/// [`BackupError`]; the database is as it was.
pub async fn restore(
    archive: &dyn Archive,
    path: &Path,
    schema: i64,
    terms: impl FnOnce(&Header) -> Terms,
) -> Result<Counts, BackupError> {
    let verified = verify(path)?;
    if verified.header.schema > schema {
        return Err(BackupError::Ahead { of: verified.header.schema });
    }
    let failed = |error| BackupError::of_reading(path, error);
    let (header, rows) = Rows::open(path).map_err(failed)?;
    let mark = safe_mode_rows(terms(&header), verified.rows.of(Table::Events) + 1)
        .map_err(|error| BackupError::Archive(error.into()))?;
    let mut rows = rows.chain(mark.into_iter().map(Ok));
    archive.import(&mut rows).await.map_err(|error| BackupError::of_archive(path, error))?;
    Ok(verified.rows)
}

/// What the ledger would have written.
fn safe_mode_rows(terms: Terms, number: u64) -> Result<[ArchivedRow; 2], StoreError> {
    let (id, at) = (terms.id.to_string(), terms.since.0);
    let event = Event::Entered { terms };
    let state = SafeMode::default().evolve(event.clone());
    let (card, snapshot) = (state.card(), snapshot_of(&id, &state)?);
    let category = SafeMode::CATEGORY;
    let payload = serde_json::to_string(&event).map_err(|_| StoreError::Corrupt {
        table: "events",
        key: id.clone(),
        what: "cannot be encoded",
    })?;
    let stream = json!({
        "category": category, "id": id, "version": 1, "snapshot_format": snapshot.format,
        "snapshot": snapshot.state, "environment": card.environment, "parent": card.parent,
        "subject": card.subject, "status": card.status, "label": card.label, "claim_fence": 0, "wanted": 0,
    });
    let event = json!({
        "number": number, "category": category, "stream_id": id, "version": 1, "environment": card.environment,
        "id": Uuid::now_v7().simple().to_string(), "kind": format!("{category}.{}", event.name()),
        "schema": SCHEMA, "at": at, "payload": payload,
    });
    Ok([
        ArchivedRow { table: Table::Streams, json: stream.to_string() },
        ArchivedRow { table: Table::Events, json: event.to_string() },
    ])
}
