use super::*;

const LIMITS: Limits = Limits { all: 100, per_app: 10, per_lane: 8 };

fn lane(integration: &str) -> Lane {
    Lane { environment: "dev".parse().unwrap(), integration: integration.parse().unwrap() }
}

fn facts(integration: &str, provider: &str, priority: Priority) -> Facts {
    let client_id = "app".to_owned();
    Facts {
        lane: lane(integration),
        app: App { provider: provider.to_owned(), client_id: client_id.clone() },
        endpoint: Endpoint { origin: format!("https://{provider}.example"), client_id },
        priority,
        expires_at: 0,
    }
}

fn begin(dispatch: &mut Dispatch<u32>, now: Instant) -> Option<(u32, Ticket)> {
    match dispatch.next(now)? {
        Next::Begin { item, ticket, .. } => Some((item, ticket)),
        Next::Hold { .. } => None,
    }
}

fn begin_all(dispatch: &mut Dispatch<u32>, now: Instant) -> Vec<(u32, Ticket)> {
    std::iter::from_fn(|| begin(dispatch, now)).collect()
}

/// Twenty requests that find nobody.
fn bring_down(dispatch: &mut Dispatch<u32>, integration: &str, provider: &str, now: Instant) {
    let mut changes = vec![];
    for number in 0..20 {
        dispatch.offer(facts(integration, provider, Priority::Wanted), number, now);
        let (_, mut ticket) = begin(dispatch, now).unwrap();
        changes.extend(dispatch.heard(&mut ticket, Verdict::Down, None, now));
        dispatch.finished(&ticket, now);
    }
    assert_eq!(changes, [Change::Opened]);
}

#[test]
fn a_busy_app_does_not_hold_up_the_others() {
    let now = Instant::now();
    let mut dispatch = Dispatch::new(LIMITS);
    for number in 0..30 {
        dispatch.offer(facts(&format!("slow-{}", number % 3), "slow", Priority::Due), number, now);
    }
    dispatch.offer(facts("quick", "quick", Priority::Due), 99, now);
    let begun = begin_all(&mut dispatch, now);
    assert_eq!(begun.len(), 11, "ten of the slow one and the quick one");
    assert!(begun.iter().any(|(item, _)| *item == 99));
    let avoid = dispatch.avoid(now);
    assert!(avoid.always.contains(&lane("slow-0")) && !avoid.merely_due.contains(&lane("quick")));
    dispatch.finished(&begun[0].1, now);
    assert_eq!(begin_all(&mut dispatch, now).len(), 1);
}

#[test]
fn one_lane_of_an_app_leaves_room_to_another() {
    let now = Instant::now();
    let mut dispatch = Dispatch::new(LIMITS);
    for number in 0..20 {
        dispatch.offer(facts("large", "one", Priority::Due), number, now);
    }
    let first = begin_all(&mut dispatch, now);
    assert_eq!(first.len(), 8, "no lane has more than its cap");
    dispatch.offer(facts("small", "one", Priority::Due), 99, now);
    assert_eq!(begin(&mut dispatch, now).unwrap().0, 99);
}

#[test]
fn who_is_waited_for_begins_first_whatever_the_app() {
    let now = Instant::now();
    let mut dispatch = Dispatch::new(LIMITS);
    dispatch.offer(facts("a", "one", Priority::Due), 1, now);
    dispatch.offer(facts("b", "two", Priority::Wanted), 2, now);
    let order: Vec<_> = begin_all(&mut dispatch, now).into_iter().map(|(item, _)| item).collect();
    assert_eq!(order, [2, 1]);
}

#[test]
fn retry_after_silences_the_whole_app_and_no_other() {
    let now = Instant::now();
    let mut dispatch = Dispatch::new(LIMITS);
    for integration in ["a", "b"] {
        dispatch.offer(facts(integration, "one", Priority::Due), 1, now);
    }
    let (_, mut ticket) = begin(&mut dispatch, now).unwrap();
    dispatch.heard(&mut ticket, Verdict::Limited, Some(Duration::from_secs(60)), now);
    dispatch.offer(facts("c", "two", Priority::Due), 3, now);
    let begun: Vec<_> = begin_all(&mut dispatch, now).into_iter().map(|(item, _)| item).collect();
    assert_eq!(begun, [3], "the app's other integration is silenced too");
    let mut silenced = dispatch.avoid(now).always;
    silenced.sort();
    assert_eq!(silenced, [lane("a"), lane("b")]);
    let later = now + Duration::from_secs(60);
    assert_eq!(dispatch.ready_at(now), Some(later));
    assert_eq!(begin_all(&mut dispatch, later).len(), 1);
}

#[test]
fn a_down_endpoint_is_left_alone_and_what_was_claimed_is_held() {
    let now = Instant::now();
    let mut dispatch = Dispatch::new(LIMITS);
    bring_down(&mut dispatch, "a", "one", now);
    assert_eq!(dispatch.avoid(now).always, [lane("a")]);
    dispatch.offer(facts("a", "one", Priority::Wanted), 7, now);
    let Some(Next::Hold { item: 7, until }) = dispatch.next(now) else { panic!("it is held") };
    assert!(until > now);
    assert!(dispatch.avoid(until).always.is_empty(), "then it is probed");
}

#[test]
fn one_probe_with_what_would_be_missed_last_and_then_all_again_slowly() {
    let now = Instant::now();
    let mut dispatch = Dispatch::new(LIMITS);
    bring_down(&mut dispatch, "a", "one", now);
    let later = now + Duration::from_secs(5);
    for number in 0..10 {
        let facts = Facts { expires_at: i64::from(number), ..facts("a", "one", Priority::Due) };
        dispatch.offer(facts, number, later);
    }
    for expected in [9, 8, 7] {
        let (item, mut ticket) = begin(&mut dispatch, later).unwrap();
        assert_eq!(item, expected);
        assert_eq!(dispatch.avoid(later).always, [lane("a")], "one probe at a time");
        dispatch.heard(&mut ticket, Verdict::Answered, None, later);
        dispatch.finished(&ticket, later);
    }
    assert!(begin_all(&mut dispatch, later).is_empty(), "no flood on who has just come back");
    assert_eq!(begin_all(&mut dispatch, later + Duration::from_secs(1)).len(), 7);
}

#[test]
fn a_probe_that_was_cut_off_does_not_shut_the_endpoint_for_ever() {
    let now = Instant::now();
    let mut dispatch = Dispatch::new(LIMITS);
    bring_down(&mut dispatch, "a", "one", now);
    let later = now + Duration::from_secs(5);
    dispatch.offer(facts("a", "one", Priority::Due), 1, later);
    let (_, ticket) = begin(&mut dispatch, later).unwrap();
    dispatch.finished(&ticket, later);
    assert!(dispatch.avoid(later).always.is_empty());
}

#[test]
fn a_lane_with_many_endpoints_is_not_shut_for_one_of_them() {
    let now = Instant::now();
    let mut dispatch = Dispatch::new(LIMITS);
    let other = Facts {
        endpoint: Endpoint { origin: "https://other.example".to_owned(), client_id: "app".to_owned() },
        ..facts("a", "one", Priority::Wanted)
    };
    dispatch.offer(other.clone(), 1, now);
    for (_, ticket) in begin_all(&mut dispatch, now) {
        dispatch.finished(&ticket, now);
    }
    bring_down(&mut dispatch, "a", "one", now);
    assert!(dispatch.avoid(now).always.is_empty());
    dispatch.offer(other, 2, now);
    assert_eq!(begin(&mut dispatch, now).unwrap().0, 2);
}

#[test]
fn a_claim_does_not_wait_here_for_long() {
    let now = Instant::now();
    let mut dispatch = Dispatch::new(Limits { all: 1, ..LIMITS });
    for number in 0..3 {
        dispatch.offer(facts("a", "one", Priority::Due), number, now);
    }
    let _under_way = begin(&mut dispatch, now).unwrap();
    assert_eq!(dispatch.room(), 0);
    assert!(dispatch.overdue(now + WAIT_MAX).is_empty());
    assert_eq!(dispatch.overdue(now + WAIT_MAX + Duration::from_millis(1)), [1, 2]);
}

#[test]
fn what_is_not_used_for_an_hour_is_forgotten() {
    let now = Instant::now();
    let mut dispatch = Dispatch::new(LIMITS);
    bring_down(&mut dispatch, "a", "one", now);
    for (item, ticket) in begin_all(&mut dispatch, now) {
        assert_eq!(item, 0);
        dispatch.finished(&ticket, now);
    }
    dispatch.avoid(now + REMEMBERED);
    assert_eq!((dispatch.apps.len(), dispatch.lanes.len(), dispatch.turns.len()), (0, 0, 0));
}
