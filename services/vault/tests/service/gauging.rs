use crate::announcing::{CREATED, Forgetful};
use crate::meddling::Meddled;
use crate::world::{World, service_of};
use latchkey_chassis::Clock as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Counts by itself, whatever the tests beside this one count. A test's tasks all run on its one thread.
fn recorder() -> (PrometheusRecorder, PrometheusHandle) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    (recorder, handle)
}

async fn until(handle: &PrometheusHandle, line: &str) {
    let shown = async {
        while !handle.render().lines().any(|shown| shown == line) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), shown)
        .await
        .unwrap_or_else(|_| panic!("no {line} in {}", handle.render()));
}

#[tokio::test]
async fn what_waits_for_the_bus_is_counted_until_it_is_told() {
    let (recorder, handle) = recorder();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let bus = Arc::new(Forgetful::default());
    *bus.down.lock().unwrap() = true;
    let world = World::with_bus(bus.clone()).await;
    world.connected().await;
    let events = world.store.vitals().events_after(latchkey_store::Position::START, 100).await.unwrap();
    assert!(events > 0);
    world.service.run();
    until(&handle, &format!("latchkey_event_outbox_rows {events}")).await;
    *bus.down.lock().unwrap() = false;
    bus.until_told(&[CREATED]).await;
    let waits = async || {
        let read = world.store.cursor("announcer.read").await.unwrap();
        world.store.vitals().events_after(read, 100).await.unwrap()
    };
    while waits().await > 0 {
        sleep(Duration::from_millis(20)).await;
    }
    // Another vault looks at once, and finds the same.
    let other = service_of(&world.parts);
    other.run();
    until(&handle, "latchkey_event_outbox_rows 0").await;
}

#[tokio::test]
async fn a_clock_that_is_not_the_databases_shows() {
    let (recorder, handle) = recorder();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let mut meddled = None;
    let world = World::with_parts(|parts| {
        let store = Meddled::new(parts.store.clone());
        meddled = Some(store.clone());
        parts.store = store;
    })
    .await;
    // A minute and a half behind ours.
    meddled.unwrap().runs_at(world.clock.now() - 90_000);
    world.service.run();
    until(&handle, "latchkey_clock_skew_seconds 90").await;
    until(&handle, "latchkey_migrations_pending 0").await;
}
