mod described;
mod paced;
mod refused;

use super::{
    Arrival, Broken, Command, Connection, CredentialFacts, Event, Live, Outcome, Refusal, Ruling, Secrets,
};
use crate::rotation::Course;
use crate::{Cause, Failure, Generation, KeyId, Phase, Reason, Timestamp, refresh};
use std::time::Duration;

pub(super) fn decide(connection: &Connection, command: Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Establish { .. } => establish(connection, command),
        Command::CompleteRefresh { replaces, outcome, course, ruling, at } => {
            complete(connection, replaces, outcome, course, ruling, at)
        }
        Command::Reconsider { generation, ruling, at } => {
            Ok(refused::reconsider(connection, generation, ruling, at))
        }
        Command::Warn { at } => Ok(warn(connection, at)),
        Command::ReportRejection { generation, at } => report_rejection(connection, generation, at),
        Command::Describe { fields, about, etag, by, at } => {
            described::describe(connection, &fields, about, etag.as_deref(), by, at)
        }
        Command::Disable { by, at } => described::disable(connection, by, at),
        Command::Enable { by, at } => described::enable(connection, by, at),
        Command::PauseRefreshing { by, at } => paced::pause(connection, by, at),
        Command::ResumeRefreshing { by, at } => paced::resume(connection, by, at),
        Command::ScheduleRefresh { due_at, by, at } => paced::schedule(connection, due_at, by, at),
        Command::Expire { at } => expire(connection, at),
        Command::Reveal { exported, at } => reveal(connection, exported, at),
        Command::ReplaceKey { key, secrets, at } => replace_key(connection, key, secrets, at),
        Command::RevokeCredential { key, at } => revoke_credential(connection, key, at),
        Command::Revoke { key, at } => revoke(connection, key, at),
    }
}

fn establish(connection: &Connection, command: Command) -> Result<Vec<Event>, Refusal> {
    let Command::Establish {
        profile,
        authorization,
        replaces,
        credential,
        about,
        external_id_taken,
        arrival,
    } = command
    else {
        return Ok(vec![]);
    };
    let recovered = match connection {
        Connection::Absent => false,
        Connection::Live(live) => live.trouble.is_some(),
        Connection::Broken(_) => true,
        Connection::Revoked(_) => return Err(Refusal::Revoked),
    };
    if connection.generation() != replaces {
        return Err(Refusal::Superseded);
    }
    // Who and since when stays as it was; a reconnection renews the credential, not the connection.
    let profile = connection.profile().cloned().unwrap_or_else(|| profile.clone()).same_place(&profile)?;
    let (credential, secrets) = credential.split(replaces.next());
    let at = credential.obtained_at;
    let brought = arrival != Arrival::Consented;
    let established = Event::Established { profile, authorization, credential, recovered, brought, secrets };
    let mut events = vec![established];
    if matches!(connection, Connection::Absent) {
        events.extend(described::at_first(about, external_id_taken, at));
        events.extend(begun(arrival, replaces.next(), at));
    } else {
        events.extend(described::readdressed(connection, about.webhook_url, at));
    }
    Ok(events)
}

/// What else is to be said of a connection that a backend has made.
fn begun(arrival: Arrival, generation: Generation, at: Timestamp) -> Vec<Event> {
    let Arrival::Brought { switched_off, refused } = arrival else { return vec![] };
    let off = switched_off.then_some(Event::Disabled { by: None, at });
    let broken = refused.map(|failure| Event::Broken { generation, failure: *failure, at });
    off.into_iter().chain(broken).collect()
}

impl super::Profile {
    fn same_place(self, other: &Self) -> Result<Self, Refusal> {
        let same = self.environment == other.environment && self.integration == other.integration;
        if same { Ok(self) } else { Err(Refusal::OtherIntegration) }
    }
}

/// The fence: whatever a refresh made from a replaced credential came to, it changes nothing.
fn complete(
    connection: &Connection,
    replaces: Generation,
    outcome: Outcome,
    course: Course,
    ruling: Ruling,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let live = match connection {
        Connection::Absent => return Err(Refusal::Absent),
        Connection::Revoked(_) => return Err(Refusal::Revoked),
        Connection::Broken(Broken { credential, .. }) if credential.generation != replaces => {
            return Err(Refusal::Superseded);
        }
        Connection::Broken(broken) if broken.credential_is_revoked() => {
            return Err(Refusal::CredentialRevoked);
        }
        // Two refreshes were made from one credential and the other was refused first. The provider did answer this
        // one with a new credential: it is worth more than the refusal.
        Connection::Broken(_) => return Ok(revive(replaces, outcome)),
        Connection::Live(live) => live,
    };
    if live.credential.generation != replaces {
        return set_aside(live, replaces, outcome, at);
    }
    Ok(vec![match outcome {
        Outcome::Refreshed { credential, rotated } => {
            let (credential, secrets) = credential.split(replaces.next());
            let recovered = live.trouble.is_some();
            Event::CredentialsRefreshed { credential, recovered, rotated: Some(rotated), secrets }
        }
        Outcome::Failed { failure, retry_after } => {
            let retry_at = retry_at(live, retry_after, at);
            failed(live, failure, retry_at, at)
        }
        Outcome::Unanswered { failure, resend_at } => {
            let retry_at = retry_at(live, None, at);
            failed(live, failure, resend_at.map_or(retry_at, |resend_at| resend_at.max(retry_at)), at)
        }
        Outcome::Refused(failure) => refused::refused(live, failure, course, ruling, at),
    }])
}

/// A refresh that comes too late. Where the provider answered one refresh token twice, nobody knows which of the two new
/// ones it will go on with: the second is kept until the first has proved itself.
fn set_aside(
    live: &Live,
    replaces: Generation,
    outcome: Outcome,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let Outcome::Refreshed { credential, rotated: true } = outcome else { return Err(Refusal::Superseded) };
    let present = &live.credential;
    let second = present.generation == replaces.next()
        && credential.fingerprint != present.fingerprint
        && credential.origins == present.origins
        && credential.secrets.renewal.is_some();
    if !second || live.secrets.set_aside.is_some() {
        return Err(Refusal::Superseded);
    }
    let (generation, secrets) = (present.generation, credential.secrets);
    let seconds = present.obtained_at.until(credential.obtained_at).as_secs();
    Ok(vec![Event::AnswerSetAside { generation, seconds, at, secrets }])
}

fn warn(connection: &Connection, at: Timestamp) -> Vec<Event> {
    let Connection::Live(live) = connection else { return vec![] };
    let generation = live.credential.generation;
    let event =
        |told: super::Told| Event::Expiring { generation, ends_at: told.ends_at, days: told.days, at };
    live.warning(at).map(event).into_iter().collect()
}

fn revive(replaces: Generation, outcome: Outcome) -> Vec<Event> {
    match outcome {
        Outcome::Refreshed { credential, rotated } => {
            let (credential, secrets) = credential.split(replaces.next());
            vec![Event::CredentialsRefreshed { credential, recovered: true, rotated: Some(rotated), secrets }]
        }
        Outcome::Failed { .. } | Outcome::Unanswered { .. } | Outcome::Refused(_) => vec![],
    }
}

fn retry_at(live: &Live, retry_after: Option<Duration>, at: Timestamp) -> Timestamp {
    refresh::retry_at(live.profile.id, attempts(live), at, retry_after)
}

fn failed(live: &Live, failure: Failure, retry_at: Timestamp, at: Timestamp) -> Event {
    Event::RefreshFailed {
        generation: live.credential.generation,
        failure,
        attempts: attempts(live),
        retry_at,
        usable_until: usable_until(live),
        turns_to_set_aside: false,
        unanswered_seconds: None,
        at,
    }
}

fn attempts(live: &Live) -> u32 {
    live.trouble.as_ref().map_or(1, |trouble| trouble.attempts.saturating_add(1))
}

fn usable_until(live: &Live) -> Option<Timestamp> {
    live.credential.expires_at.filter(|_| !live.rejected)
}

fn report_rejection(
    connection: &Connection,
    generation: Generation,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let live = connection.live()?;
    // A rejection of a replaced credential is old news, and so is one that was reported before.
    if live.rejected || live.credential.generation != generation {
        return Ok(vec![]);
    }
    Ok(vec![Event::CredentialRejected { generation, at }])
}

fn expire(connection: &Connection, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let Connection::Live(live) = connection else { return Ok(vec![]) };
    let run_out = live.credential.expires_at.is_some_and(|expires_at| expires_at <= at);
    if live.credential.renewable || !run_out {
        return Ok(vec![]);
    }
    let failure =
        Failure { cause: Some(Cause::GrantExpired), ..Failure::new(Reason::ReauthRequired, Phase::Refresh) };
    Ok(vec![Event::Broken { generation: live.credential.generation, failure, at }])
}

fn reveal(connection: &Connection, exported: bool, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    match connection {
        Connection::Absent => Err(Refusal::Absent),
        Connection::Revoked(_) => Err(Refusal::Revoked),
        Connection::Live(_) | Connection::Broken(_) => {
            Ok(vec![Event::CredentialRevealed { generation: connection.generation(), exported, at }])
        }
    }
}

fn replace_key(
    connection: &Connection,
    key: KeyId,
    secrets: Secrets,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    match connection {
        Connection::Absent => Err(Refusal::Absent),
        Connection::Revoked(_) => Err(Refusal::Revoked),
        Connection::Live(_) | Connection::Broken(_) => Ok(vec![Event::KeyReplaced { key, at, secrets }]),
    }
}

fn revoke_credential(
    connection: &Connection,
    key: Option<KeyId>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let broken_before = match connection {
        Connection::Absent => return Err(Refusal::Absent),
        Connection::Revoked(_) => return Err(Refusal::Revoked),
        Connection::Broken(broken) if broken.credential_is_revoked() => return Ok(vec![]),
        Connection::Broken(_) => true,
        Connection::Live(_) => false,
    };
    let cause = Some(Cause::CredentialRevoked);
    let failure = Failure { cause, ..Failure::new(Reason::ReauthRequired, Phase::Revoke) };
    let generation = connection.generation();
    Ok(vec![Event::CredentialRevoked { generation, failure, broken_before, key, at }])
}

fn revoke(connection: &Connection, key: Option<KeyId>, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    match connection {
        Connection::Absent => Err(Refusal::Absent),
        Connection::Revoked(_) => Ok(vec![]),
        // The key went with the credential, before.
        Connection::Broken(Broken { credential, since, destroyed: key @ Some(_), .. }) => {
            Ok(vec![deleted(credential, *key, Some(*since), at)])
        }
        Connection::Live(Live { credential, .. }) | Connection::Broken(Broken { credential, .. }) => {
            Ok(vec![deleted(credential, key, None, at)])
        }
    }
}

fn deleted(
    credential: &CredentialFacts,
    key: Option<KeyId>,
    destroyed_at: Option<Timestamp>,
    at: Timestamp,
) -> Event {
    let obtained_at = Some(credential.obtained_at);
    Event::Revoked { generation: credential.generation, key, destroyed_at, obtained_at, at }
}
