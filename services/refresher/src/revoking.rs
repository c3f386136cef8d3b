//! Ends the grants of deleted connections at their providers.
//!
//! Asking twice does no harm (RFC 7009 §2.2), so nothing of this is journaled: what was not told is asked again.

use crate::attempt::Attempts;
use crate::noted::{About, revoked};
use latchkey_domain::Phase;
use latchkey_domain::auth_log::AuthLog;
use latchkey_domain::revocation::{Extent, Outcome};
use latchkey_oauth::{App, Client, FaultKind, Revocation, failure};
use latchkey_secret::Handout;
use latchkey_wire::contract::{self, DueRevocation, ReportRevocation};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tracing::{Instrument as _, info, info_span, warn};

/// How often it is looked for deleted connections.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How many providers are asked at once: this is nobody's hurry, and refreshes go first.
const AT_ONCE: usize = 8;

#[derive(Clone)]
pub struct Revoking {
    pub attempts: Attempts,
}

impl Revoking {
    /// Asks providers until the future is dropped.
    ///
    /// # Cancel safety
    /// What was claimed and not told is claimed again when its claim lapses.
    pub async fn run(self) {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        // Dropped with this future, and what is under way with it.
        let mut under_way = JoinSet::new();
        loop {
            sleep(LOOK_EVERY).await;
            while under_way.try_join_next().is_some() {}
            for due in self.claim(places.available_permits()).await {
                let Ok(place) = places.clone().acquire_owned().await else { return };
                let revoking = self.clone();
                under_way.spawn(async move {
                    revoking.make(due).await;
                    drop(place);
                });
            }
        }
    }

    async fn claim(&self, places: usize) -> Vec<DueRevocation> {
        let max = u32::try_from(places).unwrap_or(u32::MAX);
        if max == 0 {
            return vec![];
        }
        self.attempts.vault.claim_revocations(max).await.unwrap_or_else(|fault| {
            warn!(reason = fault.reason.word(), "It could not be learnt whose grants are to be ended");
            vec![]
        })
    }

    async fn make(&self, due: DueRevocation) {
        let span = info_span!("revoke", connection.id = %due.connection, provider = %due.provider);
        async {
            let (connection, generation, fence) = (due.connection, due.generation, due.fence);
            let now = self.attempts.now();
            let about = About::revocation(&due, now());
            let (oauth, seen) = self.attempts.oauth.observed(now.clone());
            let outcome = self.ask(due, &oauth).await;
            let log = AuthLog { steps: seen.steps(), ..about.ended(revoked(&outcome), now()) };
            self.attempts.logbook.write(log);
            count(&outcome);
            let report = ReportRevocation { connection, generation, fence, outcome };
            if let Err(fault) = self.attempts.vault.report_revocation(report).await {
                warn!(
                    reason = fault.reason.word(),
                    "The vault has not heard of a revocation; it will be made again"
                );
            }
        }
        .instrument(span)
        .await;
    }

    async fn ask(&self, due: DueRevocation, oauth: &Client) -> Outcome {
        let Ok(provider) = self.attempts.catalogue.get(&due.provider) else {
            warn!("The provider is in no catalogue, so it cannot be asked");
            return Outcome::Unsupported;
        };
        let contract::App { client_id, client_secret, scopes, fields } = due.app;
        let app = App { client_id, client_secret, scopes, fields };
        let handout = Handout { access_token: due.access_token, fields: due.fields, ..Handout::default() };
        let extent = match due.extent {
            Extent::Grant => latchkey_providers::Extent::Grant,
            Extent::Account => latchkey_providers::Extent::Account,
        };
        match oauth.revoke(&provider, &app, due.renewal.as_ref(), Some(&handout), extent).await {
            Ok(Revocation::Done) => {
                info!("The provider has ended the grant");
                Outcome::Revoked
            }
            Ok(Revocation::NotSupported) => Outcome::Unsupported,
            Err(fault) if fault.is_transient() || fault.kind == FaultKind::ResponseInvalid => {
                warn!(
                    kind = fault.kind.as_str(),
                    http.status = fault.http_status,
                    "The provider has not ended the grant yet"
                );
                Outcome::Failed { failure: failure(&fault, Phase::Revoke), retry_after: fault.retry_after }
            }
            Err(fault) => {
                warn!(
                    kind = fault.kind.as_str(),
                    http.status = fault.http_status,
                    "The provider does not end the grant"
                );
                Outcome::Refused(failure(&fault, Phase::Revoke))
            }
        }
    }
}

fn count(outcome: &Outcome) {
    let (word, reason) = match outcome {
        Outcome::Revoked => ("revoked", ""),
        Outcome::Unsupported => ("unsupported", ""),
        Outcome::Refused(failure) => ("refused", failure.reason.as_str()),
        Outcome::Failed { failure, .. } => ("transient", failure.reason.as_str()),
    };
    metrics::counter!("latchkey_revocation_attempts_total", "outcome" => word, "reason" => reason)
        .increment(1);
}
