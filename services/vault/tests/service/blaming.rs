//! Whose fault it is that a refresh does not work, and what is held against whom.

use crate::world::{TOKEN_LIFE, World, demo, dev, invalid_grant, service_of};
use latchkey_domain::incident::{Incident, Kind};
use latchkey_domain::{Cause, ConnectionId, Digest, Failure, Phase, Reason};
use latchkey_vault::Error;
use latchkey_vault::vault::ListIncidents;
use latchkey_wire::contract::{Lane, ProviderState, RefreshOutcome, ReportProvider};
use std::time::Duration;

fn app_refused() -> RefreshOutcome {
    let failure = Failure::new(Reason::ClientRejected, Phase::Refresh);
    RefreshOutcome::Failed { failure, retry_after: None }
}

async fn connected(world: &World, count: usize) -> Vec<ConnectionId> {
    let mut connections = vec![];
    for _ in 0..count {
        connections.push(world.connected().await);
    }
    connections
}

async fn incidents(world: &World, include_closed: bool) -> Vec<Incident> {
    let list = ListIncidents { environment: dev(), integration: None, provider: None, include_closed };
    world.vault.incidents(list).await.unwrap()
}

async fn open_kinds(world: &World) -> Vec<Kind> {
    incidents(world, false).await.iter().map(|incident| incident.open().unwrap().kind).collect()
}

async fn status(world: &World, connection: ConnectionId) -> &'static str {
    use latchkey_domain::Aggregate as _;
    world.vault.connection_in(&dev(), connection).await.unwrap().card().status
}

#[tokio::test]
async fn a_refused_app_stops_its_integration_and_is_held_against_no_connection() {
    let world = World::new().await;
    let connections = connected(&world, 5).await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.vault.claim_due(1).await.unwrap();
    world.complete(&due[0], app_refused()).await.unwrap();
    assert_eq!(open_kinds(&world).await, [Kind::AppRefused]);
    for connection in &connections {
        assert_eq!(world.history(*connection).await, ["connection.established"]);
        assert_eq!(status(&world, *connection).await, "active");
    }
    assert!(world.vault.claim_due(10).await.unwrap().is_empty());
    let refused = world.vault.credential(&world.query(connections[3])).await;
    assert!(
        matches!(refused, Err(Error::Waiting { failure, .. }) if failure.reason == Reason::ClientRejected)
    );
    let told = world.vault.explain_connection(&dev(), connections[3]).await.unwrap().explanation;
    assert_eq!(told.whose_turn, "DEVELOPER");
}

#[tokio::test]
async fn one_refresh_tries_whether_the_app_is_accepted_again_and_sets_the_others_free() {
    let world = World::new().await;
    connected(&world, 5).await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.vault.claim_due(1).await.unwrap();
    world.complete(&due[0], app_refused()).await.unwrap();
    world.clock.advance(Duration::from_secs(61));
    let probe = world.claim_one().await;
    assert!(world.vault.claim_due(10).await.unwrap().is_empty(), "one is enough to try it");
    world.complete(&probe, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    assert_eq!(open_kinds(&world).await, []);
    assert_eq!(world.vault.claim_due(10).await.unwrap().len(), 4);
}

#[tokio::test]
async fn an_integration_that_was_changed_goes_on_at_once() {
    let world = World::new().await;
    connected(&world, 3).await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.vault.claim_due(1).await.unwrap();
    world.complete(&due[0], app_refused()).await.unwrap();
    world.register(dev()).await;
    assert_eq!(open_kinds(&world).await, []);
    assert_eq!(world.vault.claim_due(10).await.unwrap().len(), 3);
    // One incident: it began once and ended once.
    assert_eq!(incidents(&world, true).await.len(), 1);
}

#[tokio::test]
async fn twenty_strict_refusals_are_believed_and_one_more_takes_them_back() {
    let world = World::new().await;
    let connections = connected(&world, 30).await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.vault.claim_due(50).await.unwrap();
    assert_eq!(due.len(), 30);
    for due in &due[..20] {
        world.complete_strictly(due, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    }
    assert_eq!(open_kinds(&world).await, []);
    for due in &due[20..] {
        world.complete_strictly(due, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    }
    assert_eq!(open_kinds(&world).await, [Kind::GrantsRefused]);
    for connection in &connections {
        let now = world.vault.connection_in(&dev(), *connection).await.unwrap();
        let trouble = now.live().unwrap().trouble.clone().unwrap();
        assert_eq!(trouble.failure.cause, Some(Cause::ManyRefused));
    }
    // All are tried again, not all at once; the provider has come to its senses.
    let mut mended = 0;
    for _ in 0..10 {
        world.clock.advance(Duration::from_secs(30));
        let due = world.vault.claim_due(50).await.unwrap();
        assert!(due.len() < 25, "{} at once", due.len());
        for due in due {
            world.complete_strictly(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
            mended += 1;
        }
    }
    assert_eq!(mended, 30);
    world.vault.tend_incidents().await.unwrap();
    assert_eq!(open_kinds(&world).await, []);
}

#[tokio::test]
async fn a_vault_that_starts_during_a_wave_goes_on_with_it() {
    let world = World::new().await;
    let connections = connected(&world, 22).await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.vault.claim_due(50).await.unwrap();
    for due in &due[..21] {
        world.complete_strictly(due, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    }
    let another = service_of(&world.parts).vault().clone();
    let late = World::report_of(&due[21], RefreshOutcome::Refused(invalid_grant()), World::strict());
    another.complete_refresh(late).await.unwrap();
    for connection in connections {
        assert_eq!(status(&world, connection).await, "degraded");
    }
}

#[tokio::test]
async fn a_wave_that_breaks_upon_two_vaults_is_noticed_as_upon_one() {
    let world = World::new().await;
    let another = service_of(&world.parts);
    // They hear each other's hints from here on.
    world.service.run();
    another.run();
    let connections = connected(&world, 30).await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.vault.claim_due(50).await.unwrap();
    for (index, due) in due.iter().enumerate() {
        let vault = if index % 2 == 0 { &world.vault } else { another.vault() };
        let report = World::report_of(due, RefreshOutcome::Refused(invalid_grant()), World::strict());
        vault.complete_refresh(report).await.unwrap();
    }
    let waited = tokio::time::timeout(Duration::from_secs(60), async {
        for connection in connections {
            while status(&world, connection).await != "degraded" {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    });
    assert!(waited.await.is_ok(), "fifteen at each of two are thirty");
    assert_eq!(open_kinds(&world).await, [Kind::GrantsRefused]);
}

#[tokio::test]
async fn a_provider_that_fails_is_an_incident_of_its_own_until_it_answers() {
    let world = World::new().await;
    let connection = world.connected().await;
    let lane = Lane { environment: dev(), integration: demo() };
    let report = |state| ReportProvider { lane: lane.clone(), provider: "demo-oauth".into(), state };
    for state in [ProviderState::Failing, ProviderState::Failing, ProviderState::Probed] {
        world.vault.report_provider(report(state)).await.unwrap();
    }
    let open = incidents(&world, false).await;
    assert_eq!(open.len(), 1);
    assert!(open[0].open().unwrap().half_open);
    assert_eq!(status(&world, connection).await, "active");
    // Whoever is about to connect is told before they type anything.
    let (session, token) = world.session(None).await;
    let browser = Digest::of(b"browser");
    assert_eq!(world.vault.bind_session(&token, browser).await.unwrap().failing, [demo()]);
    world.vault.report_provider(report(ProviderState::Answering)).await.unwrap();
    assert_eq!(open_kinds(&world).await, []);
    assert!(world.vault.session(session, browser).await.unwrap().failing.is_empty());
}
