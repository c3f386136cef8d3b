//! A key service that is silent, and one whose key is gone for good.

use latchkey_testkit::{Topology, World, reason};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use tonic::Code;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_two_wraps_the_loss_of_the_first_loses_nothing() {
    let mut world = World::start().await;
    let before = world.connect("demo-oauth", "ana").await;
    let (first, second) = (world.kek(), world.another_kek().await);
    world.set_keks(&first, &[&second]);
    let ended = world.operate(&["keys", "rewrap"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);

    world.lose_kek(&first).await;
    if world.topology() == Topology::One {
        // A process that finds no key file does not start: the operator says which is left.
        world.set_keks(&second, &[]);
    }
    // Nothing is at hand any more.
    world.restart().await;
    let token = world.backend().token(&before).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    let token = world.backend().new_token(&before).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    let after = world.connect("demo-oauth", "bob").await;
    world.backend().token(&after).await.unwrap();
    // The same without the one that is gone, as it is mended.
    world.set_keks(&second, &[]);
    let ended = world.operate(&["keys", "rewrap"]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    world.restart().await;
    world.backend().token(&before).await.unwrap();
    world.backend().token(&after).await.unwrap();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_service_that_is_silent_stops_only_what_needs_it() {
    if Topology::from_env() == Topology::One {
        // A key file is read once and then at hand.
        return;
    }
    let mut world = World::builder().nodes(1).relayed_keys().start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    world.kms_relay().requests.hold();

    // Whoever's key is at hand notices nothing: reads, refreshes, new connections.
    world.backend().token(&connection).await.unwrap();
    let token = world.backend().new_token(&connection).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    let new = world.connect("demo-oauth", "bob").await;
    world.backend().token(&new).await.unwrap();
    let lasts =
        Duration::from_secs(if std::env::var_os("LATCHKEY_TEST_LONG").is_some() { 30 * 60 } else { 3 });
    let begun = Instant::now();
    while begun.elapsed() < lasts {
        for connection in [&connection, &new] {
            world.backend().token(connection).await.unwrap();
            world.backend().new_token(connection).await.unwrap();
        }
        sleep(Duration::from_secs(1)).await;
    }

    // A vault with nothing at hand says so, and holds it against no connection.
    world.kill("latchkey-vault");
    world.start_again("latchkey-vault").await;
    let refusal = world.backend().token(&connection).await.unwrap_err();
    assert_eq!((refusal.code(), reason(&refusal).as_str()), (Code::Unavailable, "KEY_UNAVAILABLE"));
    // Not when the end user comes back from the provider, but before anybody is sent there.
    let refusal = world.backend().link("demo-oauth", "cid").await.unwrap_err();
    assert_eq!(refusal.code(), Code::Unavailable, "{refusal:?}");

    world.kms_relay().let_go();
    let begun = Instant::now();
    while let Err(refusal) = world.backend().token(&connection).await {
        assert_eq!(refusal.code(), Code::Unavailable, "{refusal:?}");
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not come back");
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(
        world.backend().connection(&connection).await.unwrap().state().as_str_name(),
        "CONNECTION_STATE_ACTIVE"
    );
    world.finish().await;
}
