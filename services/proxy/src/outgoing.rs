//! The caller's body on its way out: held whole where it is small enough to be sent again, passed on while it comes
//! otherwise.

use crate::refusal::Refusal;
use crate::traffic::Traffic;
use crate::upstream::Pulse;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use http::{HeaderMap, header};
use hyper::body::Frame;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// A body up to this size can be sent again after a refused credential or a retry.
pub const HELD_MAX: u64 = 64 * 1024;

/// How much of a body that nobody wants is still read, and for how long.
const DRAINED_MAX: usize = 64 << 20;
const LINGER: Duration = Duration::from_secs(10);

pub enum Outgoing {
    Held(Bytes),
    /// Goes once.
    Passing {
        body: Option<Body>,
        length: Option<u64>,
    },
}

impl Outgoing {
    /// Waits for a body only where its length is known: one without may be a conversation that waits for the answer.
    ///
    /// # Errors
    /// Where the caller breaks off.
    pub async fn read(body: Body, length: Option<u64>) -> Result<Self, Refusal> {
        if body.is_end_stream() {
            return Ok(Self::Held(Bytes::new()));
        }
        match length {
            Some(length) if length <= HELD_MAX => {
                let limit = usize::try_from(length).unwrap_or(usize::MAX);
                let broken =
                    |_| Refusal::field("body", "The body ended before its content-length, or after it.");
                Ok(Self::Held(to_bytes(body, limit).await.map_err(broken)?))
            }
            length => Ok(Self::Passing { body: Some(body), length }),
        }
    }

    /// The whole body, if it is here.
    pub fn held(&self) -> Option<&[u8]> {
        match self {
            Self::Held(bytes) => Some(bytes),
            Self::Passing { .. } => None,
        }
    }

    /// The body for one try, and what frames it. `pulse` beats for each piece that is taken, and `traffic` counts it.
    pub fn body(&mut self, headers: &mut HeaderMap, pulse: &Pulse, traffic: &Traffic) -> Body {
        match self {
            Self::Held(bytes) => {
                traffic.sent(bytes.len() as u64);
                bytes.clone().into()
            }
            Self::Passing { body, length } => {
                if let Some(length) = length {
                    headers.insert(header::CONTENT_LENGTH, (*length).into());
                }
                let passage = body.take().map(|body| Passage {
                    body: traffic.sending(body),
                    ended: false,
                    pulse: pulse.clone(),
                });
                passage.map_or_else(Body::empty, Body::new)
            }
        }
    }
}

/// The caller's body on its one way. Of what the provider does not want any more, the rest is read to nowhere, up to some
/// limit: a caller that finds its connection closed while it writes may never see the answer.
struct Passage {
    body: Body,
    ended: bool,
    pulse: Pulse,
}

impl hyper::body::Body for Passage {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.pulse.beat();
        // Trailers end here.
        let data = frame.filter(|frame| !frame.as_ref().is_ok_and(Frame::is_trailers));
        self.ended = !matches!(data, Some(Ok(_)));
        Poll::Ready(data)
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.body.is_end_stream()
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        let rest = std::mem::take(&mut self.body);
        if self.ended || rest.is_end_stream() {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn(timeout(LINGER, drained(rest))));
        }
    }
}

async fn drained(mut rest: Body) {
    let mut left = DRAINED_MAX;
    while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut rest).poll_frame(context)).await {
        match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
            Some(less) => left = less,
            None => return,
        }
    }
}
