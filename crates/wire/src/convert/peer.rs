use super::{
    parse, required,
    time::{instant, timestamp_to_pb},
    within, within_list,
};
use crate::{
    Fault,
    contract::{Consulted, KeptAnswer},
    pb::refresher as pb,
};
use latchkey_domain::{ConnectionId, Generation};

impl From<KeptAnswer> for pb::KeptAnswer {
    fn from(kept: KeptAnswer) -> Self {
        Self {
            connection: kept.connection.to_string(),
            generation: kept.generation.0,
            fence: kept.fence,
            sealed_key: kept.sealed_key,
            number: kept.number.into(),
            sealed: kept.sealed,
        }
    }
}

impl TryFrom<pb::KeptAnswer> for KeptAnswer {
    type Error = Fault;

    fn try_from(kept: pb::KeptAnswer) -> Result<Self, Fault> {
        let too_many = |_| Fault::field_invalid("number", "No refresh has so many answers.");
        Ok(Self {
            connection: parse("connection", &kept.connection)?,
            generation: Generation(kept.generation),
            fence: kept.fence,
            sealed_key: kept.sealed_key,
            number: kept.number.try_into().map_err(too_many)?,
            sealed: kept.sealed,
        })
    }
}

/// The answer, and the worker whose it is.
impl TryFrom<pb::HoldAnswerRequest> for (KeptAnswer, String) {
    type Error = Fault;

    fn try_from(request: pb::HoldAnswerRequest) -> Result<Self, Fault> {
        Ok((within("answer", required("answer", request.answer)?)?, request.worker))
    }
}

impl TryFrom<pb::ConsultRequest> for (ConnectionId, Generation) {
    type Error = Fault;

    fn try_from(request: pb::ConsultRequest) -> Result<Self, Fault> {
        Ok((parse("connection", &request.connection)?, Generation(request.generation)))
    }
}

impl From<Consulted> for pb::ConsultResponse {
    fn from(consulted: Consulted) -> Self {
        Self {
            answers: consulted.answers.into_iter().map(Into::into).collect(),
            in_flight: consulted.in_flight,
            since_time: Some(timestamp_to_pb(consulted.since)),
        }
    }
}

impl TryFrom<pb::ConsultResponse> for Consulted {
    type Error = Fault;

    fn try_from(response: pb::ConsultResponse) -> Result<Self, Fault> {
        Ok(Self {
            answers: within_list("answers", response.answers)?,
            in_flight: response.in_flight,
            since: instant("since_time", response.since_time)?,
        })
    }
}
