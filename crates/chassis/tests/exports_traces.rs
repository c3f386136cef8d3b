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
    let trace = tracing::info_span!("the span to export").in_scope(|| {
        let traceparent = trace::current_traceparent().unwrap();
        assert!(traceparent.ends_with("-01"));
        ::metrics::histogram!("exporting_duration_seconds", "way" => "traced").record(0.003);
        traceparent.split('-').nth(1).unwrap().to_owned()
    });
    ::metrics::histogram!("exporting_duration_seconds", "way" => "untraced").record(0.003);
    exemplars_name_the_trace(&trace);
    drop(guard);

    let received = received.lock().unwrap();
    for text in ["exporting-service", "the span to export"] {
        assert!(received.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
    }
}

/// In the bucket the value fell into and no other, where somebody takes exemplars; and none where nothing was traced.
fn exemplars_name_the_trace(trace: &str) {
    let open = telemetry::metrics::render_open();
    let noted: Vec<&str> = open.lines().filter(|line| line.contains(" # {")).collect();
    assert_eq!(noted.len(), 1, "{open}");
    let begins = format!(
        "exporting_duration_seconds_bucket{{way=\"traced\",le=\"0.005\"}} 1 # {{trace_id=\"{trace}\",span_id=\""
    );
    assert!(noted[0].starts_with(&begins) && noted[0].contains("\"} 0.003 "), "{}", noted[0]);
    assert!(open.ends_with("# EOF\n"), "{open}");
    let page = telemetry::metrics::render();
    assert!(page.contains("exporting_duration_seconds_bucket") && !page.contains(trace), "{page}");
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
