//! The HTTP server every service uses: a trace, a request id, a size limit, and an answer even where a handler panics.

use std::any::Any;
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::{Instrument, field, info_span};

use crate::request_id::{self, REQUEST_ID};
use crate::{Lifecycle, trace};

/// What an extractor reads of a body at most. A route that takes more sets a `DefaultBodyLimit` of its own.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Serves `router` until the process is told to stop; then finishes the requests that have begun.
pub fn serve(listener: TcpListener, router: Router, lifecycle: &Lifecycle) {
    let server =
        axum::serve(listener, layers(router).into_make_service_with_connect_info::<std::net::SocketAddr>());
    let stopping = lifecycle.stopping();
    lifecycle.essential("http server", async move { server.with_graceful_shutdown(stopping).await });
}

/// What [`serve`] puts around every route, for routes that are called without a socket.
pub fn layers(router: Router) -> Router {
    router
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(observe))
}

async fn observe(mut request: Request, next: Next) -> Response {
    let id = request_id::settle(request.headers_mut());
    let method = method(&request);
    // The pattern, never the path: a path may hold a state or an id, and has no end of values.
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = info_span!(
        "http",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = field::Empty,
        request_id = id.as_ref().and_then(|id| id.to_str().ok()),
    );
    trace::adopt(&span, request.headers());
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(id) = id {
        // What a provider calls a request that was passed on to it is the better name.
        response.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
    let status = response.status().as_u16();
    span.record("http.response.status_code", status);
    let histogram = metrics::histogram!(
        "http_server_request_duration_seconds",
        "method" => method, "route" => route, "status" => status.to_string()
    );
    span.in_scope(|| histogram.record(started.elapsed()));
    response
}

/// The method as a label: a caller may invent methods, a metric must not.
fn method(request: &Request) -> &'static str {
    match request.method().as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "_OTHER",
    }
}

/// The panic itself was logged by the hook; its message goes nowhere.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::{get, post};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;
    use crate::telemetry;

    fn routes() -> Router {
        layers(
            Router::new()
                .route("/things/{id}", get(|| async { "thing" }))
                .route("/panic", get(panics))
                .route("/read", post(|body: axum::body::Bytes| async move { body.len().to_string() })),
        )
    }

    async fn panics() -> &'static str {
        panic!("canary_in_a_panic")
    }

    async fn call(request: Request) -> Response {
        routes().oneshot(request).await.unwrap()
    }

    fn get_request(path: &str) -> Request {
        Request::get(path).body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn a_handler_that_panics_answers_without_its_message() {
        let response = call(get_request("/panic")).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
    }

    #[tokio::test]
    async fn a_request_id_is_kept_or_made() {
        let mut request = get_request("/things/1");
        request.headers_mut().insert(REQUEST_ID, "mine".parse().unwrap());
        assert_eq!(call(request).await.headers()[REQUEST_ID], "mine");
        assert_eq!(call(get_request("/things/1")).await.headers()[REQUEST_ID].len(), 36);
        assert_eq!(call(get_request("/panic")).await.headers()[REQUEST_ID].len(), 36);
    }

    #[tokio::test]
    async fn a_body_above_the_limit_is_refused() {
        let send = async |bytes: usize| {
            call(Request::post("/read").body(Body::from(vec![0; bytes])).unwrap()).await.status()
        };
        assert_eq!(send(BODY_BYTES_MAX).await, StatusCode::OK);
        assert_eq!(send(BODY_BYTES_MAX + 1).await, StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test]
    async fn durations_are_counted_by_pattern_not_by_path() {
        telemetry::metrics::install();
        call(get_request("/things/canary_in_a_path")).await;
        call(get_request("/canary_in_no_path")).await;
        let page = telemetry::metrics::render();
        assert!(page.contains(r#"method="GET",route="/things/{id}",status="200""#), "{page}");
        assert!(page.contains(r#"route="unmatched",status="404""#), "{page}");
        assert!(!page.contains("canary"), "{page}");
    }

    #[tokio::test]
    async fn a_request_that_has_begun_is_finished_when_the_process_stops() {
        crate::tls::install_provider();
        let lifecycle = Lifecycle::new(std::time::Duration::from_secs(10));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/slow", listener.local_addr().unwrap());
        let (begun, wait_for_begun) = tokio::sync::oneshot::channel();
        let begun = std::sync::Arc::new(std::sync::Mutex::new(Some(begun)));
        let stopping = lifecycle.clone();
        let slow = get(|| async move {
            begun.lock().unwrap().take().unwrap().send(()).unwrap();
            stopping.stopping().await;
            "finished"
        });
        serve(listener, Router::new().route("/slow", slow), &lifecycle);
        let answer = tokio::spawn(async move { reqwest::get(url).await.unwrap().text().await.unwrap() });
        wait_for_begun.await.unwrap();
        lifecycle.finish().await.unwrap();
        assert_eq!(answer.await.unwrap(), "finished");
    }
}
