//! Whether an id exists is nobody's business but its environment's: another environment's key, and somebody without one, are
//! answered the same for an id that is there as for one that never was. The calls are those that the API's own description lists.

use latchkey_testkit::{Backend, World, pb};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a path's parameters may be: one that is there, and one that never was, of the same form.
type Ids = BTreeMap<&'static str, (String, String)>;

async fn answer(world: &World, key: Option<&str>, method: &str, path: &str, body: &Value) -> (u16, String) {
    // Under one name, which a problem document repeats.
    let mut request = reqwest::Client::new()
        .request(method.parse().unwrap(), world.url(path))
        .header("x-request-id", "asked");
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    if !matches!(method, "GET" | "DELETE") {
        request = request.json(body);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn ids(world: &World) -> (String, Ids) {
    let connection = world.connect("demo-oauth", "ana").await;
    let session = world.backend().link("demo-oauth", "ben").await.unwrap().session_id;
    let url = "https://hooks.example.com/".to_owned();
    let wish = pb::admin::CreateWebhookEndpointRequest { url, ..Default::default() };
    let made = world.backend().webhooks().create_webhook_endpoint(wish).await.unwrap().into_inner();
    let endpoint = made.endpoint.unwrap().id;
    // A log is written beside the work, a little later.
    let first = async |path: &str, pointer: &str| {
        for _ in 0..100 {
            let listed: Value = world.rest("GET", path).send().await.unwrap().json().await.unwrap();
            if let Some(id) = listed.pointer(pointer).and_then(Value::as_str) {
                return id.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nothing is listed at {path}")
    };
    let log = first("/v1/auth-logs", "/logs/0/id").await;
    let key = first("/v1/api-keys", "/api_keys/0/id").await;
    // The same form, and nobody's.
    let never = |id: &str| format!("{}01JD0000000000000000000000", &id[..4]);
    let pair = |id: String| (id.clone(), never(&id));
    let names = ("demo-oauth".to_owned(), "nothing-so".to_owned());
    let ids = Ids::from([
        ("connection_id", pair(connection.clone())),
        ("session_id", pair(session)),
        ("endpoint_id", pair(endpoint)),
        ("log_id", pair(log)),
        ("id", pair(key)),
        ("key", names.clone()),
        ("integration", names),
        ("event_id", pair("evt_01JD0000000000000000000001".to_owned())),
    ]);
    (connection, ids)
}

/// `path` with its parameters filled in, twice; `None` where it names nothing that belongs to an environment.
fn filled(path: &str, ids: &Ids) -> Option<(String, String)> {
    let (mut there, mut never) = (path.to_owned(), path.to_owned());
    for (name, (real, other)) in ids {
        there = there.replace(&format!("{{{name}}}"), real);
        never = never.replace(&format!("{{{name}}}"), other);
    }
    (there != path && !there.contains('{')).then_some((there, never))
}

/// Neither its own id nor the time it was asked at says anything.
fn without(text: &str, ids: &Ids) -> String {
    ids.values()
        .flat_map(|(there, never)| [there, never])
        .fold(text.to_owned(), |text, id| text.replace(id.as_str(), "ID"))
}

/// Paths beside the described ones, with a parameter each.
const OTHERS: &[(&str, &str)] = &[
    ("GET", "/connections/{connection_id}?provider_config_key=demo-oauth"),
    ("DELETE", "/connections/{connection_id}?provider_config_key=demo-oauth"),
    ("PATCH", "/connections/{connection_id}?provider_config_key=demo-oauth"),
    ("GET", "/integrations/{key}"),
    ("GET", "/integrations/{key}?include=credentials"),
    ("PATCH", "/integrations/{key}"),
    ("DELETE", "/integrations/{key}"),
    ("GET", "/config/{key}"),
    ("GET", "/connect/{session_id}"),
    ("GET", "/connect/{session_id}/form"),
    ("POST", "/connect/{session_id}/start"),
    ("POST", "/connect/{session_id}/return"),
    ("GET", "/connect/api/sessions/{session_id}"),
    ("GET", "/connect/api/sessions/{session_id}/integrations/{key}"),
    ("POST", "/connect/api/sessions/{session_id}/attempts"),
    ("POST", "/connect/api/sessions/{session_id}/approval"),
    ("POST", "/connect/api/sessions/{session_id}/result"),
];

async fn same(world: &World, key: Option<&str>, method: &str, path: &str, ids: &Ids) -> Option<String> {
    let (there, never) = filled(path, ids)?;
    let body = json!({});
    let (of_there, of_never) =
        (answer(world, key, method, &there, &body).await, answer(world, key, method, &never, &body).await);
    let told = |(status, text): &(u16, String)| (*status, without(text, ids));
    (told(&of_there) != told(&of_never))
        .then(|| format!("{method} {path} ({}): {of_there:?} and {of_never:?}", key.is_some()))
}

async fn calls(world: &World, ids: &Ids) -> Vec<(String, String)> {
    let described: Value = world.rest("GET", "/v1/openapi.json").send().await.unwrap().json().await.unwrap();
    let mut calls = vec![];
    for (path, methods) in described["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap().iter().filter(|(_, it)| it.is_object()) {
            // Making something under a name of one's own is no question.
            let makes = operation["operationId"] == "PutIntegration";
            if !makes && filled(path, ids).is_some() {
                calls.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    calls.extend(OTHERS.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())));
    calls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_another_environment_is_answered_like_one_that_never_was() {
    let world = World::start().await;
    let all = "sessions:write,tokens:read,credentials:read,connections:read,connections:write,connections:delete,\
               integrations:admin,webhooks:admin,audit:read,keys:admin,proxy:call";
    let stranger: Backend = world.backend_for("prod", all).await;
    let (connection, ids) = ids(&world).await;
    let calls = calls(&world, &ids).await;
    assert!(calls.len() > 35, "{calls:?}");
    // Whoever may know is told.
    let owner = world.backend().shown_key();
    assert!(same(&world, Some(owner), "GET", "/v1/connections/{connection_id}", &ids).await.is_some());
    let mut differ = vec![];
    for (method, path) in &calls {
        for key in [Some(stranger.shown_key()), None] {
            differ.extend(same(&world, key, method, path, &ids).await);
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    // Nor do batches, whose ids are in their bodies.
    let never = ids["connection_id"].1.clone();
    for verb in ["batchRefresh", "batchUpdate", "batchDelete", "batchVerify"] {
        let path = format!("/v1/connections:{verb}");
        let ask = async |id: &str| {
            let mut wish = json!({"connection_ids": [id]});
            if verb == "batchUpdate" {
                wish["change"] = json!({"display_name": "x"});
            }
            answer(&world, Some(stranger.shown_key()), "POST", &path, &wish).await
        };
        let ((status, there), of_never) = (ask(&connection).await, ask(&never).await);
        assert_eq!((status, without(&there, &ids)), (of_never.0, without(&of_never.1, &ids)), "{verb}");
        assert!(status == 200 && there.contains("CONNECTION_UNKNOWN"), "{there}");
    }

    // None of it did anything to what is there.
    let token = world.backend().token(&connection).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
    world.finish().await;
}
