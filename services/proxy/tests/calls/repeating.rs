//! What is sent again, and what is not.

use crate::world::World;
use http::StatusCode;

#[tokio::test]
async fn a_refused_token_is_refreshed_once_and_the_call_made_again() {
    let world = World::start().await;
    world.upstream.accept_only("canary_access_2");
    let refresher = world.refresh_when_asked("canary_access_2");
    let answer = world.request("POST", "/echo").body("same").send().await.unwrap();
    assert_eq!(answer.headers()["latchkey-credential-source"], "refreshed");
    assert_eq!((answer.status(), answer.text().await.unwrap().as_str()), (StatusCode::OK, "same"));
    refresher.await.unwrap();
    let tokens: Vec<_> = world
        .upstream
        .seen()
        .iter()
        .map(|seen| seen.headers["authorization"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(tokens, ["Bearer canary_access_1", "Bearer canary_access_2"]);
    world.finish().await;
}

#[tokio::test]
async fn a_token_that_is_refused_again_is_not_refreshed_again() {
    let world = World::start().await;
    world.upstream.accept_only("canary_never");
    let refresher = world.refresh_when_asked("canary_access_2");
    let answer = world.request("GET", "/echo").send().await.unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()["latchkey-source"]),
        (StatusCode::UNAUTHORIZED, &"provider".parse().unwrap())
    );
    assert_eq!(answer.text().await.unwrap(), "who is this?");
    refresher.await.unwrap();
    assert_eq!(world.upstream.seen().len(), 2);
    world.finish().await;
}

#[tokio::test]
async fn a_call_is_repeated_only_where_the_caller_says_so_and_nothing_happens_twice() {
    let world = World::start().await;
    let tries = async |method: &str, retries: &str| {
        world.upstream.fail(1);
        let before = world.upstream.seen().len();
        let answer = world.request(method, "/echo").header("latchkey-retries", retries).send().await.unwrap();
        world.upstream.fail(0);
        (answer.status().as_u16(), world.upstream.seen().len() - before)
    };
    assert_eq!(tries("GET", "0").await, (503, 1));
    assert_eq!(tries("GET", "2").await, (200, 2));
    assert_eq!(tries("DELETE", "1").await, (200, 2));
    assert_eq!(tries("POST", "2").await, (503, 1));
    world.finish().await;
}
