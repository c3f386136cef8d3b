//! Refreshing that somebody has paused: of a connection, an integration, a provider or an environment.

use crate::world::{TOKEN_LIFE, World, demo, dev, put};
use latchkey_domain::connection::Refusal;
use latchkey_domain::incident::Incident;
use latchkey_domain::rotation::Behaviour;
use latchkey_domain::{ApiKeyId, ConnectionId, IntegrationKey};
use latchkey_vault::Error;
use latchkey_vault::vault::{ListIncidents, Pausing};
use latchkey_wire::contract::{Obtained, PutIntegration, RefreshOutcome};
use std::time::Duration;

fn key() -> ApiKeyId {
    ApiKeyId::from_parts(1, 1)
}

async fn pause(world: &World, what: &Pausing) {
    world.vault.pause_refreshing(&dev(), what, key()).await.unwrap();
}

async fn resume(world: &World, what: &Pausing) {
    world.vault.resume_refreshing(&dev(), what, key()).await.unwrap();
}

async fn open_incidents(world: &World) -> Vec<Option<IntegrationKey>> {
    let (environment, integration, provider, include_closed) = (dev(), None, None, false);
    let list = ListIncidents { environment, integration, provider, include_closed };
    let all = world.vault.incidents(list).await.unwrap();
    all.iter().filter_map(Incident::open).map(|open| open.subject.integration.clone()).collect()
}

async fn is_refused(world: &World, connection: ConnectionId) {
    let refused = world.vault.credential(&world.query(connection)).await;
    assert!(matches!(refused, Err(Error::RefreshingPaused)), "{:?}", refused.err());
}

#[tokio::test]
async fn nothing_of_an_integration_is_claimed_while_its_refreshing_is_paused() {
    let world = World::new().await;
    let connection = world.connected().await;
    let before = world.token_of(connection).await;
    let what = Pausing::Integration(demo());
    pause(&world, &what).await;
    assert_eq!(world.token_of(connection).await, before, "what is good is handed out");
    world.clock.advance(TOKEN_LIFE - Duration::from_secs(5));
    assert_eq!(world.token_of(connection).await, before, "to its last second, where nobody insists on more");
    world.clock.advance(Duration::from_secs(5));
    for _ in 0..2 {
        assert!(world.vault.claim_due(10).await.unwrap().is_empty());
    }
    is_refused(&world, connection).await;
    // Neither a change of the app nor another refusal of it ends what somebody asked for.
    world.register(dev()).await;
    assert!(world.vault.claim_due(10).await.unwrap().is_empty());

    resume(&world, &what).await;
    let due = world.claim_one().await;
    world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    assert_ne!(world.token_of(connection).await, before);
    let nowhere = Pausing::Integration("nowhere".parse().unwrap());
    let nowhere = world.vault.pause_refreshing(&dev(), &nowhere, key()).await;
    assert!(matches!(nowhere, Err(Error::IntegrationUnknown(_))));
}

#[tokio::test]
async fn a_pause_of_a_provider_or_of_everything_is_about_what_is_made_later_too() {
    let provider = put(dev(), None).settings.provider;
    for what in [Pausing::Provider(provider), Pausing::Everything] {
        let world = World::new().await;
        pause(&world, &what).await;
        pause(&world, &what).await;
        assert_eq!(open_incidents(&world).await, [None], "one, of no single integration");
        world
            .vault
            .put_integration(PutIntegration { key: "later".parse().unwrap(), ..put(dev(), None) })
            .await
            .unwrap();
        let connection = world.connected().await;
        world.clock.advance(TOKEN_LIFE);
        for _ in 0..2 {
            assert!(world.vault.claim_due(10).await.unwrap().is_empty(), "{what:?}");
        }
        is_refused(&world, connection).await;
        let told = world.vault.explain_connection(&dev(), connection).await.unwrap().explanation;
        assert!(told.what_happened.contains("paused") && told.whose_turn == "DEVELOPER", "{told:?}");

        // The integration's own pause comes and goes, and the other stays.
        pause(&world, &Pausing::Integration(demo())).await;
        resume(&world, &Pausing::Integration(demo())).await;
        is_refused(&world, connection).await;
        resume(&world, &what).await;
        assert_eq!(world.claim_one().await.connection, connection);
        assert!(open_incidents(&world).await.is_empty());
    }
}

#[tokio::test]
async fn another_provider_and_another_environment_are_refreshed_as_ever() {
    let world = World::new().await;
    let connection = world.connected().await;
    pause(&world, &Pausing::Provider("other".into())).await;
    let prod = "prod".parse().unwrap();
    world.vault.pause_refreshing(&prod, &Pausing::Everything, key()).await.unwrap();
    world.clock.advance(TOKEN_LIFE);
    assert_eq!(world.claim_one().await.connection, connection);
}

#[tokio::test]
async fn one_connection_waits_and_its_neighbour_is_refreshed() {
    let world = World::new().await;
    let (paused, other) = (world.connected().await, world.connected().await);
    let what = Pausing::Connection(paused);
    pause(&world, &what).await;
    pause(&world, &what).await;
    let token = world.token_of(paused).await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    assert_eq!(due.connection, other);
    world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    is_refused(&world, paused).await;
    let told = world.vault.explain_connection(&dev(), paused).await.unwrap();
    assert!(
        told.explanation.what_to_do.contains(&format!("--connection {paused}")),
        "{:?}",
        told.explanation
    );
    assert_eq!(told.connection.paused_at().map(|at| at.0), Some(1_800_000_000_000));

    // A reconnection brings a token, and leaves the pause.
    let again = world.claimed(Some(paused)).await;
    world.vault.establish(again, world.obtained()).await.unwrap();
    assert_ne!(world.token_of(paused).await, token);
    world.clock.advance(TOKEN_LIFE);
    assert_eq!(world.claim_one().await.connection, other);
    resume(&world, &what).await;
    assert_eq!(world.claim_one().await.connection, paused);
    let events = world.history(paused).await;
    let count = |kind: &str| events.iter().filter(|it| it.ends_with(kind)).count();
    assert_eq!((count("refreshing_paused"), count("refreshing_resumed")), (1, 1), "{events:?}");

    let elsewhere = world.vault.pause_refreshing(&"prod".parse().unwrap(), &what, key()).await;
    assert!(matches!(elsewhere, Err(Error::Connection(Refusal::Absent))), "as if it never was");
}

#[tokio::test]
async fn an_end_of_what_is_paused_is_told_and_nothing_is_refreshed_for_it() {
    let world = World::new().await;
    let documented = Behaviour { absolute_seconds: Some(8 * 86_400), ..Behaviour::default() };
    let authorization = world.claimed(None).await;
    let obtained = Obtained { documented, ..world.obtained() };
    let paused = world.vault.establish(authorization, obtained).await.unwrap().connection;
    pause(&world, &Pausing::Connection(paused)).await;
    world.clock.advance(Duration::from_secs(86_400 + 1));
    assert!(world.vault.claim_due(10).await.unwrap().is_empty());
    let events = world.history(paused).await;
    assert!(events.iter().any(|it| it.ends_with("expiring")), "{events:?}");
}
