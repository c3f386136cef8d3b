//! A credential is refreshed, or tried out, because somebody says so: nothing is handed out, and what the provider says of it is
//! believed as far as it is about this credential.

use latchkey_testkit::demo::Selection;
use latchkey_testkit::{API_KEY, World, reason};
use latchkey_wire::pb::connection::ConnectionState;
use serde_json::{Value, json};

async fn post(world: &World, path: &str) -> (u16, Value) {
    let answer = world.rest("POST", path).json(&json!({})).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn reads(world: &World, connection: &str) -> String {
    let path = format!("/v1/connections/{connection}:holders?generation=1");
    world.rest("GET", &path).send().await.unwrap().text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_gives_another_credential_and_hands_none_out() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let (status, answer) = post(&world, &format!("/v1/connections/{connection}:refresh")).await;
    assert_eq!((status, &answer["refreshed"]), (200, &json!(true)), "{answer}");
    assert_eq!(answer["connection"]["credential"]["generation"], 2);
    assert!(!answer.to_string().contains("canary"), "{answer}");

    let wish = json!({"integration": "demo-api-key", "end_user": "ana", "credential": {"fields": {"api_key": API_KEY}}});
    let made = world.rest("POST", "/v1/connections").json(&wish).send().await.unwrap();
    let made: Value = made.json().await.unwrap();
    let key = made["connection"]["id"].as_str().unwrap();
    let (status, answer) = post(&world, &format!("/v1/connections/{key}:refresh")).await;
    assert_eq!((status, answer["refreshed"].as_bool().unwrap_or_default()), (200, false), "{answer}");

    world.provider().revoke(&Selection::All);
    let (status, answer) = post(&world, &format!("/v1/connections/{connection}:refresh")).await;
    assert_eq!((status, &answer["reason"]), (424, &json!("REAUTH_REQUIRED")), "{answer}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credential_that_works_is_said_to_and_what_was_asked_is_kept() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let (status, tried) = post(&world, &format!("/v1/connections/{connection}:verify")).await;
    assert_eq!((status, &tried["verdict"]), (200, &json!("VERDICT_WORKS")), "{tried}");
    assert_eq!(tried["generation"], 1);
    let log = tried["auth_log_id"].as_str().unwrap();
    let found = async {
        loop {
            let answer = world.rest("GET", &format!("/v1/auth-logs/{log}")).send().await.unwrap();
            if answer.status() == 200 {
                return answer.json::<Value>().await.unwrap();
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    let log = tokio::time::timeout(std::time::Duration::from_secs(15), found).await.unwrap();
    assert!(log.to_string().contains("VERIFY") && log.to_string().contains(&connection), "{log}");
    let before = reads(&world, &connection).await;
    assert!(!before.contains("reader"), "{before}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_credential_is_refreshed_and_one_that_cannot_be_is_told() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let path = format!("/v1/connections/{connection}:verify");
    world.provider().expire_access_tokens(&Selection::All);
    let (status, tried) = post(&world, &path).await;
    assert_eq!((status, &tried["verdict"]), (200, &json!("VERDICT_REFUSED")), "{tried}");
    assert_eq!(tried["failure"]["reason"], "CREDENTIALS_REJECTED");
    let healed = |connection: &latchkey_wire::pb::connection::Connection| {
        connection.credential.as_ref().is_some_and(|credential| credential.generation == 2)
    };
    world.backend().wait_for(&connection, healed).await;
    assert_eq!(post(&world, &path).await.1["verdict"], "VERDICT_WORKS");

    world.provider().revoke(&Selection::All);
    assert_eq!(post(&world, &path).await.1["verdict"], "VERDICT_REFUSED");
    world.backend().wait_for_state(&connection, ConnectionState::NeedsReauth).await;
    let (status, answer) = post(&world, &path).await;
    assert_eq!((status, &answer["reason"]), (424, &json!("REAUTH_REQUIRED")), "{answer}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_fails_says_nothing_of_the_credential() {
    use latchkey_testkit::demo::{Extent, Target};
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    world.provider().outage(Target::Api, Extent::Requests(3));
    let (status, answer) = post(&world, &format!("/v1/connections/{connection}:verify")).await;
    assert_eq!((status, &answer["reason"]), (502, &json!("PROVIDER_UNAVAILABLE")), "{answer}");
    assert_eq!(world.backend().connection(&connection).await.unwrap().state(), ConnectionState::Active);
    assert_eq!(world.backend().token(&connection).await.unwrap().generation, 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_is_for_who_may_only_look_nor_for_what_is_switched_off() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let reader = world.backend_for("dev", "connections:read,tokens:read").await;
    for verb in ["refresh", "verify"] {
        let url = world.url(&format!("/v1/connections/{connection}:{verb}"));
        let call = reqwest::Client::new().post(url).bearer_auth(reader.shown_key()).json(&json!({}));
        assert_eq!(call.send().await.unwrap().status(), 403, "{verb}");
    }
    post(&world, &format!("/v1/connections/{connection}:disable")).await;
    for verb in ["refresh", "verify"] {
        let (_, answer) = post(&world, &format!("/v1/connections/{connection}:{verb}")).await;
        assert_eq!(answer["reason"], "CONNECTION_DISABLED");
    }
    assert_eq!(reason(&world.backend().token(&connection).await.unwrap_err()), "CONNECTION_DISABLED");
    world.finish().await;
}

/// What is told of a connection says by which name its customer knows it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_carries_the_customers_own_id_and_tags() {
    let world = World::start().await;
    let mut watch = world.backend().watch("0-0").await.unwrap();
    let wish = json!({
        "integration": "demo-api-key", "end_user": "ana", "external_id": "user-42", "tags": {"team": "crm"},
        "credential": {"fields": {"api_key": API_KEY}},
    });
    let answer = world.rest("POST", "/v1/connections").json(&wish).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let told = format!("{:?}", watch.next().await);
    assert!(
        told.contains("connection.created") && told.contains("user-42") && told.contains("crm"),
        "{told}"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_apps_client_id_and_secret_are_checked_before_an_end_user_finds_out() {
    let world = World::start().await;
    let path = "/v1/integrations/demo-oauth:check";
    let (status, checked) = post(&world, path).await;
    assert_eq!((status, &checked["verdict"]), (200, &json!("CLIENT_VERDICT_ACCEPTED")), "{checked}");
    let log = checked["auth_log_id"].as_str().unwrap().to_owned();
    let (_, itself) = post(&world, "/v1/integrations/demo-machine:check").await;
    assert_eq!(itself["verdict"], "CLIENT_VERDICT_ACCEPTED", "{itself}");
    let (_, typed) = post(&world, "/v1/integrations/demo-api-key:check").await;
    assert_eq!(typed["verdict"], "CLIENT_VERDICT_CANNOT_TELL", "{typed}");

    let wish = json!({
        "integration": {"provider": "demo-oauth", "client_id": "flows"},
        "client_secret": "canary_wrong_secret",
    });
    let made = world.rest("PUT", "/v1/integrations/mistyped").json(&wish).send().await.unwrap();
    assert_eq!(made.status(), 200);
    let (status, checked) = post(&world, "/v1/integrations/mistyped:check").await;
    assert_eq!((status, &checked["verdict"]), (200, &json!("CLIENT_VERDICT_REFUSED")), "{checked}");
    assert_eq!(checked["failure"]["provider_error"]["code"], "invalid_client");
    assert!(!checked.to_string().contains("canary"), "{checked}");
    assert_eq!(post(&world, "/v1/integrations/nothing:check").await.0, 404);
    let written = async {
        while world.rest("GET", &format!("/v1/auth-logs/{log}")).send().await.unwrap().status() != 200 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(15), written).await.unwrap();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_an_app_is_seen_beforehand_and_a_secret_that_is_refused_is_not_stored() {
    const GOOD: &str = "canary_client secret&:+%";
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;
    let say = async |verb: &str, body: Value| {
        let path = format!("/v1/integrations/demo-oauth:{verb}");
        let answer = world.rest("POST", &path).json(&body).send().await.unwrap();
        let told = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
        assert!(!told.1.to_string().contains("canary"), "{told:?}");
        told
    };
    let wish = json!({"integration": {"provider": "demo-oauth", "client_id": "another"}});
    let (status, told) = say("preview", wish).await;
    assert_eq!((status, &told["connections"]), (200, &json!(1)), "{told}");
    assert_eq!(told["refreshes"], "REFRESH_PROSPECT_REFUSED", "{told}");
    assert!(told["sentences"][0].as_str().unwrap().contains("have to connect again"), "{told}");
    let wrong = json!({"integration": {"provider": "nothing-so"}});
    assert_eq!(say("preview", wrong).await.1["reason"], "PROVIDER_UNKNOWN");

    let rotate = async |secret: &str, skip: bool| {
        say("rotateClientSecret", json!({"client_secret": secret, "skip_check": skip})).await
    };
    let (status, refused) = rotate("canary_mistyped", false).await;
    assert_eq!((status, &refused["reason"]), (424, &json!("CLIENT_REJECTED")), "{refused}");
    assert!(refused["metadata"]["auth_log_id"].as_str().is_some_and(|id| !id.is_empty()), "{refused}");
    assert!(world.backend().new_token(&connection).await.is_ok(), "the one before is still there");
    for (skip, verdict) in [(false, Some("CLIENT_VERDICT_ACCEPTED")), (true, None)] {
        let (status, rotated) = rotate(GOOD, skip).await;
        assert_eq!((status, rotated["verdict"].as_str()), (200, verdict), "{rotated}");
        assert_eq!(rotated["integration"]["client_id"], "flows", "{rotated}");
        assert!(world.backend().new_token(&connection).await.is_ok(), "{skip}");
    }
    for secret in ["", &"x".repeat(64 * 1024 + 1)] {
        let (status, refused) = rotate(secret, true).await;
        assert_eq!((status, &refused["metadata"]["field"]), (400, &json!("client_secret")), "{status}");
    }
    world.finish().await;
}
