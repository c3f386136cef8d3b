use super::{Command, DisabledCause, Event, Live, New, Refusal, Settings, Standing, WebhookEndpoint};
use crate::Timestamp;
use std::time::Duration;

pub fn decide(endpoint: &WebhookEndpoint, command: Command) -> Result<Vec<Event>, Refusal> {
    use WebhookEndpoint::{Absent, Deleted, Live};
    match (endpoint, command) {
        (Absent, Command::Create(new)) => Ok(vec![created(*new)]),
        (Live(_) | Deleted { .. }, Command::Create(_)) => Ok(vec![]),
        (Live(live), Command::Change { settings, enabled, at }) => Ok(change(live, settings, enabled, at)),
        (Live(live), Command::RotateKey { key, secret, previous_until }) => {
            let follows = key.generation == live.key.generation + 1;
            let secret = Some(secret);
            Ok(follows.then_some(Event::KeyRotated { key, previous_until, secret }).into_iter().collect())
        }
        (Live(live), Command::RetirePreviousKey { at }) => {
            let over = live.previous.as_ref().is_some_and(|previous| previous.until <= at);
            Ok(over.then_some(Event::PreviousKeyRetired { at }).into_iter().collect())
        }
        (Live(live), Command::NoteSuccess { at }) => {
            Ok(live.failing_since.map(|_| Event::Recovered { at }).into_iter().collect())
        }
        (Live(live), Command::NoteFailure { disable_after, at }) => Ok(note_failure(live, disable_after, at)),
        (Live(live), Command::NoteGone { at }) => Ok(disable(live, DisabledCause::Gone, at)),
        (Live(_), Command::ReplaceDataKey { key, secrets, at }) => {
            Ok(vec![Event::DataKeyReplaced { key, at, secrets }])
        }
        (Live(_), Command::Delete { at }) => Ok(vec![Event::Deleted { at }]),
        // A deleted endpoint is not told anything, so news of it is old news.
        (
            Deleted { .. },
            Command::Delete { .. }
            | Command::RetirePreviousKey { .. }
            | Command::NoteSuccess { .. }
            | Command::NoteFailure { .. }
            | Command::NoteGone { .. },
        ) => Ok(vec![]),
        (
            Deleted { .. },
            Command::Change { .. } | Command::RotateKey { .. } | Command::ReplaceDataKey { .. },
        )
        | (
            Absent,
            Command::Change { .. }
            | Command::RotateKey { .. }
            | Command::ReplaceDataKey { .. }
            | Command::RetirePreviousKey { .. }
            | Command::NoteSuccess { .. }
            | Command::NoteFailure { .. }
            | Command::NoteGone { .. }
            | Command::Delete { .. },
        ) => Err(Refusal::Absent),
    }
}

fn created(new: New) -> Event {
    let New { id, environment, settings, enabled, since, key, secret, at } = new;
    Event::Created { id, environment, settings, enabled, since, key, at, secret: Some(secret) }
}

fn change(live: &Live, settings: Settings, enabled: bool, at: Timestamp) -> Vec<Event> {
    let same = live.settings == settings && enabled == live.is_enabled();
    // One that was disabled is paused by its owner with the same word: nothing is kept for it any more.
    let paused_now = !enabled && live.standing != Standing::Paused;
    (!same || paused_now).then_some(Event::Changed { settings, enabled, at }).into_iter().collect()
}

fn note_failure(live: &Live, disable_after: Duration, at: Timestamp) -> Vec<Event> {
    match live.failing_since {
        None => vec![Event::BeganToFail { at }],
        Some(since) if since.until(at) >= disable_after => disable(live, DisabledCause::Failing, at),
        Some(_) => vec![],
    }
}

fn disable(live: &Live, cause: DisabledCause, at: Timestamp) -> Vec<Event> {
    live.is_enabled().then_some(Event::Disabled { cause, at }).into_iter().collect()
}
