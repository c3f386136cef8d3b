//! A session settles for an integration what its provider is asked for, and what nobody is asked.

use latchkey_testkit::{Browser, PASSWORD, USERNAME, World};
use serde_json::{Value, json};

async fn session(world: &World, wish: Value) -> (u16, Value) {
    let answer = world.rest("POST", "/v1/connect-sessions").json(&wish).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn wish(presets: Value) -> Value {
    json!({ "end_user": "ana", "integrations": ["demo-oauth", "demo-basic"], "presets": presets })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_provider_is_asked_otherwise_and_for_this_session_alone() {
    let world = World::start().await;
    let presets = json!({ "demo-oauth": {
        "scopes": ["notes:write"],
        "authorization_params": { "login_hint": "ana@example.com", "prompt": "${app.client_id}" },
        "config": { "region": "eu" },
        "docs_url": "https://help.example/demo",
    } });
    let (status, made) = session(&world, wish(presets)).await;
    assert_eq!(status, 200, "{made}");
    let browser = Browser::new();
    let offered = browser.open_link(made["connect_link"].as_str().unwrap()).await;
    let consent = browser.choose(&offered, "demo-oauth").await;
    let asked = |name: &str| {
        let mut found = consent.url.query_pairs().filter(|(has, _)| has == name);
        (found.next().map(|(_, value)| value.into_owned()), found.count())
    };
    assert_eq!(asked("scope"), (Some("notes:write profile:read notes:read".to_owned()), 0));
    assert_eq!(asked("login_hint"), (Some("ana@example.com".to_owned()), 0));
    assert_eq!(asked("prompt"), (Some("${app.client_id}".to_owned()), 0), "a caller's text is no template");
    let done = browser.decide(&consent, "allow").await;
    let connection = world.connected(made["session_id"].as_str().unwrap(), &done).await;
    let made = world.backend().connection(&connection).await.unwrap();
    assert!(made.credential.unwrap().granted_scopes.contains(&"notes:write".to_owned()));
    assert_eq!(made.config.unwrap().fields["region"], "eu".to_owned().into());

    let plain = world.backend().link("demo-oauth", "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&plain.connect_link).await;
    let consent = browser.choose(&offered, "demo-oauth").await;
    assert!(!consent.url.as_str().contains("login_hint") && !consent.url.as_str().contains("write"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_backend_knows_is_not_asked_and_cannot_be_said_otherwise() {
    let world = World::start().await;
    let presets = json!({ "demo-basic": {
        "inputs": { "username": USERNAME },
        "docs_url": "https://help.example/demo",
    } });
    let (status, made) = session(&world, wish(presets)).await;
    assert_eq!(status, 200, "{made}");
    let browser = Browser::new();
    let offered = browser.open_link(made["connect_link"].as_str().unwrap()).await;
    let form = browser.asked_for(&offered, "demo-basic").await;
    assert!(!form.says("in.username") && !form.says(USERNAME), "{}", form.html);
    assert!(form.says("https://help.example/demo"), "{}", form.html);
    let filled = form.form_with("in.password").with("in.password", PASSWORD).with("in.username", "mallory");
    let done = browser.submit(&form, filled).await;
    let connection = world.connected(made["session_id"].as_str().unwrap(), &done).await;
    let password = world.backend().token(&connection).await.unwrap();
    assert_eq!(world.call_api("/basic/me", &password.headers).await, 200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_settled_is_refused_by_its_field_before_there_is_a_session() {
    let world = World::start().await;
    let wrong = [
        (
            json!({ "demo-oauth": { "authorization_params": { "state": "x" } } }),
            "presets[demo-oauth].authorization_params.state",
        ),
        (json!({ "demo-oauth": { "inputs": { "username": "x" } } }), "presets[demo-oauth].inputs.username"),
        (
            json!({ "demo-basic": { "inputs": { "password": "canary_typed" } } }),
            "presets[demo-basic].inputs.password",
        ),
        (json!({ "demo-basic": { "scopes": ["x"] } }), "presets[demo-basic].scopes"),
        (
            json!({ "demo-basic": { "authorization_params": { "a": "b" } } }),
            "presets[demo-basic].authorization_params",
        ),
        (json!({ "demo-machine": {} }), "presets"),
        (json!({ "no/key": {} }), "presets"),
    ];
    for (presets, field) in wrong {
        let (status, problem) = session(&world, wish(presets)).await;
        assert_eq!((status, problem["metadata"]["field"].as_str()), (400, Some(field)), "{problem}");
        assert!(!problem.to_string().contains("canary_typed"), "{problem}");
    }
    let (status, problem) = session(&world, wish(json!({ "nowhere": {} }))).await;
    assert_eq!((status, problem["reason"].as_str()), (404, Some("INTEGRATION_UNKNOWN")), "{problem}");
    world.finish().await;
}
