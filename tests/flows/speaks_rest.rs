//! The same calls over HTTP and JSON: one API, two doors.

use futures::StreamExt as _;
use latchkey_testkit::{Browser, World};
use serde_json::{Value, json};

/// One call, with the backend's key: the status and the document.
async fn call(world: &World, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let request = world.rest(method, path);
    let answer = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    let answer = answer.send().await.unwrap();
    let status = answer.status().as_u16();
    let kind = if status < 400 { "application/json" } else { "application/problem+json" };
    assert_eq!(
        (&answer.headers()["content-type"], &answer.headers()["cache-control"]),
        (&kind.parse().unwrap(), &"no-store".parse().unwrap())
    );
    (status, answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_session_to_a_token_to_the_end() {
    let world = World::start().await;
    let wish = json!({"end_user": "ana", "integrations": ["demo-oauth"], "lifetime": "300s"});
    let (status, session) = call(&world, "POST", "/v1/connect-sessions", Some(wish)).await;
    assert_eq!(status, 200, "{session}");
    let browser = Browser::new();
    let offered = browser.open_link(session["connect_link"].as_str().unwrap()).await;
    let consent = browser.choose(&offered, "demo-oauth").await;
    browser.decide(&consent, "allow").await;

    let path = format!("/v1/connect-sessions/{}", session["session_id"].as_str().unwrap());
    let (_, completed) = call(&world, "GET", &path, None).await;
    assert_eq!(completed["state"], "SESSION_STATE_COMPLETED");
    let connection = completed["connection_id"].as_str().unwrap();
    let (_, listed) = call(&world, "GET", "/v1/connections?end_user=ana&page_size=5", None).await;
    assert_eq!(listed["connections"][0]["id"], connection);
    let (_, token) = call(&world, "GET", &format!("/v1/connections/{connection}:accessToken"), None).await;
    assert_eq!(token["source"], "CREDENTIAL_SOURCE_CACHED");
    let headers = serde_json::from_value(token["headers"].clone()).unwrap();
    assert_eq!(world.call_api("/me", &headers).await, 200);
    let forced = format!("/v1/connections/{connection}:accessToken?force_refresh=true");
    let refreshed = world.rest("GET", &forced).send().await.unwrap();
    assert_eq!(refreshed.headers()["latchkey-credential-source"], "refreshed");
    assert_eq!(refreshed.json::<Value>().await.unwrap()["generation"], 2);

    assert_eq!(
        call(&world, "DELETE", &format!("/v1/connections/{connection}"), None).await,
        (200, json!({}))
    );
    let (status, gone) = call(&world, "GET", &forced, None).await;
    assert_eq!((status, gone["reason"].as_str()), (410, Some("CONNECTION_DELETED")));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_said_with_the_field_and_a_status_of_http() {
    let world = World::start().await;
    let says = async |method: &str, path: &str, body: Option<Value>| {
        let (status, problem) = call(&world, method, path, body).await;
        assert_eq!(problem["status"], status);
        (
            status,
            problem["reason"].as_str().unwrap().to_owned(),
            problem["metadata"]["field"].as_str().map(str::to_owned),
        )
    };
    let field = |name: &str| Some(name.to_owned());
    assert_eq!(
        says("GET", "/v1/connections/con_nonsense", None).await,
        (400, "FIELD_INVALID".into(), field("connection_id"))
    );
    assert_eq!(
        says("GET", "/v1/connections?colour=red", None).await,
        (400, "FIELD_INVALID".into(), field("colour"))
    );
    let unknown = "/v1/connections/con_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    assert_eq!(says("GET", unknown, None).await, (404, "CONNECTION_UNKNOWN".into(), None));
    assert_eq!(says("GET", "/v1/nothing", None).await.0, 404);
    assert_eq!(says("PATCH", "/v1/connections", None).await.0, 405);
    let body = Some(json!({"end_user": ["ana"]}));
    assert_eq!(
        says("POST", "/v1/connect-sessions", body).await,
        (400, "FIELD_INVALID".into(), field("end_user"))
    );

    let stranger = reqwest::get(world.url("/v1/connections")).await.unwrap();
    assert_eq!(
        (stranger.status().as_u16(), &stranger.headers()["www-authenticate"]),
        (401, &"Bearer".parse().unwrap())
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_followed_as_server_sent_events() {
    let world = World::start().await;
    let answer = world.rest("GET", "/v1/events:watch?resume_token=0-0").send().await.unwrap();
    let connection = world.connect("demo-oauth", "ana").await;
    let text = until("connection.created.v1", answer).await;
    assert!(text.contains(&connection) && text.starts_with("data: {"), "{text}");

    let answer = world.rest("GET", "/v1/connections:watch?integration=demo-oauth").send().await.unwrap();
    let text = until("\"snapshot_done\":true", answer).await;
    assert!(text.contains(&connection), "{text}");

    // The end user acts between connect and the vault, and the backend hears of it.
    let link = world.backend().link("demo-oauth", "ben").await.unwrap();
    let path = format!("/v1/connect-sessions/{}:watch", link.session_id);
    let answer = world.rest("GET", &path).send().await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let consent = browser.choose(&offered, "demo-oauth").await;
    browser.decide(&consent, "allow").await;
    let text = until("SESSION_STATE_COMPLETED", answer).await;
    assert!(text.contains("\"connection_id\":\"con_"), "{text}");
    world.finish().await;
}

/// What comes until there is this.
async fn until(wanted: &str, answer: reqwest::Response) -> String {
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut pieces = answer.bytes_stream();
    let mut text = String::new();
    while !text.contains(wanted) {
        text.push_str(std::str::from_utf8(&pieces.next().await.unwrap().unwrap()).unwrap());
    }
    text
}
