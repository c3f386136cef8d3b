use super::*;

fn message(number: u32) -> Message {
    Message {
        event: format!("evt_{number:032x}").parse().unwrap(),
        endpoint: WebhookEndpointId::from_parts(1, 1),
        environment: "dev".parse().unwrap(),
        event_type: "connection.failed".into(),
        source: Source::Test,
        own_address: false,
        at: Timestamp(0),
    }
}

fn queue(undeliverable: bool) -> Command {
    Command::Queue { message: message(1), undeliverable, at: Timestamp(0) }
}

fn attempt(number: u32, failure: Option<AttemptFailure>) -> Attempt {
    Attempt { number, at: Timestamp(1), took_ms: 7, status: Some(500), failure }
}

fn record(number: u32, failure: Option<AttemptFailure>) -> Command {
    Command::Record {
        attempt: attempt(number, failure),
        schedule: Schedule::default(),
        retry_after: None,
        at: Timestamp(1),
    }
}

fn failed(number: u32) -> Command {
    record(number, Some(AttemptFailure::Status))
}

fn after(commands: impl IntoIterator<Item = Command>) -> WebhookDelivery {
    commands.into_iter().fold(WebhookDelivery::default(), |delivery, command| {
        let Ok(events) = delivery.decide(command);
        events.into_iter().fold(delivery, WebhookDelivery::evolve)
    })
}

fn ending(delivery: &WebhookDelivery) -> Option<Ending> {
    match delivery {
        WebhookDelivery::Ended { ending, .. } => Some(*ending),
        WebhookDelivery::Absent | WebhookDelivery::Pending { .. } => None,
    }
}

#[test]
fn it_is_tried_ten_times_and_then_given_up() {
    let nine = after([queue(false)].into_iter().chain((1..=9).map(failed)));
    assert_eq!(nine.card().status, "pending");
    let ten = after([queue(false)].into_iter().chain((1..=10).map(failed)));
    assert_eq!(ending(&ten), Some(Ending::GivenUp));
    assert_eq!(ten.card().due_at, Some(Timestamp(1).plus(RETENTION)), "it is forgotten later");
}

#[test]
fn the_waits_are_those_of_the_schedule_spread_out_and_what_the_endpoint_asks_for() {
    let schedule = Schedule::default();
    let expected = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
    for (tries, seconds) in (1..).zip(expected) {
        let waits: Vec<u64> = (0..50)
            .map(|number| schedule.wait_after(tries, &message(number), None).unwrap().as_millis())
            .map(|millis| u64::try_from(millis).unwrap())
            .collect();
        assert!(
            waits.iter().all(|wait| (seconds * 1000..seconds * 1100).contains(wait)),
            "{tries}: {waits:?}"
        );
        assert!(waits.iter().any(|wait| *wait != waits[0]), "what failed together is not tried together");
    }
    assert_eq!(schedule.wait_after(10, &message(1), None), None);
    let asked = Duration::from_secs(900);
    assert!(schedule.wait_after(1, &message(1), Some(asked)).unwrap() >= asked);
    assert!(schedule.wait_after(3, &message(1), Some(asked)).unwrap() >= Duration::from_secs(1800));
    assert_eq!(Schedule::new(vec![]), Err(NoAttempts));
}

#[test]
fn an_attempt_counts_once_and_a_late_success_counts_still() {
    let twice = after([queue(false), failed(1), failed(1)]);
    assert_eq!(twice.delivery().unwrap().tries, 1);
    let late = after([queue(false), failed(1), record(1, None)]);
    assert_eq!(ending(&late), Some(Ending::Delivered));
    let later = after([queue(false), record(1, Some(AttemptFailure::Gone)), record(1, None)]);
    assert_eq!(ending(&later), Some(Ending::Delivered));
    let known = after([queue(false), record(1, None)]);
    assert_eq!(known.decide(record(1, None)), Ok(vec![]));
    assert_eq!(known.decide(failed(2)), Ok(vec![]), "what was delivered does not fail any more");
}

#[test]
fn an_endpoint_that_is_gone_is_not_tried_again() {
    let gone = after([queue(false), record(1, Some(AttemptFailure::Gone))]);
    assert_eq!(ending(&gone), Some(Ending::GivenUp));
}

#[test]
fn news_for_a_disabled_endpoint_is_kept_and_can_be_asked_for() {
    let kept = after([queue(true)]);
    assert_eq!((ending(&kept), kept.card().status), (Some(Ending::EndpointDisabled), "failed"));
    let again = after([queue(true), Command::Redeliver { at: Timestamp(9) }]);
    assert_eq!((again.card().status, again.card().due_at), ("pending", Some(Timestamp(9))));
}

#[test]
fn asking_again_begins_the_schedule_anew_and_goes_on_counting() {
    let given_up = [queue(false)].into_iter().chain((1..=10).map(failed));
    let again = after(given_up.chain([Command::Redeliver { at: Timestamp(9) }]));
    let delivery = again.delivery().unwrap();
    assert_eq!((delivery.tries, delivery.next_attempt()), (0, 11));
}

#[test]
fn queueing_it_again_changes_nothing() {
    for commands in [vec![queue(false)], vec![queue(false), record(1, None)]] {
        assert_eq!(after(commands).decide(queue(false)), Ok(vec![]));
    }
}

#[test]
fn of_many_attempts_the_latest_are_kept() {
    let mut commands = vec![queue(false)];
    for round in 0..3 {
        commands.extend((1..=10).map(|number| failed(round * 10 + number)));
        commands.push(Command::Redeliver { at: Timestamp(9) });
    }
    let delivery = after(commands).delivery().unwrap().clone();
    assert_eq!((delivery.attempts.len(), delivery.next_attempt()), (ATTEMPTS_KEPT, 31));
}

#[test]
fn every_event_ever_written_still_decodes() {
    for line in include_str!("../golden/webhook_delivery.jsonl").lines() {
        let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(
            serde_json::to_value(&event).unwrap(),
            serde_json::from_str::<serde_json::Value>(line).unwrap()
        );
    }
}
