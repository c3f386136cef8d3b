//! The other refreshers. Each keeps copies of what the others' providers answered, and says what it knows of a refresh that
//! nobody ended. In one process there are none, and everything works without.

use crate::journal::{AttemptId, KeptAnswer, Known, SealedAnswer};
use futures::future::join_all;
use latchkey_chassis::Lifecycle;
use latchkey_domain::{ConnectionId, Generation, Timestamp};
use latchkey_wire::contract::{self, Consulted};
use latchkey_wire::{Fault, PeerClient};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tracing::{debug, warn};

/// How long one may take to answer: it has a disk to write to or to read from.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// How long an answer waits for its copy before it is looked at. The copy goes on by itself.
const COPIED_WITHIN: Duration = Duration::from_millis(50);

/// Cheap to clone.
#[derive(Clone)]
pub struct Peers {
    all: Arc<[PeerClient]>,
    lifecycle: Lifecycle,
}

impl Peers {
    #[must_use]
    pub fn none(lifecycle: &Lifecycle) -> Self {
        Self::of(vec![], lifecycle)
    }

    #[must_use]
    pub fn of(all: Vec<PeerClient>, lifecycle: &Lifecycle) -> Self {
        Self { all: all.into(), lifecycle: lifecycle.clone() }
    }

    /// Has one of them keep a copy. Returns when it has, or after a moment.
    pub async fn copy(&self, worker: &str, kept: KeptAnswer) {
        if self.all.is_empty() {
            return;
        }
        let copying =
            self.lifecycle.spawn("copy of an answer", copy(self.all.clone(), worker.to_owned(), kept));
        drop(timeout(COPIED_WITHIN, copying).await);
    }

    /// What each of them knows of the refreshes made from one generation of a connection.
    pub async fn consult(
        &self,
        connection: ConnectionId,
        generation: Generation,
    ) -> Vec<Result<Consulted, Fault>> {
        join_all(self.all.iter().map(|peer| peer.consult(connection, generation))).await
    }
}

/// To the first that takes it. Who is asked first differs from claim to claim, so that each keeps its share.
async fn copy(peers: Arc<[PeerClient]>, worker: String, kept: KeptAnswer) {
    let first = usize::try_from(kept.attempt.fence).unwrap_or_default() % peers.len();
    for peer in peers.iter().cycle().skip(first).take(peers.len()) {
        match peer.hold(&worker, to_wire(kept.clone())).await {
            Ok(()) => return count("kept"),
            Err(fault) => debug!(reason = fault.reason.word(), "A refresher took no copy of an answer"),
        }
    }
    count("refused");
    warn!(
        "No other refresher keeps a copy of an answer; it is lost with this disk until the vault has heard"
    );
}

fn count(outcome: &'static str) {
    metrics::counter!("latchkey_journal_copies_total", "outcome" => outcome).increment(1);
}

/// What a journal knows, as it is told to another.
pub fn consulted(known: Known, since: i64) -> Consulted {
    let answers = known.answers.into_iter().map(to_wire).collect();
    Consulted { answers, in_flight: known.in_flight, since: Timestamp(since) }
}

fn to_wire(kept: KeptAnswer) -> contract::KeptAnswer {
    let AttemptId { connection, generation, fence } = kept.attempt;
    let SealedAnswer { sealed_key, number, sealed } = kept.answer;
    contract::KeptAnswer { connection, generation, fence, sealed_key, number, sealed }
}

pub fn from_wire(kept: contract::KeptAnswer) -> KeptAnswer {
    let contract::KeptAnswer { connection, generation, fence, sealed_key, number, sealed } = kept;
    KeptAnswer {
        attempt: AttemptId { connection, generation, fence },
        answer: SealedAnswer { sealed_key, number, sealed },
    }
}
