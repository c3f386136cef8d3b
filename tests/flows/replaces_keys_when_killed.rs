//! A replacement of data keys is killed in the middle, again and again: everything is readable all the time, whoever goes on
//! finds what is left, and in the end nothing is under an old key.

use crate::rotates_keys::{done, reading, states};
use latchkey_testkit::{API_KEY, World};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Enough for a kill to find some replaced and some not.
const CONNECTIONS: u64 = 20;

/// How long one run may take to come as far as it is killed.
const PATIENCE: Duration = Duration::from_secs(60);

/// The data keys there were when the environment's key was rotated, as far as they are still there.
const LEFT: &str = "UPDATE data_keys SET id = id WHERE id IN (SELECT id FROM former_keys)";

fn kills() -> u32 {
    if std::env::var_os("LATCHKEY_TEST_LONG").is_some() { 20 } else { 3 }
}

async fn bring(world: &World, user: u64) -> String {
    let wish = json!({
        "integration": "demo-api-key", "end_user": format!("user-{user}"),
        "credential": {"fields": {"api_key": API_KEY}}, "checking": "CHECKING_NONE",
    });
    let made: Value =
        world.rest("POST", "/v1/connections").json(&wish).send().await.unwrap().json().await.unwrap();
    made["connection"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
}

/// Notes which data keys are there, of what has its own replaced.
async fn note_keys(world: &World) -> u64 {
    world.meddle("DROP TABLE IF EXISTS former_keys").await;
    world
        .meddle(
            "CREATE TABLE former_keys AS SELECT id FROM data_keys
             WHERE owner LIKE 'connection/%' OR owner LIKE 'integration/%' OR owner LIKE 'webhook_endpoint/%'",
        )
        .await;
    world.meddle(LEFT).await
}

/// Begins a command, and kills it when no more than so many are left. Says whether it was in the middle of it.
async fn killed_at(world: &World, command: &[&str], left: u64) -> bool {
    let mut running = world.begin(command);
    let begun = Instant::now();
    while running.goes_on() && world.meddle(LEFT).await > left {
        assert!(begun.elapsed() < PATIENCE, "it does not come as far as {left}");
        sleep(Duration::from_millis(2)).await;
    }
    running.kill()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_kills_a_replacement_of_data_keys_loses_nothing() {
    let mut world = World::start().await;
    let mut connections = vec![world.connect("demo-oauth", "ana").await];
    for user in 1..CONNECTIONS {
        connections.push(bring(&world, user).await);
    }
    let endpoint = json!({"url": "https://example.com/hooks", "paused": true});
    let made = world.rest("POST", "/v1/webhook-endpoints").json(&endpoint).send().await.unwrap();
    assert_eq!(made.status(), 200);
    let (over, readers) = reading(&world, &connections[..2]);
    let mut killed = 0;
    while killed < kills() {
        let all = note_keys(&world).await;
        assert!(all > CONNECTIONS, "integrations and an endpoint too: {all}");
        let mut left = all;
        let mut command = vec!["keys", "rotate", "--environment", "dev", "--data-keys"];
        while left > 1 && killed < kills() {
            let in_the_middle = killed_at(&world, &command, rand::random_range(1..left)).await;
            killed += u32::from(in_the_middle);
            command = vec!["keys", "rewrap", "--data-keys"];
            left = world.meddle(LEFT).await;
            for connection in &connections {
                world.backend().token(connection).await.unwrap();
            }
        }
        done(world.operate(&command).await);
        assert_eq!(world.meddle(LEFT).await, 0, "each has another data key");
        let older = states(&world).await[0]["older"].clone();
        assert!(older.as_array().unwrap().iter().all(|older| older["data_keys"] == 0), "{older}");
    }
    over.store(true, Ordering::SeqCst);
    for reader in readers {
        assert!(reader.await.unwrap() > 0);
    }
    // With nothing at hand: what was handed out is opened anew, and what renews it and the app's own secret are too.
    world.restart().await;
    for connection in &connections {
        world.backend().token(connection).await.unwrap();
    }
    let token = world.backend().new_token(&connections[0]).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    world.finish().await;
}
