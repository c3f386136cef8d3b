use super::{none_if_empty, parse_word};
use crate::{Fault, pb};
use latchkey_domain::{Cause, Failure, Phase, ProviderError, Reason};

impl From<Failure> for pb::vault::Failure {
    fn from(failure: Failure) -> Self {
        let provider_error = failure.provider_error.unwrap_or_default();
        Self {
            reason: failure.reason.as_str().to_owned(),
            cause: failure.cause.map_or_else(String::new, |cause| cause.as_str().to_owned()),
            phase: failure.phase.as_str().to_owned(),
            http_status: provider_error.http_status.map_or(0, u32::from),
            code: provider_error.code.unwrap_or_default(),
            description: provider_error.description.unwrap_or_default(),
        }
    }
}

impl TryFrom<pb::vault::Failure> for Failure {
    type Error = Fault;

    fn try_from(failure: pb::vault::Failure) -> Result<Self, Fault> {
        let http_status =
            match failure.http_status {
                0 => None,
                status => Some(u16::try_from(status).map_err(|_| {
                    Fault::field_invalid("http_status", "`http_status` is not an HTTP status.")
                })?),
            };
        let provider_error = ProviderError {
            http_status,
            code: none_if_empty(failure.code),
            description: none_if_empty(failure.description),
        };
        Ok(Self {
            reason: parse_word("reason", &failure.reason, Reason::from_word)?,
            cause: match failure.cause.as_str() {
                "" => None,
                cause => Some(parse_word("cause", cause, Cause::from_word)?),
            },
            phase: parse_word("phase", &failure.phase, Phase::from_word)?,
            provider_error: (provider_error != ProviderError::default()).then_some(provider_error),
        })
    }
}

/// A failure as backends see it. How often and when it happened is the connection's to add.
#[must_use]
pub fn failure_to_pb(failure: &Failure) -> pb::connection::Failure {
    pb::connection::Failure {
        reason: failure.reason.as_str().to_owned(),
        cause: failure.cause.map_or_else(String::new, |cause| cause.as_str().to_owned()),
        owner: failure.owner().as_str().to_owned(),
        phase: failure.phase.as_str().to_owned(),
        retryable: failure.is_retryable(),
        provider_error: failure.provider_error.as_ref().map(|error| pb::connection::ProviderError {
            http_status: error.http_status.map_or(0, u32::from),
            code: error.code.clone().unwrap_or_default(),
            description: error.description.clone().unwrap_or_default(),
        }),
        ..pb::connection::Failure::default()
    }
}
