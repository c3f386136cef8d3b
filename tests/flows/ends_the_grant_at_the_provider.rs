//! What is deleted here ends at the provider too, and what came of that is told; but deleting waits for no provider.

use latchkey_testkit::demo::{Extent, Target};
use latchkey_testkit::pb::connection::{Connection, ConnectionState, Revocation};
use latchkey_testkit::pb::vault::RevokeCredentialRequest;
use latchkey_testkit::{API_KEY, Browser, World, reason};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_connections_token_opens_nothing_any_more() {
    let world = World::start().await;
    let backend = world.backend();
    let connection = world.connect("demo-oauth", "ana").await;
    let other = world.connect("demo-oauth", "bob").await;
    let token = backend.token(&connection).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);

    backend.delete(&connection).await.unwrap();
    let told = revoked(&world, &connection).await;
    assert_eq!((told.attempts, told.failure), (1, None));
    assert_eq!(world.call_api("/me", &token.headers).await, 401);
    let explained = backend.explain(&connection).await.unwrap();
    assert!(explained.what_happened.ends_with("demo-oauth has ended the grant too."), "{explained:?}");
    let history: Vec<&str> = explained.history.iter().rev().map(|entry| entry.event.as_str()).collect();
    assert_eq!(history.last(), Some(&"revocation.ended"));
    let mut watch = backend.watch("0-0").await.unwrap();
    let event = loop {
        let event = watch.next().await;
        if event.r#type == "dev.latchkey.connection.revocation_ended.v1" {
            break event;
        }
    };
    assert_eq!(event.connection_id, connection);
    drop(watch);

    let others = backend.token(&other).await.unwrap();
    assert_eq!(world.call_api("/me", &others.headers).await, 200, "another grant of the same app lives on");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_down_holds_nothing_up_and_is_asked_again() {
    let world = World::start().await;
    let backend = world.backend();
    let connection = world.connect("demo-oauth", "ana").await;
    let token = backend.token(&connection).await.unwrap();
    world.provider().outage(Target::Revocation, Extent::UntilCleared);

    backend.delete(&connection).await.unwrap();
    assert_eq!(reason(&backend.token(&connection).await.unwrap_err()), "CONNECTION_DELETED");
    let failed = backend.wait_for(&connection, |now| revocation(now).attempts > 0).await;
    assert_eq!((failed.state(), failed.credential.as_ref()), (ConnectionState::Deleted, None));
    let told = revocation(&failed);
    assert_eq!(told.failure.as_ref().unwrap().reason, "PROVIDER_UNAVAILABLE");
    assert!(["PENDING", "NOT_CONFIRMED"].contains(&told.result.as_str()), "{told:?}");
    assert_eq!(world.call_api("/me", &token.headers).await, 200, "it has not been asked in vain for nothing");

    world.provider().clear();
    assert!(revoked(&world, &connection).await.attempts > 1);
    assert_eq!(world.call_api("/me", &token.headers).await, 401);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_not_to_be_asked_or_has_no_way_is_left_alone() {
    let world = World::start().await;
    let backend = world.backend();
    let kept = world.connect("demo-oauth", "ana").await;
    let token = backend.token(&kept).await.unwrap();
    let keyed = keyed(&world).await;

    backend.delete_here(&kept).await.unwrap();
    backend.delete(&keyed).await.unwrap();
    let keyed = backend.wait_for(&keyed, |now| revocation(now).result != "PENDING").await;
    assert_eq!((revocation(&keyed).result.as_str(), revocation(&keyed).attempts), ("UNSUPPORTED", 0));
    let kept = backend.connection(&kept).await.unwrap();
    assert_eq!((kept.state(), kept.revocation), (ConnectionState::Deleted, None));
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    let asked = world.provider().requests();
    assert!(asked.iter().all(|request| !request.path.ends_with("/revoke")), "{asked:?}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credential_that_leaked_is_ended_everywhere_and_its_connection_mended_in_place() {
    let world = World::start().await;
    let backend = world.backend();
    let connection = world.connect("demo-oauth", "ana").await;
    let leaked = backend.token(&connection).await.unwrap();

    let request = RevokeCredentialRequest { connection_id: connection.clone(), ..Default::default() };
    let answered = backend.credentials().revoke_credential(request).await.unwrap().into_inner();
    let failure = answered.connection.unwrap().failure.unwrap();
    assert_eq!((failure.reason.as_str(), failure.cause.as_str()), ("REAUTH_REQUIRED", "CREDENTIAL_REVOKED"));
    assert_eq!(reason(&backend.token(&connection).await.unwrap_err()), "REAUTH_REQUIRED");
    revoked(&world, &connection).await;
    assert_eq!(world.call_api("/me", &leaked.headers).await, 401);
    let explained = backend.explain(&connection).await.unwrap();
    assert!(explained.what_happened.ends_with("demo-oauth has ended the grant too."), "{explained:?}");
    assert_eq!(explained.whose_turn, "END_USER");

    let link = backend.reconnect_link(&connection, "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let done = browser.decide(&browser.choose(&offered, "demo-oauth").await, "allow").await;
    assert_eq!(world.connected(&link.session_id, &done).await, connection);
    let token = backend.token(&connection).await.unwrap();
    assert_eq!((token.generation, world.call_api("/me", &token.headers).await), (2, 200));
    world.finish().await;
}

/// A connection by a pasted key, which only its owner can withdraw.
async fn keyed(world: &World) -> String {
    let link = world.backend().link("demo-api-key", "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let asked = browser.asked_for(&offered, "demo-api-key").await;
    let done = browser.submit(&asked, asked.form_with("in.api_key").with("in.api_key", API_KEY)).await;
    world.connected(&link.session_id, &done).await
}

fn revocation(connection: &Connection) -> Revocation {
    connection.revocation.clone().expect("the provider is to be asked")
}

async fn revoked(world: &World, connection: &str) -> Revocation {
    revocation(&world.backend().wait_for(connection, |now| revocation(now).result == "REVOKED").await)
}
