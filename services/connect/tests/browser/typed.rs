use crate::world::{API_KEY, world};
use latchkey_chassis::telemetry;
use latchkey_demo_provider::{EntryKind, Extent, Target};
use reqwest::StatusCode;
use std::time::Duration;

#[tokio::test]
async fn what_is_typed_is_tried_before_it_is_kept_and_never_shown_again() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::ApiKey).await;
    let wrong = browser.start(session, EntryKind::ApiKey, &[("in.api_key", "canary_wrong")]).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = wrong.text().await.unwrap();
    assert!(page.contains("does not accept what you entered") && !page.contains("canary"), "{page}");
    assert_eq!(world.described(session).await.connection, None);

    let right = browser.start(session, EntryKind::ApiKey, &[("in.api_key", API_KEY)]).await;
    assert_eq!(right.headers()["location"], format!("/connect/{session}"));
    assert!(world.described(session).await.connection.is_some());
}

#[tokio::test]
async fn who_goes_away_while_a_key_is_tried_is_connected_all_the_same() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::ApiKey).await;
    let token = browser.form_token(session, EntryKind::ApiKey).await;
    world.provider.controls().slow(Target::Api, Extent::Requests(1), Duration::from_secs(2));
    let form = [("form_token", token.as_str()), ("integration", "demo-api-key"), ("in.api_key", API_KEY)];
    let sent = browser.post(&format!("/connect/{session}/start")).form(&form);
    assert!(sent.timeout(Duration::from_secs(1)).send().await.unwrap_err().is_timeout());
    assert_eq!(world.described(session).await.connection, None, "it went away too late for this test");
    world.until_connected(session).await;
}

#[tokio::test]
async fn what_the_link_does_not_offer_is_not_started() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::ApiKey).await;
    let token = browser.form_token(session, EntryKind::ApiKey).await;
    for other in ["demo-oauth", "nothing", "<script>"] {
        let form = [("form_token", token.as_str()), ("integration", other)];
        let answer = browser.post(&format!("/connect/{session}/start")).form(&form).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{other}: {}", answer.status());
        assert!(!answer.text().await.unwrap().contains("<script>"));
    }
}

#[tokio::test]
async fn attempts_are_counted_by_what_a_developer_named_and_nothing_else() {
    telemetry::metrics::install();
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::ApiKey).await;
    browser.start(session, EntryKind::ApiKey, &[("in.api_key", "canary_wrong")]).await;
    browser.start(session, EntryKind::ApiKey, &[("in.api_key", API_KEY)]).await;
    let page = telemetry::metrics::render();
    for line in [
        r#"latchkey_connect_sessions_total{environment="dev",intent="connect",outcome="completed""#,
        r#"latchkey_connect_steps_total{integration="demo-api-key",step="establish",outcome="success",owner="""#,
        r#"latchkey_connect_steps_total{integration="demo-api-key",step="verify",outcome="failure",owner="END_USER""#,
        r#"latchkey_verifications_total{integration="demo-api-key",outcome="failure",reason="CREDENTIALS_REJECTED""#,
        r#"latchkey_verifications_total{integration="demo-api-key",outcome="success""#,
    ] {
        assert!(page.contains(line), "{line} is not in:\n{page}");
    }
    assert!(!page.contains("canary") && !page.contains(&session.to_string()), "{page}");
}
