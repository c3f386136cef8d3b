//! Connecting again with another account, in forms and links.

use crate::world::{API_KEY, Browser, World, between, dev, world};
use latchkey_demo_provider::{Account, EntryKind};
use latchkey_domain::{ConnectionId, SessionId};
use latchkey_wire::contract::{AttemptState, CreateSession};
use latchkey_wire::convert::secret_to_pb;
use reqwest::StatusCode;
use std::time::Duration;

async fn connected(world: &World, kind: EntryKind) -> ConnectionId {
    let (browser, session) = world.opened(kind).await;
    match kind {
        EntryKind::OAuth => come_back(&browser, session).await,
        _ => drop(browser.start(session, kind, &[("in.api_key", API_KEY)]).await),
    }
    world.described(session).await.connection.unwrap()
}

async fn come_back(browser: &Browser, session: SessionId) {
    let back = browser.decided(session, "allow").await;
    let answer = browser.http.get(back).send().await.unwrap();
    assert_eq!(answer.headers()["location"], format!("/connect/{session}"));
}

/// A browser with a link to connect again, at a provider where somebody else is signed in.
async fn mending(world: &World, connection: ConnectionId) -> (Browser, SessionId) {
    let bob = Account { id: "2".into(), login: "bob@demo".into(), name: "Bob".into() };
    world.provider.controls().sign_in(bob);
    let create = CreateSession {
        environment: dev(),
        end_user: "ana".parse().unwrap(),
        integrations: vec![],
        reconnect: Some(connection),
        manages: false,
        lifetime: Duration::from_secs(600),
        outline: latchkey_domain::session::Outline::default(),
    };
    let created = world.vault.create_session(create).await.unwrap();
    let (browser, token) = (world.browser(), secret_to_pb(&created.token));
    browser.post("/connect/open").form(&[("token", token)]).send().await.unwrap();
    (browser, created.session)
}

async fn decide(browser: &Browser, session: SessionId, account: &str) -> StatusCode {
    let page = browser.page(session).await;
    let hidden = |name: &str| between(&page, &format!("name=\"{name}\" value=\""), "\"");
    let (token, attempt) = (hidden("form_token"), hidden("attempt"));
    let form = [("form_token", token.as_str()), ("attempt", &attempt), ("account", account)];
    let path = format!("/connect/{session}/account");
    let forged = [("form_token", "0"), ("attempt", &attempt), ("account", account)];
    let refused = browser.post(&path).form(&forged).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    browser.post(&path).form(&form).send().await.unwrap().status()
}

#[tokio::test]
async fn whoever_comes_back_with_another_account_is_asked_which_is_meant() {
    let world = world().await;
    for kind in [EntryKind::OAuth, EntryKind::ApiKey] {
        world.provider.controls().sign_in(Account::ana());
        let connection = connected(&world, kind).await;
        let (browser, session) = mending(&world, connection).await;
        match kind {
            EntryKind::OAuth => come_back(&browser, session).await,
            _ => {
                let answer = browser.start(session, kind, &[("in.api_key", API_KEY)]).await;
                assert_eq!(answer.headers()["location"], format!("/connect/{session}"));
            }
        }
        let page = browser.page(session).await;
        assert!(page.contains("ana@demo") && page.contains("bob@demo"), "{page}");
        assert_eq!(decide(&browser, session, "use").await, StatusCode::SEE_OTHER);
        let settled = world.described(session).await;
        assert_eq!(settled.connection, Some(connection));
        assert_eq!(settled.summary.unwrap().account.as_deref(), Some("bob@demo"));
        assert!(browser.page(session).await.contains("is connected"));
    }
}

#[tokio::test]
async fn whoever_did_not_mean_it_begins_again_and_nothing_has_changed() {
    let world = world().await;
    let connection = connected(&world, EntryKind::OAuth).await;
    let (browser, session) = mending(&world, connection).await;
    come_back(&browser, session).await;
    assert_eq!(decide(&browser, session, "switch").await, StatusCode::SEE_OTHER);
    let page = browser.page(session).await;
    assert!(page.contains("another account than the one that is to be connected again"), "{page}");
    let view = world.described(session).await;
    assert_eq!(view.latest_attempt.unwrap().state, AttemptState::Failed);
    assert_eq!(view.summary.unwrap().account.as_deref(), Some("ana@demo"));
    world.provider.controls().sign_in(Account::ana());
    come_back(&browser, session).await;
    assert_eq!(world.described(session).await.connection, Some(connection));
}

async fn offered(browser: &Browser, session: SessionId) -> (String, [(&'static str, String); 2]) {
    let page = browser.page(session).await;
    let hidden = |name: &str| between(&page, &format!("name=\"{name}\" value=\""), "\"");
    let form = [("form_token", hidden("form_token")), ("attempt", hidden("attempt"))];
    (page, form)
}

#[tokio::test]
async fn one_login_that_opens_several_accounts_is_asked_which_is_meant() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::Workspaces).await;
    let back = browser.decided_of(session, EntryKind::Workspaces, "allow").await;
    browser.http.get(back).send().await.unwrap();
    let (page, [token, attempt]) = offered(&browser, session).await;
    assert!(page.contains("Globex (globex.demo.example)"), "{page}");
    let view = world.described(session).await;
    assert_eq!(view.latest_attempt.unwrap().state, AttemptState::Held);
    let path = format!("/connect/{session}/account");
    for wrong in ["4", "99", "x"] {
        let form = [token.clone(), attempt.clone(), ("choice", wrong.to_owned())];
        let refused = browser.post(&path).form(&form).send().await.unwrap();
        assert!(refused.status().is_client_error(), "{wrong}: {}", refused.status());
    }
    let form = [token, attempt, ("choice", "2".to_owned())];
    assert_eq!(browser.post(&path).form(&form).send().await.unwrap().status(), StatusCode::SEE_OTHER);
    let view = world.described(session).await;
    assert_eq!(view.summary.unwrap().account.as_deref(), Some("ana@demo (Globex)"));
}
