//! What crosses, both ways.

use crate::world::World;
use http::StatusCode;
use metrics_exporter_prometheus::PrometheusBuilder;

#[tokio::test]
async fn a_call_reaches_the_provider_with_the_credential_and_without_what_is_ours() {
    let world = World::start().await;
    let answer = world
        .request("POST", "/a%2Fb/${token.access_token}?q=%24%7Bx%7D&q=2")
        .header("content-type", "text/weird")
        .header("x-version", "forged")
        .header("x-forwarded-for", "1.2.3.4")
        .header("cookie", "a=b")
        .body("${conn.api_key}")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()["latchkey-source"]),
        (StatusCode::OK, &"provider".parse().unwrap())
    );
    assert_eq!(answer.headers()["latchkey-credential-source"], "cached");
    assert_eq!(answer.text().await.unwrap(), "${conn.api_key}");

    let [seen] = &world.upstream.seen()[..] else { panic!("one request") };
    assert_eq!(seen.method, "POST");
    assert_eq!(seen.path_and_query, "/api/a%2Fb/$%7Btoken.access_token%7D?q=%24%7Bx%7D&q=2");
    assert_eq!(seen.headers["authorization"], "Bearer canary_access_1");
    let versions: Vec<_> = seen.headers.get_all("x-version").iter().collect();
    assert_eq!(versions, ["7"], "the caller's own is left out");
    assert_eq!(seen.headers["content-type"], "text/weird");
    for ours in ["cookie", "x-forwarded-for", "latchkey-connection"] {
        assert!(!seen.headers.contains_key(ours), "{ours}");
    }
    assert!(!format!("{seen:?}").contains(&world.key), "the caller's key stays here");
    world.finish().await;
}

#[tokio::test]
async fn the_providers_answer_comes_as_it_was_given_but_for_what_would_hold_for_us() {
    let world = World::start().await;
    let answer = world.request("GET", "/page").send().await.unwrap();
    let headers = answer.headers();
    assert_eq!(headers["link"], "<next>; rel=next");
    assert_eq!(headers["content-security-policy"], "sandbox");
    assert!(!headers.contains_key("set-cookie"));
    let sources: Vec<_> = headers.get_all("latchkey-credential-source").iter().collect();
    assert_eq!(sources, ["cached"]);
    assert_eq!(answer.text().await.unwrap(), "page");
    world.finish().await;
}

#[tokio::test]
async fn an_answer_is_passed_on_while_it_comes() {
    let world = World::start().await;
    let mut answer = world.request("GET", "/drip").send().await.unwrap();
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "first", "before the provider has sent the rest");
    world.upstream.go_on.notify_one();
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "second");
    world.finish().await;
}

#[tokio::test]
async fn a_large_body_keeps_its_length_and_one_without_length_is_passed_on() {
    let world = World::start().await;
    let large = vec![b'x'; 3 << 20];
    let answer = world.request("PUT", "/echo").body(large.clone()).send().await.unwrap();
    assert_eq!(answer.bytes().await.unwrap().len(), large.len());
    assert_eq!(world.upstream.seen()[0].headers["content-length"], large.len().to_string());

    let pieces = futures::stream::iter(["one", "two"].map(Ok::<_, std::io::Error>));
    let body = reqwest::Body::wrap_stream(pieces);
    let answer = world.request("POST", "/echo").body(body).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "onetwo");
    assert!(!world.upstream.seen()[1].headers.contains_key("content-length"));
    world.finish().await;
}

#[tokio::test]
async fn what_passes_is_counted_either_way_while_it_does() {
    let recorder = PrometheusBuilder::new().build_recorder();
    // A test's tasks all run on its one thread.
    let _counting = metrics::set_default_local_recorder(&recorder);
    let world = World::start().await;
    // One that is held until it is sent, and one that is not.
    for length in [1_000, 3 << 20] {
        let answer = world.request("PUT", "/echo").body(vec![b'x'; length]).send().await.unwrap();
        assert_eq!(answer.bytes().await.unwrap().len(), length);
    }
    let page = recorder.handle().render();
    for direction in ["sent", "received"] {
        let line = format!("direction=\"{direction}\"}} {}", 1_000 + (3 << 20));
        let is_it = |shown: &str| shown.starts_with("latchkey_proxy_bytes_total{") && shown.ends_with(&line);
        assert!(page.lines().any(is_it), "{page}");
    }
    world.finish().await;
}

#[tokio::test]
async fn a_redirect_is_the_callers_to_follow() {
    let world = World::start().await;
    let elsewhere = crate::upstream::Upstream::start().await;
    *world.upstream.away.lock().unwrap() = format!("{}/api/stolen", elsewhere.origin);
    let answer = world.request("GET", "/away").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    assert!(elsewhere.seen().is_empty(), "the credential stays on its origin");
    world.finish().await;
}
