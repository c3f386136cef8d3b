//! An end user's account becomes a connection, by every way there is to connect, with a link that is good once.

use latchkey_testkit::pb::connect::{
    CreateConnectSessionRequest, GetConnectSessionRequest, GetConnectSessionResponse,
};
use latchkey_testkit::{API_KEY, Backend, Browser, PASSWORD, Page, USERNAME, World, reason};
use std::time::Duration;
use tonic::Code;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_consent_a_key_a_password_or_for_the_app_itself() {
    let world = World::start().await;

    let consented = world.connect("demo-oauth", "ana").await;
    let token = world.backend().token(&consented).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);

    let (keyed, wrong) =
        typed(&world, "demo-api-key", &[("in.api_key", "canary_not_it")], &[("in.api_key", API_KEY)]).await;
    assert!(wrong.says("does not accept what you entered"), "{}", wrong.html);
    assert!(!wrong.says("canary_not_it"), "a secret is never written back into a page");
    let key = world.backend().token(&keyed).await.unwrap();
    assert_eq!(world.call_api("/keyed/me", &key.headers).await, 200);
    assert!(
        key.access_token.is_empty() && key.expire_time.is_none(),
        "a key is no token and does not expire"
    );

    let wrong = [("in.username", USERNAME), ("in.password", "canary_not_it")];
    let right = [("in.username", USERNAME), ("in.password", PASSWORD)];
    let (basic, wrong) = typed(&world, "demo-basic", &wrong, &right).await;
    assert!(wrong.form_with("in.username").fields.contains(&("in.username".to_owned(), USERNAME.to_owned())));
    let password = world.backend().token(&basic).await.unwrap();
    assert_eq!(world.call_api("/basic/me", &password.headers).await, 200);

    let machine = for_the_app(&world, "demo-machine").await;
    let token = world.backend().token(&machine).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);

    for (connection, mode) in
        [(consented, "OAUTH2"), (keyed, "API_KEY"), (basic, "BASIC"), (machine, "OAUTH2_CC")]
    {
        let credential = world.backend().connection(&connection).await.unwrap().credential.unwrap();
        assert_eq!((credential.auth_mode.as_str(), credential.generation), (mode, 1));
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_oauth_1_and_each_request_is_signed_by_the_vault() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth1", "ana").await;
    let credential = world.backend().connection(&connection).await.unwrap().credential.unwrap();
    assert_eq!(credential.auth_mode, "OAUTH1");

    let unsigned = world.backend().token(&connection).await.unwrap_err();
    assert_eq!((unsigned.code(), reason(&unsigned).as_str()), (Code::FailedPrecondition, "REQUEST_NEEDED"));
    assert!(unsigned.message().contains("`request`"), "{}", unsigned.message());

    let url = format!("{}/oauth1/me?detail=a%20b", world.issuer());
    let signed = world.backend().signed(&connection, "GET", &url).await.unwrap();
    assert_eq!(world.call_api("/oauth1/me?detail=a%20b", &signed.headers).await, 200);
    assert_eq!(world.call_api("/oauth1/me?detail=other", &signed.headers).await, 401);
    assert_eq!(world.call_api("/oauth1/me?detail=a%20b", &signed.headers).await, 401, "a nonce counts once");

    let elsewhere = world.backend().signed(&connection, "GET", "https://evil.example/").await.unwrap_err();
    assert_eq!(elsewhere.code(), Code::InvalidArgument);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saying_no_to_oauth_1_connects_nothing() {
    let world = World::start().await;
    let link = world.backend().link("demo-oauth1", "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let consent = browser.choose(&offered, "demo-oauth1").await;
    let back = browser.decide(&consent, "decline").await;
    assert!(back.says("You did not allow the access"), "{}", back.html);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistyped_key_replaces_nothing() {
    let world = World::start().await;
    let (connection, _) =
        typed(&world, "demo-api-key", &[("in.api_key", "canary_no")], &[("in.api_key", API_KEY)]).await;

    let link = world.backend().reconnect_link(&connection, "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let asked = browser.asked_for(&offered, "demo-api-key").await;
    let page = browser.submit(&asked, asked.form_with("in.api_key").with("in.api_key", "canary_wrong")).await;
    assert_eq!(page.status, 422);

    let still = world.backend().connection(&connection).await.unwrap().credential.unwrap();
    assert_eq!(still.generation, 1);
    let key = world.backend().token(&connection).await.unwrap();
    assert_eq!(world.call_api("/keyed/me", &key.headers).await, 200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_good_once_for_a_while_for_one_person() {
    let world = World::start().await;
    let backend = world.backend();

    let link = backend.link("demo-oauth", "ana").await.unwrap();
    let (browser, other) = (Browser::new(), Browser::new());
    let offered = browser.open_link(&link.connect_link).await;
    let elsewhere = other.open_link(&link.connect_link).await;
    assert!(elsewhere.status == 410 && elsewhere.says("another browser"), "{}", elsewhere.html);
    let consent = browser.choose(&offered, "demo-oauth").await;
    let done = browser.decide(&consent, "allow").await;
    world.connected(&link.session_id, &done).await;
    let again = other.open_link(&link.connect_link).await;
    assert_eq!(again.status, 410, "{}", again.html);

    let short = short_link(backend, Duration::from_secs(1)).await;
    tokio::time::sleep(Duration::from_millis(1300)).await;
    let expired = Browser::new().open_link(&short).await;
    assert!(expired.status == 410 && expired.says("has expired"), "{}", expired.html);

    for token in ["nonsense", "lk_cs_AAAA", &format!("lk_cs_{}", "A".repeat(64)), "%00", ""] {
        let page = Browser::new().open_link(&world.url(&format!("/connect#s={token}"))).await;
        assert!(matches!(page.status.as_u16(), 400 | 404), "{token}: {} {}", page.status, page.html);
        assert!(
            page.says("Ask the product you came from for a new link") || page.says("is missing"),
            "{}",
            page.html
        );
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_exist_cannot_be_connected() {
    let world = World::start().await;
    let refusal = world.backend().link("no-such", "ana").await.unwrap_err();
    assert_eq!(reason(&refusal), "INTEGRATION_UNKNOWN");
    assert!(refusal.message().contains("no-such"), "{refusal:?}");

    let nowhere = world.backend().reconnect_link("con_01ARZ3NDEKTSV4RRFFQ69G5FAV", "ana").await.unwrap_err();
    assert_eq!(reason(&nowhere), "CONNECTION_UNKNOWN");

    let unknown = latchkey_testkit::pb::admin::Integration {
        key: "x".into(),
        provider: "no-such-provider".into(),
        ..Default::default()
    };
    let put = latchkey_testkit::pb::admin::PutIntegrationRequest {
        integration: Some(unknown),
        ..Default::default()
    };
    let refusal = world.backend().integrations().put_integration(put).await.unwrap_err();
    assert_eq!(reason(&refusal), "PROVIDER_UNKNOWN");

    // A link offers what it was made for and nothing else.
    let link = world.backend().link("demo-oauth", "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let page =
        browser.submit(&offered, offered.form_with("integration").with("integration", "demo-basic")).await;
    assert!(page.status.is_client_error() && page.says("does not offer"), "{} {}", page.status, page.html);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_redirect_uri_is_the_configured_one_whatever_the_request_says() {
    let world = World::start().await;
    let link = world.backend().link("demo-oauth", "ana").await.unwrap();
    let browser = Browser::new()
        .lying("x-forwarded-host", "evil.example")
        .lying("x-forwarded-proto", "https")
        .lying("forwarded", "host=evil.example;proto=https")
        .lying("host", "evil.example");
    let offered = browser.open_link(&link.connect_link).await;
    let consent = browser.choose(&offered, "demo-oauth").await;
    let asked: Vec<(String, String)> = consent.url.query_pairs().into_owned().collect();
    let asked =
        |name: &str| asked.iter().find(|(has, _)| has == name).map(|(_, value)| value.as_str()).unwrap();
    assert_eq!(asked("redirect_uri"), world.url("/oauth/callback"));
    assert_eq!((asked("code_challenge_method"), asked("code_challenge").len()), ("S256", 43));
    let done = browser.decide(&consent, "allow").await;
    world.connected(&link.session_id, &done).await;
    world.finish().await;
}

/// A connection with what is typed, wrong at first; and the page that says so.
async fn typed(
    world: &World,
    integration: &str,
    wrong: &[(&str, &str)],
    right: &[(&str, &str)],
) -> (String, Page) {
    let link = world.backend().link(integration, "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let asked = browser.asked_for(&offered, integration).await;
    let fill = |page: &Page, typed: &[(&str, &str)]| {
        typed.iter().fold(page.form_with(typed[0].0), |form, (name, value)| form.with(name, value))
    };
    let refused = browser.submit(&asked, fill(&asked, wrong)).await;
    assert_eq!(refused.status, 422, "{}", refused.html);
    assert_eq!(described(world.backend(), &link.session_id).await.connection_id, "");
    let done = browser.submit(&refused, fill(&refused, right)).await;
    (world.connected(&link.session_id, &done).await, refused)
}

async fn for_the_app(world: &World, integration: &str) -> String {
    let link = world.backend().link(integration, "the app").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let done = browser.choose(&offered, integration).await;
    world.connected(&link.session_id, &done).await
}

pub(super) async fn described(backend: &Backend, session: &str) -> GetConnectSessionResponse {
    let request = GetConnectSessionRequest { session_id: session.to_owned() };
    backend.sessions().get_connect_session(request).await.unwrap().into_inner()
}

async fn short_link(backend: &Backend, lifetime: Duration) -> String {
    let request = CreateConnectSessionRequest {
        end_user: "ana".into(),
        integrations: vec!["demo-oauth".into()],
        lifetime: Some(lifetime.try_into().unwrap()),
        ..Default::default()
    };
    backend.sessions().create_connect_session(request).await.unwrap().into_inner().connect_link
}
