//! Pages of any origin may call: a call is its caller's by the key it shows, never by a cookie.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};

const ALWAYS: [(HeaderName, &str); 3] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        "Authorization, Etag, Content-Type, Content-Length, X-Nango-Signature, X-RateLimit-Limit, \
         X-RateLimit-Remaining, X-RateLimit-Reset",
    ),
    (header::CACHE_CONTROL, "no-store"),
];

const PREFLIGHT: [(HeaderName, &str); 3] = [
    (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "Authorization, Content-Type, Accept, Origin, X-Requested-With, Nango-Activity-Log-Id, Nango-Is-Dry-Run, \
         Nango-Is-Sync, Provider-Config-Key, Connection-Id, Sentry-Trace, Baggage",
    ),
    (header::ACCESS_CONTROL_MAX_AGE, "600"),
];

/// Answers preflights, which come without a key, and marks every other answer.
pub async fn shared(request: Request, next: Next) -> Response {
    let preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response =
        if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    let more: &[_] = if preflight { &PREFLIGHT } else { &[] };
    for (name, value) in ALWAYS.iter().chain(more) {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
    response
}
