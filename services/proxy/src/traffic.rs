//! How much passes in either direction, counted while it does.

use axum::body::{Body, Bytes};
use http_body_util::BodyExt as _;
use latchkey_domain::IntegrationKey;
use metrics::Counter;

/// The bytes of bodies, and of upgraded connections, to one integration's provider and back. Cheap to clone.
#[derive(Clone)]
pub struct Traffic {
    sent: Counter,
    received: Counter,
}

impl Traffic {
    pub fn of(integration: &IntegrationKey) -> Self {
        let counter = |direction: &'static str| {
            metrics::counter!(
                "latchkey_proxy_bytes_total",
                "integration" => integration.to_string(), "direction" => direction,
            )
        };
        Self { sent: counter("sent"), received: counter("received") }
    }

    pub fn sent(&self, bytes: u64) {
        self.sent.increment(bytes);
    }

    pub fn received(&self, bytes: u64) {
        self.received.increment(bytes);
    }

    /// The same body, which counts what of it is read as sent.
    pub fn sending(&self, body: Body) -> Body {
        counted(body, self.sent.clone())
    }

    /// The same body, which counts what of it is read as received.
    pub fn receiving(&self, body: Body) -> Body {
        counted(body, self.received.clone())
    }
}

fn counted(body: Body, counter: Counter) -> Body {
    Body::new(body.map_frame(move |frame| {
        counter.increment(frame.data_ref().map_or(0, Bytes::len) as u64);
        frame
    }))
}
