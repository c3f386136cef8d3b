//! Ends that are seen coming.

use super::*;

const DAY: i64 = 24 * HOUR;

fn limited(idle_days: Option<i64>, absolute_days: Option<i64>) -> Connection {
    let seconds = |days: i64| u64::try_from(days * DAY / 1000).unwrap();
    let behaviour = Behaviour {
        rotation: RotationClass::Strict,
        idle_seconds: idle_days.map(seconds),
        absolute_seconds: absolute_days.map(seconds),
    };
    after([establish(0, NewCredential { behaviour, ..credential(0, Some(HOUR), true) })])
}

fn warnings(mut connection: Connection, days: impl IntoIterator<Item = i64>) -> Vec<(i64, u8)> {
    let mut given = vec![];
    for day in days {
        for event in connection.decide(Command::Warn { at: Timestamp(day * DAY) }).unwrap() {
            let Event::Expiring { days, .. } = &event else { panic!("{event:?}") };
            given.push((day, *days));
            connection = connection.evolve(event);
        }
    }
    given
}

#[test]
fn the_absolute_end_is_told_seven_three_and_one_day_ahead_and_each_once() {
    assert_eq!(warnings(limited(None, Some(90)), 0..95), [(83, 7), (87, 3), (89, 1)]);
}

#[test]
fn a_warning_that_was_missed_is_told_by_the_next() {
    assert_eq!(warnings(limited(None, Some(90)), [0, 88, 90]), [(88, 3), (90, 1)]);
}

#[test]
fn a_life_shorter_than_the_warning_is_not_warned_of_so_early() {
    assert_eq!(warnings(limited(Some(5), None), 0..6), [(2, 3), (4, 1)]);
    assert_eq!(warnings(limited(Some(1), None), 0..3), []);
}

#[test]
fn an_idle_end_moves_with_every_refresh_and_an_absolute_one_does_not() {
    let behaviour = Behaviour { idle_seconds: Some(864_000), ..Behaviour::default() };
    let at = |day: i64| {
        let credential = NewCredential { behaviour, ..credential(day * DAY, Some(HOUR), true) };
        complete(1, Outcome::Refreshed { credential, rotated: true }, day * DAY)
    };
    let refreshed = after([establish(0, credential(0, Some(HOUR), true)), at(8)]);
    assert_eq!(refreshed.live().unwrap().ends_at(), Some(Timestamp(18 * DAY)));
    assert_eq!(warnings(refreshed, 8..12), [(11, 7)]);
}

#[test]
fn what_was_brought_is_as_old_as_its_provider_says_and_recorded_when_it_came() {
    let behaviour =
        Behaviour { idle_seconds: Some(864_000), absolute_seconds: Some(7_776_000), ..Behaviour::default() };
    let brought = |issued_at: Option<i64>, expires_at: i64| NewCredential {
        behaviour,
        issued_at: issued_at.map(Timestamp),
        expires_at: Some(Timestamp(expires_at)),
        ..credential(80 * DAY, None, true)
    };
    let events = Connection::Absent.decide(establish(0, brought(Some(78 * DAY), 100 * DAY))).unwrap();
    let Event::Established { credential: facts, .. } = &events[0] else { panic!("{events:?}") };
    assert_eq!((facts.obtained_at, facts.since()), (Timestamp(80 * DAY), Timestamp(78 * DAY)));
    let ends = |issued_at| after([establish(0, brought(issued_at, 100 * DAY))]).live().unwrap().ends_at();
    assert_eq!((ends(None), ends(Some(78 * DAY))), (Some(Timestamp(90 * DAY)), Some(Timestamp(88 * DAY))));
    // A token that has most of its life behind it is due at once.
    let due =
        |issued_at| after([establish(0, brought(issued_at, 81 * DAY))]).live().unwrap().refresh_due_at();
    assert!(due(None).unwrap() > Timestamp(80 * DAY + DAY / 2));
    assert!(due(Some(74 * DAY)).unwrap() <= Timestamp(80 * DAY));
    let refreshed = after([establish(0, brought(Some(78 * DAY), 100 * DAY)), refreshed(1, 81 * DAY)]);
    assert_eq!(refreshed.live().unwrap().credential.since(), Timestamp(81 * DAY), "the next is new");
}

#[test]
fn a_warning_makes_the_connection_due_when_nothing_else_does() {
    let behaviour = Behaviour { absolute_seconds: Some(864_000), ..Behaviour::default() };
    let long = NewCredential { behaviour, ..credential(0, Some(100 * DAY), true) };
    assert_eq!(after([establish(0, long)]).card().due_at, Some(Timestamp(3 * DAY)));
    let unrenewable = after([establish(0, credential(0, Some(30 * DAY), false))]);
    assert_eq!(unrenewable.card().due_at, Some(Timestamp(23 * DAY)));
    assert_eq!(warnings(unrenewable, 0..31), [(23, 7), (27, 3), (29, 1)]);
}

#[test]
fn an_idle_refresh_token_is_used_within_its_limit_however_long_the_access_token_lives() {
    let behaviour = Behaviour { idle_seconds: Some(10 * 86_400), ..Behaviour::default() };
    for expires_in in [None, Some(100 * DAY)] {
        let lasting = NewCredential { behaviour, ..credential(0, expires_in, true) };
        let due = after([establish(0, lasting)]).live().unwrap().refresh_due_at().unwrap();
        assert!(Timestamp(7 * DAY) <= due && due < Timestamp(9 * DAY), "{due:?}");
    }
}

#[test]
fn a_refusal_after_the_known_end_is_the_end_and_no_revocation() {
    let connection = limited(None, Some(10));
    let events = connection.decide(refused(1, 10 * DAY)).unwrap();
    assert!(
        matches!(&events[..], [Event::Broken { failure, .. }] if failure.cause == Some(Cause::GrantExpired))
    );
}
