use super::world::{Browser, dev, reason, world};
use latchkey_domain::Role;
use latchkey_store::{Stream, Version};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

async fn put_integration(browser: &Browser) -> Response {
    let integration =
        json!({ "integration": { "provider": "github", "client_id": "id" }, "client_secret": "s" });
    browser.asks(Method::PUT, "/dashboard/api/integrations/mine").json(&integration).send().await.unwrap()
}

async fn create_link(browser: &Browser) -> Response {
    let wish = json!({ "operator": "bo", "role": "viewer" });
    browser.asks(Method::POST, "/dashboard/api/login-links").json(&wish).send().await.unwrap()
}

#[tokio::test]
async fn each_role_may_do_what_its_scopes_say() {
    let world = world().await;
    let [viewer, developer, admin] = [
        world.logged_in(Role::Viewer).await,
        world.logged_in(Role::Developer).await,
        world.logged_in(Role::Admin).await,
    ];
    for browser in [&viewer, &developer, &admin] {
        for path in ["connections", "integrations", "webhook-endpoints", "providers/github"] {
            let answer = browser.gets(&format!("/dashboard/api/{path}")).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
        }
    }
    assert_eq!(reason(put_integration(&viewer).await).await, "SCOPE_NOT_GRANTED");
    assert_eq!(put_integration(&developer).await.status(), StatusCode::OK);
    for browser in [&viewer, &developer] {
        assert_eq!(reason(browser.gets("/dashboard/api/api-keys").await).await, "SCOPE_NOT_GRANTED");
        assert_eq!(reason(create_link(browser).await).await, "SCOPE_NOT_GRANTED");
    }
    assert_eq!(admin.gets("/dashboard/api/api-keys").await.status(), StatusCode::OK);
    let made: Value = create_link(&admin).await.json().await.unwrap();
    let (_, token) = made["login_link"].as_str().unwrap().split_once("/dashboard/login#t=").unwrap();
    assert_eq!(world.browser().log_in(token).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn nothing_is_asked_without_what_only_the_pages_know() {
    let world = world().await;
    let (mine, other) = (world.logged_in(Role::Admin).await, world.logged_in(Role::Admin).await);
    let path = "/dashboard/api/connections";
    let without = mine.plain(Method::GET, path).send().await.unwrap();
    assert_eq!(reason(without).await, "CSRF_TOKEN_INVALID");
    let others = mine.plain(Method::GET, path).header("x-csrf-token", other.csrf.clone().unwrap());
    assert_eq!(reason(others.send().await.unwrap()).await, "CSRF_TOKEN_INVALID");
    let token = mine.csrf.clone().unwrap();
    let foreign =
        mine.plain(Method::GET, path).header("x-csrf-token", token).header("sec-fetch-site", "cross-site");
    assert_eq!(reason(foreign.send().await.unwrap()).await, "CSRF_TOKEN_INVALID");
    assert_eq!(mine.gets(path).await.status(), StatusCode::OK);
    let nobody = world.browser();
    assert_eq!(reason(nobody.gets(path).await).await, "LOGIN_MISSING");
}

#[tokio::test]
async fn the_cookie_opens_nothing_but_the_dashboard() {
    let world = world().await;
    let browser = world.logged_in(Role::Admin).await;
    // As for anybody without a key, whatever cookies come along.
    assert_eq!(reason(browser.gets("/v1/connections").await).await, "API_KEY_MISSING");
    // And a key that a page names is not looked at: it is the cookie's.
    let named = browser.asks(Method::GET, "/dashboard/api/connections").bearer_auth("lk_dev_other");
    assert_eq!(named.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn no_other_site_may_frame_it_or_run_scripts_in_it() {
    let world = world().await;
    for path in ["/dashboard/session", "/dashboard/api/connections"] {
        let answer = world.browser().gets(path).await;
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert!(!headers.contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn what_an_operator_does_is_recorded_with_who_it_was() {
    let world = world().await;
    let admin = world.logged_in(Role::Admin).await;
    put_integration(&admin).await.error_for_status().unwrap();
    let me = world.vault.list_keys(&dev()).await.unwrap().remove(0).id.to_string();
    let recorded =
        world.store.history(&Stream::new("integration", "dev/mine"), Version(0), 10).await.unwrap();
    assert_eq!(recorded[0].event.payload["by"], me);
    // Nobody can say that they are somebody else.
    let header =
        admin.asks(Method::DELETE, "/dashboard/api/integrations/mine").header("x-latchkey-by", "key_other");
    header.send().await.unwrap().error_for_status().unwrap();
    let recorded =
        world.store.history(&Stream::new("integration", "dev/mine"), Version(1), 10).await.unwrap();
    assert_eq!(recorded[0].event.payload["by"], me);
}
