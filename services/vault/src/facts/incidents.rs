//! What the world is told of incidents: an integration that is paused and goes on, a provider that is down and back.

use super::{failure_data, rfc3339};
use latchkey_bus::{Fact, Severity, subject_token};
use latchkey_domain::incident::{Closed, Event, Incident, Kind, Open, Subject};
use latchkey_domain::{IntegrationKey, Timestamp};
use latchkey_store::Recorded;
use serde_json::json;

/// The fact to publish for one recorded event, if it is news. `now` is the incident as it stands: what it is about never
/// changes.
#[must_use]
pub fn incident_facts(recorded: &Recorded, event: &Event, now: &Incident) -> Vec<Fact> {
    let (Incident::Open(Open { subject, kind, .. }) | Incident::Closed(Closed { subject, kind, .. })) = now
    else {
        return vec![];
    };
    word(*kind, subject, event)
        .map(|(thing, word)| fact(recorded, event, subject, *kind, (thing, word)))
        .into_iter()
        .collect()
}

/// Whether an event is news.
#[must_use]
pub fn is_news(event: &Event) -> bool {
    matches!(event, Event::Opened { .. } | Event::Closed { .. })
}

/// What it happened to, and what.
fn word(kind: Kind, subject: &Subject, event: &Event) -> Option<(&'static str, &'static str)> {
    Some(match (kind, event) {
        (Kind::AppRefused | Kind::RefreshingPaused, Event::Opened { .. }) => (thing(subject), "paused"),
        (Kind::AppRefused | Kind::RefreshingPaused, Event::Closed { .. }) => (thing(subject), "resumed"),
        (Kind::GrantsRefused, Event::Opened { .. }) => ("integration", "degraded"),
        (Kind::GrantsRefused, Event::Closed { .. }) => ("integration", "recovered"),
        (Kind::ProviderFailing, Event::Opened { .. }) => ("provider", "degraded"),
        (Kind::ProviderFailing, Event::Closed { .. }) => ("provider", "recovered"),
        (_, Event::HalfOpened { .. } | Event::ProbeFailed { .. }) => return None,
    })
}

fn thing(subject: &Subject) -> &'static str {
    match (&subject.integration, subject.provider.as_str()) {
        (Some(_), _) => "integration",
        (None, "") => "environment",
        (None, _) => "provider",
    }
}

fn fact(
    recorded: &Recorded,
    event: &Event,
    subject: &Subject,
    kind: Kind,
    (thing, word): (&str, &str),
) -> Fact {
    let mut data = json!({"incident": {"kind": kind.as_str()}});
    let about = match (&subject.integration, subject.provider.as_str()) {
        (Some(integration), _) => format!("integrations/{integration}"),
        (None, "") => String::new(),
        (None, provider) => format!("providers/{provider}"),
    };
    if let Some(integration) = &subject.integration {
        data["integration"] = json!(integration.as_str());
    }
    if !subject.provider.is_empty() {
        data["provider"] = json!(subject.provider);
    }
    let named = subject.integration.as_ref().map_or(subject.provider.as_str(), IntegrationKey::as_str);
    let begins = matches!(event, Event::Opened { .. });
    if let Event::Opened { failure: Some(failure), .. } = event {
        data["failure"] = failure_data(failure);
    }
    if let Event::Closed { ending, .. } = event {
        data["incident"]["ending"] = json!(ending.as_str());
    }
    Fact {
        id: format!("evt_{}", recorded.event.id.simple()),
        subject: format!(
            "{thing}.{}.{}.{word}",
            subject_token(subject.environment.as_str()),
            // What is about everything there is no other name for.
            if named.is_empty() { "all".to_owned() } else { subject_token(named) },
        ),
        kind: format!("dev.latchkey.{thing}.{word}.v1"),
        source: format!("/environments/{}", subject.environment),
        about,
        time: rfc3339(Timestamp(recorded.event.at)),
        position: recorded.position.to_string(),
        sequence: recorded.version.0,
        severity: match (begins, kind) {
            (false, _) => Severity::Info,
            (true, Kind::AppRefused) => Severity::Error,
            (true, Kind::GrantsRefused | Kind::ProviderFailing) => Severity::Warning,
            (true, Kind::RefreshingPaused) => Severity::Info,
        },
        traceparent: recorded.event.trace.clone(),
        data,
    }
}
