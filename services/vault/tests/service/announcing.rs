use crate::world::{TOKEN_LIFE, World, demo, dev};
use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use latchkey_bus::{Bus, BusError, Fact, Hint, LastPosition};
use latchkey_domain::revocation::Extent;
use latchkey_domain::{Failure, Phase, Reason};
use latchkey_wire::contract::{Lane, ProviderState, RefreshOutcome, ReportProvider};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// A bus with a memory that can be lost, and that can be down. What NATS does with either is the bus's own tests' business.
#[derive(Default)]
pub struct Forgetful {
    kept: Mutex<Vec<Fact>>,
    pub down: Mutex<bool>,
}

#[async_trait]
impl Bus for Forgetful {
    async fn publish(&self, facts: &[Fact]) -> Result<(), BusError> {
        self.ping().await?;
        let mut kept = self.kept.lock().unwrap();
        for fact in facts {
            if !kept.iter().any(|known| known.id == fact.id) {
                kept.push(fact.clone());
            }
        }
        Ok(())
    }

    async fn last_position(&self) -> Result<LastPosition, BusError> {
        self.ping().await?;
        Ok(self
            .kept
            .lock()
            .unwrap()
            .last()
            .map_or(LastPosition::None, |fact| LastPosition::At(fact.position.clone())))
    }

    fn hint(&self, _: Hint) {}

    fn hints(&self) -> BoxStream<'static, Hint> {
        futures::stream::pending().boxed()
    }

    async fn ping(&self) -> Result<(), BusError> {
        if *self.down.lock().unwrap() { Err(BusError::Misconfigured("down".into())) } else { Ok(()) }
    }
}

impl Forgetful {
    fn told(&self) -> Vec<String> {
        self.kept.lock().unwrap().iter().map(|fact| fact.subject.clone()).collect()
    }

    pub async fn until_told(&self, expected: &[&str]) {
        let told = async {
            while self.told() != expected {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(30), told).await.unwrap_or_else(|_| panic!("told {:?}", self.told()));
    }
}

pub const CREATED: &str = "connection.dev.demo.created";
const DELETED: &str = "connection.dev.demo.deleted";

#[tokio::test]
async fn news_is_announced_in_order_and_kept_while_the_bus_is_down() {
    let bus = Arc::new(Forgetful::default());
    let world = World::with_bus(bus.clone()).await;
    world.service.run();
    *bus.down.lock().unwrap() = true;
    let connection = world.connected().await;
    world.vault.delete_connection(&dev(), connection, Some(Extent::Grant)).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    assert!(bus.told().is_empty());
    *bus.down.lock().unwrap() = false;
    bus.until_told(&[CREATED, DELETED]).await;
}

#[tokio::test]
async fn what_the_bus_has_lost_is_announced_again() {
    let bus = Arc::new(Forgetful::default());
    let world = World::with_bus(bus.clone()).await;
    world.service.run();
    let connection = world.connected().await;
    bus.until_told(&[CREATED]).await;
    world.vault.delete_connection(&dev(), connection, Some(Extent::Grant)).await.unwrap();
    bus.until_told(&[CREATED, DELETED]).await;
    // Its last fact is lost, as when a server comes back without what it had not written to disk.
    bus.kept.lock().unwrap().pop();
    bus.until_told(&[CREATED, DELETED]).await;
    bus.kept.lock().unwrap().clear();
    bus.until_told(&[CREATED, DELETED]).await;
}

#[tokio::test]
async fn what_happens_to_apps_and_providers_is_told_too() {
    let bus = Arc::new(Forgetful::default());
    let world = World::with_bus(bus.clone()).await;
    world.connected().await;
    world.service.run();
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    let failure = Failure::new(Reason::ClientRejected, Phase::Refresh);
    world.complete(&due, RefreshOutcome::Failed { failure, retry_after: None }).await.unwrap();
    world.register(dev()).await;
    let lane = Lane { environment: dev(), integration: demo() };
    for state in [ProviderState::Failing, ProviderState::Probed, ProviderState::Answering] {
        let report = ReportProvider { lane: lane.clone(), provider: "demo-oauth".into(), state };
        world.vault.report_provider(report).await.unwrap();
    }
    let of = |word: &str, thing: &str| format!("{thing}.dev.{}.{word}", demo());
    let told = [
        of("created", "connection"),
        of("paused", "integration"),
        of("resumed", "integration"),
        of("degraded", "provider"),
        of("recovered", "provider"),
    ];
    bus.until_told(&told.iter().map(String::as_str).collect::<Vec<_>>()).await;
}
