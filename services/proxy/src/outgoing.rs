//! The caller's body on its way out: held whole where it is small enough to be sent again, passed on while it comes
//! otherwise.

use crate::refusal::Refusal;
use crate::traffic::Traffic;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use http::{HeaderMap, header};

/// A body up to this size can be sent again after a refused credential or a retry.
pub const HELD_MAX: u64 = 64 * 1024;

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

    /// The body for one try, and what frames it.
    pub fn body(&mut self, headers: &mut HeaderMap, traffic: &Traffic) -> reqwest::Body {
        match self {
            Self::Held(bytes) => {
                traffic.sent(bytes.len() as u64);
                bytes.clone().into()
            }
            Self::Passing { body, length } => {
                if let Some(length) = length {
                    headers.insert(header::CONTENT_LENGTH, (*length).into());
                }
                let stream = body.take().map(|body| traffic.sending(body).into_data_stream());
                stream.map_or_else(reqwest::Body::default, reqwest::Body::wrap_stream)
            }
        }
    }
}
