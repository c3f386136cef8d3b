//! A backup back into an empty database, in safe mode from its first moment on, and with its API keys locked: one that was
//! revoked since the backup was made must not open anything again.

use super::format::{Counts, DamagedBackup, Header, Rows};
use super::verify::EventRow;
use super::{BackupError, verify};
use crate::ledger::{Document, SCHEMA, snapshot_of};
use latchkey_domain::api_key::{ApiKey, Command};
use latchkey_domain::safe_mode::{Event, SafeMode, Terms};
use latchkey_domain::{Aggregate, EventName, Timestamp};
use latchkey_store::{Archive, ArchivedRow, StoreError, Table};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;
use std::io;
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
    let terms = terms(&header);
    let number = verified.rows.of(Table::Events) + 1;
    let histories = verify::rows_of(path, Table::Events).map_err(failed)?;
    let histories = Histories { events: Box::new(histories), ahead: None };
    let locking = Locking { rows, histories, at: terms.since, number, events: vec![] };
    let mark = safe_mode_rows(terms, number).map_err(|error| BackupError::Archive(error.into()))?;
    let mut rows = locking.chain(mark.into_iter().map(Ok));
    archive.import(&mut rows).await.map_err(|error| BackupError::of_archive(path, error))?;
    Ok(verified.rows)
}

/// Gives the rows of a backup with its active API keys locked; behind the last, the events that say so.
struct Locking {
    rows: Rows,
    histories: Histories,
    at: Timestamp,
    /// Of the latest event.
    number: u64,
    events: Vec<ArchivedRow>,
}

impl Iterator for Locking {
    type Item = io::Result<ArchivedRow>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.next() {
            Some(Ok(row)) if row.table == Table::Streams => Some(self.locked(row)),
            Some(row) => Some(row),
            None => self.events.pop().map(Ok),
        }
    }
}

impl Locking {
    fn locked(&mut self, row: ArchivedRow) -> io::Result<ArchivedRow> {
        let damaged = || DamagedBackup::Order(row.json.chars().take(80).collect());
        let mut fields: Map<String, Value> = serde_json::from_str(&row.json).map_err(|_| damaged())?;
        if fields.get("category").is_none_or(|category| category != ApiKey::CATEGORY) {
            return Ok(row);
        }
        let text = |name: &str| fields.get(name).and_then(Value::as_str).ok_or_else(damaged);
        let id = text("id")?.to_owned();
        let key = match fields.get("snapshot_format").and_then(Value::as_u64) {
            Some(format) if format == u64::from(ApiKey::FORMAT) => {
                let document = serde_json::from_str::<Document<(), ApiKey>>(text("snapshot")?);
                document.map_err(|_| damaged())?.state
            }
            // Written by an older program, or a newer one: what happened is what counts.
            _ => self.histories.fold(&id)?,
        };
        let lock = key.decide(Command::Lock { at: self.at }).unwrap_or_default();
        let Some(event) = lock.into_iter().next() else { return Ok(row) };
        let version = fields.get("version").and_then(Value::as_u64).ok_or_else(damaged)? + 1;
        let state = key.evolve(event.clone());
        let (card, snapshot) = (state.card(), snapshot_of(&id, &state).map_err(io::Error::other)?);
        self.number += 1;
        self.events.push(event_row(
            &event,
            (ApiKey::CATEGORY, &id),
            version,
            &card.environment,
            self.at,
            self.number,
        )?);
        fields.insert("version".into(), version.into());
        fields.insert("status".into(), card.status.into());
        fields.insert("snapshot_format".into(), snapshot.format.into());
        fields.insert("snapshot".into(), snapshot.state.into());
        Ok(ArchivedRow { table: Table::Streams, json: Value::Object(fields).to_string() })
    }
}

/// The events of a backup's API keys, read beside their streams, which are in the same order.
struct Histories {
    events: Box<dyn Iterator<Item = io::Result<EventRow>> + Send>,
    /// The first of the next stream.
    ahead: Option<EventRow>,
}

impl Histories {
    /// A key as its events tell. Keys are asked for in the order of their ids.
    fn fold(&mut self, id: &str) -> io::Result<ApiKey> {
        let mut key = ApiKey::default();
        loop {
            let event = match self.ahead.take() {
                Some(event) => event,
                None => match self.events.next() {
                    Some(event) => event?,
                    None => return Ok(key),
                },
            };
            let place = (event.category.as_str(), event.stream_id.as_str()).cmp(&(ApiKey::CATEGORY, id));
            match place {
                Ordering::Less => {}
                Ordering::Equal => {
                    let damaged = |_| DamagedBackup::Fold(format!("{}/{id}", ApiKey::CATEGORY));
                    key = key.evolve(serde_json::from_str(&event.payload).map_err(damaged)?);
                }
                Ordering::Greater => {
                    self.ahead = Some(event);
                    return Ok(key);
                }
            }
        }
    }
}

/// An event as the ledger would have written it.
fn event_row<E: Serialize + EventName>(
    event: &E,
    (category, id): (&str, &str),
    version: u64,
    environment: &str,
    at: Timestamp,
    number: u64,
) -> Result<ArchivedRow, serde_json::Error> {
    let event = json!({
        "number": number, "category": category, "stream_id": id, "version": version, "environment": environment,
        "id": Uuid::now_v7().simple().to_string(), "kind": format!("{category}.{}", event.name()),
        "schema": SCHEMA, "at": at.0, "payload": serde_json::to_string(event)?,
    });
    Ok(ArchivedRow { table: Table::Events, json: event.to_string() })
}

/// What the ledger would have written.
fn safe_mode_rows(terms: Terms, number: u64) -> Result<[ArchivedRow; 2], StoreError> {
    let (id, at) = (terms.id.to_string(), terms.since);
    let event = Event::Entered { terms };
    let state = SafeMode::default().evolve(event.clone());
    let (card, snapshot) = (state.card(), snapshot_of(&id, &state)?);
    let category = SafeMode::CATEGORY;
    let stream = json!({
        "category": category, "id": id, "version": 1, "snapshot_format": snapshot.format,
        "snapshot": snapshot.state, "environment": card.environment, "parent": card.parent,
        "subject": card.subject, "status": card.status, "label": card.label, "claim_fence": 0, "wanted": 0,
    });
    let event = event_row(&event, (category, &id), 1, &card.environment, at, number)
        .map_err(|_| StoreError::Corrupt { table: "events", key: id.clone(), what: "cannot be encoded" })?;
    Ok([ArchivedRow { table: Table::Streams, json: stream.to_string() }, event])
}
