use super::{
    duration_from_pb, duration_to_pb, exposed, parse, parse_word, required, secret, secrets,
    time::{instant, timestamp_to_pb},
    within_list,
};
use crate::{
    Fault,
    contract::{ClaimWebhooks, CompleteWebhook, DueWebhook},
    pb::vault as pb,
};
use latchkey_domain::{Environment, WebhookEndpointId, webhook_delivery::AttemptFailure};

impl From<ClaimWebhooks> for pb::ClaimWebhooksRequest {
    fn from(ask: ClaimWebhooks) -> Self {
        let busy = |(environment, endpoint): (Environment, WebhookEndpointId)| pb::BusyEndpoint {
            environment: environment.to_string(),
            endpoint: endpoint.to_string(),
        };
        Self {
            max: ask.max,
            hold: Some(duration_to_pb(ask.hold)),
            except: ask.except.into_iter().map(busy).collect(),
        }
    }
}

impl TryFrom<pb::ClaimWebhooksRequest> for ClaimWebhooks {
    type Error = Fault;

    fn try_from(request: pb::ClaimWebhooksRequest) -> Result<Self, Fault> {
        Ok(Self {
            max: request.max,
            hold: required("hold", duration_from_pb("hold", request.hold)?)?,
            except: within_list("except", request.except)?,
        })
    }
}

impl TryFrom<pb::BusyEndpoint> for (Environment, WebhookEndpointId) {
    type Error = Fault;

    fn try_from(busy: pb::BusyEndpoint) -> Result<Self, Fault> {
        Ok((parse("environment", &busy.environment)?, parse("endpoint", &busy.endpoint)?))
    }
}

impl From<DueWebhook> for pb::DueWebhook {
    fn from(due: DueWebhook) -> Self {
        Self {
            environment: due.environment.to_string(),
            endpoint: due.endpoint.to_string(),
            event: due.event.to_string(),
            fence: due.fence,
            attempt: due.attempt,
            url: due.url.expose().to_owned(),
            headers: exposed(&due.headers),
            body: due.body,
        }
    }
}

impl TryFrom<pb::DueWebhook> for DueWebhook {
    type Error = Fault;

    fn try_from(due: pb::DueWebhook) -> Result<Self, Fault> {
        Ok(Self {
            environment: parse("environment", &due.environment)?,
            endpoint: parse("endpoint", &due.endpoint)?,
            event: parse("event", &due.event)?,
            fence: due.fence,
            attempt: due.attempt,
            url: secret(due.url),
            headers: secrets(due.headers),
            body: due.body,
        })
    }
}

impl TryFrom<pb::ClaimWebhooksResponse> for Vec<DueWebhook> {
    type Error = Fault;

    fn try_from(response: pb::ClaimWebhooksResponse) -> Result<Self, Fault> {
        within_list("due", response.due)
    }
}

impl From<CompleteWebhook> for pb::CompleteWebhookRequest {
    fn from(complete: CompleteWebhook) -> Self {
        Self {
            endpoint: complete.endpoint.to_string(),
            event: complete.event.to_string(),
            fence: complete.fence,
            attempt: complete.attempt,
            time: Some(timestamp_to_pb(complete.at)),
            took: Some(duration_to_pb(complete.took)),
            status: complete.status.map_or(0, u32::from),
            failure: complete.failure.map(AttemptFailure::as_str).unwrap_or_default().to_owned(),
            retry_after: complete.retry_after.map(duration_to_pb),
        }
    }
}

impl TryFrom<pb::CompleteWebhookRequest> for CompleteWebhook {
    type Error = Fault;

    fn try_from(request: pb::CompleteWebhookRequest) -> Result<Self, Fault> {
        let status = u16::try_from(request.status)
            .map_err(|_| Fault::field_invalid("status", "`status` is no HTTP status."))?;
        let failure = match request.failure.as_str() {
            "" => None,
            word => Some(parse_word("failure", word, AttemptFailure::from_word)?),
        };
        Ok(Self {
            endpoint: parse("endpoint", &request.endpoint)?,
            event: parse("event", &request.event)?,
            fence: request.fence,
            attempt: request.attempt,
            at: instant("time", request.time)?,
            took: required("took", duration_from_pb("took", request.took)?)?,
            status: (status != 0).then_some(status),
            failure,
            retry_after: duration_from_pb("retry_after", request.retry_after)?,
        })
    }
}
