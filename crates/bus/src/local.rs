//! The bus inside one process. It keeps nothing: whoever wants history reads the feed.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, future};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use crate::{Bus, BusError, Fact, Hint, LastPosition};

/// Hints a reader may fall behind before it loses the oldest. A reader that slow polls anyway.
const BEHIND_MAX: usize = 1024;

/// A bus for one process.
pub fn local() -> Arc<dyn Bus> {
    let (hints, _) = broadcast::channel(BEHIND_MAX);
    Arc::new(Local { hints })
}

struct Local {
    hints: broadcast::Sender<Hint>,
}

#[async_trait]
impl Bus for Local {
    /// In one process every reader of facts follows the feed; a [`Hint::FactsRecorded`] tells it to look now.
    async fn publish(&self, facts: &[Fact]) -> Result<(), BusError> {
        if !facts.is_empty() {
            self.hint(Hint::FactsRecorded);
        }
        Ok(())
    }

    async fn last_position(&self) -> Result<LastPosition, BusError> {
        Ok(LastPosition::NotKept)
    }

    fn hint(&self, hint: Hint) {
        // An error means that nobody listens, which is nobody's problem.
        let _ = self.hints.send(hint);
    }

    fn hints(&self) -> BoxStream<'static, Hint> {
        BroadcastStream::new(self.hints.subscribe()).filter_map(|hint| future::ready(hint.ok())).boxed()
    }

    async fn ping(&self) -> Result<(), BusError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(connection: &str) -> Hint {
        Hint::RefreshWanted { connection: connection.to_owned() }
    }

    #[tokio::test]
    async fn every_reader_hears_the_hints_given_after_it_began_to_listen() {
        let bus = local();
        bus.hint(wanted("con_1"));
        let (mut one, mut other) = (bus.hints(), bus.hints());
        bus.hint(wanted("con_2"));
        assert_eq!(one.next().await, Some(wanted("con_2")));
        assert_eq!(other.next().await, Some(wanted("con_2")));
    }

    #[tokio::test]
    async fn a_reader_that_falls_behind_loses_the_oldest_and_goes_on() {
        let bus = local();
        let mut slow = bus.hints();
        for number in 0..=BEHIND_MAX {
            bus.hint(wanted(&number.to_string()));
        }
        assert_eq!(slow.next().await, Some(wanted("1")));
    }

    #[tokio::test]
    async fn published_facts_are_not_kept_but_readers_of_the_feed_are_told() {
        let bus = local();
        let mut hints = bus.hints();
        bus.publish(&[]).await.unwrap();
        bus.publish(&[fact()]).await.unwrap();
        assert_eq!(hints.next().await, Some(Hint::FactsRecorded));
        assert_eq!(bus.last_position().await.unwrap(), LastPosition::NotKept);
        drop(bus);
        assert_eq!(hints.next().await, None);
    }

    fn fact() -> Fact {
        Fact {
            id: "evt_1".to_owned(),
            subject: "connection.dev.demo.created".to_owned(),
            kind: "dev.latchkey.connection.created.v1".to_owned(),
            source: "/environments/dev".to_owned(),
            about: "integrations/demo/connections/con_1".to_owned(),
            time: "2026-11-23T09:12:44.120Z".to_owned(),
            position: "1".to_owned(),
            sequence: 1,
            severity: crate::Severity::Info,
            traceparent: None,
            data: serde_json::Value::Null,
        }
    }
}
