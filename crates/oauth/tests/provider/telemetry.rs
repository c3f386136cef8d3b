//! What is counted and traced, and what must not be in it.

use crate::{
    entries::{entry, refresh},
    server::{Reply, Server},
};
use metrics_exporter_prometheus::PrometheusBuilder;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};
use serde_json::json;
use std::{
    io::Write,
    sync::{Arc, Mutex},
};
use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn each_request_is_counted_and_joins_the_trace_without_its_secrets() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _counting = metrics::set_default_local_recorder(&recorder);
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let tracer = SdkTracerProvider::builder().build().tracer("test");
    let log = Log::default();
    let subscriber =
        tracing_subscriber::registry().with(tracing_opentelemetry::layer().with_tracer(tracer)).with(
            tracing_subscriber::fmt::layer()
                .with_writer(log.clone())
                .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL),
        );
    // For the whole process: whether a span is of interest is cached process-wide, and other tests run beside this one.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let server = Server::with(|sent| match sent.header("x-fail") {
        None => Reply::json(200, r#"{"access_token":"canary_at"}"#),
        Some(_) => Reply::json(500, ""),
    })
    .await;
    let provider = entry(&server.origin, json!({}));
    refresh(&provider).await.unwrap();
    let failing = json!({"obtain": {"refresh": {"headers": {"x-fail": "1"}}}});
    refresh(&entry(&server.origin, failing)).await.unwrap_err();

    let sent = server.sent();
    let traceparent = sent[0].header("traceparent").expect("a traceparent");
    assert!(traceparent.starts_with("00-") && traceparent.len() == 55, "{traceparent}");
    assert!(!traceparent.contains("00000000000000000000000000000000"));

    let metrics = handle.render();
    for class in ["2xx", "5xx"] {
        let line = metrics
            .lines()
            .find(|line| line.starts_with("latchkey_provider_requests_total") && line.contains(class))
            .unwrap_or_else(|| panic!("no {class} in {metrics}"));
        assert!(
            line.contains(r#"provider="acme-oauth""#) && line.contains(r#"operation="refresh""#),
            "{line}"
        );
        assert!(line.ends_with(" 1"), "{line}");
    }
    assert!(metrics.contains("latchkey_provider_request_duration_seconds"), "{metrics}");

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("provider_request") && log.contains("acme-oauth"), "{log}");
    for text in [&log, &metrics] {
        assert!(!text.contains("canary"), "{text}");
    }
}
