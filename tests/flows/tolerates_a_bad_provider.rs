//! A provider's bad day is not the end user's: nothing but a refusal of the grant itself asks anybody to connect again.

use latchkey_testkit::demo::{Extent, NextAnswer, Rotation, Target};
use latchkey_testkit::pb::admin::{GetIntegrationRequest, PutIntegrationRequest};
use latchkey_testkit::pb::connection::{Connection, ConnectionState, Incident, ListIncidentsRequest};
use latchkey_testkit::{World, reason};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_token_endpoint_answers_the_connection_lives_on() {
    // The provider keeps its refresh tokens, so that an answer spoilt after the work loses nothing.
    let world = World::builder().rotation(Rotation::None).start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let answers = [
        (NextAnswer::Html, "PROVIDER_RESPONSE_INVALID"),
        (NextAnswer::Empty, "PROVIDER_RESPONSE_INVALID"),
        (NextAnswer::Huge, "PROVIDER_RESPONSE_INVALID"),
        (NextAnswer::NoAccessToken, "PROVIDER_RESPONSE_INVALID"),
        (NextAnswer::ServerError, "PROVIDER_UNAVAILABLE"),
    ];
    for (answer, expected) in answers {
        world.provider().answer_next(answer, u32::MAX);
        assert_eq!(refused(&world, &connection).await, expected, "{answer:?}");
        world.provider().clear();
        recovered(&world, &connection).await;
    }
    // After these nobody knows whether the provider did the work, and its refresh tokens are documented to be used once:
    // sending one again could end the grant, so that is put off for as long as the present token lives.
    // Every other connection of the app is refreshed as before.
    for answer in [NextAnswer::Truncated, NextAnswer::CloseBeforeWork, NextAnswer::CloseAfterRequest] {
        let connection = world.connect("demo-oauth", "ana").await;
        world.provider().answer_next(answer, 1);
        let why = refused(&world, &connection).await;
        assert!(["PROVIDER_TIMEOUT", "PROVIDER_UNREACHABLE"].contains(&why.as_str()), "{answer:?}: {why}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_app_pauses_its_integration_until_that_is_changed() {
    paused_until_changed(NextAnswer::InvalidClient, "CLIENT_REJECTED").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_request_pauses_its_integration_until_that_is_changed() {
    paused_until_changed(NextAnswer::InvalidScope, "REQUEST_REJECTED").await;
}

async fn paused_until_changed(answer: NextAnswer, expected: &str) {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    world.provider().answer_next(answer, 1);
    let refusal = world.backend().new_token(&connection).await.unwrap_err();
    assert_eq!(reason(&refusal), expected);
    let asked = world.token_requests("refresh_token");
    // Nothing is held against the connection, and nobody is asked in vain.
    assert_eq!(world.backend().connection(&connection).await.unwrap().state(), ConnectionState::Active);
    assert_eq!(reason(&world.backend().new_token(&connection).await.unwrap_err()), expected);
    assert_eq!(world.token_requests("refresh_token"), asked);
    let token = world.backend().token(&connection).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    assert_eq!(world.backend().explain(&connection).await.unwrap().whose_turn, "DEVELOPER");
    let [incident] = &open_incidents(&world).await[..] else { panic!("one incident") };
    let told = (incident.kind.as_str(), incident.state.as_str(), incident.integration.as_str());
    assert_eq!(told, ("APP_REFUSED", "OPEN", "demo-oauth"));

    put_again(&world, "demo-oauth").await;
    assert!(open_incidents(&world).await.is_empty());
    eventually_refreshed(&world, &connection).await;
    world.finish().await;
}

async fn open_incidents(world: &World) -> Vec<Incident> {
    let everything = ListIncidentsRequest::default();
    world.backend().incidents().list_incidents(everything).await.unwrap().into_inner().incidents
}

/// As a developer does who has mended the app.
async fn put_again(world: &World, key: &str) {
    let mut integrations = world.backend().integrations();
    let get = GetIntegrationRequest { key: key.to_owned() };
    let integration = integrations.get_integration(get).await.unwrap().into_inner().integration;
    let put = PutIntegrationRequest { integration, ..PutIntegrationRequest::default() };
    integrations.put_integration(put).await.unwrap();
}

/// Another vault may take a few seconds to notice what was changed.
async fn eventually_refreshed(world: &World, connection: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while let Err(refusal) = world.backend().new_token(connection).await {
        assert!(Instant::now() < deadline, "{refusal:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lifetime_that_makes_no_sense_is_no_lifetime() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    for answer in [NextAnswer::ExpiresInText, NextAnswer::ExpiresInNegative, NextAnswer::OmitExpiresIn] {
        world.provider().answer_next(answer, 1);
        let token = world.backend().new_token(&connection).await.unwrap();
        assert_eq!(world.call_api("/me", &token.headers).await, 200, "{answer:?}");
        let now = world.backend().connection(&connection).await.unwrap();
        assert_eq!(now.state(), ConnectionState::Active, "{answer:?}: {now:?}");
    }
    assert_eq!(world.counters().refresh_token_reuses, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_told_and_ends_by_itself() {
    let world = World::builder().access_token_lifetime(Duration::from_secs(4)).start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let mut watch = world.backend().watch("0-0").await.unwrap();
    assert_eq!(watch.next().await.r#type, "dev.latchkey.connection.created.v1");

    world.provider().outage(Target::Token, Extent::UntilCleared);
    let degraded = world.backend().wait_for_state(&connection, ConnectionState::Degraded).await;
    let failure = degraded.failure.unwrap();
    assert_eq!((failure.reason.as_str(), failure.owner.as_str()), ("PROVIDER_UNAVAILABLE", "PROVIDER"));
    assert!(failure.retryable && failure.next_attempt_time.is_some());
    assert_eq!(failure.provider_error.unwrap().http_status, 503);
    assert_eq!(watch.next().await.r#type, "dev.latchkey.connection.degraded.v1");

    // Long after the token has expired it is still nobody's fault but the provider's.
    world.backend().wait_for(&connection, |now| attempts(now) >= 3).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let refusal = world.backend().token(&connection).await.unwrap_err();
    assert_eq!(
        (refusal.code(), reason(&refusal).as_str()),
        (tonic::Code::Unavailable, "PROVIDER_UNAVAILABLE")
    );
    let told = world.backend().explain(&connection).await.unwrap();
    assert_eq!(told.whose_turn, "PROVIDER");

    world.provider().clear();
    world.backend().wait_for_state(&connection, ConnectionState::Active).await;
    assert_eq!(watch.next().await.r#type, "dev.latchkey.connection.recovered.v1", "one episode, told once");
    let token = world.backend().token_for(&connection, Duration::ZERO).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    drop(watch);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_asks_for_a_pause_gets_it() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let pause = Duration::from_secs(15);
    world.provider().rate_limit(Target::Token, Extent::Requests(1), pause);
    let begun = Instant::now();
    assert_eq!(refused(&world, &connection).await, "PROVIDER_RATE_LIMITED");
    let asked = world.token_requests("refresh_token");
    // Asking again and again does not shorten the pause.
    for _ in 0..5 {
        let refusal = world.backend().new_token(&connection).await.unwrap_err();
        assert_eq!(refusal.code(), tonic::Code::ResourceExhausted, "{refusal:?}");
        assert_eq!(reason(&refusal), "PROVIDER_RATE_LIMITED");
    }
    assert!(begun.elapsed() < pause, "too slow to tell");
    assert_eq!(world.token_requests("refresh_token"), asked);
    recovered(&world, &connection).await;
    assert!(begun.elapsed() >= pause, "{:?}", begun.elapsed());
    world.finish().await;
}

/// Wants a new token and gets none; the present one is as good as ever. Gives the reason.
async fn refused(world: &World, connection: &str) -> String {
    let refusal = world.backend().new_token(connection).await.unwrap_err();
    let now = world.backend().connection(connection).await.unwrap();
    assert_eq!(now.state(), ConnectionState::Degraded, "{now:?}");
    assert_eq!(now.failure.unwrap().reason, reason(&refusal));
    let token = world.backend().token(connection).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    reason(&refusal)
}

/// Waits for the try that is made without anybody asking.
async fn recovered(world: &World, connection: &str) {
    let now = world.backend().wait_for_state(connection, ConnectionState::Active).await;
    assert!(now.failure.is_none(), "{now:?}");
}

fn attempts(connection: &Connection) -> u32 {
    connection.failure.as_ref().map(|failure| failure.attempts).unwrap_or_default()
}
