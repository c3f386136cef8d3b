//! Connections move over from a server that speaks the compatible REST API, with nobody logging in again. The source is a real
//! one: this server's own other environment, whose tokens are of the same provider.

use latchkey_testkit::demo::{Extent, Selection, Target};
use latchkey_testkit::{API_KEY, Backend, World, binary, run};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const SCOPES: &str = "connections:read,connections:write,tokens:read,credentials:read,integrations:admin";

/// From the environment `dev` to `prod`.
struct Move {
    world: World,
    there: Backend,
    folder: TempDir,
}

impl Move {
    async fn start() -> Self {
        let world = World::start().await;
        let there = world.backend_for("prod", SCOPES).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("source"), world.backend().shown_key()).unwrap();
        std::fs::write(folder.path().join("target"), there.shown_key()).unwrap();
        Self { world, there, folder }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// A step of the import, as it is typed.
    fn words(&self, words: &[&str]) -> Vec<String> {
        let (url, source, target, state) =
            (self.world.url("/"), self.file("source"), self.file("target"), self.file("state.json"));
        let known =
            ["--source", &url, "--source-key-file", &source, "--url", &url, "--api-key-file", &target];
        let all = [&["import", "nango"], words, &known, &["--state", &state]].concat();
        all.into_iter().map(str::to_owned).collect()
    }

    async fn step(&self, words: &[&str]) -> (Option<i32>, String) {
        let words = self.words(words);
        let ended = run("latchkey", &words.iter().map(String::as_str).collect::<Vec<_>>()).await;
        assert!(!ended.said.contains("canary"), "{}", ended.said);
        (ended.code, ended.said)
    }

    /// A connection at the source, whose id there is its end user's name.
    async fn connect(&self, end_user: &str) -> String {
        let made = self.world.connect("demo-oauth", end_user).await;
        let (path, said) = (format!("/v1/connections/{made}"), json!({"external_id": end_user}));
        assert_eq!(self.world.rest("PATCH", &path).json(&said).send().await.unwrap().status(), 200);
        made
    }

    /// Of the source's environment, or of the target's.
    async fn create(&self, body: Value) -> String {
        let answer = self.world.rest("POST", "/v1/connections").json(&body).send().await.unwrap();
        let made: Value = answer.json().await.unwrap();
        made["connection"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    }

    async fn moved(&self) -> Vec<Value> {
        let answer = reqwest::Client::new()
            .get(self.world.url("/v1/connections"))
            .bearer_auth(self.there.shown_key())
            .send()
            .await
            .unwrap();
        let listed: Value = answer.json().await.unwrap();
        listed["connections"].as_array().cloned().unwrap_or_default()
    }

    async fn one(&self, external_id: &str) -> Value {
        let moved = self.moved().await;
        moved.into_iter().find(|one| one["external_id"] == external_id).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paused_first_and_then_taken_over_one_integration_after_another() {
    let moving = Move::start().await;
    let ana = moving.world.connect("demo-oauth", "ana").await;
    let said = json!({"external_id": "user/1 @a", "tags": {"team": "crm"}, "metadata": {"plan": "pro"}, "config": {"region": "eu"}});
    let path = format!("/v1/connections/{ana}");
    assert_eq!(moving.world.rest("PATCH", &path).json(&said).send().await.unwrap().status(), 200);
    moving.create(json!({"integration": "demo-oauth", "end_user": "ben", "external_id": "dead", "needs_reauth": true})).await;
    let key = json!({"fields": {"api_key": API_KEY}});
    moving.create(json!({"integration": "demo-api-key", "end_user": "ben", "external_id": "key", "credential": key})).await;

    let (code, plan) = moving.step(&["plan"]).await;
    assert!(code == Some(0) && plan.contains("is created by `run`") && plan.contains("2 planned"), "{plan}");
    let (code, dry) = moving.step(&["run"]).await;
    assert!(code == Some(0) && dry.contains("3 connections would be imported"), "{dry}");
    assert!(moving.moved().await.is_empty(), "nothing is done without --yes");

    let asked = moving.world.token_requests("refresh_token");
    for _ in 0..2 {
        let (code, ran) = moving.step(&["run", "--yes"]).await;
        assert_eq!(code, Some(0), "{ran}");
        assert_eq!(moving.moved().await.len(), 3);
    }
    assert_eq!(moving.world.token_requests("refresh_token"), asked, "neither side refreshed");
    let first = moving.one("user/1 @a").await;
    assert_eq!(first["state"], "CONNECTION_STATE_DISABLED");
    assert_eq!((&first["end_user"], &first["tags"]["team"]), (&json!("ana"), &json!("crm")));
    assert_eq!((&first["metadata"]["plan"], &first["config"]["region"]), (&json!("pro"), &json!("eu")));
    assert_eq!(moving.one("dead").await["state"], "CONNECTION_STATE_NEEDS_REAUTH");
    let (code, same) = moving.step(&["verify"]).await;
    assert_eq!(code, Some(0), "{same}");

    // The source goes on refreshing, so what was imported grows old.
    moving.world.backend().new_token(&ana).await.unwrap();
    let (code, differs) = moving.step(&["verify"]).await;
    assert!(code == Some(1) && differs.contains("refreshed at the source since"), "{differs}");
    let (_, dry) = moving.step(&["cutover", "demo-oauth"]).await;
    assert!(dry.contains("1 connections of demo-oauth would be taken over"), "{dry}");
    assert_eq!(moving.one("user/1 @a").await["state"], "CONNECTION_STATE_DISABLED");

    let (code, cut) = moving.step(&["cutover", "demo-oauth", "--yes"]).await;
    assert_eq!(code, Some(0), "{cut}");
    let taken = moving.one("user/1 @a").await;
    assert_eq!(taken["state"], "CONNECTION_STATE_ACTIVE");
    let token = moving.there.token(taken["id"].as_str().unwrap()).await.unwrap();
    assert_eq!(moving.world.call_api("/me", &token.headers).await, 200);
    let (_, kept) = moving.step(&["cutover", "demo-oauth", "--undo", "--yes"]).await;
    assert!(kept.contains("1 were refreshed here already"), "{kept}");
    assert_eq!(moving.one("user/1 @a").await["state"], "CONNECTION_STATE_ACTIVE");
    assert_eq!(
        moving.one("key").await["state"],
        "CONNECTION_STATE_DISABLED",
        "another integration is left alone"
    );
    assert_eq!(moving.step(&["cutover", "demo-api-key", "--yes"]).await.0, Some(0));
    let (code, works) = moving.step(&["verify"]).await;
    assert_eq!(code, Some(0), "{works}");

    let (_, report) = moving.step(&["report"]).await;
    assert!(
        report.contains("2 of 3 were taken over") && report.contains("| dead | needs reauth |"),
        "{report}"
    );
    let state = std::fs::read_to_string(Path::new(&moving.file("state.json"))).unwrap();
    assert!(!state.contains("canary") && !state.contains(moving.there.shown_key()), "{state}");
    moving.world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_moved_is_told_and_tried_again() {
    let moving = Move::start().await;
    let had = moving.world.connect("demo-oauth", "ana").await;
    let path = format!("/v1/connections/{had}");
    let said = json!({"external_id": "dead"});
    assert_eq!(moving.world.rest("PATCH", &path).json(&said).send().await.unwrap().status(), 200);
    let (code, early) = moving.step(&["run", "--yes"]).await;
    assert!(code == Some(1) && early.contains("there is no plan yet"), "{early}");
    assert_eq!(moving.step(&["plan"]).await.0, Some(0));

    // Dead at the source although nobody has noticed there yet.
    moving.world.provider().revoke(&Selection::All);
    moving.world.backend().new_token(&had).await.unwrap_err();
    let (code, ran) = moving.step(&["run", "--yes"]).await;
    assert_eq!(code, Some(0), "{ran}");
    assert_eq!(moving.one("dead").await["state"], "CONNECTION_STATE_NEEDS_REAUTH");

    std::fs::write(moving.file("source"), "lk_dev_nonsense").unwrap();
    let (code, refused) = moving.step(&["plan"]).await;
    assert!(code == Some(1) && refused.contains("HTTP 401"), "{refused}");
    let elsewhere =
        ["import", "nango", "plan", "--source", "http://example.com", "--url", "http://127.0.0.1:1"];
    let (source, target) = (moving.file("source"), moving.file("target"));
    let keys = ["--source-key-file", &source, "--api-key-file", &target, "--state", "/nowhere/state.json"];
    let clear = run("latchkey", &[&elsewhere[..], &keys].concat()).await;
    assert!(clear.code == Some(1) && clear.said.contains("--insecure"), "{}", clear.said);
    moving.world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cutover_that_is_killed_goes_on_where_it_was() {
    const USERS: usize = 8;
    let moving = Move::start().await;
    for at in 0..USERS {
        moving.connect(&format!("user-{at}")).await;
    }
    assert_eq!(moving.step(&["plan"]).await.0, Some(0));
    assert_eq!(moving.step(&["run", "--yes"]).await.0, Some(0));
    let mut program = Command::new(binary("latchkey"))
        .args(moving.words(&["cutover", "demo-oauth", "--yes"]))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let active = async || {
        let moved = moving.moved().await;
        moved.iter().filter(|one| one["state"] == "CONNECTION_STATE_ACTIVE").count()
    };
    while active().await == 0 && program.try_wait().unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    program.kill().unwrap();
    program.wait().unwrap();
    let cut_at = active().await;
    assert!((1..USERS).contains(&cut_at), "{cut_at} of {USERS}: it was not cut short");

    let (code, cut) = moving.step(&["cutover", "demo-oauth", "--yes"]).await;
    assert!(code == Some(0) && cut.contains(&format!("demo-oauth: {USERS} active")), "{cut}");
    for one in moving.moved().await {
        let token = moving.there.token(one["id"].as_str().unwrap()).await.unwrap();
        assert_eq!(moving.world.call_api("/me", &token.headers).await, 200, "{one}");
    }
    moving.world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cutover_is_undone_where_nothing_was_refreshed_here() {
    let moving = Move::start().await;
    let ana = moving.connect("ana").await;
    assert_eq!(moving.step(&["plan"]).await.0, Some(0));
    assert_eq!(moving.step(&["run", "--yes"]).await.0, Some(0));

    // The provider goes down between switching on and refreshing.
    moving.world.provider().outage(Target::Token, Extent::UntilCleared);
    let (code, cut) = moving.step(&["cutover", "demo-oauth", "--yes"]).await;
    assert!(code == Some(1) && cut.contains("demo-oauth: 1 enabled"), "{cut}");
    let (code, dry) = moving.step(&["cutover", "demo-oauth", "--undo"]).await;
    assert!(code == Some(0) && dry.contains("1 would be switched off again"), "{dry}");
    let (code, undone) = moving.step(&["cutover", "demo-oauth", "--undo", "--yes"]).await;
    assert!(code == Some(0) && undone.contains("demo-oauth: 1 paused"), "{undone}");
    assert!(moving.moved().await.iter().all(|one| one["state"] == "CONNECTION_STATE_DISABLED"));

    // The source has its grant still, and goes on with it until it is tried again.
    moving.world.provider().clear();
    moving.world.backend().new_token(&ana).await.unwrap();
    let (code, cut) = moving.step(&["cutover", "demo-oauth", "--yes"]).await;
    assert!(code == Some(0) && cut.contains("demo-oauth: 1 active"), "{cut}");
    moving.world.finish().await;
}
