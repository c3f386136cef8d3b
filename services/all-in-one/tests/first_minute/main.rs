//! The first minute with Latchkey, as a stranger spends it: one command for a server, and a few more to see an account
//! connected, a token handed out, broken and repaired.

#![allow(clippy::unwrap_used)] // A test that panics has failed, in its helping functions too.

mod server;

use server::{Place, program, said};
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// The connection's state, as a program reads it.
fn state(place: &Place, connection: &str) -> serde_json::Value {
    serde_json::from_str(&place.ask(&["connection", "get", connection, "--json"])).unwrap()
}

#[test]
fn an_account_is_connected_used_broken_and_repaired() {
    let place = Place::new();
    let server = place.start(&[]);

    let connection = place.ask(&["demo", "connect"]);
    assert!(connection.starts_with("con_") && connection.lines().count() == 1, "{connection}");
    let first = place.ask(&["token", "get", &connection]);
    assert_eq!(
        place.ask(&["token", "get", &connection, "--header"]),
        format!("Authorization: Bearer {first}")
    );
    assert_ne!(place.ask(&["token", "get", &connection, "--force-refresh"]), first);
    assert_eq!(state(&place, &connection)["credential"]["generation"], 2);

    let token = place.ask(&["token", "get", &connection]);
    let call = ["proxy", "GET", "/me", "--connection", &connection, "--header", "x-note:mine"];
    assert!(place.ask(&call).starts_with('{'));
    let told = place.ask(&[&call[..], &["--dry-run"]].concat());
    assert!(told.contains("[redacted]") && told.contains("mine") && !told.contains(&token), "{told}");

    place.ask(&["demo", "revoke", &connection]);
    assert_eq!(state(&place, &connection)["state"], "NEEDS_REAUTH");
    let refusal = place.refused(&["token", "get", &connection]);
    assert!(refusal.contains("REAUTH_REQUIRED") && refusal.contains("GRANT_REVOKED"), "{refusal}");
    let explanation = place.ask(&["connection", "explain", &connection]);
    assert!(explanation.contains("END_USER") && explanation.contains("reconnect link"), "{explanation}");

    assert_eq!(place.ask(&["demo", "connect", "--reconnect", &connection]), connection);
    assert_eq!(state(&place, &connection)["state"], "ACTIVE");
    place.ask(&["token", "get", &connection]);

    place.ask(&["connection", "delete", &connection]);
    assert_eq!(state(&place, &connection)["state"], "DELETED");
    assert!(server.stop().0.success());
}

#[test]
fn every_demo_can_be_connected() {
    let place = Place::new();
    let _server = place.start(&[]);
    for (integration, header) in [
        ("demo-api-key", "X-Demo-Key: "),
        ("demo-basic", "Authorization: Basic "),
        ("demo-machine", "Authorization: Bearer "),
    ] {
        let connection = place.ask(&["demo", "connect", "--integration", integration, "--end-user", "ana"]);
        let sent = place.ask(&["token", "get", &connection, "--header"]);
        assert!(sent.starts_with(header), "{integration}: {sent}");
    }
    let listed = place.ask(&["connection", "list", "--end-user", "ana", "--state", "active"]);
    assert_eq!(listed.lines().count(), 4, "{listed}");
}

#[test]
fn the_whole_way_is_rehearsed_and_nothing_is_left_of_it() {
    let place = Place::new();
    let server = place.start(&["--no-demo"]);
    let nothing_is_left = || {
        assert_eq!(place.ask(&["integration", "list", "--json"]), "[]");
        let left = place.ask(&["connection", "list", "--state", "active", "--json"]);
        assert!(left.trim().is_empty() || left == "[]", "{left}");
    };
    let told = place.ask(&["connect", "rehearse", "--vault", &server.env["LATCHKEY_GRPC"]]);
    assert!(told.starts_with("connected, read, deleted, gone (") && told.lines().count() == 1, "{told}");
    nothing_is_left();

    // Where the pages are out of reach, an integration is there already, and goes again.
    let refusal = place.refused(&["connect", "rehearse", "--url", "http://127.0.0.1:1"]);
    assert!(refusal.contains("no account could be connected: connect does not answer"), "{refusal}");
    nothing_is_left();
    let refusal = place.refused(&["connect", "rehearse", "--provider", "nope"]);
    assert!(refusal.contains("PROVIDER_UNKNOWN"), "{refusal}");
}

#[test]
fn an_outage_of_the_provider_is_not_the_end_users_turn() {
    let place = Place::new();
    let _server = place.start(&[]);
    let connection = place.ask(&["demo", "connect"]);

    place.ask(&["demo", "outage", "--for", "1h"]);
    let refusal = place.refused(&["token", "get", &connection, "--force-refresh"]);
    assert!(refusal.contains("PROVIDER_UNAVAILABLE"), "{refusal}");
    assert_eq!(state(&place, &connection)["state"], "DEGRADED");
    // What is left of the present token still works.
    place.ask(&["token", "get", &connection]);

    place.ask(&["demo", "outage", "--off"]);
    let began = Instant::now();
    while state(&place, &connection)["state"] != "ACTIVE" {
        assert!(began.elapsed() < Duration::from_secs(30), "it does not recover");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn what_happened_is_told_in_order_one_line_each() {
    let place = Place::new();
    let server = place.start(&[]);
    let connection = place.ask(&["demo", "connect"]);
    place.ask(&["demo", "revoke", &connection]);
    let mut tail = program()
        .args(["events", "tail", "--from", "start", "--data"])
        .arg(place.data())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(tail.stdout.take().unwrap()));
    let mut next = || lines.next().unwrap().unwrap();
    assert_eq!(next(), format!("connection.dev.demo-oauth.created {connection}"));
    assert_eq!(
        next(),
        format!("connection.dev.demo-oauth.failed REAUTH_REQUIRED/GRANT_REVOKED owner=END_USER {connection}")
    );
    tail.kill().unwrap();
    tail.wait().unwrap();
    assert!(server.stop().0.success());
}

#[test]
fn everything_is_there_again_after_a_restart() {
    let place = Place::new();
    let server = place.start(&[]);
    let connection = place.ask(&["demo", "connect"]);
    let key = server.env["LATCHKEY_API_KEY"].clone();
    assert!(server.stop().0.success());
    assert!(!place.data().join("dev.env").exists(), "it says that a server is ready");

    let server = place.start(&[]);
    assert_eq!(server.env["LATCHKEY_API_KEY"], key);
    place.ask(&["token", "get", &connection, "--force-refresh"]);
    let integrations = place.ask(&["integration", "list"]);
    assert_eq!(integrations.lines().count(), 7, "{integrations}");
    assert_eq!(place.ask(&["key", "list"]).lines().count(), 2);
}

#[test]
fn a_revoked_key_is_replaced_at_the_next_start() {
    let place = Place::new();
    let server = place.start(&["--no-demo"]);
    let keys: serde_json::Value = serde_json::from_str(&place.ask(&["key", "list", "--json"])).unwrap();
    place.ask(&["key", "revoke", keys[0]["id"].as_str().unwrap()]);
    let revoked = server.env["LATCHKEY_API_KEY"].clone();
    assert!(server.stop().0.success());

    let server = place.start(&["--no-demo"]);
    assert_ne!(server.env["LATCHKEY_API_KEY"], revoked);
    place.ask(&["connection", "list"]);
}

#[test]
fn it_greets_with_what_is_true_and_tells_scripts_where_it_is() {
    let place = Place::new();
    let server = place.start(&["--no-demo"]);
    let env = server.env.clone();
    for name in ["LATCHKEY_URL", "LATCHKEY_GRPC", "LATCHKEY_OPS", "LATCHKEY_DASHBOARD_LOGIN"] {
        assert!(env[name].starts_with("http://127.0.0.1:"), "{name}");
    }
    assert_eq!(env["LATCHKEY_ENVIRONMENT"], "dev");
    let (status, greeting) = server.stop();
    assert!(status.success());
    for told in [&env["LATCHKEY_URL"], &env["LATCHKEY_OPS"], &env["LATCHKEY_API_KEY"]] {
        assert!(greeting.contains(told.as_str()), "{greeting}");
    }
    assert!(!greeting.contains("demo"), "{greeting}");
}

#[test]
fn a_deletion_and_all_that_was_recorded_are_checked_when_the_server_is_gone() {
    let place = Place::new();
    let server = place.start(&[]);
    let connection = place.ask(&["demo", "connect"]);
    place.ask(&["connection", "delete", &connection]);
    let keep = |name: &str, text: &str| {
        let file = place.data().join(name);
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    };
    let receipt = place.ask(&["receipt", "get", &connection]);
    let keys = keep("keys.txt", &place.ask(&["audit", "keys"]));
    let began = Instant::now();
    let exported = loop {
        let exported = place.ask(&["audit", "export", "--environment", "dev"]);
        if exported.contains("connection.revoked") {
            break exported;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "it is not chained: {exported}");
        std::thread::sleep(Duration::from_millis(500));
    };
    let root = keep("root.json", &place.ask(&["audit", "root"]));
    let refusal = place.refused(&["audit", "export", "--environment", "prod"]);
    assert!(refusal.contains("not `prod`"), "{refusal}");
    assert!(server.stop().0.success());

    let file = keep("receipt.json", &receipt);
    assert_eq!(place.ask(&["receipt", "verify", &file, "--key", &keys]), "valid");
    let forged = keep("forged.json", &receipt.replace(&connection, "con_01J00000000000000000000000"));
    let refusal = place.refused(&["receipt", "verify", &forged, "--key", &keys]);
    assert!(refusal.contains("something in it was changed"), "{refusal}");

    let file = keep("audit.jsonl", &exported);
    assert_eq!(place.ask(&["audit", "verify", &file]), "consistent");
    assert_eq!(place.ask(&["audit", "verify", &file, "--key", &keys, "--root", &file]), "valid");
    let (before_last, _) = exported.trim_end().rsplit_once('\n').unwrap();
    let cut = keep("cut.jsonl", before_last.rsplit_once('\n').unwrap().0);
    let refusal = place.refused(&["audit", "verify", &cut, "--key", &keys, "--root", &root]);
    assert!(refusal.contains("cut off"), "{refusal}");
    let nothing = place.refused(&["audit", "verify", &file, "--root", &keys]);
    assert!(nothing.contains("holds no root"), "{nothing}");
}

#[test]
fn what_there_is_to_connect_to_is_known_without_a_server() {
    let place = Place::new();
    let listed = place.ask(&["provider", "list", "--format", "json"]);
    let listed: Vec<serde_json::Value> = serde_json::from_str(&listed).unwrap();
    assert!(listed.len() >= 900, "{}", listed.len());
    let github = listed.iter().find(|provider| provider["id"] == "github").unwrap();
    assert_eq!((&github["name"], &github["type"]), (&"GitHub".into(), &"OAUTH2".into()));
    assert!(github["categories"].as_array().unwrap().contains(&"dev-tools".into()));
    let shown = place.ask(&["provider", "show", "github"]);
    assert!(shown.contains("https://github.com/login/oauth/access_token"), "{shown}");
    let refusal = place.refused(&["provider", "show", "githup"]);
    assert!(refusal.contains("githup") && refusal.contains("github"), "{refusal}");
}

#[test]
fn bad_input_is_answered_with_what_to_do() {
    let place = Place::new();
    let nobody = place.refused(&["connection", "list"]);
    assert!(nobody.contains("start `latchkey dev`"), "{nobody}");

    let server = place.start(&[]);
    for (arguments, told) in [
        (&["token", "get", "con_nope"][..], "FIELD_INVALID"),
        (&["connection", "get", "con_01J00000000000000000000000"], "CONNECTION_UNKNOWN"),
        (&["connect", "link", "--integration", "nope", "--end-user", "me"], "INTEGRATION_UNKNOWN"),
        (&["provider", "show", "nope"], "PROVIDER_UNKNOWN"),
        (&["integration", "create", "--key", "x", "--provider", "nope"], "PROVIDER_UNKNOWN"),
        (&["events", "tail", "--from", "nonsense"], "RESUME_TOKEN_INVALID"),
    ] {
        let refusal = place.refused(arguments);
        assert!(refusal.contains(told), "{arguments:?}: {refusal}");
    }
    drop(server);
    let gone = place.refused(&["connection", "list"]);
    assert!(gone.contains("is `latchkey dev` running?"), "{gone}");
}

#[test]
fn a_port_in_use_is_named_with_the_option_to_change() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::new();
    let output = program().args(["dev", "--http", &address, "--data"]).arg(place.data()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let refusal = said(&output.stderr);
    assert!(refusal.contains(&address) && refusal.contains("--http"), "{refusal}");
    assert!(!place.data().exists(), "nothing is left behind");
}

#[test]
fn a_first_key_is_made_without_a_server() {
    let place = Place::new();
    assert!(place.start(&["--no-demo"]).stop().0.success());
    let file = place.data().join("latchkey.toml");
    let folder = place.data().display().to_string();
    let settings = format!(
        "public_url = \"http://127.0.0.1:1\"\n[database]\nurl = \"sqlite:{folder}/latchkey.db\"\n[keys]\nkek = \"file://{folder}/kek\"\n"
    );
    std::fs::write(&file, &settings).unwrap();
    let path = file.to_str().unwrap();
    let create = [
        "key",
        "create",
        "--config",
        path,
        "--environment",
        "prod",
        "--name",
        "first",
        "--scopes",
        "keys:admin",
    ];
    let key = place.ask(&create);
    assert!(key.starts_with("lk_prod_") && key.lines().count() == 1, "not a key of prod");

    std::fs::write(&file, format!("wrong = 1\n{settings}")).unwrap();
    let output = program().args(["serve", "--config", path]).output().unwrap();
    let refusal = said(&output.stderr);
    assert!(!output.status.success() && refusal.contains("`wrong`"), "{refusal}");
}
