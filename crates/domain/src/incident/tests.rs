use super::*;
use crate::{Generation, Phase, Reason};

const MINUTE: i64 = 60_000;

fn id(number: u128) -> ConnectionId {
    ConnectionId::from_parts(0, number)
}

fn raise(kind: Kind, seen_on: u128, at: i64) -> Command {
    Command::Raise {
        subject: Subject {
            environment: "dev".parse().unwrap(),
            integration: Some("github".parse().unwrap()),
            provider: "github".into(),
        },
        kind,
        failure: Some(Failure::new(Reason::ClientRejected, Phase::Refresh)),
        seen_on: Some(id(seen_on)),
        at: Timestamp(at),
    }
}

fn close(ending: Ending, at: i64) -> Command {
    Command::Close { ending, at: Timestamp(at) }
}

fn after(commands: impl IntoIterator<Item = Command>) -> Incident {
    commands.into_iter().fold(Incident::default(), |incident, command| {
        incident.decide(command).unwrap().into_iter().fold(incident, Incident::evolve)
    })
}

#[test]
fn it_opens_once_however_many_see_it_and_closes_once() {
    let open = after([raise(Kind::AppRefused, 1, 0)]);
    assert_eq!(open.card().status, "open");
    for other in 2..50 {
        assert_eq!(open.decide(raise(Kind::AppRefused, other, MINUTE - 1)), Ok(vec![]));
    }
    let closed = after([raise(Kind::AppRefused, 1, 0), close(Ending::Changed, 5)]);
    assert_eq!(closed.card().status, "closed");
    assert_eq!(closed.decide(close(Ending::Proved, 6)), Ok(vec![]));
    assert_eq!(Incident::Absent.decide(close(Ending::Proved, 6)), Ok(vec![]));
}

#[test]
fn a_refused_app_is_tried_again_less_and_less_often_up_to_hourly() {
    let mut incident = after([raise(Kind::AppRefused, 1, 0)]);
    let mut waits = vec![];
    for _ in 0..10 {
        let at = incident.open().unwrap().probe_at;
        let events = incident.decide(raise(Kind::AppRefused, 1, at.0)).unwrap();
        assert!(matches!(&events[..], [Event::ProbeFailed { .. }]), "{events:?}");
        incident = events.into_iter().fold(incident, Incident::evolve);
        waits.push(at.until(incident.open().unwrap().probe_at).as_secs() / 60);
    }
    assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60, 60, 60, 60]);
}

#[test]
fn a_provider_is_tried_half_open_and_opened_again() {
    let probed = after([raise(Kind::ProviderFailing, 1, 0), Command::Probe { at: Timestamp(1) }]);
    assert!(probed.open().unwrap().half_open);
    assert_eq!(probed.decide(Command::Probe { at: Timestamp(2) }), Ok(vec![]));
    let again = after([
        raise(Kind::ProviderFailing, 1, 0),
        Command::Probe { at: Timestamp(1) },
        raise(Kind::ProviderFailing, 1, 2),
    ]);
    assert!(!again.open().unwrap().half_open);
    assert_eq!(again.open().unwrap().since, Timestamp(0));
}

#[test]
fn one_connection_that_still_sees_what_others_disproved_does_not_stop_them_again() {
    let proved = || after([raise(Kind::AppRefused, 1, 0), close(Ending::Proved, MINUTE)]);
    assert_eq!(proved().decide(raise(Kind::AppRefused, 1, 2 * MINUTE)), Ok(vec![]));
    assert_eq!(proved().decide(raise(Kind::AppRefused, 2, 2 * MINUTE)).unwrap().len(), 1);
    assert_eq!(proved().decide(raise(Kind::AppRefused, 1, 61 * MINUTE)).unwrap().len(), 1);
    let changed = after([raise(Kind::AppRefused, 1, 0), close(Ending::Changed, MINUTE)]);
    assert_eq!(changed.decide(raise(Kind::AppRefused, 1, 2 * MINUTE)).unwrap().len(), 1);
}

fn refuse(wave: &mut Wave, connections: std::ops::Range<u128>, at: i64) -> Vec<Reading> {
    let tolerance = Tolerance::default();
    connections.map(|n| wave.refused(id(n), Generation(1), Timestamp(at), &tolerance)).collect()
}

#[test]
fn more_than_twenty_connections_in_five_minutes_are_a_wave() {
    let mut wave = Wave::default();
    assert!(refuse(&mut wave, 0..20, 0).iter().all(|reading| *reading == Reading::Calm));
    let readings = refuse(&mut wave, 20..23, 5 * MINUTE - 1);
    let [Reading::Rising(before), Reading::UnderWay, Reading::UnderWay] = &readings[..] else {
        panic!("{readings:?}")
    };
    assert_eq!(before.len(), 20);
}

#[test]
fn one_connection_refused_often_is_no_wave() {
    let mut wave = Wave::default();
    for _ in 0..100 {
        assert_eq!(refuse(&mut wave, 7..8, 0), [Reading::Calm]);
    }
}

#[test]
fn refusals_longer_than_a_window_apart_are_no_wave() {
    let mut wave = Wave::default();
    for window in 0..20 {
        let readings = refuse(&mut wave, 0..15, window * 5 * MINUTE);
        assert!(readings.iter().all(|reading| *reading == Reading::Calm), "{window}");
    }
}

#[test]
fn what_is_usual_for_an_app_is_no_wave() {
    let mut wave = Wave::default();
    for window in 0..200 {
        refuse(&mut wave, 0..18, window * 5 * MINUTE);
    }
    // Eighteen is usual by now, so that ninety are not yet many.
    let readings = refuse(&mut wave, 0..90, 200 * 5 * MINUTE);
    assert!(readings.iter().all(|reading| *reading == Reading::Calm));
    assert!(matches!(
        refuse(&mut wave, 90..92, 200 * 5 * MINUTE)[..],
        [_, Reading::UnderWay] | [Reading::Rising(_), _] | [_, Reading::Rising(_)]
    ));
}

#[test]
fn a_wave_ends_after_a_window_without_many_and_may_come_again() {
    let (mut wave, tolerance) = (Wave::default(), Tolerance::default());
    refuse(&mut wave, 0..21, 0);
    assert!(!wave.ended(Timestamp(5 * MINUTE - 1), &tolerance));
    refuse(&mut wave, 0..21, 3 * MINUTE);
    assert!(!wave.ended(Timestamp(5 * MINUTE), &tolerance), "they are still refused");
    assert!(wave.ended(Timestamp(8 * MINUTE), &tolerance));
    assert!(!wave.ended(Timestamp(8 * MINUTE), &tolerance), "it ends once");
    assert!(refuse(&mut wave, 0..21, 9 * MINUTE).iter().any(|reading| matches!(reading, Reading::Rising(_))));
}

#[test]
fn a_wave_of_more_than_a_day_is_believed() {
    let mut wave = Wave::default();
    refuse(&mut wave, 0..21, 0);
    assert_eq!(refuse(&mut wave, 0..1, 24 * 60 * MINUTE), [Reading::UnderWay]);
    assert_eq!(refuse(&mut wave, 0..1, 24 * 60 * MINUTE + 1), [Reading::Believed]);
}

#[test]
fn a_wave_somebody_else_noticed_is_gone_on_with_and_ended() {
    let (mut wave, tolerance) = (Wave::default(), Tolerance::default());
    wave.adopt(Timestamp(0));
    assert_eq!(refuse(&mut wave, 0..1, MINUTE), [Reading::UnderWay]);
    assert!(!wave.ended(Timestamp(5 * MINUTE - 1), &tolerance));
    assert!(wave.ended(Timestamp(5 * MINUTE), &tolerance));
}

#[test]
fn every_event_ever_written_still_decodes() {
    for line in include_str!("../golden/incident.jsonl").lines() {
        let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let again = serde_json::to_value(&event).unwrap();
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(line).unwrap());
    }
}
