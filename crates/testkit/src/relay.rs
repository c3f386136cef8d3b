//! A way between two programs that a test can stop: what comes is held, in one direction or both, until it is let go or
//! lost. Nothing in the programs knows of it.

use std::net::TcpListener as Bound;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Passes TCP connections on to a port of this machine, as they are.
pub struct Relay {
    port: u16,
    /// From the client.
    pub requests: Arc<Way>,
    /// To the client.
    pub answers: Arc<Way>,
    cuts: watch::Sender<()>,
    serving: JoinHandle<()>,
}

/// One direction of all connections through a relay.
#[derive(Default)]
pub struct Way {
    held: watch::Sender<bool>,
    /// Connections on which something has come that is held.
    waiting: watch::Sender<usize>,
}

impl Relay {
    /// To a port of this machine, whether or not anybody listens there yet.
    ///
    /// # Panics
    /// Where no port is free, or there is no runtime.
    #[must_use]
    pub fn to(target: u16) -> Self {
        let bound = Bound::bind("127.0.0.1:0").expect("a port is free");
        bound.set_nonblocking(true).expect("a socket can be set so");
        let port = bound.local_addr().expect("a bound port").port();
        let listener = TcpListener::from_std(bound).expect("within a runtime");
        let (requests, answers): (Arc<Way>, Arc<Way>) = Default::default();
        let cuts = watch::Sender::new(());
        let serving = tokio::spawn(serve(listener, target, requests.clone(), answers.clone(), cuts.clone()));
        Self { port, requests, answers, cuts, serving }
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends every connection. What was held is lost; what comes from now on passes.
    pub fn cut(&self) {
        let _ = self.cuts.send(());
        self.let_go();
    }

    /// What was held goes on its way.
    pub fn let_go(&self) {
        self.requests.let_go();
        self.answers.let_go();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.serving.abort();
        let _ = self.cuts.send(());
    }
}

impl Way {
    /// What comes from now on waits.
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// What was held goes on its way.
    pub fn let_go(&self) {
        self.held.send_replace(false);
    }

    /// Until something has come that is held.
    pub async fn holds_something(&self) {
        let _ = self.waiting.subscribe().wait_for(|waiting| *waiting > 0).await;
    }

    async fn pass(&self) {
        if !*self.held.borrow() {
            return;
        }
        let _waits = Waits::new(&self.waiting);
        let _ = self.held.subscribe().wait_for(|held| !held).await;
    }
}

/// Counts for as long as it is there, even where the connection is cut meanwhile.
struct Waits<'a>(&'a watch::Sender<usize>);

impl<'a> Waits<'a> {
    fn new(waiting: &'a watch::Sender<usize>) -> Self {
        waiting.send_modify(|waiting| *waiting += 1);
        Self(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}

async fn serve(
    listener: TcpListener,
    target: u16,
    requests: Arc<Way>,
    answers: Arc<Way>,
    cuts: watch::Sender<()>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let (requests, answers, mut cut) = (requests.clone(), answers.clone(), cuts.subscribe());
        tokio::spawn(async move {
            let Ok(server) = TcpStream::connect(("127.0.0.1", target)).await else { return };
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            let passing = async {
                tokio::join!(pump(from_client, to_server, &requests), pump(from_server, to_client, &answers))
            };
            tokio::select! {
                // A cut lets go of the ways too, and what was held must not get through then.
                biased;
                _ = cut.changed() => {}
                _ = passing => {}
            }
        });
    }
}

async fn pump(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, way: &Way) {
    let mut bytes = vec![0_u8; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        way.pass().await;
        if to.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}
