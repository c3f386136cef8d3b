//! Keys are replaced while everything runs, by commands of the operator; nobody who reads notices.

use latchkey_testkit::{Ended, World};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinHandle;

pub async fn states(world: &World) -> Vec<Value> {
    let ended = done(world.operate(&["keys", "status", "--json"]).await);
    serde_json::from_str(ended.said.trim()).unwrap()
}

pub fn done(ended: Ended) -> Ended {
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    ended
}

/// Readers of each connection, who stop when they are told that it is over, and say how often they read.
pub fn reading(world: &World, connections: &[String]) -> (Arc<AtomicBool>, Vec<JoinHandle<u64>>) {
    let over = Arc::new(AtomicBool::new(false));
    let reading = connections
        .iter()
        .map(|connection| {
            let (backend, connection, over) = (world.backend().clone(), connection.clone(), over.clone());
            tokio::spawn(async move {
                let mut reads = 0;
                while !over.load(Ordering::SeqCst) || reads == 0 {
                    backend.token(&connection).await.unwrap();
                    reads += 1;
                }
                reads
            })
        })
        .collect();
    (over, reading)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_environments_key_is_rotated_under_those_who_read() {
    let mut world = World::start().await;
    let mut connections = Vec::new();
    for user in 0..4 {
        connections.push(world.connect("demo-oauth", &format!("user-{user}")).await);
    }
    let (over, reading) = reading(&world, &connections);
    let ended = done(world.operate(&["keys", "rotate", "--environment", "dev"]).await);
    assert!(ended.said.contains("dev: key 2 wraps what is new"), "{}", ended.said);
    assert!(ended.said.contains("Everything is wrapped as it should be"), "{}", ended.said);
    over.store(true, Ordering::SeqCst);
    for reader in reading {
        assert!(reader.await.unwrap() > 0);
    }
    let state = &states(&world).await[0];
    assert_eq!((&state["environment"], &state["version"]), (&"dev".into(), &2.into()));
    assert_eq!(state["older"], serde_json::json!([{"version": 1, "data_keys": 0}]), "it is kept for an hour");
    let table = done(world.operate(&["keys", "status"]).await).said;
    assert!(table.contains("0; `latchkey keys rewrap` destroys 1"), "{table}");
    // What was sealed before opens where nothing is at hand, and a refresh is none the worse for it.
    world.restart().await;
    // Whoever forgets to is reminded.
    world.metric_until("latchkey_vault_rewrap_remaining", "key=\"replaced\"", |idle| idle >= 1.0).await;
    for connection in &connections {
        world.backend().token(connection).await.unwrap();
        let token = world.backend().new_token(connection).await.unwrap();
        assert_eq!(world.call_api("/me", &token.headers).await, 200);
    }
    let after = world.connect("demo-oauth", "late").await;
    world.backend().token(&after).await.unwrap();
    assert_eq!(states(&world).await[0]["older"][0]["data_keys"], 0, "what is new is under the new key");
    let absent = world.operate(&["keys", "rotate", "--environment", "nowhere"]).await;
    assert!(absent.code == Some(1) && absent.said.contains("`nowhere` has no key"), "{}", absent.said);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_given_other_data_keys_under_those_who_read() {
    let mut world = World::start().await;
    let mut connections = Vec::new();
    for user in 0..4 {
        connections.push(world.connect("demo-oauth", &format!("user-{user}")).await);
    }
    let deleted = world.connect("demo-oauth", "late").await;
    world.backend().delete_here(&deleted).await.unwrap();
    let (over, reading) = reading(&world, &connections);
    let said = done(world.operate(&["keys", "rotate", "--environment", "dev", "--data-keys"]).await).said;
    // Of connections, integrations and endpoints, all.
    assert!(said.contains("data keys are replaced by others"), "{said}");
    assert!(said.contains("Everything is wrapped as it should be"), "{said}");
    let said = done(world.operate(&["keys", "rotate", "--connection", &connections[0]]).await).said;
    assert!(said.contains("sealed with another data key"), "{said}");
    over.store(true, Ordering::SeqCst);
    for reader in reading {
        assert!(reader.await.unwrap() > 0);
    }
    assert_eq!(states(&world).await[0]["older"][0]["data_keys"], 0);
    world.restart().await;
    for connection in &connections {
        world.backend().token(connection).await.unwrap();
        let token = world.backend().new_token(connection).await.unwrap();
        assert_eq!(world.call_api("/me", &token.headers).await, 200);
    }
    let refused = world.operate(&["keys", "rotate", "--connection", &deleted]).await;
    assert_eq!(refused.code, Some(1), "{}", refused.said);

    let said = done(world.operate(&["keys", "rotate", "--environment", "dev", "--signing"]).await).said;
    assert!(said.contains("signs from now on"), "{said}");
    let signing = states(&world).await[0]["signing_keys"].clone();
    let last = signing.as_array().unwrap().last().unwrap();
    assert!(last["until"].is_null() && said.contains(last["public_key"].as_str().unwrap()), "{signing}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_services_key_is_replaced_by_another() {
    let mut world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let (old, new) = (world.kek(), world.another_kek().await);
    world.set_keks(&new, &[&old]);
    let table = done(world.operate(&["keys", "status"]).await).said;
    assert!(table.contains("run `latchkey keys rewrap`"), "{table}");
    world.restart().await;
    world.backend().token(&connection).await.unwrap();
    done(world.operate(&["keys", "rewrap"]).await);
    assert_eq!(states(&world).await[0]["wrapped_by"].as_array().unwrap().len(), 2);

    world.set_keks(&new, &[]);
    world.restart().await;
    done(world.operate(&["keys", "rewrap"]).await);
    world.lose_kek(&old).await;
    world.restart().await;
    world.backend().token(&connection).await.unwrap();
    let state = &states(&world).await[0];
    assert_eq!((&state["wrapped_as_set"], state["wrapped_by"].as_array().unwrap().len()), (&true.into(), 1));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keys_move_to_a_transit_engine_and_follow_its_key_when_that_is_renewed() {
    let mut world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let (old, new) = (world.kek(), world.transit_kek().await);
    world.set_keks(&new, &[&old]);
    done(world.operate(&["keys", "rewrap"]).await);
    world.set_keks(&new, &[]);
    done(world.operate(&["keys", "rewrap"]).await);
    world.lose_kek(&old).await;
    world.restart().await;
    world.backend().token(&connection).await.unwrap();
    let told = done(world.operate(&["doctor"]).await).said;
    let name = new.split('?').next().unwrap();
    assert!(told.contains(&format!("ok       keys: {name} wraps and unwraps")), "{told}");

    world.rotate_transit_kek(&new).await;
    assert_eq!(states(&world).await[0]["wrapped_as_set"], false, "an older version wraps it");
    let said = done(world.operate(&["keys", "rewrap"]).await).said;
    assert!(said.contains("1 keys of environments are wrapped as the settings say"), "{said}");
    assert_eq!(states(&world).await[0]["wrapped_as_set"], true);
    world.restart().await;
    world.backend().token(&connection).await.unwrap();
    world.finish().await;
}
