use super::*;
use crate::connection::Field;
use crate::{ApiKeyId, CardFacts};

fn about() -> About {
    About {
        external_id: Some("user-42".parse().unwrap()),
        display_name: "Acme".into(),
        tags: [("team".to_owned(), "crm".to_owned())].into(),
        ..About::default()
    }
}

fn key() -> ApiKeyId {
    ApiKeyId::from_parts(1, 1)
}

fn describe(fields: &[Field], etag: Option<String>) -> Command {
    Command::Describe { fields: fields.to_vec(), about: about(), etag, by: Some(key()), at: Timestamp(9) }
}

fn disable() -> Command {
    Command::Disable { by: Some(key()), at: Timestamp(9) }
}

fn enable() -> Command {
    Command::Enable { by: None, at: Timestamp(10) }
}

#[test]
fn what_is_said_is_found_on_the_card_and_in_no_event() {
    let events = live().decide(describe(&Field::ALL, None)).unwrap();
    let recorded = serde_json::to_value(&events).unwrap();
    let expected = serde_json::json!([{
        "event": "described", "fields": ["external_id", "display_name", "tags"], "by": key().to_string(), "at": 9,
    }]);
    assert_eq!(recorded, expected);
    let CardFacts { external_id, label, tags, .. } = after_live(events).card();
    assert_eq!(
        (external_id.as_deref(), label.as_str(), tags["team"].as_str()),
        (Some("user-42"), "Acme", "crm")
    );
}

fn after_live(events: Vec<Event>) -> Connection {
    events.into_iter().fold(live(), Connection::evolve)
}

#[test]
fn only_the_fields_that_were_named_change_and_a_repetition_changes_nothing() {
    let named = after([establish(0, credential(0, None, true)), describe(&[Field::DisplayName], None)]);
    assert_eq!(named.about().unwrap(), &About { display_name: "Acme".into(), ..About::default() });
    assert_eq!(named.decide(describe(&[Field::DisplayName], None)), Ok(vec![]));
}

#[test]
fn a_change_made_from_what_was_replaced_is_refused() {
    let stale = live().about().unwrap().etag();
    let named = after([
        establish(0, credential(0, None, true)),
        describe(&[Field::DisplayName], Some(stale.clone())),
    ]);
    let current = named.about().unwrap().etag();
    assert_eq!(
        named.decide(describe(&[Field::Tags], Some(stale))),
        Err(Refusal::EtagMismatch { current: current.clone() })
    );
    assert!(named.decide(describe(&[Field::Tags], Some(current.clone()))).is_ok());
    // A refresh says nothing about it.
    let refreshed = named.decide(refreshed(1, 10)).unwrap().into_iter().fold(named, Connection::evolve);
    assert_eq!(refreshed.about().unwrap().etag(), current);
}

#[test]
fn it_outlasts_refreshes_failures_and_reconnections_and_goes_with_the_connection() {
    let said = || vec![establish(0, credential(0, Some(HOUR), true)), describe(&Field::ALL, None)];
    let with = |more: Vec<Command>| after(said().into_iter().chain(more));
    for connection in [
        with(vec![refreshed(1, 10)]),
        with(vec![refused(1, 10)]),
        with(vec![refused(1, 10), establish(1, credential(20, Some(HOUR), true))]),
    ] {
        assert_eq!(connection.about(), Some(&about()));
    }
    let deleted = with(vec![Command::Revoke { key: None, at: Timestamp(10) }]);
    assert_eq!((deleted.about(), deleted.card().external_id), (None, None));
}

#[test]
fn a_connection_begins_with_what_its_session_said_and_a_reconnection_says_nothing() {
    let mut command = establish(0, credential(0, None, true));
    if let Command::Establish { about: said, external_id_taken, .. } = &mut command {
        (*said, *external_id_taken) = (About { external_id: None, ..about() }, true);
    }
    let mut again = command.clone();
    if let Command::Establish { replaces, about: said, .. } = &mut again {
        (*replaces, said.display_name) = (Generation(1), "Other".into());
    }
    let events = Connection::Absent.decide(command.clone()).unwrap();
    assert!(matches!(
        &events[..],
        [Event::Established { .. }, Event::Described { external_id_taken: true, .. }]
    ));
    let connection = after([command, again]);
    assert_eq!(connection.about().unwrap().display_name, "Acme");
}

#[test]
fn a_reconnection_may_name_another_address_for_webhooks_and_nothing_else() {
    let mut first = establish(0, credential(0, None, true));
    if let Command::Establish { about: said, .. } = &mut first {
        *said = About { webhook_url: "https://a.example/".into(), ..about() };
    }
    let again = |replaces, webhook_url: &str| {
        let mut again = establish(replaces, credential(20, None, true));
        if let Command::Establish { about: said, .. } = &mut again {
            (said.display_name, said.webhook_url) = ("Other".into(), webhook_url.into());
        }
        again
    };
    let before = after([first]);
    for same in ["", "https://a.example/"] {
        let events = before.decide(again(1, same)).unwrap();
        assert!(matches!(&events[..], [Event::Established { .. }]), "{same}: {events:?}");
    }
    let events = before.decide(again(1, "https://b.example/")).unwrap();
    let told = serde_json::to_string(&events).unwrap();
    assert!(told.contains(r#""fields":["webhook_url"]"#) && !told.contains("b.example"), "{told}");
    let now = events.into_iter().fold(before, Connection::evolve);
    assert_eq!(now.about(), Some(&About { webhook_url: "https://b.example/".into(), ..about() }));
}

#[test]
fn a_disabled_connection_gives_nothing_and_is_not_due() {
    let off = after([establish(0, credential(0, Some(HOUR), true)), disable()]);
    assert_eq!(off.usable(Timestamp(1), Duration::ZERO), Err(Refusal::Disabled));
    assert_eq!((off.card().status, off.card().due_at), ("disabled", None));
    assert_eq!(off.decide(disable()), Ok(vec![]));
    let on = after([establish(0, credential(0, Some(HOUR), true)), disable(), enable()]);
    assert_eq!(on.card(), live().card());
    assert_eq!(on.decide(enable()), Ok(vec![]));
}

#[test]
fn a_refresh_that_was_under_way_is_kept_and_a_reconnection_switches_nothing_on() {
    let off = after([establish(0, credential(0, Some(HOUR), true)), disable(), refreshed(1, 10)]);
    assert_eq!((off.generation(), off.card().status), (Generation(2), "disabled"));
    let off = after([
        establish(0, credential(0, Some(HOUR), true)),
        refused(1, 5),
        disable(),
        establish(1, credential(20, Some(HOUR), true)),
    ]);
    assert_eq!((off.generation(), off.card().status), (Generation(2), "disabled"));
}

#[test]
fn a_deleted_connection_is_neither_described_nor_switched() {
    let deleted =
        after([establish(0, credential(0, None, true)), Command::Revoke { key: None, at: Timestamp(5) }]);
    for command in [describe(&Field::ALL, None), disable(), enable()] {
        assert_eq!(deleted.decide(command.clone()), Err(Refusal::Revoked));
        assert_eq!(Connection::Absent.decide(command), Err(Refusal::Absent));
    }
}

fn brought(replaces: u64, switched_off: bool, refused: Option<Failure>) -> Command {
    let mut command = establish(replaces, credential(0, Some(HOUR), true));
    if let Command::Establish { arrival, .. } = &mut command {
        *arrival = Arrival::Brought { switched_off, refused: refused.map(Box::new) };
    }
    command
}

#[test]
fn what_a_backend_brings_is_told_apart_from_a_consent_and_begins_as_it_says() {
    let events = Connection::Absent.decide(brought(0, false, None)).unwrap();
    assert!(matches!(&events[..], [Event::Established { brought: true, .. }]), "{events:?}");
    let off = after([brought(0, true, None)]);
    assert!(off.disabled_at().is_some() && off.card().due_at.is_none());
    let failure = Failure::new(Reason::ReauthRequired, Phase::Refresh);
    let dead = after([brought(0, true, Some(failure.clone()))]);
    assert!(matches!(&dead, Connection::Broken(broken) if broken.failure == failure), "{dead:?}");
}

#[test]
fn a_credential_that_is_brought_later_mends_and_leaves_it_switched_as_it_was() {
    let at = Timestamp(20);
    let connection = after([
        establish(0, credential(0, Some(HOUR), true)),
        refused(1, 10),
        Command::Disable { by: None, at },
        brought(1, false, None),
    ]);
    assert!(matches!(&connection, Connection::Live(live) if live.credential.generation == Generation(2)));
    assert_eq!(connection.disabled_at(), Some(at));
    let again = after([establish(0, credential(0, Some(HOUR), true)), brought(1, true, None)]);
    assert_eq!(again.disabled_at(), None, "only a new connection is told how to begin");
}
