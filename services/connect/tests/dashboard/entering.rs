use super::world::{dev, reason, world};
use futures::future::join_all;
use latchkey_domain::Role;
use latchkey_domain::api_key::Scope;
use latchkey_wire::contract::{CreateLogin, IssueKey, KeyState};
use latchkey_wire::convert::secret_to_pb;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::time::Duration;

#[tokio::test]
async fn a_link_lets_one_browser_in_and_no_second() {
    let world = world().await;
    let token = world.link(Role::Developer).await;
    let first = world.browser();
    let answer = first.log_in(&token).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let told: Value = answer.json().await.unwrap();
    assert_eq!(
        (&told["operator"], &told["role"], &told["environment"]),
        (&"ana".into(), &"developer".into(), &"dev".into())
    );
    assert!(!told.to_string().contains("lk_dev_"), "the key is for the cookie alone: {told}");

    let again: Value = first.gets("/dashboard/session").await.json().await.unwrap();
    assert_eq!(again, told);
    let second = world.browser();
    assert_eq!(reason(second.log_in(&token).await).await, "LOGIN_USED");
    assert_eq!(reason(second.gets("/dashboard/session").await).await, "LOGIN_MISSING");
}

#[tokio::test]
async fn of_many_who_come_at_once_one_is_let_in() {
    let world = world().await;
    let token = world.link(Role::Viewer).await;
    let browsers: Vec<_> = (0..12).map(|_| world.browser()).collect();
    let answers = join_all(browsers.iter().map(|browser| browser.log_in(&token))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status() == StatusCode::OK).count(), 1);
    let logins = world.vault.list_keys(&dev()).await.unwrap();
    assert_eq!(logins.iter().filter(|key| key.role.is_some()).count(), 1);
}

#[tokio::test]
async fn a_link_is_good_for_as_long_as_it_says() {
    let world = world().await;
    let token = world.link(Role::Viewer).await;
    world.clock.advance(Duration::from_secs(600));
    assert_eq!(reason(world.browser().log_in(&token).await).await, "LOGIN_EXPIRED");
    for wrong in ["lk_in_", "lk_in_AAAA", "lk_cs_x"] {
        assert_eq!(reason(world.browser().log_in(wrong).await).await, "LOGIN_UNKNOWN", "{wrong}");
    }
    let forever = CreateLogin {
        environment: dev(),
        operator: "ana".into(),
        role: Role::Viewer,
        lifetime: Duration::from_secs(24 * 3600 + 1),
    };
    assert_eq!(world.vault.create_login(forever).await.unwrap_err().metadata["field"], "lifetime");
}

#[tokio::test]
async fn a_login_ends_after_twelve_hours() {
    let world = world().await;
    let browser = world.logged_in(Role::Admin).await;
    let key = world.vault.list_keys(&dev()).await.unwrap().remove(0);
    assert_eq!(key.expires_at.unwrap().0 - key.created_at.0, 12 * 3600 * 1000);
    world.clock.advance(Duration::from_secs(12 * 3600));
    // What was known of the key is believed for a few seconds more.
    let ended = async {
        loop {
            let answer = browser.gets("/dashboard/api/connections").await;
            if answer.status() == StatusCode::UNAUTHORIZED {
                return reason(answer).await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(20), ended).await.unwrap();
    assert_eq!(ended, "API_KEY_EXPIRED");
}

#[tokio::test]
async fn who_logs_out_is_out_and_the_key_is_dead() {
    let world = world().await;
    let browser = world.logged_in(Role::Admin).await;
    let out = browser.asks(Method::POST, "/dashboard/logout").send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert!(out.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(reason(browser.gets("/dashboard/session").await).await, "LOGIN_MISSING");
    assert_eq!(world.vault.list_keys(&dev()).await.unwrap()[0].state, KeyState::Revoked);
}

#[tokio::test]
async fn a_new_login_ends_the_one_before_it() {
    let world = world().await;
    let browser = world.logged_in(Role::Viewer).await;
    browser.log_in(&world.link(Role::Admin).await).await.error_for_status().unwrap();
    let keys = world.vault.list_keys(&dev()).await.unwrap();
    let live: Vec<_> = keys.iter().filter(|key| key.state == KeyState::Active).map(|key| key.role).collect();
    assert_eq!(live, [Some(Role::Admin)]);
}

#[tokio::test]
async fn another_site_cannot_log_anybody_in_or_out() {
    let world = world().await;
    let token = world.link(Role::Viewer).await;
    let browser = world.browser();
    let login = || browser.plain(Method::POST, "/dashboard/login");
    let body = format!("{{\"token\":\"{token}\"}}");
    // What a form of another site can send.
    let form = login().header("content-type", "text/plain").body(body.clone()).send().await.unwrap();
    assert_eq!(form.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let foreign = login().header("content-type", "application/json").header("sec-fetch-site", "cross-site");
    assert_eq!(reason(foreign.body(body).send().await.unwrap()).await, "CSRF_TOKEN_INVALID");
    // Neither has spent the link.
    assert_eq!(browser.log_in(&token).await.status(), StatusCode::OK);
    let out = browser.plain(Method::POST, "/dashboard/logout").send().await.unwrap();
    assert_eq!(reason(out).await, "CSRF_TOKEN_INVALID");
    assert_eq!(browser.gets("/dashboard/session").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_backends_key_in_a_cookie_is_no_login() {
    let world = world().await;
    let issue = IssueKey {
        environment: dev(),
        name: "backend".into(),
        scopes: Scope::ALL.to_vec(),
        expires_at: None,
    };
    let key = secret_to_pb(&world.vault.issue_key(issue).await.unwrap().secret);
    let browser = world.browser();
    let planted =
        browser.plain(Method::GET, "/dashboard/session").header("cookie", format!("lk_operator={key}"));
    assert_eq!(reason(planted.send().await.unwrap()).await, "LOGIN_MISSING");
}
