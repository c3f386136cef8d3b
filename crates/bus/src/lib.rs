//! Announces facts to whoever listens, and passes hints between processes.
//!
//! The invariant: nothing that must be true depends on the bus. A fact is announced after it was stored, and a hint
//! only makes something happen sooner that would happen anyway. Both carry ids and facts, never a secret.
//!
//! Two buses: [`local`], inside one process, and [`nats`], on NATS JetStream.

mod fact;
mod hint;
mod local;
#[cfg(feature = "nats")]
mod nats;
mod subject;

pub use fact::{Fact, Severity};
pub use hint::Hint;
pub use local::local;
#[cfg(feature = "nats")]
pub use nats::{NatsOptions, examine as examine_nats, nats};
pub use subject::{InvalidToken, subject_text, subject_token};

use async_trait::async_trait;
use futures::stream::BoxStream;

#[async_trait]
pub trait Bus: Send + Sync {
    /// Announces facts in order and returns when every one of them is kept by the bus. Safe to repeat: a fact is known
    /// by its id, and a repeated one is kept once for as long as the bus remembers ids (NATS: ten minutes).
    ///
    /// # Errors
    /// Where any fact was not acknowledged. Some of them may have been kept nevertheless: publish them all again. A bus
    /// that was lost refuses facts until [`Self::last_position`] has told so.
    async fn publish(&self, facts: &[Fact]) -> Result<(), BusError>;

    /// The feed position of the last fact the bus keeps, from which an announcer can tell what was lost. Makes room for
    /// facts where there is none.
    ///
    /// # Errors
    /// Where the bus cannot be asked.
    async fn last_position(&self) -> Result<LastPosition, BusError>;

    /// Tells the other processes, if they happen to listen. Never waits, never fails; may be lost.
    fn hint(&self, hint: Hint);

    /// The hints given from now on, by any process, this one included. A slow reader loses the oldest.
    fn hints(&self) -> BoxStream<'static, Hint>;

    /// Whether facts could be published at this moment.
    ///
    /// # Errors
    /// Where they could not, with the reason.
    async fn ping(&self) -> Result<(), BusError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastPosition {
    /// The bus keeps facts, and has none: it is new, or has lost them.
    None,
    /// The `position` of the last fact kept, as it was published.
    At(String),
    /// This bus keeps nothing, so there is nothing to compare with.
    NotKept,
}

#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// What the operator wrote cannot work; trying again will not help.
    #[error("cannot use the bus as configured: {0}")]
    Misconfigured(String),
    /// Nothing is wrong with the request; the bus does not answer.
    #[error("the bus is not available while {doing}")]
    Unavailable { doing: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
    /// The last message of the stream has no readable position: something else writes to the stream.
    #[error(
        "stream `{stream}` ends with a message that carries no position; does something else publish to it?"
    )]
    Foreign { stream: String },
}
