use super::{
    exposed, none_if_empty, parse, required, required_text, secrets,
    time::{duration_from_pb, duration_to_pb},
    within, within_list,
};
use crate::{
    Fault,
    contract::{DueRevocation, ReportRevocation},
    pb::vault::{self as pb, report_revocation_request::Outcome as Reported},
};
use latchkey_domain::Generation;
use latchkey_domain::revocation::{Extent, Outcome};
use latchkey_secret::AccessToken;

impl From<DueRevocation> for pb::DueRevocation {
    fn from(due: DueRevocation) -> Self {
        Self {
            connection: due.connection.to_string(),
            environment: due.environment.to_string(),
            integration: due.integration.to_string(),
            provider: due.provider,
            generation: due.generation.0,
            fence: due.fence,
            app: Some(due.app.into()),
            access_token: due.access_token.map_or_else(String::new, |token| token.expose().to_owned()),
            fields: exposed(&due.fields),
            renewal: due.renewal.map(Into::into),
            ends_account: due.extent == Extent::Account,
        }
    }
}

impl TryFrom<pb::DueRevocation> for DueRevocation {
    type Error = Fault;

    fn try_from(due: pb::DueRevocation) -> Result<Self, Fault> {
        Ok(Self {
            connection: parse("connection", &due.connection)?,
            environment: parse("environment", &due.environment)?,
            integration: parse("integration", &due.integration)?,
            provider: required_text("provider", due.provider)?,
            generation: Generation(due.generation),
            fence: due.fence,
            app: required("app", due.app)?.into(),
            access_token: none_if_empty(due.access_token).map(AccessToken::new),
            fields: secrets(due.fields),
            renewal: due.renewal.map(Into::into),
            extent: if due.ends_account { Extent::Account } else { Extent::Grant },
        })
    }
}

impl From<Vec<DueRevocation>> for pb::ClaimRevocationsResponse {
    fn from(due: Vec<DueRevocation>) -> Self {
        Self { due: due.into_iter().map(Into::into).collect() }
    }
}

impl TryFrom<pb::ClaimRevocationsResponse> for Vec<DueRevocation> {
    type Error = Fault;

    fn try_from(response: pb::ClaimRevocationsResponse) -> Result<Self, Fault> {
        within_list("due", response.due)
    }
}

impl From<ReportRevocation> for pb::ReportRevocationRequest {
    fn from(report: ReportRevocation) -> Self {
        let outcome = match report.outcome {
            Outcome::Revoked => Reported::Revoked(pb::RevokedGrant {}),
            Outcome::Unsupported => Reported::Unsupported(pb::UnsupportedRevocation {}),
            Outcome::Refused(failure) => Reported::Refused(failure.into()),
            Outcome::Failed { failure, retry_after } => Reported::Failed(pb::FailedRevocation {
                failure: Some(failure.into()),
                retry_after: retry_after.map(duration_to_pb),
            }),
        };
        Self {
            connection: report.connection.to_string(),
            generation: report.generation.0,
            fence: report.fence,
            outcome: Some(outcome),
        }
    }
}

impl TryFrom<pb::ReportRevocationRequest> for ReportRevocation {
    type Error = Fault;

    fn try_from(request: pb::ReportRevocationRequest) -> Result<Self, Fault> {
        let outcome = match required("outcome", request.outcome)? {
            Reported::Revoked(_) => Outcome::Revoked,
            Reported::Unsupported(_) => Outcome::Unsupported,
            Reported::Refused(failure) => within("refused", failure).map(Outcome::Refused)?,
            Reported::Failed(failed) => Outcome::Failed {
                failure: within("failed.failure", required("failed.failure", failed.failure)?)?,
                retry_after: duration_from_pb("failed.retry_after", failed.retry_after)?,
            },
        };
        Ok(Self {
            connection: parse("connection", &request.connection)?,
            generation: Generation(request.generation),
            fence: request.fence,
            outcome,
        })
    }
}
