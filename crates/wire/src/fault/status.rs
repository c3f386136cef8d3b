//! A [`Fault`] as a gRPC status, and back. The details are Google's: `ErrorInfo` carries the reason, `RetryInfo` the
//! wait, `BadRequest` the field.

use super::{Fault, Kind};
use crate::pb::faults::Reason;
use std::collections::{BTreeMap, HashMap};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// Whose reasons these are.
const DOMAIN: &str = "latchkey.dev";

impl From<Kind> for Code {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Invalid => Self::InvalidArgument,
            Kind::Unauthenticated => Self::Unauthenticated,
            Kind::Forbidden => Self::PermissionDenied,
            Kind::NotFound => Self::NotFound,
            Kind::Taken => Self::AlreadyExists,
            Kind::Outdated => Self::Aborted,
            Kind::Refused => Self::FailedPrecondition,
            Kind::Unavailable => Self::Unavailable,
            Kind::Exhausted => Self::ResourceExhausted,
            Kind::Internal => Self::Internal,
        }
    }
}

impl From<Code> for Kind {
    fn from(code: Code) -> Self {
        match code {
            Code::InvalidArgument | Code::OutOfRange => Self::Invalid,
            Code::Unauthenticated => Self::Unauthenticated,
            Code::PermissionDenied => Self::Forbidden,
            Code::NotFound => Self::NotFound,
            Code::AlreadyExists => Self::Taken,
            Code::Aborted => Self::Outdated,
            Code::FailedPrecondition => Self::Refused,
            // A server whose own deadline passed says "cancelled" where the caller's passed first.
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => Self::Unavailable,
            Code::ResourceExhausted => Self::Exhausted,
            Code::Ok | Code::Unknown | Code::Unimplemented | Code::Internal | Code::DataLoss => {
                Self::Internal
            }
        }
    }
}

impl From<Fault> for Status {
    fn from(fault: Fault) -> Self {
        let mut details = ErrorDetails::new();
        if let Some(field) = fault.metadata.get("field") {
            details.add_bad_request_violation(field, &fault.message);
        }
        if fault.retry_after.is_some() {
            details.set_retry_info(fault.retry_after);
        }
        let metadata: HashMap<String, String> = fault.metadata.into_iter().collect();
        details.set_error_info(fault.reason.word(), DOMAIN, metadata);
        Self::with_error_details(fault.kind.into(), fault.message, details)
    }
}

impl From<Status> for Fault {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let told = details.error_info().filter(|info| info.domain == DOMAIN);
        let Some((reason, info)) = told.and_then(|info| Some((Reason::from_word(&info.reason)?, info)))
        else {
            return untold(&status);
        };
        let metadata: BTreeMap<String, String> =
            info.metadata.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let retry_after = details.retry_info().and_then(|info| info.retry_delay);
        Self {
            kind: status.code().into(),
            reason,
            message: status.message().to_owned(),
            retry_after,
            metadata,
        }
    }
}

/// For a status no service of ours made: the transport's, or a stranger's. Its text may tell of addresses and
/// certificates, so it goes to the log and no further.
fn untold(status: &Status) -> Fault {
    tracing::debug!(code = ?status.code(), message = status.message(), "A call failed without a reason of ours");
    // A status read from an answer has no source: one that has was made at this end, of a connection that broke.
    let broke = std::error::Error::source(status).is_some();
    match status.code() {
        Code::DeadlineExceeded if broke => deadline_exceeded(),
        _ if broke => peer_unavailable(),
        Code::Unavailable => peer_unavailable(),
        Code::DeadlineExceeded | Code::Cancelled => deadline_exceeded(),
        Code::Unauthenticated => Fault::new(
            Kind::Unauthenticated,
            Reason::ApiKeyInvalid,
            "The API key is not valid. Send a key that was issued for this environment and not revoked.",
        ),
        _ => Fault::internal(),
    }
}

fn peer_unavailable() -> Fault {
    Fault::new(
        Kind::Unavailable,
        Reason::PeerUnavailable,
        "A service this call needs cannot be reached. Try again shortly.",
    )
}

/// A call took longer than its deadline. Whether it took effect is not known.
pub(crate) fn deadline_exceeded() -> Fault {
    Fault::new(
        Kind::Unavailable,
        Reason::DeadlineExceeded,
        "The call took longer than its deadline. Try again, or allow it more time.",
    )
}
