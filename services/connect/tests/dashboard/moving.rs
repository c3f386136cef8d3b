use super::world::{Browser, World, dev, reason, world};
use latchkey_domain::{Environment, Role};
use latchkey_wire::contract::KeyState;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

fn prod() -> Environment {
    "prod".parse().unwrap()
}

/// What a page is told of a login, and says with its requests from then on.
async fn told(browser: &mut Browser, answer: Response) -> Value {
    assert_eq!(answer.status(), StatusCode::OK);
    let session: Value = answer.json().await.unwrap();
    browser.csrf = Some(session["csrf_token"].as_str().unwrap().to_owned());
    session
}

async fn log_in(world: &World, browser: &mut Browser, environment: &str, role: Role) -> Value {
    let answer = browser.log_in(&world.link_to(environment, "ana", role).await).await;
    told(browser, answer).await
}

async fn go(browser: &Browser, environment: &str) -> Response {
    let wish = json!({ "environment": environment });
    browser.asks(Method::POST, "/dashboard/environment").json(&wish).send().await.unwrap()
}

/// The login that an answer brings.
fn cookie(answer: &Response) -> String {
    let mut set = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let login = set.find_map(|cookie| cookie.strip_prefix("lk_operator=")).unwrap();
    login.split(';').next().unwrap().to_owned()
}

async fn live(world: &World, environment: &Environment) -> usize {
    let keys = world.vault.list_keys(environment).await.unwrap();
    keys.iter().filter(|key| key.role.is_some() && key.state == KeyState::Active).count()
}

#[tokio::test]
async fn one_person_goes_from_one_environment_to_the_other_and_sees_its_data_alone() {
    let world = world().await;
    let mut browser = world.browser();
    log_in(&world, &mut browser, "dev", Role::Admin).await;
    let integration =
        json!({ "integration": { "provider": "github", "client_id": "id" }, "client_secret": "s" });
    let made = browser.asks(Method::PUT, "/dashboard/api/integrations/of-dev").json(&integration);
    assert_eq!(made.send().await.unwrap().status(), StatusCode::OK);
    let of_dev = browser.csrf.clone();

    let session = log_in(&world, &mut browser, "prod", Role::Viewer).await;
    assert_eq!((&session["environment"], &session["role"]), (&json!("prod"), &json!("viewer")));
    let known = json!([{ "name": "prod", "role": "viewer", "here": true }, { "name": "dev", "role": "admin", "here": false }]);
    assert_eq!(session["environments"], known);
    let listed: Value = browser.gets("/dashboard/api/integrations").await.json().await.unwrap();
    assert_eq!(listed, json!({}), "nothing of dev is seen in prod");
    let of_prod = std::mem::replace(&mut browser.csrf, of_dev);
    // A page that still shows the other environment asks nothing of this one.
    assert_eq!(reason(browser.gets("/dashboard/api/integrations").await).await, "CSRF_TOKEN_INVALID");

    browser.csrf = of_prod;
    let answer = go(&browser, "dev").await;
    let session = told(&mut browser, answer).await;
    assert_eq!((&session["environment"], &session["role"]), (&json!("dev"), &json!("admin")));
    let listed = browser.gets("/dashboard/api/integrations").await.text().await.unwrap();
    assert!(listed.contains("of-dev"), "{listed}");
    let again: Value = browser.gets("/dashboard/session").await.json().await.unwrap();
    assert_eq!(again, session);
    assert_eq!((live(&world, &dev()).await, live(&world, &prod()).await), (1, 1));
}

#[tokio::test]
async fn without_a_login_there_one_stays_here_and_is_told_why() {
    let world = world().await;
    let browser = world.logged_in(Role::Admin).await;
    for elsewhere in ["prod", "dev", "", "../dev"] {
        let refused = go(&browser, elsewhere).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{elsewhere}");
        assert_eq!(reason(refused).await, "LOGIN_MISSING");
    }
    let session: Value = browser.gets("/dashboard/session").await.json().await.unwrap();
    assert_eq!(session["environment"], "dev");
    let wish = json!({ "environment": "dev" });
    let foreign = browser.plain(Method::POST, "/dashboard/environment").json(&wish).send().await.unwrap();
    assert_eq!(reason(foreign).await, "CSRF_TOKEN_INVALID");
}

#[tokio::test]
async fn somebody_else_who_comes_in_ends_every_login_of_the_browser() {
    let world = world().await;
    let mut browser = world.browser();
    log_in(&world, &mut browser, "dev", Role::Admin).await;
    log_in(&world, &mut browser, "prod", Role::Admin).await;
    let answer = browser.log_in(&world.link_to("prod", "bo", Role::Viewer).await).await;
    let session = told(&mut browser, answer).await;
    assert_eq!(session["environments"], json!([{ "name": "prod", "role": "viewer", "here": true }]));
    assert_eq!((live(&world, &dev()).await, live(&world, &prod()).await), (0, 1));
    assert_eq!(reason(go(&browser, "dev").await).await, "LOGIN_MISSING");
}

#[tokio::test]
async fn a_login_that_another_person_left_behind_is_ended_when_it_is_seen() {
    let world = world().await;
    let browser = world.browser();
    let bo = browser.log_in(&world.link_to("prod", "bo", Role::Admin).await).await;
    let left_behind = cookie(&bo);
    // As after a login at an OpenID provider, whose answer comes without cookies.
    let ana = world.logged_in(Role::Admin).await;
    let session = ana.plain(Method::GET, "/dashboard/session");
    let own = ana.log_in(&world.link(Role::Admin).await).await;
    let both = format!("lk_operator={}; lk_operator_prod={left_behind}", cookie(&own));
    let seen = session.header("cookie", both).send().await.unwrap();
    let cleared = seen.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cleared.starts_with("lk_operator_prod=;") && cleared.contains("Max-Age=0"), "{cleared}");
    let told: Value = seen.json().await.unwrap();
    assert_eq!(told["environments"], json!([{ "name": "dev", "role": "admin", "here": true }]));
    assert_eq!(live(&world, &prod()).await, 0);
}

#[tokio::test]
async fn who_logs_out_is_out_everywhere() {
    let world = world().await;
    let mut browser = world.browser();
    log_in(&world, &mut browser, "dev", Role::Admin).await;
    log_in(&world, &mut browser, "prod", Role::Admin).await;
    let out = browser.asks(Method::POST, "/dashboard/logout").send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert_eq!((live(&world, &dev()).await, live(&world, &prod()).await), (0, 0));
    assert_eq!(reason(browser.gets("/dashboard/session").await).await, "LOGIN_MISSING");
}
