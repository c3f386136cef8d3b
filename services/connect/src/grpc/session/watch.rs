//! How a session is, told the backend that made it until the session has ended.
//!
//! It is looked at, and told where it is another than was told last. What happens in this process is noticed at once, what another one
//! does by looking; so nothing but time depends on a hint, and an end is never missed.

use super::{for_backends, state_to_pb};
use crate::flows::{Flows, Waiting};
use futures::StreamExt as _;
use futures::stream::{BoxStream, poll_fn};
use latchkey_domain::{Environment, SessionId, Timestamp};
use latchkey_wire::contract::{AttemptState, SessionState, SessionView};
use latchkey_wire::convert::timestamp_to_pb;
use latchkey_wire::pb::connect as pb;
use latchkey_wire::{Caller, Fault, Kind, Reason};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, timeout};
use tonic::Status;

/// Often while an answer of a provider's is awaited.
const LOOK_OFTEN: Duration = Duration::from_millis(500);
const LOOK_SELDOM: Duration = Duration::from_secs(2);

/// A watcher hears from us at least this often, so that it can tell silence from a lost connection.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How long an attempt may be under way; what was begun before a session expired may lead to a connection still.
const ATTEMPT_MAX: Duration = Duration::from_secs(600);

const BUFFER: usize = 8;

/// What is told.
pub type Told = Result<pb::WatchConnectSessionResponse, Status>;

pub struct Watch {
    flows: Flows,
    caller: Caller,
    environment: Environment,
    session: SessionId,
    news: Waiting,
}

/// The watcher has gone, or there is nothing more to tell.
struct Over;

impl Watch {
    pub fn new(flows: &Flows, caller: Caller, environment: Environment, session: SessionId) -> Self {
        // Before the first look, so that nothing falls in between.
        let news = flows.news.about(session);
        Self { flows: flows.clone(), caller, environment, session, news }
    }

    /// How the session is now, for a first answer that may be a refusal.
    ///
    /// # Errors
    /// `SESSION_UNKNOWN`, or the vault cannot tell.
    pub async fn look(&self) -> Result<SessionView, Fault> {
        self.flows.vault.describe_session(&self.environment, self.session).await.map_err(for_backends)
    }

    /// Tells until the session has ended or the watcher goes, in a place of its own among the watchers.
    pub fn begin(self, first: SessionView, permit: OwnedSemaphorePermit) -> BoxStream<'static, Told> {
        let (messages, mut receiver) = mpsc::channel(BUFFER);
        let stopping = self.flows.tasks.stopping();
        tokio::spawn(async move {
            tokio::select! {
                _ = self.tell(first, &messages) => {}
                () = stopping => {
                    let stopped = Fault::new(Kind::Unavailable, Reason::PeerUnavailable, "The server is stopping. Watch again.");
                    let _ = messages.try_send(Err(stopped.into()));
                }
                () = messages.closed() => {}
            }
            drop(permit);
        });
        poll_fn(move |context| receiver.poll_recv(context)).boxed()
    }

    async fn tell(mut self, first: SessionView, messages: &mpsc::Sender<Told>) -> Result<(), Over> {
        let (mut view, mut known, mut last_sent) = (first, None, Instant::now());
        loop {
            let now = Timestamp(self.flows.clock.now());
            let progress = progress(&view, now);
            let (is_news, is_over) = (known.as_ref() != Some(&progress), is_over(&view, now));
            let pace = if progress.under_way { LOOK_OFTEN } else { LOOK_SELDOM };
            if is_news || last_sent.elapsed() >= HEARTBEAT {
                let session = is_news.then(|| progress.clone());
                let told = pb::WatchConnectSessionResponse { session };
                messages.send(Ok(told)).await.map_err(|_| Over)?;
                (known, last_sent) = (Some(progress), Instant::now());
            }
            if is_over {
                return Err(Over);
            }
            let _ = timeout(pace, self.news.news()).await;
            let seen = match self.caller.expelled().await {
                Some(fault) => Err(fault),
                None => self.look().await,
            };
            view = match seen {
                Ok(view) => view,
                Err(fault) => {
                    let _ = messages.send(Err(fault.into())).await;
                    return Err(Over);
                }
            };
        }
    }
}

fn state(view: &SessionView, now: Timestamp) -> SessionState {
    SessionState::of(view.connection.is_some(), view.cancelled, view.expires_at, now)
}

/// Whether nothing more can become of it.
fn is_over(view: &SessionView, now: Timestamp) -> bool {
    match state(view, now) {
        SessionState::Open => false,
        SessionState::Completed | SessionState::Cancelled => true,
        SessionState::Expired => !is_under_way(view) || view.expires_at.plus(ATTEMPT_MAX) <= now,
    }
}

fn is_under_way(view: &SessionView) -> bool {
    let attempt = view.latest_attempt.as_ref();
    attempt.is_some_and(|attempt| {
        matches!(attempt.state, AttemptState::Started | AttemptState::Claimed | AttemptState::Held)
    })
}

fn progress(view: &SessionView, now: Timestamp) -> pb::SessionProgress {
    let attempt = view.latest_attempt.as_ref();
    pb::SessionProgress {
        session_id: view.id.to_string(),
        state: state_to_pb(state(view, now)).into(),
        opened: view.opened,
        integration: attempt.map(|attempt| attempt.integration.to_string()).unwrap_or_default(),
        under_way: view.connection.is_none() && is_under_way(view),
        last_failure: view
            .last_failure
            .as_ref()
            .map(|failure| failure.reason.as_str().into())
            .unwrap_or_default(),
        connection_id: view.connection.map(|id| id.to_string()).unwrap_or_default(),
        expire_time: Some(timestamp_to_pb(view.expires_at)),
    }
}
