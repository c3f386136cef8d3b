//! The same of an OAuth server nobody here wrote (npm `oidc-provider`, in `tests/oidc`): it changes a refresh token whenever it
//! is used, and ends the grant when one comes twice.

use super::steps::Step;
use super::{PATIENCE, REFRESHER};
use crate::meets_a_real_provider::provider::{self, CLIENT_ID, CLIENT_SECRET, Provider, consented};
use latchkey_testkit::pb::admin::{Integration, PutIntegrationRequest};
use latchkey_testkit::{Browser, Relay, Topology, World, free_port};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresher_killed_at_any_step_sends_no_token_of_a_real_server_twice() {
    if Topology::from_env() == Topology::One {
        return;
    }
    let port = free_port();
    let relay = Relay::to(port);
    let endpoint = |port: u16| format!("token_endpoint: \"http://127.0.0.1:{port}/token\"");
    let file = provider::file(port).replace(&endpoint(port), &endpoint(relay.port()));
    let mut world = World::builder().nodes(1).relayed().provider_file("real.yaml", &file).start().await;
    let provider = Provider::start(port, &registered(&world).await);

    for step in [Step::Claimed, Step::Answered, Step::WrittenDown, Step::Committed] {
        let before = provider.counters().await;
        let connection = connected(&world).await;
        step.reached_by(&world, &relay, &connection).await;
        world.kill(REFRESHER);
        relay.cut();
        world.vault_relay().cut();
        world.start_again(REFRESHER).await;

        let lost = !lives_on(&world, &provider, &connection).await;
        let reused = provider.counters().await["reused"] - before["reused"];
        println!("oidc-provider, killed, {step:?}: lost {}, sent twice {reused}", u8::from(lost));
        // It has acted, and its answer was on no disk of ours: nothing but the old token is left to try.
        let excused = step == Step::Answered;
        assert!(excused || (!lost && reused == 0), "{step:?}: lost {lost}, sent twice {reused}");
        let _ = world.backend().delete_here(&connection).await;
    }
    world.finish().await;
}

/// The redirect URI to tell the server.
async fn registered(world: &World) -> String {
    let integration = Integration {
        key: "real".into(),
        provider: "real".into(),
        client_id: CLIENT_ID.into(),
        ..Integration::default()
    };
    let put = PutIntegrationRequest {
        integration: Some(integration),
        client_secret: CLIENT_SECRET.into(),
        ..PutIntegrationRequest::default()
    };
    let made = world.backend().integrations().put_integration(put).await.unwrap();
    made.into_inner().integration.unwrap().redirect_uri
}

async fn connected(world: &World) -> String {
    let link = world.backend().link("real", "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let login = browser.choose(&offered, "real").await;
    let done = consented(&browser, &login).await;
    world.connected(&link.session_id, &done).await
}

/// Whether it can be refreshed again, and the server's API takes its token.
async fn lives_on(world: &World, provider: &Provider, connection: &str) -> bool {
    let begun = Instant::now();
    loop {
        match world.backend().new_token(connection).await {
            Ok(token) => return provider.me(&token.headers).await == 200,
            Err(refusal) if refusal.code() == tonic::Code::FailedPrecondition => return false,
            Err(refusal) => assert!(begun.elapsed() < PATIENCE, "neither lost nor alive: {refusal:?}"),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
