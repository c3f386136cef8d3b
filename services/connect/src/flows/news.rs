//! That something has changed about a session, for pages that wait in this process. A hint: they look for themselves from
//! time to time too.

use latchkey_domain::SessionId;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Room for a burst. Whoever falls behind looks once more than needed.
const BACKLOG: usize = 64;

#[derive(Clone)]
pub struct News {
    sender: broadcast::Sender<SessionId>,
}

pub struct Waiting {
    receiver: broadcast::Receiver<SessionId>,
    session: SessionId,
}

impl Default for News {
    fn default() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0 }
    }
}

impl News {
    pub fn tell(&self, session: SessionId) {
        // Nobody may be waiting.
        let _ = self.sender.send(session);
    }

    #[must_use]
    pub fn about(&self, session: SessionId) -> Waiting {
        Waiting { receiver: self.sender.subscribe(), session }
    }
}

impl Waiting {
    /// Returns when there may be news.
    ///
    /// # Cancel safety
    /// News that comes while nobody calls is kept.
    pub async fn news(&mut self) {
        loop {
            match self.receiver.recv().await {
                Ok(session) if session != self.session => {}
                Ok(_) | Err(RecvError::Lagged(_)) => return,
                // The service is ending, and so will whoever waits.
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
