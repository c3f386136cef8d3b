//! What the world is told when it is known what became of a deleted connection's grant at its provider.

use super::{failure_data, resource_name, rfc3339};
use latchkey_bus::{Fact, Severity, subject_token};
use latchkey_domain::Timestamp;
use latchkey_domain::revocation::{Event, Revocation, Verdict};
use latchkey_store::{Recorded, Version};
use serde_json::json;

const WORD: &str = "revocation_ended";

/// The fact to publish for one recorded event: its end, and nothing before. `now` is the revocation as it stands: whom it is
/// about never changes. `before` is how many events the connection itself has.
#[must_use]
pub fn revocation_facts(recorded: &Recorded, event: &Event, now: &Revocation, before: Version) -> Vec<Fact> {
    let (Event::Ended { verdict, failure, attempts, .. }, Some(profile)) = (event, now.profile()) else {
        return vec![];
    };
    let (integration, id) = (&profile.integration, profile.id.to_string());
    vec![Fact {
        id: format!("evt_{}", recorded.event.id.simple()),
        subject: format!(
            "connection.{}.{}.{WORD}",
            subject_token(profile.environment.as_str()),
            subject_token(integration.as_str()),
        ),
        kind: format!("dev.latchkey.connection.{WORD}.v1"),
        source: format!("/environments/{}", profile.environment),
        about: format!("integrations/{integration}/connections/{id}"),
        time: rfc3339(Timestamp(recorded.event.at)),
        position: recorded.position.to_string(),
        sequence: before.0 + recorded.version.0,
        severity: match verdict {
            Verdict::Revoked | Verdict::Unsupported => Severity::Info,
            Verdict::Refused | Verdict::NotConfirmed => Severity::Warning,
        },
        traceparent: recorded.event.trace.clone(),
        data: json!({
            "connection": {
                "id": id,
                "name": resource_name(&profile.environment, integration, &id),
                "integration": integration.as_str(),
                "provider": profile.provider,
                "end_user": {"id": profile.end_user.as_str()},
            },
            "state": {"to": "DELETED"},
            "revocation": {
                "result": verdict.as_str(),
                "attempts": attempts,
                "failure": failure.as_ref().map(failure_data),
            },
        }),
    }]
}
