//! What the world is told of webhook endpoints: that one was disabled, so that somebody looks at it.

use super::rfc3339;
use latchkey_bus::{Fact, Severity, subject_token};
use latchkey_domain::Timestamp;
use latchkey_domain::webhook_endpoint::{Event, WebhookEndpoint};
use latchkey_store::Recorded;
use serde_json::json;

/// Whether an event is news.
#[must_use]
pub fn is_endpoint_news(event: &Event) -> bool {
    matches!(event, Event::Disabled { .. })
}

/// The fact to publish for one recorded event, if it is news. Its address is not told: it may hold what opens it.
#[must_use]
pub fn endpoint_facts(recorded: &Recorded, event: &Event, now: &WebhookEndpoint) -> Vec<Fact> {
    let (Event::Disabled { cause, .. }, Ok(live)) = (event, now.live()) else { return vec![] };
    vec![Fact {
        id: format!("evt_{}", recorded.event.id.simple()),
        subject: format!(
            "webhook.{}.{}.disabled",
            subject_token(live.environment.as_str()),
            subject_token(&live.id.to_string()),
        ),
        kind: "dev.latchkey.webhook_endpoint.disabled.v1".to_owned(),
        source: format!("/environments/{}", live.environment),
        about: format!("webhookEndpoints/{}", live.id),
        time: rfc3339(Timestamp(recorded.event.at)),
        position: recorded.position.to_string(),
        sequence: recorded.version.0,
        severity: Severity::Error,
        traceparent: recorded.event.trace.clone(),
        data: json!({
            "webhook_endpoint": {"id": live.id.to_string(), "description": live.settings.description},
            "cause": cause.as_str(),
            "failing_since": live.failing_since.map(rfc3339),
        }),
    }]
}
