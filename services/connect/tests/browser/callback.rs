use crate::world::world;
use latchkey_demo_provider::{EntryKind, Extent, NextRedirect, Target};
use reqwest::{Method, StatusCode};
use std::sync::atomic::Ordering;
use std::time::Duration;

#[tokio::test]
async fn a_consent_leads_to_a_connection_and_the_page_says_so() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let back = browser.decided(session, "allow").await;
    let answer = browser.http.get(&back).send().await.unwrap();
    // On to a page without the code in its address.
    assert_eq!(answer.headers()["location"], format!("/connect/{session}"));
    assert!(browser.page(session).await.contains("is connected"));
    assert!(world.described(session).await.connection.is_some());
}

#[tokio::test]
async fn an_answer_counts_once() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let back = browser.decided(session, "allow").await;
    let statuses = (0..10).map(|_| async { browser.http.get(&back).send().await.unwrap().status() });
    let statuses = futures::future::join_all(statuses).await;
    let proceeded = statuses.iter().filter(|status| status.is_redirection()).count();
    assert_eq!(proceeded, 1, "{statuses:?}");
    let refused = statuses.iter().filter(|status| **status == StatusCode::GONE).count();
    assert_eq!(refused, 9, "{statuses:?}");
    assert_eq!(world.token_requests(), 1);
}

#[tokio::test]
async fn an_answer_in_another_browser_is_refused_and_not_spent() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let back = browser.decided(session, "allow").await;
    let (other, _) = world.opened(EntryKind::OAuth).await;
    assert_eq!(other.http.get(&back).send().await.unwrap().status(), StatusCode::GONE);
    let strange = world.browser().http.get(&back).send().await.unwrap();
    assert_eq!(strange.status(), StatusCode::BAD_REQUEST, "no cookie at all");
    assert_eq!(world.token_requests(), 0);
    assert!(browser.http.get(&back).send().await.unwrap().status().is_redirection());
    assert_eq!(world.token_requests(), 1);
}

#[tokio::test]
async fn a_look_at_the_address_does_not_spend_the_answer() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let back = browser.decided(session, "allow").await;
    let looked = browser.http.request(Method::HEAD, &back).send().await.unwrap();
    assert_eq!(looked.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(world.token_requests(), 0);
    assert!(browser.http.get(&back).send().await.unwrap().status().is_redirection());
}

#[tokio::test]
async fn a_state_that_is_none_of_ours_reaches_no_token_endpoint() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    world.provider.controls().redirect_next(NextRedirect::WrongState, 1);
    let back = browser.decided(session, "allow").await;
    assert!(browser.http.get(&back).send().await.unwrap().status().is_client_error());
    for query in ["", "code=x", "state=x&code=x", "code=a&code=b&state=x", "error=access_denied&state="] {
        let answer = browser.get(&format!("/oauth/callback?{query}")).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{query}: {}", answer.status());
    }
    assert_eq!(world.token_requests(), 0);
}

#[tokio::test]
async fn another_issuers_answer_reaches_no_token_endpoint() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    world.provider.controls().redirect_next(NextRedirect::WrongIssuer, 1);
    let back = browser.decided(session, "allow").await;
    browser.http.get(&back).send().await.unwrap();
    assert_eq!(world.token_requests(), 0);
    let failure = world.described(session).await.last_failure.unwrap();
    assert_eq!(failure.reason.as_str(), "ISSUER_MISMATCH");
}

#[tokio::test]
async fn who_declines_is_told_so_and_may_try_again() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let back = browser.decided(session, "deny").await;
    browser.http.get(&back).send().await.unwrap();
    assert!(browser.page(session).await.contains("You did not allow the access"));
    let back = browser.decided(session, "allow").await;
    browser.http.get(&back).send().await.unwrap();
    assert!(world.described(session).await.connection.is_some());
}

#[tokio::test]
async fn a_browser_that_goes_away_in_the_middle_is_connected_all_the_same() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let back = browser.decided(session, "allow").await;
    world.provider.controls().slow(Target::Token, Extent::Requests(1), Duration::from_secs(2));
    let gone = browser.http.get(&back).timeout(Duration::from_secs(1)).send().await;
    assert!(gone.unwrap_err().is_timeout());
    assert_eq!(world.described(session).await.connection, None, "it went away too late for this test");
    world.until_connected(session).await;
    assert_eq!(world.token_requests(), 1);
}

#[tokio::test]
async fn a_vault_that_does_not_hear_or_is_not_heard_loses_no_grant() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let back = browser.decided(session, "allow").await;
    world.hiccups.unheard.store(2, Ordering::SeqCst);
    world.hiccups.unanswered.store(2, Ordering::SeqCst);
    let answer = browser.http.get(&back).send().await.unwrap();
    assert!(answer.status().is_redirection(), "{}", answer.status());
    assert!(world.described(session).await.connection.is_some());
    assert_eq!(world.token_requests(), 1);
}
