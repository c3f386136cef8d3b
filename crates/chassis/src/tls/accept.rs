//! Taking connections: each handshake is by what the files hold at that moment.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::{Connected, TcpConnectInfo};

/// How many handshakes are under way at once, and how many finished ones wait to be served.
const HANDSHAKES_MAX: usize = 256;

/// How long accepting rests where the system has no more to give, such as descriptors.
const REST: Duration = Duration::from_millis(100);

/// Connections whose handshake is done. One that dawdles over it is dropped; none waits for another.
pub fn accept(
    listener: TcpListener,
    configs: watch::Receiver<Arc<ServerConfig>>,
    within: Duration,
) -> ReceiverStream<io::Result<Accepted>> {
    let (sender, accepted) = mpsc::channel(HANDSHAKES_MAX);
    tokio::spawn(take(listener, configs, within, sender));
    ReceiverStream::new(accepted)
}

/// Until nobody wants any more.
async fn take(
    listener: TcpListener,
    configs: watch::Receiver<Arc<ServerConfig>>,
    within: Duration,
    taken: mpsc::Sender<io::Result<Accepted>>,
) {
    let turns = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = taken.closed() => return,
        };
        let Ok((socket, _)) = accepted else {
            tokio::time::sleep(REST).await;
            continue;
        };
        // Never closed, so a turn always comes.
        let Ok(turn) = turns.clone().acquire_owned().await else { return };
        let (acceptor, taken) = (TlsAcceptor::from(configs.borrow().clone()), taken.clone());
        tokio::spawn(async move {
            let _turn = turn;
            let _ = socket.set_nodelay(true);
            // A handshake that fails is that client's misfortune, not the server's end.
            if let Ok(Ok(stream)) = tokio::time::timeout(within, acceptor.accept(socket)).await {
                let _ = taken.send(Ok(Accepted(stream))).await;
            }
        });
    }
}

/// A connection over TLS.
pub struct Accepted(TlsStream<TcpStream>);

impl Connected for Accepted {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.0.get_ref().0.connect_info()
    }
}

impl AsyncRead for Accepted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl AsyncWrite for Accepted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
