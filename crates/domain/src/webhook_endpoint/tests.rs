use super::*;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn key(generation: u64) -> KeyFacts {
    KeyFacts { generation, public_key: None, made_at: Timestamp(0) }
}

fn settings(event_types: &[&str]) -> Settings {
    Settings {
        url: "https://example.com/hooks".into(),
        event_types: event_types.iter().map(ToString::to_string).collect(),
        description: String::new(),
        format: Format::Standard,
    }
}

fn create() -> Command {
    Command::Create(Box::new(New {
        id: WebhookEndpointId::from_parts(1, 1),
        environment: "dev".parse().unwrap(),
        settings: settings(&[]),
        enabled: true,
        since: "0-7".into(),
        key: key(1),
        secret: Sealed::from_bytes(vec![1]),
        at: Timestamp(0),
    }))
}

fn rotate(generation: u64, until: i64) -> Command {
    Command::RotateKey {
        key: key(generation),
        secret: Sealed::from_bytes(vec![u8::try_from(generation).unwrap()]),
        previous_until: Timestamp(until),
    }
}

fn fail(at: Timestamp) -> Command {
    Command::NoteFailure { disable_after: 5 * DAY, at }
}

fn change(enabled: bool) -> Command {
    Command::Change { settings: settings(&[]), enabled, at: Timestamp(1) }
}

fn after(commands: impl IntoIterator<Item = Command>) -> WebhookEndpoint {
    commands.into_iter().fold(WebhookEndpoint::default(), |endpoint, command| {
        endpoint.decide(command).unwrap().into_iter().fold(endpoint, WebhookEndpoint::evolve)
    })
}

#[test]
fn two_keys_sign_until_the_older_ones_time_is_over_and_then_it_is_gone() {
    let endpoint = after([create(), rotate(2, 100)]);
    let live = endpoint.live().unwrap();
    assert_eq!(live.previous_at(Timestamp(99)).unwrap().key.generation, 1);
    assert!(live.previous_at(Timestamp(100)).is_none());
    assert_eq!(live.secrets.previous, Some(Sealed::from_bytes(vec![1])));
    assert_eq!(endpoint.card().due_at, Some(Timestamp(100)));
    assert_eq!(endpoint.decide(Command::RetirePreviousKey { at: Timestamp(99) }), Ok(vec![]));

    let endpoint = after([create(), rotate(2, 100), Command::RetirePreviousKey { at: Timestamp(100) }]);
    assert_eq!(endpoint.secrets(), Secrets { present: Some(Sealed::from_bytes(vec![2])), previous: None });
    assert_eq!(endpoint.card().due_at, None);
}

#[test]
fn a_key_that_was_made_from_an_older_one_is_not_taken() {
    assert_eq!(after([create(), rotate(2, 100)]).decide(rotate(2, 200)), Ok(vec![]));
}

#[test]
fn it_is_disabled_once_after_days_without_a_success() {
    let days = |days: u32| Timestamp(0).plus(DAY * days);
    let failing = after([create(), fail(days(1)), fail(days(5))]);
    assert!(failing.live().unwrap().is_enabled(), "four days are not five");
    let disabled = after([create(), fail(days(1)), fail(days(6))]);
    assert_eq!(
        disabled.live().unwrap().standing,
        Standing::Disabled { cause: DisabledCause::Failing, at: days(6) }
    );
    assert_eq!(disabled.decide(fail(days(7))), Ok(vec![]), "it is told once");

    let success = Command::NoteSuccess { at: days(5) };
    let recovered = after([create(), fail(days(1)), success, fail(days(6))]);
    assert!(recovered.live().unwrap().is_enabled(), "a success begins the days anew");
}

#[test]
fn one_that_is_gone_is_disabled_at_once_and_enabled_only_by_its_owner() {
    let gone = after([create(), Command::NoteGone { at: Timestamp(1) }]);
    assert_eq!(gone.card().status, "disabled");
    let back = after([create(), fail(Timestamp(1)), Command::NoteGone { at: Timestamp(1) }, change(true)]);
    assert!(back.live().unwrap().is_enabled() && back.live().unwrap().failing_since.is_none());
}

#[test]
fn a_paused_endpoint_wants_nothing_and_a_disabled_one_what_it_always_wanted() {
    let wants = |endpoint: &WebhookEndpoint| endpoint.live().unwrap().wants("connection.failed");
    assert!(wants(&after([create()])));
    assert!(!wants(&after([create(), change(false)])));
    let gone = after([create(), Command::NoteGone { at: Timestamp(1) }]);
    assert!(wants(&gone));
    assert_eq!(gone.decide(change(false)).unwrap().len(), 1, "a disabled one can be paused");
}

#[test]
fn keys_that_are_sealed_anew_are_the_same_keys() {
    let endpoint = after([create(), rotate(2, 100)]);
    let sealed = |byte| Some(latchkey_secret::Sealed::from_bytes(vec![byte]));
    let secrets = Secrets { present: sealed(8), previous: sealed(9) };
    let replace = || Command::ReplaceDataKey {
        key: crate::KeyId::from_bytes([7; 16]),
        secrets: secrets.clone(),
        at: Timestamp(5),
    };
    let replaced = after([create(), rotate(2, 100), replace()]);
    assert_eq!(replaced.secrets(), secrets);
    let mut expected = endpoint;
    expected.restore_secrets(secrets.clone());
    assert_eq!(replaced, expected);
    assert_eq!(WebhookEndpoint::Absent.decide(replace()), Err(Refusal::Absent));
}

#[test]
fn a_filter_names_types_or_what_they_begin_with() {
    let filtered = |types: &[&str]| {
        let change = Command::Change { settings: settings(types), enabled: true, at: Timestamp(1) };
        after([create(), change]).live().unwrap().clone()
    };
    let one = filtered(&["connection.failed"]);
    assert!(one.wants("connection.failed") && !one.wants("connection.created"));
    let all_of_them = filtered(&["connection.*"]);
    assert!(all_of_them.wants("connection.created") && !all_of_them.wants("integration.paused"));
}

#[test]
fn a_deleted_endpoint_is_as_good_as_absent_and_has_no_secrets() {
    let deleted = after([create(), Command::Delete { at: Timestamp(1) }]);
    assert_eq!(deleted.live().unwrap_err(), Refusal::Absent);
    assert_eq!(deleted.secrets(), Secrets::default());
    assert_eq!(deleted.decide(Command::Delete { at: Timestamp(2) }), Ok(vec![]));
    assert_eq!(deleted.decide(rotate(2, 100)), Err(Refusal::Absent));
    assert_eq!(deleted.decide(fail(Timestamp(2))), Ok(vec![]));
}

#[test]
fn every_event_ever_written_still_decodes() {
    for line in include_str!("../golden/webhook_endpoint.jsonl").lines() {
        let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(
            serde_json::to_value(&event).unwrap(),
            serde_json::from_str::<serde_json::Value>(line).unwrap()
        );
    }
}
