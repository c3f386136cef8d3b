//! A provider's API that writes down what reaches it, and answers as its path says.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use futures::stream;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hyper_util::rt::TokioIo;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path_and_query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Clone, Default)]
pub struct Upstream {
    pub origin: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// The token that is accepted; none: any.
    accepted: Arc<Mutex<Option<String>>>,
    /// How many more requests are answered 503.
    failing: Arc<Mutex<u32>>,
    /// Where `/api/away` sends.
    pub away: Arc<Mutex<String>>,
    /// Lets `/api/drip` go on after its first piece.
    pub go_on: Arc<Notify>,
}

impl Upstream {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let upstream = Self { origin, ..Self::default() };
        let router = Router::new().route("/{*path}", any(answer)).with_state(upstream.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        upstream
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn accept_only(&self, token: &str) {
        *self.accepted.lock().unwrap() = Some(token.to_owned());
    }

    pub fn fail(&self, times: u32) {
        *self.failing.lock().unwrap() = times;
    }

    fn is_failing(&self) -> bool {
        let mut left = self.failing.lock().unwrap();
        let failing = *left > 0;
        *left = left.saturating_sub(1);
        failing
    }

    fn accepts(&self, headers: &HeaderMap) -> bool {
        let accepted = self.accepted.lock().unwrap();
        accepted.as_ref().is_none_or(|token| headers[header::AUTHORIZATION] == format!("Bearer {token}"))
    }
}

async fn answer(State(upstream): State<Upstream>, mut request: Request) -> Response {
    let upgraded = request.headers().contains_key(header::UPGRADE).then(|| hyper::upgrade::on(&mut request));
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 10 << 20).await.unwrap();
    let path = parts.uri.path().to_owned();
    let path_and_query = parts.uri.path_and_query().unwrap().to_string();
    let seen =
        Seen { method: parts.method.to_string(), path_and_query, headers: parts.headers, body: body.clone() };
    let accepted = upstream.accepts(&seen.headers);
    upstream.seen.lock().unwrap().push(seen);
    if !accepted {
        return (StatusCode::UNAUTHORIZED, "who is this?").into_response();
    }
    if upstream.is_failing() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match path.as_str() {
        "/api/away" => {
            let there = upstream.away.lock().unwrap().clone();
            (StatusCode::FOUND, [(header::LOCATION, there)]).into_response()
        }
        "/api/page" => {
            let forged = header::HeaderName::from_static("latchkey-credential-source");
            let told = [(header::SET_COOKIE, "a=b"), (header::LINK, "<next>; rel=next"), (forged, "forged")];
            (told, "page").into_response()
        }
        "/api/drip" => drip(upstream.go_on.clone()),
        "/api/talk" => {
            let upgraded = upgraded.unwrap();
            tokio::spawn(async move { echo(TokioIo::new(upgraded.await.unwrap())).await });
            let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
            response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            response.headers_mut().insert("sec-websocket-accept", HeaderValue::from_static("as agreed"));
            response
        }
        _ => (StatusCode::OK, body).into_response(),
    }
}

/// A first piece at once, a second when told to.
fn drip(go_on: Arc<Notify>) -> Response {
    let pieces = stream::unfold(0, move |piece| {
        let go_on = go_on.clone();
        async move {
            match piece {
                0 => Some((Ok::<_, std::io::Error>(Bytes::from_static(b"first")), 1)),
                1 => {
                    go_on.notified().await;
                    Some((Ok(Bytes::from_static(b"second")), 2))
                }
                _ => None,
            }
        }
    });
    Response::new(Body::from_stream(pieces))
}

async fn echo(mut side: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin) {
    let mut buffer = [0; 64];
    while let Ok(read @ 1..) = side.read(&mut buffer).await {
        side.write_all(&buffer[..read]).await.unwrap();
        side.flush().await.unwrap();
    }
}
