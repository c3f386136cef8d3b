//! Spans leave the process for a collector. A test of its own process, since telemetry is installed once in each.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use latchkey_chassis::config::{LogFormat, Telemetry};
use latchkey_chassis::{Lifecycle, grpc, telemetry, trace};
use tokio::net::TcpListener;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_reach_the_collector_before_the_process_ends() {
    let received = Arc::new(Mutex::new(Vec::new()));
    let lifecycle = Lifecycle::new(Duration::from_secs(5));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    grpc::serve(listener, collector(received.clone()).into(), grpc::Options::default(), &lifecycle).unwrap();

    let settings =
        Telemetry { log: "info".to_owned(), format: LogFormat::Json, otlp_endpoint: Some(endpoint) };
    let guard = telemetry::install("exporting-service", &settings).unwrap();
    tracing::info_span!("the span to export").in_scope(|| {
        assert!(trace::current_traceparent().unwrap().ends_with("-01"));
    });
    drop(guard);

    let received = received.lock().unwrap();
    for text in ["exporting-service", "the span to export"] {
        assert!(received.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
    }
}

/// Keeps what it is sent and answers with an empty message.
fn collector(received: Arc<Mutex<Vec<u8>>>) -> Router {
    let export = post(|body: Bytes| async move {
        received.lock().unwrap().extend_from_slice(&body);
        let headers = [("content-type", "application/grpc"), ("grpc-status", "0")];
        (headers, vec![0_u8; 5])
    });
    Router::new().route("/opentelemetry.proto.collector.trace.v1.TraceService/Export", export)
}
