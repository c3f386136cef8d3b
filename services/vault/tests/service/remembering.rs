use crate::describing::about;
use crate::listing::{all, listed};
use crate::world::{TOKEN_LIFE, World, dev, invalid_grant};
use latchkey_domain::connection::{Connection, Refusal};
use latchkey_domain::{ApiKeyId, Timestamp};
use latchkey_vault::Error;
use latchkey_vault::vault::{ListConnections, Switch};
use latchkey_wire::contract::RefreshOutcome;
use std::time::Duration;

#[tokio::test]
async fn a_connection_is_seen_as_it_was_at_every_step() {
    let world = World::new().await;
    let begun = Timestamp(1_800_000_000_000);
    let connection = world.connected_about(about("user-42")).await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    world.complete_strictly(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    world.complete_strictly(&due, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    world.clock.advance(TOKEN_LIFE);
    world.vault.delete_connection(&dev(), connection, None).await.unwrap();

    let hours = |number: u32| begun.plus(TOKEN_LIFE * number);
    let at = async |at: Timestamp| world.vault.connection_as_of(&dev(), connection, at).await;
    let before = at(begun.minus(Duration::from_millis(1))).await;
    assert!(matches!(before, Err(Error::Connection(Refusal::Absent))), "{before:?}");
    let first = at(begun).await.unwrap();
    assert_eq!((first.generation().0, first.about().unwrap().external_id.clone()), (1, None));
    assert_eq!(at(hours(1).minus(Duration::from_millis(1))).await.unwrap().generation().0, 1);
    assert_eq!(at(hours(1)).await.unwrap().generation().0, 2);
    assert!(matches!(at(hours(2)).await.unwrap(), Connection::Broken(_)));
    assert!(matches!(at(hours(3)).await.unwrap(), Connection::Revoked(_)));

    let as_of = |number, status| ListConnections { as_of: Some(hours(number)), status, ..all() };
    for (number, status) in [(0, "active"), (1, "active"), (2, "needs_reauth"), (3, "deleted")] {
        assert_eq!(listed(&world, as_of(number, Some(status))).await, [connection], "{status} at {number}");
        assert!(listed(&world, as_of(number, Some("degraded"))).await.is_empty());
    }
    let early = ListConnections { as_of: Some(begun.minus(TOKEN_LIFE)), ..all() };
    assert!(listed(&world, early).await.is_empty());
}

#[tokio::test]
async fn each_event_is_told_with_what_it_led_to_and_why() {
    let world = World::new().await;
    let connection = world.connected().await;
    let key = ApiKeyId::from_parts(1, 1);
    world.vault.switch_connection(&dev(), connection, Switch::Off, key).await.unwrap();
    world.vault.switch_connection(&dev(), connection, Switch::On, key).await.unwrap();
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    world.complete_strictly(&due, RefreshOutcome::Refused(invalid_grant())).await.unwrap();

    let (mut told, mut after) = (vec![], 0);
    loop {
        let page = world.vault.connection_events(&dev(), connection, after, 3).await.unwrap();
        assert!(page.0.len() <= 3);
        told.extend(page.0);
        let Some(next) = page.1 else { break };
        after = next;
    }
    let states: Vec<_> = told.iter().map(|happened| (happened.number, happened.status)).collect();
    assert_eq!(states, [(1, "active"), (2, "disabled"), (3, "active"), (4, "needs_reauth")]);
    assert_eq!(told[3].failure, Some(invalid_grant()));
    assert!(told[1].summary.contains(&key.to_string()), "{}", told[1].summary);
    let elsewhere = world.vault.connection_events(&"prod".parse().unwrap(), connection, 0, 3).await;
    assert!(matches!(elsewhere, Err(Error::Connection(Refusal::Absent))));
}
