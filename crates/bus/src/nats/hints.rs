//! Hints over core NATS: sent if there is a connection, forgotten if not.

use async_nats::Client;
use async_nats::connection::State;
use futures::stream::BoxStream;
use futures::{StreamExt, future};
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::BroadcastStream;
use tracing::{debug, warn};

use crate::Hint;

/// Hints that may wait to be sent; more are dropped, since a hint that comes late is worth nothing.
const WAITING_MAX: usize = 1024;
/// Hints a reader may fall behind before it loses the oldest.
const BEHIND_MAX: usize = 1024;

pub(super) struct Hints {
    /// To the other processes. Dropping it ends the task that carries hints.
    outgoing: mpsc::Sender<Hint>,
    /// To the readers in this process, whoever gave the hint.
    known: broadcast::Sender<Hint>,
}

impl Hints {
    /// Starts carrying hints, until the value is dropped.
    pub(super) fn start(client: Client, prefix: &str) -> Self {
        let (outgoing, waiting) = mpsc::channel(WAITING_MAX);
        let (known, _) = broadcast::channel(BEHIND_MAX);
        // Not under `<prefix>.`: the stream of facts would keep them.
        tokio::spawn(carry(client, format!("{prefix}-hints"), waiting, known.clone()));
        Self { outgoing, known }
    }

    pub(super) fn give(&self, hint: Hint) {
        // An error means that nobody listens here.
        let _ = self.known.send(hint.clone());
        if self.outgoing.try_send(hint).is_err() {
            debug!("Dropped a hint: too many are waiting to be sent");
        }
    }

    pub(super) fn follow(&self) -> BoxStream<'static, Hint> {
        BroadcastStream::new(self.known.subscribe()).filter_map(|hint| future::ready(hint.ok())).boxed()
    }
}

async fn carry(
    client: Client,
    subject: String,
    mut waiting: mpsc::Receiver<Hint>,
    known: broadcast::Sender<Hint>,
) {
    // The client renews the subscription whenever it connects again.
    let mut incoming = match client.subscribe(format!("{subject}.>")).await {
        Ok(subscription) => subscription,
        Err(error) => return warn!(%error, "Cannot listen for hints; work will be found by polling"),
    };
    loop {
        tokio::select! {
            hint = waiting.recv() => match hint {
                Some(hint) => send(&client, &subject, &hint).await,
                None => return,
            },
            message = incoming.next() => match message {
                // A hint of a kind this version does not know is somebody else's.
                Some(message) => if let Ok(hint) = serde_json::from_slice(&message.payload) {
                    let _ = known.send(hint);
                },
                None => return,
            },
        }
    }
}

async fn send(client: &Client, subject: &str, hint: &Hint) {
    if client.connection_state() != State::Connected {
        return;
    }
    let Ok(body) = serde_json::to_vec(hint) else { return };
    if let Err(error) = client.publish(format!("{subject}.all"), body.into()).await {
        debug!(%error, "Could not send a hint");
    }
}
