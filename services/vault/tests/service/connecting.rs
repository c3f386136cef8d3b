use crate::world::{World, demo, dev};
use latchkey_domain::connection::About;
use latchkey_domain::revocation::Extent;
use latchkey_domain::session::{Outline, Preset, Presets};
use latchkey_domain::{AuthorizationId, Digest, authorization, connection, session};
use latchkey_vault::Error;
use std::time::Duration;

#[tokio::test]
async fn a_consent_becomes_a_connection() {
    let world = World::new().await;
    let connection = world.connected().await;
    let credential = world.vault.credential(&world.query(connection)).await.unwrap();
    assert_eq!(credential.facts.generation.0, 1);
    assert!(credential.handout.headers.contains_key("authorization"));
}

#[tokio::test]
async fn establishing_twice_for_one_answer_makes_one_connection() {
    let world = World::new().await;
    let authorization = world.claimed(None).await;
    let first = world.vault.establish(authorization, world.obtained()).await.unwrap();
    let second = world.vault.establish(authorization, world.obtained()).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(world.history(first.connection).await, ["connection.established"]);
}

#[tokio::test]
async fn fifty_callbacks_at_once_claim_the_answer_once() {
    let world = World::new().await;
    let (session, token) = world.session(None).await;
    let browser = Digest::of(b"browser");
    world.vault.bind_session(&token, browser).await.unwrap();
    let authorization = AuthorizationId::from_parts(7, 7);
    world.vault.start_authorization(world.start(authorization, session)).await.unwrap();
    let claims =
        (0..50).map(|_| world.vault.claim_authorization(authorization, Digest::of(b"state"), browser));
    let claims = futures::future::join_all(claims).await;
    let (claimed, refused): (Vec<_>, Vec<_>) = claims.into_iter().partition(Result::is_ok);
    assert_eq!(claimed.len(), 1);
    for refusal in refused {
        assert!(matches!(refusal, Err(Error::Authorization(authorization::Refusal::Spent))), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_link_opens_in_one_browser_only_and_is_dead_after_success() {
    let world = World::new().await;
    let (session, token) = world.session(None).await;
    world.vault.bind_session(&token, Digest::of(b"browser")).await.unwrap();
    let elsewhere = world.vault.bind_session(&token, Digest::of(b"other")).await;
    assert!(matches!(elsewhere, Err(Error::Session(session::Refusal::OtherBrowser))));

    let authorization = AuthorizationId::from_parts(7, 7);
    world.vault.start_authorization(world.start(authorization, session)).await.unwrap();
    world
        .vault
        .claim_authorization(authorization, Digest::of(b"state"), Digest::of(b"browser"))
        .await
        .unwrap();
    world.vault.establish(authorization, world.obtained()).await.unwrap();
    let again = world.vault.bind_session(&token, Digest::of(b"browser")).await;
    assert!(matches!(again, Err(Error::Session(session::Refusal::Consumed))));
}

#[tokio::test]
async fn an_expired_link_opens_for_nobody() {
    let world = World::new().await;
    let (_, token) = world.session(None).await;
    world.clock.advance(Duration::from_secs(900));
    let late = world.vault.bind_session(&token, Digest::of(b"browser")).await;
    assert!(matches!(late, Err(Error::Session(session::Refusal::Expired))));
}

#[tokio::test]
async fn a_token_that_was_never_given_out_is_unknown() {
    let world = World::new().await;
    let (_, token) = world.session(None).await;
    for guess in ["", "lk_cs_", "lk_cs_AAAA", "garbage"] {
        let refused = world.vault.bind_session(&guess.to_owned().into(), Digest::of(b"browser")).await;
        assert!(matches!(refused, Err(Error::Session(session::Refusal::Unknown))), "{guess:?}");
    }
    assert!(world.vault.bind_session(&token, Digest::of(b"browser")).await.is_ok());
}

#[tokio::test]
async fn a_session_for_what_is_not_there_is_not_made() {
    let world = World::new().await;
    let mut create = latchkey_wire::contract::CreateSession {
        environment: dev(),
        end_user: "ana".parse().unwrap(),
        integrations: vec!["nowhere".parse().unwrap()],
        reconnect: None,
        manages: false,
        lifetime: Duration::from_secs(60),
        outline: latchkey_domain::session::Outline::default(),
    };
    let unknown = world.vault.create_session(create).await;
    assert!(matches!(unknown, Err(Error::IntegrationUnknown(key)) if key == "nowhere"));
    create = latchkey_wire::contract::CreateSession {
        environment: dev(),
        end_user: "bob".parse().unwrap(),
        integrations: vec![],
        reconnect: Some(world.connected().await),
        manages: false,
        lifetime: Duration::from_secs(60),
        outline: latchkey_domain::session::Outline::default(),
    };
    let of_another = world.vault.create_session(create).await;
    assert!(matches!(of_another, Err(Error::Field { field: "end_user", .. })));
}

#[tokio::test]
async fn what_a_session_settles_for_an_integration_holds_to_its_end_and_for_no_other() {
    let world = World::new().await;
    let preset = |scopes: &[&str], config: &str| Preset {
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        config: [("region".to_owned(), config.into())].into_iter().collect(),
        ..Preset::default()
    };
    let presets = Presets::from([(demo(), preset(&["files"], "eu"))]);
    let wish = |presets: &Presets| latchkey_wire::contract::CreateSession {
        environment: dev(),
        end_user: "ana".parse().unwrap(),
        integrations: vec![demo()],
        reconnect: None,
        manages: false,
        lifetime: Duration::from_secs(60),
        outline: Outline { about: About::default(), presets: presets.clone() },
    };
    let created = world.vault.create_session(wish(&presets)).await.unwrap();
    let browser = Digest::of(b"browser");
    let view = world.vault.bind_session(&created.token, browser).await.unwrap();
    assert_eq!(view.presets, presets);
    assert_eq!(view.integrations[0].settings.scopes, ["files"]);

    let attempt = AuthorizationId::from_parts(77, 1);
    world.vault.start_authorization(world.start(attempt, created.session)).await.unwrap();
    let state = world.start(attempt, created.session).state;
    let claimed = world.vault.claim_authorization(attempt, state, browser).await.unwrap();
    assert_eq!(claimed.app.scopes, ["files"], "asked for by whoever asks with the app itself");
    let connection = world.vault.establish(attempt, world.obtained()).await.unwrap().connection;
    let made = world.vault.connection_in(&dev(), connection).await.unwrap();
    assert_eq!(made.about().unwrap().config["region"], "eu");
    let after = world.vault.session(created.session, browser).await.unwrap();
    assert_eq!(
        (after.presets, &after.integrations[0].settings.scopes[..]),
        (presets, &["files".to_owned()][..])
    );

    let elsewhere = Presets::from([("elsewhere".parse().unwrap(), Preset::default())]);
    let mending = latchkey_wire::contract::CreateSession {
        integrations: vec![],
        reconnect: Some(connection),
        ..wish(&Presets::from([(demo(), preset(&[], "us"))]))
    };
    for (wrong, named) in [(wish(&elsewhere), "presets"), (mending, "reconnect_connection_id")] {
        let refused = world.vault.create_session(wrong).await.unwrap_err();
        assert!(matches!(refused, Error::Field { field, .. } if field == named), "{refused:?}");
    }
}

#[tokio::test]
async fn the_latest_attempt_is_the_one_that_began_last_whatever_it_is_called() {
    let world = World::new().await;
    let (session, token) = world.session(None).await;
    let browser = Digest::of(b"browser");
    world.vault.bind_session(&token, browser).await.unwrap();
    for (count, time) in [u64::MAX >> 16, 4_000_000_000_000].into_iter().enumerate() {
        let attempt = AuthorizationId::from_parts(time, 1);
        world.vault.start_authorization(world.start(attempt, session)).await.unwrap();
        let view = world.vault.session(session, browser).await.unwrap();
        assert_eq!(view.latest_attempt.map(|latest| latest.id), Some(attempt), "attempt {count}");
        world.clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_reconnection_keeps_the_id_and_raises_the_generation() {
    let world = World::new().await;
    let connection = world.connected().await;
    let authorization = world.claimed(Some(connection)).await;
    let mended = world.vault.establish(authorization, world.obtained()).await.unwrap();
    assert_eq!((mended.connection, mended.generation.0), (connection, 2));
}

#[tokio::test]
async fn another_environment_sees_nothing() {
    let world = World::new().await;
    let connection = world.connected().await;
    let other = "prod".parse().unwrap();
    let unknown = |error| matches!(error, Error::Connection(connection::Refusal::Absent));
    assert!(unknown(world.vault.connection_in(&other, connection).await.unwrap_err()));
    assert!(unknown(
        world.vault.delete_connection(&other, connection, Some(Extent::Grant)).await.unwrap_err()
    ));
    let query = latchkey_vault::vault::Query { environment: other, ..world.query(connection) };
    assert!(unknown(world.vault.credential(&query).await.unwrap_err()));
}

#[tokio::test]
async fn deleting_destroys_the_key_and_history_still_reads() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.vault.delete_connection(&dev(), connection, Some(Extent::Grant)).await.unwrap();
    world.vault.delete_connection(&dev(), connection, Some(Extent::Grant)).await.unwrap();
    let stream = latchkey_store::Stream::new("connection", connection.to_string());
    let stored = world.store.load(&stream).await.unwrap().unwrap();
    assert_eq!(stored.key, None);
    assert!(!stored.snapshot.state.contains("handout\":\""), "{}", stored.snapshot.state);
    assert_eq!(world.history(connection).await, ["connection.established", "connection.revoked"]);
    let gone = world.vault.credential(&world.query(connection)).await.unwrap_err();
    assert!(matches!(gone, Error::Connection(connection::Refusal::Revoked)));
}

#[tokio::test]
async fn nothing_secret_is_in_the_database_in_the_clear() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.vault.credential(&world.query(connection)).await.unwrap();
    let mut searched = 0;
    for file in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        searched += bytes.len();
        assert!(!bytes.windows(7).any(|window| window == b"canary_"));
    }
    assert!(searched > 10_000 && world.database_file().exists());
}

#[tokio::test]
async fn a_session_says_why_its_latest_attempt_failed() {
    let world = World::new().await;
    let (session, token) = world.session(None).await;
    let browser = Digest::of(b"browser");
    world.vault.bind_session(&token, browser).await.unwrap();
    // Named by a clock a little behind the vault's.
    let authorization = AuthorizationId::from_parts(1_800_000_000_000 - 60_000, 7);
    world.vault.start_authorization(world.start(authorization, session)).await.unwrap();
    let declined = latchkey_domain::Failure::new(
        latchkey_domain::Reason::UserDeclined,
        latchkey_domain::Phase::Authorize,
    );
    world.vault.fail_authorization(authorization, declined.clone()).await.unwrap();
    assert_eq!(world.vault.session(session, browser).await.unwrap().last_failure, Some(declined));
}

#[tokio::test]
async fn a_key_that_has_expired_is_not_made() {
    let world = World::new().await;
    let issue = latchkey_wire::contract::IssueKey {
        environment: dev(),
        name: "late".into(),
        scopes: vec![latchkey_domain::api_key::Scope::TokensRead],
        expires_at: Some(latchkey_domain::Timestamp(1_800_000_000_000)),
    };
    let refused = world.vault.issue_key(issue).await;
    assert!(matches!(refused, Err(Error::Field { field: "expire_time", .. })), "{refused:?}");
}

#[tokio::test]
async fn of_two_attempts_of_one_session_the_second_is_refused_before_its_code_is_spent() {
    let world = World::new().await;
    let (session, token) = world.session(None).await;
    let browser = Digest::of(b"browser");
    world.vault.bind_session(&token, browser).await.unwrap();
    let attempts = [AuthorizationId::from_parts(7, 1), AuthorizationId::from_parts(7, 2)];
    for attempt in attempts {
        world.vault.start_authorization(world.start(attempt, session)).await.unwrap();
    }
    let claim = |attempt| world.vault.claim_authorization(attempt, Digest::of(b"state"), browser);
    claim(attempts[0]).await.unwrap();
    world.vault.establish(attempts[0], world.obtained()).await.unwrap();
    let second = claim(attempts[1]).await;
    assert!(matches!(second, Err(Error::Session(session::Refusal::Consumed))), "{second:?}");
}
