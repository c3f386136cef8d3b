use crate::world::{TOKEN_LIFE, World, dev, service_of};
use async_trait::async_trait;
use latchkey_envelope::{KeyService, KeyServiceError, WrapContext};
use latchkey_vault::{Error, Parts};
use latchkey_wire::contract::CreateSession;
use latchkey_wire::{Fault, Kind, Reason};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use zeroize::Zeroizing;

/// A key service whose calls are counted, and that can be down.
pub struct Watched {
    inner: Arc<dyn KeyService>,
    calls: AtomicU64,
    pub down: AtomicBool,
}

impl Watched {
    fn call(&self) -> Result<(), KeyServiceError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            return Err(KeyServiceError::Unavailable { detail: "switched off".into() });
        }
        Ok(())
    }
}

#[async_trait]
impl KeyService for Watched {
    async fn wrap(&self, key: &[u8; 32], context: &WrapContext) -> Result<Vec<u8>, KeyServiceError> {
        self.call()?;
        self.inner.wrap(key, context).await
    }

    async fn unwrap(
        &self,
        wrapped: &[u8],
        context: &WrapContext,
    ) -> Result<Zeroizing<[u8; 32]>, KeyServiceError> {
        self.call()?;
        self.inner.unwrap(wrapped, context).await
    }

    async fn health(&self) -> Result<(), KeyServiceError> {
        self.call()?;
        self.inner.health().await
    }

    fn uri(&self) -> &str {
        self.inner.uri()
    }
}

pub async fn watched_world() -> (World, Arc<Watched>) {
    let mut watched = None;
    let world = World::with_parts(|parts: &mut Parts| {
        let service = Arc::new(Watched {
            inner: parts.key_services[0].clone(),
            calls: AtomicU64::new(0),
            down: AtomicBool::new(false),
        });
        parts.key_services = vec![service.clone()];
        watched = Some(service);
    });
    (world.await, watched.unwrap())
}

#[tokio::test]
async fn a_thousand_warm_reads_call_no_key_service() {
    let (world, watched) = watched_world().await;
    let connection = world.connected().await;
    let before = watched.calls.load(Ordering::SeqCst);
    assert!(before > 0, "the key service is not the one that is watched");
    for _ in 0..1000 {
        world.vault.credential(&world.query(connection)).await.unwrap();
    }
    assert_eq!(watched.calls.load(Ordering::SeqCst), before);
}

#[tokio::test]
async fn with_the_key_service_down_what_is_cached_still_reads_and_the_rest_is_refused_at_once() {
    let (world, watched) = watched_world().await;
    let connection = world.connected().await;
    watched.down.store(true, Ordering::SeqCst);
    assert!(world.vault.credential(&world.query(connection)).await.is_ok());

    let uncached = service_of(&world.parts);
    let create = CreateSession {
        environment: dev(),
        end_user: "ana".parse().unwrap(),
        integrations: vec![crate::world::demo()],
        reconnect: None,
        manages: false,
        lifetime: Duration::from_secs(60),
        outline: latchkey_domain::session::Outline::default(),
    };
    // Not halfway, when the end user comes back from the provider: no session, so no link, so no redirect.
    let refused = uncached.vault().create_session(create).await.unwrap_err();
    assert!(matches!(refused, Error::KeyService(KeyServiceError::Unavailable { .. })), "{refused:?}");
    let fault = Fault::from(refused);
    assert_eq!((fault.kind, fault.reason), (Kind::Unavailable, Reason::KeyUnavailable));
    assert!(fault.retry_after.is_some());
}

#[tokio::test]
async fn a_key_service_that_is_down_is_held_against_no_connection() {
    let (world, watched) = watched_world().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    watched.down.store(true, Ordering::SeqCst);
    let uncached = service_of(&world.parts);
    assert!(uncached.vault().claim_due(10).await.unwrap().is_empty());
    assert_eq!(world.history(connection).await, ["connection.established"]);
    // Its claim lapses, and it is refreshed as if nothing had been.
    watched.down.store(false, Ordering::SeqCst);
    world.clock.advance(Duration::from_secs(91));
    world.claim_one().await;
}
