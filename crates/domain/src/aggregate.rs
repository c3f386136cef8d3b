use crate::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// A thing with a history. Its state follows from its events alone, its secrets excepted: those live in state only.
pub trait Aggregate: Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The first half of its streams' names, and of its events' recorded names.
    const CATEGORY: &'static str;
    /// The number of the snapshot's shape. Raise it when a field's meaning changes: snapshots are then folded again.
    const FORMAT: u32;
    /// Whether it is kept when its card's status changed, for counts of the past.
    const KEEPS_STATUS: bool = false;

    type Command: Clone + Send;
    type Event: EventName + Clone + Serialize + DeserializeOwned + Send;
    type Refusal: std::error::Error + Send + Sync + 'static;
    /// What belongs to the present state alone and is in no event: what is sealed, and what people say of it. What took its
    /// place is gone.
    type Secrets: Default + Clone + Serialize + DeserializeOwned + Send + Sync;

    /// What a command leads to. Pure. A repeated command leads to nothing.
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// The state after an event. Never fails and never asks why: history is not argued with.
    #[must_use]
    fn evolve(self, event: Self::Event) -> Self;

    fn card(&self) -> CardFacts;

    fn secrets(&self) -> Self::Secrets;

    /// Puts back the secrets a fold of the history cannot know.
    fn restore_secrets(&mut self, secrets: Self::Secrets);
}

/// What lists and the queue of due work know of an aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardFacts {
    pub environment: String,
    pub parent: String,
    pub subject: String,
    pub status: &'static str,
    pub label: String,
    pub due_at: Option<Timestamp>,
    /// When nothing can keep it alive any more, where that is known.
    pub ends_at: Option<Timestamp>,
    /// When what it hands out runs out, unless it is renewed before; `None` where it does not, or nobody knows.
    pub expires_at: Option<Timestamp>,
    /// Its name in its customer's words; unique among those of its kind with the same parent.
    pub external_id: Option<String>,
    /// What it is found by.
    pub tags: BTreeMap<String, String>,
}

/// The name an event is recorded under, without its category: `credentials_refreshed`.
pub trait EventName {
    fn name(&self) -> &'static str;
}

#[cfg(test)]
mod tests;
