//! Where a provider documents that access ends, however it is used or when it is not, nobody is surprised by it: the one end is
//! told days ahead, in every way news is told, and the other is kept from coming.

use latchkey_testkit::demo::Rotation;
use latchkey_testkit::pb::admin::CreateWebhookEndpointRequest;
use latchkey_testkit::pb::connection::{ConnectionState, ListConnectionsRequest};
use latchkey_testkit::{Receiver, Topology, World};
use std::time::{Duration, Instant};

const EXPIRING: &str = "dev.latchkey.connection.expiring.v1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_no_refresh_puts_off_is_told_ahead_wherever_news_is_told() {
    // A day and a few seconds after consent: the last warning is due in a few seconds.
    let documented = "{rotation: strict, absolute_seconds: 86404}";
    let mut world = World::builder().documented(Some(documented)).start().await;
    let receiver = Receiver::start().await;
    let request = CreateWebhookEndpointRequest {
        url: receiver.url(),
        event_types: vec!["connection.expiring".to_owned()],
        ..CreateWebhookEndpointRequest::default()
    };
    let made = world.backend().webhooks().create_webhook_endpoint(request).await.unwrap().into_inner();
    world.also_secret(made.secret.trim_start_matches("whsec_"), "a webhook secret");
    let connection = world.connect("demo-oauth", "ana").await;

    let hooks = receiver.wait_for(|all| !all.is_empty()).await;
    let told = hooks[0].json();
    assert_eq!((&told["type"], hooks.len()), (&"connection.expiring".into(), 1), "{told}");
    let data = &told["data"];
    assert_eq!(data["connection"]["id"], connection.as_str());
    assert_eq!((&data["expiring"]["days"], &data["expiring"]["owner"]), (&1.into(), &"END_USER".into()));

    let mut watch = world.backend().watch("0-0").await.unwrap();
    let event = loop {
        let event = watch.next().await;
        if event.r#type == EXPIRING {
            break event;
        }
    };
    assert_eq!(event.connection_id, connection);
    drop(watch);
    if world.topology() != Topology::One {
        let begun = Instant::now();
        while !world.stream().await.iter().any(|message| message.subject.ends_with(".expiring")) {
            assert!(begun.elapsed() < Duration::from_secs(60), "it is not published");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    // It serves as before, and says in lists when it ends; no refresh puts that off.
    let listed = async || {
        let all = world.backend().connections().list_connections(ListConnectionsRequest::default()).await;
        all.unwrap().into_inner().connections.remove(0)
    };
    let before = listed().await;
    let end = before.credential.unwrap().end_time.unwrap();
    assert_eq!(before.state, i32::from(ConnectionState::Active));
    assert_eq!(&end.to_string()[..19], &data["expiring"]["end_time"].as_str().unwrap()[..19]);
    world.backend().new_token(&connection).await.unwrap();
    assert_eq!(listed().await.credential.unwrap().end_time.unwrap(), end);
    // Operators see it among all that end as soon.
    world.metric_until("latchkey_credentials_expiring", "within=\"7d\"", |ending| ending >= 1.0).await;
    let explained = world.backend().explain(&connection).await.unwrap();
    assert_eq!(explained.whose_turn, "END_USER", "{explained:?}");
    assert!(explained.history.iter().any(|entry| entry.event == "connection.expiring"), "{explained:?}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_nobody_uses_is_kept_alive_within_its_idle_limit() {
    let documented = "{rotation: strict, idle_seconds: 6}";
    let builder = World::builder().rotation(Rotation::Strict).documented(Some(documented));
    let world = builder.access_token_lifetime(Duration::from_secs(3600)).start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    // Its token would serve for an hour, and nobody asks.
    let used = |now: &latchkey_testkit::pb::connection::Connection| {
        now.credential.as_ref().is_some_and(|credential| credential.generation >= 3)
    };
    let now = world.backend().wait_for(&connection, used).await;
    assert_eq!(now.state(), ConnectionState::Active);
    let credential = now.credential.unwrap();
    let (next, end) = (credential.next_refresh_time.unwrap(), credential.end_time.unwrap());
    assert!((next.seconds, next.nanos) < (end.seconds, end.nanos), "{next} comes before {end}");
    assert_eq!(world.counters().refresh_token_reuses, 0);
    world.finish().await;
}
