//! One refresh, from the claim to the vault knowing what came of it.
//!
//! Once the provider has been asked, the old refresh token may be dead and the new one is in this process alone. So what
//! came back is told to the vault until it has heard, whatever else happens, for as long as the process lives.

use crate::documented::behaviour;
use crate::leave::Leave;
use latchkey_domain::Phase;
use latchkey_domain::rotation::Course;
use latchkey_oauth::{App, Client, FaultKind, failure};
use latchkey_providers::Catalogue;
use latchkey_wire::contract::{CompleteRefresh, DueRefresh, Obtained, RefreshOutcome};
use latchkey_wire::{Fault, Kind, Report, VaultClient, contract};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use tracing::{Instrument, error, info, info_span, warn};

const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(2);

/// What an attempt needs. Cheap to clone.
#[derive(Clone)]
pub struct Attempts {
    pub vault: VaultClient,
    pub catalogue: Catalogue,
    pub oauth: Client,
}

impl Attempts {
    /// Makes the refresh and tells the vault.
    ///
    /// # Cancel safety
    /// Not cancel-safe: it must run on the tracker, and shutdown waits for it.
    pub async fn make(self, due: DueRefresh, mut leave: Leave) {
        let span = info_span!(
            "refresh",
            connection.id = %due.connection,
            integration = %due.integration,
            provider = %due.provider,
            generation = due.generation.0,
            fence = due.fence,
        );
        async {
            let begun = Instant::now();
            let (connection, generation, fence) = (due.connection, due.generation, due.fence);
            let integration = due.integration.to_string();
            // The journal's place: the provider's raw answer will be written here, sealed, before anything looks at it, so
            // that not even the end of this process loses it.
            let documented = self.catalogue.get(&due.provider).map(|provider| behaviour(&provider));
            let course = Course { documented: documented.unwrap_or_default(), unanswered_seconds: None };
            let outcome = self.ask(due).await;
            leave.heard(&outcome);
            let (words, took) = (words(&outcome), begun.elapsed());
            let complete =
                CompleteRefresh { connection, generation, fence, outcome, course, received_at: None };
            let heard = until_heard(self.vault.report(complete)).await;
            count(if heard == Heard::TooLate { ("superseded", "") } else { words }, integration, took);
        }
        .instrument(span)
        .await;
    }

    async fn ask(&self, due: DueRefresh) -> RefreshOutcome {
        let Ok(provider) = self.catalogue.get(&due.provider) else {
            error!("The provider is in no catalogue; add its file, or delete its connections");
            let failure =
                latchkey_domain::Failure::new(latchkey_domain::Reason::IntegrationIncomplete, Phase::Refresh);
            return RefreshOutcome::Failed { failure, retry_after: None };
        };
        let contract::App { client_id, client_secret, scopes, fields } = due.app;
        let app = App { client_id, client_secret, scopes, fields };
        match self.oauth.refresh(&provider, &app, &due.renewal).await {
            Ok(grant) => {
                info!("Refreshed");
                let auth_mode = provider.auth_mode().as_str().to_owned();
                RefreshOutcome::Refreshed(Obtained { auth_mode, grant })
            }
            Err(fault) if fault.kind == FaultKind::GrantRefused => {
                warn!(connection.id = %due.connection, http.status = fault.http_status, "The provider refuses the grant");
                RefreshOutcome::Refused(failure(&fault, Phase::Refresh))
            }
            Err(fault) => {
                let (kind, status) = (fault.kind.as_str(), fault.http_status);
                warn!(connection.id = %due.connection, kind, http.status = status, "A refresh did not work");
                RefreshOutcome::Failed {
                    failure: failure(&fault, Phase::Refresh),
                    retry_after: fault.retry_after,
                }
            }
        }
    }
}

/// What the vault made of a report.
#[derive(PartialEq, Eq)]
enum Heard {
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
fn settles(fault: &Fault) -> bool {
    matches!(fault.kind, Kind::Refused | Kind::NotFound)
        && fault.reason != latchkey_wire::Reason::CredentialUnreadable
}

/// The outcome and the reason, as they are counted.
fn words(outcome: &RefreshOutcome) -> (&'static str, &'static str) {
    match outcome {
        RefreshOutcome::Refreshed(_) => ("success", ""),
        RefreshOutcome::Failed { failure, .. } => ("transient", failure.reason.as_str()),
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
