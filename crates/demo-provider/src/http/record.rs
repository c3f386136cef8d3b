//! Notes every request, and sets the headers every answer has.

use crate::records::RequestRecord;
use crate::shared::Shared;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// Left in a response's extensions by the token endpoint.
#[derive(Clone, Copy)]
pub(crate) struct GrantType(pub(crate) &'static str);

pub(crate) async fn record(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let path: String = request.uri().path().chars().take(PATH_MAX).collect();
    let traceparent = traceparent(request.headers());
    let mut response = next.run(request).await;
    let grant_type = response.extensions().get::<GrantType>().map(|seen| seen.0.to_owned());
    let status = response.status().as_u16();
    shared.with(|state, now| {
        state.records.push(RequestRecord { at_ms: now, method, path, grant_type, status, traceparent });
    });
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Longer paths are nonsense, and not worth keeping whole.
const PATH_MAX: usize = 200;

/// Nothing here may be cached (RFC 6749 §5.1), framed or guessed at.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::PRAGMA, "no-cache"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// The W3C trace context header, if it has its shape: anything else could be anything, and is not kept.
fn traceparent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let lengths = text.split('-').map(str::len).eq([2, 32, 16, 2]);
    let hex = text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    (lengths && hex).then(|| text.to_owned())
}
