mod described;
mod endings;
mod paced;
mod refusals;
mod revoked;

use super::{
    About, Apart, Arrival, Broken, Command, Connection, Event, Live, NewCredential, Outcome, Profile,
    Refusal, Ruling, Secrets, Usability,
};
use crate::rotation::{Behaviour, Course, RotationClass};
use crate::{
    Aggregate, AuthorizationId, Cause, ConnectionId, Failure, Generation, KeyId, Phase, Reason, Timestamp,
};
use latchkey_secret::Sealed;
use std::time::Duration;

const HOUR: i64 = 3_600_000;

fn profile() -> Profile {
    Profile {
        id: ConnectionId::from_parts(1, 1),
        environment: "dev".parse().unwrap(),
        integration: "github".parse().unwrap(),
        provider: "github".into(),
        end_user: "ana".parse().unwrap(),
        created_at: Timestamp(0),
    }
}

fn credential(obtained_at: i64, expires_in: Option<i64>, renewable: bool) -> NewCredential {
    let sealed = || Some(Sealed::from_bytes(vec![1, 2, 3]));
    NewCredential {
        auth_mode: "OAUTH2".into(),
        obtained_at: Timestamp(obtained_at),
        issued_at: None,
        expires_at: expires_in.map(|life| Timestamp(obtained_at + life)),
        scopes: vec!["read".into()],
        origins: vec!["https://api.example.com".into()],
        fingerprint: "0011".into(),
        account_id: None,
        account: None,
        behaviour: Behaviour { rotation: RotationClass::Strict, ..Behaviour::default() },
        secrets: Secrets {
            handout: sealed(),
            renewal: if renewable { sealed() } else { None },
            set_aside: None,
        },
    }
}

fn establish(replaces: u64, credential: NewCredential) -> Command {
    Command::Establish {
        profile: profile(),
        authorization: AuthorizationId::from_parts(1, 1),
        replaces: Generation(replaces),
        credential,
        about: About::default(),
        external_id_taken: false,
        arrival: Arrival::Consented,
    }
}

fn refreshed(replaces: u64, at: i64) -> Command {
    complete(replaces, Outcome::Refreshed { credential: credential(at, Some(HOUR), true), rotated: true }, at)
}

fn failed(replaces: u64, at: i64) -> Command {
    let failure = Failure::new(Reason::ProviderUnavailable, Phase::Refresh);
    complete(replaces, Outcome::Failed { failure, retry_after: None }, at)
}

fn refused(replaces: u64, at: i64) -> Command {
    let failure =
        Failure { cause: Some(Cause::GrantRevoked), ..Failure::new(Reason::ReauthRequired, Phase::Refresh) };
    complete(replaces, Outcome::Refused(failure), at)
}

fn complete(replaces: u64, outcome: Outcome, at: i64) -> Command {
    Command::CompleteRefresh {
        replaces: Generation(replaces),
        outcome,
        course: Course::default(),
        ruling: Ruling::default(),
        at: Timestamp(at),
    }
}

fn after(commands: impl IntoIterator<Item = Command>) -> Connection {
    commands.into_iter().fold(Connection::default(), |connection, command| {
        let events = connection.decide(command).unwrap();
        events.into_iter().fold(connection, Connection::evolve)
    })
}

fn live() -> Connection {
    after([establish(0, credential(0, Some(HOUR), true))])
}

#[test]
fn a_late_refresh_cannot_replace_a_newer_credential() {
    let connection = after([establish(0, credential(0, Some(HOUR), true)), refreshed(1, 10)]);
    assert_eq!(connection.decide(refreshed(1, 11)), Err(Refusal::Superseded));
    assert_eq!(connection.decide(refused(1, 11)), Err(Refusal::Superseded));
    assert_eq!(connection.decide(failed(1, 11)), Err(Refusal::Superseded));
}

#[test]
fn a_refused_grant_breaks_the_connection_once() {
    let broken = after([establish(0, credential(0, Some(HOUR), true)), refused(1, 10)]);
    assert_eq!(broken.card().status, "needs_reauth");
    assert_eq!(broken.card().due_at, None);
    assert_eq!(broken.decide(refused(1, 11)), Ok(vec![]));
    assert!(matches!(broken.usable(Timestamp(11), Duration::ZERO), Err(Refusal::NeedsReauthorization(_))));
}

#[test]
fn a_failing_provider_never_breaks_a_connection() {
    let connection = after((0..200).scan(0, |_, n| Some(failed(1, n * 1000))).fold(
        vec![establish(0, credential(0, Some(HOUR), true))],
        |mut all, command| {
            all.push(command);
            all
        },
    ));
    assert_eq!(connection.card().status, "degraded");
    assert!(connection.card().due_at.is_some());
}

#[test]
fn a_refresh_that_works_ends_the_trouble() {
    let connection = after([establish(0, credential(0, Some(HOUR), true)), failed(1, 5)]);
    let events = connection.decide(refreshed(1, 10)).unwrap();
    assert!(matches!(&events[..], [Event::CredentialsRefreshed { recovered: true, .. }]));
    assert_eq!(
        after([establish(0, credential(0, Some(HOUR), true)), failed(1, 5), refreshed(1, 10)]).card().status,
        "active"
    );
}

#[test]
fn a_refresh_leaves_whose_account_it_is() {
    let named = |account: Option<&str>, id: Option<&str>| NewCredential {
        account: account.map(Into::into),
        account_id: id.map(Into::into),
        ..credential(0, Some(HOUR), true)
    };
    let begun = || establish(0, named(Some("ana@acme.example"), Some("7")));
    let whose = |connection: Connection| {
        let (Connection::Live(Live { credential, .. }) | Connection::Broken(Broken { credential, .. })) =
            connection
        else {
            unreachable!("it has a credential")
        };
        (credential.generation.0, credential.account, credential.account_id)
    };
    let ana = |generation| (generation, Some("ana@acme.example".to_owned()), Some("7".to_owned()));
    assert_eq!(whose(after([begun(), refreshed(1, 10)])), ana(2));
    assert_eq!(whose(after([begun(), refreshed(1, 10), refreshed(2, 20), refused(3, 30)])), ana(3));
    assert_eq!(whose(after([begun(), refused(1, 10), refreshed(1, 11)])), ana(2));
    // Another consent may be another account's, whether or not it says so.
    assert_eq!(whose(after([begun(), establish(1, named(None, None))])), (2, None, None));
}

#[test]
fn a_new_credential_revives_what_a_raced_refusal_broke() {
    let broken = after([establish(0, credential(0, Some(HOUR), true)), refused(1, 10)]);
    assert!(matches!(
        &broken.decide(refreshed(1, 11)).unwrap()[..],
        [Event::CredentialsRefreshed { recovered: true, .. }]
    ));
}

#[test]
fn a_reconnection_keeps_the_id_and_counts_on() {
    let broken = after([establish(0, credential(0, Some(HOUR), true)), refused(1, 10)]);
    let events = broken.decide(establish(1, credential(20, Some(HOUR), true))).unwrap();
    let [Event::Established { profile, credential, recovered: true, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(
        (profile.id, profile.created_at, credential.generation),
        (self::profile().id, Timestamp(0), Generation(2))
    );
}

#[test]
fn a_late_consent_cannot_replace_a_newer_credential() {
    let connection = after([establish(0, credential(0, Some(HOUR), true)), refreshed(1, 10)]);
    assert_eq!(connection.decide(establish(1, credential(11, Some(HOUR), true))), Err(Refusal::Superseded));
}

#[test]
fn a_consent_for_another_integration_is_refused() {
    let mut command = establish(1, credential(1, None, false));
    if let Command::Establish { profile, .. } = &mut command {
        profile.integration = "slack".parse().unwrap();
    }
    assert_eq!(live().decide(command), Err(Refusal::OtherIntegration));
}

#[test]
fn a_deleted_connection_stays_deleted_and_tells_which_key_went_with_it() {
    let key = Some(KeyId::from_bytes([7; 16]));
    let deleted =
        after([establish(0, credential(0, Some(HOUR), true)), Command::Revoke { key, at: Timestamp(5) }]);
    assert!(matches!(&deleted, Connection::Revoked(revoked) if revoked.key == key));
    assert_eq!(deleted.decide(Command::Revoke { key: None, at: Timestamp(6) }), Ok(vec![]));
    assert_eq!(deleted.decide(refreshed(1, 6)), Err(Refusal::Revoked));
    assert_eq!(deleted.decide(establish(1, credential(6, None, false))), Err(Refusal::Revoked));
    assert_eq!(deleted.secrets(), Apart::default());
}

#[test]
fn a_look_at_the_credential_is_recorded_and_changes_nothing() {
    let reveal = || Command::Reveal { exported: false, at: Timestamp(5) };
    for exported in [false, true] {
        let at = Timestamp(5);
        let recorded = Event::CredentialRevealed { generation: live().generation(), exported, at };
        assert_eq!(live().decide(Command::Reveal { exported, at }), Ok(vec![recorded.clone()]));
        assert_eq!(live().evolve(recorded), live());
    }
    let deleted = after([
        establish(0, credential(0, Some(HOUR), true)),
        Command::Revoke { key: None, at: Timestamp(5) },
    ]);
    assert_eq!(deleted.decide(reveal()), Err(Refusal::Revoked));
    assert_eq!(Connection::Absent.decide(reveal()), Err(Refusal::Absent));
}

#[test]
fn a_token_is_usable_while_it_lasts_long_enough() {
    let usable = |now, min| live().usable(Timestamp(now), Duration::from_millis(min)).unwrap();
    assert!(matches!(usable(0, 1000), Usability::Usable { .. }));
    assert!(matches!(usable(HOUR - 500, 1000), Usability::Stale { .. }));
    assert_eq!(usable(HOUR, 0), Usability::Stale { remaining: Duration::ZERO });
}

#[test]
fn a_rejected_token_is_stale_and_due_at_once() {
    let rejected = after([
        establish(0, credential(0, Some(HOUR), true)),
        Command::ReportRejection { generation: Generation(1), at: Timestamp(1) },
    ]);
    assert!(matches!(rejected.usable(Timestamp(2), Duration::ZERO).unwrap(), Usability::Stale { .. }));
    assert!(rejected.card().due_at.unwrap() <= Timestamp(1));
    assert_eq!(
        rejected.decide(Command::ReportRejection { generation: Generation(1), at: Timestamp(3) }),
        Ok(vec![])
    );
}

#[test]
fn a_rejection_of_a_replaced_credential_is_old_news() {
    let connection = after([establish(0, credential(0, Some(HOUR), true)), refreshed(1, 10)]);
    assert_eq!(
        connection.decide(Command::ReportRejection { generation: Generation(1), at: Timestamp(11) }),
        Ok(vec![])
    );
}

#[test]
fn a_token_that_nothing_renews_ends_when_it_expires_and_not_before() {
    let connection = after([establish(0, credential(0, Some(HOUR), false))]);
    assert_eq!(connection.card().due_at, Some(Timestamp(HOUR)));
    assert_eq!(connection.decide(Command::Expire { at: Timestamp(HOUR - 1) }), Ok(vec![]));
    let events = connection.decide(Command::Expire { at: Timestamp(HOUR) }).unwrap();
    assert!(
        matches!(&events[..], [Event::Broken { failure, .. }] if failure.cause == Some(Cause::GrantExpired))
    );
}

#[test]
fn a_renewable_token_whose_end_is_not_told_is_due_some_day() {
    let connection = after([establish(0, credential(0, None, true))]);
    let day = 24 * HOUR;
    let due = connection.card().due_at.unwrap();
    assert!(Timestamp(20 * day) < due && due < Timestamp(26 * day), "{due:?}");
}

#[test]
fn a_credential_without_an_end_is_never_due() {
    let connection = after([establish(0, credential(0, None, false))]);
    assert_eq!(connection.card().due_at, None);
    assert!(matches!(
        connection.usable(Timestamp(i64::MAX), Duration::MAX).unwrap(),
        Usability::Usable { remaining: None }
    ));
}

#[test]
fn a_failing_refresh_is_not_tried_before_its_time() {
    let connection = after([establish(0, credential(0, Some(HOUR), true)), failed(1, HOUR)]);
    assert!(matches!(
        connection.usable(Timestamp(HOUR + 1), Duration::ZERO).unwrap(),
        Usability::Waiting { .. }
    ));
    assert!(matches!(
        connection.usable(Timestamp(HOUR + 2000), Duration::ZERO).unwrap(),
        Usability::Stale { .. }
    ));
}

#[test]
fn a_lost_answer_is_asked_for_again_when_that_is_harmless_however_late() {
    let resend_at = Some(Timestamp(5 * HOUR));
    let failure = Failure::new(Reason::ProviderTimeout, Phase::Refresh);
    let lost = complete(1, Outcome::Unanswered { failure, resend_at }, 1000);
    let connection = after([establish(0, credential(0, Some(6 * HOUR), true)), lost]);
    assert_eq!(connection.live().unwrap().trouble.as_ref().map(|trouble| trouble.retry_at), resend_at);
}

#[test]
fn a_recorded_event_holds_no_secret() {
    let events = Connection::Absent.decide(establish(0, credential(0, None, true))).unwrap();
    let recorded = serde_json::to_string(&events).unwrap();
    assert!(!recorded.contains("handout") && !recorded.contains("secrets"), "{recorded}");
}

/// Every shape of event ever written must decode for ever. A new event adds a line; no line is ever changed.
#[test]
fn every_event_ever_written_still_decodes() {
    let golden = include_str!("../golden/connection.jsonl");
    let mut names = std::collections::BTreeSet::new();
    for line in golden.lines() {
        let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(
            serde_json::to_value(&event).unwrap(),
            serde_json::from_str::<serde_json::Value>(line).unwrap()
        );
        names.insert(serde_json::to_value(&event).unwrap()["event"].as_str().unwrap().to_owned());
    }
    for name in [
        "established",
        "credentials_refreshed",
        "credential_rejected",
        "refresh_failed",
        "answer_set_aside",
        "refusal_withdrawn",
        "expiring",
        "broken",
        "described",
        "disabled",
        "enabled",
        "revoked",
        "credential_revealed",
        "credential_revoked",
    ] {
        assert!(names.contains(name), "golden/connection.jsonl has no `{name}`");
    }
}
