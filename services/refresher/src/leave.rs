//! Leave to make one refresh, and the way back from it: what the provider made of the request decides about the next.

use crate::breaker::Change;
use crate::dispatch::{Dispatch, Ticket, Verdict};
use crate::reports::Reports;
use latchkey_domain::Reason;
use latchkey_wire::contract::{DueRefresh, ProviderState, RefreshOutcome, ReportProvider};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::{info, warn};

/// The one dispatch of a process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Gate {
    dispatch: Arc<Mutex<Dispatch<DueRefresh>>>,
    freed: Arc<Notify>,
    reports: Reports,
}

/// Leave to make one refresh. Its place is free again when it is dropped.
#[derive(Debug)]
pub struct Leave {
    gate: Gate,
    ticket: Ticket,
}

impl Gate {
    #[must_use]
    pub fn new(dispatch: Dispatch<DueRefresh>, reports: Reports) -> Self {
        Self { dispatch: Arc::new(Mutex::new(dispatch)), freed: Arc::default(), reports }
    }

    pub fn with<R>(&self, act: impl FnOnce(&mut Dispatch<DueRefresh>) -> R) -> R {
        act(&mut self.dispatch.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns when a place has become free since the last time.
    pub async fn freed(&self) {
        self.freed.notified().await;
    }

    #[must_use]
    pub fn leave(&self, ticket: Ticket, change: Option<Change>) -> Leave {
        self.tell(&ticket, change);
        Leave { gate: self.clone(), ticket }
    }
}

impl Leave {
    /// To be told as soon as the provider has answered, or has not: before the vault hears of it, which may take long.
    pub fn heard(&mut self, outcome: &RefreshOutcome) {
        let Some((verdict, retry_after)) = verdict(outcome) else { return };
        let ticket = &mut self.ticket;
        let (change, rate) = self.gate.with(|dispatch| {
            let change = dispatch.heard(ticket, verdict, retry_after, Instant::now().into_std());
            (change, dispatch.rate(&ticket.app))
        });
        self.gate.tell(ticket, change);
        if verdict == Verdict::Limited {
            let (provider, wait) = (&ticket.app.provider, retry_after.unwrap_or_default());
            warn!(%provider, rate, ?wait, "The provider asks for fewer requests; its app is asked less often");
        }
    }
}

impl Drop for Leave {
    fn drop(&mut self) {
        let ticket = &self.ticket;
        self.gate.with(|dispatch| dispatch.finished(ticket, Instant::now().into_std()));
        self.gate.freed.notify_one();
    }
}

/// What an outcome says of the provider; `None` where it was not asked.
fn verdict(outcome: &RefreshOutcome) -> Option<(Verdict, Option<Duration>)> {
    let (failure, retry_after) = match outcome {
        RefreshOutcome::Failed { failure, retry_after } => (failure, *retry_after),
        // When this connection is tried again is its own affair: the app's others are not held up.
        RefreshOutcome::Unanswered { failure, .. } => (failure, None),
        RefreshOutcome::Refreshed(_) | RefreshOutcome::Refused(_) => return Some((Verdict::Answered, None)),
    };
    let verdict = match failure.reason {
        Reason::ProviderRateLimited => Verdict::Limited,
        Reason::ProviderUnavailable | Reason::ProviderTimeout | Reason::ProviderUnreachable => Verdict::Down,
        Reason::IntegrationIncomplete | Reason::Internal => return None,
        _ => Verdict::Answered,
    };
    Some((verdict, retry_after))
}

impl Gate {
    /// A breaker's changes are few and everybody's business.
    fn tell(&self, ticket: &Ticket, change: Option<Change>) {
        let Some(change) = change else { return };
        note(ticket, change);
        let state = match change {
            Change::Opened => ProviderState::Failing,
            Change::HalfOpened => ProviderState::Probed,
            Change::Closed => ProviderState::Answering,
        };
        let (lane, provider) = (ticket.lane.clone(), ticket.app.provider.clone());
        self.reports.leave(ReportProvider { lane, provider, state });
    }
}

fn note(ticket: &Ticket, change: Change) {
    let (provider, origin) = (&ticket.app.provider, &ticket.endpoint.origin);
    let state = match change {
        Change::Opened => {
            warn!(%provider, %origin, "Most requests to this token endpoint fail; it is left alone for a while");
            2.0
        }
        Change::HalfOpened => {
            info!(%provider, %origin, "Trying whether this token endpoint is back");
            1.0
        }
        Change::Closed => {
            info!(%provider, %origin, "This token endpoint is back");
            0.0
        }
    };
    let labels = [("provider", provider.clone()), ("origin", origin.clone())];
    metrics::gauge!("latchkey_refresh_breaker_state", &labels).set(state);
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::{Failure, Phase, Timestamp};

    fn failed(reason: Reason, retry_after: Option<Duration>) -> RefreshOutcome {
        RefreshOutcome::Failed { failure: Failure::new(reason, Phase::Refresh), retry_after }
    }

    #[test]
    fn only_a_provider_that_does_not_answer_counts_as_down() {
        for reason in Reason::ALL {
            let down = matches!(
                reason,
                Reason::ProviderUnavailable | Reason::ProviderTimeout | Reason::ProviderUnreachable
            );
            let verdict = verdict(&failed(*reason, None)).map(|(verdict, _)| verdict);
            assert_eq!(verdict == Some(Verdict::Down), down, "{reason:?}");
        }
        let refused = RefreshOutcome::Refused(Failure::new(Reason::ReauthRequired, Phase::Refresh));
        assert_eq!(verdict(&refused), Some((Verdict::Answered, None)));
    }

    #[test]
    fn how_long_a_provider_wants_to_be_left_alone_is_passed_on() {
        let after = Some(Duration::from_secs(7));
        assert_eq!(verdict(&failed(Reason::ProviderRateLimited, after)), Some((Verdict::Limited, after)));
        assert_eq!(verdict(&failed(Reason::ProviderUnavailable, after)), Some((Verdict::Down, after)));
        assert_eq!(verdict(&failed(Reason::Internal, after)), None);
        let failure = Failure::new(Reason::ProviderTimeout, Phase::Refresh);
        let lost = RefreshOutcome::Unanswered { failure, resend_at: Some(Timestamp(i64::MAX)) };
        assert_eq!(verdict(&lost), Some((Verdict::Down, None)), "a lost answer silences nobody else");
    }
}
