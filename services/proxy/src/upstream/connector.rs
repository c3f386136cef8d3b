//! Connections that hear the other side out. A provider may answer before it has read the whole request, and close: the
//! next write fails, and what it said lies read by nobody. So a write that fails says nothing here, and the reading side
//! tells how it ended, with an answer or without (RFC 9112 §9.6).

use super::CONNECT_TIMEOUT;
use axum::BoxError;
use axum::body::Body;
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use latchkey_egress::Egress;
use rustls::ClientConfig;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::Service;

/// Many servers close what was idle for longer.
const POOL_IDLE_MAX: Duration = Duration::from_secs(90);
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 3;

/// One pool of connections, and the way to new ones.
pub type Client = legacy::Client<Connector, Body>;

type Future<T> = Pin<Box<dyn std::future::Future<Output = Result<T, BoxError>> + Send>>;

/// A client that speaks the protocols named in `alpn`, the best first.
pub fn client(egress: Egress, tls: &ClientConfig, alpn: &[&[u8]]) -> Client {
    let mut http = HttpConnector::new_with_resolver(Resolver(egress));
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_keepalive(Some(KEEPALIVE));
    http.set_keepalive_interval(Some(KEEPALIVE));
    http.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
    let mut tls = tls.clone();
    tls.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let https = HttpsConnector::from((Dial(http), tls));
    legacy::Client::builder(TokioExecutor::new())
        .pool_idle_timeout(POOL_IDLE_MAX)
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .build(Connector(https))
}

/// What a name leads to, as far as it may be spoken to.
#[derive(Debug, Clone, Copy)]
struct Resolver(Egress);

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = Future<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let Self(egress) = *self;
        Box::pin(async move { Ok(egress.resolve(name.as_str()).await?.into_iter()) })
    }
}

/// The way to a provider, in time: its name, the connection and TLS together.
#[derive(Debug, Clone)]
pub struct Connector(HttpsConnector<Dial>);

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<HeardOut>;
    type Error = BoxError;
    type Future = Future<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async move { timeout(CONNECT_TIMEOUT, connecting).await? })
    }
}

#[derive(Debug, Clone)]
struct Dial(HttpConnector<Resolver>);

impl Service<Uri> for Dial {
    type Response = HeardOut;
    type Error = BoxError;
    type Future = Future<HeardOut>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async move { Ok(HeardOut { io: connecting.await?, deaf: false }) })
    }
}

/// A connection whose writes do not fail.
#[derive(Debug)]
pub struct HeardOut {
    io: TokioIo<TcpStream>,
    /// The other side takes nothing any more. What it sent before that is still there, and then the reading ends too.
    deaf: bool,
}

impl HeardOut {
    fn written(&mut self, came: Poll<io::Result<usize>>, length: usize) -> Poll<io::Result<usize>> {
        self.deaf |= matches!(came, Poll::Ready(Err(_)));
        if self.deaf { Poll::Ready(Ok(length)) } else { came }
    }
}

impl Write for HeardOut {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let came = if self.deaf { Poll::Pending } else { Pin::new(&mut self.io).poll_write(context, bytes) };
        self.written(came, bytes.len())
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let came = if self.deaf {
            Poll::Pending
        } else {
            Pin::new(&mut self.io).poll_write_vectored(context, pieces)
        };
        self.written(came, pieces.iter().map(|piece| piece.len()).sum())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.deaf { Poll::Ready(Ok(())) } else { Pin::new(&mut self.io).poll_flush(context) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.deaf { Poll::Ready(Ok(())) } else { Pin::new(&mut self.io).poll_shutdown(context) }
    }
}

impl Read for HeardOut {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, into)
    }
}

impl Connection for HeardOut {
    fn connected(&self) -> Connected {
        self.io.connected()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::time::sleep;

    #[tokio::test]
    async fn what_was_said_before_the_end_is_read_behind_writes_that_came_too_late() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let io = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut provider, _) = listener.accept().await.unwrap();
        provider.write_all(b"no").await.unwrap();
        drop(provider);
        let mut heard = HeardOut { io: TokioIo::new(io), deaf: false };
        // The first writes go well: it takes the system a moment to learn that nobody reads them.
        while !heard.deaf {
            let written = poll_fn(|context| Pin::new(&mut heard).poll_write(context, b"more")).await;
            assert_eq!(written.unwrap(), 4);
            sleep(Duration::from_millis(1)).await;
        }
        let mut said = [0; 8];
        assert_eq!(TokioIo::new(heard).read(&mut said).await.unwrap(), 2);
        assert_eq!(&said[..2], b"no");
    }
}
