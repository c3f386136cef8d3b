//! Two refreshers over a real socket: what one cannot tell any more, the other tells from its copy.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod world;

use latchkey_chassis::{Lifecycle, grpc};
use latchkey_domain::{ConnectionId, Generation};
use latchkey_refresher::RefresherService;
use latchkey_refresher::config::Settings;
use latchkey_wire::{PeerClient, Route, RouteOptions};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use world::{World, world};

/// For what takes as long as the machine needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longer than any claim.
const CLAIM_IS_OVER: Duration = Duration::from_secs(100);

#[tokio::test]
async fn an_answer_whose_disk_is_lost_is_told_by_the_peer_that_kept_a_copy() {
    let mut world = world().await;
    let provider = world.provider("only-one").await;
    let connection = world.connected("only-one", Duration::from_millis(1)).await;
    let asked = || provider.controls().counters().token_requests["client_credentials"];
    let (first, second) = (Lifecycle::new(Duration::ZERO), Lifecycle::new(Duration::ZERO));
    let settings = Settings::default();

    let kept = world.journal("second");
    let to_vault = Route::local(world.routes.clone());
    let peer = world.refresher_with(kept.clone(), to_vault, &settings, &second);
    let to_peer = serve(&peer, &second).await;
    let lost =
        world.refresher_with(world.journal("first"), world.hard_of_hearing(usize::MAX), &settings, &first);
    lost.with_peers(vec![to_peer]).run();
    let copied = async {
        while kept.consult(connection, Generation(1)).await.unwrap().answers.is_empty() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, copied).await.expect("the peer keeps a copy");
    first.cut();
    assert_eq!((asked(), world.generation(connection).await), (1, Generation(1)));

    world.clock.jump(CLAIM_IS_OVER);
    peer.run();
    refreshed(&world, connection).await;
    assert_eq!(asked(), 1, "the provider is not asked again");
    second.cut();
}

#[tokio::test]
async fn what_a_put_back_database_lost_is_learnt_from_a_peer_before_the_provider_is_asked() {
    let mut world = world().await;
    let provider = world.provider("only-one").await;
    let connection = world.connected("only-one", Duration::from_millis(1)).await;
    let asked = || provider.controls().counters().token_requests["client_credentials"];
    let (first, second) = (Lifecycle::new(Duration::ZERO), Lifecycle::new(Duration::ZERO));
    let settings = Settings::default();
    world.back_up();

    let journal = world.journal("first");
    let to_vault = Route::local(world.routes.clone());
    world.refresher_with(journal.clone(), to_vault.clone(), &settings, &first).run();
    refreshed(&world, connection).await;
    first.cut();
    // It has the answer, and has not noticed yet that the database is another.
    let knowing = world.refresher_with(journal, to_vault, &settings, &second);
    let to_peer = serve(&knowing, &second).await;

    world.put_back().await;
    assert_eq!((asked(), world.generation(connection).await), (1, Generation(1)));
    let journal = world.journal("second");
    journal.note_epoch("that of the database before").unwrap();
    let other = world.refresher_with(journal, Route::local(world.routes.clone()), &settings, &second);
    other.with_peers(vec![to_peer]).run();
    refreshed(&world, connection).await;
    assert_eq!(asked(), 1, "the provider is not asked again");
    second.cut();
}

async fn refreshed(world: &World, connection: ConnectionId) {
    let refreshed = async {
        while world.generation(connection).await == Generation(1) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, refreshed).await.unwrap();
}

/// Serves its door on a socket, and says how it is called.
async fn serve(refresher: &RefresherService, lifecycle: &Lifecycle) -> PeerClient {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    grpc::serve(listener, refresher.door(), grpc::Options::default(), lifecycle).unwrap();
    let options = RouteOptions { insecure: true, ..RouteOptions::new(endpoint) };
    PeerClient::new(Route::remote(options).unwrap())
}
