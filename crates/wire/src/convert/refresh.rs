use super::{
    parse, required, required_text,
    time::{duration_from_pb, duration_to_pb, instant, timestamp_from_pb, timestamp_to_pb},
    within, within_list,
};
use crate::{
    Fault,
    contract::{
        ClaimDue, CompleteRefresh, DueRefresh, JournalKeys, Lane, ProviderState, RefreshOutcome,
        ReportProvider, ResumeRefresh,
    },
    pb::vault::{self as pb, complete_refresh_request::Outcome},
};
use latchkey_domain::rotation::{Behaviour, Course, RotationClass};
use latchkey_domain::{ConnectionId, Generation, Timestamp};
use latchkey_secret::JournalKey;
use std::time::Duration;

impl From<ClaimDue> for pb::ClaimDueRequest {
    fn from(ask: ClaimDue) -> Self {
        Self {
            max: ask.max,
            wanted_only: ask.wanted_only,
            except: ask.except.into_iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<pb::ClaimDueRequest> for ClaimDue {
    type Error = Fault;

    fn try_from(ask: pb::ClaimDueRequest) -> Result<Self, Fault> {
        Ok(Self { max: ask.max, wanted_only: ask.wanted_only, except: within_list("except", ask.except)? })
    }
}

impl From<Lane> for pb::Lane {
    fn from(lane: Lane) -> Self {
        Self { environment: lane.environment.to_string(), integration: lane.integration.to_string() }
    }
}

impl TryFrom<pb::Lane> for Lane {
    type Error = Fault;

    fn try_from(lane: pb::Lane) -> Result<Self, Fault> {
        Ok(Self {
            environment: parse("environment", &lane.environment)?,
            integration: parse("integration", &lane.integration)?,
        })
    }
}

impl From<ReportProvider> for pb::ReportProviderRequest {
    fn from(report: ReportProvider) -> Self {
        let state = match report.state {
            ProviderState::Answering => pb::ProviderState::Answering,
            ProviderState::Probed => pb::ProviderState::Probed,
            ProviderState::Failing => pb::ProviderState::Failing,
        };
        Self { lane: Some(report.lane.into()), provider: report.provider, state: state.into() }
    }
}

impl TryFrom<pb::ReportProviderRequest> for ReportProvider {
    type Error = Fault;

    fn try_from(request: pb::ReportProviderRequest) -> Result<Self, Fault> {
        let state = match request.state() {
            pb::ProviderState::Answering => ProviderState::Answering,
            pb::ProviderState::Probed => ProviderState::Probed,
            pb::ProviderState::Failing => ProviderState::Failing,
            pb::ProviderState::Unspecified => {
                return Err(Fault::field_invalid("state", "There is no such state."));
            }
        };
        Ok(Self {
            lane: within("lane", required("lane", request.lane)?)?,
            provider: required_text("provider", request.provider)?,
            state,
        })
    }
}

impl From<DueRefresh> for pb::DueRefresh {
    fn from(due: DueRefresh) -> Self {
        Self {
            connection: due.connection.to_string(),
            environment: due.environment.to_string(),
            integration: due.integration.to_string(),
            provider: due.provider,
            generation: due.generation.0,
            fence: due.fence,
            due_time: Some(timestamp_to_pb(due.due_at)),
            app: Some(due.app.into()),
            renewal: Some(due.renewal.into()),
            wanted: due.wanted,
            expire_time: due.expires_at.map(timestamp_to_pb),
            journal_key: Some(due.journal.into()),
            lapse_time: due.lapsed_at.map(timestamp_to_pb),
            obtain_time: Some(timestamp_to_pb(due.obtained_at)),
            learnt: behaviour_to_pb(Behaviour { rotation: due.learnt, ..Behaviour::default() }),
        }
    }
}

impl TryFrom<pb::DueRefresh> for DueRefresh {
    type Error = Fault;

    fn try_from(due: pb::DueRefresh) -> Result<Self, Fault> {
        Ok(Self {
            connection: parse("connection", &due.connection)?,
            environment: parse("environment", &due.environment)?,
            integration: parse("integration", &due.integration)?,
            provider: required_text("provider", due.provider)?,
            generation: Generation(due.generation),
            fence: due.fence,
            due_at: instant("due_time", due.due_time)?,
            expires_at: due.expire_time.map(|at| instant("expire_time", Some(at))).transpose()?,
            wanted: due.wanted,
            lapsed_at: timestamp_from_pb("lapse_time", due.lapse_time)?,
            // Absent is long ago: nobody's journal reaches back that far.
            obtained_at: timestamp_from_pb("obtain_time", due.obtain_time)?.unwrap_or(Timestamp(0)),
            learnt: behaviour_from_pb(due.learnt)?.rotation,
            app: required("app", due.app)?.into(),
            renewal: required("renewal", due.renewal)?.into(),
            journal: within("journal_key", required("journal_key", due.journal_key)?)?,
        })
    }
}

impl From<JournalKeys> for pb::JournalKey {
    fn from(keys: JournalKeys) -> Self {
        Self { secret: keys.clear.expose().to_vec(), sealed: keys.sealed }
    }
}

impl TryFrom<pb::JournalKey> for JournalKeys {
    type Error = Fault;

    fn try_from(keys: pb::JournalKey) -> Result<Self, Fault> {
        let malformed = |_| Fault::field_invalid("secret", "`secret` is a key of 32 bytes.".to_owned());
        let clear = keys.secret.try_into().map_err(malformed)?;
        Ok(Self { clear: JournalKey::new(clear), sealed: keys.sealed })
    }
}

impl From<ResumeRefresh> for pb::ResumeRefreshRequest {
    fn from(resume: ResumeRefresh) -> Self {
        Self {
            connection: resume.connection.to_string(),
            generation: resume.generation.0,
            fence: resume.fence,
            sealed_key: resume.sealed_key,
        }
    }
}

impl TryFrom<pb::ResumeRefreshRequest> for ResumeRefresh {
    type Error = Fault;

    fn try_from(request: pb::ResumeRefreshRequest) -> Result<Self, Fault> {
        Ok(Self {
            connection: parse("connection", &request.connection)?,
            generation: Generation(request.generation),
            fence: request.fence,
            sealed_key: request.sealed_key,
        })
    }
}

impl From<DueRefresh> for pb::ResumeRefreshResponse {
    fn from(due: DueRefresh) -> Self {
        Self { due: Some(due.into()) }
    }
}

impl TryFrom<pb::ResumeRefreshResponse> for DueRefresh {
    type Error = Fault;

    fn try_from(response: pb::ResumeRefreshResponse) -> Result<Self, Fault> {
        within("due", required("due", response.due)?)
    }
}

impl From<Vec<DueRefresh>> for pb::ClaimDueResponse {
    fn from(due: Vec<DueRefresh>) -> Self {
        Self { due: due.into_iter().map(Into::into).collect() }
    }
}

impl TryFrom<pb::ClaimDueResponse> for Vec<DueRefresh> {
    type Error = Fault;

    fn try_from(response: pb::ClaimDueResponse) -> Result<Self, Fault> {
        within_list("due", response.due)
    }
}

impl From<CompleteRefresh> for pb::CompleteRefreshRequest {
    fn from(complete: CompleteRefresh) -> Self {
        Self {
            connection: complete.connection.to_string(),
            generation: complete.generation.0,
            fence: complete.fence,
            outcome: Some(complete.outcome.into()),
            documented: behaviour_to_pb(complete.course.documented),
            unanswered: complete
                .course
                .unanswered_seconds
                .map(|seconds| duration_to_pb(Duration::from_secs(seconds))),
            receive_time: complete.received_at.map(timestamp_to_pb),
        }
    }
}

impl TryFrom<pb::CompleteRefreshRequest> for CompleteRefresh {
    type Error = Fault;

    fn try_from(request: pb::CompleteRefreshRequest) -> Result<Self, Fault> {
        Ok(Self {
            connection: parse("connection", &request.connection)?,
            generation: Generation(request.generation),
            fence: request.fence,
            outcome: required("outcome", request.outcome)?.try_into()?,
            course: Course {
                documented: behaviour_from_pb(request.documented)?,
                unanswered_seconds: duration_from_pb("unanswered", request.unanswered)?
                    .map(|unanswered| unanswered.as_secs()),
            },
            received_at: timestamp_from_pb("receive_time", request.receive_time)?,
        })
    }
}

/// Absent is unknown.
pub(super) fn behaviour_to_pb(behaviour: Behaviour) -> Option<pb::RefreshTokenBehaviour> {
    (!behaviour.is_unknown()).then(|| behaviour.into())
}

pub(super) fn behaviour_from_pb(behaviour: Option<pb::RefreshTokenBehaviour>) -> Result<Behaviour, Fault> {
    behaviour.map_or_else(|| Ok(Behaviour::default()), Behaviour::try_from)
}

impl From<Behaviour> for pb::RefreshTokenBehaviour {
    fn from(behaviour: Behaviour) -> Self {
        let grace = if let RotationClass::Grace { seconds } = behaviour.rotation { seconds } else { 0 };
        Self {
            rotation: behaviour.rotation.word().to_owned(),
            grace_seconds: grace,
            idle_seconds: behaviour.idle_seconds.unwrap_or_default(),
            absolute_seconds: behaviour.absolute_seconds.unwrap_or_default(),
        }
    }
}

impl TryFrom<pb::RefreshTokenBehaviour> for Behaviour {
    type Error = Fault;

    fn try_from(behaviour: pb::RefreshTokenBehaviour) -> Result<Self, Fault> {
        let stated = |seconds| (seconds != 0).then_some(seconds);
        let invalid =
            || Fault::field_invalid("rotation", "`rotation` is none, strict, or grace with its seconds.");
        let rotation = RotationClass::from_word(&behaviour.rotation, stated(behaviour.grace_seconds));
        Ok(Self {
            rotation: rotation.ok_or_else(invalid)?,
            idle_seconds: stated(behaviour.idle_seconds),
            absolute_seconds: stated(behaviour.absolute_seconds),
        })
    }
}

impl From<RefreshOutcome> for Outcome {
    fn from(outcome: RefreshOutcome) -> Self {
        match outcome {
            RefreshOutcome::Refreshed(obtained) => Self::Refreshed(obtained.into()),
            RefreshOutcome::Failed { failure, retry_after } => Self::Failed(pb::FailedRefresh {
                failure: Some(failure.into()),
                retry_after: retry_after.map(duration_to_pb),
            }),
            RefreshOutcome::Unanswered { failure, resend_at } => {
                Self::UnansweredRefresh(pb::UnansweredRefresh {
                    failure: Some(failure.into()),
                    resend_at: resend_at.map(timestamp_to_pb),
                })
            }
            RefreshOutcome::Refused(failure) => Self::Refused(failure.into()),
        }
    }
}

impl TryFrom<Outcome> for RefreshOutcome {
    type Error = Fault;

    fn try_from(outcome: Outcome) -> Result<Self, Fault> {
        match outcome {
            Outcome::Refreshed(grant) => within("refreshed", grant).map(Self::Refreshed),
            Outcome::Failed(failed) => Ok(Self::Failed {
                failure: within("failed.failure", required("failed.failure", failed.failure)?)?,
                retry_after: duration_from_pb("failed.retry_after", failed.retry_after)?,
            }),
            Outcome::UnansweredRefresh(lost) => Ok(Self::Unanswered {
                failure: within(
                    "unanswered_refresh.failure",
                    required("unanswered_refresh.failure", lost.failure)?,
                )?,
                resend_at: timestamp_from_pb("unanswered_refresh.resend_at", lost.resend_at)?,
            }),
            Outcome::Refused(failure) => within("refused", failure).map(Self::Refused),
        }
    }
}

/// The connection, the claim's fence, and how long it is to be held.
impl TryFrom<pb::RenewRefreshRequest> for (ConnectionId, u64, Duration) {
    type Error = Fault;

    fn try_from(request: pb::RenewRefreshRequest) -> Result<Self, Fault> {
        let hold = required("hold", duration_from_pb("hold", request.hold)?)?;
        Ok((parse("connection", &request.connection)?, request.fence, hold))
    }
}

/// The connection and the claim's fence.
impl TryFrom<pb::ReleaseRefreshRequest> for (ConnectionId, u64) {
    type Error = Fault;

    fn try_from(request: pb::ReleaseRefreshRequest) -> Result<Self, Fault> {
        Ok((parse("connection", &request.connection)?, request.fence))
    }
}
