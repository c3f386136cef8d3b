//! What a source has and this server knows under another name, or knows not at all, is told as it is; what asks for nothing comes
//! with nothing. The source here is a small server that speaks the contract, since ours can hold no such thing.

use axum::extract::{Path, Query};
use axum::{Json, Router, routing::get};
use latchkey_testkit::{API_KEY, World, run};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::net::TcpListener;

/// Each integration with one connection of the same name.
const INTEGRATIONS: &[(&str, &str)] =
    &[("keyed", "their-word-for-it"), ("open", "unauthenticated"), ("strange", "known-to-nobody")];

fn connection(key: &str) -> Value {
    let credentials = match key {
        "open" => json!({}),
        _ => json!({"type": "API_KEY", "apiKey": API_KEY}),
    };
    json!({"connection_id": key, "provider_config_key": key, "metadata": {"of": key}, "credentials": credentials})
}

async fn source() -> String {
    let integration =
        |key: &str, provider: &str| json!({"unique_key": key, "provider": provider, "display_name": key});
    let all: Vec<_> = INTEGRATIONS.iter().map(|(key, provider)| integration(key, provider)).collect();
    let listed = Json(json!({"data": all}));
    let routes = Router::new()
        .route("/integrations", get(move || async move { listed }))
        .route(
            "/integrations/{key}",
            get(|Path(key): Path<String>| async move {
                Json(json!({"data": {"unique_key": key, "provider": "p"}}))
            }),
        )
        .route(
            "/connections",
            get(|Query(query): Query<BTreeMap<String, String>>| async move {
                let first = query.get("page").is_none_or(|page| page == "0");
                let all = INTEGRATIONS.iter().filter(|_| first);
                let all: Vec<_> =
                    all.map(|(key, _)| json!({"connection_id": key, "provider_config_key": key})).collect();
                Json(json!({"connections": all}))
            }),
        )
        .route("/connections/{id}", get(|Path(id): Path<String>| async move { Json(connection(&id)) }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_another_name_here_is_mapped_and_what_has_none_is_told() {
    let world = World::start().await;
    let scopes = "connections:read,connections:write,integrations:admin,tokens:read";
    let there = world.backend_for("prod", scopes).await;
    let (folder, from, url) = (tempfile::tempdir().unwrap(), source().await, world.url("/"));
    let file = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(file("source"), "canary_source_key").unwrap();
    std::fs::write(file("target"), there.shown_key()).unwrap();
    let step = async |words: &[&str]| {
        let (source, target, state) = (file("source"), file("target"), file("state.json"));
        let known =
            ["--source", &from, "--source-key-file", &source, "--url", &url, "--api-key-file", &target];
        let ended =
            run("latchkey", &[&["import", "nango"], words, &known, &["--state", &state]].concat()).await;
        assert!(!ended.said.contains("canary"), "{}", ended.said);
        (ended.code, ended.said)
    };
    for (map, told) in [
        ("their-word-for-it=nothing-here", "`nothing-here` is not in the catalogue here"),
        (
            "their-wrod-for-it=demo-api-key",
            "no integration at the source is of the provider `their-wrod-for-it`",
        ),
    ] {
        let (code, refused) = step(&["plan", "--map", map]).await;
        assert!(code == Some(1) && refused.contains(told), "{refused}");
    }
    let (code, plan) = step(&["plan"]).await;
    assert!(code == Some(0) && plan.contains("--map their-word-for-it=OURS"), "{plan}");
    assert!(plan.contains("--map known-to-nobody=OURS"), "{plan}");
    let (code, plan) = step(&["plan", "--map", "their-word-for-it=demo-api-key"]).await;
    assert!(code == Some(0) && !plan.contains("--map their-word-for-it"), "{plan}");

    let (code, ran) = step(&["run", "--yes"]).await;
    assert_eq!(code, Some(1), "one is left: {ran}");
    for told in
        ["keyed: 1 paused", "open: 1 paused", "strange: 1 failed", "`plan --map known-to-nobody=OURS`"]
    {
        assert!(ran.contains(told), "{told}\n{ran}");
    }
    assert_eq!(step(&["cutover", "keyed", "--yes"]).await.0, Some(0));
    let (code, open) = step(&["cutover", "open", "--yes"]).await;
    assert!(code == Some(0) && open.contains("open: 1 active"), "{open}");
    let (_, report) = step(&["report"]).await;
    assert!(
        report.contains("| open | open | active |") && report.contains("2 of 3 were taken over"),
        "{report}"
    );

    let keyed = world.url("/v1/connections?integration=keyed");
    let listed = reqwest::Client::new().get(keyed).bearer_auth(there.shown_key());
    let listed: Value = listed.send().await.unwrap().json().await.unwrap();
    assert_eq!(listed["connections"].as_array().map(Vec::len), Some(1), "{listed}");
    let id = listed["connections"][0]["id"].as_str().unwrap();
    let token = there.token(id).await.unwrap();
    assert_eq!(world.call_api("/keyed/me", &token.headers).await, 200);
    world.finish().await;
}
