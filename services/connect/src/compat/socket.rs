//! How another product's client for browsers hears what became of a popup: over a WebSocket (RFC 6455) on which only the server
//! speaks, and says two things at most. Frames are written here; whatever the client sends is read away.
//!
//! Invariant: a socket gives nothing to anybody. Its id is random, and whoever names it has shown a session's token.

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use rand::Rng as _;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::debug;

/// As long as an attempt may take, and the way to it.
const PATIENCE: Duration = Duration::from_secs(900);

/// Sockets that wait in this process.
const WAITING_MAX: usize = 4096;

/// RFC 6455 §1.3.
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The sockets that wait for their popup, by what they are called. Cheap to clone.
#[derive(Clone, Default)]
pub struct Sockets(Arc<Mutex<HashMap<String, oneshot::Sender<Value>>>>);

impl Sockets {
    /// Tells a socket what it waits for. It may be gone, or another process's.
    pub fn tell(&self, id: &str, message: Value) {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        if waiting.is_none_or(|waiting| waiting.send(message).is_err()) {
            debug!("Nobody waits any more for what became of a popup");
        }
    }

    fn open(&self) -> Option<(String, oneshot::Receiver<Value>)> {
        let mut bytes = [0; 16];
        rand::rng().fill_bytes(&mut bytes);
        let (id, (sender, receiver)) = (URL_SAFE_NO_PAD.encode(bytes), oneshot::channel());
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, sender| !sender.is_closed());
        (waiting.len() < WAITING_MAX).then(|| waiting.insert(id.clone(), sender))?;
        Some((id, receiver))
    }

    /// Whether a request is for one.
    pub fn is_asked_for(request: &Request) -> bool {
        let upgrade = request.headers().get(header::UPGRADE).and_then(|value| value.to_str().ok());
        request.uri().path() == "/" && upgrade.is_some_and(|name| name.eq_ignore_ascii_case("websocket"))
    }

    /// Opens one, which is told its own name, and later one thing more.
    pub fn answer(&self, mut request: Request) -> Response {
        let Some(accept) = accepted(request.headers()) else {
            return (StatusCode::BAD_REQUEST, [(header::SEC_WEBSOCKET_VERSION, "13")]).into_response();
        };
        let Some((id, message)) = self.open() else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
        tokio::spawn(spoken(hyper::upgrade::on(&mut request), id, message));
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
        response
    }
}

/// Cancelled with the process: the client then hears nothing, as if the network had gone.
async fn spoken(upgrade: OnUpgrade, id: String, message: oneshot::Receiver<Value>) {
    let Ok(connection) = upgrade.await else { return };
    let (mut theirs, mut ours) = tokio::io::split(TokioIo::new(connection));
    let said = async {
        let ack = json!({ "message_type": "connection_ack", "ws_client_id": id });
        ours.write_all(&text_frame(&ack.to_string())).await?;
        if let Ok(Ok(message)) = timeout(PATIENCE, message).await {
            ours.write_all(&text_frame(&message.to_string())).await?;
        }
        // 1000: a normal end (§7.4.1).
        ours.write_all(&[0x88, 2, 0x03, 0xE8]).await?;
        ours.shutdown().await
    };
    tokio::select! {
        _ = said => {}
        () = left(&mut theirs) => {}
    }
}

/// When the client has gone.
async fn left(theirs: &mut (impl AsyncRead + Unpin)) {
    let mut heard = [0; 256];
    while theirs.read(&mut heard).await.is_ok_and(|count| count > 0) {}
}

/// One final, unmasked text frame (§5.2).
fn text_frame(text: &str) -> Vec<u8> {
    let payload = text.as_bytes();
    let mut frame = vec![0x81];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short @ ..126), _) => frame.push(short),
        (_, Ok(longer)) => {
            frame.push(126);
            frame.extend(longer.to_be_bytes());
        }
        (_, Err(_)) => {
            frame.push(127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}

/// What a proper handshake is answered with (§4.2.2).
fn accepted(headers: &HeaderMap) -> Option<HeaderValue> {
    if headers.get(header::SEC_WEBSOCKET_VERSION)? != "13" {
        return None;
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?.to_str().ok()?;
    STANDARD.decode(key).ok().filter(|nonce| nonce.len() == 16)?;
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, format!("{key}{GUID}").as_bytes());
    HeaderValue::from_str(&STANDARD.encode(hash)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_is_answered_as_the_standard_has_it() {
        let mut headers = HeaderMap::new();
        headers.insert(header::SEC_WEBSOCKET_KEY, HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ=="));
        assert_eq!(accepted(&headers), None, "without a version");
        headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        // RFC 6455 §1.3.
        assert_eq!(accepted(&headers).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        headers.insert(header::SEC_WEBSOCKET_KEY, HeaderValue::from_static("dG9vIHNob3J0"));
        assert_eq!(accepted(&headers), None);
    }

    #[test]
    fn a_frame_says_how_long_it_is() {
        assert_eq!(text_frame("Hello"), [0x81, 5, b'H', b'e', b'l', b'l', b'o'], "RFC 6455 §5.7");
        assert_eq!(text_frame(&"x".repeat(126))[..4], [0x81, 126, 0, 126]);
        assert_eq!(text_frame(&"x".repeat(65_536))[..10], [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn who_is_gone_is_told_nothing_and_makes_room() {
        let sockets = Sockets::default();
        let (id, receiver) = sockets.open().unwrap();
        drop(receiver);
        let (other, _receiver) = sockets.open().unwrap();
        assert_eq!(sockets.0.lock().unwrap().keys().collect::<Vec<_>>(), [&other]);
        sockets.tell(&id, json!({}));
    }
}
