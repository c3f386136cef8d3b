use super::*;

fn pause(at: i64) -> Command {
    Command::PauseRefreshing { by: None, at: Timestamp(at) }
}

fn resume(at: i64) -> Command {
    Command::ResumeRefreshing { by: None, at: Timestamp(at) }
}

fn schedule(due_at: i64, at: i64) -> Command {
    Command::ScheduleRefresh { due_at: Timestamp(due_at), by: None, at: Timestamp(at) }
}

fn begun() -> Command {
    establish(0, credential(0, Some(HOUR), true))
}

#[test]
fn what_is_paused_is_not_due_and_is_handed_out_as_ever() {
    let paused = after([begun(), pause(5)]);
    assert_eq!((paused.card().status, paused.card().due_at), ("active", None));
    assert!(matches!(paused.usable(Timestamp(6), Duration::ZERO), Ok(Usability::Usable { .. })));
    assert_eq!(paused.decide(pause(6)), Ok(vec![]));
    let going_on = after([begun(), pause(5), resume(6)]);
    assert_eq!(going_on.card(), live().card());
    assert_eq!(going_on.decide(resume(7)), Ok(vec![]));
    // Its end comes whether or not anybody would refresh it.
    let ending = after([establish(0, credential(0, Some(HOUR), false)), pause(5)]);
    assert_eq!(ending.card().due_at, Some(Timestamp(HOUR)));
}

#[test]
fn a_pause_outlasts_a_refresh_that_was_under_way_a_refusal_and_a_reconnection() {
    for then in [vec![refreshed(1, 10)], vec![refused(1, 10), establish(1, credential(20, Some(HOUR), true))]]
    {
        let paused = after([begun(), pause(5)].into_iter().chain(then));
        assert_eq!(
            (paused.generation(), paused.paused_at(), paused.card().due_at),
            (Generation(2), Some(Timestamp(5)), None)
        );
    }
    let broken = after([begun(), refused(1, 5)]);
    assert!(matches!(&broken.decide(pause(6)).unwrap()[..], [Event::RefreshingPaused { .. }]));
    let deleted = after([begun(), Command::Revoke { key: None, at: Timestamp(5) }]);
    assert_eq!(deleted.decide(pause(6)), Err(Refusal::Revoked));
}

#[test]
fn a_refresh_is_scheduled_earlier_and_never_later_and_once() {
    let due = |connection: &Connection| connection.card().due_at.unwrap().0;
    let usual = due(&live());
    assert_eq!(live().decide(schedule(usual, 5)), Ok(vec![]));
    assert_eq!(live().decide(schedule(usual + 1, 5)), Ok(vec![]));
    let early = after([begun(), schedule(700, 5)]);
    assert_eq!(due(&early), 700);
    assert_eq!(early.decide(schedule(701, 6)), Ok(vec![]));
    assert_eq!(due(&after([begun(), schedule(700, 5), schedule(-1, 6)])), 6, "what is past is now");
    assert_eq!(due(&after([begun(), schedule(700, 5), pause(6), resume(7)])), 700, "it is not forgotten");
    assert_eq!(
        due(&after([begun(), schedule(5, 5), refreshed(1, 0)])),
        due(&after([begun(), refreshed(1, 0)]))
    );
}

#[test]
fn what_backs_off_or_is_renewed_by_nothing_is_not_scheduled() {
    let waiting = after([begun(), failed(1, 5)]);
    assert_eq!(waiting.decide(schedule(6, 6)), Ok(vec![]));
    let ending = after([establish(0, credential(0, Some(HOUR), false))]);
    assert_eq!(ending.decide(schedule(6, 6)), Ok(vec![]));
    let broken = after([begun(), refused(1, 5)]);
    assert!(matches!(broken.decide(schedule(6, 6)), Err(Refusal::NeedsReauthorization(_))));
}
