//! The database is lost, and a backup takes its place that knows nothing of the latest refreshes. The provider is strict: a
//! refresh token that comes twice ends the grant.

use crate::finds_tampering::{Export, place, public_key};
use latchkey_testkit::{Ended, World, reason};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tokio::time::sleep;

fn done(ended: Ended) -> String {
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    ended.said
}

async fn backed_up(world: &World, file: &Path) {
    let file = file.to_str().unwrap();
    done(world.operate(&["backup", "create", "--to", file]).await);
    let said = done(world.operate(&["backup", "verify", file]).await);
    assert!(said.contains("is whole") && said.contains("data keys open"), "{said}");
}

async fn json(world: &World, path: &str) -> Value {
    world.rest("GET", path).send().await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_journals_know_mends_a_backup_before_anything_is_refreshed() {
    let mut world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.backup");
    world.backend_for("dev", "tokens:read").await;
    let other = listed_key(&world, "tokens:read").await;
    let chain = Export::with(&world, &[("stream", &format!("connection/{connection}"))]).await;
    backed_up(&world, &file).await;
    world.backend().new_token(&connection).await.unwrap();
    let latest = world.backend().new_token(&connection).await.unwrap();
    let before = world.counters();

    world.lose_database().await;
    let said = done(world.operate(&["backup", "restore", file.to_str().unwrap()]).await);
    assert!(said.contains("safe mode"), "{said}");
    let twice = world.operate(&["backup", "restore", file.to_str().unwrap()]).await;
    assert!(twice.code == Some(1) && twice.said.contains("not empty"), "{}", twice.said);
    world.come_back(true).await;
    // A key may have been revoked since, and nobody here knows which.
    let refused = world.backend().token(&connection).await.unwrap_err();
    assert_eq!(reason(&refused), "API_KEY_INVALID");
    assert!(refused.message().contains("latchkey key confirm"), "{refused:?}");
    confirm(&world, &other).await;

    // It is told what it never heard, and nobody asks the provider.
    let wanted = latest.generation;
    world
        .backend()
        .wait_for(&connection, |now| now.credential.as_ref().is_some_and(|it| it.generation >= wanted))
        .await;
    let token = world.backend().token(&connection).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    let refused = world.backend().new_token(&connection).await.unwrap_err();
    assert_eq!(reason(&refused), "SAFE_MODE");
    let told = json(&world, &format!("/v1/connections/{connection}:explain")).await;
    assert_eq!(told["whose_turn"], "OPERATOR", "{told}");
    assert!(told["what_to_do"].as_str().unwrap().contains("--integration dev/demo-oauth"), "{told}");
    let incident = &json(&world, "/v1/incidents").await["incidents"][0];
    assert_eq!((&incident["kind"], &incident["whose_turn"]), (&"SAFE_MODE".into(), &"OPERATOR".into()));
    assert_eq!(
        json(&world, "/v1/incidents?integration=demo-oauth").await["incidents"][0]["kind"],
        "SAFE_MODE"
    );
    assert_eq!(world.counters().refreshes_accepted, before.refreshes_accepted);
    let said = done(world.operate(&["safe-mode", "status"]).await);
    assert!(said.contains("Safe mode is on") && said.contains("end the grant"), "{said}");
    let doctor = world.operate(&["doctor"]).await.said;
    assert!(doctor.contains("safe mode: it is on"), "{doctor}");

    done(world.operate(&["safe-mode", "leave", "--integration", "dev/demo-oauth"]).await);
    let token = world.backend().new_token(&connection).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    let told = json(&world, &format!("/v1/connections/{connection}:explain")).await;
    assert_eq!(told["whose_turn"], "NOBODY", "{told}");
    assert_eq!(json(&world, "/v1/incidents?integration=demo-oauth").await, json!({}));
    done(world.operate(&["safe-mode", "leave"]).await);
    let doctor = world.operate(&["doctor"]).await.said;
    assert!(doctor.contains("safe mode: it is off"), "{doctor}");
    assert_eq!(json(&world, "/v1/incidents").await, json!({}));
    let counters = world.counters();
    assert_eq!((counters.refresh_token_reuses, counters.families_revoked_by_reuse), (0, 0), "{counters:?}");
    the_chain_went_on(&world, &chain).await;
    world.finish().await;
}

/// Has all keys but one open again, then that one; while it waits it is said to be locked, and not revoked.
async fn confirm(world: &World, other: &Value) {
    let waiting = done(world.operate(&["key", "confirm"]).await);
    let ids = waiting.split_whitespace().filter(|word| word.starts_with("key_"));
    let (one, others): (Vec<_>, Vec<_>) = ids.partition(|id| other["id"] == **id);
    assert_eq!(one.len(), 1, "{waiting}");
    done(world.operate(&[&["key", "confirm"][..], &others].concat()).await);
    // A refusal is believed for a second.
    sleep(Duration::from_millis(1200)).await;
    let listed = listed_key(world, "tokens:read").await;
    assert_eq!((&listed["state"], &listed["revoked"]), (&"API_KEY_STATE_LOCKED".into(), &Value::Null));
    done(world.operate(&["key", "confirm", "--all"]).await);
    assert_eq!(listed_key(world, "tokens:read").await["state"], "API_KEY_STATE_ACTIVE");
}

/// The key that may do this alone.
async fn listed_key(world: &World, scope: &str) -> Value {
    let listed = json(world, "/v1/api-keys").await;
    let found = listed["api_keys"].as_array().unwrap().iter().find(|key| key["scopes"] == json!([scope]));
    found.unwrap_or_else(|| panic!("{listed}")).clone()
}

/// It is the one from before the backup, longer, and what is changed in the restored database is found out.
async fn the_chain_went_on(world: &World, before: &Export) {
    let key = public_key(world).await;
    let after = Export::with(world, &[("event", "api_key.confirmed")]).await;
    let (whole, said) = after.verified(&key, Some(before)).await;
    assert!(whole && after.lines.len() > before.lines.len(), "{said}");
    let registered = after.record("event", "integration.registered").unwrap();
    let (sequence, number) = place(&registered);
    assert_eq!(place(&before.record("event", "integration.registered").unwrap()).1, number);
    assert_eq!(world.meddle(&format!("UPDATE events SET trace = 'x' WHERE sequence = {sequence}")).await, 1);
    let (whole, said) = Export::of(world).await.verified(&key, Some(before)).await;
    assert!(!whole && said.contains(&format!("record {number} was changed: event")), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_journals_nothing_old_is_sent_however_due_it_is() {
    let mut world = World::builder().access_token_lifetime(Duration::from_secs(4)).start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.backup");
    backed_up(&world, &file).await;
    world.backend().new_token(&connection).await.unwrap();

    world.lose_database().await;
    let before = world.counters();
    done(world.operate(&["backup", "restore", file.to_str().unwrap()]).await);
    world.come_back(false).await;
    done(world.operate(&["key", "confirm", "--all"]).await);
    // Its token is over, and a refresher looks twice a second.
    sleep(Duration::from_secs(5)).await;
    let refused = world.backend().token(&connection).await.unwrap_err();
    assert_eq!(reason(&refused), "SAFE_MODE");
    let after = world.counters();
    assert_eq!(after.refreshes_accepted, before.refreshes_accepted);
    assert_eq!((after.refresh_token_reuses, after.families_revoked_by_reuse), (0, 0), "{after:?}");
    world.finish().await;
}
