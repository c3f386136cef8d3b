//! Answers as people and programs read them. No secret passes through here but those the caller asked for.

use super::duration::words;
use latchkey_wire::pb::connection as pb;
use prost_types::value::Kind;
use prost_types::{Struct, Timestamp};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// RFC 3339 in UTC, or nothing where the time is absent.
pub fn rfc3339(at: Option<&Timestamp>) -> Option<String> {
    let at = at?;
    let nanos = i128::from(at.seconds) * 1_000_000_000 + i128::from(at.nanos);
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?.format(&Rfc3339).ok()
}

/// RFC 3339 in UTC, of milliseconds since the Unix epoch.
pub fn moment(at: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000);
    time.ok().and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| at.to_string())
}

/// `in 58 s`, `now` or `3 min ago`; `-` where the time is absent.
pub fn from_now(at: Option<&Timestamp>) -> String {
    let Some(at) = at else { return "-".to_owned() };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = at.seconds - i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {}", words(seconds.unsigned_abs())),
        _ => format!("{} ago", words(seconds.unsigned_abs())),
    }
}

/// `NEEDS_REAUTH`, without the prefix every value of the enum has.
pub fn state(connection: &pb::Connection) -> &'static str {
    state_word(connection.state())
}

pub fn state_word(state: pb::ConnectionState) -> &'static str {
    let name = state.as_str_name();
    name.strip_prefix("CONNECTION_STATE_").unwrap_or(name)
}

pub fn connection_json(connection: &pb::Connection) -> Value {
    json!({
        "id": connection.id,
        "integration": connection.integration,
        "provider": connection.provider,
        "end_user": connection.end_user,
        "state": state(connection),
        "create_time": rfc3339(connection.create_time.as_ref()),
        "credential": connection.credential.as_ref().map(credential_json),
        "failure": connection.failure.as_ref().map(failure_json),
        "external_id": connection.external_id,
        "display_name": connection.display_name,
        "tags": connection.tags,
        "metadata": connection.metadata.as_ref().map(struct_json),
        "config": connection.config.as_ref().map(struct_json),
        "etag": connection.etag,
        "disable_time": rfc3339(connection.disable_time.as_ref()),
        "refreshing_pause_time": rfc3339(connection.refreshing_pause_time.as_ref()),
        "webhook_url": connection.webhook_url,
        "revocation": connection.revocation.as_ref().map(revocation_json),
    })
}

pub fn event_json(event: &pb::ConnectionEvent) -> Value {
    json!({
        "number": event.number,
        "time": rfc3339(event.time.as_ref()),
        "event": event.event,
        "summary": event.summary,
        "state": state_word(event.state()),
        "generation": event.generation,
        "failure": event.failure.as_ref().map(failure_json),
    })
}

fn revocation_json(revocation: &pb::Revocation) -> Value {
    json!({
        "result": revocation.result,
        "attempts": revocation.attempts,
        "request_time": rfc3339(revocation.request_time.as_ref()),
        "end_time": rfc3339(revocation.end_time.as_ref()),
        "next_attempt_time": rfc3339(revocation.next_attempt_time.as_ref()),
        "failure": revocation.failure.as_ref().map(failure_json),
    })
}

fn credential_json(credential: &pb::CredentialSummary) -> Value {
    json!({
        "auth_mode": credential.auth_mode,
        "generation": credential.generation,
        "granted_scopes": credential.granted_scopes,
        "obtain_time": rfc3339(credential.obtain_time.as_ref()),
        "expire_time": rfc3339(credential.expire_time.as_ref()),
        "renewable": credential.renewable,
        "next_refresh_time": rfc3339(credential.next_refresh_time.as_ref()),
        "fingerprint": credential.fingerprint,
        "account": credential.account,
        "rotation": credential.rotation,
        "end_time": rfc3339(credential.end_time.as_ref()),
    })
}

pub fn failure_json(failure: &pb::Failure) -> Value {
    json!({
        "reason": failure.reason,
        "cause": failure.cause,
        "owner": failure.owner,
        "phase": failure.phase,
        "retryable": failure.retryable,
        "attempts": failure.attempts,
        "first_time": rfc3339(failure.first_time.as_ref()),
        "next_attempt_time": rfc3339(failure.next_attempt_time.as_ref()),
        "provider_error": failure.provider_error.as_ref().map(|error| json!({
            "http_status": error.http_status,
            "code": error.code,
            "description": error.description,
        })),
    })
}

/// `REAUTH_REQUIRED/GRANT_REVOKED`, or the reason alone where there is no closer cause.
pub fn reason_and_cause(reason: &str, cause: &str) -> String {
    if cause.is_empty() { reason.to_owned() } else { format!("{reason}/{cause}") }
}

/// A connection in lines of `name  value`.
pub fn connection_lines(connection: &pb::Connection) -> Vec<[String; 2]> {
    let mut lines = vec![
        line("id", &connection.id),
        line("integration", &connection.integration),
        line("end user", &connection.end_user),
        line("external id", &connection.external_id),
        line("name", &connection.display_name),
        line("state", state(connection)),
    ];
    lines.extend(connection.tags.iter().map(|(name, value)| line("tag", &format!("{name}={value}"))));
    for (name, document) in [("metadata", &connection.metadata), ("config", &connection.config)] {
        lines.extend(document.iter().map(|document| line(name, &struct_json(document).to_string())));
    }
    lines.push(line("webhooks to", &connection.webhook_url));
    if let Some(credential) = &connection.credential {
        lines.push(line("kind", &credential.auth_mode));
        lines.push(line("generation", &credential.generation.to_string()));
        lines.push(line("expires", &from_now(credential.expire_time.as_ref())));
        if credential.next_refresh_time.is_some() {
            lines.push(line("refreshed", &from_now(credential.next_refresh_time.as_ref())));
        }
        if connection.refreshing_pause_time.is_some() {
            lines.push(line("refreshing", "paused"));
        }
        lines.push(line("scopes", &credential.granted_scopes.join(" ")));
        lines.push(line("account", &credential.account));
    }
    if let Some(failure) = &connection.failure {
        lines.push(line("failure", &reason_and_cause(&failure.reason, &failure.cause)));
        lines.push(line("owner", &failure.owner));
        if failure.next_attempt_time.is_some() {
            lines.push(line("next attempt", &from_now(failure.next_attempt_time.as_ref())));
        }
    }
    if let Some(revocation) = &connection.revocation {
        lines.push(line("at provider", &revocation.result));
        if let Some(failure) = &revocation.failure {
            lines.push(line("failure", &reason_and_cause(&failure.reason, &failure.cause)));
        }
        if revocation.next_attempt_time.is_some() {
            lines.push(line("next attempt", &from_now(revocation.next_attempt_time.as_ref())));
        }
    }
    lines.retain(|[_, value]| !value.is_empty());
    lines
}

fn line(name: &str, value: &str) -> [String; 2] {
    [name.to_owned(), value.to_owned()]
}

/// Protobuf's JSON-like value as JSON.
pub fn struct_json(fields: &Struct) -> Value {
    fields.fields.iter().map(|(name, value)| (name.clone(), value_json(value.kind.as_ref()))).collect()
}

fn value_json(kind: Option<&Kind>) -> Value {
    match kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(value)) => json!(value),
        Some(Kind::NumberValue(value)) => json!(value),
        Some(Kind::StringValue(value)) => json!(value),
        Some(Kind::StructValue(value)) => struct_json(value),
        Some(Kind::ListValue(list)) => {
            list.values.iter().map(|value| value_json(value.kind.as_ref())).collect()
        }
    }
}
