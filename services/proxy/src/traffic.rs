//! How much passes in either direction, counted while it does.

use axum::body::{Body, Bytes};
use http_body_util::BodyExt as _;
use latchkey_domain::IntegrationKey;
use metrics::Counter;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

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

    /// The same body, which counts what of it is read as sent.
    pub fn sending(&self, body: Body) -> Body {
        counted(body, self.sent.clone())
    }

    /// The same body, which counts what of it is read as received.
    pub fn receiving(&self, body: Body) -> Body {
        counted(body, self.received.clone())
    }

    /// The caller's side of an upgraded connection: what is read of it is sent.
    pub fn sending_from<T>(&self, side: T) -> CountedReads<T> {
        CountedReads { side, read: self.sent.clone() }
    }

    /// The provider's side of one: what is read of it is received.
    pub fn receiving_from<T>(&self, side: T) -> CountedReads<T> {
        CountedReads { side, read: self.received.clone() }
    }
}

/// A stream that counts what is read of it.
pub struct CountedReads<T> {
    side: T,
    read: Counter,
}

impl<T: AsyncRead + Unpin> AsyncRead for CountedReads<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.side).poll_read(context, into))?;
        self.read.increment((into.filled().len() - before) as u64);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for CountedReads<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.side).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.side).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.side).poll_shutdown(context)
    }
}

fn counted(body: Body, counter: Counter) -> Body {
    Body::new(body.map_frame(move |frame| {
        counter.increment(frame.data_ref().map_or(0, Bytes::len) as u64);
        frame
    }))
}
