//! How failures look from outside: a kind that says who must act, and a reason programs branch on.

mod problem;
mod status;

pub(crate) use status::deadline_exceeded;

use crate::pb::faults::Reason;
use std::{collections::BTreeMap, fmt, time::Duration};

/// Who must act, and so which gRPC code it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The caller's programmer.
    Invalid,
    /// The caller's operator: who are you?
    Unauthenticated,
    /// The caller's operator: you may not.
    Forbidden,
    NotFound,
    /// The caller: another has the name it wants.
    Taken,
    /// The caller: read it again, and change that.
    Outdated,
    /// The end user, a developer or nobody: the state of things forbids it.
    Refused,
    /// Nobody yet: try again after a while.
    Unavailable,
    /// The caller: slow down.
    Exhausted,
    /// Us.
    Internal,
}

/// A failure as it is told to another process. Holds nothing secret, and of a fault of ours nothing but that it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: Kind,
    pub reason: Reason,
    /// One sentence that says what is wrong and what to do. Programs never parse it.
    pub message: String,
    pub retry_after: Option<Duration>,
    /// Details by name: `field`, `cause`, `connection`, `http_status`.
    pub metadata: BTreeMap<String, String>,
}

impl Fault {
    pub fn new(kind: Kind, reason: Reason, message: impl Into<String>) -> Self {
        let message = shortened(message.into(), MESSAGE_BYTES_MAX);
        Self { kind, reason, message, retry_after: None, metadata: BTreeMap::new() }
    }

    /// A request's field is missing or malformed.
    pub fn field_invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, Reason::FieldInvalid, message).with("field", field)
    }

    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            Kind::Internal,
            Reason::Internal,
            "Something went wrong on our side. The server's log says what.",
        )
    }

    /// A detail, as much of it as is shown: it may be what a caller sent, and details go into headers, of which clients take
    /// 8 KiB at most.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.metadata.insert(name.to_owned(), shortened(value.into(), DETAIL_BYTES_MAX));
        self
    }

    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

const MESSAGE_BYTES_MAX: usize = 1000;
const DETAIL_BYTES_MAX: usize = 300;

fn shortened(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        let end = (0..=bytes_max).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
        text.truncate(end);
        text.push('…');
    }
    text
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.reason.word())
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Status;

    #[test]
    fn a_callers_own_text_is_repeated_only_as_far_as_a_client_takes_it() {
        let long = "ä".repeat(100_000);
        let fault = Fault::new(Kind::NotFound, Reason::IntegrationUnknown, format!("No `{long}`."))
            .with("integration", &long)
            .with("field", "key");
        assert_eq!(fault.metadata["integration"].len(), DETAIL_BYTES_MAX + '…'.len_utf8());
        assert!(fault.metadata["integration"].ends_with('…') && fault.metadata["field"] == "key");
        let status = Status::from(Fault::field_invalid(&long, &long));
        // Percent-encoded, a byte is three of grpc-message; the details are in base64.
        let headers = status.message().len() * 3 + status.details().len() * 4 / 3;
        assert!(headers < 8 * 1024, "{headers}");
    }
}
