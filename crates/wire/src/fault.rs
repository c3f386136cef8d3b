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
        Self { kind, reason, message: message.into(), retry_after: None, metadata: BTreeMap::new() }
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

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.metadata.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.reason.word())
    }
}

impl std::error::Error for Fault {}
