//! Data keys that replace others: what is sealed is sealed anew, and nothing that comes late is sealed away.

use crate::racing::meddled_world;
use crate::rotating::{rewrap, state_of, token_elsewhere};
use crate::world::{TOKEN_LIFE, World, dev, service_of};
use latchkey_domain::ConnectionId;
use latchkey_domain::connection::Refusal;
use latchkey_store::Stream;
use latchkey_vault::Error;
use latchkey_vault::vault::{Replacement, Vault};
use latchkey_wire::contract::RefreshOutcome;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How often a replacement is cut off.
const CUTS: u64 = 20;

/// More connections than are sealed anew between two cuts.
const CONNECTIONS: usize = 40;

async fn key_of(world: &World, connection: ConnectionId) -> uuid::Uuid {
    let stream = Stream::new("connection", connection.to_string());
    world.store.load(&stream).await.unwrap().unwrap().key.unwrap().id
}

/// As `latchkey keys rewrap --data-keys` does it, once through. Says how many were busy.
async fn replace_all(vault: &Vault, version: u32) -> Result<u64, Error> {
    let (mut busy, mut after) = (0, None);
    loop {
        let page = vault.replace_data_keys(&dev(), version, after.as_ref()).await?;
        (busy, after) = (busy + page.busy, page.after);
        if after.is_none() {
            return Ok(busy);
        }
    }
}

#[tokio::test]
async fn a_connection_is_sealed_with_another_key_and_nothing_else_changes() {
    let world = World::new().await;
    let connection = world.connected().await;
    let (token, former) = (world.token_of(connection).await, key_of(&world, connection).await);
    assert_eq!(world.vault.replace_data_key(connection).await.unwrap(), Replacement::Done);
    assert_ne!(key_of(&world, connection).await, former);
    assert_eq!(token_elsewhere(&world, &world.parts, connection).await.unwrap(), token);
    assert_eq!(world.history(connection).await, ["connection.established", "connection.key_replaced"]);

    // What renews it is sealed anew too.
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    assert_ne!(token_elsewhere(&world, &world.parts, connection).await.unwrap(), token);

    let absent = ConnectionId::from_parts(1, 1);
    let refused = world.vault.replace_data_key(absent).await;
    assert!(matches!(refused, Err(Error::Connection(Refusal::Absent))), "{refused:?}");
    world.vault.delete_connection(&dev(), connection, None).await.unwrap();
    let refused = world.vault.replace_data_key(connection).await;
    assert!(matches!(refused, Err(Error::Connection(Refusal::Revoked))), "{refused:?}");
}

#[tokio::test]
async fn a_replacement_that_is_cut_off_anywhere_leaves_everything_readable_and_is_finished() {
    let world = World::new().await;
    let mut connections = vec![];
    for _ in 0..CONNECTIONS {
        let connection = world.connected().await;
        connections.push((connection, world.token_of(connection).await, key_of(&world, connection).await));
    }
    let version = state_of(world.service.keyring()).await.version;
    world.service.keyring().rotate(&dev()).await.unwrap();
    let mut cut = 0;
    for round in 1..=CUTS {
        let killed = service_of(&world.parts);
        let replacing = replace_all(killed.vault(), version);
        cut += u64::from(timeout(Duration::from_micros(900 * round), replacing).await.is_err());
        let reader = service_of(&world.parts);
        for (connection, token, _) in &connections {
            let read = reader.vault().credential(&world.query(*connection)).await.unwrap();
            assert_eq!(read.handout.access_token.unwrap().expose(), token);
        }
    }
    assert!(cut > 2, "it was cut off {cut} times only");
    assert_eq!(replace_all(&world.vault, version).await.unwrap(), 0);
    rewrap(world.service.keyring()).await.unwrap();
    assert!(state_of(world.service.keyring()).await.older.iter().all(|older| older.data_keys == 0));
    for (connection, token, former) in connections {
        assert_ne!(key_of(&world, connection).await, former, "{connection} is under its old data key");
        assert_eq!(token_elsewhere(&world, &world.parts, connection).await.unwrap(), token);
    }
}

#[tokio::test]
async fn what_a_refresher_has_in_hand_keeps_its_key() {
    let world = World::new().await;
    let connection = world.connected().await;
    let former = key_of(&world, connection).await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    assert_eq!(world.vault.replace_data_key(connection).await.unwrap(), Replacement::Busy);
    // It crashed, and what it wrote down opens with this key alone.
    world.clock.advance(Duration::from_secs(3600));
    assert_eq!(world.vault.replace_data_key(connection).await.unwrap(), Replacement::Busy);
    assert_eq!(key_of(&world, connection).await, former);
    world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    assert_eq!(world.vault.replace_data_key(connection).await.unwrap(), Replacement::Done);
    assert_ne!(key_of(&world, connection).await, former);
}

#[tokio::test]
async fn an_answer_that_was_sealed_with_the_former_key_is_sealed_anew() {
    let (world, store) = meddled_world().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    // Its claim is over when the answer comes.
    world.vault.release_refresh(connection, due.fence).await.unwrap();
    let (replacing, former) = (Arc::clone(&world), key_of(&world, connection).await);
    store.before("connection", async move {
        assert_eq!(replacing.vault.replace_data_key(connection).await.unwrap(), Replacement::Done);
    });
    world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    assert!(store.has_meddled());
    assert_ne!(key_of(&world, connection).await, former);
    let read = service_of(&world.parts).vault().credential(&world.query(connection)).await.unwrap();
    assert_eq!(read.facts.generation.0, 2);
}

#[tokio::test]
async fn a_consent_that_was_sealed_with_the_former_key_is_sealed_anew() {
    let (world, store) = meddled_world().await;
    let connection = world.connected().await;
    let authorization = world.claimed(Some(connection)).await;
    let replacing = Arc::clone(&world);
    store.before("connection", async move {
        assert_eq!(replacing.vault.replace_data_key(connection).await.unwrap(), Replacement::Done);
    });
    let mended = world.vault.establish(authorization, world.obtained()).await.unwrap();
    assert!(store.has_meddled());
    let read = service_of(&world.parts).vault().credential(&world.query(connection)).await.unwrap();
    assert_eq!(read.facts.generation, mended.generation);
}
