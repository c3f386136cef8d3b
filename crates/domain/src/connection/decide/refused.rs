//! When a refusal is believed. Before that it is a failure like others: the connection waits, and its token is used.

use super::{attempts, usable_until};
use crate::connection::{Broken, Connection, Event, Live, Ruling};
use crate::rotation::{Course, RotationClass};
use crate::{Cause, Failure, Generation, Reason, Timestamp, refresh};
use std::time::Duration;

/// The provider refuses the grant of the present generation.
pub(super) fn refused(live: &Live, failure: Failure, course: Course, ruling: Ruling, at: Timestamp) -> Event {
    let generation = live.credential.generation;
    let unanswered = unanswered_seconds(live, course, at);
    let unconfirmed = |cause, retry_at, turns_to_set_aside| Event::RefreshFailed {
        generation,
        failure: Failure { reason: Reason::RefusalUnconfirmed, cause, ..failure.clone() },
        attempts: attempts(live),
        retry_at,
        usable_until: usable_until(live),
        turns_to_set_aside,
        unanswered_seconds: unanswered,
        at,
    };
    if live.secrets.set_aside.is_some() {
        return unconfirmed(None, at, true);
    }
    if let Some(wait) = ruling.incident {
        return unconfirmed(Some(Cause::ManyRefused), spread_out(live, wait, at), false);
    }
    let class = live.learnt.class(documented(live, course));
    if class.refusal_can_be_confirmed() {
        let first = live.trouble.as_ref().and_then(|trouble| trouble.refused_at);
        let confirmed_at = first.unwrap_or(at).plus(ruling.confirm_after);
        if first.is_none() || at < confirmed_at {
            return unconfirmed(None, confirmed_at, false);
        }
    }
    let cause = Some(cause(live, class, unanswered, at));
    Event::Broken { generation, failure: Failure { reason: Reason::ReauthRequired, cause, ..failure }, at }
}

/// Takes a refusal back that an incident explains. What broke for another reason stays broken.
pub(super) fn reconsider(
    connection: &Connection,
    generation: Generation,
    ruling: Ruling,
    at: Timestamp,
) -> Vec<Event> {
    let Connection::Broken(Broken { profile, credential, failure, .. }) = connection else { return vec![] };
    let refused = credential.renewable
        && !matches!(failure.cause, Some(Cause::GrantExpired | Cause::CredentialRevoked));
    let Some(wait) = ruling.incident.filter(|_| refused && credential.generation == generation) else {
        return vec![];
    };
    let cause = Some(Cause::ManyRefused);
    let failure = Failure { reason: Reason::RefusalUnconfirmed, cause, ..failure.clone() };
    let retry_at = at.plus(refresh::spread_out(profile.id, generation, wait));
    vec![Event::RefusalWithdrawn { generation, failure, retry_at, at }]
}

/// What waits for one incident's end does not come back all at once.
fn spread_out(live: &Live, wait: Duration, at: Timestamp) -> Timestamp {
    at.plus(refresh::spread_out(live.profile.id, live.credential.generation, wait))
}

/// What is documented now goes before what was when the credential was obtained.
fn documented(live: &Live, course: Course) -> RotationClass {
    let now = course.documented.rotation;
    if now.is_unknown() { live.credential.behaviour.rotation } else { now }
}

/// How long ago the refresh token was first sent without an answer, in this attempt or an earlier one.
fn unanswered_seconds(live: &Live, course: Course, at: Timestamp) -> Option<u64> {
    let earlier = live.trouble.as_ref().and_then(|trouble| trouble.unanswered_at);
    course.unanswered_seconds.max(earlier.map(|first| first.until(at).as_secs()))
}

/// What is behind a refusal that is believed.
fn cause(live: &Live, class: RotationClass, unanswered: Option<u64>, at: Timestamp) -> Cause {
    let ended = live.ends_at().is_some_and(|end| end <= at);
    let lost = match class {
        RotationClass::None => false,
        RotationClass::Grace { seconds } => unanswered.is_some_and(|since| since > seconds),
        RotationClass::Strict | RotationClass::Unknown => unanswered.is_some(),
    };
    match (ended, lost) {
        (true, _) => Cause::GrantExpired,
        (false, true) => Cause::RotationResponseLost,
        (false, false) => Cause::GrantRevoked,
    }
}
