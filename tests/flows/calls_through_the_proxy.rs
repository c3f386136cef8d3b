//! A backend calls the provider's API without ever holding the credential.

use latchkey_testkit::World;
use latchkey_testkit::demo::Selection;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_carries_the_credential_and_renews_it_where_the_provider_refuses_it() {
    let world = World::start().await;
    let connection = world.connect("demo-oauth", "ana").await;

    let answer = world.call_through_proxy(&connection, "/me").await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["latchkey-source"]),
        (200, &"provider".parse().unwrap())
    );
    assert_eq!(world.token_requests("refresh_token"), 0);
    let length = answer.bytes().await.unwrap().len() as f64;
    let counted = |bytes| bytes >= length;
    assert!(world.metric_until("latchkey_proxy_bytes_total", "direction=\"received\"", counted).await > 0.0);

    // The provider no longer accepts a token that looks fresh here.
    world.provider().expire_access_tokens(&Selection::All);
    assert_eq!(world.call_through_proxy(&connection, "/me").await.status(), 200);
    assert_eq!(world.token_requests("refresh_token"), 1);

    // The grant is gone: first the provider says so, then we do, with what to do about it.
    world.provider().revoke(&Selection::All);
    assert_eq!(world.call_through_proxy(&connection, "/me").await.status(), 401);
    let refused = world.call_through_proxy(&connection, "/me").await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["latchkey-source"]),
        (424, &"proxy".parse().unwrap())
    );
    let problem: serde_json::Value = refused.json().await.unwrap();
    assert_eq!(
        (problem["reason"].as_str(), problem["metadata"]["owner"].as_str()),
        (Some("REAUTH_REQUIRED"), Some("END_USER"))
    );
    world.finish().await;
}
