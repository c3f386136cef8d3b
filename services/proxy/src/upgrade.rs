//! A connection that both sides have agreed to use for another protocol (RFC 9110 §7.8): bytes go to and fro until one
//! side ends it, or the process is told to stop.

use crate::headers::to_caller;
use crate::refusal::SOURCE;
use crate::traffic::Traffic;
use crate::upstream::Answer;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use latchkey_chassis::Lifecycle;
use tokio::io::copy_bidirectional;
use tracing::debug;

/// Answers the caller as the provider answered, and joins the two connections. What passes is counted as it does.
pub fn joined(
    caller: OnUpgrade,
    mut answer: http::Response<Answer>,
    traffic: Traffic,
    lifecycle: &Lifecycle,
) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    *headers = to_caller(answer.headers());
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SOURCE, HeaderValue::from_static("provider"));
    let provider = hyper::upgrade::on(&mut answer);
    let stopping = lifecycle.stopping();
    drop(lifecycle.spawn("upgraded connection", async move {
        let join = async {
            let (caller, provider) =
                tokio::try_join!(async { caller.await.map_err(|_| "the caller") }, async {
                    provider.await.map_err(|_| "the provider")
                },)?;
            let mut caller = traffic.sending_from(TokioIo::new(caller));
            let mut provider = traffic.receiving_from(TokioIo::new(provider));
            copy_bidirectional(&mut caller, &mut provider).await.map_err(|_| "a side")?;
            Ok::<_, &str>(())
        };
        tokio::select! {
            ended = join => if let Err(who) = ended { debug!(who, "An upgraded connection broke off"); },
            () = stopping => {}
        }
    }));
    response
}
