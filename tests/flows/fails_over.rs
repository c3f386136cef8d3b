//! What becomes of everything else when a part is lost: the database's primary with the last it confirmed, and the bus with all
//! it kept.

use latchkey_testkit::{Topology, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_was_behind_is_told_what_it_never_heard() {
    if Topology::from_env() == Topology::One {
        return;
    }
    // Strict: the provider ends the whole grant where a refresh token comes twice.
    let mut world = World::builder().nodes(1).own_postgres().start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let known = world.backend().new_token(&connection).await.unwrap();
    world.postgres().have_a_standby_and_leave_it_behind().await;

    // Two refreshes that the primary confirms and the standby never hears of.
    world.backend().new_token(&connection).await.unwrap();
    let latest = world.backend().new_token(&connection).await.unwrap();
    assert_eq!(latest.generation, known.generation + 2);
    let before = world.counters();
    world.postgres().fail_over().await;

    // Nobody asks the provider for it: the journal has what it answered.
    let wanted = latest.generation;
    let restored = world
        .backend()
        .wait_for(&connection, |now| now.credential.as_ref().is_some_and(|it| it.generation >= wanted))
        .await;
    assert_eq!(restored.credential.unwrap().generation, wanted);
    assert_eq!(world.counters().refreshes_accepted, before.refreshes_accepted);
    let token = world.backend().token(&connection).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    // And it lives on from there.
    let token = world.backend().new_token(&connection).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    let counters = world.counters();
    assert_eq!((counters.refresh_token_reuses, counters.families_revoked_by_reuse), (0, 0), "{counters:?}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_costs_those_who_read_no_more_than_a_second_try() {
    if Topology::from_env() == Topology::One {
        return;
    }
    let mut world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let (over, mut told) = tokio::sync::watch::channel(false);
    let (backend, read) = (world.backend().clone(), connection.clone());
    let reading = tokio::spawn(async move {
        let (mut reads, mut again) = (0_u32, 0_u32);
        while !*told.borrow_and_update() {
            let mut tries = 0;
            while let Err(refusal) = backend.token(&read).await {
                tries += 1;
                // A client that is told to come back does, and the other vault is there. A connection that closes before a request
                // has gone over it is told as cancelled by the client itself.
                let may_come_back = [tonic::Code::Unavailable, tonic::Code::Unknown, tonic::Code::Cancelled];
                assert!(may_come_back.contains(&refusal.code()), "{refusal:?}");
                assert!(tries <= 1, "not with a second try: {refusal:?}");
            }
            reads += 1;
            again += u32::from(tries > 0);
        }
        (reads, again)
    });
    world.roll().await;
    over.send_replace(true);
    let (reads, again) = reading.await.unwrap();
    assert!(reads > 10, "{reads} reads, {again} of them tried again");
    let token = world.backend().new_token(&connection).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    world.finish().await;
}
