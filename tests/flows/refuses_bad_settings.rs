//! A process with settings that cannot work ends at once, and says which setting it is and what to do; never what is
//! secret in it.

use latchkey_testkit::pb::catalog::ListProvidersRequest;
use latchkey_testkit::{CANARY, Ended, Topology, World, free_port, reason, run};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_file_that_is_none_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let missing = serve(&folder, &settings(&folder)).await;
    refused(&missing, &["keys.kek", "there is no key file", "head -c 32 /dev/urandom"]);

    key_file(folder.path(), "kek", &[7; 16], 0o400);
    let short = serve(&folder, &settings(&folder)).await;
    refused(&short, &["keys.kek", "32 bytes", "put the original one back"]);

    key_file(folder.path(), "kek", &[7; 32], 0o644);
    let exposed = serve(&folder, &settings(&folder)).await;
    refused(&exposed, &["keys.kek", "may be read by others", "chmod 400"]);

    let unknown = settings(&folder).replace("file://", "vault://");
    refused(&serve(&folder, &unknown).await, &["keys.kek"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_setting_that_does_not_exist_or_is_missing_is_named() {
    let folder = with_key();
    let unknown = settings(&folder).replace("url =", "ulr =");
    refused(&serve(&folder, &unknown).await, &["database.ulr", "did you mean `url`?", "latchkey.toml"]);

    let nowhere = settings(&folder).replace("[keys]", "[kyes]");
    refused(&serve(&folder, &nowhere).await, &["kyes", "did you mean `keys`?"]);

    let without =
        settings(&folder).lines().filter(|line| !line.starts_with("kek")).collect::<Vec<_>>().join("\n");
    refused(&serve(&folder, &without).await, &["keys.kek", "missing", "LATCHKEY__KEYS__KEK"]);

    let port = settings(&folder).replace("http = ", "http = \"canary_\" # ");
    refused(&serve(&folder, &port).await, &["listen.http"]);

    refused(&serve(&folder, "listen = [").await, &["latchkey.toml", "line 1"]);
    let absent = run("latchkey", &["serve", "--config", "/nowhere/latchkey.toml"]).await;
    refused(&absent, &["/nowhere/latchkey.toml", "--config"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_not_there_is_refused_without_its_password() {
    let folder = with_key();
    let path = "sqlite:/nowhere/at/all/latchkey.db";
    let missing = with_database(&settings(&folder), path);
    refused(&serve(&folder, &missing).await, &["database.url", "/nowhere/at/all/latchkey.db"]);

    let garbage = folder.path().join("garbage.db");
    fs::write(&garbage, "this is not a database".repeat(1000)).unwrap();
    let garbage = with_database(&settings(&folder), &format!("sqlite:{}", garbage.display()));
    refused(&serve(&folder, &garbage).await, &["database.url"]);

    let unreachable = format!("postgres://latchkey:canary_password@127.0.0.1:{}/latchkey", free_port());
    let unreachable = with_database(&settings(&folder), &unreachable);
    refused(&serve(&folder, &unreachable).await, &["database.url"]);

    let other = with_database(&settings(&folder), "mysql://latchkey:canary_password@127.0.0.1/latchkey");
    refused(&serve(&folder, &other).await, &["database.url", "postgres://", "sqlite:"]);

    if Topology::from_env() == Topology::Many {
        let server = std::env::var("LATCHKEY_TEST_POSTGRES_URL").unwrap();
        let (server, _) = server.rsplit_once('/').unwrap();
        let absent = with_database(&settings(&folder), &format!("{server}/no_such_database"));
        refused(&serve(&folder, &absent).await, &["database.url", "no_such_database"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_does_not_speak_in_the_clear_unless_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let plain = format!(
        "[listen]\nops = \"127.0.0.1:{}\"\n[vault]\nendpoint = \"http://127.0.0.1:1\"\n",
        free_port()
    );
    let journal = format!("[journal]\npath = {:?}\n", folder.path().join("journal"));
    let file = folder.path().join("latchkey.toml");
    for (program, more) in [("latchkey-refresher", journal.as_str()), ("latchkey-proxy", "")] {
        fs::write(&file, format!("{plain}{more}")).unwrap();
        let ended = run(program, &["--config", &file.display().to_string()]).await;
        refused(&ended, &["not encrypted", "insecure = true"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refreshers_do_not_speak_to_each_other_in_the_clear_unless_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let plain = format!(
        "[listen]\nops = \"127.0.0.1:{}\"\ninternal = \"127.0.0.1:{}\"\n\
         [vault]\nendpoint = \"http://127.0.0.1:1\"\ninsecure = true\n[journal]\npath = {:?}\n",
        free_port(),
        free_port(),
        folder.path().join("journal")
    );
    let file = folder.path().join("latchkey.toml");
    for (more, named) in [
        ("", &["`listen.internal`", "`tls`", "journal.insecure_peers = true"][..]),
        ("peers = [{ endpoint = \"http://127.0.0.1:1\" }]\n", &["journal.peers[0]", "insecure = true"]),
    ] {
        fs::write(&file, format!("{plain}{more}")).unwrap();
        refused(&run("latchkey-refresher", &["--config", &file.display().to_string()]).await, named);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_file_with_a_mistake_is_named_and_stops_no_other() {
    let wrong = "catalog: 1\nid: wrong\nname: Wrong\nobtain: {type: nonsense}\n";
    let right = "id: right\nname: Right\ncategories: [crm]\nobtain: {type: none}\napply: {scheme: none}\n\
                 api: {base_url: \"https://api.example.com\"}\n";
    let world =
        World::builder().provider_file("wrong.yaml", wrong).provider_file("right.yaml", right).start().await;
    let listed = world.backend().providers().list_providers(ListProvidersRequest::default()).await.unwrap();
    let is_listed = |id: &str| listed.get_ref().providers.iter().any(|provider| provider.id == id);
    assert!(is_listed("right") && is_listed("demo-oauth") && !is_listed("wrong"));
    assert!(world.said("wrong.yaml") && world.said("obtain.type"), "the log names file and field");
    world.finish().await;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.yaml");
    fs::write(&file, wrong).unwrap();
    let ended = run("latchkey", &["provider", "lint", &file.display().to_string()]).await;
    refused(&ended, &["wrong.yaml", "obtain.type"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_file_of_another_installation_opens_nothing_and_spoils_nothing() {
    if Topology::from_env() == Topology::Many {
        // There the key is at a key service, which has its own tests in `crates/envelope`.
        return;
    }
    let mut world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let kept = world.swap_key_file(None);
    world.restart().await;
    let refusal = world.backend().token(&connection).await.unwrap_err();
    assert_eq!((refusal.code(), reason(&refusal).as_str()), (tonic::Code::Unavailable, "KEY_UNAVAILABLE"));
    assert!(refusal.message().contains("operator"), "{refusal:?}");

    let _another = world.swap_key_file(Some(&kept));
    world.restart().await;
    let token = world.backend().token(&connection).await.unwrap();
    assert_eq!((token.generation, world.call_api("/me", &token.headers).await), (1, 200));
    world.finish().await;
}

fn with_key() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    key_file(folder.path(), "kek", &[7; 32], 0o400);
    folder
}

/// What would work, with a key file.
fn settings(folder: &TempDir) -> String {
    let [http, grpc, ops] = [(); 3].map(|()| free_port());
    let folder = folder.path().display();
    format!(
        "public_url = \"http://127.0.0.1:{http}\"\n\
         [listen]\nhttp = \"127.0.0.1:{http}\"\ngrpc = \"127.0.0.1:{grpc}\"\nops = \"127.0.0.1:{ops}\"\n\
         [database]\nurl = \"sqlite:{folder}/latchkey.db\"\n[keys]\nkek = \"file://{folder}/kek\"\nallow_file = true\n\
         [journal]\npath = \"{folder}/journal\"\n"
    )
}

fn with_database(settings: &str, url: &str) -> String {
    let lines = settings.lines().map(|line| match line.starts_with("url =") {
        true => format!("url = {url:?}\n"),
        false => format!("{line}\n"),
    });
    lines.collect()
}

async fn serve(folder: &TempDir, settings: &str) -> Ended {
    let file = folder.path().join("latchkey.toml");
    fs::write(&file, settings).unwrap();
    run("latchkey", &["serve", "--config", &file.display().to_string()]).await
}

fn refused(ended: &Ended, words: &[&str]) {
    assert!(ended.code.is_some_and(|code| code != 0), "{ended:?}");
    for word in words {
        assert!(ended.said.contains(word), "`{word}` is not said:\n{}", ended.said);
    }
    assert!(!ended.said.contains(CANARY), "a secret is said:\n{}", ended.said);
}

fn key_file(folder: &Path, name: &str, content: &[u8], mode: u32) {
    let path = folder.join(name);
    let _ = fs::remove_file(&path);
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}
