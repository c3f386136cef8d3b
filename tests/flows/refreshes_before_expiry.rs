//! Nobody waits for a refresh: tokens are replaced before they expire, by one request each, whoever is watching.

use latchkey_testkit::demo::{NextAnswer, Rotation};
use latchkey_testkit::pb::connection::ConnectionState;
use latchkey_testkit::{Topology, World};
use std::time::Duration;

/// So that several refreshes fit in a short test.
const LIFETIME: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_replaced_by_themselves_again_and_again() {
    let world = World::builder().access_token_lifetime(LIFETIME).rotation(Rotation::Strict).start().await;
    let ours: Vec<String> =
        [world.connect("demo-oauth", "ana").await, world.connect("demo-oauth", "bob").await].into();
    for connection in &ours {
        let later = world.backend().wait_for(connection, |now| generation(now) >= 4).await;
        assert_eq!(later.state(), ConnectionState::Active);
    }
    for connection in &ours {
        // Zero seconds: the promise is that a token lives, not how long.
        let token = world.backend().token_for(connection, Duration::ZERO).await.unwrap();
        assert_eq!(world.call_api("/me", &token.headers).await, 200);
    }
    let counters = world.counters();
    assert_eq!((counters.refresh_token_reuses, counters.families_revoked_by_reuse), (0, 0));
    assert!(counters.refreshes_accepted >= 6, "{counters:?}");
    assert_eq!(counters.token_requests["refresh_token"], counters.refreshes_accepted, "no request in vain");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_token_is_asked_for_anew() {
    let world = World::builder().access_token_lifetime(LIFETIME).start().await;
    let link = world.backend().link("demo-machine", "the app").await.unwrap();
    let browser = latchkey_testkit::Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let done = browser.choose(&offered, "demo-machine").await;
    let connection = world.connected(&link.session_id, &done).await;
    world.backend().wait_for(&connection, |now| generation(now) >= 3).await;
    let token = world.backend().token_for(&connection, Duration::ZERO).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_omitted_refresh_token_keeps_the_old_one() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    world.provider().answer_next(NextAnswer::OmitRefreshToken, 1);
    assert_eq!(world.backend().new_token(&connection).await.unwrap().generation, 2);
    let token = world.backend().new_token(&connection).await.unwrap();
    assert_eq!(token.generation, 3, "the old one still works");
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    assert_eq!(world.counters().refresh_token_reuses, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_survives_a_restart() {
    let mut world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let before = world.backend().new_token(&connection).await.unwrap();
    let mut watch = world.backend().watch("0-0").await.unwrap();
    assert_eq!(watch.next().await.r#type, "dev.latchkey.connection.created.v1");
    let resume = watch.resume_token.clone();
    drop(watch);

    world.restart().await;

    let after = world.backend().token(&connection).await.unwrap();
    assert_eq!((after.generation, &after.access_token), (before.generation, &before.access_token));
    let refreshed = world.backend().new_token(&connection).await.unwrap();
    assert_eq!(refreshed.generation, before.generation + 1);
    assert_eq!(world.call_api("/me", &refreshed.headers).await, 200);
    let mut watch = world.backend().watch(&resume).await.unwrap();
    world.backend().delete(&connection).await.unwrap();
    assert_eq!(
        watch.next().await.r#type,
        "dev.latchkey.connection.deleted.v1",
        "nothing twice, nothing missed"
    );
    drop(watch);
    if world.topology() == Topology::Many {
        assert_eq!(world.counters().refresh_token_reuses, 0);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_in_flight_is_finished_before_the_end() {
    use latchkey_testkit::demo::{Extent, Target};
    let mut world = World::builder().access_token_lifetime(Duration::from_secs(60)).start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    world.provider().slow(Target::Token, Extent::Requests(1), Duration::from_secs(2));
    let asking = {
        let (backend, connection) = (world.backend().clone(), connection.clone());
        tokio::spawn(async move { backend.new_token(&connection).await })
    };
    while world.token_requests("refresh_token") == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    world.restart().await;
    let _ = asking.await;
    let now = world.backend().token(&connection).await.unwrap();
    assert_eq!(now.generation, 2, "the provider has rotated, so its answer must not be lost");
    assert_eq!(world.backend().new_token(&connection).await.unwrap().generation, 3);
    assert_eq!(world.counters().refresh_token_reuses, 0);
    world.finish().await;
}

fn generation(connection: &latchkey_testkit::pb::connection::Connection) -> u64 {
    connection.credential.as_ref().map(|credential| credential.generation).unwrap_or_default()
}
