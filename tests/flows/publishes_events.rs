//! What becomes of connections is published on NATS, in order, as CloudEvents; and published again where NATS lost it.

use latchkey_testkit::pb::connection::Connection;
use latchkey_testkit::{Browser, Message, Topology, World, demo::Selection};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_published_in_order_and_again_when_the_stream_is_lost() {
    if Topology::from_env() == Topology::One {
        // There is no NATS to publish to; `fails_and_is_mended` reads the same events over gRPC.
        return;
    }
    let world = World::start().await;
    // The click that all of it came of, as a page that measures names it (W3C Trace Context).
    let click = "0af7651916cd43dd8448eb211c80319c";
    let browser = Browser::new().lying("traceparent", &format!("00-{click}-b7ad6b7169203331-01"));
    let connection = world.connect_in(&browser, "demo-oauth", "ana").await;
    world.provider().revoke(&Selection::All);
    world.backend().new_token(&connection).await.unwrap_err();
    world.backend().delete(&connection).await.unwrap();

    let published = published(&world, 4).await;
    let prefix = world.subject_prefix();
    let subjects: Vec<&str> = published.iter().map(|message| message.subject.as_str()).collect();
    let words = ["created", "failed", "deleted", "revocation_ended"];
    let expected = words.map(|word| format!("{prefix}.connection.dev.demo-oauth.{word}"));
    assert_eq!(subjects, expected);

    is_of_one_trace(&world, &published[0], click);
    // From what it took, it is one step to why.
    let measured = world.measured_in(click).await;
    for one in ["http_server_request_duration_seconds", "latchkey_connect_step_duration_seconds"] {
        assert!(measured.iter().any(|name| name == one), "{one} is not among {measured:?}");
    }
    let mut watch = world.backend().watch("0-0").await.unwrap();
    for (message, word) in published.iter().zip(words) {
        let header =
            |name: &str| message.headers.get(name).map(|value| value.as_str().to_owned()).unwrap_or_default();
        assert_eq!(header("ce-specversion"), "1.0");
        assert_eq!(header("ce-type"), format!("dev.latchkey.connection.{word}.v1"));
        assert_eq!(header("ce-source"), "/environments/dev");
        assert_eq!(header("ce-subject"), format!("integrations/demo-oauth/connections/{connection}"));
        assert!(!header("ce-time").is_empty() && header("ce-id") == header("Nats-Msg-Id"));
        assert_eq!(watch.next().await.id, header("ce-id"), "the same event, however it is read");
        let data: serde_json::Value = serde_json::from_slice(&message.payload).unwrap();
        assert_eq!(data["connection"]["id"], connection.as_str());
        assert_eq!(data["connection"]["end_user"]["id"], "ana");
    }
    let sequences: Vec<String> = published
        .iter()
        .map(|message| message.headers.get("ce-sequence").unwrap().as_str().to_owned())
        .collect();
    assert!(sequences.is_sorted_by(|one, next| one < next), "{sequences:?}");

    world.lose_stream().await;
    let again = world.connect("demo-oauth", "bob").await;
    let republished = self::published(&world, 5).await;
    let ids = |messages: &[Message]| -> Vec<String> {
        messages.iter().map(|message| message.headers.get("ce-id").unwrap().as_str().to_owned()).collect()
    };
    assert_eq!(ids(&republished)[..4], ids(&published)[..], "what was lost is published again, as it was");
    assert!(String::from_utf8_lossy(&republished[4].payload).contains(&again));
    drop(watch);
    world.finish().await;
}

/// From the browser to the provider, and to the event as it is stored and told.
fn is_of_one_trace(world: &World, created: &Message, click: &str) {
    let asked = world.provider().requests();
    let exchange = asked.iter().find(|request| request.grant_type.as_deref() == Some("authorization_code"));
    let told = created.headers.get("ce-traceparent").map(|value| value.as_str());
    for traceparent in [exchange.unwrap().traceparent.as_deref(), told] {
        assert_eq!(traceparent.and_then(|text| text.split('-').nth(1)), Some(click));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_episode_is_told_once_with_how_long_the_token_serves_and_once_when_it_is_over() {
    use latchkey_testkit::demo::{Extent, Target};
    use latchkey_testkit::pb::connection::ConnectionState;
    if Topology::from_env() == Topology::One {
        return;
    }
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    world.provider().outage(Target::Token, Extent::UntilCleared);
    world.backend().new_token(&connection).await.unwrap_err();
    // Tries that fail within the episode are not told again.
    let tried_again = |now: &Connection| now.failure.as_ref().is_some_and(|failure| failure.attempts >= 2);
    let now = world.backend().wait_for(&connection, tried_again).await;
    world.provider().clear();
    world.backend().wait_for_state(&connection, ConnectionState::Active).await;

    let published = published(&world, 3).await;
    let told: Vec<&str> =
        published.iter().map(|message| message.subject.rsplit('.').next().unwrap_or_default()).collect();
    assert_eq!(told, ["created", "degraded", "recovered"]);
    let data: serde_json::Value = serde_json::from_slice(&published[1].payload).unwrap();
    let until = data["token"]["usable_until"].as_str().expect("a token that lives serves until it expires");
    let expires = now.credential.unwrap().expire_time.unwrap();
    assert_eq!(&until[..19], &expires.to_string()[..19], "{data}");
    world.finish().await;
}

/// What the stream holds, once it is this much.
async fn published(world: &World, count: usize) -> Vec<Message> {
    let begun = Instant::now();
    loop {
        let messages = world.stream().await;
        if messages.len() >= count {
            assert_eq!(messages.len(), count, "{messages:#?}");
            return messages;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "only this was published: {messages:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
