use super::*;
use latchkey_domain::{ConnectionId, Phase, Reason};
use latchkey_store::{NewEvent, Position, Stream, Version};

fn profile() -> Profile {
    Profile {
        id: ConnectionId::from_parts(1, 1),
        environment: "dev".parse().unwrap(),
        integration: "a.b".parse().unwrap(),
        provider: "demo".into(),
        end_user: "ana".parse().unwrap(),
        created_at: Timestamp(0),
    }
}

fn credential(generation: u64) -> CredentialFacts {
    CredentialFacts {
        generation: Generation(generation),
        auth_mode: "OAUTH2".into(),
        obtained_at: Timestamp(0),
        issued_at: None,
        expires_at: Some(Timestamp(60_000)),
        renewable: true,
        scopes: vec![],
        origins: vec![],
        fingerprint: "00".into(),
        account_id: None,
        account: None,
        behaviour: latchkey_domain::rotation::Behaviour::default(),
    }
}

fn established(generation: u64, recovered: bool) -> Event {
    Event::Established {
        profile: profile(),
        authorization: latchkey_domain::AuthorizationId::from_parts(1, 1),
        credential: credential(generation),
        recovered,
        brought: false,
        secrets: Default::default(),
    }
}

fn refresh_failed(attempts: u32) -> Event {
    let failure = Failure::new(Reason::ProviderUnavailable, Phase::Refresh);
    Event::RefreshFailed {
        generation: Generation(1),
        failure,
        attempts,
        retry_at: Timestamp(2),
        usable_until: None,
        turns_to_set_aside: false,
        unanswered_seconds: None,
        at: Timestamp(1),
    }
}

fn broken() -> Event {
    let failure = Failure::new(Reason::ReauthRequired, Phase::Refresh);
    Event::Broken { generation: Generation(1), failure, at: Timestamp(1) }
}

fn revoked_credential(broken_before: bool) -> Event {
    let failure = Failure::new(Reason::ReauthRequired, Phase::Revoke);
    Event::CredentialRevoked {
        generation: Generation(1),
        failure,
        broken_before,
        key: None,
        at: Timestamp(1),
    }
}

fn deleted() -> Event {
    let (destroyed_at, obtained_at) = (None, None);
    Event::Revoked { generation: Generation(1), key: None, destroyed_at, obtained_at, at: Timestamp(1) }
}

fn told(event: &Event) -> Vec<Fact> {
    use latchkey_domain::Aggregate as _;
    let now = Connection::default().evolve(established(1, false)).evolve(event.clone());
    let recorded = Recorded {
        position: Position { tx: 7, sequence: 8 },
        stream: Stream::new("connection", profile().id.to_string()),
        version: Version(3),
        environment: "dev".into(),
        event: NewEvent {
            id: uuid::Uuid::nil(),
            kind: String::new(),
            schema: 1,
            at: 1000,
            payload: Value::Null,
            trace: Some("00-1-2-01".into()),
        },
    };
    facts(&recorded, event, &now)
}

#[test]
fn each_event_is_the_news_it_is_and_routine_is_none() {
    let rows: [(Event, &[News]); 11] = [
        (established(1, false), &[News::Created]),
        (established(2, false), &[News::Reauthorized]),
        (established(2, true), &[News::Reauthorized, News::Recovered]),
        (
            Event::CredentialsRefreshed {
                rotated: None,
                credential: credential(2),
                recovered: false,
                secrets: Default::default(),
            },
            &[],
        ),
        (
            Event::CredentialsRefreshed {
                rotated: None,
                credential: credential(2),
                recovered: true,
                secrets: Default::default(),
            },
            &[News::Recovered],
        ),
        (refresh_failed(1), &[News::Degraded]),
        (refresh_failed(2), &[]),
        (broken(), &[News::Failed]),
        (revoked_credential(false), &[News::Failed]),
        (revoked_credential(true), &[]),
        (deleted(), &[News::Deleted]),
    ];
    for (event, expected) in rows {
        assert_eq!(news(&event), expected, "{event:?}");
    }
}

#[test]
fn a_failure_says_whose_turn_it_is() {
    let told = told(&broken());
    assert_eq!(told[0].subject, "connection.dev.a=2Eb.failed");
    assert_eq!(told[0].kind, "dev.latchkey.connection.failed.v1");
    assert_eq!(told[0].data["failure"]["owner"], "END_USER");
    assert_eq!(told[0].time, "1970-01-01T00:00:01Z");
    assert_eq!(told[0].position, "7-8");
    assert_eq!(told[0].traceparent.as_deref(), Some("00-1-2-01"));
}

#[test]
fn two_pieces_of_news_in_one_event_have_two_ids() {
    let told = told(&established(2, true));
    assert_eq!(told.len(), 2);
    assert_ne!(told[0].id, told[1].id);
}

#[test]
fn a_degraded_connection_says_how_long_its_token_lasts() {
    assert_eq!(told(&refresh_failed(1))[0].data["token"]["usable_until"], "1970-01-01T00:01:00Z");
}
