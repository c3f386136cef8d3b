//! What an earlier process wrote down and did not get to tell.
//!
//! Before anything is claimed, every attempt the vault has not heard the end of is made again over the answers that were
//! written down, and told. And when the database may have lost what it had confirmed, it is told the last day once more:
//! it takes what is newer than what it has.

use crate::attempt::{Attempts, settles, span};
use crate::journal::carrier::Journaled;
use crate::journal::{AttemptId, KeptAnswer};
use futures::StreamExt as _;
use latchkey_wire::contract::{DueRefresh, RefreshOutcome, ResumeRefresh};
use latchkey_wire::{Fault, Reason};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::sleep;
use tracing::{Instrument as _, error, info, warn};

/// How many attempts are told at once.
const AT_ONCE: usize = 16;

const BACKOFF: Duration = Duration::from_secs(1);

/// How often the vault is asked for the database's epoch, and old segments are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// What the vault says about going on with an attempt.
enum Resumed {
    Due(Box<DueRefresh>),
    /// The connection has something newer, or is gone.
    Over,
    /// The vault cannot open what was written down.
    Shut,
}

/// What came of telling the vault from answers that were kept.
pub(crate) enum Told {
    Restored,
    /// The vault has something newer.
    Over,
    /// They hold no credential, or cannot be opened.
    Useless,
}

/// One attempt's answers, as they are kept.
pub(crate) struct Kept {
    pub id: AttemptId,
    sealed_key: Vec<u8>,
    answers: BTreeMap<u8, Vec<u8>>,
}

impl Attempts {
    /// Tells the vault what an earlier process did not get to tell. Returns when it has heard everything.
    pub async fn replay(&self) {
        let unsettled = self.journal.unsettled();
        if unsettled.is_empty() {
            return;
        }
        info!(attempts = unsettled.len(), "Going on with refreshes that were cut short");
        let told = unsettled.into_iter().map(|(id, open)| self.finish(id, open.sealed_key, open.answers));
        futures::stream::iter(told).for_each_concurrent(AT_ONCE, |told| told).await;
    }

    async fn finish(&self, id: AttemptId, sealed_key: Vec<u8>, answers: BTreeMap<u8, Vec<u8>>) {
        let due = match self.resume(id, &sealed_key).await {
            Resumed::Due(due) => *due,
            Resumed::Over => return self.journal.settled(id, self.clock.now()).await,
            Resumed::Shut => return,
        };
        let (span, answered) = (span(&due), answers.len());
        async {
            let errand = self.errand(due, |network, journals, id, keys| {
                Journaled::resumed(network, journals, id, keys, answers)
            });
            let (outcome, course) = errand.resumed_outcome().await;
            metrics::counter!("latchkey_journal_replayed_total", "answered" => (answered > 0).to_string())
                .increment(1);
            let log = errand.log(&outcome);
            let heard = errand.tell(outcome, course).await;
            errand.write_down(log, heard);
        }
        .instrument(span)
        .await;
    }

    /// Asks until the vault can say.
    async fn resume(&self, id: AttemptId, sealed_key: &[u8]) -> Resumed {
        let AttemptId { connection, generation, fence } = id;
        loop {
            let resume = ResumeRefresh { connection, generation, fence, sealed_key: sealed_key.to_vec() };
            match self.vault.resume_refresh(resume).await {
                Ok(due) => return Resumed::Due(Box::new(due)),
                Err(fault) if is_shut(&fault) => {
                    error!(connection.id = %connection, "What was written down of a refresh cannot be opened; it is kept");
                    return Resumed::Shut;
                }
                Err(fault) if settles(&fault) => return Resumed::Over,
                Err(fault) => {
                    warn!(reason = fault.reason.word(), "The vault cannot say yet what became of a refresh");
                    sleep(BACKOFF).await;
                }
            }
        }
    }

    /// Keeps house: drops what is old, and tells everything again when the database may have forgotten it.
    pub async fn keep_house(&self) {
        loop {
            self.journal.prune(self.clock.now()).await;
            self.vault_knows_all().await;
            sleep(LOOK_EVERY).await;
        }
    }

    /// Whether the vault's database is the one that heard everything. Where it is not, because of a failover or a backup, it is
    /// told the last day first, and what was claimed before that is not to be sent: it may have been used.
    pub async fn vault_knows_all(&self) -> bool {
        match self.vault.epoch().await {
            Ok(epoch) => self.heed_epoch(&epoch).await,
            Err(fault) => {
                warn!(reason = fault.reason.word(), "The database's epoch could not be learnt");
                false
            }
        }
    }

    /// Says whether there was nothing to tell.
    async fn heed_epoch(&self, epoch: &str) -> bool {
        let known = match self.journal.epoch() {
            Ok(known) => known,
            Err(error) => {
                warn!(%error, "The last known epoch could not be read");
                return false;
            }
        };
        if known.as_deref() == Some(epoch) {
            return true;
        }
        if known.is_some() {
            self.failover.noticed();
            if !self.tell_everything().await {
                return false;
            }
        }
        if let Err(error) = self.journal.note_epoch(epoch) {
            warn!(%error, "The database's epoch could not be noted; everything will be told again");
        }
        known.is_none()
    }

    /// Says whether it came to the end. In the order it was written, since each credential was made from the one before.
    async fn tell_everything(&self) -> bool {
        info!("The database is at another epoch; telling it the last day of refreshes again");
        let segments = match self.journal.segments() {
            Ok(segments) => segments,
            Err(error) => {
                warn!(%error, "The journal's folder could not be read");
                return false;
            }
        };
        let mut restored = 0_u64;
        for segment in segments {
            match self.journal.kept_in(segment).await {
                Ok(answers) => restored += self.tell_again(answers).await,
                Err(error) => warn!(segment, %error, "A segment of the journal could not be read"),
            }
        }
        info!(restored, "The database knows the last day again");
        true
    }

    async fn tell_again(&self, answers: Vec<KeptAnswer>) -> u64 {
        let mut restored = 0;
        for kept in attempts_of(answers) {
            let under_way = self.journal.is_under_way(kept.id.connection, kept.id.generation);
            if !under_way && matches!(self.tell_kept(kept).await, Told::Restored) {
                restored += 1;
            }
        }
        restored
    }

    /// Tells what an attempt came to, whoever made it, from the answers that were kept.
    pub(crate) async fn tell_kept(&self, Kept { id, sealed_key, answers }: Kept) -> Told {
        let due = match self.resume(id, &sealed_key).await {
            Resumed::Due(due) => *due,
            Resumed::Over => return Told::Over,
            Resumed::Shut => return Told::Useless,
        };
        let errand = self.errand(due, |network, journals, id, keys| {
            Journaled::resumed(network, journals, id, keys, answers)
        });
        let (outcome, course) = errand.resumed_outcome().await;
        if !matches!(outcome, RefreshOutcome::Refreshed(_)) {
            // A failure of the past says nothing about now.
            return Told::Useless;
        }
        errand.tell(outcome, course).await;
        Told::Restored
    }
}

/// Which answers belong together.
pub(crate) fn attempts_of(answers: Vec<KeptAnswer>) -> Vec<Kept> {
    let mut attempts: Vec<Kept> = Vec::new();
    for KeptAnswer { attempt: id, answer } in answers {
        match attempts.iter_mut().find(|kept| kept.id == id) {
            Some(kept) => drop(kept.answers.insert(answer.number, answer.sealed)),
            None => {
                let answers = [(answer.number, answer.sealed)].into();
                attempts.push(Kept { id, sealed_key: answer.sealed_key, answers });
            }
        }
    }
    attempts
}

fn is_shut(fault: &Fault) -> bool {
    fault.reason == Reason::CredentialUnreadable
}
