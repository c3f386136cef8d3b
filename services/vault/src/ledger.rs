//! The one path that writes: load, decide, evolve, append.
//!
//! Invariant: what is stored is a fold of what was decided. A lost race is decided again from what the winner left, a
//! bounded number of times; a command that decides to nothing writes nothing.

use latchkey_chassis::Clock;
use latchkey_chassis::trace::current_traceparent;
use latchkey_domain::{Aggregate, ApiKeyId, CardFacts, EventName, Timestamp};
use latchkey_store::{
    Append, AppendError, Card, Fence, KeyChange, NewEvent, Recorded, Snapshot, Store, StoreError, Stored,
    Stream, Version, WrappedKey,
};
use latchkey_wire::actor;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::watch;
use uuid::Uuid;

/// How often a command that lost a race is decided again before the caller is asked to come back.
pub const ATTEMPTS_MAX: u32 = 4;

/// The number of the shape event payloads have now. Older shapes are lifted before they are decoded.
pub const SCHEMA: u16 = 1;

/// How many events are read at a time when a history is folded.
const HISTORY_PAGE: u32 = 500;

#[derive(Clone)]
pub struct Ledger {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    appended: Arc<watch::Sender<u64>>,
}

/// An aggregate as it stands, with the key its secrets are sealed under.
#[derive(Debug, Clone)]
pub struct Loaded<A> {
    pub state: A,
    pub version: Version,
    pub key: Option<WrappedKey>,
}

/// What rides along with a command and is written with its events, or not at all.
#[derive(Debug, Clone)]
pub struct Terms {
    pub key: KeyChange,
    /// The claim this command fulfils. It ends even if the command decides to nothing.
    pub releases: Option<Fence>,
    /// The data key that the command's secrets were sealed with: it must still be the stream's, or they would be lost.
    pub sealed_with: Option<Uuid>,
}

impl Default for Terms {
    fn default() -> Self {
        Self { key: KeyChange::Keep, releases: None, sealed_with: None }
    }
}

/// What came of a command.
#[derive(Debug)]
pub struct Settled<A: Aggregate> {
    pub state: A,
    pub events: Vec<A::Event>,
}

#[derive(Debug, thiserror::Error)]
pub enum LedgerError<R: std::error::Error> {
    #[error(transparent)]
    Refused(R),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Others kept changing the stream.
    #[error("stream {0} changed too often while a command was being decided")]
    Contended(Stream),
    /// The stream has another data key by now than the command's secrets were sealed with. To be sealed anew.
    #[error("stream {0} was given another data key while a command was being decided")]
    Resealed(Stream),
    /// Another stream has the external id that this one was to have.
    #[error("another stream has the external id that stream {0} was to have")]
    Taken(Stream),
}

/// Secrets stand beside the state they belong to, so that they outlive a change of the state's shape.
#[derive(Serialize, Deserialize)]
pub struct Document<S, A> {
    pub secrets: S,
    pub state: A,
}

/// A stream's state as it is stored.
///
/// # Errors
/// [`StoreError::Corrupt`] where it cannot be encoded, which is not within reach.
pub fn snapshot_of<A: Aggregate>(stream: &impl ToString, state: &A) -> Result<Snapshot, StoreError> {
    let document = Document { secrets: state.secrets(), state };
    let unwritable =
        |_| StoreError::Corrupt { table: "streams", key: stream.to_string(), what: "cannot be encoded" };
    Ok(Snapshot { format: A::FORMAT, state: serde_json::to_string(&document).map_err(unwritable)? })
}

impl Ledger {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, appended: Arc::new(watch::Sender::new(0)) }
    }

    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp(self.clock.now())
    }

    /// Changes whenever something was appended by this process.
    #[must_use]
    pub fn appended(&self) -> watch::Receiver<u64> {
        self.appended.subscribe()
    }

    /// # Errors
    /// [`StoreError`] where the database does not answer or a row is corrupt.
    pub async fn load<A: Aggregate>(&self, id: &str) -> Result<Loaded<A>, StoreError> {
        let stream = Stream::new(A::CATEGORY, id);
        match self.store.load(&stream).await? {
            None => Ok(Loaded { state: A::default(), version: Version(0), key: None }),
            Some(stored) => self.revive(&stream, stored).await,
        }
    }

    /// Decides a command and appends what it decides to.
    ///
    /// # Errors
    /// [`LedgerError::Refused`] where the state of things forbids it; nothing is written then, whatever the error.
    pub async fn execute<A: Aggregate>(
        &self,
        id: &str,
        command: A::Command,
        terms: Terms,
    ) -> Result<Settled<A>, LedgerError<A::Refusal>> {
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load::<A>(id).await?;
            // What is appended was decided on this, so the key cannot change in between either: its exchange is an event.
            if terms.sealed_with.is_some_and(|with| loaded.key.as_ref().is_none_or(|key| key.id != with)) {
                return Err(LedgerError::Resealed(Stream::new(A::CATEGORY, id)));
            }
            if let Some(settled) = self.settle(id, loaded, command.clone(), &terms).await? {
                return Ok(settled);
            }
        }
        Err(LedgerError::Contended(Stream::new(A::CATEGORY, id)))
    }

    /// Whether the stored state of a stream is the fold of its history. For audits.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer or an event cannot be decoded.
    pub async fn verify<A: Aggregate + PartialEq>(&self, id: &str) -> Result<bool, StoreError> {
        let stream = Stream::new(A::CATEGORY, id);
        let loaded = self.load::<A>(id).await?;
        let mut folded: A = self.fold(&stream).await?;
        folded.restore_secrets(loaded.state.secrets());
        Ok(folded == loaded.state)
    }

    /// Decides a command on what was loaded, once; `None` where somebody else changed the stream meanwhile. For commands
    /// that were made from what was loaded, and must be made anew from what the other left.
    ///
    /// # Errors
    /// As [`Self::execute`], but for [`LedgerError::Contended`].
    pub async fn settle<A: Aggregate>(
        &self,
        id: &str,
        loaded: Loaded<A>,
        command: A::Command,
        terms: &Terms,
    ) -> Result<Option<Settled<A>>, LedgerError<A::Refusal>> {
        let stream = Stream::new(A::CATEGORY, id);
        let events = match loaded.state.decide(command) {
            Ok(events) if !events.is_empty() => events,
            unwritten => {
                self.end_claim(&stream, terms).await?;
                let events = unwritten.map_err(LedgerError::Refused)?;
                return Ok(Some(Settled { state: loaded.state, events }));
            }
        };
        let CardFacts { tags, status, .. } = loaded.state.card();
        let state = events.iter().cloned().fold(loaded.state, A::evolve);
        let mut append = self.append_of(stream, loaded.version, &state, &events, terms)?;
        // Tags are written when they change, which is seldom, and not with every refresh.
        append.tags = append.tags.filter(|now| *now != tags);
        append.status_was = A::KEEPS_STATUS.then(|| status.to_owned());
        match self.store.append(append).await {
            Ok(_) => {
                self.appended.send_modify(|count| *count = count.wrapping_add(1));
                Ok(Some(Settled { state, events }))
            }
            Err(AppendError::Conflict(_)) => Ok(None),
            Err(AppendError::Taken(stream)) => Err(LedgerError::Taken(stream)),
            Err(AppendError::Store(error)) => Err(error.into()),
        }
    }

    async fn end_claim(&self, stream: &Stream, terms: &Terms) -> Result<(), StoreError> {
        let Some(fence) = terms.releases else { return Ok(()) };
        self.store.release(stream, fence).await
    }

    fn append_of<A: Aggregate>(
        &self,
        stream: Stream,
        expected: Version,
        state: &A,
        events: &[A::Event],
        terms: &Terms,
    ) -> Result<Append, StoreError> {
        let unwritable =
            || StoreError::Corrupt { table: "events", key: stream.to_string(), what: "cannot be encoded" };
        let now = self.now().0;
        let (trace, by) = (current_traceparent(), actor::current());
        let recorded = events.iter().map(|event| {
            let payload = signed(serde_json::to_value(event).map_err(|_| unwritable())?, by);
            let kind = format!("{}.{}", A::CATEGORY, event.name());
            Ok(NewEvent { id: Uuid::now_v7(), kind, schema: SCHEMA, at: now, payload, trace: trace.clone() })
        });
        let snapshot = snapshot_of(&stream, state)?;
        let facts = state.card();
        Ok(Append {
            events: recorded.collect::<Result<_, StoreError>>()?,
            snapshot,
            card: Card {
                environment: facts.environment,
                parent: facts.parent,
                subject: facts.subject,
                status: facts.status.to_owned(),
                label: facts.label,
                due_at: facts.due_at.map(|due_at| due_at.0),
                ends_at: facts.ends_at.map(|ends_at| ends_at.0),
                expires_at: facts.expires_at.map(|expires_at| expires_at.0),
                external_id: facts.external_id,
            },
            tags: Some(facts.tags),
            key: terms.key.clone(),
            releases: terms.releases,
            status_was: None,
            expected,
            stream,
        })
    }

    async fn revive<A: Aggregate>(&self, stream: &Stream, stored: Stored) -> Result<Loaded<A>, StoreError> {
        let Stored { version, snapshot, key } = stored;
        let state = self.state_of(stream, &snapshot).await?;
        Ok(Loaded { state, version, key })
    }

    /// The state in a snapshot; folded again from the history where the snapshot has another format than ours.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where it cannot be decoded.
    pub async fn state_of<A: Aggregate>(
        &self,
        stream: &Stream,
        snapshot: &Snapshot,
    ) -> Result<A, StoreError> {
        let corrupt =
            || StoreError::Corrupt { table: "streams", key: stream.to_string(), what: "is no snapshot" };
        if snapshot.format == A::FORMAT {
            let document: Document<A::Secrets, A> =
                serde_json::from_str(&snapshot.state).map_err(|_| corrupt())?;
            return Ok(with_secrets(document.state, document.secrets));
        }
        let older: Document<A::Secrets, serde_json::Value> =
            serde_json::from_str(&snapshot.state).map_err(|_| corrupt())?;
        // Apart, for it is rare and large: every reading of a token would carry the room for it.
        Ok(with_secrets(Box::pin(self.fold(stream)).await?, older.secrets))
    }

    /// The state as it was at an instant, folded from the events up to then. What is in no event is not in it.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer or an event cannot be decoded.
    pub async fn as_of<A: Aggregate>(&self, id: &str, at: Timestamp) -> Result<A, StoreError> {
        self.fold_while(&Stream::new(A::CATEGORY, id), |recorded| recorded.event.at <= at.0).await
    }

    async fn fold<A: Aggregate>(&self, stream: &Stream) -> Result<A, StoreError> {
        self.fold_while(stream, |_| true).await
    }

    async fn fold_while<A: Aggregate>(
        &self,
        stream: &Stream,
        wanted: impl Fn(&Recorded) -> bool + Send,
    ) -> Result<A, StoreError> {
        let mut state = A::default();
        let mut after = Version(0);
        loop {
            let page = self.store.history(stream, after, HISTORY_PAGE).await?;
            let Some(last) = page.last() else { return Ok(state) };
            after = last.version;
            for recorded in page {
                if !wanted(&recorded) {
                    return Ok(state);
                }
                state = state.evolve(event_of::<A>(recorded)?);
            }
        }
    }
}

/// The name beside an event's own fields that says who had it done.
const BY: &str = "by";

/// An event with the key in whose name it happened, where it was in anybody's.
fn signed(mut payload: Value, by: Option<ApiKeyId>) -> Value {
    if let (Value::Object(fields), Some(by)) = (&mut payload, by) {
        fields.entry(BY).or_insert_with(|| by.to_string().into());
    }
    payload
}

/// The key in whose name a recorded event happened; `None` where it happened by itself.
#[must_use]
pub fn by(recorded: &Recorded) -> Option<ApiKeyId> {
    recorded.event.payload.get(BY)?.as_str()?.parse().ok()
}

/// A recorded event in the words of its aggregate.
///
/// # Errors
/// [`StoreError::Corrupt`] where it is none of them.
pub fn event_of<A: Aggregate>(recorded: Recorded) -> Result<A::Event, StoreError> {
    let key = format!("{}@{}", recorded.stream, recorded.version.0);
    serde_json::from_value(recorded.event.payload).map_err(|_| StoreError::Corrupt {
        table: "events",
        key,
        what: "cannot be decoded",
    })
}

fn with_secrets<A: Aggregate>(mut state: A, secrets: A::Secrets) -> A {
    state.restore_secrets(secrets);
    state
}
