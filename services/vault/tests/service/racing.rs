use crate::meddling::Meddled;
use crate::world::{TOKEN_LIFE, World, dev, put};
use latchkey_domain::revocation::Extent;
use latchkey_wire::contract::RefreshOutcome;
use std::sync::Arc;

pub async fn meddled_world() -> (Arc<World>, Arc<Meddled>) {
    let mut meddled = None;
    let world = World::with_parts(|parts| {
        let store = Meddled::new(parts.store.clone());
        parts.store = store.clone();
        meddled = Some(store);
    });
    (Arc::new(world.await), meddled.unwrap())
}

#[tokio::test]
async fn a_consent_that_meets_a_refresh_is_not_lost() {
    let (world, store) = meddled_world().await;
    let connection = world.connected().await;
    let authorization = world.claimed(Some(connection)).await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    let refresher = world.clone();
    store.before("connection", async move {
        let refreshed = RefreshOutcome::Refreshed(refresher.obtained());
        refresher.complete(&due, refreshed).await.unwrap();
    });
    let mended = world.vault.establish(authorization, world.obtained()).await.unwrap();
    assert!(store.has_meddled());
    assert_eq!(mended.generation.0, 3);
    let read = world.vault.credential(&world.query(connection)).await.unwrap();
    assert_eq!(read.facts.generation.0, 3, "what was sealed for one generation opens as another");
}

#[tokio::test]
async fn a_connection_that_is_deleted_meanwhile_stays_deleted() {
    let (world, store) = meddled_world().await;
    let connection = world.connected().await;
    let authorization = world.claimed(Some(connection)).await;
    let deleter = world.clone();
    store.before("connection", async move {
        deleter.vault.delete_connection(&dev(), connection, Some(Extent::Grant)).await.unwrap();
    });
    assert!(world.vault.establish(authorization, world.obtained()).await.is_err());
    assert!(store.has_meddled());
    let stream = latchkey_store::Stream::new("connection", connection.to_string());
    assert_eq!(world.store.load(&stream).await.unwrap().unwrap().key, None, "a destroyed key has come back");
}

#[tokio::test]
async fn a_consent_that_was_recorded_before_the_call_was_cut_is_recorded_once() {
    let (world, store) = meddled_world().await;
    let authorization = world.claimed(None).await;
    // The call is cut between the connection and the attempt: as when the vault ends there.
    let (cut, was_cut) = tokio::sync::oneshot::channel::<()>();
    store.before("authorization", async move {
        drop(cut);
        std::future::pending().await
    });
    let grant = world.obtained();
    tokio::select! {
        _ = world.vault.establish(authorization, grant) => panic!("it was cut"),
        _ = was_cut => {}
    }
    let again = world.vault.establish(authorization, world.obtained()).await.unwrap();
    assert_eq!(again.generation.0, 1);
    assert_eq!(world.history(again.connection).await, ["connection.established"]);
}

#[tokio::test]
async fn settings_put_while_the_integration_is_registered_anew_do_not_lock_its_secrets_away() {
    let (world, store) = meddled_world().await;
    let other = "staging".parse::<latchkey_domain::Environment>().unwrap();
    // The first to come has secrets, and the second, which has none, made its key before it saw the first.
    let (first, there) = (world.clone(), other.clone());
    store.before("integration", async move { first.register(there).await });
    let mut changed = put(other.clone(), None);
    changed.settings.display_name = "Renamed".into();
    world.vault.put_integration(changed).await.unwrap();
    assert!(store.has_meddled());
    let session = latchkey_wire::contract::CreateSession {
        environment: other,
        end_user: "ana".parse().unwrap(),
        integrations: vec![crate::world::demo()],
        reconnect: None,
        manages: false,
        lifetime: std::time::Duration::from_secs(60),
        outline: latchkey_domain::session::Outline::default(),
    };
    let created = world.vault.create_session(session).await.unwrap();
    let browser = latchkey_domain::Digest::of(b"browser");
    world.vault.bind_session(&created.token, browser).await.unwrap();
    let authorization = latchkey_domain::AuthorizationId::from_parts(1, 9);
    world.vault.start_authorization(world.start(authorization, created.session)).await.unwrap();
    let state = latchkey_domain::Digest::of(b"state");
    let claimed = world.vault.claim_authorization(authorization, state, browser).await.unwrap();
    assert!(claimed.app.client_secret.is_some());
}
