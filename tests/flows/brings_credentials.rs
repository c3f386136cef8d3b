//! A backend that has credentials already brings them: nobody logs in, and what the provider refuses is not kept.

use latchkey_testkit::{API_KEY, PASSWORD, USERNAME, World};
use serde_json::{Value, json};

async fn call(world: &World, method: &str, path: &str, body: Value) -> (u16, Value) {
    let answer = world.rest(method, path).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn create(world: &World, body: Value) -> Value {
    let (status, made) = call(world, "POST", "/v1/connections", body).await;
    assert_eq!(status, 200, "{made}");
    made["connection"].clone()
}

async fn credential_of(world: &World, connection: &str) -> Value {
    let path = format!("/v1/connections/{connection}:credential");
    world.rest("GET", &path).send().await.unwrap().json().await.unwrap()
}

async fn works(world: &World, connection: &Value, path: &str) -> bool {
    let token = world.backend().token(connection["id"].as_str().unwrap()).await.unwrap();
    world.call_api(path, &token.headers).await == 200
}

async fn count(world: &World) -> usize {
    let listed: Value = world.rest("GET", "/v1/connections").send().await.unwrap().json().await.unwrap();
    listed["connections"].as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_go_on_being_refreshed_here() {
    let world = World::start().await;
    let elsewhere = world.connect("demo-oauth", "ana").await;
    let had = credential_of(&world, &elsewhere).await;
    let made = create(
        &world,
        json!({
            "integration": "demo-oauth", "end_user": "ana", "external_id": "user-42", "display_name": "Ana's",
            "tags": {"team": "crm"}, "metadata": {"plan": "pro"}, "config": {"region": "eu"},
            "credential": {
                "access_token": had["access_token"], "refresh_token": had["refresh_token"],
                "expire_time": had["expire_time"], "granted_scopes": ["profile:read"], "obtain_time": "2026-01-02T03:04:05Z",
            },
        }),
    )
    .await;
    let (obtained, created) = (&made["credential"]["obtain_time"], made["create_time"].as_str().unwrap());
    assert_eq!(obtained, "2026-01-02T03:04:05Z", "as old as it is");
    assert!(created > "2026-01-03", "and recorded when it came: {created}");
    assert_eq!(
        (&made["state"], &made["external_id"]),
        (&json!("CONNECTION_STATE_ACTIVE"), &json!("user-42"))
    );
    assert_eq!((&made["tags"]["team"], &made["config"]["region"]), (&json!("crm"), &json!("eu")));
    let credential = &made["credential"];
    assert_eq!(
        (&credential["renewable"], &credential["granted_scopes"]),
        (&json!(true), &json!(["profile:read"]))
    );
    assert!(works(&world, &made, "/me").await);
    let id = made["id"].as_str().unwrap();
    let next = world.backend().new_token(id).await.unwrap();
    assert_ne!(json!(next.access_token), had["access_token"]);
    let told = world.backend().explain(id).await.unwrap();
    let first = told.history.last().unwrap();
    assert!(first.summary.contains("a backend brought") && !first.by.is_empty(), "{first:?}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_alone_is_enough() {
    let world = World::start().await;
    let had = credential_of(&world, &world.connect("demo-oauth", "ana").await).await;
    let brought = json!({"refresh_token": had["refresh_token"]});
    let wish = json!({"integration": "demo-oauth", "end_user": "ana", "credential": brought});
    let made = create(&world, wish.clone()).await;
    assert!(works(&world, &made, "/me").await);

    // Kept as it is, and refreshed when the first caller comes.
    let had = credential_of(&world, made["id"].as_str().unwrap()).await;
    let mut wish = wish;
    wish["credential"] = json!({"refresh_token": had["refresh_token"]});
    wish["checking"] = "CHECKING_NONE".into();
    let asked = world.token_requests("refresh_token");
    let made = create(&world, wish).await;
    assert_eq!(world.token_requests("refresh_token"), asked);
    assert!(works(&world, &made, "/me").await);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_token_comes_as_its_provider_asks_for_it() {
    let world = World::start().await;
    let brought = |integration: &str, fields: Value| json!({"integration": integration, "end_user": "ana", "credential": {"fields": fields}});
    let key = create(&world, brought("demo-api-key", json!({"api_key": API_KEY}))).await;
    assert!(works(&world, &key, "/keyed/me").await);
    let basic = brought("demo-basic", json!({"username": USERNAME, "password": PASSWORD}));
    assert!(works(&world, &create(&world, basic).await, "/basic/me").await);
    let machine = create(&world, brought("demo-machine", json!({}))).await;
    assert_eq!(machine["credential"]["auth_mode"], "OAUTH2_CC");
    let signed = credential_of(&world, &world.connect("demo-oauth1", "ana").await).await;
    let signer = &signed["signer"]["parameters"];
    let oauth1 = json!({"access_token": signer["token"], "token_secret": signer["token_secret"]});
    let oauth1 =
        create(&world, json!({"integration": "demo-oauth1", "end_user": "ana", "credential": oauth1})).await;
    assert_eq!(oauth1["credential"]["auth_mode"], "OAUTH1");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_kept_of_what_is_refused_and_the_field_is_named() {
    let world = World::start().await;
    let had = credential_of(&world, &world.connect("demo-oauth", "ana").await).await;
    let before = count(&world).await;
    let refused = async |integration: &str, credential: Value, more: Value| {
        let mut body = json!({"integration": integration, "end_user": "ana", "credential": credential});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, problem) = call(&world, "POST", "/v1/connections", body).await;
        assert!(!problem.to_string().contains("canary"), "{problem}");
        let field = problem["metadata"]["field"].as_str().unwrap_or_default().to_owned();
        (status, problem["reason"].as_str().unwrap().to_owned(), field)
    };
    let none = || json!({});
    let wrong = json!({"fields": {"api_key": "canary_wrong"}});
    assert_eq!(
        refused("demo-api-key", wrong, none()).await,
        (422, "CREDENTIALS_REJECTED".into(), String::new())
    );
    let spent = json!({"refresh_token": "canary_never_was"});
    assert_eq!(
        refused("demo-oauth", spent, none()).await,
        (422, "CREDENTIALS_REJECTED".into(), String::new())
    );
    let long = "x".repeat(16 * 1024 + 1);
    let many = vec!["s"; 201];
    let token = had["access_token"].clone();
    for (integration, credential, more, field) in [
        ("demo-oauth", json!({}), none(), "credential.access_token"),
        ("demo-oauth", json!({"access_token": long}), none(), "credential.access_token"),
        (
            "demo-oauth",
            json!({"access_token": token, "refresh_token": "a b"}),
            none(),
            "credential.refresh_token",
        ),
        (
            "demo-oauth",
            json!({"access_token": token, "token_secret": "s"}),
            none(),
            "credential.token_secret",
        ),
        (
            "demo-oauth",
            json!({"access_token": token, "granted_scopes": many}),
            none(),
            "credential.granted_scopes",
        ),
        (
            "demo-oauth",
            json!({"access_token": token, "fields": {"colour": "red"}}),
            none(),
            "credential.fields.colour",
        ),
        ("demo-oauth", json!({"access_token": token, "client_secret": "s"}), none(), "credential.client_id"),
        (
            "demo-oauth",
            json!({"access_token": token, "expire_time": "2099-01-01T00:00:00Z"}),
            none(),
            "credential.expire_time",
        ),
        (
            "demo-oauth",
            json!({"access_token": token, "obtain_time": "2099-01-01T00:00:00Z"}),
            none(),
            "credential.obtain_time",
        ),
        ("demo-api-key", json!({}), none(), "credential.fields.api_key"),
        (
            "demo-api-key",
            json!({"access_token": "t", "fields": {"api_key": "k"}}),
            none(),
            "credential.access_token",
        ),
        ("demo-oauth", json!({"access_token": token}), json!({"request_id": "x".repeat(129)}), "request_id"),
        ("demo-oauth", json!({"access_token": token}), json!({"tags": {"UPPER": "x"}}), "tags"),
        ("demo-oauth", json!({"access_token": token}), json!({"needs_reauth": true}), "credential"),
        ("demo-oauth", json!({"access_token": token}), json!({"end_user": ""}), "end_user"),
    ] {
        let said = refused(integration, credential, more).await;
        assert_eq!(said, (400, "FIELD_INVALID".into(), field.into()));
    }
    assert_eq!(refused("nothing", json!({}), none()).await.1, "INTEGRATION_UNKNOWN");
    assert_eq!(count(&world).await, before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_comes_again_makes_no_second_connection_and_an_id_is_given_once() {
    let world = World::start().await;
    let wish = json!({
        "integration": "demo-api-key", "end_user": "ana", "external_id": "user-42", "request_id": "11d9",
        "credential": {"fields": {"api_key": "canary_wrong"}},
    });
    assert_eq!(call(&world, "POST", "/v1/connections", wish.clone()).await.0, 422);
    let mut right = wish;
    right["credential"]["fields"]["api_key"] = API_KEY.into();
    let (first, second) = tokio::join!(create(&world, right.clone()), create(&world, right.clone()));
    assert_eq!(first["id"], second["id"], "two at once are one");
    assert_eq!(create(&world, right.clone()).await["id"], first["id"]);
    assert_eq!(first["credential"]["generation"], 1);

    let mut other = right.clone();
    other["integration"] = "demo-basic".into();
    other["credential"] = json!({"fields": {"username": USERNAME, "password": PASSWORD}});
    let (status, problem) = call(&world, "POST", "/v1/connections", other).await;
    assert_eq!((status, &problem["metadata"]["field"]), (400, &json!("request_id")));
    right["request_id"] = "another".into();
    let (status, problem) = call(&world, "POST", "/v1/connections", right).await;
    assert_eq!((status, &problem["reason"]), (409, &json!("ALREADY_EXISTS")), "{problem}");
    assert_eq!(count(&world).await, 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_credential_mends_a_connection_and_its_generation_moves() {
    let world = World::start().await;
    let dead =
        json!({"integration": "demo-oauth", "end_user": "ana", "external_id": "old", "needs_reauth": true});
    let dead = create(&world, dead).await;
    assert_eq!(dead["state"], "CONNECTION_STATE_NEEDS_REAUTH");
    let id = dead["id"].as_str().unwrap();
    assert_eq!(latchkey_testkit::reason(&world.backend().token(id).await.unwrap_err()), "REAUTH_REQUIRED");

    let had = credential_of(&world, &world.connect("demo-oauth", "ana").await).await;
    let path = format!("/v1/connections/{id}:credential");
    let bad = json!({"credential": {"access_token": "canary_wrong"}});
    let (status, problem) = call(&world, "PUT", &path, bad).await;
    assert_eq!((status, &problem["reason"]), (422, &json!("CREDENTIALS_REJECTED")), "{problem}");
    let brought = json!({"access_token": had["access_token"], "refresh_token": had["refresh_token"]});
    let good = json!({"request_id": "mend", "credential": brought});
    for _ in 0..2 {
        let (status, mended) = call(&world, "PUT", &path, good.clone()).await;
        assert_eq!(status, 200, "{mended}");
        assert_eq!(mended["connection"]["state"], "CONNECTION_STATE_ACTIVE");
        assert_eq!(mended["connection"]["credential"]["generation"], 2);
        assert_eq!(mended["connection"]["external_id"], "old");
    }
    assert!(works(&world, &dead, "/me").await);
    let unknown = "/v1/connections/con_01ARZ3NDEKTSV4RRFFQ69G5FAV:credential";
    assert_eq!(call(&world, "PUT", unknown, good).await.1["reason"], "CONNECTION_UNKNOWN");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_begins_switched_off_is_left_alone() {
    let world = World::start().await;
    let had = credential_of(&world, &world.connect("demo-oauth", "ana").await).await;
    let wish = json!({
        "integration": "demo-oauth", "end_user": "ana", "disabled": true, "checking": "CHECKING_NONE",
        "credential": {"refresh_token": had["refresh_token"]},
    });
    let asked = world.token_requests("refresh_token");
    let made = create(&world, wish).await;
    assert_eq!(made["state"], "CONNECTION_STATE_DISABLED");
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        latchkey_testkit::reason(&world.backend().token(id).await.unwrap_err()),
        "CONNECTION_DISABLED"
    );
    assert_eq!(world.token_requests("refresh_token"), asked);
    call(&world, "POST", &format!("/v1/connections/{id}:enable"), json!({})).await;
    assert!(works(&world, &made, "/me").await);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_without_the_scope_makes_nothing() {
    let world = World::start().await;
    let reader = world.backend_for("dev", "connections:read").await;
    let wish = json!({"integration": "demo-api-key", "end_user": "ana", "credential": {"fields": {"api_key": API_KEY}}});
    let answer = reqwest::Client::new()
        .post(world.url("/v1/connections"))
        .bearer_auth(reader.shown_key())
        .json(&wish)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(count(&world).await, 0);
    world.finish().await;
}
