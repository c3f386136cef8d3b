//! One refresh, from the claim to the vault knowing what came of it.
//!
//! Once the provider has been asked, the old refresh token may be dead. So the answer is written down before anything looks
//! at it ([`Journaled`]), what it means is told to the vault until it has heard, for as long as the process lives, and the
//! next process goes on from what was written down ([`crate::replay`]).

use crate::failover::Failover;
use crate::journal::answer::millis;
use crate::journal::carrier::Journaled;
use crate::journal::{AttemptId, Journal};
use crate::leave::Leave;
use crate::noted::{About, refreshed};
use crate::peers::Peers;
use latchkey_chassis::Clock;
use latchkey_domain::auth_log::{AuthLog, Outcome as Ending};
use latchkey_domain::rotation::{Behaviour, Course, Resend, RotationClass};
use latchkey_domain::{Failure, Phase, Reason, Timestamp};
use latchkey_oauth::{App, Client, Fault as Refused, FaultKind, Now, Observed, Seen, documented, failure};
use latchkey_providers::{Catalogue, Provider};
use latchkey_secret::{Grant, Renewal};
use latchkey_wire::contract::{CompleteRefresh, DueRefresh, Obtained, RefreshOutcome};
use latchkey_wire::{Fault, Kind, Logbook, Report, VaultClient, contract};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tracing::{Instrument, error, info, info_span, warn};

const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(2);

/// How long an attempt waits before it sends again by itself. What is to be sent later is left to a later claim.
const WAIT_HERE_MAX: Duration = Duration::from_secs(10);

/// What an attempt needs. Cheap to clone.
#[derive(Clone)]
pub struct Attempts {
    pub vault: VaultClient,
    pub catalogue: Catalogue,
    pub oauth: Client,
    pub journal: Journal,
    pub peers: Peers,
    pub clock: Arc<dyn Clock>,
    pub failover: Failover,
    /// What was tried is written down here.
    pub logbook: Logbook,
}

/// One attempt and what it is made from.
pub(crate) struct Errand {
    attempts: Attempts,
    id: AttemptId,
    carrier: Arc<Journaled>,
    provider: String,
    integration: String,
    class: RotationClass,
    expires_at: Option<Timestamp>,
    app: App,
    renewal: Renewal,
    about: About,
    /// What the provider was asked.
    seen: Seen,
}

impl Attempts {
    /// Makes the refresh and tells the vault.
    ///
    /// # Cancel safety
    /// Not cancel-safe: it must run on the tracker, and shutdown waits for it.
    pub async fn make(self, due: DueRefresh, mut leave: Leave) {
        let begun = Instant::now();
        let span = span(&due);
        async {
            let class = self.class(&due);
            let uncertain =
                due.lapsed_at.is_some() || self.journal.is_under_way(due.connection, due.generation);
            let due = if uncertain {
                self.take_over(due, class).await
            } else if self.failover.is_recent() {
                self.learn_what_was_lost(due, class).await
            } else {
                Some(due)
            };
            let Some(due) = due else { return };
            if !self.claim_fits(&due, class).await {
                return;
            }
            let errand = self.errand(due, |network, journals, id, keys| {
                Journaled::new(network, journals, id, keys, begun)
            });
            let settled = async {
                let (outcome, course) = errand.outcome().await;
                leave.heard(&outcome);
                let (words, took) = (words(&outcome), begun.elapsed());
                let log = errand.log(&outcome);
                let heard = errand.tell(outcome, course).await;
                errand.write_down(log, heard);
                let words = if heard == Heard::TooLate { ("superseded", "") } else { words };
                count(words, errand.integration.clone(), took);
            };
            tokio::select! {
                biased;
                () = settled => {}
                () = errand.keep_claim() => {}
            }
        }
        .instrument(span)
        .await;
    }

    /// Within a grace the claim must run out while another can still send in time, from the first request on.
    async fn claim_fits(&self, due: &DueRefresh, class: RotationClass) -> bool {
        if class.lease() == RotationClass::Unknown.lease() {
            return true;
        }
        match self.vault.renew_refresh(due.connection, due.fence, class.lease()).await {
            Ok(held) => held,
            Err(fault) => {
                warn!(
                    reason = fault.reason.word(),
                    "The vault cannot say whether a claim is held; nothing is sent"
                );
                false
            }
        }
    }

    /// What the catalogue documents of a provider's refresh tokens.
    fn documented(&self, provider: &str) -> Behaviour {
        self.catalogue.get(provider).map(|provider| documented(&provider)).unwrap_or_default()
    }

    /// What becomes of the refresh token when it is sent: as documented, or else as learnt.
    fn class(&self, due: &DueRefresh) -> RotationClass {
        self.documented(&due.provider).rotation.or(due.learnt)
    }

    /// Sets out with what is due. How the requests are carried is the caller's to say.
    pub(crate) fn errand(
        &self,
        due: DueRefresh,
        carried: impl FnOnce(
            Arc<dyn latchkey_oauth::Carrier>,
            (Journal, Peers),
            AttemptId,
            contract::JournalKeys,
        ) -> Journaled,
    ) -> Errand {
        let class = self.class(&due);
        let about = About::refresh(&due, Timestamp(self.clock.now()));
        let (observed, seen) = Observed::over(self.oauth.carrier(), self.now());
        let DueRefresh { connection, generation, fence, integration, provider, expires_at, .. } = due;
        let contract::App { client_id, client_secret, scopes, fields } = due.app;
        let id = AttemptId { connection, generation, fence };
        Errand {
            id,
            carrier: Arc::new(carried(
                Arc::new(observed),
                (self.journal.clone(), self.peers.clone()),
                id,
                due.journal,
            )),
            attempts: self.clone(),
            provider,
            integration: integration.to_string(),
            class,
            expires_at,
            app: App { client_id, client_secret, scopes, fields },
            renewal: due.renewal,
            about,
            seen,
        }
    }

    /// The clock logs go by.
    pub(crate) fn now(&self) -> Now {
        let clock = self.clock.clone();
        Arc::new(move || Timestamp(clock.now()))
    }
}

impl Errand {
    /// Asks the provider, again where its class of rotation permits, and says what it came to and how.
    async fn outcome(&self) -> (RefreshOutcome, Course) {
        let documented = self.documented();
        let Ok(provider) = self.attempts.catalogue.get(&self.provider) else {
            return (no_provider(), Course::default());
        };
        let class = self.class;
        let first_sent = self.now();
        let mut resends = 0;
        loop {
            let deadline = class.deadline(first_sent.until(self.now()));
            let came = self.client(deadline).refresh(&provider, &self.app, &self.renewal).await;
            let unanswered_seconds = (resends > 0).then(|| first_sent.until(self.now()).as_secs());
            let course = Course { documented, unanswered_seconds };
            let Some(fault) = lost(&came) else { return (told(&provider, came), course) };
            count_ambiguous(class);
            match class.after_ambiguous(resends, first_sent, self.now(), self.expires_at) {
                Resend::At(at) | Resend::AfterPeers(at) if self.may_wait_until(at).await => {
                    warn!(class = class.word(), "The answer was lost; sending again");
                    resends += 1;
                    self.carrier.again(Instant::now());
                }
                Resend::At(at) | Resend::AfterPeers(at) => {
                    return (unanswered(fault, Some(at)), course);
                }
                Resend::Never => return (unanswered(fault, None), course),
            }
        }
    }

    fn client(&self, deadline: Duration) -> Client {
        Client::over(self.carrier.clone()).within(deadline)
    }

    fn now(&self) -> Timestamp {
        Timestamp(self.attempts.clock.now())
    }

    pub(crate) fn documented(&self) -> Behaviour {
        self.attempts.documented(&self.provider)
    }

    /// What an attempt that was cut short came to. Nothing is sent again: that is for whoever holds the next claim.
    pub(crate) async fn resumed_outcome(&self) -> (RefreshOutcome, Course) {
        let course = Course { documented: self.documented(), unanswered_seconds: None };
        let Ok(provider) = self.attempts.catalogue.get(&self.provider) else {
            return (no_provider(), Course::default());
        };
        let deadline = self.class.deadline(Duration::ZERO);
        let came = self.client(deadline).refresh(&provider, &self.app, &self.renewal).await;
        let Some(fault) = lost(&came) else { return (told(&provider, came), course) };
        count_ambiguous(self.class);
        let outcome = match self.class.after_ambiguous(0, self.now(), self.now(), self.expires_at) {
            Resend::At(at) | Resend::AfterPeers(at) => unanswered(fault, Some(at)),
            Resend::Never => unanswered(fault, None),
        };
        (outcome, course)
    }

    /// Tells the vault until it has heard, and notes that it has.
    pub(crate) async fn tell(&self, outcome: RefreshOutcome, course: Course) -> Heard {
        let AttemptId { connection, generation, fence } = self.id;
        let received_at = self.carrier.received_at().map(|at| Timestamp(millis(at)));
        let complete = CompleteRefresh { connection, generation, fence, outcome, course, received_at };
        let heard = until_heard(self.attempts.vault.report(complete)).await;
        if self.carrier.begun() {
            self.attempts.journal.settled(self.id, self.now().0).await;
        }
        heard
    }

    /// The attempt's log, before the vault has heard of it.
    pub(crate) fn log(&self, outcome: &RefreshOutcome) -> AuthLog {
        AuthLog { steps: self.seen.steps(), ..self.about.ended(refreshed(outcome), self.now()) }
    }

    pub(crate) fn write_down(&self, log: AuthLog, heard: Heard) {
        let outcome = match (heard, log.outcome) {
            (Heard::TooLate, Ending::Success) => Ending::Superseded,
            (Heard::TooLate | Heard::Kept, outcome) => outcome,
        };
        self.attempts.logbook.write(AuthLog { outcome, ..log });
    }

    /// Waits, if not for long, and sees to it that the claim is ours then.
    async fn may_wait_until(&self, at: Timestamp) -> bool {
        let wait = self.now().until(at);
        if wait > WAIT_HERE_MAX {
            return false;
        }
        sleep(wait).await;
        let held =
            self.attempts.vault.renew_refresh(self.id.connection, self.id.fence, self.class.lease()).await;
        // Where the vault cannot say, another may hold it by now.
        held.unwrap_or(false)
    }

    /// Renews the claim for as long as this is waited for.
    async fn keep_claim(&self) {
        let (renewal, lease) = (self.class.renewal(), self.class.lease());
        loop {
            sleep(renewal).await;
            let AttemptId { connection, fence, .. } = self.id;
            if let Err(fault) = self.attempts.vault.renew_refresh(connection, fence, lease).await {
                warn!(reason = fault.reason.word(), "A claim could not be renewed");
            }
        }
    }
}

/// For the attempt's lines in the log.
pub(crate) fn span(due: &DueRefresh) -> tracing::Span {
    info_span!(
        "refresh",
        connection.id = %due.connection,
        integration = %due.integration,
        provider = %due.provider,
        generation = due.generation.0,
        fence = due.fence,
    )
}

fn no_provider() -> RefreshOutcome {
    error!("The provider is in no catalogue; add its file, or delete its connections");
    let failure = Failure::new(Reason::IntegrationIncomplete, Phase::Refresh);
    RefreshOutcome::Failed { failure, retry_after: None }
}

/// The fault of a request that the provider may have acted on without our hearing of it.
fn lost(came: &Result<Grant, Refused>) -> Option<&Refused> {
    came.as_ref().err().filter(|fault| fault.kind == FaultKind::Ambiguous)
}

/// A request of another's, whose answer is nowhere.
pub(crate) fn ambiguous(class: RotationClass, resend_at: Timestamp) -> RefreshOutcome {
    count_ambiguous(class);
    unanswered(&Refused::new(FaultKind::Ambiguous), Some(resend_at))
}

fn count_ambiguous(class: RotationClass) {
    metrics::counter!("latchkey_refresh_ambiguous_total", "class" => class.word()).increment(1);
}

fn unanswered(fault: &Refused, resend_at: Option<Timestamp>) -> RefreshOutcome {
    warn!(http.status = fault.http_status, "The provider may have acted, and its answer is lost");
    RefreshOutcome::Unanswered { failure: failure(fault, Phase::Refresh), resend_at }
}

fn told(provider: &Provider, came: Result<Grant, Refused>) -> RefreshOutcome {
    match came {
        Ok(grant) => {
            info!("Refreshed");
            let auth_mode = provider.auth_mode().as_str().to_owned();
            RefreshOutcome::Refreshed(Obtained { auth_mode, grant, documented: documented(provider) })
        }
        Err(fault) if fault.kind == FaultKind::GrantRefused => {
            warn!(http.status = fault.http_status, "The provider refuses the grant");
            RefreshOutcome::Refused(failure(&fault, Phase::Refresh))
        }
        Err(fault) => {
            warn!(kind = fault.kind.as_str(), http.status = fault.http_status, "A refresh did not work");
            RefreshOutcome::Failed {
                failure: failure(&fault, Phase::Refresh),
                retry_after: fault.retry_after,
            }
        }
    }
}

/// What the vault made of a report.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Kept,
    /// The connection has a newer credential, or is gone.
    TooLate,
}

async fn until_heard(report: Report) -> Heard {
    let mut backoff = BACKOFF_FIRST;
    loop {
        match report.send().await {
            Ok(()) => return Heard::Kept,
            Err(fault) if settles(&fault) => {
                info!(reason = fault.reason.word(), "The refresh changed nothing any more");
                return Heard::TooLate;
            }
            Err(fault) => {
                warn!(
                    reason = fault.reason.word(),
                    "The vault has not heard of a refresh yet; telling it again"
                );
                sleep(backoff).await;
                backoff = (backoff * 2).min(BACKOFF_MAX);
            }
        }
    }
}

/// Whether the vault has heard, and had its reasons: replaced, deleted. Everything else may be the vault's own trouble,
/// and what would be lost by believing it is a user's access.
pub(crate) fn settles(fault: &Fault) -> bool {
    matches!(fault.kind, Kind::Refused | Kind::NotFound)
        && fault.reason != latchkey_wire::Reason::CredentialUnreadable
}

/// The outcome and the reason, as they are counted.
fn words(outcome: &RefreshOutcome) -> (&'static str, &'static str) {
    match outcome {
        RefreshOutcome::Refreshed(_) => ("success", ""),
        RefreshOutcome::Failed { failure, .. } | RefreshOutcome::Unanswered { failure, .. } => {
            ("transient", failure.reason.as_str())
        }
        RefreshOutcome::Refused(failure) => ("permanent", failure.reason.as_str()),
    }
}

fn count((outcome, reason): (&'static str, &'static str), integration: String, took: Duration) {
    metrics::counter!(
        "latchkey_refresh_attempts_total", "integration" => integration, "outcome" => outcome, "reason" => reason,
    )
    .increment(1);
    metrics::histogram!("latchkey_refresh_attempt_duration_seconds", "outcome" => outcome).record(took);
}
