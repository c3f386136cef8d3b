//! Providers that do not speak OAuth: a login in several steps with cookies, and an app that is installed, each known by an
//! operator's own provider file alone.

mod vendor;

use crate::meets_a_real_provider::latchkey::Latchkey;
use latchkey_testkit::{Browser, Page, free_port};
use vendor::{PASSWORD, USERNAME, Vendor};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_a_login_in_steps_that_is_repeated_for_the_next_token() {
    latchkey_chassis::tls::install_provider();
    let port = free_port();
    let vendor = Vendor::start(port).await;
    let latchkey = Latchkey::start(&vendor::login_file(port));
    latchkey.register_nothing("real").await;

    let link = latchkey.link("").await;
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let page = browser.asked_for(&offered, "real").await;
    let wrong = browser.submit(&page, filled(&page, "canary_not_it")).await;
    assert!(wrong.status == 422 && wrong.says("does not accept what you entered"), "{}", wrong.html);
    assert!(!wrong.says("canary_not_it"), "a secret is never written back into a page");
    let done = browser.submit(&wrong, filled(&wrong, PASSWORD)).await;
    assert!(done.says("is connected"), "{}", done.html);
    let connection = latchkey.connection_of(&link.session_id).await;

    let first = latchkey.token(&connection, false).await.unwrap();
    assert_eq!(vendor.me(&first.headers).await, 200);
    assert!(first.expire_time.is_some());
    let next = latchkey.token(&connection, true).await.unwrap();
    assert_ne!(first.access_token, next.access_token);
    assert_eq!(vendor.me(&next.headers).await, 200);
    assert_eq!(vendor.logins(), 2, "one for each token, and none for the password that was wrong");
    latchkey.finish();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_an_installation_that_counts_in_the_browser_it_was_begun_in_alone() {
    latchkey_chassis::tls::install_provider();
    let port = free_port();
    let vendor = Vendor::start(port).await;
    let latchkey = Latchkey::start(&vendor::installation_file(port));
    latchkey.register_nothing("real").await;

    let link = latchkey.link("").await;
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let asks = browser.choose(&offered, "real").await;
    assert!(asks.says("Install Acme"), "{} {}: {}", asks.url, asks.status, asks.html);
    let install = ("decision", "install");
    let back = browser.press(&asks, asks.form_with("back"), install, Some("/oauth/callback")).await.stopped();

    let elsewhere = Browser::new().get(&back).await;
    assert!(elsewhere.status.is_client_error() && !elsewhere.says("is connected"), "{}", elsewhere.html);
    let mut forged = back.clone();
    forged.query_pairs_mut().clear().extend_pairs([("installation_id", "42"), ("state", "AAAA")]);
    assert!(browser.get(&forged).await.status.is_client_error());
    assert_eq!(vendor.tokens(), 0, "neither asked the provider for anything");

    let done = browser.get(&back).await;
    assert!(done.says("is connected"), "{} {}", done.status, done.html);
    let connection = latchkey.connection_of(&link.session_id).await;
    assert!(browser.get(&back).await.status.is_client_error(), "an answer is good once");

    let first = latchkey.token(&connection, false).await.unwrap();
    assert_eq!(vendor.me(&first.headers).await, 200);
    let next = latchkey.token(&connection, true).await.unwrap();
    assert_ne!(first.access_token, next.access_token);
    assert_eq!((vendor.me(&next.headers).await, vendor.tokens()), (200, 2));
    latchkey.finish();
}

fn filled(page: &Page, password: &str) -> latchkey_testkit::Form {
    page.form_with("in.username").with("in.username", USERNAME).with("in.password", password)
}
