//! A connection fails when the provider refuses its grant: it is told once, everywhere, with what to do; and the end user
//! mends it in place.

use latchkey_testkit::pb::connection::ConnectionState;
use latchkey_testkit::{Browser, World, demo::Selection, reason};
use std::time::Duration;
use tonic_types::StatusExt;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_connection_says_so_and_is_mended_in_place() {
    let world = World::start().await;
    let backend = world.backend();
    let connection = world.connect("demo-oauth", "ana").await;
    let mut watch = backend.watch("0-0").await.unwrap();
    let created = watch.next().await;
    assert_eq!(
        (created.r#type.as_str(), &created.connection_id),
        ("dev.latchkey.connection.created.v1", &connection)
    );
    let resume = watch.resume_token.clone();

    assert_eq!(world.provider().revoke(&Selection::All), 1);
    let refusal = backend.new_token(&connection).await.unwrap_err();
    assert_eq!(
        (refusal.code(), reason(&refusal).as_str()),
        (tonic::Code::FailedPrecondition, "REAUTH_REQUIRED")
    );
    let details = refusal.get_error_details();
    let told = &details.error_info().unwrap().metadata;
    assert_eq!((told["owner"].as_str(), told["cause"].as_str()), ("END_USER", "GRANT_REVOKED"));

    let failed = backend.connection(&connection).await.unwrap();
    assert_eq!(failed.state(), ConnectionState::NeedsReauth);
    assert!(!failed.failure.unwrap().retryable);
    let explained = backend.explain(&connection).await.unwrap();
    assert_eq!(explained.whose_turn, "END_USER");
    assert!(!explained.what_happened.is_empty() && !explained.what_to_do.is_empty());
    assert_eq!(explained.history[0].event, "connection.broken");

    // One event for the whole episode, however often a token is asked for.
    for _ in 0..3 {
        assert_eq!(reason(&backend.token(&connection).await.unwrap_err()), "REAUTH_REQUIRED");
    }
    let event = watch.next().await;
    assert_eq!(
        (event.r#type.as_str(), &event.connection_id),
        ("dev.latchkey.connection.failed.v1", &connection)
    );
    assert!(watch.rest(Duration::from_secs(2)).await.is_empty());
    assert_eq!(world.token_requests("refresh_token"), 1, "a dead grant is not tried again");
    // A watcher that was away misses nothing.
    let mut resumed = backend.watch(&resume).await.unwrap();
    assert_eq!(resumed.next().await.id, event.id);

    mend(&world, &connection).await;
    let events: Vec<String> = [watch.next().await, watch.next().await].map(|event| event.r#type).into();
    assert_eq!(events, ["dev.latchkey.connection.reauthorized.v1", "dev.latchkey.connection.recovered.v1"]);
    drop((watch, resumed));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_is_noticed_without_anybody_asking() {
    let world = World::builder().access_token_lifetime(Duration::from_secs(4)).start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    world.provider().revoke(&Selection::All);
    world.backend().wait_for_state(&connection, ConnectionState::NeedsReauth).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resume_token_nobody_gave_out_is_refused() {
    let world = World::start().await;
    let refusal = match world.backend().watch("nonsense").await {
        Err(refusal) => refusal,
        Ok(_) => panic!("a watch began"),
    };
    assert_eq!(reason(&refusal), "RESUME_TOKEN_INVALID");
    world.finish().await;
}

/// The same connection, with a new credential.
async fn mend(world: &World, connection: &str) {
    let link = world.backend().reconnect_link(connection, "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    assert!(offered.says("Connect again"), "{}", offered.html);
    let consent = browser.choose(&offered, "demo-oauth").await;
    let done = browser.decide(&consent, "allow").await;
    assert_eq!(world.connected(&link.session_id, &done).await, connection);
    let mended = world.backend().connection(connection).await.unwrap();
    assert_eq!((mended.state(), mended.credential.unwrap().generation), (ConnectionState::Active, 2));
    let token = world.backend().token(connection).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
}
