//! Stands before the network for one attempt: what comes back is written down before it is passed on.
//!
//! A refresh is a function of its inputs and of the answers so far. So an attempt that was cut short is the same refresh
//! made again over the answers that were written down: nothing is sent for those, and nothing was ever interpreted before
//! it was on disk.

use super::{AttemptId, Journal, KeptAnswer, SealedAnswer, answer, cipher};
use crate::peers::Peers;
use async_trait::async_trait;
use latchkey_oauth::{Answer, AnswerBody, Call, Carrier, Fault, FaultKind};
use latchkey_wire::contract::JournalKeys;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;
use tracing::error;

/// How old a claim may be when the request goes out: what is left of it is enough to renew it while the request is under way.
const CLAIM_AGE_MAX: Duration = Duration::from_secs(30);

/// One attempt's way to the provider.
pub struct Journaled {
    network: Arc<dyn Carrier>,
    journal: Journal,
    peers: Peers,
    attempt: AttemptId,
    keys: JournalKeys,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The number of the next answer.
    next: u8,
    answers: BTreeMap<u8, Vec<u8>>,
    /// Whether the provider may have been asked.
    begun: bool,
    /// Whether an earlier process began it.
    resumed: bool,
    claimed: Option<Instant>,
    received_at: Option<SystemTime>,
}

impl Journaled {
    /// For an attempt that begins now, under a claim that was made at `claimed` or later.
    #[must_use]
    pub fn new(
        network: Arc<dyn Carrier>,
        (journal, peers): (Journal, Peers),
        attempt: AttemptId,
        keys: JournalKeys,
        claimed: Instant,
    ) -> Self {
        let state = State { claimed: Some(claimed), ..State::default() };
        Self { network, journal, peers, attempt, keys, state: Mutex::new(state) }
    }

    /// For an attempt that was begun before, with the answers that were written down. The provider is not asked again; but
    /// where the first of several answers is there, what was to follow it is sent.
    #[must_use]
    pub fn resumed(
        network: Arc<dyn Carrier>,
        (journal, peers): (Journal, Peers),
        attempt: AttemptId,
        keys: JournalKeys,
        answers: BTreeMap<u8, Vec<u8>>,
    ) -> Self {
        let state = State { answers, begun: true, resumed: true, ..State::default() };
        Self { network, journal, peers, attempt, keys, state: Mutex::new(state) }
    }

    /// Makes ready for the same refresh once more, over the answers that came. Of a call whose answer was of no use, the
    /// next is a new one. The claim was renewed at `claimed` or later.
    pub fn again(&self, claimed: Instant) {
        let mut state = self.lock();
        state.claimed = Some(claimed);
        let unanswered = state.answers.keys().next_back().is_none_or(|last| last + 1 < state.next);
        if !unanswered {
            state.answers.pop_last();
        }
        state.next = 0;
    }

    /// When the last answer came.
    #[must_use]
    pub fn received_at(&self) -> Option<SystemTime> {
        self.lock().received_at
    }

    /// Whether anything was written down that must be settled.
    #[must_use]
    pub fn begun(&self) -> bool {
        self.lock().begun
    }

    async fn begin(&self) -> Result<(), Fault> {
        let (begun, claimed) = {
            let state = self.lock();
            (state.begun, state.claimed)
        };
        if claimed.is_some_and(|claimed| claimed.elapsed() > CLAIM_AGE_MAX) {
            return Err(told(FaultKind::NotSent, "the claim is too old to begin with"));
        }
        if begun {
            return Ok(());
        }
        let begun =
            self.journal.begin(self.attempt, self.keys.sealed.clone(), answer::millis(SystemTime::now()));
        begun.await.map_err(|_| told(FaultKind::NotSent, "the journal cannot be written"))?;
        self.lock().begun = true;
        Ok(())
    }

    /// Writes an answer down, if all of it came, here and with a peer: whichever disk is lost, it is on the other.
    async fn keep(&self, number: u8, came: &Answer) {
        let Some(clear) = answer::encode(came) else { return };
        let Some(sealed) = cipher::seal(&self.keys.clear, &self.attempt, number, &clear) else {
            error!("An answer could not be sealed for the journal");
            return;
        };
        self.lock().answers.insert(number, sealed.clone());
        let kept = SealedAnswer { sealed_key: self.keys.sealed.clone(), number, sealed };
        let copy = KeptAnswer { attempt: self.attempt, answer: kept.clone() };
        let written = self.journal.answered(self.attempt, kept, answer::millis(came.received_at));
        let (written, ()) = futures::join!(written, self.peers.copy(self.journal.worker(), copy));
        if let Err(error) = written {
            // It is here in memory, and nowhere else would be worse: it goes on its way.
            error!(%error, "An answer could not be written down; it is lost if this process ends before the vault hears");
        }
    }

    fn written_down(&self, number: u8) -> Option<Result<Answer, Fault>> {
        let sealed = self.lock().answers.get(&number).cloned()?;
        let opened = cipher::open(&self.keys.clear, &self.attempt, number, &sealed).ok();
        let answer = opened.and_then(|clear| answer::decode(&clear));
        Some(
            answer.ok_or_else(|| {
                told(FaultKind::Ambiguous, "what was written down of the answer cannot be read")
            }),
        )
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Carrier for Journaled {
    async fn carry(&self, call: Call) -> Result<Answer, Fault> {
        let (number, resumed) = {
            let mut state = self.lock();
            let number = state.next;
            state.next = number.saturating_add(1);
            (number, state.resumed)
        };
        if let Some(answer) = self.written_down(number) {
            self.lock().received_at = answer.as_ref().ok().map(|answer| answer.received_at);
            return answer;
        }
        if resumed && number == 0 {
            return Err(told(FaultKind::Ambiguous, "the process ended before an answer was written down"));
        }
        self.begin().await?;
        let came = self.network.carry(call).await?;
        self.lock().received_at = Some(came.received_at);
        if !matches!(came.body, AnswerBody::CutOff) {
            self.keep(number, &came).await;
        }
        Ok(came)
    }
}

impl fmt::Debug for Journaled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journaled").field("attempt", &self.attempt).finish_non_exhaustive()
    }
}

fn told(kind: FaultKind, description: &str) -> Fault {
    Fault { description: Some(description.to_owned()), ..Fault::new(kind) }
}
