//! A backend that watches what becomes of its connections.

use crate::backend::PATIENCE;
use latchkey_wire::pb::events::{Event, WatchEventsResponse};
use std::time::Duration;
use tonic::Streaming;

/// Events as they come in.
pub struct Watch {
    answers: Streaming<WatchEventsResponse>,
    /// Where to go on after what was read.
    pub resume_token: String,
}

impl Watch {
    pub(crate) fn new(answers: Streaming<WatchEventsResponse>, resume_token: &str) -> Self {
        Self { answers, resume_token: resume_token.to_owned() }
    }

    /// The next event, heartbeats left out.
    ///
    /// # Panics
    /// Where none comes.
    pub async fn next(&mut self) -> Event {
        let next = self.within(PATIENCE).await;
        next.expect("an event comes")
    }

    /// All that come before nothing has come for so long.
    pub async fn rest(&mut self, quiet: Duration) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.within(quiet).await {
            events.push(event);
        }
        events
    }

    async fn within(&mut self, quiet: Duration) -> Option<Event> {
        let next = async {
            loop {
                let answer = self.answers.message().await.expect("the watch goes on").expect("it has no end");
                self.resume_token = answer.resume_token;
                if let Some(event) = answer.event {
                    return event;
                }
            }
        };
        tokio::time::timeout(quiet, next).await.ok()
    }
}
