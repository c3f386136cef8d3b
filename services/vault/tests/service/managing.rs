//! End users who look after their own connections.

use crate::world::{World, demo, dev, put};
use latchkey_domain::connection::{About, Refusal};
use latchkey_domain::session::Outline;
use latchkey_domain::{
    AuthorizationId, ConnectionId, Digest, Failure, IntegrationKey, Phase, Reason, SessionId, session,
};
use latchkey_vault::Error;
use latchkey_wire::contract::{CreateSession, PutIntegration, RefreshOutcome, StartAuthorization};
use std::time::Duration;

/// What comes after it is newer; what comes within one instant has no order.
const A_MOMENT: Duration = Duration::from_secs(1);

fn browser() -> Digest {
    Digest::of(b"browser")
}

fn managing(end_user: &str) -> CreateSession {
    CreateSession {
        environment: dev(),
        end_user: end_user.parse().unwrap(),
        integrations: vec![],
        reconnect: None,
        manages: true,
        lifetime: Duration::from_secs(900),
        outline: Outline::default(),
    }
}

async fn opened(world: &World, wish: CreateSession) -> SessionId {
    let made = world.vault.create_session(wish).await.unwrap();
    assert!(world.vault.bind_session(&made.token, browser()).await.unwrap().manages);
    made.session
}

async fn own(world: &World, session: SessionId) -> Vec<ConnectionId> {
    world.vault.own_connections(session, browser()).await.unwrap().iter().map(|it| it.id).collect()
}

#[tokio::test]
async fn they_see_what_is_theirs_and_end_it() {
    let world = World::new().await;
    let (first, second) = (world.connected().await, world.connected().await);
    let session = opened(&world, managing("ana")).await;
    let listed = world.vault.own_connections(session, browser()).await.unwrap();
    assert_eq!(listed.len(), 2);
    let one = listed.iter().find(|it| it.id == first).unwrap();
    assert!(one.mendable && !one.failing && one.summary.ended.is_none());

    world.vault.disconnect(session, browser(), first).await.unwrap();
    world.vault.disconnect(session, browser(), first).await.unwrap();
    assert_eq!(own(&world, session).await, [second]);
    let gone = world.vault.credential(&world.query(first)).await;
    assert!(matches!(gone, Err(Error::Connection(Refusal::Revoked))), "{gone:?}");
}

#[tokio::test]
async fn what_has_ended_says_so() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(Duration::from_secs(3200));
    let due = world.claim_one().await;
    let failure = Failure::new(Reason::ReauthRequired, Phase::Refresh);
    world.complete_strictly(&due, RefreshOutcome::Refused(failure)).await.unwrap();
    let session = opened(&world, managing("ana")).await;
    let listed = world.vault.own_connections(session, browser()).await.unwrap();
    assert_eq!(listed[0].id, connection);
    assert!(listed[0].summary.ended.is_some(), "{listed:?}");
}

#[tokio::test]
async fn nothing_of_anybody_elses_can_be_named() {
    let world = World::new().await;
    let anas = world.connected().await;
    let bobs = opened(&world, managing("bob")).await;
    assert!(own(&world, bobs).await.is_empty());
    let refused = world.vault.disconnect(bobs, browser(), anas).await;
    assert!(matches!(refused, Err(Error::Connection(Refusal::Absent))), "{refused:?}");

    let session = opened(&world, managing("ana")).await;
    let elsewhere = world.vault.own_connections(session, Digest::of(b"other")).await;
    assert!(matches!(elsewhere, Err(Error::Session(session::Refusal::OtherBrowser))), "{elsewhere:?}");
    let (connecting, token) = world.session(None).await;
    world.vault.bind_session(&token, browser()).await.unwrap();
    let other_kind = world.vault.own_connections(connecting, browser()).await;
    assert!(matches!(other_kind, Err(Error::Session(session::Refusal::Unknown))), "{other_kind:?}");
    world.clock.advance(Duration::from_secs(901));
    let late = world.vault.disconnect(session, browser(), anas).await;
    assert!(matches!(late, Err(Error::Session(session::Refusal::Expired))), "{late:?}");
    assert!(!world.token_of(anas).await.is_empty());
}

#[tokio::test]
async fn such_a_session_makes_no_connection_itself_and_is_about_no_one_of_them() {
    let world = World::new().await;
    let connection = world.connected().await;
    let session = opened(&world, CreateSession { integrations: vec![demo()], ..managing("ana") }).await;
    let start = world.start(latchkey_domain::AuthorizationId::from_parts(7, 7), session);
    let refused = world.vault.start_authorization(start).await;
    assert!(matches!(refused, Err(Error::IntegrationUnknown(_))), "{refused:?}");
    let named = About { display_name: "Acme".into(), ..About::default() };
    let wrong = [
        CreateSession { reconnect: Some(connection), ..managing("ana") },
        CreateSession { outline: named.into(), ..managing("ana") },
    ];
    for wrong in wrong {
        let refused = world.vault.create_session(wrong).await;
        assert!(matches!(refused, Err(Error::Field { field: "manage", .. })), "{:?}", refused.err());
    }
}

#[tokio::test]
async fn what_is_gone_takes_no_place_of_what_is_there() {
    let world = World::new().await;
    let oldest = world.connected().await;
    world.clock.advance(A_MOMENT);
    let session = opened(&world, managing("ana")).await;
    for _ in 0..101 {
        let gone = world.connected().await;
        world.vault.disconnect(session, browser(), gone).await.unwrap();
    }
    assert_eq!(own(&world, session).await, [oldest]);
    let narrowed = opened(&world, CreateSession { integrations: vec![demo()], ..managing("ana") }).await;
    assert_eq!(own(&world, narrowed).await, [oldest]);
}

/// An account of ana's at another integration than the usual one.
async fn connected_to(world: &World, integration: &IntegrationKey) -> ConnectionId {
    let create = CreateSession { integrations: vec![integration.clone()], manages: false, ..managing("ana") };
    let session = world.vault.create_session(create).await.unwrap();
    world.vault.bind_session(&session.token, browser()).await.unwrap();
    let authorization = AuthorizationId::from_parts(1, u128::from(world.fresh()));
    let start = world.start(authorization, session.session);
    let start = StartAuthorization { integration: integration.clone(), ..start };
    world.vault.start_authorization(start).await.unwrap();
    world.vault.claim_authorization(authorization, Digest::of(b"state"), browser()).await.unwrap();
    world.vault.establish(authorization, world.obtained()).await.unwrap().connection
}

#[tokio::test]
async fn what_a_session_does_not_show_takes_no_place_of_what_it_does() {
    let world = World::new().await;
    let keys: Vec<IntegrationKey> = ["first", "second"].map(|key| key.parse().unwrap()).into();
    for key in keys.clone() {
        world.vault.put_integration(PutIntegration { key, ..put(dev(), None) }).await.unwrap();
    }
    let oldest = connected_to(&world, &keys[0]).await;
    world.clock.advance(A_MOMENT);
    for _ in 0..101 {
        world.connected().await;
    }
    let session = opened(&world, CreateSession { integrations: keys, ..managing("ana") }).await;
    assert_eq!(own(&world, session).await, [oldest]);
}
