//! Data keys that replace others: what is sealed is sealed anew, and nothing that comes late is sealed away.

use crate::racing::meddled_world;
use crate::rotating::{rewrap, state_of, token_elsewhere};
use crate::world::{TOKEN_LIFE, World, demo, dev, put, service_of};
use crate::{choosing, webhooks};
use latchkey_domain::connection::Refusal;
use latchkey_domain::integration::RegisteredClient;
use latchkey_domain::{AuthorizationId, ConnectionId, Digest, Timestamp};
use latchkey_store::{Stream, Version};
use latchkey_vault::Error;
use latchkey_vault::vault::{Replacement, Vault};
use latchkey_wire::contract::{AppSecrets, KeptClient, RefreshOutcome};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How often a replacement is cut off.
const CUTS: u64 = 20;

/// More connections than are sealed anew between two cuts.
const CONNECTIONS: usize = 40;

async fn key_of(world: &World, connection: ConnectionId) -> uuid::Uuid {
    data_key(world, "connection", &connection.to_string()).await.unwrap()
}

async fn data_key(world: &World, category: &str, id: &str) -> Option<uuid::Uuid> {
    world.store.load(&Stream::new(category, id)).await.unwrap().unwrap().key.map(|key| key.id)
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

const APP: &str = "dev/demo";

/// What a process that has nothing at hand reads of the app's client secret: with an attempt, which needs it.
async fn client_secret(world: &World) -> String {
    let reader = world.on(world.parts.store.clone());
    let (session, token) = reader.session(None).await;
    let browser = Digest::of(b"browser");
    reader.vault.bind_session(&token, browser).await.unwrap();
    let attempt = AuthorizationId::from_parts(1, u128::from(reader.fresh() + world.fresh() * 10_000));
    reader.vault.start_authorization(reader.start(attempt, session)).await.unwrap();
    let claimed = reader.vault.claim_authorization(attempt, Digest::of(b"state"), browser).await.unwrap();
    claimed.app.client_secret.unwrap().expose().to_owned()
}

/// Has every data key replaced, with the environment's.
async fn replace_everything(world: &World) {
    let version = state_of(world.service.keyring()).await.version;
    world.service.keyring().rotate(&dev()).await.unwrap();
    assert_eq!(replace_all(&world.vault, version).await.unwrap(), 0);
}

#[tokio::test]
async fn an_app_and_an_endpoint_are_sealed_with_other_keys_and_nothing_else_changes() {
    let world = World::new().await;
    let registered = RegisteredClient {
        client_id: "registered".into(),
        registration: Digest::of(b"a registration"),
        registered_at: Timestamp(1),
        secret_expires_at: None,
    };
    let fields = BTreeMap::from([("secret".to_owned(), "canary_registered".to_owned().into())]);
    let kept = KeptClient { client: registered, fields };
    world.vault.keep_registered_client(&dev(), &demo(), kept, None).await.unwrap();
    let (live, first) = webhooks::endpoint(&world).await;
    let (_, second) = world.vault.rotate_webhook_secret(&dev(), live.id, None).await.unwrap();
    let (app, endpoint) = (data_key(&world, "integration", APP).await, live.id.to_string());
    let of_endpoint = data_key(&world, "webhook_endpoint", &endpoint).await;

    replace_everything(&world).await;
    assert_ne!(data_key(&world, "integration", APP).await, app);
    assert_ne!(data_key(&world, "webhook_endpoint", &endpoint).await, of_endpoint);
    assert_eq!(client_secret(&world).await, "canary_client_secret");
    let reader = service_of(&world.parts);
    let client = reader.vault().registered_client(&dev(), &demo()).await.unwrap().unwrap();
    assert_eq!(client.fields["secret"].expose(), "canary_registered");
    world.connected().await;
    let due = webhooks::claim_one(&world).await;
    assert!(webhooks::is_signed(&due, first.expose()) && webhooks::is_signed(&due, second.expose()));
    let integration = Stream::new("integration", APP);
    let history = world.store.history(&integration, Version(0), 10).await.unwrap();
    assert_eq!(history.last().unwrap().event.kind, "integration.key_replaced");
}

#[tokio::test]
async fn what_is_under_way_with_an_app_whose_key_is_replaced_is_finished() {
    let world = World::new().await;
    let (session, token) = world.session(None).await;
    world.vault.bind_session(&token, choosing::browser()).await.unwrap();
    let begun = AuthorizationId::from_parts(1, u128::from(world.fresh()));
    world.vault.start_authorization(world.start(begun, session)).await.unwrap();
    let held = choosing::undecided(&world).await;
    replace_everything(&world).await;
    let claimed =
        world.vault.claim_authorization(begun, Digest::of(b"state"), choosing::browser()).await.unwrap();
    assert!(claimed.code_verifier.is_some());
    let made = world.vault.establish(begun, world.obtained()).await.unwrap();
    assert_eq!(made.generation.0, 1);
    let resumed = world.vault.resume_authorization(held, choosing::browser()).await.unwrap();
    assert!(resumed.obtained.grant.handout.access_token.is_some());
    // What an attempt was sealed with goes with it.
    assert_eq!(data_key(&world, "authorization", &begun.to_string()).await, None);
    assert!(data_key(&world, "authorization", &held.to_string()).await.is_some());
}

#[tokio::test]
async fn a_secret_that_is_put_while_the_key_is_replaced_is_not_sealed_away() {
    let (world, store) = meddled_world().await;
    let version = state_of(world.service.keyring()).await.version;
    world.service.keyring().rotate(&dev()).await.unwrap();
    let replacing = Arc::clone(&world);
    store.before("integration", async move {
        assert_eq!(replace_all(&replacing.vault, version).await.unwrap(), 0);
    });
    let secret = |text: &str| {
        let secrets = AppSecrets { client_secret: Some(text.to_owned().into()), fields: BTreeMap::new() };
        put(dev(), Some(secrets))
    };
    world.vault.put_integration(secret("canary_second")).await.unwrap();
    assert!(store.has_meddled());
    assert_eq!(client_secret(&world).await, "canary_second");

    // The other way round: whoever replaces it is too late, and asks again.
    let version = state_of(world.service.keyring()).await.version;
    world.service.keyring().rotate(&dev()).await.unwrap();
    let (putting, third) = (Arc::clone(&world), secret("canary_third"));
    store.before("integration", async move {
        putting.vault.put_integration(third).await.unwrap();
    });
    assert_eq!(replace_all(&world.vault, version).await.unwrap(), 1);
    assert_eq!(replace_all(&world.vault, version).await.unwrap(), 0);
    assert_eq!(client_secret(&world).await, "canary_third");
}
