//! A backend has a say in what it began: sessions are listed and taken back, refreshing is paused and resumed, environments are
//! made. Over HTTP, which is the same calls.

use latchkey_testkit::{Browser, World};
use serde_json::{Value, json};

async fn call(world: &World, key: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
    let mut request =
        reqwest::Client::new().request(method.parse().unwrap(), world.url(path)).bearer_auth(key);
    if method != "GET" {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_taken_back_leads_to_nothing() {
    let world = World::start().await;
    let key = world.backend().shown_key().to_owned();
    let get = async |path: &str| call(&world, &key, "GET", path, json!({})).await;
    let cancel = async |session: &str| {
        call(&world, &key, "POST", &format!("/v1/connect-sessions/{session}:cancel"), json!({})).await
    };
    let done = world.connect("demo-oauth", "ben").await;
    let link = world.backend().link("demo-oauth", "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let consent = browser.choose(&offered, "demo-oauth").await;

    let (status, listed) = get("/v1/connect-sessions?page_size=1").await;
    assert_eq!(status, 200, "{listed}");
    let newest = &listed["sessions"][0];
    assert_eq!(
        (newest["session_id"].as_str(), &newest["state"], &newest["end_user"]),
        (Some(link.session_id.as_str()), &json!("SESSION_STATE_OPEN"), &json!("ana"))
    );
    let next = format!("/v1/connect-sessions?page_token={}", listed["next_page_token"].as_str().unwrap());
    let before = &get(&next).await.1["sessions"][0];
    assert_eq!(
        (&before["connection_id"], &before["state"]),
        (&json!(done), &json!("SESSION_STATE_COMPLETED"))
    );
    let consumed = cancel(before["session_id"].as_str().unwrap()).await;
    assert_eq!((consumed.0, &consumed.1["reason"]), (410, &json!("SESSION_CONSUMED")));
    let unknown = cancel("ses_01JD0000000000000000000000").await;
    assert_eq!((unknown.0, &unknown.1["reason"]), (404, &json!("SESSION_UNKNOWN")));
    assert!(
        unknown.1["detail"].as_str().unwrap().contains("ListConnectSessions"),
        "not of a link: {unknown:?}"
    );

    for _ in 0..2 {
        assert_eq!(cancel(&link.session_id).await, (200, json!({})), "once or twice");
    }
    let asked = world.token_requests("authorization_code");
    browser.decide(&consent, "allow").await;
    assert_eq!(world.token_requests("authorization_code"), asked, "the answer came too late");
    let (_, session) = get(&format!("/v1/connect-sessions/{}", link.session_id)).await;
    assert_eq!((&session["state"], session.get("connection_id")), (&json!("SESSION_STATE_CANCELLED"), None));
    let (_, cancelled) = get("/v1/connect-sessions?state=SESSION_STATE_CANCELLED").await;
    assert_eq!(cancelled["sessions"].as_array().map(Vec::len), Some(1), "{cancelled}");
    assert_eq!(get("/v1/connect-sessions?end_user=nobody").await, (200, json!({})));
    let (_, of_ana) = get("/v1/connections?end_user=ana").await;
    assert_eq!(of_ana, json!({}), "no connection was made");
    for (query, field) in [("page_token=x", "page_token"), ("state=99", "state")] {
        let (status, refused) = get(&format!("/v1/connect-sessions?{query}")).await;
        assert_eq!((status, &refused["metadata"]["field"]), (400, &json!(field)), "{refused}");
        assert_eq!(refused["field_errors"][0]["field"], field);
        assert!(refused["instance"].as_str().is_some_and(|id| !id.is_empty()), "{refused}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refreshing_is_paused_for_an_integration_and_goes_on() {
    let world = World::start().await;
    let key = world.backend().shown_key().to_owned();
    let connection = world.connect("demo-oauth", "ana").await;
    let say = async |verb: &str, integration: &str| {
        call(&world, &key, "POST", &format!("/v1/integrations/{integration}:{verb}"), json!({})).await
    };
    assert_eq!(say("pauseRefreshing", "nothing-so").await.0, 404);
    for _ in 0..2 {
        assert_eq!(say("pauseRefreshing", "demo-oauth").await, (200, json!({})));
    }
    let asked = world.token_requests("refresh_token");
    assert_eq!(world.backend().token(&connection).await.unwrap().generation, 1, "what is good is handed out");
    let forced = format!("/v1/connections/{connection}:accessToken?force_refresh=true");
    let (status, refused) = call(&world, &key, "GET", &forced, json!({})).await;
    assert_eq!((status, &refused["reason"]), (409, &json!("REFRESHING_PAUSED")), "{refused}");
    assert_eq!(world.token_requests("refresh_token"), asked);
    let told = world.backend().explain(&connection).await.unwrap();
    assert!(told.what_happened.contains("paused") && told.whose_turn == "DEVELOPER", "{told:?}");
    let (_, incidents) = call(&world, &key, "GET", "/v1/incidents", json!({})).await;
    assert_eq!(incidents["incidents"][0]["kind"], "REFRESHING_PAUSED", "{incidents}");

    for _ in 0..2 {
        assert_eq!(say("resumeRefreshing", "demo-oauth").await, (200, json!({})));
    }
    // Another vault may believe in the pause for two seconds.
    let begun = std::time::Instant::now();
    loop {
        match world.backend().new_token(&connection).await {
            Ok(token) => break assert!(token.generation > 1),
            Err(status) => assert!(begun.elapsed().as_secs() < 10, "{status}"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refreshing_is_paused_for_less_and_for_more_and_had_earlier() {
    let world = World::start().await;
    let key = world.backend().shown_key().to_owned();
    let connection = world.connect("demo-oauth", "ana").await;
    let forced = format!("/v1/connections/{connection}:accessToken?force_refresh=true");
    // The same of a connection, a provider and everything, one of which must be said.
    let post = async |path: &str, body: Value| call(&world, &key, "POST", path, body).await;
    let one = format!("/v1/connections/{connection}");
    let (_, known) = call(&world, &key, "GET", &one, json!({})).await;
    let provider = format!("/v1/providers/{}", known["connection"]["provider"].as_str().unwrap());
    for (path, body) in [
        (one.as_str(), json!({})),
        (provider.as_str(), json!({})),
        ("/v1/refreshing", json!({"everything": true})),
    ] {
        let (pause, resume) = match path {
            "/v1/refreshing" => (format!("{path}:pause"), format!("{path}:resume")),
            _ => (format!("{path}:pauseRefreshing"), format!("{path}:resumeRefreshing")),
        };
        assert_eq!(post(&pause, body.clone()).await, (200, json!({})), "{path}");
        let begun = std::time::Instant::now();
        while call(&world, &key, "GET", &forced, json!({})).await.1["reason"] != "REFRESHING_PAUSED" {
            assert!(begun.elapsed().as_secs() < 10, "{path}");
        }
        assert_eq!(post(&resume, body).await, (200, json!({})), "{path}");
        let begun = std::time::Instant::now();
        while call(&world, &key, "GET", &forced, json!({})).await.0 != 200 {
            assert!(begun.elapsed().as_secs() < 10, "{path}");
        }
    }
    let (status, refused) = post("/v1/refreshing:pause", json!({})).await;
    assert_eq!((status, &refused["metadata"]["field"]), (400, &json!("integration")), "{refused}");

    // It is seen when a refresh is due, and one is had earlier.
    let generation = async || {
        call(&world, &key, "GET", &one, json!({})).await.1["connection"]["credential"]["generation"].clone()
    };
    let before = generation().await;
    let (_, queue) = call(&world, &key, "GET", "/v1/refresh-queue?integration=demo-oauth", json!({})).await;
    assert_eq!(queue["connections"][0]["connection_id"], json!(connection), "{queue}");
    let past = json!({"time": "2001-02-03T04:05:06Z"});
    let (status, scheduled) = post(&format!("{one}:scheduleRefresh"), past).await;
    assert!(status == 200 && scheduled["next_refresh_time"].is_string(), "{scheduled}");
    let begun = std::time::Instant::now();
    while generation().await == before {
        assert!(begun.elapsed().as_secs() < 15, "it is refreshed by itself");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    for (query, field) in [("integration=a/b", "integration"), ("page_token=x", "page_token")] {
        let (status, refused) =
            call(&world, &key, "GET", &format!("/v1/refresh-queue?{query}"), json!({})).await;
        assert_eq!((status, &refused["metadata"]["field"]), (400, &json!(field)), "{refused}");
    }
    let (status, refused) = post(&format!("{one}:scheduleRefresh"), json!({})).await;
    assert_eq!((status, &refused["metadata"]["field"]), (400, &json!("time")), "{refused}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_connections_are_dealt_with_in_one_call_and_each_has_its_result() {
    let world = World::start().await;
    let key = world.backend().shown_key().to_owned();
    let (ana, ben) = (world.connect("demo-oauth", "ana").await, world.connect("demo-oauth", "ben").await);
    let never = "con_01JD0000000000000000000000";
    let batch = async |verb: &str, more: Value| {
        let mut wish = json!({"connection_ids": [ben, never, ana, "con_nonsense"]});
        wish.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        let path = format!("/v1/connections:{verb}");
        let (status, answered) = call(&world, &key, "POST", &path, wish).await;
        assert_eq!(status, 200, "{verb}: {answered}");
        let results = answered["results"].as_array().cloned().unwrap();
        let told = |it: &Value| (it["connection_id"].clone(), it["reason"].as_str().unwrap_or("").to_owned());
        let expected = [
            (json!(ben), ""),
            (json!(never), "CONNECTION_UNKNOWN"),
            (json!(ana), ""),
            (json!("con_nonsense"), "FIELD_INVALID"),
        ];
        let told: Vec<_> = results.iter().map(told).collect();
        assert_eq!(told, expected.map(|(id, reason)| (id, reason.to_owned())), "{verb}");
        results
    };
    batch("batchRefresh", json!({})).await;
    batch("batchUpdate", json!({"change": {"display_name": "Acme"}})).await;
    for connection in [&ana, &ben] {
        let known = world.backend().connection(connection).await.unwrap();
        assert_eq!((known.display_name.as_str(), known.credential.unwrap().generation), ("Acme", 2));
    }
    let verified = batch("batchVerify", json!({})).await;
    assert_eq!(verified[0]["verified"]["verdict"], "VERDICT_WORKS", "{verified:?}");
    batch("batchDelete", json!({"revoke_at_provider": false})).await;
    let again = json!({"connection_ids": [ana]});
    let (_, gone) = call(&world, &key, "POST", "/v1/connections:batchRefresh", again).await;
    assert_eq!(gone["results"][0]["reason"], "CONNECTION_DELETED", "{gone}");

    let twice = json!({"connection_ids": [never, never]});
    let many: Vec<_> = (0..101).map(|number| format!("con_{number}")).collect();
    for verb in ["batchRefresh", "batchUpdate", "batchDelete", "batchVerify"] {
        for mut wish in [twice.clone(), json!({"connection_ids": many}), json!({})] {
            wish["change"] = json!({"display_name": "Acme"});
            if verb != "batchUpdate" {
                wish.as_object_mut().unwrap().remove("change");
            }
            let path = format!("/v1/connections:{verb}");
            let (status, refused) = call(&world, &key, "POST", &path, wish).await;
            assert_eq!((status, &refused["metadata"]["field"]), (400, &json!("connection_ids")), "{refused}");
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_environment_is_made_by_who_may_reach_beyond_its_own() {
    let world = World::start().await;
    let admin = world.backend_for("dev", "environments:admin,connections:read").await;
    let keys = world.backend_for("dev", "keys:admin").await;
    let create = async |key: &str, name: &str, key_name: &str| {
        let wish = json!({"name": name, "key_name": key_name, "scopes": ["connections:read", "keys:admin"]});
        call(&world, key, "POST", "/v1/environments", wish).await
    };
    let (status, made) = create(admin.shown_key(), "acme", "first").await;
    assert_eq!((status, &made["environment"]["name"]), (200, &json!("acme")), "{made}");
    let secret = made["secret"].as_str().unwrap();
    assert_eq!(call(&world, secret, "GET", "/v1/connections", json!({})).await, (200, json!({})));
    let (status, taken) = create(admin.shown_key(), "acme", "second").await;
    assert_eq!((status, &taken["reason"]), (409, &json!("ALREADY_EXISTS")), "{taken}");
    let (_, listed) = call(&world, admin.shown_key(), "GET", "/v1/environments", json!({})).await;
    let acme = listed["environments"].as_array().unwrap().iter().find(|it| it["name"] == "acme");
    assert_eq!(acme, Some(&json!({"name": "acme", "api_keys": 1})), "{listed}");

    let clone = json!({"name": "branch", "key_name": "first", "scopes": ["integrations:read"]});
    let cloned = call(&world, admin.shown_key(), "POST", "/v1/environments/dev:clone", clone.clone()).await;
    assert_eq!((cloned.0, &cloned.1["environment"]["name"]), (200, &json!("branch")), "{cloned:?}");
    let branch = cloned.1["secret"].as_str().unwrap();
    let (_, copied) = call(&world, branch, "GET", "/v1/integrations/demo-oauth", json!({})).await;
    assert_eq!(copied["integration"]["provider"], "demo-oauth", "{copied}");
    let again = call(&world, admin.shown_key(), "POST", "/v1/environments/dev:clone", clone).await;
    assert_eq!(again.0, 409, "{again:?}");

    let gone = async |name: &str| {
        let path = format!("/v1/environments/{name}");
        call(&world, admin.shown_key(), "DELETE", &path, json!({})).await
    };
    world.connect("demo-oauth", "ana").await;
    let there = call(&world, admin.shown_key(), "GET", "/v1/environments/dev", json!({})).await;
    assert_eq!(there.1["connections"], 1, "{there:?}");
    let own = gone("dev").await;
    assert_eq!((own.0, &own.1["reason"]), (409, &json!("ENVIRONMENT_IN_USE")), "{own:?}");
    let from_acme = world.backend_for("acme", "environments:admin").await;
    let used = call(&world, from_acme.shown_key(), "DELETE", "/v1/environments/dev", json!({})).await;
    assert_eq!((used.0, &used.1["metadata"]["connections"]), (409, &json!("1")), "{used:?}");
    for _ in 0..2 {
        assert_eq!(gone("branch").await, (200, json!({})), "once or twice");
    }
    assert_eq!(call(&world, admin.shown_key(), "GET", "/v1/environments/branch", json!({})).await.0, 404);
    let begun = std::time::Instant::now();
    while call(&world, branch, "GET", "/v1/integrations", json!({})).await.0 != 401 {
        assert!(
            begun.elapsed().as_secs() < 10,
            "a key that was revoked is refused everywhere after five seconds"
        );
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let (status, again) = create(admin.shown_key(), "branch", "second").await;
    assert_eq!((status, &again["reason"]), (409, &json!("ALREADY_EXISTS")), "{again}");
    assert_eq!(gone("nowhere").await.0, 404);

    for (name, key_name, field) in [("Not a name", "first", "name"), ("other", "", "key_name")] {
        let (status, refused) = create(admin.shown_key(), name, key_name).await;
        assert_eq!((status, &refused["metadata"]["field"]), (400, &json!(field)), "{refused}");
    }
    // Who may make keys of one environment cannot so reach the others.
    assert_eq!(create(keys.shown_key(), "other", "first").await.0, 403);
    assert_eq!(call(&world, keys.shown_key(), "DELETE", "/v1/environments/acme", json!({})).await.0, 403);
    let more = json!({"name": "more", "scopes": ["environments:admin"]});
    let (status, refused) = call(&world, keys.shown_key(), "POST", "/v1/api-keys", more).await;
    assert_eq!((status, &refused["metadata"]["needed"]), (403, &json!("environments:admin")), "{refused}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_replaced_while_it_is_used() {
    let world = World::start().await;
    let admin = world.backend_for("dev", "environments:admin,keys:admin").await;
    let keys = world.backend_for("dev", "keys:admin").await;
    let wish = json!({"name": "beyond", "scopes": ["environments:admin"]});
    let (_, made) = call(&world, admin.shown_key(), "POST", "/v1/api-keys", wish).await;
    let (id, old) = (made["api_key"]["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let rotate = async |key: &str, body: Value| {
        call(&world, key, "POST", &format!("/v1/api-keys/{id}:rotate"), body).await
    };
    // Whoever makes keys has no successor made that may do more than they may give.
    let (status, refused) = rotate(keys.shown_key(), json!({})).await;
    assert_eq!((status, &refused["metadata"]["needed"]), (403, &json!("environments:admin")), "{refused}");
    let (status, refused) = rotate(admin.shown_key(), json!({"keep_previous": "604801s"})).await;
    assert_eq!((status, &refused["metadata"]["field"]), (400, &json!("keep_previous")), "{refused}");

    let (status, rotated) = rotate(admin.shown_key(), json!({"keep_previous": "0s"})).await;
    assert_eq!((status, &rotated["api_key"]["name"]), (200, &json!("beyond")), "{rotated}");
    let successor = rotated["secret"].as_str().unwrap();
    let reads = async |key: &str| call(&world, key, "GET", "/v1/environments", json!({})).await.0;
    assert_eq!(reads(successor).await, 200);
    let (_, seen) = call(&world, keys.shown_key(), "GET", &format!("/v1/api-keys/{id}"), json!({})).await;
    assert_eq!(seen["api_key"]["successor"], rotated["api_key"]["id"], "{seen}");
    let begun = std::time::Instant::now();
    while reads(old).await != 401 {
        assert!(begun.elapsed().as_secs() < 10, "it is refused everywhere after five seconds");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let (status, over) = rotate(admin.shown_key(), json!({})).await;
    assert_eq!((status, &over["reason"]), (409, &json!("API_KEY_NOT_REPLACEABLE")), "{over}");
    assert_eq!(over["metadata"]["state"], "expired", "{over}");
    world.finish().await;
}
