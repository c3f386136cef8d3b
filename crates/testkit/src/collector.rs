//! A collector of traces that keeps what it is sent, as bytes.

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use latchkey_chassis::{Lifecycle, grpc};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

pub(crate) struct Collector {
    pub endpoint: String,
    received: Arc<Mutex<Vec<u8>>>,
    lifecycle: Lifecycle,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let received = Arc::new(Mutex::new(Vec::new()));
        let lifecycle = Lifecycle::new(Duration::from_secs(1));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let endpoint = format!("http://{}", listener.local_addr().expect("a bound port"));
        let routes = router(received.clone()).into();
        grpc::serve(listener, routes, grpc::Options::default(), &lifecycle).expect("no TLS can be wrong");
        Self { endpoint, received, lifecycle }
    }

    pub(crate) fn received(&self) -> Vec<u8> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.lifecycle.stop();
    }
}

/// Answers with an empty message.
fn router(received: Arc<Mutex<Vec<u8>>>) -> Router {
    let export = post(|body: Bytes| async move {
        received.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&body);
        let headers = [("content-type", "application/grpc"), ("grpc-status", "0")];
        (headers, vec![0_u8; 5])
    });
    Router::new().route("/opentelemetry.proto.collector.trace.v1.TraceService/Export", export)
}
