//! Metadata, revocation, introspection, the API, the state file, and the catalogue entries.

#![allow(clippy::unwrap_used, reason = "the vocabulary of tests may fail loudly, as tests do")]

mod support;

use latchkey_demo_provider::{DemoProvider, EntryKind, Options, OptionsError, catalogue_entry};
use serde_json::{Value, json};
use support::*;

#[tokio::test]
async fn the_metadata_is_where_rfc_8414_puts_it_and_below_the_issuer_too() {
    let world = world().await;
    let origin = world.issuer.strip_suffix("/demo-provider").unwrap();
    for url in [
        format!("{origin}/.well-known/oauth-authorization-server/demo-provider"),
        format!("{}/.well-known/oauth-authorization-server", world.issuer),
    ] {
        let metadata: Value = world.backend.get(url).send().await.unwrap().json().await.unwrap();
        assert_eq!(metadata["issuer"], world.issuer);
        assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
        for endpoint in ["authorization", "token", "revocation", "introspection"] {
            let url = metadata[format!("{endpoint}_endpoint")].as_str().unwrap();
            let status = world.backend.get(url).send().await.unwrap().status();
            assert_ne!(status, 404, "{url}");
        }
    }
}

#[tokio::test]
async fn it_can_live_at_the_root() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let provider = DemoProvider::new(Options::new(&issuer)).unwrap();
    let app = provider.router().merge(provider.origin_router());
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });
    let http = http(false);
    let url = format!("{issuer}/.well-known/oauth-authorization-server");
    let metadata: Value = http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(metadata["token_endpoint"], format!("{issuer}/token"));
    let home = http.get(format!("{issuer}/")).send().await.unwrap().text().await.unwrap();
    assert!(home.contains("ana@demo") && home.contains(&format!("{issuer}/token")));
    serving.abort();
}

#[tokio::test]
async fn the_home_page_answers_at_the_nested_path() {
    let world = world().await;
    for url in [world.issuer.clone(), format!("{}/", world.issuer)] {
        let answer = world.backend.get(&url).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{url}");
    }
}

#[tokio::test]
async fn revoking_a_refresh_token_ends_the_grant_and_an_access_token_only_itself() {
    let world = world().await;
    let tokens = world.connect().await;
    let revoke = async |token: &str| {
        world.post("/revoke", &[("token", token)]).send().await.unwrap().status().as_u16()
    };
    assert_eq!(revoke(&tokens.access).await, 200);
    assert!(!world.works(&tokens.access).await);
    let next = Tokens::of(world.refresh(tokens.refresh())).await;
    assert_eq!(revoke(next.refresh()).await, 200);
    assert!(!world.works(&next.access).await);
    assert_eq!(refused(world.refresh(next.refresh())).await, refusal(400, "invalid_grant"));
    assert_eq!(revoke("nobody knows this one").await, 200);
    assert_eq!(refused(world.post("/revoke", &[])).await, refusal(400, "invalid_request"));
}

#[tokio::test]
async fn a_stranger_can_neither_revoke_nor_introspect_a_token() {
    let world = world().await;
    let tokens = world.connect().await;
    let form = [("token", tokens.access.as_str())];
    let stranger = |path: &str| {
        let request = world.backend.post(format!("{}{path}", world.issuer));
        request.basic_auth("other-client", Some("canary_other")).form(&form)
    };
    assert_eq!(stranger("/revoke").send().await.unwrap().status(), 200);
    assert!(world.works(&tokens.access).await);
    let answer: Value = stranger("/introspect").send().await.unwrap().json().await.unwrap();
    assert_eq!(answer, json!({"active": false}));
    let unknown = world.backend.post(format!("{}/revoke", world.issuer)).form(&form);
    assert_eq!(refused(unknown).await, refusal(401, "invalid_client"));
}

#[tokio::test]
async fn introspection_tells_a_client_of_its_tokens() {
    let world = world().await;
    let tokens = world.connect().await;
    let introspect = async |token: &str| {
        let request = world.post("/introspect", &[("token", token)]);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let access = introspect(&tokens.access).await;
    assert_eq!((&access["active"], &access["username"]), (&true.into(), &"ana@demo".into()));
    assert_eq!(access["exp"].as_u64().unwrap() - access["iat"].as_u64().unwrap(), 60);
    assert_eq!(introspect(tokens.refresh()).await["active"], true);
    Tokens::of(world.refresh(tokens.refresh())).await;
    assert_eq!(introspect(tokens.refresh()).await, json!({"active": false}));
}

#[tokio::test]
async fn the_api_takes_a_bearer_token_a_key_or_a_password_and_nothing_else() {
    let world = world_with(|options| options.api_keys = vec!["canary_one".into(), "canary_two".into()]).await;
    let get = |path: &str| world.backend.get(format!("{}{path}", world.issuer));
    let (user, password) = world.provider.basic_credentials();
    assert!(password.starts_with("canary_"));

    for request in [
        get("/keyed/me").header("x-demo-key", "canary_one"),
        get("/keyed/me").header("x-demo-key", "canary_two"),
        get("/basic/me").basic_auth(&user, Some(&password)),
    ] {
        let me: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(me["login"], "ana@demo");
    }
    for (request, challenge) in [
        (get("/me"), r#"Bearer realm="demo-provider""#),
        (get("/keyed/me"), r#"DemoKey realm="demo-provider""#),
        (get("/keyed/me").header("x-demo-key", "canary_three"), r#"DemoKey realm="demo-provider""#),
        (get("/basic/me").basic_auth(&user, Some("no")), r#"Basic realm="demo-provider", charset="UTF-8""#),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.headers()["www-authenticate"], challenge);
    }
}

#[tokio::test]
async fn everything_survives_a_restart_and_the_file_holds_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.json");
    let keep = |options: &mut Options| options.state_file = Some(path.clone());

    let before = world_with(keep).await;
    let spent = before.connect().await;
    let tokens = Tokens::of(before.refresh(spent.refresh())).await;
    let revoked = before.connect().await;
    before.post("/revoke", &[("token", revoked.refresh())]).send().await.unwrap();
    let unspent_code = before.code().await;
    let (key, basic) = (before.provider.api_key(), before.provider.basic_credentials());
    drop(before);

    let text = std::fs::read_to_string(&path).unwrap();
    for secret in [&tokens.access, tokens.refresh(), &unspent_code, CLIENT.1] {
        assert!(!text.contains(secret));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");

    let after = world_with(keep).await;
    assert_eq!((after.provider.api_key(), after.provider.basic_credentials()), (key, basic));
    assert!(after.works(&tokens.access).await);
    assert!(!after.works(&revoked.access).await);
    assert!(after.works(&Tokens::of(after.redeem(&unspent_code, VERIFIER)).await.access).await);
    let next = Tokens::of(after.refresh(tokens.refresh())).await;
    assert_eq!(refused(after.refresh(spent.refresh())).await, refusal(400, "invalid_grant"));
    assert!(!after.works(&next.access).await, "reuse is seen across the restart");
}

#[test]
fn what_cannot_work_is_refused_at_the_start() {
    let refused = |adjust: fn(&mut Options)| {
        let mut options = Options::new("http://127.0.0.1:1");
        adjust(&mut options);
        DemoProvider::new(options).err().unwrap()
    };
    for issuer in ["demo", "ftp://host", "http://host/demo/", "http://host/demo?x=1", "http://u@host/demo"] {
        let error = DemoProvider::new(Options::new(issuer)).err().unwrap();
        assert!(matches!(error, OptionsError::Issuer(named) if named == issuer));
    }
    let error = refused(|options| {
        options.clients = vec![latchkey_demo_provider::Client::new("a", "b", ["/callback"])];
    });
    assert!(matches!(error, OptionsError::RedirectUri(_)));
    let error = refused(|options| options.state_file = Some("/nowhere/at/all/demo.json".into()));
    assert_eq!(error.to_string(), "cannot write the state file /nowhere/at/all/demo.json");

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, r#"{"ledger":"poetry"}"#).unwrap();
    let mut options = Options::new("http://127.0.0.1:1");
    options.state_file = Some(file.path().to_owned());
    let error = DemoProvider::new(options).err().unwrap();
    assert!(error.to_string().contains("is not a demo provider's"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), r#"{"ledger":"poetry"}"#, "and is left alone");
}

#[test]
fn each_catalogue_entry_names_itself_and_the_issuer() {
    let issuer = "http://127.0.0.1:8080/demo-provider";
    for kind in EntryKind::ALL {
        let text = catalogue_entry(issuer, kind);
        let entry: Value = serde_yaml_ng::from_str(&text).unwrap();
        assert_eq!(entry["id"], kind.id());
        assert_eq!(entry["api"]["base_url"], issuer);
        assert_eq!(entry["api"]["hosts"], json!(["127.0.0.1"]));
        assert!(entry["probes"]["verify"]["url"].as_str().unwrap().ends_with("/me"));
        assert!(!text.contains("ISSUER") && !text.contains("HOST"));
    }
    let oauth: Value = serde_yaml_ng::from_str(&catalogue_entry(issuer, EntryKind::OAuth)).unwrap();
    assert_eq!(oauth["obtain"]["issuer"], issuer);
    assert_eq!(oauth["obtain"]["code_challenge_methods"], json!(["S256"]));
    assert_eq!(oauth["probes"]["identity"]["set"], json!({"login": "/login", "user_id": "/id"}));
}
