//! The logs of refreshes and revocations. They are told beside the work, which neither waits for them nor fails with them.

use latchkey_chassis::trace::current_traceparent;
use latchkey_domain::auth_log::{AuthLog, Operation, Outcome};
use latchkey_domain::revocation::Outcome as Revoked;
use latchkey_domain::{
    AuthLogId, ConnectionId, Digest, Environment, Failure, Generation, IntegrationKey, Timestamp,
};
use latchkey_wire::contract::{DueRefresh, DueRevocation, RefreshOutcome};

/// What an attempt is about.
pub(crate) struct About {
    operation: Operation,
    environment: Environment,
    integration: IntegrationKey,
    provider: String,
    connection: ConnectionId,
    generation: Generation,
    fence: u64,
    started_at: Timestamp,
    trace: Option<String>,
}

impl About {
    pub(crate) fn refresh(due: &DueRefresh, started_at: Timestamp) -> Self {
        Self {
            operation: Operation::Refresh,
            environment: due.environment.clone(),
            integration: due.integration.clone(),
            provider: due.provider.clone(),
            connection: due.connection,
            generation: due.generation,
            fence: due.fence,
            started_at,
            trace: trace_id(),
        }
    }

    pub(crate) fn revocation(due: &DueRevocation, started_at: Timestamp) -> Self {
        Self {
            operation: Operation::Revoke,
            environment: due.environment.clone(),
            integration: due.integration.clone(),
            provider: due.provider.clone(),
            connection: due.connection,
            generation: due.generation,
            fence: due.fence,
            started_at,
            trace: trace_id(),
        }
    }

    /// The log of the attempt, now that it is over. The requests it made are its caller's to add.
    pub(crate) fn ended(
        &self,
        (outcome, failure): (Outcome, Option<Failure>),
        ended_at: Timestamp,
    ) -> AuthLog {
        AuthLog {
            id: self.id(),
            environment: self.environment.clone(),
            integration: self.integration.clone(),
            provider: self.provider.clone(),
            connection: Some(self.connection),
            session: None,
            operation: self.operation,
            outcome,
            started_at: self.started_at,
            ended_at,
            steps: vec![],
            failure,
            generation: self.generation,
            trace: self.trace.clone(),
        }
    }

    /// One claim is one attempt, so the claim names it.
    fn id(&self) -> AuthLogId {
        const RANDOM_BYTES: usize = 10;
        let claim = format!("{} {} {}", self.connection, self.generation, self.fence);
        let digest = Digest::of(claim.as_bytes());
        let random =
            digest.as_bytes().iter().take(RANDOM_BYTES).fold(0, |bits, byte| bits << 8 | u128::from(*byte));
        AuthLogId::from_parts(self.started_at.0.unsigned_abs(), random)
    }
}

/// What a refresh came to, in the words of a log.
pub(crate) fn refreshed(outcome: &RefreshOutcome) -> (Outcome, Option<Failure>) {
    match outcome {
        RefreshOutcome::Refreshed(_) => (Outcome::Success, None),
        RefreshOutcome::Failed { failure, .. }
        | RefreshOutcome::Unanswered { failure, .. }
        | RefreshOutcome::Refused(failure) => (Outcome::Failure, Some(failure.clone())),
    }
}

/// What a revocation came to, in the words of a log.
pub(crate) fn revoked(outcome: &Revoked) -> (Outcome, Option<Failure>) {
    match outcome {
        Revoked::Revoked => (Outcome::Success, None),
        Revoked::Unsupported => (Outcome::Unsupported, None),
        Revoked::Refused(failure) | Revoked::Failed { failure, .. } => {
            (Outcome::Failure, Some(failure.clone()))
        }
    }
}

fn trace_id() -> Option<String> {
    current_traceparent()?.split('-').nth(1).map(ToOwned::to_owned)
}
