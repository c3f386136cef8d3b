use crate::world::{Browser, world};
use latchkey_demo_provider::EntryKind;
use reqwest::{Method, StatusCode};

/// What every answer to a browser carries: pages, redirects, refusals and what is not there.
fn assert_guarded(answer: &reqwest::Response) {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; form-action 'self' https: http://127.0.0.1:* http://localhost:*; \
         base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        let carried = answer.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(carried, Some(value), "{name} of {}", answer.url().path());
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_guard_it() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let here = format!("/connect/{session}");
    let (form, start) = (format!("{here}/form?integration=demo-oauth"), format!("{here}/start"));
    for (method, path, status) in [
        (Method::GET, "/connect", 200),
        (Method::GET, &here, 200),
        (Method::GET, &form, 200),
        (Method::POST, "/connect/open", 415),
        (Method::POST, &start, 415),
        (Method::GET, &start, 405),
        (Method::DELETE, "/connect", 405),
        (Method::GET, "/oauth/callback", 400),
        (Method::GET, "/nowhere", 404),
    ] {
        let answer = browser.http.request(method.clone(), format!("{}{path}", world.url));
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{method} {path}");
        assert_guarded(&answer);
    }
    let redirect = browser.start(session, EntryKind::OAuth, &[]).await;
    assert_eq!(redirect.status(), StatusCode::SEE_OTHER);
    assert_guarded(&redirect);
}

#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let token = browser.form_token(session, EntryKind::OAuth).await;
    let path = format!("/connect/{session}/start");
    let sent = async |token: &str, site: &str| {
        let form = [("form_token", token), ("integration", "demo-oauth")];
        let answer = browser.post(&path).form(&form).header("sec-fetch-site", site).send().await.unwrap();
        answer.status()
    };
    assert_eq!(sent("", "same-origin").await, StatusCode::BAD_REQUEST);
    assert_eq!(sent(&"0".repeat(64), "same-origin").await, StatusCode::BAD_REQUEST);
    assert_eq!(sent(&token, "cross-site").await, StatusCode::BAD_REQUEST);
    assert_eq!(sent(&token, "same-site").await, StatusCode::BAD_REQUEST);
    assert_eq!(sent(&token, "same-origin").await, StatusCode::SEE_OTHER);

    let (_, link) = world.session(EntryKind::OAuth).await;
    let opening = browser.post("/connect/open").form(&[("token", link)]);
    let opened = opening.header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_does_not_work_leads_back_to_the_page_it_came_from() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let way_back = format!("href=\"/connect/{session}\"");
    let nothing = format!("/connect/{session}/form?integration=nothing");
    let stale = browser.post(&format!("/connect/{session}/start")).form(&[("form_token", "0")]);
    for answer in [browser.get(&nothing).send().await.unwrap(), stale.send().await.unwrap()] {
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        let page = answer.text().await.unwrap();
        assert!(page.contains(&way_back), "{page}");
    }
    // Who does not hold the session is not told that there is one.
    let stranger = world.browser().get(&nothing).send().await.unwrap();
    assert!(!stranger.text().await.unwrap().contains(&way_back));
}

#[tokio::test]
async fn another_browsers_form_token_is_none_of_ours() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let (other, others) = world.opened(EntryKind::OAuth).await;
    let token = other.form_token(others, EntryKind::OAuth).await;
    let form = [("form_token", token.as_str()), ("integration", "demo-oauth")];
    let answer = browser.post(&format!("/connect/{session}/start")).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_session_shows_itself_to_the_browser_that_opened_it_alone() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let path = format!("/connect/{session}");
    let status = async |browser: &Browser, path: &str| browser.get(path).send().await.unwrap().status();
    assert_eq!(status(&browser, &path).await, StatusCode::OK);
    assert_eq!(status(&world.browser(), &path).await, StatusCode::BAD_REQUEST, "no cookie at all");
    let (other, _) = world.opened(EntryKind::OAuth).await;
    assert_eq!(status(&other, &path).await, StatusCode::GONE);
    assert_eq!(status(&browser, "/connect/ses_01JD0000000000000000000000").await, StatusCode::NOT_FOUND);
    assert_eq!(status(&browser, "/connect/whatever").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_link_that_is_no_link_opens_nothing() {
    let world = world().await;
    let browser = world.browser();
    for token in ["", "lk_cs_", "canary_guess"] {
        let answer = browser.post("/connect/open").form(&[("token", token)]).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{token:?}: {}", answer.status());
        assert!(answer.headers().get("set-cookie").is_none());
        assert!(!answer.text().await.unwrap().contains("canary"), "what was sent is said again");
    }
}

#[tokio::test]
async fn the_cookie_is_for_this_server_and_no_script() {
    let world = world().await;
    let (_, token) = world.session(EntryKind::OAuth).await;
    let answer = world.browser().post("/connect/open").form(&[("token", token)]).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

#[tokio::test]
async fn what_a_request_calls_this_server_is_not_believed() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let token = browser.form_token(session, EntryKind::OAuth).await;
    let form = [("form_token", token.as_str()), ("integration", "demo-oauth")];
    let mut request = browser.post(&format!("/connect/{session}/start")).form(&form);
    for (name, lie) in
        [("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example")]
    {
        request = request.header(name, lie);
    }
    let answer = request.send().await.unwrap();
    let there = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let redirect_uri = there.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1;
    assert_eq!(redirect_uri, format!("{}/oauth/callback", world.url));
}

#[tokio::test]
async fn a_form_larger_than_any_of_ours_is_not_read() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let form = [("in.subdomain", "x".repeat(100 * 1024))];
    let answer = browser.post(&format!("/connect/{session}/start")).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn ready_means_that_the_vault_answers() {
    let world = world().await;
    assert!(world.vault.ping().await.is_ok());
    let nobody = latchkey_wire::Route::local(tonic::service::Routes::default());
    assert!(latchkey_wire::VaultClient::new(nobody).ping().await.is_err());
}
