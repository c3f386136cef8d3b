//! Keys that replace others: nothing becomes unreadable, wherever it is cut off, and in the end nothing is under the old ones.

use crate::meddling::Meddled;
use crate::world::{World, dev, put, service_of};
use latchkey_domain::{ConnectionId, Environment};
use latchkey_envelope::{KeyService, create_key_file, open_key_service};
use latchkey_vault::{EnvironmentKeyState, Error, Keyring, Parts};
use std::sync::Arc;
use std::time::Duration;

const AN_HOUR: Duration = Duration::from_secs(60 * 60);

/// More keys than are wrapped anew in one transaction.
const MANY: u32 = 210;

/// As `latchkey keys rewrap` does it.
pub async fn rewrap(keyring: &Keyring) -> Result<u64, Error> {
    let mut rewrapped = keyring.rewrap_environment_keys().await?;
    for state in keyring.key_states().await? {
        for older in &state.older {
            let mut after = None;
            loop {
                let page =
                    keyring.rewrap_data_keys(&state.environment, older.version, after.as_ref()).await?;
                rewrapped += page.data_keys;
                after = page.after;
                if after.is_none() {
                    break;
                }
            }
        }
        keyring.retire(&state.environment).await?;
    }
    Ok(rewrapped)
}

pub async fn state_of(keyring: &Keyring) -> EnvironmentKeyState {
    let states = keyring.key_states().await.unwrap();
    states.into_iter().find(|state| state.environment == dev()).unwrap()
}

/// What a process reads that has nothing at hand.
pub async fn token_elsewhere(
    world: &World,
    parts: &Parts,
    connection: ConnectionId,
) -> Result<String, Error> {
    let credential = service_of(parts).vault().credential(&world.query(connection)).await?;
    Ok(credential.handout.access_token.unwrap().expose().to_owned())
}

/// A connection whose token outlives the clock of these tests.
async fn lasting(world: &World) -> ConnectionId {
    let authorization = world.claimed(None).await;
    let mut obtained = world.obtained();
    obtained.grant.expires_in = None;
    world.vault.establish(authorization, obtained).await.unwrap().connection
}

async fn key_file(world: &World, name: &str) -> Arc<dyn KeyService> {
    let path = world.folder.path().join(name);
    create_key_file(&path).unwrap();
    open_key_service(&format!("file://{}", path.display())).await.unwrap()
}

#[tokio::test]
async fn a_rotated_key_takes_nothing_from_anybody() {
    let world = World::new().await;
    let before = world.connected().await;
    let token = world.token_of(before).await;
    let keyring = world.service.keyring();
    assert_eq!(keyring.rotate(&dev()).await.unwrap(), 2);

    let state = state_of(keyring).await;
    assert_eq!((state.version, state.older.len()), (2, 1));
    let under_the_first = state.older[0].data_keys;
    assert!(under_the_first >= 2, "an integration's and a connection's: {under_the_first}");
    // What is new is under the new one, whoever makes it; what is there reads as before.
    let after = world.connected().await;
    assert_eq!(state_of(keyring).await.older[0].data_keys, under_the_first);
    assert_eq!(world.token_of(before).await, token);
    assert_eq!(token_elsewhere(&world, &world.parts, before).await.unwrap(), token);

    assert_eq!(rewrap(keyring).await.unwrap(), under_the_first);
    assert_eq!(state_of(keyring).await.older[0].data_keys, 0);
    for connection in [before, after] {
        let expected = world.token_of(connection).await;
        assert_eq!(token_elsewhere(&world, &world.parts, connection).await.unwrap(), expected);
    }
    assert_eq!(world.history(before).await, ["connection.established"], "no event tells of it");
}

#[tokio::test]
async fn a_replaced_key_is_destroyed_when_nothing_can_come_to_need_it_and_not_before() {
    let world = World::new().await;
    let connection = lasting(&world).await;
    let keyring = world.service.keyring();
    keyring.rotate(&dev()).await.unwrap();
    // In use: it stays, however long that takes.
    world.clock.advance(2 * AN_HOUR);
    assert_eq!(keyring.retire(&dev()).await.unwrap(), (vec![], vec![]));
    keyring.rotate(&dev()).await.unwrap();
    rewrap(keyring).await.unwrap();
    // Out of use, and replaced just now: a call may hold the second that read it as the present one.
    let state = state_of(keyring).await;
    assert_eq!(state.older.iter().map(|older| older.version).collect::<Vec<_>>(), [2]);
    assert_eq!(keyring.retire(&dev()).await.unwrap(), (vec![], vec![2]));
    assert!(world.store.key("environment/dev@2").await.unwrap().is_some());
    world.clock.advance(AN_HOUR);
    assert_eq!(keyring.retire(&dev()).await.unwrap(), (vec![2], vec![]));
    assert_eq!(world.store.key("environment/dev@2").await.unwrap(), None);
    assert!(token_elsewhere(&world, &world.parts, connection).await.is_ok());
}

#[tokio::test]
async fn a_rotation_that_is_cut_off_anywhere_is_finished_by_whoever_goes_on() {
    let mut meddled = None;
    let world = World::with_parts(|parts| {
        let store = Meddled::new(parts.store.clone());
        parts.store = store.clone();
        meddled = Some(store);
    })
    .await;
    let meddled = meddled.unwrap();
    for number in 0..MANY {
        let mut wanted = put(dev(), None);
        wanted.key = format!("app-{number}").parse().unwrap();
        wanted.secrets = Some(latchkey_wire::contract::AppSecrets {
            client_secret: Some("canary_client_secret".to_owned().into()),
            fields: Default::default(),
        });
        world.vault.put_integration(wanted).await.unwrap();
    }
    let connection = lasting(&world).await;
    let token = world.token_of(connection).await;
    // Before the copy, before the exchange, before each page, before the end.
    for changes in 0..8 {
        meddled.cut_after(Some(changes));
        let cut_off = service_of(&world.parts);
        let rotated = cut_off.keyring().rotate(&dev()).await;
        let ended = match rotated {
            Ok(_) => rewrap(cut_off.keyring()).await.map(drop),
            Err(error) => Err(error),
        };
        meddled.cut_after(None);
        assert!(ended.is_err() == (changes < 4) || changes == 4, "after {changes} changes: {ended:?}");
        assert_eq!(token_elsewhere(&world, &world.parts, connection).await.unwrap(), token);
        rewrap(service_of(&world.parts).keyring()).await.unwrap();
        assert!(state_of(world.service.keyring()).await.older.iter().all(|older| older.data_keys == 0));
        assert_eq!(token_elsewhere(&world, &world.parts, connection).await.unwrap(), token);
        world.clock.advance(AN_HOUR);
    }
    rewrap(world.service.keyring()).await.unwrap();
    let state = state_of(world.service.keyring()).await;
    assert!(state.version >= 7 && state.older.is_empty(), "{state:?}");
}

#[tokio::test]
async fn two_who_rotate_at_once_lose_no_key() {
    let world = World::new().await;
    let connection = world.connected().await;
    let token = world.token_of(connection).await;
    let (one, other) = (service_of(&world.parts), service_of(&world.parts));
    let dev = dev();
    let (first, second) = tokio::join!(one.keyring().rotate(&dev), other.keyring().rotate(&dev));
    let mut versions = [first.unwrap(), second.unwrap()];
    versions.sort_unstable();
    assert_eq!(versions, [2, 3]);
    let (first, second) = tokio::join!(rewrap(one.keyring()), rewrap(other.keyring()));
    first.unwrap();
    second.unwrap();
    assert_eq!(token_elsewhere(&world, &world.parts, connection).await.unwrap(), token);
}

#[tokio::test]
async fn what_is_wrapped_twice_survives_the_loss_of_either_key_service() {
    let world = World::new().await;
    let connection = world.connected().await;
    let token = world.token_of(connection).await;
    let first = world.parts.key_services[0].clone();
    let second = key_file(&world, "second").await;
    let only =
        |service: &Arc<dyn KeyService>| Parts { key_services: vec![service.clone()], ..world.parts.clone() };
    assert!(
        token_elsewhere(&world, &only(&second), connection).await.is_err(),
        "nobody wrapped it with that"
    );

    let both = Parts { key_services: vec![first.clone(), second.clone()], ..world.parts.clone() };
    let keyring = service_of(&both);
    let state = state_of(keyring.keyring()).await;
    assert!(!state.is_wrapped_as_wanted, "{state:?}");
    assert_eq!(rewrap(keyring.keyring()).await.unwrap(), 1);
    let state = state_of(keyring.keyring()).await;
    assert!(state.is_wrapped_as_wanted);
    assert_eq!(state.wrapped_by, [first.uri(), second.uri()]);
    for left in [&first, &second] {
        assert_eq!(token_elsewhere(&world, &only(left), connection).await.unwrap(), token);
    }
    // What is made from now on is wrapped by both from the start.
    let prod: Environment = "prod".parse().unwrap();
    let other = service_of(&both);
    other.vault().put_integration(put(prod.clone(), None)).await.unwrap();
    let states = other.keyring().key_states().await.unwrap();
    assert!(
        states.iter().all(|state| state.is_wrapped_as_wanted && state.wrapped_by.len() == 2),
        "{states:?}"
    );
}

#[tokio::test]
async fn a_key_services_key_is_replaced_by_another_and_opens_nothing_any_more() {
    let world = World::new().await;
    let connection = world.connected().await;
    let token = world.token_of(connection).await;
    let old = world.parts.key_services[0].clone();
    let new = key_file(&world, "new").await;
    let with = |services: &[&Arc<dyn KeyService>]| Parts {
        key_services: services.iter().map(|&service| service.clone()).collect(),
        ..world.parts.clone()
    };
    let keyring = service_of(&with(&[&new, &old]));
    // An older version of an environment's key needs the new wrap as much as the present one.
    keyring.keyring().rotate(&dev()).await.unwrap();
    rewrap(keyring.keyring()).await.unwrap();
    assert_eq!(rewrap(service_of(&with(&[&new])).keyring()).await.unwrap(), 2);
    assert_eq!(token_elsewhere(&world, &with(&[&new]), connection).await.unwrap(), token);
    assert!(token_elsewhere(&world, &with(&[&old]), connection).await.is_err());
    let state = state_of(service_of(&with(&[&new])).keyring()).await;
    assert_eq!(state.wrapped_by, [new.uri()]);
}
