//! One fact as it is announced, in the terms of CloudEvents 1.0.

use serde::{Deserialize, Serialize};

/// Something that happened and was stored. Carries ids, never a secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The event's id (`ce-id`). A fact published twice is kept once because of it.
    pub id: String,
    /// Where it is published, without the prefix: `connection.dev.demo-oauth.failed`, each part a
    /// [`subject_token`](crate::subject_token).
    pub subject: String,
    /// What kind of fact, with its version (`ce-type`): `dev.latchkey.connection.failed.v1`.
    pub kind: String,
    /// Who says so (`ce-source`): `/environments/dev`.
    pub source: String,
    /// What it is about (`ce-subject`): `integrations/github/connections/con_…`.
    pub about: String,
    /// When it happened (`ce-time`), RFC 3339.
    pub time: String,
    /// Its place in the feed, opaque to the bus; [`last_position`](crate::Bus::last_position) gives it back.
    pub position: String,
    /// Grows within one `about`, so that a reader can sort (`ce-sequence`).
    pub sequence: u64,
    pub severity: Severity,
    /// The W3C trace in which it happened, if there was one.
    pub traceparent: Option<String>,
    /// The body: JSON, documented by `kind`.
    pub data: serde_json::Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}
