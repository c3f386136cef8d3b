//! From rows to the port's types. A value that cannot be makes the row corrupt; nothing is guessed.

use latchkey_store::{Card, NewEvent, Position, Recorded, Snapshot, StoreError, Stream, Version, WrappedKey};
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, Type};
use std::fmt::Display;

/// A row, with the names an error about it needs.
pub struct Row<'r> {
    pub row: &'r PgRow,
    pub table: &'static str,
    pub key: &'r (dyn Display + Sync),
}

impl<'r> Row<'r> {
    pub fn get<T: Decode<'r, Postgres> + Type<Postgres>>(
        &self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        self.row.try_get(column).map_err(|_| self.corrupt(column))
    }

    pub fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StoreError> {
        T::try_from(self.get::<i64>(column)?).map_err(|_| self.corrupt(column))
    }

    pub fn position(&self) -> Result<Position, StoreError> {
        let tx = self.get::<&str>("tx")?.parse().map_err(|_| self.corrupt("tx"))?;
        Ok(Position { tx, sequence: self.number("sequence")? })
    }

    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot { format: self.number("snapshot_format")?, state: self.get("snapshot")? })
    }

    pub fn card(&self) -> Result<Card, StoreError> {
        Ok(Card {
            environment: self.get("environment")?,
            parent: self.get("parent")?,
            subject: self.get("subject")?,
            status: self.get("status")?,
            label: self.get("label")?,
            due_at: self.get("due_at")?,
            ends_at: self.get("ends_at")?,
            expires_at: self.get("expires_at")?,
            external_id: self.get("external_id")?,
        })
    }

    /// The key of a row that may have been joined to none.
    pub fn key(&self) -> Result<Option<WrappedKey>, StoreError> {
        let Some(id) = self.get("key_id")? else { return Ok(None) };
        Ok(Some(WrappedKey { id, wrapped: self.get("key_wrapped")? }))
    }

    fn corrupt(&self, what: &'static str) -> StoreError {
        StoreError::Corrupt { table: self.table, key: self.key.to_string(), what }
    }
}

pub fn recorded(row: &PgRow) -> Result<Recorded, StoreError> {
    let sequence: i64 = row.try_get("sequence").unwrap_or_default();
    let row = Row { row, table: "events", key: &sequence };
    Ok(Recorded {
        position: row.position()?,
        stream: Stream { category: row.get("category")?, id: row.get("stream_id")? },
        version: Version(row.number("version")?),
        environment: row.get("environment")?,
        event: NewEvent {
            id: row.get("id")?,
            kind: row.get("kind")?,
            schema: u16::try_from(row.get::<i32>("schema")?).map_err(|_| row.corrupt("schema"))?,
            at: row.get("at")?,
            payload: row.get("payload")?,
            trace: row.get("trace")?,
        },
    })
}

/// A number of ours as a column holds it. One beyond the column's range is one no row can have, and stays so.
pub fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
