use super::{
    duration_from_pb, duration_to_pb, none_if_empty, parse, parse_optional, parse_word, required_text,
    text_or_empty,
    time::{instant, timestamp_to_pb},
    within, within_list,
};
use crate::{
    Fault,
    pb::{admin, vault as pb},
};
use latchkey_domain::auth_log::{AuthLog, Operation, Outcome, Step};
use latchkey_domain::{Failure, Generation, Owner};

impl From<AuthLog> for pb::AuthLogPart {
    fn from(log: AuthLog) -> Self {
        Self {
            id: log.id.to_string(),
            environment: log.environment.to_string(),
            integration: log.integration.to_string(),
            provider: log.provider,
            connection: text_or_empty(log.connection),
            session: text_or_empty(log.session),
            operation: log.operation.as_str().to_owned(),
            outcome: log.outcome.as_str().to_owned(),
            start_time: Some(timestamp_to_pb(log.started_at)),
            end_time: Some(timestamp_to_pb(log.ended_at)),
            steps: log.steps.into_iter().map(Into::into).collect(),
            failure: log.failure.map(Into::into),
            generation: log.generation.0,
            trace_id: log.trace.unwrap_or_default(),
        }
    }
}

impl TryFrom<pb::AuthLogPart> for AuthLog {
    type Error = Fault;

    fn try_from(part: pb::AuthLogPart) -> Result<Self, Fault> {
        Ok(Self {
            id: parse("id", &part.id)?,
            environment: parse("environment", &part.environment)?,
            integration: parse("integration", &part.integration)?,
            provider: part.provider,
            connection: parse_optional("connection", &part.connection)?,
            session: parse_optional("session", &part.session)?,
            operation: parse_word("operation", &part.operation, Operation::from_word)?,
            outcome: parse_word("outcome", &part.outcome, Outcome::from_word)?,
            started_at: instant("start_time", part.start_time)?,
            ended_at: instant("end_time", part.end_time)?,
            steps: within_list("steps", part.steps)?,
            failure: part.failure.map(|failure| within("failure", failure)).transpose()?,
            generation: Generation(part.generation),
            trace: none_if_empty(part.trace_id),
        })
    }
}

impl TryFrom<pb::RecordAuthLogsRequest> for Vec<AuthLog> {
    type Error = Fault;

    fn try_from(request: pb::RecordAuthLogsRequest) -> Result<Self, Fault> {
        within_list("logs", request.logs)
    }
}

impl From<Step> for pb::AuthLogPartStep {
    fn from(step: Step) -> Self {
        Self {
            start_time: Some(timestamp_to_pb(step.at)),
            duration: Some(duration_to_pb(step.took())),
            succeeded: step.succeeded,
            host: step.host.unwrap_or_default(),
            http_status: step.http_status.map_or(0, u32::from),
            fault: step.fault.unwrap_or_default(),
            name: step.name,
        }
    }
}

impl TryFrom<pb::AuthLogPartStep> for Step {
    type Error = Fault;

    fn try_from(step: pb::AuthLogPartStep) -> Result<Self, Fault> {
        let no_status = |_| Fault::field_invalid("http_status", "`http_status` is not an HTTP status.");
        let took = duration_from_pb("duration", step.duration)?.unwrap_or_default();
        Ok(Self {
            name: required_text("name", step.name)?,
            at: instant("start_time", step.start_time)?,
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            succeeded: step.succeeded,
            host: none_if_empty(step.host),
            http_status: match step.http_status {
                0 => None,
                status => Some(u16::try_from(status).map_err(no_status)?),
            },
            fault: none_if_empty(step.fault),
        })
    }
}

/// A log as backends see it.
impl From<AuthLog> for admin::AuthLog {
    fn from(log: AuthLog) -> Self {
        let whose_turn = log.whose_turn().map_or("NOBODY", Owner::as_str);
        Self {
            id: log.id.to_string(),
            integration: log.integration.to_string(),
            provider: log.provider,
            connection_id: text_or_empty(log.connection),
            session_id: text_or_empty(log.session),
            operation: operation_to_pb(log.operation).into(),
            outcome: outcome_to_pb(log.outcome).into(),
            start_time: Some(timestamp_to_pb(log.started_at)),
            end_time: Some(timestamp_to_pb(log.ended_at)),
            steps: log.steps.into_iter().map(Into::into).collect(),
            failure: log.failure.map(Into::into),
            whose_turn: whose_turn.to_owned(),
            generation: log.generation.0,
            trace_id: log.trace.unwrap_or_default(),
        }
    }
}

impl From<Step> for admin::AuthLogStep {
    fn from(step: Step) -> Self {
        Self {
            start_time: Some(timestamp_to_pb(step.at)),
            duration: Some(duration_to_pb(step.took())),
            succeeded: step.succeeded,
            host: step.host.unwrap_or_default(),
            http_status: step.http_status.map_or(0, u32::from),
            fault: step.fault.unwrap_or_default(),
            name: step.name,
        }
    }
}

impl From<Failure> for admin::AuthLogFailure {
    fn from(failure: Failure) -> Self {
        let said = failure.provider_error.unwrap_or_default();
        Self {
            reason: failure.reason.as_str().to_owned(),
            cause: failure.cause.map_or("", latchkey_domain::Cause::as_str).to_owned(),
            phase: failure.phase.as_str().to_owned(),
            http_status: said.http_status.map_or(0, u32::from),
            code: said.code.unwrap_or_default(),
            description: said.description.unwrap_or_default(),
        }
    }
}

fn operation_to_pb(operation: Operation) -> admin::AuthLogOperation {
    match operation {
        Operation::Connect => admin::AuthLogOperation::Connect,
        Operation::Refresh => admin::AuthLogOperation::Refresh,
        Operation::Verify => admin::AuthLogOperation::Verify,
        Operation::Revoke => admin::AuthLogOperation::Revoke,
    }
}

fn outcome_to_pb(outcome: Outcome) -> admin::AuthLogOutcome {
    match outcome {
        Outcome::Pending => admin::AuthLogOutcome::Pending,
        Outcome::Success => admin::AuthLogOutcome::Success,
        Outcome::Failure => admin::AuthLogOutcome::Failure,
        Outcome::Superseded => admin::AuthLogOutcome::Superseded,
        Outcome::Unsupported => admin::AuthLogOutcome::Unsupported,
    }
}

/// The operation a list is narrowed to; `None` for all.
///
/// # Errors
/// [`Fault::field_invalid`] where the number names none.
pub fn operation_from_pb(operation: i32) -> Result<Option<Operation>, Fault> {
    let known = admin::AuthLogOperation::try_from(operation)
        .map_err(|_| Fault::field_invalid("operation", "There is no such operation."))?;
    Ok(Operation::ALL.iter().copied().find(|one| operation_to_pb(*one) == known))
}

/// The outcome a list is narrowed to; `None` for all.
///
/// # Errors
/// [`Fault::field_invalid`] where the number names none.
pub fn outcome_from_pb(outcome: i32) -> Result<Option<Outcome>, Fault> {
    let known = admin::AuthLogOutcome::try_from(outcome)
        .map_err(|_| Fault::field_invalid("outcome", "There is no such outcome."))?;
    Ok(Outcome::ALL.iter().copied().find(|one| outcome_to_pb(*one) == known))
}
