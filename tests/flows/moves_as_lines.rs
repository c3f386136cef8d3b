//! Connections leave as an encrypted file that stock tools open, and come from files of lines: checked before anything is done,
//! known again when the import is started again, and refreshed by one side at a time.

use latchkey_testkit::{API_KEY, Backend, CANARY, PASSWORD, USERNAME, World, binary, run};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const SCOPES: &str = "connections:read,connections:write,tokens:read,credentials:read,integrations:admin";

/// From the environment `dev` to `prod`, by files.
struct Move {
    world: World,
    there: Backend,
    folder: TempDir,
}

impl Move {
    /// With these integrations in `prod` too.
    async fn start(integrations: &[&str]) -> Self {
        let world = World::start().await;
        let there = world.backend_for("prod", SCOPES).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("here"), world.backend().shown_key()).unwrap();
        std::fs::write(folder.path().join("there"), there.shown_key()).unwrap();
        let moving = Self { world, there, folder };
        let app = moving.world.rest("GET", "/integrations/demo-oauth?include=credentials");
        let app: Value = app.send().await.unwrap().json().await.unwrap();
        let app = &app["data"]["credentials"];
        for key in integrations {
            let mut wish = json!({"integration": {"provider": key}});
            if matches!(*key, "demo-oauth" | "demo-oauth1" | "demo-machine") {
                wish["integration"]["client_id"] = app["client_id"].clone();
                wish["client_secret"] = app["client_secret"].clone();
            }
            let put =
                moving.of_there("PUT", &format!("/v1/integrations/{key}")).json(&wish).send().await.unwrap();
            assert_eq!(put.status(), 200, "{}", put.text().await.unwrap());
        }
        moving
    }

    fn of_there(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        reqwest::Client::new().request(method, self.world.url(path)).bearer_auth(self.there.shown_key())
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The program's words, and how it ended; `whose` key it has.
    async fn latchkey(&self, whose: &str, words: &[&str]) -> (Option<i32>, String) {
        let (url, key) = (self.world.url("/"), self.file(whose));
        let ended = run("latchkey", &[words, &["--url", &url, "--api-key-file", &key]].concat()).await;
        assert!(!ended.said.contains(CANARY), "{}", ended.said);
        (ended.code, ended.said)
    }

    async fn import(&self, step: &str, file: &str, more: &[&str]) -> (Option<i32>, String) {
        self.latchkey("there", &[&["import", "jsonl", step, &self.file(file)], more].concat()).await
    }

    fn write(&self, name: &str, lines: &[Value]) {
        let text: Vec<String> = lines.iter().map(Value::to_string).collect();
        std::fs::write(self.file(name), text.join("\n")).unwrap();
    }

    /// By external id.
    async fn moved(&self) -> BTreeMap<String, Value> {
        let listed = self.of_there("GET", "/v1/connections?page_size=500").send().await.unwrap();
        let listed: Value = listed.json().await.unwrap();
        let all = listed["connections"].as_array().cloned().unwrap_or_default();
        let count = all.len();
        let by_id: BTreeMap<String, Value> =
            all.into_iter().map(|one| (one["external_id"].as_str().unwrap().to_owned(), one)).collect();
        assert_eq!(by_id.len(), count, "no two have one external id");
        by_id
    }

    async fn create(&self, body: Value) -> String {
        let made: Value = self
            .world
            .rest("POST", "/v1/connections")
            .json(&body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        made["connection"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    }

    /// A pair of keys; the public one.
    fn recipient(&self) -> String {
        let made = Command::new("age-keygen").args(["-o", &self.file("key.txt")]).output();
        assert!(made.expect("age is installed: tests/with-servers installs it").status.success());
        let shown = Command::new("age-keygen").args(["-y", &self.file("key.txt")]).output().unwrap();
        String::from_utf8(shown.stdout).unwrap().trim().to_owned()
    }

    /// Opens `name` with the stock program; whether it opened to its end, and what came out of it.
    fn opened(&self, name: &str) -> (bool, Vec<u8>) {
        let (key, file) = (self.file("key.txt"), self.file(name));
        let opened = Command::new("age").args(["--decrypt", "-i", &key, &file]).output().unwrap();
        (opened.status.success(), opened.stdout)
    }
}

fn key_line(at: usize) -> Value {
    json!({
        "integration": "demo-api-key", "external_id": format!("user-{at}"), "end_user": format!("{at}"),
        "credential": {"fields": {"api_key": API_KEY}},
    })
}

/// One of each kind in `dev`; the ids by what they are.
async fn one_of_each(moving: &Move) -> BTreeMap<&'static str, String> {
    let world = &moving.world;
    let mut made = BTreeMap::new();
    made.insert("oauth", world.connect("demo-oauth", "ana").await);
    made.insert("oauth1", world.connect("demo-oauth1", "ana").await);
    let kinds = [
        ("key", "demo-api-key", json!({"api_key": API_KEY})),
        ("basic", "demo-basic", json!({"username": USERNAME, "password": PASSWORD})),
        ("machine", "demo-machine", json!({})),
        ("off", "demo-api-key", json!({"api_key": API_KEY})),
    ];
    for (name, integration, fields) in kinds {
        let body = json!({
            "integration": integration, "end_user": "ben", "external_id": name, "credential": {"fields": fields},
            "disabled": name == "off",
        });
        made.insert(name, moving.create(body).await);
    }
    let dead =
        json!({"integration": "demo-oauth", "end_user": "ben", "external_id": "dead", "needs_reauth": true});
    made.insert("dead", moving.create(dead).await);
    let said = json!({"external_id": "user/1 @a", "display_name": "Ana", "tags": {"team": "crm"}, "metadata": {"plan": "pro"}});
    let path = format!("/v1/connections/{}", made["oauth"]);
    assert_eq!(world.rest("PATCH", &path).json(&said).send().await.unwrap().status(), 200);
    made
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_exported_is_opened_by_stock_tools_and_works_elsewhere() {
    let kinds = ["demo-oauth", "demo-oauth1", "demo-api-key", "demo-basic", "demo-machine"];
    let moving = Move::start(&kinds).await;
    let had = one_of_each(&moving).await;
    let asked = moving.world.token_requests("refresh_token");
    let (recipient, sealed) = (moving.recipient(), moving.file("sealed"));
    let (code, said) = moving.latchkey("here", &["export", "--recipient", &recipient, "--to", &sealed]).await;
    assert!(code == Some(0) && said.contains("7 connections were exported"), "{said}");
    assert_eq!(moving.world.token_requests("refresh_token"), asked, "nothing is refreshed for it");
    let file = std::fs::read(&sealed).unwrap();
    assert!(!file.windows(CANARY.len()).any(|bytes| bytes == CANARY.as_bytes()), "nothing is in the clear");

    // Each credential that was given is in its connection's history, and accounted for.
    for (name, id) in &had {
        let history = moving.world.backend().explain(id).await.unwrap().history;
        let exported = history.iter().find(|entry| entry.event == "connection.credential_revealed");
        assert_eq!(exported.is_some(), *name != "dead", "{name}");
        assert!(
            exported
                .is_none_or(|entry| entry.summary == "The credential was exported." && !entry.by.is_empty())
        );
    }
    let holders =
        latchkey_testkit::pb::admin::WhoHoldsRequest { connection_id: had["oauth"].clone(), generation: 0 };
    let mut accounted = false;
    for _ in 0..100 {
        let held = moving.world.backend().audit().who_holds(holders.clone()).await.unwrap().into_inner();
        accounted = held.holders.iter().any(|holder| holder.way == "CREDENTIAL");
        if accounted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(accounted, "an export is a read like any other");

    let (whole, lines) = moving.opened("sealed");
    assert!(whole);
    std::fs::write(moving.file("lines"), &lines).unwrap();
    let (code, ran) = moving.import("run", "lines", &["--yes"]).await;
    assert!(code == Some(0) && ran.contains("7 imported"), "{ran}");
    let moved = moving.moved().await;
    assert_eq!(moved.len(), 7);
    let ana = &moved["user/1 @a"];
    assert_eq!(
        (&ana["display_name"], &ana["tags"]["team"], &ana["metadata"]["plan"]),
        (&json!("Ana"), &json!("crm"), &json!("pro"))
    );
    let text = String::from_utf8(lines).unwrap();
    let mut written = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let written = written.find(|line| line["external_id"] == "user/1 @a").unwrap();
    let obtained = &written["credential"]["obtain_time"];
    assert!(obtained.is_string() && *obtained == ana["credential"]["obtain_time"], "{obtained} {ana}");
    assert_eq!(moved["dead"]["state"], "CONNECTION_STATE_NEEDS_REAUTH");
    assert!(
        moved.contains_key(&format!("formerly/{}", had["oauth1"])),
        "one without an external id is known by its id"
    );

    let (code, cut) = moving.import("cutover", "lines", &["--yes"]).await;
    assert!(code == Some(0) && cut.contains("5 taken over"), "{cut}");
    assert_eq!(
        moving.moved().await["off"]["state"],
        "CONNECTION_STATE_DISABLED",
        "it was switched off before"
    );
    for (external_id, path) in [("user/1 @a", "/me"), ("key", "/keyed/me"), ("basic", "/basic/me")] {
        let token = moving.there.token(moved[external_id]["id"].as_str().unwrap()).await.unwrap();
        assert_eq!(moving.world.call_api(path, &token.headers).await, 200, "{external_id}");
    }
    let machine = moving.there.token(moved["machine"]["id"].as_str().unwrap()).await.unwrap();
    assert_eq!(moving.world.call_api("/me", &machine.headers).await, 200);
    moving.world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_that_is_cut_or_not_allowed_comes_to_nothing() {
    let moving = Move::start(&["demo-api-key"]).await;
    for at in 0..20 {
        let mut line = key_line(at);
        line["metadata"] = json!({"long": "x".repeat(8000)});
        moving.create(line).await;
    }
    let (recipient, sealed) = (moving.recipient(), moving.file("sealed"));
    let export = ["export", "--recipient", &recipient, "--to", &sealed];
    assert_eq!(moving.latchkey("here", &export).await.0, Some(0));
    let (code, again) = moving.latchkey("here", &export).await;
    assert!(code == Some(1) && again.contains("is there already"), "{again}");

    // Two chunks: the first opens without the second, and its lines are still refused.
    let file = std::fs::read(&sealed).unwrap();
    assert!(file.len() > 2 * 64 * 1024);
    std::fs::write(moving.file("cut"), &file[..file.len() - 100]).unwrap();
    let (whole, some) = moving.opened("cut");
    assert!(!whole, "stock tools refuse it too");
    assert!(!some.is_empty());
    std::fs::write(moving.file("some"), &some).unwrap();
    let ends_on_a_line = some.iter().rposition(|&byte| byte == b'\n').unwrap();
    std::fs::write(moving.file("lines"), &some[..=ends_on_a_line]).unwrap();
    for name in ["some", "lines"] {
        let (code, refused) = moving.import("run", name, &["--yes"]).await;
        assert!(code == Some(1) && refused.contains("is cut short"), "{refused}");
    }
    let (code, refused) = moving.import("run", "sealed", &["--yes"]).await;
    assert!(code == Some(1) && refused.contains("age --decrypt"), "{refused}");
    assert!(moving.moved().await.is_empty());

    let reader = moving.world.backend_for("dev", "connections:read").await;
    std::fs::write(moving.file("reader"), reader.shown_key()).unwrap();
    let other = moving.file("other");
    let (code, refused) =
        moving.latchkey("reader", &["export", "--recipient", &recipient, "--to", &other]).await;
    assert!(code == Some(1) && refused.contains("credentials:read"), "{refused}");
    assert!(!std::path::Path::new(&other).exists());
    moving.world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_killed_goes_on_and_makes_nothing_twice() {
    const LINES: usize = 150;
    let moving = Move::start(&["demo-api-key"]).await;
    moving.write("lines", &(0..LINES).map(key_line).collect::<Vec<_>>());
    let (url, key, file) = (moving.world.url("/"), moving.file("there"), moving.file("lines"));
    let (mut kills, mut before) = (0, 0);
    for _ in 0..3 {
        let mut program = Command::new(binary("latchkey"))
            .args(["import", "jsonl", "run", &file, "--yes", "--url", &url, "--api-key-file", &key])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while moving.moved().await.len() < before + 10 && program.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        program.kill().unwrap();
        let ended = program.wait().unwrap();
        kills += usize::from(!ended.success());
        before = moving.moved().await.len();
    }
    assert!(kills > 0 && before < LINES, "{kills} kills, {before} made: it was never cut short");

    let (code, ran) = moving.import("run", "lines", &["--yes"]).await;
    assert!(code == Some(0) && ran.contains("here already") && ran.contains(" imported"), "{ran}");
    let moved = moving.moved().await;
    let wanted: BTreeSet<String> = (0..LINES).map(|at| format!("user-{at}")).collect();
    assert_eq!(moved.keys().cloned().collect::<BTreeSet<_>>(), wanted);
    assert!(moved.values().all(|one| one["credential"]["generation"] == 1));
    let (code, again) = moving.import("run", "lines", &["--yes"]).await;
    assert!(code == Some(0) && again.contains("150 here already"), "{again}");
    moving.world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_told_by_line_and_field_before_anything_is_done() {
    let moving = Move::start(&["demo-oauth", "demo-api-key"]).await;
    let token = "canary_token";
    moving.write(
        "lines",
        &[
            key_line(1),
            json!({"integration": "demo-oauth", "external_id": "a", "end_user": "u", "credential": {"fields": {"x": token}}}),
            key_line(1),
            json!({"integration": "elsewhere", "external_id": "b", "end_user": "u", "credential": {"access_token": token}}),
            json!({"integration": "demo-oauth", "external_id": "c", "end_user": "u", "credential": {"access_token": [token]}}),
            json!({"integration": "demo-api-key", "external_id": "d", "end_user": "u", "credential": {"fields": {}}}),
            json!({"integration": "demo-api-key", "external_id": "e", "end_user": "u", "tags": {"Not A Name": "x"},
                "credential": {"fields": {"api_key": token}}}),
        ],
    );
    let (code, dry) = moving.import("run", "lines", &[]).await;
    assert_eq!(code, Some(1), "{dry}");
    for told in [
        "line 2 (demo-oauth, a): failed: `credential.access_token` is missing",
        "line 3 (demo-api-key, user-1): failed: `external_id` is the same as in an earlier line",
        "line 4 (elsewhere, b): failed: `integration` is not here: create it first",
        "line 5: failed: `credential.access_token` must be text",
        "line 6 (demo-api-key, d): failed: `credential.fields.api_key` is missing",
        "5 failed, 2 to be imported",
        "Nothing was done: add --yes.",
    ] {
        assert!(dry.contains(told), "{told}\n{dry}");
    }
    assert!(moving.moved().await.is_empty());

    // What the server alone knows is told the same way; what is right is imported all the same.
    let (code, ran) = moving.import("run", "lines", &["--yes", "--json"]).await;
    assert_eq!(code, Some(1));
    let rows: Vec<Value> = ran.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let row = |line: usize| rows.iter().find(|row| row["line"] == line).unwrap();
    assert_eq!((&row(1)["became"], &row(7)["became"]), (&json!("imported"), &json!("failed")), "{ran}");
    assert_eq!(row(7)["field"], "tags", "{ran}");
    assert!(row(1)["connection"].as_str().unwrap().starts_with("con_"));
    assert_eq!(moving.moved().await.len(), 1);

    // In use from the start, what its provider refuses is not kept.
    moving.write("wrong", &[json!({"integration": "demo-api-key", "external_id": "f", "end_user": "u", "credential": {"fields": {"api_key": token}}})]);
    let (code, refused) = moving.import("run", "wrong", &["--yes", "--in-use"]).await;
    assert!(code == Some(1) && refused.contains("CREDENTIALS_REJECTED"), "{refused}");
    assert_eq!(moving.moved().await.len(), 1);
    moving.world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cutover_is_undone_until_the_first_refresh_here() {
    let moving = Move::start(&["demo-oauth"]).await;
    let ana = moving.world.connect("demo-oauth", "ana").await;
    let line = async || {
        let path = format!("/v1/connections/{ana}:credential");
        let had: Value = moving.world.rest("GET", &path).send().await.unwrap().json().await.unwrap();
        json!({"integration": "demo-oauth", "external_id": "ana", "end_user": "ana", "credential": {
            "access_token": had["access_token"], "refresh_token": had["refresh_token"], "expire_time": had["expire_time"],
        }})
    };
    moving.write("lines", &[line().await]);
    assert_eq!(moving.import("run", "lines", &["--yes"]).await.0, Some(0));
    let (code, dry) = moving.import("cutover", "lines", &[]).await;
    assert!(code == Some(0) && dry.contains("1 to be taken over"), "{dry}");

    // What had it goes on refreshing, so the file of then is old, and the file of now replaces it.
    moving.world.backend().new_token(&ana).await.unwrap();
    moving.write("lines", &[line().await]);
    let (code, ran) = moving.import("run", "lines", &["--yes", "--replace"]).await;
    assert!(code == Some(0) && ran.contains("1 replaced"), "{ran}");
    let (_, same) = moving.import("run", "lines", &["--yes", "--replace"]).await;
    assert!(same.contains("1 here already"), "{same}");

    // Cut between switching on and refreshing: undone, and done.
    let id = moving.moved().await["ana"]["id"].as_str().unwrap().to_owned();
    let enable = async || {
        moving
            .of_there("POST", &format!("/v1/connections/{id}:enable"))
            .json(&json!({}))
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(enable().await, 200);
    let (code, undone) = moving.import("cutover", "lines", &["--undo", "--yes"]).await;
    assert!(code == Some(0) && undone.contains("1 switched off"), "{undone}");
    assert_eq!(moving.moved().await["ana"]["state"], "CONNECTION_STATE_DISABLED");
    assert_eq!(enable().await, 200);
    let asked = moving.world.token_requests("refresh_token");
    let (code, cut) = moving.import("cutover", "lines", &["--yes"]).await;
    assert!(code == Some(0) && cut.contains("1 taken over"), "{cut}");
    assert_eq!(moving.world.token_requests("refresh_token"), asked + 1);

    let (_, again) = moving.import("cutover", "lines", &["--yes"]).await;
    assert!(again.contains("1 taken over"), "{again}");
    assert_eq!(moving.world.token_requests("refresh_token"), asked + 1, "once is enough");
    let (_, kept) = moving.import("cutover", "lines", &["--undo", "--yes"]).await;
    assert!(kept.contains("1 refreshed here already, so it stays"), "{kept}");
    let token = moving.there.token(&id).await.unwrap();
    assert_eq!(moving.world.call_api("/me", &token.headers).await, 200);
    moving.world.finish().await;
}
