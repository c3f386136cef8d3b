//! What is sent to whoever helps holds what they need, no secret, and nothing of end users.

use flate2::read::GzDecoder;
use latchkey_testkit::{Canary, World};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use tar::Archive;

/// As a backend names its user. It is in the database, and nowhere else.
const PERSON: &str = "ana.private-77";

/// What was written into a log by us, by a shell, and by a proxy in front, with all that must not be passed on.
const LOG: &str = r#"{"timestamp":"2026-11-27T00:00:00Z","level":"WARN","target":"latchkey_vault::service","fields":{"message":"It began"}}
{"timestamp":"2026-11-27T00:00:01Z","level":"WARN","target":"latchkey_connect","fields":{"message":"Bearer canary_token_1 refused, for ana.private-77@example.com"}}
{"timestamp":"2026-11-27T00:00:02Z","level":"WARN","target":"latchkey_connect","fields":{"message":"GET /oauth/callback?code=canary_code&state=canary_state"}}
{"timestamp":"2026-11-27T00:00:03Z","level":"WARN","target":"proxy_in_front","fields":{"message":"canary_3 ana.private-77"}}
export LATCHKEY_API_KEY=canary_4
"#;

fn entries(file: &str) -> BTreeMap<String, String> {
    let mut archive = Archive::new(GzDecoder::new(fs::File::open(file).unwrap()));
    let mut entries = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().strip_prefix("latchkey-support").unwrap().display().to_string();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        entries.insert(name, text);
    }
    entries
}

fn parsed(entries: &BTreeMap<String, String>, name: &str) -> Value {
    serde_json::from_str(&entries[name]).unwrap_or_else(|error| panic!("{name}: {error}\n{}", entries[name]))
}

/// Settings with a secret wherever one can stand.
fn other_settings(folder: &Path) -> String {
    let file = folder.join("other.toml");
    let text = "[database]\nurl = \"postgres://latchkey:canary_password@db/latchkey?password=canary_2\"\n\
                [connect.login]\nclient_secret = \"canary_3\"\n\
                [nats]\nurl = \"nats://user:canary_4@nats:4222\"\n";
    fs::write(&file, text).unwrap();
    file.display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bundle_says_what_is_inside_and_holds_no_secret_and_nobodys_name() {
    let mut world = World::start().await;
    world.connect("demo-oauth", PERSON).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(at("log"), LOG).unwrap();
    let (to, settings, log) = (at("bundle.tar.gz"), other_settings(folder.path()), at("log"));
    let mut command = vec!["support-bundle", "--to", &to, "--settings", &settings, "--log", &log];
    let ops = world.ops();
    ops.iter().for_each(|url| command.extend(["--ops", url]));
    let ended = world.operate(&command).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);

    let entries = entries(&to);
    let mut secrets = Canary::new();
    secrets.also(world.backend().shown_key(), "the API key");
    secrets.also(PERSON, "an end user");
    let whole: String = entries.values().map(String::as_str).collect();
    assert_eq!(secrets.found_in(whole.as_bytes()), Vec::<String>::new());

    let manifest = parsed(&entries, "manifest.json");
    let told: Vec<&str> =
        manifest["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect();
    let there: Vec<&str> =
        entries.keys().map(String::as_str).filter(|name| *name != "manifest.json").collect();
    let mut sorted = told.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, there);
    assert!(parsed(&entries, "doctor.json").as_array().unwrap().len() > 3);
    assert_eq!(parsed(&entries, "keys.json")[0]["environment"], "dev");
    let counts = parsed(&entries, "connections.json");
    assert_eq!(
        (&counts[0]["integration"], &counts[0]["count"]),
        (&"demo-oauth".into(), &1.into()),
        "{counts}"
    );
    assert_eq!(parsed(&entries, "migrations.json")["known"][0]["applied"], true);
    assert!(parsed(&entries, "incidents.json").is_array());
    assert!(entries["metrics-0.txt"].contains("latchkey_build_info"), "{}", entries["metrics-0.txt"]);
    assert!(parsed(&entries, "ready-0.json")["checks"].is_object(), "{}", entries["ready-0.json"]);
    assert!(entries["settings-1.json"].contains("@db/latchkey"), "{}", entries["settings-1.json"]);
    assert!(entries["log-0.jsonl"].contains("It began") && entries["log-0.jsonl"].contains("\"left_out\":2"));

    let again = world.operate(&["support-bundle", "--to", &to]).await;
    assert!(again.code == Some(1) && again.said.contains("cannot be written"), "{}", again.said);
    // It is made when things are broken, too.
    world.lose_database().await;
    let broken = at("broken.tar.gz");
    let ended = world.operate(&["support-bundle", "--to", &broken, "--ops", &ops[0]]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let entries = self::entries(&broken);
    assert!(entries["database.json"].contains("not_known"), "{}", entries["database.json"]);
    assert!(!entries["metrics-0.txt"].is_empty());
}
