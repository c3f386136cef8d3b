//! What a backend may take back, and what it may have wait.

use crate::world::{World, dev};
use latchkey_domain::Digest;
use latchkey_domain::session::Refusal;
use latchkey_vault::Error;
use latchkey_wire::contract::{ListSessions, SessionState};

fn all() -> ListSessions {
    ListSessions { environment: dev(), end_user: None, state: None, after: None, max: 0 }
}

#[tokio::test]
async fn sessions_are_listed_newest_first_page_by_page_and_by_state() {
    let world = World::new().await;
    let mut made = vec![];
    for _ in 0..3 {
        made.push(world.session(None).await.0);
        world.clock.advance(std::time::Duration::from_millis(1));
    }
    made.reverse();
    world.vault.cancel_session(&dev(), made[1]).await.unwrap();
    let page = world.vault.sessions(ListSessions { max: 2, ..all() }).await.unwrap();
    assert_eq!(page.sessions.iter().map(|it| it.id).collect::<Vec<_>>(), made[..2]);
    let rest = world.vault.sessions(ListSessions { after: page.next, ..all() }).await.unwrap();
    assert_eq!((rest.sessions.len(), rest.sessions[0].id, rest.next), (1, made[2], None));
    let of = async |state| {
        let listed = world.vault.sessions(ListSessions { state: Some(state), ..all() }).await.unwrap();
        listed.sessions.iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!(of(SessionState::Cancelled).await, [made[1]]);
    assert_eq!((of(SessionState::Open).await.len(), of(SessionState::Expired).await.len()), (2, 0));
    world.clock.advance(std::time::Duration::from_secs(900));
    assert_eq!((of(SessionState::Open).await.len(), of(SessionState::Expired).await.len()), (0, 2));
    let elsewhere = ListSessions { environment: "prod".parse().unwrap(), ..all() };
    assert!(world.vault.sessions(elsewhere).await.unwrap().sessions.is_empty());
}

#[tokio::test]
async fn what_is_under_way_when_a_session_is_taken_back_makes_no_connection() {
    let world = World::new().await;
    let (session, token) = world.session(None).await;
    let browser = Digest::of(b"browser");
    world.vault.bind_session(&token, browser).await.unwrap();
    let authorization = latchkey_domain::AuthorizationId::from_parts(1, u128::from(world.fresh()));
    world.vault.start_authorization(world.start(authorization, session)).await.unwrap();
    world.vault.claim_authorization(authorization, Digest::of(b"state"), browser).await.unwrap();
    let unknown = world.vault.cancel_session(&"prod".parse().unwrap(), session).await;
    assert!(matches!(unknown, Err(Error::Session(Refusal::Unknown))), "another environment has none");
    world.vault.cancel_session(&dev(), session).await.unwrap();
    let late = world.vault.establish(authorization, world.obtained()).await;
    assert!(matches!(late, Err(Error::Session(Refusal::Expired))), "{late:?}");
    assert!(matches!(world.vault.bind_session(&token, browser).await, Err(Error::Session(Refusal::Expired))));
}

#[tokio::test]
async fn a_token_is_known_by_the_compatible_prefix_too() {
    let world = World::new().await;
    let (session, token) = world.session(None).await;
    let theirs = token.expose().replacen("lk_cs_", "nango_connect_session_", 1);
    let bound = world.vault.bind_session(&theirs.into(), Digest::of(b"browser")).await.unwrap();
    assert_eq!(bound.id, session);
}

#[tokio::test]
async fn an_environment_is_there_though_it_never_had_a_key() {
    let world = World::new().await;
    world.register("staging".parse().unwrap()).await;
    let there = world.vault.environments().await.unwrap();
    assert_eq!(there.get("staging"), Some(&0), "{there:?}");
}
