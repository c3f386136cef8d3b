//! What nobody documents of a provider's refresh tokens is learnt from what it does, and told.

use latchkey_testkit::World;
use latchkey_testkit::demo::{NextAnswer, Rotation};

/// What is told of a connection's refresh tokens.
async fn rotation(world: &World, connection: &str) -> String {
    world.backend().connection(connection).await.unwrap().credential.unwrap().rotation
}

async fn refreshed(world: &World, connection: &str, times: usize) {
    for _ in 0..times {
        world.backend().new_token(connection).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_that_stay_as_they_are_are_noticed_after_three_refreshes() {
    let world = World::builder().rotation(Rotation::None).documented(None).start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    assert_eq!(rotation(&world, &connection).await, "unknown");
    refreshed(&world, &connection, 2).await;
    assert_eq!(rotation(&world, &connection).await, "unknown", "some replace theirs once a day");
    refreshed(&world, &connection, 1).await;
    assert_eq!(rotation(&world, &connection).await, "none");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_documented_goes_before_what_is_seen() {
    let world =
        World::builder().rotation(Rotation::None).documented(Some("{rotation: strict}")).start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    refreshed(&world, &connection, 4).await;
    assert_eq!(rotation(&world, &connection).await, "strict");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_that_are_replaced_stay_unknown_until_one_is_used_twice() {
    use latchkey_testkit::pb::connection::ConnectionState;
    use std::time::Duration;
    // So short a life that a lost answer is asked for again at once.
    let lifetime = Duration::from_secs(50);
    let builder =
        World::builder().rotation(Rotation::Strict).documented(None).access_token_lifetime(lifetime);
    let world = builder.start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    refreshed(&world, &connection, 4).await;
    assert_eq!(rotation(&world, &connection).await, "unknown");
    // The provider acts and its answer is lost: the old token is an offence now, and nobody here could know.
    world.provider().answer_next(NextAnswer::CloseAfterRequest, 1);
    let _ = world.backend().new_token(&connection).await;
    // What it did to this one is remembered with it. The refusal waits to be confirmed, since the class was not known.
    let now = world.backend().wait_for(&connection, |now| now.state() != ConnectionState::Active).await;
    assert!(now.failure.is_some(), "{now:?}");
    world.backend().wait_for(&connection, |now| told(now) == "strict").await;
    world.finish().await;
}

fn told(connection: &latchkey_testkit::pb::connection::Connection) -> &str {
    connection.credential.as_ref().map(|credential| credential.rotation.as_str()).unwrap_or_default()
}
