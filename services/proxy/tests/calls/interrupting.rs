//! Providers that do not hear a request out, and callers that take their time.

use crate::world::World;
use axum::body::Bytes;
use futures::{StreamExt as _, stream};
use http::StatusCode;
use serde_json::json;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const PIECE: usize = 64 << 10;

/// Takes the head of each request, says this, and closes while the rest still comes.
async fn interrupting(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(answer).await;
        }
    });
    origin
}

fn upload(pieces: usize, pause: Duration) -> reqwest::Body {
    reqwest::Body::wrap_stream(stream::iter(0..pieces).then(move |_| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, io::Error>(Bytes::from_static(&[b'x'; PIECE]))
    }))
}

#[tokio::test]
async fn a_provider_that_answers_before_the_end_of_an_upload_is_heard_by_the_caller() {
    let answer = b"HTTP/1.1 413 Too Large\r\ncontent-length: 9\r\n\r\ntoo large";
    let world = World::before(interrupting(answer).await, json!({})).await;
    for _ in 0..5 {
        let body = upload(256, Duration::ZERO);
        let answer = world.request("POST", "/files").body(body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer.headers()["latchkey-source"], "provider");
        assert_eq!(answer.text().await.unwrap(), "too large");
    }
    world.finish().await;
}

#[tokio::test]
async fn a_provider_that_breaks_off_has_not_answered() {
    let world = World::before(interrupting(b"").await, json!({})).await;
    let answer = world.request("POST", "/files").body(upload(256, Duration::ZERO)).send().await.unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()["latchkey-source"]),
        (StatusCode::BAD_GATEWAY, &"proxy".parse().unwrap())
    );
    assert!(answer.text().await.unwrap().contains("PROVIDER_UNAVAILABLE"));
    world.finish().await;
}

#[tokio::test]
async fn an_upload_may_last_longer_than_a_provider_may_be_silent() {
    let world = World::believing(json!({"idle_timeout_seconds": 1})).await;
    let body = upload(8, Duration::from_millis(300));
    let answer = world.request("POST", "/echo").body(body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.bytes().await.unwrap().len(), 8 * PIECE);

    // One that never goes on is silent, within its answer too.
    let mut answer = world.request("GET", "/drip").send().await.unwrap();
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "first");
    assert!(answer.chunk().await.is_err());
    world.finish().await;
}
