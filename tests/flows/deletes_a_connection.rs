//! A deleted connection's credential is gone for good; what happened to it can still be read.

use latchkey_testkit::pb::connection::{ConnectionState, ListConnectionsRequest};
use latchkey_testkit::{World, reason};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_deleted_is_handed_out_to_nobody_and_refreshed_no_more() {
    let world = World::builder().access_token_lifetime(Duration::from_secs(4)).start().await;
    let backend = world.backend();
    let gone = world.connect("demo-oauth", "ana").await;
    let stays = world.connect("demo-oauth", "bob").await;
    let mut watch = backend.watch("0-0").await.unwrap();
    watch.next().await;
    watch.next().await;

    backend.delete(&gone).await.unwrap();
    backend.delete(&gone).await.unwrap();

    let refusal = backend.token(&gone).await.unwrap_err();
    assert_eq!(
        (refusal.code(), reason(&refusal).as_str()),
        (tonic::Code::FailedPrecondition, "CONNECTION_DELETED")
    );
    let refusal = backend.reconnect_link(&gone, "ana").await.unwrap_err();
    assert_eq!(reason(&refusal), "CONNECTION_DELETED");
    let deleted = backend.connection(&gone).await.unwrap();
    assert_eq!((deleted.state(), deleted.credential), (ConnectionState::Deleted, None));
    let explained = backend.explain(&gone).await.unwrap();
    assert_eq!(explained.whose_turn, "NOBODY");
    let history: Vec<&str> = explained.history.iter().rev().map(|entry| entry.event.as_str()).collect();
    assert_eq!(history.first(), Some(&"connection.established"));
    assert!(history.contains(&"connection.revoked"), "{history:?}");

    let event = watch.next().await;
    assert_eq!((event.r#type.as_str(), &event.connection_id), ("dev.latchkey.connection.deleted.v1", &gone));
    let unknown = backend.delete("con_01ARZ3NDEKTSV4RRFFQ69G5FAV").await.unwrap_err();
    assert_eq!(reason(&unknown), "CONNECTION_UNKNOWN");

    // The other one is refreshed on, alone.
    let other = backend.wait_for(&stays, |now| now.credential.as_ref().unwrap().generation >= 3).await;
    assert_eq!(other.state(), ConnectionState::Active);
    let grants = world.provider().grants();
    assert_eq!(grants.len(), 2);
    assert_eq!(backend.connection(&gone).await.unwrap().state(), ConnectionState::Deleted);
    drop(watch);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_filtered_and_paged() {
    let world = World::start().await;
    let backend = world.backend();
    let mut all = Vec::new();
    for end_user in ["ana", "bob", "cid"] {
        all.push(world.connect("demo-oauth", end_user).await);
    }
    backend.delete(&all[1]).await.unwrap();

    let list = async |request| backend.connections().list_connections(request).await.unwrap().into_inner();
    let of_ana = ListConnectionsRequest { end_user: "ana".into(), ..Default::default() };
    assert_eq!(ids(&list(of_ana).await.connections), all[..1]);
    let active = ListConnectionsRequest { state: ConnectionState::Active.into(), ..Default::default() };
    assert_eq!(sorted(ids(&list(active).await.connections)), sorted(vec![all[0].clone(), all[2].clone()]));

    let mut paged = Vec::new();
    let mut token = String::new();
    loop {
        let request = ListConnectionsRequest { page_size: 1, page_token: token, ..Default::default() };
        let page = list(request).await;
        assert!(page.connections.len() <= 1);
        paged.extend(ids(&page.connections));
        if page.next_page_token.is_empty() {
            break;
        }
        token = page.next_page_token;
    }
    let everything = list(ListConnectionsRequest::default()).await;
    assert_eq!(paged, ids(&everything.connections), "the pages are the list");
    let nonsense = ListConnectionsRequest { page_token: "nonsense".into(), ..Default::default() };
    let refusal = backend.connections().list_connections(nonsense).await.unwrap_err();
    assert_eq!(reason(&refusal), "PAGE_TOKEN_INVALID");
    world.finish().await;
}

fn ids(connections: &[latchkey_testkit::pb::connection::Connection]) -> Vec<String> {
    connections.iter().map(|connection| connection.id.clone()).collect()
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}
