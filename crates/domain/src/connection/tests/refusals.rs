//! When a refusal is believed, and what becomes of a connection until then.

use super::*;
use crate::connection::Live;

const MINUTE: i64 = 60_000;

fn of(class: RotationClass) -> Connection {
    let behaviour = Behaviour { rotation: class, ..Behaviour::default() };
    after([establish(0, NewCredential { behaviour, ..credential(0, Some(HOUR), true) })])
}

fn refusal(at: i64, course: Course, ruling: Ruling) -> Command {
    match refused(1, at) {
        Command::CompleteRefresh { replaces, outcome, at, .. } => {
            Command::CompleteRefresh { replaces, outcome, course, ruling, at }
        }
        other => other,
    }
}

fn apply(connection: Connection, command: Command) -> Connection {
    let events = connection.decide(command).unwrap();
    events.into_iter().fold(connection, Connection::evolve)
}

fn timeout(at: i64) -> Command {
    let failure = Failure::new(Reason::ProviderTimeout, Phase::Refresh);
    complete(1, Outcome::Failed { failure, retry_after: None }, at)
}

fn cause_of(connection: &Connection) -> Option<Cause> {
    match connection {
        Connection::Broken(broken) => broken.failure.cause,
        other => panic!("{other:?}"),
    }
}

fn live_of(connection: &Connection) -> &Live {
    connection.live().unwrap()
}

#[test]
fn one_refusal_is_not_believed_where_a_second_can_confirm_it() {
    for class in [RotationClass::Unknown, RotationClass::None, RotationClass::Grace { seconds: 60 }] {
        let doubted = apply(of(class), refused(1, 1000));
        let trouble = live_of(&doubted).trouble.clone().unwrap();
        assert_eq!(trouble.failure.reason, Reason::RefusalUnconfirmed);
        assert_eq!(trouble.retry_at, Timestamp(1000 + 10 * MINUTE));
        assert_eq!(doubted.card().status, "degraded");
        // Too early it confirms nothing, and puts nothing off.
        let early = apply(doubted, refused(1, 1000 + 10 * MINUTE - 1));
        assert_eq!(live_of(&early).trouble.clone().unwrap().retry_at, Timestamp(1000 + 10 * MINUTE));
        let confirmed = apply(early, refused(1, 1000 + 10 * MINUTE));
        assert_eq!(cause_of(&confirmed), Some(Cause::GrantRevoked));
    }
}

#[test]
fn other_failures_between_two_refusals_do_not_begin_the_count_anew() {
    let doubted = apply(of(RotationClass::None), refused(1, 0));
    let busy = apply(doubted, failed(1, 9 * MINUTE));
    assert_eq!(cause_of(&apply(busy, refused(1, 10 * MINUTE))), Some(Cause::GrantRevoked));
}

#[test]
fn a_refresh_that_works_after_a_refusal_forgets_it() {
    let doubted = apply(of(RotationClass::Unknown), refused(1, 0));
    let behaviour = Behaviour::default();
    let credential = NewCredential { behaviour, ..credential(MINUTE, Some(HOUR), true) };
    let recovered = apply(doubted, complete(1, Outcome::Refreshed { credential, rotated: true }, MINUTE));
    assert_eq!(live_of(&recovered).trouble, None);
    let doubted = recovered.decide(refused(2, 20 * MINUTE)).unwrap();
    assert!(matches!(&doubted[..], [Event::RefreshFailed { attempts: 1, .. }]), "{doubted:?}");
}

#[test]
fn a_strict_token_that_is_refused_is_not_sent_again() {
    assert_eq!(cause_of(&apply(of(RotationClass::Strict), refused(1, 5))), Some(Cause::GrantRevoked));
}

#[test]
fn what_is_documented_now_counts_and_not_what_was_known_when_it_was_obtained() {
    let documented = Behaviour { rotation: RotationClass::Strict, ..Behaviour::default() };
    let course = Course { documented, unanswered_seconds: None };
    let broken = apply(of(RotationClass::Unknown), refusal(5, course, Ruling::default()));
    assert_eq!(cause_of(&broken), Some(Cause::GrantRevoked));
}

#[test]
fn a_refusal_after_a_lost_answer_says_so_where_the_token_was_good_only_once() {
    let lost = Course { unanswered_seconds: Some(75), ..Course::default() };
    let in_one_attempt = apply(of(RotationClass::Strict), refusal(5, lost, Ruling::default()));
    assert_eq!(cause_of(&in_one_attempt), Some(Cause::RotationResponseLost));
    let in_two = apply(apply(of(RotationClass::Strict), timeout(5)), refused(1, 10));
    assert_eq!(cause_of(&in_two), Some(Cause::RotationResponseLost));
    let clean = apply(apply(of(RotationClass::Strict), failed(1, 5)), refused(1, 10));
    assert_eq!(cause_of(&clean), Some(Cause::GrantRevoked));
}

#[test]
fn a_lost_answer_explains_nothing_where_the_old_token_is_still_taken() {
    for (class, cause) in [
        (RotationClass::None, Cause::GrantRevoked),
        (RotationClass::Grace { seconds: 3600 }, Cause::GrantRevoked),
        (RotationClass::Grace { seconds: 60 }, Cause::RotationResponseLost),
    ] {
        let doubted = apply(apply(of(class), timeout(0)), refused(1, MINUTE));
        assert_eq!(cause_of(&apply(doubted, refused(1, 11 * MINUTE))), Some(cause), "{class:?}");
    }
}

#[test]
fn nothing_is_given_up_while_many_are_refused() {
    let ruling = Ruling { incident: Some(Duration::from_secs(150)), ..Ruling::default() };
    for class in [RotationClass::Strict, RotationClass::None, RotationClass::Unknown] {
        let mut connection = of(class);
        for n in 0..20 {
            let at = n * 11 * MINUTE;
            connection = apply(connection, refusal(at, Course::default(), ruling));
            let trouble = live_of(&connection).trouble.clone().unwrap();
            assert_eq!(trouble.failure.cause, Some(Cause::ManyRefused));
            assert!(
                Timestamp(at + 150_000) <= trouble.retry_at && trouble.retry_at < Timestamp(at + 300_000)
            );
        }
        // What was refused during the incident confirms nothing after it.
        let after = apply(connection, refused(1, 300 * MINUTE));
        assert_eq!(
            after.card().status,
            if class == RotationClass::Strict { "needs_reauth" } else { "degraded" }
        );
    }
}

#[test]
fn an_incident_takes_back_what_was_believed_before_it_was_noticed() {
    let ruling = Ruling { incident: Some(Duration::from_secs(150)), ..Ruling::default() };
    let reconsider =
        |generation| Command::Reconsider { generation: Generation(generation), ruling, at: Timestamp(9) };
    let broken = apply(of(RotationClass::Strict), refused(1, 5));
    assert_eq!(broken.decide(reconsider(2)), Ok(vec![]));
    let back = apply(broken.clone(), reconsider(1));
    assert_eq!(back.card().status, "degraded");
    assert!(back.card().due_at.is_some());
    assert_eq!(back.secrets(), broken.secrets());
    assert_eq!(back.decide(reconsider(1)), Ok(vec![]));
    let quiet =
        Command::Reconsider { generation: Generation(1), ruling: Ruling::default(), at: Timestamp(9) };
    assert_eq!(broken.decide(quiet), Ok(vec![]));
}

#[test]
fn a_second_answer_is_kept_and_tried_before_a_refusal_is_believed() {
    let sealed = |byte| Some(Sealed::from_bytes(vec![byte]));
    let answer = |byte: u8, at| {
        let secrets = Secrets { handout: sealed(byte), renewal: sealed(byte), set_aside: None };
        let fingerprint = format!("{byte:08x}");
        let credential = NewCredential { secrets, fingerprint, ..credential(at, Some(HOUR), true) };
        complete(1, Outcome::Refreshed { credential, rotated: true }, at)
    };
    let first = apply(of(RotationClass::Strict), answer(7, 1000));
    assert_eq!(first.decide(answer(7, 2000)), Err(Refusal::Superseded));
    let both = apply(first, answer(8, 31_000));
    assert_eq!(both.generation(), Generation(2));
    assert_eq!(live_of(&both).secrets.renewal, sealed(7));
    assert_eq!(live_of(&both).learnt.reuse_taken_seconds, Some(30));
    let turned = apply(both, refused(2, 40_000));
    assert_eq!(live_of(&turned).secrets.renewal, sealed(8));
    assert_eq!(live_of(&turned).secrets.set_aside, None);
    assert_eq!(live_of(&turned).secrets.handout, sealed(7));
    assert_eq!(apply(turned, refused(2, 41_000)).card().status, "needs_reauth");
}

#[test]
fn a_degraded_connection_says_until_when_its_token_serves() {
    let [Event::RefreshFailed { usable_until, .. }] =
        &of(RotationClass::None).decide(failed(1, 5)).unwrap()[..]
    else {
        panic!()
    };
    assert_eq!(*usable_until, Some(Timestamp(HOUR)));
    let report = Command::ReportRejection { generation: Generation(1), at: Timestamp(1) };
    let rejected = apply(of(RotationClass::None), report);
    let [Event::RefreshFailed { usable_until: None, .. }] = &rejected.decide(failed(1, 5)).unwrap()[..]
    else {
        panic!()
    };
}
