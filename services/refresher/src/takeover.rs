//! What to do under a claim whose predecessor ran out: nobody knows whether the refresh token was sent.
//!
//! Every journal is asked before the provider is. An answer that is found is told instead of asking for another; what is
//! under way elsewhere is left to whoever is at it; what nobody sent is sent; and what may have been sent is sent again
//! only as the provider's class permits ([`RotationClass::takeover`]).

use crate::attempt::{Attempts, ambiguous};
use crate::journal::KeptAnswer;
use crate::journal::carrier::Journaled;
use crate::peers::{consulted, from_wire};
use crate::replay::{Told, attempts_of};
use latchkey_domain::Timestamp;
use latchkey_domain::rotation::{Course, Predecessor, RotationClass, Takeover};
use latchkey_wire::contract::{Consulted, DueRefresh};
use latchkey_wire::{Fault, VaultClient};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

/// By how much the clocks of vault and refreshers may differ.
const CLOCKS_DIFFER_MAX: Duration = Duration::from_secs(60);

/// What was found out by asking everybody.
struct Found {
    answers: Vec<KeptAnswer>,
    predecessor: Predecessor,
    /// The attempt under way is this process's own: what it wrote down is being told.
    ours: bool,
}

impl Attempts {
    /// Gives the refresh back where it is to be made now, and otherwise sees to what is to be done instead.
    pub(crate) async fn take_over(&self, due: DueRefresh, class: RotationClass) -> Option<DueRefresh> {
        let (due, predecessor) = self.unless_answered(due).await?;
        let now = Timestamp(self.clock.now());
        let lapsed_at = due.lapsed_at.unwrap_or(now);
        match class.takeover(predecessor, lapsed_at, now, due.expires_at) {
            Takeover::Send => Some(due),
            Takeover::AskAgain(after) => {
                info!(
                    predecessor = word(predecessor),
                    "This refresh may be under way elsewhere; looking again later"
                );
                ended(hold(&self.vault, &due, after).await);
                None
            }
            Takeover::Lost(at) => {
                warn!("A refresh may have been made whose answer is on no disk any more");
                let claimed = Instant::now();
                let errand = self.errand(due, |network, journals, id, keys| {
                    Journaled::new(network, journals, id, keys, claimed)
                });
                let course = Course { documented: errand.documented(), ..Course::default() };
                errand.tell(ambiguous(class, at), course).await;
                None
            }
        }
    }

    /// As [`Self::take_over`], under a sound claim of a database that may have lost what another refresher told it: each tells
    /// it again, and this one may be the quickest.
    pub(crate) async fn learn_what_was_lost(
        &self,
        due: DueRefresh,
        class: RotationClass,
    ) -> Option<DueRefresh> {
        let (due, predecessor) = self.unless_answered(due).await?;
        let Some(after) = class.keeps_away_after_failover(predecessor) else { return Some(due) };
        info!(
            predecessor = word(predecessor),
            "The database is another, and not every refresher has said what it told the last; asking again later"
        );
        // Nothing was sent: the claim is given back whole, not left to lapse.
        sleep(after).await;
        ended(self.vault.release_refresh(due.connection, due.fence).await);
        None
    }

    /// Asks every journal first. Tells an answer that is found, and gives the refresh back where there is none, with what that
    /// amounts to.
    async fn unless_answered(&self, due: DueRefresh) -> Option<(DueRefresh, Predecessor)> {
        let Found { answers, predecessor, ours } = self.ask_everybody(&due).await;
        let answers = if ours { vec![] } else { answers };
        if self.has_told_one_of(answers).await {
            count("answered");
            info!("A refresh that another began is finished from what was written down");
            ended(self.vault.release_refresh(due.connection, due.fence).await);
            return None;
        }
        count(word(predecessor));
        Some((due, predecessor))
    }

    /// Newest first: it was made by whoever knew most.
    async fn has_told_one_of(&self, answers: Vec<KeptAnswer>) -> bool {
        let mut attempts = attempts_of(answers);
        attempts.sort_by_key(|kept| std::cmp::Reverse(kept.id.fence));
        for kept in attempts {
            if !matches!(self.tell_kept(kept).await, Told::Useless) {
                return true;
            }
        }
        false
    }

    async fn ask_everybody(&self, due: &DueRefresh) -> Found {
        let (connection, generation) = (due.connection, due.generation);
        let (ours, theirs) = futures::join!(
            self.journal.consult(connection, generation),
            self.peers.consult(connection, generation)
        );
        let ours = ours.map(|known| consulted(known, self.journal.since()));
        let under_way = ours.as_ref().is_ok_and(|known| known.in_flight);
        let all: Vec<Option<Consulted>> =
            std::iter::once(ours.ok()).chain(theirs.into_iter().map(Result::ok)).collect();
        let predecessor = predecessor(&all, due.obtained_at);
        let answers = all.into_iter().flatten().flat_map(|known| known.answers).map(from_wire).collect();
        Found { answers, predecessor, ours: under_way }
    }
}

/// What everybody's word amounts to; `None` is a refresher that does not answer. That nobody sent anything is known where
/// all journals are older than the credential.
fn predecessor(all: &[Option<Consulted>], obtained_at: Timestamp) -> Predecessor {
    let known = || all.iter().flatten();
    if known().any(|known| known.in_flight) {
        return Predecessor::InFlight;
    }
    if all.iter().any(Option::is_none) {
        return Predecessor::Silent;
    }
    if known().all(|known| known.since.plus(CLOCKS_DIFFER_MAX) <= obtained_at) {
        return Predecessor::Denied;
    }
    Predecessor::Forgotten
}

/// Gives a claim back unused. Where the one before it ran out, whoever claims next must learn that too.
pub(crate) async fn give_back(vault: &VaultClient, due: &DueRefresh) -> Result<(), Fault> {
    match due.lapsed_at {
        Some(_) => hold(vault, due, Duration::ZERO).await,
        None => vault.release_refresh(due.connection, due.fence).await,
    }
}

/// Keeps everybody away for so long.
pub(crate) async fn hold(vault: &VaultClient, due: &DueRefresh, hold: Duration) -> Result<(), Fault> {
    vault.renew_refresh(due.connection, due.fence, hold).await.map(drop)
}

fn ended(ended: Result<(), Fault>) {
    if let Err(fault) = ended {
        warn!(reason = fault.reason.word(), "A claim could not be given back; it will lapse");
    }
}

fn word(predecessor: Predecessor) -> &'static str {
    match predecessor {
        Predecessor::InFlight => "in_flight",
        Predecessor::Denied => "denied",
        Predecessor::Silent => "silent",
        Predecessor::Forgotten => "forgotten",
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("latchkey_refresh_consults_total", "outcome" => outcome).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(since: i64, in_flight: bool) -> Option<Consulted> {
        Some(Consulted { answers: vec![], in_flight, since: Timestamp(since) })
    }

    #[test]
    fn that_nobody_sent_anything_is_believed_of_journals_older_than_the_credential_alone() {
        let obtained_at = Timestamp(160_000);
        let heard = |all: &[Option<Consulted>]| predecessor(all, obtained_at);
        assert_eq!(heard(&[known(0, false)]), Predecessor::Denied);
        assert_eq!(heard(&[known(0, false), known(100_000, false)]), Predecessor::Denied);
        assert_eq!(heard(&[known(0, false), known(100_001, false)]), Predecessor::Forgotten);
        assert_eq!(heard(&[known(0, false), None]), Predecessor::Silent);
        assert_eq!(heard(&[known(0, false), None, known(0, true)]), Predecessor::InFlight);
    }
}
