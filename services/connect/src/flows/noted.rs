//! The log of one attempt, as it comes to be. It is told beside the attempt, which neither waits for it nor fails with it.

use super::Flows;
use super::conclude::Came;
use crate::failures::Problem;
use latchkey_chassis::Clock;
use latchkey_chassis::trace::current_traceparent;
use latchkey_domain::auth_log::{AuthLog, Operation, Outcome, Step};
use latchkey_domain::{
    AuthLogId, AuthorizationId, ConnectionId, Environment, Generation, IntegrationKey, SessionId, Timestamp,
};
use latchkey_oauth::Seen;
use latchkey_wire::Logbook;
use latchkey_wire::contract::{ClaimedAuthorization, IntegrationView, SessionView};
use std::sync::Arc;

/// What an attempt is about.
pub(super) struct About {
    pub environment: Environment,
    pub integration: IntegrationKey,
    pub provider: String,
    /// Absent where a backend brings the credential.
    pub session: Option<SessionId>,
    /// The connection that is to be mended, where one is.
    pub connection: Option<ConnectionId>,
}

impl About {
    pub(super) fn session(session: &SessionView, integration: &IntegrationView) -> Self {
        Self {
            environment: session.environment.clone(),
            integration: integration.key.clone(),
            provider: integration.settings.provider.clone(),
            session: Some(session.id),
            connection: session.reconnect,
        }
    }

    pub(super) fn of(claimed: &ClaimedAuthorization) -> Self {
        Self {
            environment: claimed.environment.clone(),
            integration: claimed.integration.clone(),
            provider: claimed.provider.clone(),
            session: Some(claimed.session),
            // Known since the attempt began, where it is: a log keeps what it knows.
            connection: None,
        }
    }
}

/// The notes of one attempt.
pub(super) struct Noted {
    logbook: Logbook,
    seen: Seen,
    log: AuthLog,
    clock: Arc<dyn Clock>,
}

impl Flows {
    /// The same flows, whose conversations with the provider are noted, and the notes.
    pub(super) fn noting(&self, about: About, authorization: AuthorizationId) -> (Self, Noted) {
        let clock = self.clock.clone();
        let (oauth, seen) = self.oauth.observed({
            let clock = clock.clone();
            Arc::new(move || Timestamp(clock.now()))
        });
        let now = Timestamp(clock.now());
        let log = AuthLog {
            // An attempt's log is found by the attempt's id: whoever takes the provider's answer adds to it.
            id: AuthLogId::from_bytes(authorization.to_bytes()),
            environment: about.environment,
            integration: about.integration,
            provider: about.provider,
            connection: about.connection,
            session: about.session,
            operation: Operation::Connect,
            outcome: Outcome::Pending,
            started_at: now,
            ended_at: now,
            steps: vec![],
            failure: None,
            generation: Generation(0),
            trace: trace_id(),
        };
        (Self { oauth, ..self.clone() }, Noted { logbook: self.logbook.clone(), seen, log, clock })
    }
}

impl Noted {
    /// The same notes, as those of another attempt.
    pub(super) fn of(mut self, authorization: AuthorizationId) -> Self {
        self.log.id = AuthLogId::from_bytes(authorization.to_bytes());
        self
    }

    pub(super) fn integration(&self) -> &IntegrationKey {
        &self.log.integration
    }

    fn now(&self) -> Timestamp {
        Timestamp(self.clock.now())
    }

    /// When something begins that is no request: for [`Self::step`].
    pub(super) fn begin(&self) -> Timestamp {
        self.now()
    }

    /// Something that was waited for, and nobody asked over HTTP.
    pub(super) fn step<T>(&self, name: &str, at: Timestamp, outcome: &Result<T, Problem>) {
        let fault = outcome.as_ref().err().map(|problem| match (problem.failure(), problem) {
            (Some(failure), _) => failure.reason.as_str().to_owned(),
            (None, Problem::Vault(fault)) => fault.reason.word().to_owned(),
            (None, _) => "REFUSED".to_owned(),
        });
        let took_ms = u64::try_from(at.until(self.now()).as_millis()).unwrap_or(u64::MAX);
        let succeeded = outcome.is_ok();
        let name = name.to_owned();
        self.seen.note(Step { name, at, took_ms, succeeded, host: None, http_status: None, fault });
    }

    /// Where the notes stand: for [`Self::verified`].
    pub(super) fn mark(&self) -> usize {
        self.seen.steps().len()
    }

    /// The end user was sent to the provider, or could not be.
    pub(super) fn sent_away<T>(self, away: &Result<T, Problem>) {
        let outcome = if away.is_ok() { Outcome::Pending } else { Outcome::Failure };
        self.write(outcome, None, away.as_ref().err());
    }

    /// The attempt is over.
    pub(super) fn ended(self, connected: Result<ConnectionId, &Problem>) {
        match connected {
            Ok(connection) => self.write(Outcome::Success, Some(connection), None),
            Err(problem) => self.write(Outcome::Failure, None, Some(problem)),
        }
    }

    /// The attempt is over, or waits for the end user to choose.
    pub(super) fn came(self, came: Result<Came, &Problem>) {
        match came {
            Ok(Came::Connected(connection)) => self.ended(Ok(connection)),
            Ok(Came::Undecided) => self.write(Outcome::Pending, None, None),
            Err(problem) => self.ended(Err(problem)),
        }
    }

    /// The same notes, as those of an attempt made from this generation.
    pub(super) fn of_generation(mut self, generation: Generation) -> Self {
        self.log.generation = generation;
        self
    }

    /// A credential was tried out, by the requests since the mark: a log of its own, where there were any.
    pub(super) fn verified<T>(&self, mark: usize, verified: &Result<T, Problem>) -> Option<AuthLogId> {
        let steps = self.seen.steps().split_off(mark);
        let first = steps.first()?;
        let now = self.now();
        let id = AuthLogId::from_parts(now.0.unsigned_abs(), rand::random());
        let outcome = if verified.is_ok() { Outcome::Success } else { Outcome::Failure };
        self.logbook.write(AuthLog {
            id,
            operation: Operation::Verify,
            outcome,
            started_at: first.at,
            ended_at: now,
            failure: verified.as_ref().err().and_then(Problem::failure),
            steps,
            ..self.log.clone()
        });
        Some(id)
    }

    fn write(self, outcome: Outcome, connection: Option<ConnectionId>, problem: Option<&Problem>) {
        let ended_at = self.now();
        self.logbook.write(AuthLog {
            outcome,
            connection: connection.or(self.log.connection),
            ended_at,
            steps: self.seen.steps(),
            failure: problem.and_then(Problem::failure),
            ..self.log
        });
    }
}

fn trace_id() -> Option<String> {
    current_traceparent()?.split('-').nth(1).map(ToOwned::to_owned)
}
