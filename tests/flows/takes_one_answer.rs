//! What a provider sends back is taken once, from the browser that was sent there and from the provider it was sent to.

use crate::connects_an_account::described;
use futures::future::join_all;
use latchkey_testkit::demo::NextRedirect;
use latchkey_testkit::{Browser, Page, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_taken_once_from_the_right_browser_and_the_right_provider() {
    let world = World::start().await;
    a_declined_consent_is_told_as_such(&world).await;
    a_replayed_callback_changes_nothing(&world).await;
    of_twenty_callbacks_at_once_one_redeems_the_code(&world).await;
    a_wrong_state_is_refused(&world).await;
    an_answer_to_nothing_is_refused(&world).await;
    another_browser_is_refused(&world).await;
    another_issuer_is_refused(&world).await;
    world.finish().await;
}

async fn a_declined_consent_is_told_as_such(world: &World) {
    let (browser, session, consent) = at_consent(world).await;
    let page = browser.decide(&consent, "decline").await;
    assert!(page.says("You did not allow the access"), "{}", page.html);
    let session = described(world.backend(), &session).await;
    assert_eq!((session.connection_id.as_str(), session.last_failure.as_str()), ("", "USER_DECLINED"));
    // The same link still leads to a connection.
    let again = browser.choose(&page, "demo-oauth").await;
    let done = browser.decide(&again, "allow").await;
    world.connected(&session.session_id, &done).await;
}

async fn a_replayed_callback_changes_nothing(world: &World) {
    let (browser, session, consent) = at_consent(world).await;
    let callback = browser.allow_and_stop(&consent).await;
    let done = browser.get(&callback).await;
    let connection = world.connected(&session, &done).await;
    let exchanges = world.token_requests("authorization_code");
    let again = browser.get(&callback).await;
    assert!(again.status == 410 && again.says("used already"), "{} {}", again.status, again.html);
    assert_eq!(world.token_requests("authorization_code"), exchanges);
    assert_eq!(world.backend().connection(&connection).await.unwrap().credential.unwrap().generation, 1);
}

async fn of_twenty_callbacks_at_once_one_redeems_the_code(world: &World) {
    let (browser, session, consent) = at_consent(world).await;
    let callback = browser.allow_and_stop(&consent).await;
    let exchanges = world.token_requests("authorization_code");
    let pages = join_all((0..20).map(|_| browser.get(&callback))).await;
    assert_eq!(world.token_requests("authorization_code"), exchanges + 1);
    assert_eq!(pages.iter().filter(|page| page.says("is connected")).count(), 1);
    assert!(described(world.backend(), &session).await.connection_id.starts_with("con_"));
}

async fn a_wrong_state_is_refused(world: &World) {
    let (browser, session, consent) = at_consent(world).await;
    world.provider().redirect_next(NextRedirect::WrongState, 1);
    let exchanges = world.token_requests("authorization_code");
    let page = browser.decide(&consent, "allow").await;
    assert!(
        page.status == 400 && page.says("does not belong to any attempt"),
        "{} {}",
        page.status,
        page.html
    );
    assert_eq!(world.token_requests("authorization_code"), exchanges);
    assert_eq!(described(world.backend(), &session).await.connection_id, "");
}

async fn an_answer_to_nothing_is_refused(world: &World) {
    let (browser, session, consent) = at_consent(world).await;
    let callback = browser.allow_and_stop(&consent).await;
    let exchanges = world.token_requests("authorization_code");
    let state = callback.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let other = format!("{}A", &state[..state.len() - 1]);
    for query in [
        String::new(),
        "code=canary_x".to_owned(),
        "state=&code=canary_x".to_owned(),
        format!("state={state}"),
        format!("state={state}&state={state}&code=canary_x"),
        format!("state={other}&code=canary_x"),
        format!("state={}&code=canary_x", "A".repeat(64)),
        format!("state={}&code=canary_x", "%00".repeat(100)),
    ] {
        let page = browser.get(world.url(&format!("/oauth/callback?{query}"))).await;
        assert!(page.status.is_client_error(), "{query}: {} {}", page.status, page.html);
        assert!(!page.says("canary_x"), "an answer is not repeated: {}", page.html);
    }
    assert_eq!(world.token_requests("authorization_code"), exchanges);
    // None of them spoilt the attempt.
    let done = browser.get(&callback).await;
    world.connected(&session, &done).await;
}

async fn another_browser_is_refused(world: &World) {
    let (browser, session, consent) = at_consent(world).await;
    let callback = browser.allow_and_stop(&consent).await;
    let exchanges = world.token_requests("authorization_code");
    let stranger = Browser::new();
    let page = stranger.get(&callback).await;
    assert_eq!(page.status, 400, "a browser without our cookie: {}", page.html);
    let link = world.backend().link("demo-oauth", "mallory").await.unwrap();
    stranger.open_link(&link.connect_link).await;
    let page = stranger.get(&callback).await;
    assert!(page.status == 410 && page.says("another browser"), "{} {}", page.status, page.html);
    assert_eq!(world.token_requests("authorization_code"), exchanges);
    // The attempt is still good where it was begun.
    let done = browser.get(&callback).await;
    world.connected(&session, &done).await;
}

async fn another_issuer_is_refused(world: &World) {
    let (browser, session, consent) = at_consent(world).await;
    world.provider().redirect_next(NextRedirect::WrongIssuer, 1);
    let exchanges = world.token_requests("authorization_code");
    let page = browser.decide(&consent, "allow").await;
    assert!(page.says("did not come from the provider"), "{}", page.html);
    assert_eq!(
        world.token_requests("authorization_code"),
        exchanges,
        "the code must reach no token endpoint"
    );
    assert_eq!(described(world.backend(), &session).await.last_failure, "ISSUER_MISMATCH");
}

/// At the provider's consent page: the browser, the session, the page.
async fn at_consent(world: &World) -> (Browser, String, Page) {
    let link = world.backend().link("demo-oauth", "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let consent = browser.choose(&offered, "demo-oauth").await;
    assert!(consent.url.as_str().starts_with(world.issuer()), "{}", consent.html);
    (browser, link.session_id, consent)
}
