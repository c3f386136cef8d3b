//! A backend gets a credential that works; a refresh is made once, however many want it; and a refusal says why.

use futures::future::join_all;
use latchkey_testkit::demo::{Extent, Target};
use latchkey_testkit::pb::connection::ListConnectionsRequest;
use latchkey_testkit::pb::vault::{CredentialSource, GetAccessTokenRequest, GetCredentialRequest};
use latchkey_testkit::{World, reason};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_at_hand_and_refreshed_where_it_would_not_last() {
    let world = World::builder().access_token_lifetime(Duration::from_secs(120)).start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let backend = world.backend();

    let first = backend.token(&connection).await.unwrap();
    assert_eq!((first.source(), first.generation), (CredentialSource::Cached, 1));
    assert_eq!(first.headers["authorization"], format!("Bearer {}", first.access_token));
    assert_eq!(world.call_api("/me", &first.headers).await, 200);
    assert_eq!(world.token_requests("refresh_token"), 0, "a fresh token costs the provider nothing");

    let lasting = backend.token_for(&connection, Duration::from_secs(100)).await.unwrap();
    assert_eq!((lasting.source(), lasting.generation), (CredentialSource::Cached, 1));
    let forced = backend.new_token(&connection).await.unwrap();
    assert_eq!((forced.source(), forced.generation), (CredentialSource::Refreshed, 2));
    assert_ne!(forced.access_token, first.access_token);
    assert_eq!(world.call_api("/me", &forced.headers).await, 200);
    let impossible = backend.token_for(&connection, Duration::from_secs(2 * 3600)).await.unwrap_err();
    assert_eq!(reason(&impossible), "FIELD_INVALID");
    let mut named = tonic::Request::new(GetAccessTokenRequest::default());
    named.metadata_mut().insert("x-request-id", "order-7".parse().unwrap());
    let refused = backend.credentials().get_access_token(named).await.unwrap_err();
    assert_eq!(refused.metadata().get("x-request-id").unwrap(), "order-7", "also of a refusal");

    let full = GetCredentialRequest { connection_id: connection.clone(), ..Default::default() };
    let full = backend.credentials().get_credential(full).await.unwrap();
    assert_eq!(full.metadata().get("latchkey-credential-source").unwrap(), "cached");
    assert_eq!(full.metadata().get("x-request-id").unwrap().len(), 36, "a name is made");
    let full = full.into_inner();
    assert_eq!(
        (full.auth_mode.as_str(), full.access_token.as_str()),
        ("OAUTH2", forced.access_token.as_str())
    );
    assert!(!full.refresh_token.is_empty());
    assert_eq!(full.granted_scopes, ["profile:read", "notes:read"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_callers_at_once_share_one_refresh() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    // Everybody has asked before the provider answers.
    world.provider().slow(Target::Token, Extent::Requests(1), Duration::from_secs(3));
    assert_eq!(refreshed_by_a_hundred(&world, &connection).await, [2]);
    assert_eq!(world.token_requests("refresh_token"), 1);

    // Whoever comes after a quick refresh has reason to want another; still nothing is asked for twice.
    let generations = refreshed_by_a_hundred(&world, &connection).await;
    assert_eq!(generations.first(), Some(&3));
    let counters = world.counters();
    assert_eq!(counters.refreshes_accepted, generations.last().unwrap() - 1, "one request per refresh");
    assert_eq!(counters.token_requests["refresh_token"], counters.refreshes_accepted);
    assert_eq!(counters.refresh_token_reuses, 0);
    world.finish().await;
}

/// The generations a hundred callers got, each with one token only.
async fn refreshed_by_a_hundred(world: &World, connection: &str) -> Vec<u64> {
    let answers = join_all((0..100).map(|_| world.backend().new_token(connection))).await;
    let tokens = answers.into_iter().map(|answer| answer.unwrap());
    let tokens: BTreeSet<(u64, String)> =
        tokens.map(|token| (token.generation, token.access_token)).collect();
    let generations: Vec<u64> = tokens.iter().map(|(generation, _)| *generation).collect();
    assert!(generations.is_sorted_by(|one, next| one < next), "one token per generation: {generations:?}");
    generations
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_says_which_and_why() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let backend = world.backend();

    let malformed = backend.token("con_nonsense").await.unwrap_err();
    assert_eq!(
        (malformed.code(), reason(&malformed).as_str()),
        (tonic::Code::InvalidArgument, "FIELD_INVALID")
    );
    assert!(!malformed.message().contains("nonsense"), "what was sent is not repeated: {malformed:?}");
    let missing = backend.token("").await.unwrap_err();
    assert_eq!(reason(&missing), "FIELD_INVALID");
    let unknown = backend.token("con_01ARZ3NDEKTSV4RRFFQ69G5FAV").await.unwrap_err();
    assert_eq!((unknown.code(), reason(&unknown).as_str()), (tonic::Code::NotFound, "CONNECTION_UNKNOWN"));

    let without = backend.without_key().token(&connection).await.unwrap_err();
    assert_eq!(
        (without.code(), reason(&without).as_str()),
        (tonic::Code::Unauthenticated, "API_KEY_MISSING")
    );
    for key in ["lk_dev_wrong", "nonsense"] {
        let wrong = backend.with_key(key).token(&connection).await.unwrap_err();
        assert_eq!(
            (wrong.code(), reason(&wrong).as_str()),
            (tonic::Code::Unauthenticated, "API_KEY_INVALID")
        );
        assert!(!wrong.message().contains(key), "{wrong:?}");
    }
    let reader = world.backend_for("dev", "connections:read").await;
    reader.connection(&connection).await.unwrap();
    let scope = reader.token(&connection).await.unwrap_err();
    assert_eq!((scope.code(), reason(&scope).as_str()), (tonic::Code::PermissionDenied, "SCOPE_NOT_GRANTED"));
    let scope = reader.delete(&connection).await.unwrap_err();
    assert_eq!(reason(&scope), "SCOPE_NOT_GRANTED");
    let scope = reader.link("demo-oauth", "ana").await.unwrap_err();
    assert_eq!(reason(&scope), "SCOPE_NOT_GRANTED");
    let tokens = world.backend_for("dev", "tokens:read").await;
    tokens.token(&connection).await.unwrap();
    let full = GetCredentialRequest { connection_id: connection.clone(), ..Default::default() };
    assert_eq!(reason(&tokens.credentials().get_credential(full).await.unwrap_err()), "SCOPE_NOT_GRANTED");

    let elsewhere = world.backend_for("prod", "connections:read,tokens:read").await;
    let foreign = elsewhere.token(&connection).await.unwrap_err();
    assert_eq!(
        (foreign.code(), foreign.message()),
        (unknown.code(), unknown.message()),
        "as if it never was"
    );
    let listed = elsewhere.connections().list_connections(ListConnectionsRequest::default()).await.unwrap();
    assert!(listed.into_inner().connections.is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_grpc_port_tells_its_health() {
    let world = World::start().await;
    world.backend().assert_healthy().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_leads_from_the_backend_to_the_provider() {
    let world = World::start().await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let traceparent = format!("00-{trace}-00f067aa0ba902b7-01");
    let connection = world.connect("demo-oauth", "ana").await;
    let request =
        GetAccessTokenRequest { connection_id: connection, force_refresh: true, ..Default::default() };
    let mut request = tonic::Request::new(request);
    request.metadata_mut().insert("traceparent", traceparent.parse().unwrap());
    world.backend().credentials().get_access_token(request).await.unwrap();

    let requests = world.provider().requests();
    let refresh =
        requests.iter().rfind(|request| request.grant_type.as_deref() == Some("refresh_token")).unwrap();
    let told = refresh.traceparent.clone().expect("the provider is told the trace");
    // The refresh is the refresher's own work: its trace is its own, of the W3C form.
    assert_eq!(told.split('-').map(str::len).collect::<Vec<_>>(), [2, 32, 16, 2]);
    let exchange =
        requests.iter().rfind(|request| request.grant_type.as_deref() == Some("authorization_code"));
    assert!(exchange.unwrap().traceparent.is_some());
    for trace in [trace, told.split('-').nth(1).unwrap()] {
        let begun = Instant::now();
        while !world.has_spans_of(trace) {
            assert!(begun.elapsed() < Duration::from_secs(30), "no span of the trace {trace} was exported");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    world.finish().await;
}
