//! The commands of whoever operates an installation: `doctor`, `migrate`, `config`. Each says what is wrong and what to do,
//! and shows no password.

use latchkey_testkit::{Ended, Topology, World, free_port, run};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tempfile::TempDir;

fn written(folder: &TempDir, settings: &str) -> String {
    let file = folder.path().join("latchkey.toml");
    fs::write(&file, settings).unwrap();
    file.display().to_string()
}

fn with_key() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    key_file(&folder.path().join("kek"));
    folder
}

fn key_file(path: &Path) {
    fs::write(path, [7; 32]).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o400)).unwrap();
}

fn settings(folder: &TempDir, database: &str) -> String {
    let kek = folder.path().join("kek");
    format!(
        "public_url = \"http://127.0.0.1:{}\"\n[listen]\nhttp = \"127.0.0.1:{}\"\ngrpc = \"127.0.0.1:{}\"\nops = \"127.0.0.1:{}\"\n\
         [database]\n{database}\n[keys]\nkek = \"file://{}\"\n",
        free_port(),
        free_port(),
        free_port(),
        free_port(),
        kek.display()
    )
}

fn sqlite(folder: &TempDir) -> String {
    format!("url = \"sqlite:{}\"", folder.path().join("latchkey.db").display())
}

fn says(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said);
    for word in words {
        assert!(ended.said.contains(word), "`{word}` is not said:\n{}", ended.said);
    }
    assert!(!ended.said.contains("canary"), "a secret is said:\n{}", ended.said);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctor_finds_nothing_failing_with_a_world_that_works() {
    let world = World::start().await;
    world.connect("demo-oauth", "ana").await;
    let ended = world.operate(&["doctor", "--json"]).await;
    says(&ended, 0, &[]);
    let findings: Vec<Value> = serde_json::from_str(ended.said.trim()).unwrap();
    let status = |check: &str| -> Vec<&str> {
        let of_this = findings.iter().filter(|finding| finding["check"] == check);
        of_this.map(|finding| finding["status"].as_str().unwrap()).collect()
    };
    assert_eq!(status("schema"), ["ok"], "{findings:?}");
    // There and back, and one alone is worth a warning.
    assert_eq!(status("keys"), ["ok", "warning"], "{findings:?}");
    if world.topology() == Topology::Many {
        for check in ["database", "database rights", "clock", "nats", "certificate"] {
            assert_eq!(status(check), ["ok"], "{check}: {findings:?}");
        }
        world.metric_until("latchkey_clock_skew_seconds", "", |skew| skew.abs() < 5.0).await;
    }
    it_shows_when_the_schema_is_another_than_the_one_it_started_on(&world).await;
    world.finish().await;
}

/// As after a restore by other means, and while versions are mixed.
async fn it_shows_when_the_schema_is_another_than_the_one_it_started_on(world: &World) {
    let last = "(SELECT MAX(version) FROM _sqlx_migrations)";
    let later = format!("UPDATE _sqlx_migrations SET version = 29990101000000 WHERE version = {last}");
    assert_eq!(world.meddle(&later).await, 1);
    for name in ["latchkey_migrations_pending", "latchkey_migrations_ahead"] {
        world.metric_until(name, "", |found| found >= 1.0).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctor_names_each_thing_that_does_not_work_with_its_remedy() {
    let folder = with_key();
    let unreachable =
        format!("url = \"postgres://latchkey:canary_password@127.0.0.1:{}/latchkey\"", free_port());
    let text = settings(&folder, &unreachable)
        + "allow_file = true\n[nats]\nurl = \"nats://127.0.0.1:1\"\n[tls]\ncertificate = \"/nowhere/tls.crt\"\n\
           key = \"/nowhere/tls.key\"\n";
    let file = written(&folder, &text);
    let egress = format!("http://127.0.0.1:{}/", free_port());
    let ended = run("latchkey", &["doctor", "--config", &file, "--egress", &egress]).await;
    let told = [
        "FAILING  database:",
        "cannot reach",
        "Check database.url",
        "FAILING  nats:",
        "Check nats.url",
        "FAILING  certificate:",
        "/nowhere/tls.crt",
        "warning  public_url:",
        "warning  egress:",
        "checks fail",
    ];
    says(&ended, 1, &told);
    assert!(ended.said.contains("ok       keys:"), "{}", ended.said);

    fs::remove_file(folder.path().join("kek")).unwrap();
    let ended = run("latchkey", &["doctor", "--config", &file]).await;
    says(&ended, 1, &["FAILING  keys:", "there is no key file"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_starts_on_a_schema_that_is_left_to_somebody_else_before_it_is_there() {
    let folder = with_key();
    let text = settings(&folder, &(sqlite(&folder) + "\nmigrations = \"job\""));
    let file = written(&folder, &text);
    let config = ["--config", file.as_str()];
    let command = async |words: &[&str]| run("latchkey", &[words, &config].concat()).await;
    says(&command(&["migrate", "status"]).await, 1, &["there is no SQLite file"]);
    says(&command(&["keys", "status"]).await, 1, &["are not applied", "latchkey migrate up"]);
    says(&command(&["serve"]).await, 1, &["are not applied", "latchkey migrate up"]);
    let plan = ["-- 20260901120000 create events", "CREATE TABLE events", "migrations would be applied"];
    says(&command(&["migrate", "plan"]).await, 0, &plan);
    says(&command(&["migrate", "up"]).await, 0, &["20260901120000", "create events", "applied"]);
    says(&command(&["migrate", "status"]).await, 0, &["applied"]);
    says(&command(&["migrate", "plan"]).await, 0, &["0 migrations would be applied"]);
    says(&command(&["migrate", "up"]).await, 0, &["applied"]);
    says(&command(&["keys", "status"]).await, 0, &[]);
    let wrong = written(&folder, &text.replace("job", "sometimes"));
    says(
        &run("latchkey", &["migrate", "up", "--config", &wrong]).await,
        1,
        &["database.migrations", "manual"],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_unsafe_is_started_and_what_to_do_is_said() {
    let folder = with_key();
    let server = format!("url = \"postgres://latchkey:canary_password@127.0.0.1:{}/latchkey\"", free_port());
    let file = written(&folder, &settings(&folder, &server));
    let refused = ["`keys.kek` is a file", "keys.allow_file = true"];
    says(&run("latchkey", &["config", "check", &file]).await, 1, &refused);
    says(&run("latchkey", &["serve", "--config", &file]).await, 1, &refused);
    says(&run("latchkey", &["doctor", "--config", &file]).await, 1, &refused);

    // As `latchkey dev` leaves its folder.
    fs::write(folder.path().join("dev.env"), "").unwrap();
    let file = written(&folder, &settings(&folder, &sqlite(&folder)));
    let refused = ["the key of `latchkey dev`", "head -c 32 /dev/urandom"];
    says(&run("latchkey", &["config", "check", &file]).await, 1, &refused);
    says(&run("latchkey", &["serve", "--config", &file]).await, 1, &refused);
    fs::remove_file(folder.path().join("dev.env")).unwrap();
    says(&run("latchkey", &["config", "check", &file]).await, 0, &["is as it should be"]);

    // Others reach it: that is no trial any more.
    let reached =
        settings(&folder, &sqlite(&folder)).replace("http://127.0.0.1", "https://connect.example.com");
    let file = written(&folder, &reached);
    let refused = ["`keys.kek` is a file", "`public_url`", "keys.allow_file = true"];
    says(&run("latchkey", &["config", "check", &file]).await, 1, &refused);
    says(&run("latchkey", &["serve", "--config", &file]).await, 1, &refused);
    says(&run("latchkey", &["doctor", "--config", &file]).await, 1, &refused);
    let file = written(&folder, &(reached + "allow_file = true\n"));
    says(&run("latchkey", &["config", "check", &file]).await, 0, &["is as it should be", "latchkey doctor"]);

    let public = written(
        &folder,
        &settings(&folder, &sqlite(&folder)).replace("http://127.0.0.1", "http://example.com"),
    );
    says(&run("latchkey", &["config", "check", &public]).await, 1, &["public_url", "use https"]);
    let other = run("latchkey", &["config", "check", &public, "--program", "vault"]).await;
    says(&other, 1, &["unknown key `public_url`"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_set_is_shown_with_its_origin_and_without_its_password() {
    let folder = with_key();
    let server = "url = \"postgres://latchkey:canary_password@db.example.com/latchkey\"";
    let file = written(&folder, &settings(&folder, server));
    let shown = run("latchkey", &["config", "show", &file, "--origin"]).await;
    says(&shown, 0, &["database.url", "postgres://latchkey:•••@db.example.com/latchkey", "keys.kek", &file]);
    says(&run("latchkey", &["config", "show", "/nowhere.toml"]).await, 1, &["/nowhere.toml"]);
}

/// Each is a mistake that the file alone tells: `config check` and the program itself say the same of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_a_program_refuses_are_not_as_they_should_be() {
    let folder = with_key();
    let serve = settings(&folder, &sqlite(&folder));
    let listen = "[listen]\ngrpc = \"127.0.0.1:0\"\ninternal = \"127.0.0.1:0\"\nops = \"127.0.0.1:0\"\n";
    let vault = format!("{listen}{}", &serve[serve.find("[database]").unwrap()..]);
    let route = "[vault]\nendpoint = \"https://vault:8443\"\n";
    let journal = "[journal]\npath = \"/nowhere\"\n";
    let proxy = "[listen]\nhttp = \"127.0.0.1:0\"\nops = \"127.0.0.1:0\"\n";
    let cases = [
        ("serve", serve.replace("grpc = ", "# "), "`listen.grpc` is not set"),
        ("serve", serve.replace("[listen]\n", "[listen]\ninternal = \"127.0.0.1:0\"\n"), "`listen.internal`"),
        ("serve", serve.replace("sqlite:", "mysql:"), "`database.url` begins with `mysql:`"),
        ("serve", serve.replace("file://", "pkcs11:"), "pkcs11:"),
        (
            "serve",
            serve.clone()
                + "allow_file = true\n[journal]\npath = \"/nowhere\"\npeers = [{ endpoint = \"https://x\" }]\n",
            "journal.peers",
        ),
        ("vault", vault.clone(), "`tls.peers`"),
        (
            "vault",
            vault.replace("internal = ", "# ") + "[vault]\ninsecure_peers = true\n",
            "`listen.internal` is not set",
        ),
        ("refresher", format!("{route}{journal}"), "`listen.ops` is not set"),
        ("refresher", format!("{}{journal}{proxy}", route.replace("https", "http")), "insecure = true"),
        ("proxy", format!("{route}{}", proxy.replace("http = ", "# ")), "`listen.http` is not set"),
        ("proxy", format!("{route}{proxy}grpc = \"127.0.0.1:0\"\n"), "proxy.insecure_authorization"),
        (
            "connect",
            format!("public_url = \"https://x.example.com\"\n{route}{proxy}"),
            "`listen.grpc` is not set",
        ),
    ];
    for (program, text, word) in cases {
        let file = written(&folder, &text);
        says(&run("latchkey", &["config", "check", &file, "--program", program]).await, 1, &[word]);
        let config = ["--config", file.as_str()];
        let ended = match program {
            "serve" => run("latchkey", &[&["serve"], &config[..]].concat()).await,
            _ if Topology::from_env() == Topology::One => continue,
            other => run(&format!("latchkey-{other}"), &config).await,
        };
        says(&ended, 1, &[word]);
        assert!(ended.said.lines().last().is_some_and(|last| last.starts_with("error: ")), "{}", ended.said);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_settings_to_begin_with_are_accepted_and_so_is_what_they_leave_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latchkey.toml").display().to_string();
    says(
        &run("latchkey", &["init", &file]).await,
        0,
        &["public_url", "keys.kek", "latchkey doctor --config"],
    );
    says(&run("latchkey", &["config", "check", &file]).await, 0, &["is as it should be"]);
    says(&run("latchkey", &["init", &file]).await, 1, &["cannot be written", "exists"]);

    let text = fs::read_to_string(&file).unwrap();
    let is_left_out = |line: &str| line.starts_with("# [") || line.contains(" = ");
    let lines = text.lines().map(|line| match line.strip_prefix("# ") {
        Some(setting) if is_left_out(line) && !setting.contains(", or ") => setting,
        _ => line,
    });
    let whole: String = lines.map(|line| format!("{line}\n")).collect();
    assert!(whole.contains("\nalso = [") && whole.contains("\n[[connect.login]]\n"), "{whole}");
    written(&folder, &whole);
    says(&run("latchkey", &["config", "check", &file]).await, 0, &["is as it should be"]);
}
