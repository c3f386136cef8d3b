//! One request and its answer, for as long as anything moves: a piece of the request that is taken, or one of the answer
//! that comes.

use super::Client;
use axum::BoxError;
use axum::body::{Body, Bytes};
use http::{Request, Response};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::client::legacy::Error;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Not one byte of the request was written.
    Unreachable,
    /// Nothing moved for too long.
    Silent,
    /// The connection ended first.
    Ended,
}

/// When something moved last, in either direction. Clones are of the same exchange.
#[derive(Debug, Clone)]
pub struct Pulse {
    last: Arc<Mutex<Instant>>,
    silence_max: Duration,
}

impl Pulse {
    pub fn new(silence_max: Duration) -> Self {
        Self { last: Arc::new(Mutex::new(Instant::now())), silence_max }
    }

    pub fn beat(&self) {
        *self.last() = Instant::now();
    }

    /// Comes to its end when nothing has moved for too long.
    async fn stopped(self) {
        loop {
            let until = *self.last() + self.silence_max;
            if Instant::now() >= until {
                return;
            }
            sleep_until(until).await;
        }
    }

    fn last(&self) -> MutexGuard<'_, Instant> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// # Errors
/// [`Lost`].
pub async fn exchange(
    client: &Client,
    request: Request<Body>,
    pulse: &Pulse,
) -> Result<Response<Answer>, Lost> {
    let lost = |error: Error| if error.is_connect() { Lost::Unreachable } else { Lost::Ended };
    let answer = tokio::select! {
        biased;
        answer = client.request(request) => answer.map_err(lost)?,
        () = pulse.clone().stopped() => return Err(Lost::Silent),
    };
    pulse.beat();
    Ok(answer.map(|body| Answer { body, pulse: pulse.clone(), silence: Box::pin(pulse.clone().stopped()) }))
}

/// An answer's body while it comes.
pub struct Answer {
    body: Incoming,
    pulse: Pulse,
    silence: Pin<Box<dyn Future<Output = ()> + Send>>,
}

#[derive(Debug, thiserror::Error)]
#[error("the provider fell silent in the middle of its answer")]
struct FellSilent;

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            self.pulse.beat();
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        ready!(self.silence.as_mut().poll(context));
        Poll::Ready(Some(Err(FellSilent.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
