//! What the world is told of events: which of them, under which name, with what in it. Pure.
//! No secret is in a fact, and nothing a person could be named by but the customer's own end-user id.

mod incidents;
mod revocations;
mod webhook_endpoints;

pub use incidents::{incident_facts, is_news};
pub use revocations::revocation_facts;
pub use webhook_endpoints::{endpoint_facts, is_endpoint_news};

use latchkey_bus::{Fact, Severity, subject_token};
use latchkey_domain::connection::{Broken, Connection, CredentialFacts, Event, Live, Profile};
use latchkey_domain::{Environment, Failure, Generation, IntegrationKey, Timestamp};
use latchkey_store::Recorded;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// What kind of news an event is. One event may be two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    Created,
    Reauthorized,
    Degraded,
    Expiring,
    Failed,
    Recovered,
    Updated,
    Disabled,
    Enabled,
    Deleted,
}

impl News {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Reauthorized => "reauthorized",
            Self::Degraded => "degraded",
            Self::Expiring => "expiring",
            Self::Failed => "failed",
            Self::Recovered => "recovered",
            Self::Updated => "updated",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Deleted => "deleted",
        }
    }

    fn severity(self) -> Severity {
        match self {
            Self::Failed => Severity::Error,
            Self::Degraded | Self::Expiring => Severity::Warning,
            Self::Created
            | Self::Reauthorized
            | Self::Recovered
            | Self::Updated
            | Self::Disabled
            | Self::Enabled
            | Self::Deleted => Severity::Info,
        }
    }

    fn state_after(self, now: &Connection) -> &'static str {
        match self {
            Self::Created | Self::Reauthorized | Self::Recovered => "ACTIVE",
            Self::Degraded => "DEGRADED",
            Self::Failed => "NEEDS_REAUTH",
            Self::Disabled => "DISABLED",
            Self::Deleted => "DELETED",
            Self::Expiring | Self::Updated | Self::Enabled => match now {
                Connection::Live(Live { trouble: Some(_), .. }) => "DEGRADED",
                Connection::Broken(_) => "NEEDS_REAUTH",
                Connection::Absent | Connection::Live(_) | Connection::Revoked(_) => "ACTIVE",
            },
        }
    }
}

/// The news in an event, in the order it is told. Each episode of failure is told once when it begins.
#[must_use]
pub fn news(event: &Event) -> Vec<News> {
    match event {
        Event::Established { credential, .. } if credential.generation == Generation(1) => {
            vec![News::Created]
        }
        Event::Established { recovered: true, .. } => vec![News::Reauthorized, News::Recovered],
        Event::Established { recovered: false, .. } => vec![News::Reauthorized],
        Event::CredentialsRefreshed { recovered: true, .. } => vec![News::Recovered],
        Event::RefreshFailed { attempts: 1, .. } | Event::RefusalWithdrawn { .. } => vec![News::Degraded],
        Event::Expiring { .. } => vec![News::Expiring],
        Event::Broken { .. } | Event::CredentialRevoked { broken_before: false, .. } => vec![News::Failed],
        // What is said of a new connection is part of its being made.
        Event::Described { by: Some(_), .. } => vec![News::Updated],
        Event::Disabled { .. } => vec![News::Disabled],
        Event::Enabled { .. } => vec![News::Enabled],
        Event::Revoked { .. } => vec![News::Deleted],
        Event::CredentialsRefreshed { recovered: false, .. }
        | Event::Described { by: None, .. }
        | Event::RefreshFailed { .. }
        | Event::AnswerSetAside { .. }
        | Event::CredentialRejected { .. }
        | Event::CredentialRevealed { .. }
        | Event::CredentialRevoked { broken_before: true, .. }
        | Event::RefreshingPaused { .. }
        | Event::RefreshingResumed { .. }
        | Event::RefreshScheduled { .. }
        | Event::KeyReplaced { .. } => vec![],
    }
}

/// The facts to publish for one recorded event. `now` is the connection as it stands, for what does not change in its
/// life and what its token still is good for.
#[must_use]
pub fn facts(recorded: &Recorded, event: &Event, now: &Connection) -> Vec<Fact> {
    let Some(profile) = profile_of(event, now) else { return vec![] };
    news(event)
        .into_iter()
        .enumerate()
        .map(|(index, news)| fact(recorded, event, profile, now, news, index))
        .collect()
}

fn fact(
    recorded: &Recorded,
    event: &Event,
    profile: &Profile,
    now: &Connection,
    news: News,
    index: usize,
) -> Fact {
    let name = resource_name(&profile.environment, &profile.integration, &profile.id.to_string());
    // An event that is two pieces of news has two ids, both always the same, so that a repetition is recognized.
    let id = if index == 0 {
        format!("evt_{}", recorded.event.id.simple())
    } else {
        format!("evt_{}_{index}", recorded.event.id.simple())
    };
    Fact {
        id,
        subject: format!(
            "connection.{}.{}.{}",
            subject_token(profile.environment.as_str()),
            subject_token(profile.integration.as_str()),
            news.word()
        ),
        kind: format!("dev.latchkey.connection.{}.v1", news.word()),
        source: format!("/environments/{}", profile.environment),
        about: format!("integrations/{}/connections/{}", profile.integration, profile.id),
        time: rfc3339(Timestamp(recorded.event.at)),
        position: recorded.position.to_string(),
        sequence: recorded.version.0,
        severity: news.severity(),
        traceparent: recorded.event.trace.clone(),
        data: data(event, profile, now, news, &name),
    }
}

fn data(event: &Event, profile: &Profile, now: &Connection, news: News, name: &str) -> Value {
    let mut data = json!({
        "connection": {
            "id": profile.id.to_string(),
            "name": name,
            "integration": profile.integration.as_str(),
            "provider": profile.provider,
            "auth_mode": auth_mode(event, now),
            "end_user": {"id": profile.end_user.as_str()},
            // What is said of it now, whatever it was then: that is in no event, and gone once it is deleted.
            "external_id": now.about().and_then(|about| about.external_id.as_ref()).map(ToString::to_string),
            "tags": now.about().map(|about| &about.tags),
        },
        "state": {"to": news.state_after(now)},
    });
    if let Some(credential) = credential_of(event) {
        data["credential"] = json!({
            "generation": credential.generation.0,
            "auth_mode": credential.auth_mode,
            "granted_scopes": credential.scopes,
            "expire_time": credential.expires_at.map(rfc3339),
            "fingerprint": credential.fingerprint,
        });
    }
    if let Some(failure) = failure_of(event) {
        data["failure"] = failure_data(failure);
        data["token"] = json!({"usable_until": usable_until(event, now).map(rfc3339)});
    }
    if let Event::Described { fields, .. } = event {
        data["changed"] = fields.iter().map(|field| field.name()).collect();
    }
    if let Event::Expiring { ends_at, days, .. } = event {
        data["expiring"] = json!({"end_time": rfc3339(*ends_at), "days": days, "owner": "END_USER"});
    }
    data
}

fn failure_data(failure: &Failure) -> Value {
    json!({
        "reason": failure.reason.as_str(),
        "cause": failure.cause.map(latchkey_domain::Cause::as_str),
        "owner": failure.owner().as_str(),
        "phase": failure.phase.as_str(),
        "retryable": failure.is_retryable(),
        "provider_error": failure.provider_error,
    })
}

fn profile_of<'a>(event: &'a Event, now: &'a Connection) -> Option<&'a Profile> {
    match event {
        Event::Established { profile, .. } => Some(profile),
        _ => now.profile(),
    }
}

/// How the connection is authorized; `None` where it was deleted.
fn auth_mode<'a>(event: &'a Event, now: &'a Connection) -> Option<&'a str> {
    let present = match now {
        Connection::Live(Live { credential, .. }) | Connection::Broken(Broken { credential, .. }) => {
            Some(credential)
        }
        Connection::Absent | Connection::Revoked(_) => None,
    };
    credential_of(event).or(present).map(|credential| credential.auth_mode.as_str())
}

fn credential_of(event: &Event) -> Option<&CredentialFacts> {
    match event {
        Event::Established { credential, .. } | Event::CredentialsRefreshed { credential, .. } => {
            Some(credential)
        }
        Event::CredentialRejected { .. }
        | Event::RefreshFailed { .. }
        | Event::AnswerSetAside { .. }
        | Event::RefusalWithdrawn { .. }
        | Event::Expiring { .. }
        | Event::Broken { .. }
        | Event::CredentialRevealed { .. }
        | Event::CredentialRevoked { .. }
        | Event::Described { .. }
        | Event::Disabled { .. }
        | Event::Enabled { .. }
        | Event::RefreshingPaused { .. }
        | Event::RefreshingResumed { .. }
        | Event::RefreshScheduled { .. }
        | Event::KeyReplaced { .. }
        | Event::Revoked { .. } => None,
    }
}

/// What went wrong, where an event says so.
#[must_use]
pub fn failure_of(event: &Event) -> Option<&Failure> {
    match event {
        Event::RefreshFailed { failure, .. }
        | Event::RefusalWithdrawn { failure, .. }
        | Event::Broken { failure, .. }
        | Event::CredentialRevoked { failure, .. } => Some(failure),
        Event::Established { .. }
        | Event::CredentialsRefreshed { .. }
        | Event::CredentialRejected { .. }
        | Event::AnswerSetAside { .. }
        | Event::Expiring { .. }
        | Event::CredentialRevealed { .. }
        | Event::Described { .. }
        | Event::Disabled { .. }
        | Event::Enabled { .. }
        | Event::RefreshingPaused { .. }
        | Event::RefreshingResumed { .. }
        | Event::RefreshScheduled { .. }
        | Event::KeyReplaced { .. }
        | Event::Revoked { .. } => None,
    }
}

/// Until when the token of a failing connection serves all the same: as it was when it failed, where that was recorded.
fn usable_until(event: &Event, now: &Connection) -> Option<Timestamp> {
    match (event, now) {
        (Event::Broken { .. }, _) => None,
        (Event::RefreshFailed { usable_until: Some(until), .. }, _) => Some(*until),
        (_, Connection::Live(live)) => live.credential.expires_at.filter(|_| !live.rejected),
        (_, Connection::Absent | Connection::Broken(_) | Connection::Revoked(_)) => None,
    }
}

/// The resource name of a connection (AIP-122).
#[must_use]
pub fn resource_name(environment: &Environment, integration: &IntegrationKey, id: &str) -> String {
    format!("environments/{environment}/integrations/{integration}/connections/{id}")
}

/// RFC 3339 in UTC with milliseconds.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
