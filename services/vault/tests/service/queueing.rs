use crate::world::{TOKEN_LIFE, World, dev};
use latchkey_domain::Environment;
use latchkey_store::{CardQuery, Stream, Version};
use latchkey_wire::contract::{ClaimDue, CreateSession, Lane, RefreshOutcome};
use std::time::Duration;
use tokio::time::{sleep, timeout};

fn prod() -> Environment {
    "prod".parse().unwrap()
}

/// A connection of the environment `prod`.
async fn connected_in_prod(world: &World) -> latchkey_domain::ConnectionId {
    let create = CreateSession {
        environment: prod(),
        end_user: "ana".parse().unwrap(),
        integrations: vec![crate::world::demo()],
        reconnect: None,
        manages: false,
        lifetime: Duration::from_secs(900),
        outline: latchkey_domain::session::Outline::default(),
    };
    let created = world.vault.create_session(create).await.unwrap();
    let browser = latchkey_domain::Digest::of(b"browser");
    world.vault.bind_session(&created.token, browser).await.unwrap();
    let authorization = latchkey_domain::AuthorizationId::from_parts(1, u128::from(world.fresh()));
    world.vault.start_authorization(world.start(authorization, created.session)).await.unwrap();
    let state = latchkey_domain::Digest::of(b"state");
    world.vault.claim_authorization(authorization, state, browser).await.unwrap();
    world.vault.establish(authorization, world.obtained()).await.unwrap().connection
}

#[tokio::test]
async fn environments_take_turns_whoever_has_more_that_is_due() {
    let world = World::new().await;
    world.register(prod()).await;
    for _ in 0..9 {
        world.connected().await;
    }
    world.clock.advance(Duration::from_secs(1));
    let lonely = connected_in_prod(&world).await;
    world.clock.advance(TOKEN_LIFE);
    let claimed = world.vault.claim_due(2).await.unwrap();
    assert!(claimed.iter().any(|due| due.connection == lonely), "the other environment had both turns");
}

#[tokio::test]
async fn a_lane_that_is_to_be_left_alone_is_left_alone() {
    let world = World::new().await;
    world.register(prod()).await;
    world.connected().await;
    let open = connected_in_prod(&world).await;
    world.clock.advance(TOKEN_LIFE);
    let except = vec![Lane { environment: dev(), integration: crate::world::demo() }];
    let claimed = world.vault.claim_due(ClaimDue { max: 10, wanted_only: false, except }).await.unwrap();
    assert_eq!(claimed.iter().map(|due| due.connection).collect::<Vec<_>>(), [open]);
    assert_eq!(world.vault.claim_due(10).await.unwrap().len(), 1, "it is still due");
}

#[tokio::test]
async fn what_a_caller_waits_for_is_claimed_first_and_says_so() {
    let world = World::new().await;
    let waited_for = world.connected().await;
    let other = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let query = world.query(waited_for);
    // Nobody refreshes it, so the caller goes away empty; that it was asked for stays.
    assert!(world.vault.credential(&query).await.is_err());
    let due = world.vault.claim_due(1).await.unwrap().remove(0);
    assert_eq!((due.connection, due.wanted), (waited_for, true));
    assert!(due.expires_at.is_some());
    let due = world.vault.claim_due(1).await.unwrap().remove(0);
    assert_eq!((due.connection, due.wanted), (other, false));
}

#[tokio::test]
async fn an_integration_is_read_once_for_all_its_claims() {
    let (world, store) = crate::racing::meddled_world().await;
    for _ in 0..5 {
        world.connected().await;
    }
    world.clock.advance(TOKEN_LIFE);
    let before = store.loads_of("integration");
    assert_eq!(world.vault.claim_due(10).await.unwrap().len(), 5);
    assert_eq!(store.loads_of("integration") - before, 1);
}

#[tokio::test]
async fn a_renewed_claim_outlasts_its_time_and_a_lapsed_one_is_not_renewed() {
    let world = World::new().await;
    world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    let renew = async |fence, secs| {
        world.vault.renew_refresh(due.connection, fence, Duration::from_secs(secs)).await.unwrap()
    };
    world.clock.advance(Duration::from_secs(80));
    assert!(renew(due.fence, 80).await);
    world.clock.advance(Duration::from_secs(79));
    assert!(world.vault.claim_due(10).await.unwrap().is_empty(), "it would have lapsed");
    world.clock.advance(Duration::from_secs(1));
    let taken_over = world.claim_one().await;
    assert!(!renew(due.fence, 80).await, "it is another's by now");
    world.complete(&taken_over, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    assert!(!renew(taken_over.fence, 80).await, "it is done");
}

#[tokio::test]
async fn a_session_that_ended_long_ago_is_forgotten_with_its_attempt_and_the_connection_stays() {
    let world = World::new().await;
    let connection = world.connected().await;
    let stored = async |category: &str| {
        let query = CardQuery {
            category: category.into(),
            environment: "dev".into(),
            max: 10,
            ..CardQuery::default()
        };
        world.store.list(&query).await.unwrap().items
    };
    let attempt = stored("authorization").await.remove(0).stream;
    assert_eq!(stored("session").await.len(), 1);
    world.clock.advance(latchkey_domain::session::RETENTION);
    let (later, _) = world.session(None).await;
    world.clock.advance(Duration::from_secs(900));
    world.service.run();
    let swept = async {
        while stored("session").await.len() + stored("authorization").await.len() > 1 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), swept).await.expect("what ended is swept");
    assert_eq!(stored("session").await[0].stream, Stream::new("session", later.to_string()), "too young");
    assert_eq!(world.store.key(&attempt.to_string()).await.unwrap(), None);
    assert!(!world.store.history(&attempt, Version(0), 10).await.unwrap().is_empty(), "what happened stays");
    assert_eq!(stored("connection").await[0].stream.id, connection.to_string());
}
