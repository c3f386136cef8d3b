//! Accounts are disconnected one by one. Where a provider refuses all of an app's grants at once, it is the provider that is
//! wrong: no end user is asked to connect again, and all goes on when it has come to its senses.

use latchkey_testkit::World;
use latchkey_testkit::demo::NextAnswer;
use latchkey_testkit::pb::connection::{Connection, ConnectionState, Incident, ListIncidentsRequest};
use std::time::{Duration, Instant};

/// More than the twenty that are believed.
const CONNECTIONS: usize = 30;

const PATIENCE: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_refusals_at_once_are_one_incident_and_end_no_connection() {
    let world = World::builder().refusal_window(Duration::from_secs(60)).start().await;
    let mut ours = Vec::new();
    for user in 0..CONNECTIONS {
        ours.push(world.connect("demo-oauth", &format!("user-{user}")).await);
    }
    world.provider().answer_next(NextAnswer::InvalidGrant, 5000);
    let asking: Vec<_> = ours
        .iter()
        .map(|connection| {
            let (backend, connection) = (world.backend().clone(), connection.clone());
            tokio::spawn(async move { backend.new_token(&connection).await })
        })
        .collect();
    for asked in asking {
        assert!(asked.await.unwrap().is_err(), "the provider refuses everybody");
    }
    // The vaults hear of each other's refusals a moment later.
    let seen = every(&world, &ours, |now| now.state() == ConnectionState::Degraded).await;
    for now in seen {
        let failure = now.failure.unwrap();
        assert_eq!(
            (failure.reason.as_str(), failure.cause.as_str()),
            ("REFUSAL_UNCONFIRMED", "MANY_REFUSED")
        );
        assert!(failure.retryable);
    }
    let open = incidents(&world).await;
    let told: Vec<_> = open.iter().map(|open| (open.kind.as_str(), open.integration.as_str())).collect();
    assert_eq!(told, [("GRANTS_REFUSED", "demo-oauth")]);
    // Meanwhile the tokens that are there are good.
    let token = world.backend().token(&ours[0]).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);

    world.provider().clear();
    every(&world, &ours, |now| now.state() == ConnectionState::Active).await;
    assert_eq!(world.counters().refresh_token_reuses, 0);
    world.finish().await;
}

async fn incidents(world: &World) -> Vec<Incident> {
    let everything = ListIncidentsRequest::default();
    world.backend().incidents().list_incidents(everything).await.unwrap().into_inner().incidents
}

/// All of them, once they are as wanted.
async fn every(world: &World, ours: &[String], wanted: impl Fn(&Connection) -> bool) -> Vec<Connection> {
    let (begun, mut seen) = (Instant::now(), Vec::new());
    for connection in ours {
        let now = loop {
            let now = world.backend().connection(connection).await.unwrap();
            if wanted(&now) {
                break now;
            }
            assert!(begun.elapsed() < PATIENCE, "it stays as it is: {now:#?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        seen.push(now);
    }
    seen
}
