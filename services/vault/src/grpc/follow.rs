//! Following what is appended: messages with a place to go on from, heartbeats in between, and an end when the caller's key is
//! no longer good or the server stops.

use super::status;
use crate::error::Error;
use latchkey_chassis::Lifecycle;
use latchkey_store::Position;
use latchkey_wire::{Caller, Fault, Kind, Reason};
use std::fmt;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

/// A watcher hears from us at least this often, so that it can tell silence from a lost connection.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How long news made by another process may go unnoticed here.
pub(super) const POLL: Duration = Duration::from_millis(500);

/// How much is read at a time.
pub(super) const BATCH: u32 = 200;

/// A watcher that is this far behind waits for nobody: what is followed keeps its place.
const BUFFER: usize = 64;

/// What is followed, from a place on.
pub(super) trait Followed: Send + Sync + 'static {
    type Message: Send + 'static;
    /// Where a watcher stands; shown as its resume token.
    type Place: fmt::Display + Clone + Send + Sync + 'static;

    /// Reads on. How much was read, and what of it is to be told, each with the place after it.
    fn read(&mut self) -> impl Future<Output = Result<Read<Self>, Error>> + Send;

    /// Waits for news, [`POLL`] at most.
    fn news(&mut self) -> impl Future<Output = ()> + Send;

    /// A message that says only where the watcher stands.
    fn heartbeat(&self, place: &Self::Place) -> Self::Message;
}

/// What one reading came to.
pub(super) struct Read<F: Followed + ?Sized> {
    pub told: Vec<(F::Place, F::Message)>,
    /// The place after everything that was read.
    pub place: F::Place,
    pub any: bool,
}

/// Where a resume token says that the watcher stood.
///
/// # Errors
/// `RESUME_TOKEN_INVALID`.
pub(super) fn place_of(resume_token: &str) -> Result<Position, Fault> {
    resume_token
        .parse()
        .map_err(|_| no_place("Leave it empty to begin now, or give 0-0 to begin at the first there is."))
}

/// A resume token that is none, with what to do.
pub(super) fn no_place(instead: &str) -> Fault {
    let message = format!("The resume token is not one that was given out. {instead}");
    Fault::new(Kind::Invalid, Reason::ResumeTokenInvalid, message).with("field", "resume_token")
}

type Messages<M> = mpsc::Sender<Result<M, Status>>;

/// The watcher has gone, or was told to go.
struct Over;

struct Follow<F: Followed> {
    followed: F,
    caller: Caller,
    /// After what was told last.
    place: F::Place,
}

/// Tells what is followed until the watcher goes, in a place of its own among the watchers.
pub(super) fn follow<F: Followed>(
    followed: F,
    caller: Caller,
    place: F::Place,
    permit: OwnedSemaphorePermit,
    lifecycle: Lifecycle,
) -> ReceiverStream<Result<F::Message, Status>> {
    let (messages, receiver) = mpsc::channel(BUFFER);
    let follow = Follow { followed, caller, place };
    tokio::spawn(async move {
        follow.run(messages, lifecycle).await;
        drop(permit);
    });
    ReceiverStream::new(receiver)
}

impl<F: Followed> Follow<F> {
    async fn run(mut self, messages: Messages<F::Message>, lifecycle: Lifecycle) {
        tokio::select! {
            _ = self.follow(&messages) => {}
            () = lifecycle.stopping() => {
                let fault = Fault::new(Kind::Unavailable, Reason::PeerUnavailable, "The server is stopping. Watch again.");
                let _ = messages.try_send(Err(fault.with("resume_token", self.place.to_string()).into()));
            }
            () = messages.closed() => {}
        }
    }

    async fn follow(&mut self, messages: &Messages<F::Message>) -> Result<(), Over> {
        // A first heartbeat tells the watcher where it stands before anything happens.
        self.beat(messages).await?;
        let mut last_sent = Instant::now();
        loop {
            let read = match self.followed.read().await {
                Ok(read) => read,
                Err(error) => {
                    let _ = messages.send(Err(status(error))).await;
                    return Err(Over);
                }
            };
            for (place, message) in read.told {
                messages.send(Ok(message)).await.map_err(|_| Over)?;
                self.place = place;
            }
            self.place = read.place;
            if !read.any {
                self.followed.news().await;
            }
            if let Some(fault) = self.caller.expelled().await {
                let _ = messages.send(Err(fault.into())).await;
                return Err(Over);
            }
            if last_sent.elapsed() >= HEARTBEAT {
                self.beat(messages).await?;
                last_sent = Instant::now();
            }
        }
    }

    async fn beat(&self, messages: &Messages<F::Message>) -> Result<(), Over> {
        messages.send(Ok(self.followed.heartbeat(&self.place))).await.map_err(|_| Over)
    }
}
