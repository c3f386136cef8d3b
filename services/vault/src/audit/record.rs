//! What is chained: events and reads as JSON documents, their digests, and the links made of them.
//!
//! Invariant: a link is a function of all that was recorded before it. It is SHA-256 over canonical JSON (RFC 8785) throughout,
//! so that a program of somebody else's can make it again.

use latchkey_domain::Digest;
use latchkey_signing::canonical::canonical;
use latchkey_store::{Millis, Position, ReadRow, Recorded, Segment};
use serde_json::{Value, json};

/// What was before the first record: 32 bytes of zero.
pub const BEGINNING: [u8; 32] = [0; 32];

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Event,
    /// Reads of one reader within a second or so.
    Read,
}

impl Source {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Read => "read",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Event, Self::Read].into_iter().find(|source| source.word() == word)
    }
}

/// What a chain holds of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub position: Position,
    pub at: Millis,
    pub digest: [u8; 32],
}

impl Entry {
    #[must_use]
    pub fn of_event(recorded: &Recorded) -> Self {
        let digest = digest(&event_record(recorded));
        Self { position: recorded.position, at: recorded.event.at, digest }
    }

    #[must_use]
    pub fn of_read(position: Position, read: &ReadRow) -> Self {
        Self { position, at: read.last_at, digest: digest(&read_record(read)) }
    }

    #[must_use]
    pub fn encode(&self) -> [u8; Segment::ENTRY_BYTES] {
        let mut bytes = [0; Segment::ENTRY_BYTES];
        bytes[..16].copy_from_slice(&self.position.to_bytes());
        bytes[16..24].copy_from_slice(&self.at.to_be_bytes());
        bytes[24..].copy_from_slice(&self.digest);
        bytes
    }

    /// The entries of a segment; `None` where it is none's length.
    #[must_use]
    pub fn decode_all(bytes: &[u8]) -> Option<Vec<Self>> {
        let (entries, []) = bytes.as_chunks::<{ Segment::ENTRY_BYTES }>() else { return None };
        Some(entries.iter().map(Self::decode).collect())
    }

    fn decode(bytes: &[u8; Segment::ENTRY_BYTES]) -> Self {
        let (mut place, mut at, mut digest) = ([0; 16], [0; 8], [0; 32]);
        place.copy_from_slice(&bytes[..16]);
        at.copy_from_slice(&bytes[16..24]);
        digest.copy_from_slice(&bytes[24..]);
        Self { position: Position::from_bytes(&place), at: i64::from_be_bytes(at), digest }
    }
}

/// The link of a record behind `previous`: the digest of the object that holds just these. Where a record is in its database is
/// no part of it: in another one, made from a backup, it is elsewhere, and what it says is the same.
#[must_use]
pub fn link(previous: &[u8; 32], number: u64, source: Source, entry: &Entry) -> [u8; 32] {
    digest(&json!({
        "previous": hex(previous),
        "number": number,
        "source": source.word(),
        "at": entry.at,
        "digest": hex(&entry.digest),
    }))
}

/// An event as it is chained. Times are milliseconds since 1970.
#[must_use]
pub fn event_record(recorded: &Recorded) -> Value {
    let Recorded { stream, version, environment, event, .. } = recorded;
    json!({
        "environment": environment,
        "stream": stream.to_string(),
        "version": version.0,
        "id": event.id.to_string(),
        "event": event.kind,
        "schema": event.schema,
        "at": event.at,
        "payload": event.payload,
        "trace": event.trace,
    })
}

/// A row of reads as it is chained.
#[must_use]
pub fn read_record(read: &ReadRow) -> Value {
    json!({
        "environment": read.environment,
        "connection": read.connection,
        "generation": read.generation,
        "reader": read.reader,
        "way": read.way,
        "count": read.count,
        "first_at": read.first_at,
        "last_at": read.last_at,
    })
}

/// What stands in the place of a record that the database cannot give. Its digest is no record's.
#[must_use]
pub fn unreadable_record(table: &str, key: &str, what: &str) -> Value {
    json!({"unreadable": {"table": table, "key": key, "what": what}})
}

#[must_use]
pub fn digest(value: &Value) -> [u8; 32] {
    *Digest::of(canonical(value).as_bytes()).as_bytes()
}

/// In hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry { position: Position { tx: 7, sequence: 9 }, at: -5, digest: [3; 32] }
    }

    #[test]
    fn entries_are_read_as_they_were_written() {
        let other = Entry { at: i64::MAX, ..entry() };
        let bytes = [entry().encode(), other.encode()].concat();
        assert_eq!(Entry::decode_all(&bytes), Some(vec![entry(), other]));
        assert_eq!(Entry::decode_all(&bytes[1..]), None);
    }

    #[test]
    fn whatever_goes_into_a_link_makes_another_one() {
        let first = link(&BEGINNING, 1, Source::Event, &entry());
        let elsewhere = Entry { position: Position { tx: 0, sequence: 1 }, ..entry() };
        assert_eq!(link(&BEGINNING, 1, Source::Event, &elsewhere), first, "in another database");
        for other in [
            link(&[1; 32], 1, Source::Event, &entry()),
            link(&BEGINNING, 2, Source::Event, &entry()),
            link(&BEGINNING, 1, Source::Read, &entry()),
            link(&BEGINNING, 1, Source::Event, &Entry { at: -6, ..entry() }),
            link(&BEGINNING, 1, Source::Event, &Entry { digest: [4; 32], ..entry() }),
        ] {
            assert_ne!(other, first);
        }
    }
}
