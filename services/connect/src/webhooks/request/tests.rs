use super::*;
use axum::Router;
use axum::http::{HeaderMap as Headers, StatusCode};
use axum::routing::{get, post};
use latchkey_domain::WebhookEndpointId;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::TcpListener;

/// A receiver that answers as its path says, and counts who was led elsewhere.
async fn receiver(led: Arc<AtomicU32>) -> String {
    let redirected = || async { (StatusCode::FOUND, [("location", "/elsewhere")]) };
    let elsewhere = move || {
        led.fetch_add(1, Ordering::SeqCst);
        async {}
    };
    let busy = || async { (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "90")]) };
    let checked = |headers: Headers, body: String| async move {
        let signed = headers.get("webhook-signature").is_some_and(|value| value == "v1,abc");
        if signed && body == "{}" { StatusCode::NO_CONTENT } else { StatusCode::BAD_REQUEST }
    };
    let endless = || async {
        let chunks = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0_u8; 1024]));
        axum::body::Body::from_stream(chunks)
    };
    let router = Router::new()
        .route("/fine", post(checked))
        .route("/redirects", post(redirected))
        .route("/elsewhere", get(elsewhere.clone()).post(elsewhere))
        .route("/busy", post(busy))
        .route("/gone", post(|| async { StatusCode::GONE }))
        .route("/never", post(|| async { std::future::pending::<()>().await }))
        .route("/endless", post(endless));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn due(url: String) -> DueWebhook {
    DueWebhook {
        environment: "dev".parse().unwrap(),
        endpoint: WebhookEndpointId::from_parts(1, 1),
        event: format!("evt_{:032x}", 1).parse().unwrap(),
        fence: 1,
        attempt: 1,
        url: url.into(),
        headers: BTreeMap::from([("webhook-signature".to_owned(), "v1,abc".to_owned().into())]),
        body: b"{}".to_vec(),
    }
}

async fn outcome(egress: Egress, url: String) -> Outcome {
    latchkey_chassis::tls::install_provider();
    Requests::new(Duration::from_secs(2), egress).unwrap().make(&mut due(url)).await
}

#[tokio::test]
async fn an_answer_is_what_it_says_and_nobody_is_followed() {
    let led = Arc::new(AtomicU32::new(0));
    let address = receiver(led.clone()).await;
    let at = |path: &str| outcome(Egress::Any, format!("{address}{path}"));
    let answered = |status, failure| Outcome { status: Some(status), failure, retry_after: None };
    assert_eq!(at("/fine").await, answered(204, None));
    assert_eq!(at("/redirects").await, answered(302, Some(AttemptFailure::Redirected)));
    assert_eq!(led.load(Ordering::SeqCst), 0);
    assert_eq!(at("/gone").await, answered(410, Some(AttemptFailure::Gone)));
    assert_eq!(at("/unknown").await, answered(404, Some(AttemptFailure::Status)));
    let busy = at("/busy").await;
    assert_eq!((busy.status, busy.retry_after), (Some(503), Some(Duration::from_secs(90))));
    assert_eq!(at("/endless").await, answered(200, None), "no more is read than is needed");
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_told_apart_from_one_that_is_not_there() {
    let address = receiver(Arc::default()).await;
    let failure = |url: String| async { outcome(Egress::Any, url).await.failure };
    assert_eq!(failure(format!("{address}/never")).await, Some(AttemptFailure::Timeout));
    assert_eq!(failure("http://127.0.0.1:1/".to_owned()).await, Some(AttemptFailure::Unreachable));
}

#[tokio::test]
async fn what_is_not_public_is_not_spoken_to() {
    let address = receiver(Arc::default()).await;
    let port = address.rsplit_once(':').unwrap().1.to_owned();
    // By address, and by a name that every machine resolves to one.
    for host in ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1"] {
        let refused = outcome(Egress::PublicOnly, format!("http://{host}:{port}/fine")).await;
        assert_eq!(refused.failure, Some(AttemptFailure::EgressBlocked), "{host}");
    }
}
