//! When connections are refreshed, where somebody looks, or wants it earlier.

use crate::world::{TOKEN_LIFE, World, demo, dev};
use latchkey_chassis::Clock as _;
use latchkey_domain::connection::Refusal;
use latchkey_domain::{ApiKeyId, Failure, Phase, Reason, Timestamp};
use latchkey_vault::Error;
use latchkey_vault::vault::{Hold, ListQueue, Pausing, Queue, Switch};
use latchkey_wire::contract::RefreshOutcome;
use std::time::Duration;

fn key() -> ApiKeyId {
    ApiKeyId::from_parts(1, 1)
}

fn all() -> ListQueue {
    ListQueue { environment: dev(), integration: None, after: None, max: 0 }
}

async fn queue(world: &World) -> Queue {
    world.vault.refresh_queue(all()).await.unwrap()
}

#[tokio::test]
async fn a_refresh_is_made_by_the_time_that_was_asked_for() {
    let world = World::new().await;
    let (connection, now) = (world.connected().await, Timestamp(world.clock.now()));
    let schedule = async |at| world.vault.schedule_refresh(&dev(), connection, at, key()).await.unwrap();
    let usual = queue(&world).await.connections[0].due_at;
    assert_eq!(schedule(usual.plus(Duration::from_secs(1))).await, Some(usual), "never later");
    let soon = now.plus(Duration::from_secs(60));
    assert_eq!(schedule(soon).await, Some(soon));
    // What else is changed of it makes no difference.
    world.vault.switch_connection(&dev(), connection, Switch::Off, key()).await.unwrap();
    assert!(matches!(
        world.vault.schedule_refresh(&dev(), connection, soon, key()).await,
        Err(Error::Connection(Refusal::Disabled))
    ));
    world.vault.switch_connection(&dev(), connection, Switch::On, key()).await.unwrap();
    world.clock.advance(Duration::from_secs(59));
    assert!(world.vault.claim_due(10).await.unwrap().is_empty());
    world.clock.advance(Duration::from_secs(1));
    let due = world.claim_one().await;
    world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    let next = queue(&world).await.connections[0].due_at;
    assert!(next > soon.plus(TOKEN_LIFE / 2), "once: {next:?}");
    assert_eq!(schedule(Timestamp(-1)).await, Some(soon), "what is past is now");
    assert_eq!(world.claim_one().await.connection, connection);

    let elsewhere = world.vault.schedule_refresh(&"prod".parse().unwrap(), connection, soon, key()).await;
    assert!(matches!(elsewhere, Err(Error::Connection(Refusal::Absent))));
}

#[tokio::test]
async fn the_queue_tells_what_is_due_who_has_it_and_what_holds_it() {
    let world = World::new().await;
    let mut made = vec![];
    for _ in 0..3 {
        made.push(world.connected().await);
        world.clock.advance(Duration::from_secs(60));
    }
    let paused = world.connected().await;
    world.vault.pause_refreshing(&dev(), &Pausing::Connection(paused), key()).await.unwrap();
    let told = queue(&world).await;
    let order: Vec<_> = told.connections.iter().map(|it| it.connection).collect();
    assert!(told.connections.is_sorted_by_key(|it| it.due_at), "{told:?}");
    assert!(
        order.len() == 3 && made.iter().all(|it| order.contains(it)),
        "without the one that does not fall due"
    );
    assert_eq!((told.overdue.count, told.overdue.since), (0, None));

    let page = world.vault.refresh_queue(ListQueue { max: 2, ..all() }).await.unwrap();
    assert_eq!(page.connections.len(), 2);
    let rest = world.vault.refresh_queue(ListQueue { after: page.next, max: 2, ..all() }).await.unwrap();
    assert_eq!((rest.connections[0].connection, rest.connections.len(), rest.next), (order[2], 1, None));
    for (integration, count) in [(demo(), 3), ("other".parse().unwrap(), 0)] {
        let one = ListQueue { integration: Some(integration), ..all() };
        assert_eq!(world.vault.refresh_queue(one).await.unwrap().connections.len(), count);
    }
    let elsewhere = ListQueue { environment: "prod".parse().unwrap(), ..all() };
    assert!(world.vault.refresh_queue(elsewhere).await.unwrap().connections.is_empty());

    world.clock.advance(TOKEN_LIFE);
    let due = world.vault.claim_due(1).await.unwrap().remove(0);
    let told = queue(&world).await;
    assert_eq!((told.overdue.count, told.overdue.since), (3, Some(told.connections[0].due_at.0)));
    let claimed: Vec<_> = told.connections.iter().filter(|it| it.claimed).map(|it| it.connection).collect();
    assert_eq!(claimed, [due.connection]);
    let failure = Failure::new(Reason::ProviderUnavailable, Phase::Refresh);
    world.complete(&due, RefreshOutcome::Failed { failure, retry_after: None }).await.unwrap();
    let told = queue(&world).await;
    let attempts: Vec<_> =
        told.connections.iter().map(|it| (it.connection, it.attempts, it.claimed)).collect();
    assert!(attempts.contains(&(due.connection, 1, false)), "{attempts:?}");

    for (what, hold) in [
        (Pausing::Everything, Hold::Environment),
        (Pausing::Provider("demo".into()), Hold::Provider),
        (Pausing::Integration(demo()), Hold::Integration),
    ] {
        world.vault.pause_refreshing(&dev(), &what, key()).await.unwrap();
        assert!(queue(&world).await.connections.iter().all(|it| it.held_by == Some(hold)), "{hold:?}");
    }
    world.vault.enter_safe_mode().await.unwrap();
    assert!(queue(&world).await.connections.iter().all(|it| it.held_by == Some(Hold::SafeMode)));
}
