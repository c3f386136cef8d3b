use crate::{Fence, Millis};
use std::collections::BTreeMap;
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The name of a stream: the kind of thing it tells of, and which one. Shown as `connection/con_01J…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stream {
    pub category: String,
    pub id: String,
}

impl Stream {
    #[must_use]
    pub fn new(category: impl Into<String>, id: impl Into<String>) -> Self {
        Self { category: category.into(), id: id.into() }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.category, self.id)
    }
}

/// How many events a stream has; zero before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Version(pub u64);

/// A place in the feed: the transaction that wrote an event, then the event's number. SQLite, whose writers are
/// serial, always has transaction 0. Shown, and parsed, as `tx-sequence`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Position {
    pub tx: u64,
    pub sequence: u64,
}

impl Position {
    pub const START: Self = Self { tx: 0, sequence: 0 };

    /// Both numbers, big-endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.tx.to_be_bytes());
        bytes[8..].copy_from_slice(&self.sequence.to_be_bytes());
        bytes
    }

    #[must_use]
    pub fn from_bytes(bytes: &[u8; 16]) -> Self {
        let (mut tx, mut sequence) = ([0; 8], [0; 8]);
        tx.copy_from_slice(&bytes[..8]);
        sequence.copy_from_slice(&bytes[8..]);
        Self { tx: u64::from_be_bytes(tx), sequence: u64::from_be_bytes(sequence) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.tx, self.sequence)
    }
}

/// Text that is not a position of any feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a feed position: expected two numbers joined by a hyphen")]
pub struct InvalidPosition;

impl FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        let (tx, sequence) = text.split_once('-').ok_or(InvalidPosition)?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| InvalidPosition);
        Ok(Self { tx: number(tx)?, sequence: number(sequence)? })
    }
}

/// An event before it has a place. `kind` is its recorded name (`connection.established`), `schema` the number of its
/// shape, `payload` a JSON document that holds no secret in the clear.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    pub id: Uuid,
    pub kind: String,
    pub schema: u16,
    pub at: Millis,
    pub payload: serde_json::Value,
    /// The W3C `traceparent` it was decided under, so that what follows from it joins the same trace.
    pub trace: Option<String>,
}

/// An event that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    pub position: Position,
    pub stream: Stream,
    pub version: Version,
    pub environment: String,
    pub event: NewEvent,
}

/// A stream's folded state as JSON text, with the number of the format it was written in: a reader who expects another
/// number folds the history again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub format: u32,
    pub state: String,
}

/// What lists and the queue of due work need to know of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Card {
    pub environment: String,
    /// What the stream hangs under, for instance a connection's integration; empty where nothing.
    pub parent: String,
    /// Whom the stream is about, for instance a connection's end user; empty where nobody.
    pub subject: String,
    pub status: String,
    pub label: String,
    /// When something must be done about it; `None` where nothing will ever be.
    pub due_at: Option<Millis>,
    /// When it ends by itself; `None` where it does not, or nobody knows.
    pub ends_at: Option<Millis>,
    /// When what it has runs out, unless it is renewed before; `None` where it does not, or nobody knows.
    pub expires_at: Option<Millis>,
    /// Its name in its customer's words; unique among streams of one category, environment and parent.
    pub external_id: Option<String>,
}

/// An instant on a card from which on there is something less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// [`Card::ends_at`].
    End,
    /// [`Card::expires_at`].
    Expiry,
}

impl Card {
    #[must_use]
    pub fn at(&self, deadline: Deadline) -> Option<Millis> {
        match deadline {
            Deadline::End => self.ends_at,
            Deadline::Expiry => self.expires_at,
        }
    }
}

/// A data key under a key above it. Opaque here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    pub id: Uuid,
    pub wrapped: Vec<u8>,
}

/// A stream as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub version: Version,
    pub snapshot: Snapshot,
    pub key: Option<WrappedKey>,
}

/// What happens to the stream's data key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyChange {
    Keep,
    /// Stores the stream's key; an older one is replaced.
    Put(WrappedKey),
    /// Stores another key in the place of the stream's, where nobody has a claim on the stream and none ran out without being
    /// ended; else it is a conflict. Whoever claimed it may have written something down under the key that goes. When it is
    /// due, and that it is wanted, stays as it is.
    Exchange(WrappedKey),
    /// Forgets the key for good: whatever was sealed under it cannot be opened any more.
    Destroy,
}

impl KeyChange {
    #[must_use]
    pub fn is_exchange(&self) -> bool {
        matches!(self, Self::Exchange(_))
    }
}

#[derive(Debug, Clone)]
pub struct Append {
    pub stream: Stream,
    pub expected: Version,
    pub events: Vec<NewEvent>,
    pub snapshot: Snapshot,
    pub card: Card,
    pub key: KeyChange,
    /// What it is found by from now on; `None` keeps what there is.
    pub tags: Option<BTreeMap<String, String>>,
    /// The claim this append fulfils: it ends with it, if it still is the one held. Other claims are left alone.
    pub releases: Option<Fence>,
    /// Its status before, where changes of it are kept: empty for a stream that begins. `None` where none is.
    pub status_was: Option<String>,
}

impl Append {
    /// The status that it leaves for its card's, and when; `None` where that stays, or is not kept.
    #[must_use]
    pub fn left_status(&self) -> Option<(&str, Millis)> {
        let left = self.status_was.as_deref().filter(|was| *was != self.card.status)?;
        Some((left, self.events.last()?.at))
    }
}
