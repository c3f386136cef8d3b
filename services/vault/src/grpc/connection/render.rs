//! Connections as backends see them.

use crate::vault::{Counted, Happened};
use latchkey_domain::Timestamp;
use latchkey_domain::connection::{About, Broken, Connection, CredentialFacts, Live, Trouble};
use latchkey_domain::revocation::Revocation;
use latchkey_wire::convert::{failure_to_pb, struct_to_pb, timestamp_to_pb};
use latchkey_wire::pb::connection as pb;
use serde_json::{Map, Value};

pub fn render(connection: &Connection) -> Option<pb::Connection> {
    let profile = connection.profile()?;
    let unpaused = connection.live().ok().filter(|live| !live.is_paused());
    let next_refresh = unpaused.and_then(Live::refresh_due_at);
    let (state, credential, failure) = match connection {
        Connection::Absent => return None,
        Connection::Live(live) => {
            let summary = pb::CredentialSummary {
                rotation: live.rotation().word().to_owned(),
                end_time: live.ends_at().map(timestamp_to_pb),
                ..summary(&live.credential, next_refresh)
            };
            match &live.trouble {
                None => (pb::ConnectionState::Active, Some(summary), None),
                Some(trouble) => (pb::ConnectionState::Degraded, Some(summary), Some(episode(trouble))),
            }
        }
        Connection::Broken(Broken { credential, failure, since, .. }) => (
            pb::ConnectionState::NeedsReauth,
            Some(summary(credential, None)),
            Some(pb::Failure { first_time: Some(timestamp_to_pb(*since)), ..failure_to_pb(failure) }),
        ),
        Connection::Revoked(_) => (pb::ConnectionState::Deleted, None, None),
    };
    let state = if connection.disabled_at().is_some() { pb::ConnectionState::Disabled } else { state };
    let about = connection.about();
    let etag = about.map(About::etag).unwrap_or_default();
    let about = about.cloned().unwrap_or_default();
    let document = |document: Map<String, Value>| Some(document).filter(|document| !document.is_empty());
    let document = |fields| document(fields).and_then(|fields| struct_to_pb(Value::Object(fields)));
    Some(pb::Connection {
        id: profile.id.to_string(),
        integration: profile.integration.to_string(),
        provider: profile.provider.clone(),
        end_user: profile.end_user.to_string(),
        state: state.into(),
        create_time: Some(timestamp_to_pb(profile.created_at)),
        credential,
        failure,
        external_id: about.external_id.map(String::from).unwrap_or_default(),
        display_name: about.display_name,
        tags: about.tags,
        metadata: document(about.metadata),
        config: document(about.config),
        webhook_url: about.webhook_url,
        etag,
        disable_time: connection.disabled_at().map(timestamp_to_pb),
        refreshing_pause_time: connection.paused_at().map(timestamp_to_pb),
        revocation: None,
    })
}

pub fn with_revocation(connection: pb::Connection, revocation: &Revocation) -> pb::Connection {
    let told = match revocation {
        Revocation::Absent => return connection,
        Revocation::Pending(pending) => pb::Revocation {
            result: "PENDING".into(),
            attempts: pending.attempts,
            request_time: Some(timestamp_to_pb(pending.requested_at)),
            end_time: None,
            next_attempt_time: Some(timestamp_to_pb(pending.next_at)),
            failure: pending.failure.as_ref().map(failure_to_pb),
        },
        Revocation::Ended(ended) => pb::Revocation {
            result: ended.verdict.as_str().to_owned(),
            attempts: ended.attempts,
            request_time: Some(timestamp_to_pb(ended.requested_at)),
            end_time: Some(timestamp_to_pb(ended.at)),
            next_attempt_time: None,
            failure: ended.failure.as_ref().map(failure_to_pb),
        },
    };
    pb::Connection { revocation: Some(told), ..connection }
}

fn summary(credential: &CredentialFacts, next_refresh: Option<Timestamp>) -> pb::CredentialSummary {
    pb::CredentialSummary {
        auth_mode: credential.auth_mode.clone(),
        generation: credential.generation.0,
        granted_scopes: credential.scopes.clone(),
        obtain_time: Some(timestamp_to_pb(credential.since())),
        expire_time: credential.expires_at.map(timestamp_to_pb),
        renewable: credential.renewable,
        next_refresh_time: next_refresh.filter(|_| credential.renewable).map(timestamp_to_pb),
        fingerprint: credential.fingerprint.clone(),
        account: credential.account.clone().unwrap_or_default(),
        ..pb::CredentialSummary::default()
    }
}

fn episode(trouble: &Trouble) -> pb::Failure {
    pb::Failure {
        attempts: trouble.attempts,
        first_time: Some(timestamp_to_pb(trouble.since)),
        next_attempt_time: Some(timestamp_to_pb(trouble.retry_at)),
        ..failure_to_pb(&trouble.failure)
    }
}

pub fn happened(happened: Happened) -> pb::ConnectionEvent {
    pb::ConnectionEvent {
        time: Some(timestamp_to_pb(happened.at)),
        event: happened.event,
        summary: happened.summary,
        number: happened.number,
        state: state_of(happened.status).into(),
        generation: happened.generation.0,
        failure: happened.failure.as_ref().map(failure_to_pb),
    }
}

/// The state of a card's status word.
pub fn counted(counted: Counted) -> pb::StateCounts {
    let counts = counted.counts.into_iter();
    let count = |(status, count): (String, u64)| pb::StateCount { state: state_of(&status).into(), count };
    pb::StateCounts { time: Some(timestamp_to_pb(counted.at)), counts: counts.map(count).collect() }
}

pub fn state_of(status: &str) -> pb::ConnectionState {
    use pb::ConnectionState as State;
    match status {
        "active" => State::Active,
        "degraded" => State::Degraded,
        "needs_reauth" => State::NeedsReauth,
        "disabled" => State::Disabled,
        "deleted" => State::Deleted,
        _ => State::Unspecified,
    }
}
