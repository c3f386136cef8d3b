use super::{
    About, Broken, Connection, CredentialFacts, Event, Live, Profile, Revoked, Secrets, Told, Trouble,
};
use crate::rotation::Learnt;
use crate::{Cause, Failure, KeyId, Reason, Timestamp};

/// A fact that found the connection in a state it says nothing about leaves it as it is.
pub(super) fn evolve(before: Connection, event: Event) -> Connection {
    match event {
        Event::Established { profile, credential, secrets, .. } => {
            established(&before, profile, credential, secrets)
        }
        Event::CredentialsRefreshed { credential, rotated, secrets, .. } => {
            refreshed(before, credential, rotated, secrets)
        }
        Event::CredentialRejected { .. } => living(before, |live| Live { rejected: true, ..live }),
        Event::RefreshFailed {
            failure,
            attempts,
            retry_at,
            turns_to_set_aside,
            unanswered_seconds,
            at,
            ..
        } => living(before, |live| {
            let learnt = live.learnt.after_refusal(unanswered_seconds);
            let secrets = if turns_to_set_aside { turned(live.secrets) } else { live.secrets };
            let trouble = Some(troubled(live.trouble, failure, attempts, retry_at, at));
            Live { trouble, learnt, secrets, ..live }
        }),
        Event::AnswerSetAside { seconds, secrets, .. } => living(before, |live| {
            let learnt = live.learnt.after_second_answer(seconds);
            Live { learnt, secrets: Secrets { set_aside: secrets.renewal, ..live.secrets }, ..live }
        }),
        Event::Expiring { ends_at, days, .. } => {
            living(before, |live| Live { told: Some(Told { ends_at, days }), ..live })
        }
        Event::RefusalWithdrawn { failure, retry_at, at, .. } => withdrawn(before, failure, retry_at, at),
        Event::Broken { failure, at, .. } => match before {
            Connection::Live(live) => Connection::Broken(live.broken(failure, at)),
            unchanged @ (Connection::Absent | Connection::Broken(_) | Connection::Revoked(_)) => unchanged,
        },
        Event::CredentialRevoked { failure, key, at, .. } => match before {
            Connection::Live(live) => Connection::Broken(shredded(live.broken(failure, at), key)),
            Connection::Broken(broken) => {
                Connection::Broken(shredded(broken.as_live().broken(failure, at), key))
            }
            unchanged @ (Connection::Absent | Connection::Revoked(_)) => unchanged,
        },
        Event::Described { about, .. } => kept(before, |it| *it.about = about),
        Event::Disabled { at, .. } => kept(before, |it| *it.disabled_at = Some(at)),
        Event::Enabled { .. } => kept(before, |it| *it.disabled_at = None),
        Event::RefreshingPaused { at, .. } => kept(before, |it| *it.paused_at = Some(at)),
        Event::RefreshingResumed { .. } => kept(before, |it| *it.paused_at = None),
        Event::RefreshScheduled { due_at, .. } => {
            living(before, |live| Live { refresh_by: Some(due_at), ..live })
        }
        Event::KeyReplaced { secrets, .. } => kept(before, |it| *it.secrets = secrets),
        Event::Revoked { generation, key, destroyed_at, obtained_at, at } => match before {
            Connection::Live(Live { profile, .. }) | Connection::Broken(Broken { profile, .. }) => {
                Connection::Revoked(Revoked { profile, generation, key, destroyed_at, obtained_at, at })
            }
            unchanged @ (Connection::Absent | Connection::Revoked(_)) => unchanged,
        },
        Event::CredentialRevealed { .. } => before,
    }
}

fn established(
    before: &Connection,
    profile: Profile,
    credential: CredentialFacts,
    secrets: Secrets,
) -> Connection {
    Connection::Live(Live {
        consented_at: credential.since(),
        learnt: lasting(before).map_or_else(Learnt::default, |(_, _, learnt)| learnt),
        told: None,
        profile,
        credential,
        trouble: None,
        rejected: false,
        disabled_at: before.disabled_at(),
        paused_at: before.paused_at(),
        refresh_by: None,
        about: before.about().cloned().unwrap_or_default(),
        secrets,
    })
}

fn refreshed(
    before: Connection,
    credential: CredentialFacts,
    rotated: Option<bool>,
    secrets: Secrets,
) -> Connection {
    let told = if let Connection::Live(live) = &before { live.told } else { None };
    let Some((profile, consented_at, learnt)) = lasting(&before) else { return before };
    let credential = of_the_same_account(credential, &before);
    let learnt = rotated.map_or(learnt, |rotated| learnt.after_success(rotated, credential.obtained_at));
    Connection::Live(Live {
        profile,
        credential,
        trouble: None,
        rejected: false,
        consented_at,
        learnt,
        told,
        disabled_at: before.disabled_at(),
        paused_at: before.paused_at(),
        refresh_by: None,
        about: before.about().cloned().unwrap_or_default(),
        secrets,
    })
}

fn withdrawn(before: Connection, failure: Failure, retry_at: Timestamp, at: Timestamp) -> Connection {
    match before {
        Connection::Broken(broken) => {
            let trouble = Some(troubled(None, failure, 1, retry_at, at));
            Connection::Live(Live { trouble, ..broken.as_live() })
        }
        unchanged @ (Connection::Absent | Connection::Live(_) | Connection::Revoked(_)) => unchanged,
    }
}

/// Nothing is left of its credential, nor the key to it.
fn shredded(broken: Broken, key: Option<KeyId>) -> Broken {
    Broken { destroyed: key, secrets: Secrets::default(), ..broken }
}

/// Changes it while it lives.
fn living(before: Connection, change: impl FnOnce(Live) -> Live) -> Connection {
    match before {
        Connection::Live(live) => Connection::Live(change(live)),
        unchanged @ (Connection::Absent | Connection::Broken(_) | Connection::Revoked(_)) => unchanged,
    }
}

/// What a connection has until it is deleted, whether it lives or not.
struct Kept<'a> {
    about: &'a mut About,
    disabled_at: &'a mut Option<Timestamp>,
    paused_at: &'a mut Option<Timestamp>,
    secrets: &'a mut Secrets,
}

/// Changes it until it is deleted.
fn kept(mut connection: Connection, change: impl FnOnce(Kept<'_>)) -> Connection {
    match &mut connection {
        Connection::Live(Live { about, disabled_at, paused_at, secrets, .. })
        | Connection::Broken(Broken { about, disabled_at, paused_at, secrets, .. }) => {
            change(Kept { about, disabled_at, paused_at, secrets });
        }
        Connection::Absent | Connection::Revoked(_) => {}
    }
    connection
}

/// A token endpoint says nothing of whose token it renews: that is whose it was.
fn of_the_same_account(renewed: CredentialFacts, before: &Connection) -> CredentialFacts {
    let (Connection::Live(Live { credential, .. }) | Connection::Broken(Broken { credential, .. })) = before
    else {
        return renewed;
    };
    CredentialFacts {
        account: renewed.account.or_else(|| credential.account.clone()),
        account_id: renewed.account_id.or_else(|| credential.account_id.clone()),
        ..renewed
    }
}

/// What outlasts a credential.
fn lasting(connection: &Connection) -> Option<(Profile, Timestamp, Learnt)> {
    match connection {
        Connection::Live(live) => Some((live.profile.clone(), live.consented_at, live.learnt)),
        Connection::Broken(broken) => Some((broken.profile.clone(), broken.consented_at, broken.learnt)),
        Connection::Absent | Connection::Revoked(_) => None,
    }
}

/// An episode begun, or gone on with.
fn troubled(
    before: Option<Trouble>,
    failure: Failure,
    attempts: u32,
    retry_at: Timestamp,
    at: Timestamp,
) -> Trouble {
    let (since, refused_at, unanswered_at) =
        before.map_or((at, None, None), |trouble| (trouble.since, trouble.refused_at, trouble.unanswered_at));
    // What an incident is to blame for counts against no connection.
    let counts = failure.reason == Reason::RefusalUnconfirmed && failure.cause != Some(Cause::ManyRefused);
    let refused_at = refused_at.or(counts.then_some(at));
    let unanswered_at = unanswered_at.or(failure.may_have_taken_effect().then_some(at));
    Trouble { failure, attempts, since, retry_at, refused_at, unanswered_at }
}

fn turned(secrets: Secrets) -> Secrets {
    Secrets { handout: secrets.handout, renewal: secrets.set_aside.or(secrets.renewal), set_aside: None }
}
