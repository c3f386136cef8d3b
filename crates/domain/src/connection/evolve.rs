use super::{Broken, Connection, CredentialFacts, Event, Live, Profile, Revoked, Secrets, Told, Trouble};
use crate::rotation::Learnt;
use crate::{Cause, Failure, KeyId, Reason, Timestamp};

pub(super) fn evolve(connection: Connection, event: Event) -> Connection {
    match (connection, event) {
        (before, Event::Established { profile, credential, secrets, .. }) => Connection::Live(Live {
            consented_at: credential.since(),
            learnt: lasting(&before).map_or_else(Learnt::default, |(_, _, learnt)| learnt),
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
        }),
        (
            before @ (Connection::Live(_) | Connection::Broken(_)),
            Event::CredentialsRefreshed { credential, rotated, secrets, .. },
        ) => {
            let told = if let Connection::Live(live) = &before { live.told } else { None };
            let Some((profile, consented_at, learnt)) = lasting(&before) else { return before };
            let credential = of_the_same_account(credential, &before);
            let learnt =
                rotated.map_or(learnt, |rotated| learnt.after_success(rotated, credential.obtained_at));
            let (trouble, rejected) = (None, false);
            let (disabled_at, paused_at) = (before.disabled_at(), before.paused_at());
            let about = before.about().cloned().unwrap_or_default();
            Connection::Live(Live {
                profile,
                credential,
                trouble,
                rejected,
                consented_at,
                learnt,
                told,
                disabled_at,
                paused_at,
                refresh_by: None,
                about,
                secrets,
            })
        }
        (Connection::Live(live), Event::CredentialRejected { .. }) => {
            Connection::Live(Live { rejected: true, ..live })
        }
        (
            Connection::Live(live),
            Event::RefreshFailed {
                failure,
                attempts,
                retry_at,
                turns_to_set_aside,
                unanswered_seconds,
                at,
                ..
            },
        ) => {
            let learnt = live.learnt.after_refusal(unanswered_seconds);
            let secrets = if turns_to_set_aside { turned(live.secrets) } else { live.secrets };
            let trouble = Some(troubled(live.trouble, failure, attempts, retry_at, at));
            Connection::Live(Live { trouble, learnt, secrets, ..live })
        }
        (Connection::Live(live), Event::AnswerSetAside { seconds, secrets, .. }) => {
            let learnt = live.learnt.after_second_answer(seconds);
            let secrets = Secrets { set_aside: secrets.renewal, ..live.secrets };
            Connection::Live(Live { learnt, secrets, ..live })
        }
        (Connection::Live(live), Event::Expiring { ends_at, days, .. }) => {
            Connection::Live(Live { told: Some(Told { ends_at, days }), ..live })
        }
        (Connection::Broken(broken), Event::RefusalWithdrawn { failure, retry_at, at, .. }) => {
            let trouble = Some(troubled(None, failure, 1, retry_at, at));
            Connection::Live(Live { trouble, ..broken.as_live() })
        }
        (Connection::Live(live), Event::Broken { failure, at, .. }) => {
            Connection::Broken(live.broken(failure, at))
        }
        (Connection::Live(live), Event::CredentialRevoked { failure, key, at, .. }) => {
            Connection::Broken(shredded(live.broken(failure, at), key))
        }
        (Connection::Broken(broken), Event::CredentialRevoked { failure, key, at, .. }) => {
            Connection::Broken(shredded(broken.as_live().broken(failure, at), key))
        }
        (mut live @ (Connection::Live(_) | Connection::Broken(_)), Event::Described { about: said, .. }) => {
            if let Connection::Live(Live { about, .. }) | Connection::Broken(Broken { about, .. }) = &mut live
            {
                *about = said;
            }
            live
        }
        (connection @ (Connection::Live(_) | Connection::Broken(_)), Event::Disabled { at, .. }) => {
            switched(connection, Some(at))
        }
        (connection @ (Connection::Live(_) | Connection::Broken(_)), Event::Enabled { .. }) => {
            switched(connection, None)
        }
        (connection @ (Connection::Live(_) | Connection::Broken(_)), Event::RefreshingPaused { at, .. }) => {
            paused(connection, Some(at))
        }
        (connection @ (Connection::Live(_) | Connection::Broken(_)), Event::RefreshingResumed { .. }) => {
            paused(connection, None)
        }
        (Connection::Live(live), Event::RefreshScheduled { due_at, .. }) => {
            Connection::Live(Live { refresh_by: Some(due_at), ..live })
        }
        (
            mut kept @ (Connection::Live(_) | Connection::Broken(_)),
            Event::KeyReplaced { secrets: resealed, .. },
        ) => {
            if let Connection::Live(Live { secrets, .. }) | Connection::Broken(Broken { secrets, .. }) =
                &mut kept
            {
                *secrets = resealed;
            }
            kept
        }
        (
            Connection::Live(Live { profile, .. }) | Connection::Broken(Broken { profile, .. }),
            Event::Revoked { generation, key, destroyed_at, obtained_at, at },
        ) => Connection::Revoked(Revoked { profile, generation, key, destroyed_at, obtained_at, at }),
        // Facts that found the connection in a state they say nothing about leave it as it is.
        (
            unchanged,
            Event::CredentialsRefreshed { .. }
            | Event::CredentialRejected { .. }
            | Event::RefreshFailed { .. }
            | Event::AnswerSetAside { .. }
            | Event::RefusalWithdrawn { .. }
            | Event::Expiring { .. }
            | Event::Broken { .. }
            | Event::CredentialRevealed { .. }
            | Event::Described { .. }
            | Event::Disabled { .. }
            | Event::Enabled { .. }
            | Event::RefreshingPaused { .. }
            | Event::RefreshingResumed { .. }
            | Event::RefreshScheduled { .. }
            | Event::KeyReplaced { .. }
            | Event::CredentialRevoked { .. }
            | Event::Revoked { .. },
        ) => unchanged,
    }
}

/// Nothing is left of its credential, nor the key to it.
fn shredded(broken: Broken, key: Option<KeyId>) -> Broken {
    Broken { destroyed: key, secrets: Secrets::default(), ..broken }
}

fn switched(mut connection: Connection, off_since: Option<Timestamp>) -> Connection {
    if let Connection::Live(Live { disabled_at, .. }) | Connection::Broken(Broken { disabled_at, .. }) =
        &mut connection
    {
        *disabled_at = off_since;
    }
    connection
}

fn paused(mut connection: Connection, since: Option<Timestamp>) -> Connection {
    if let Connection::Live(Live { paused_at, .. }) | Connection::Broken(Broken { paused_at, .. }) =
        &mut connection
    {
        *paused_at = since;
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
