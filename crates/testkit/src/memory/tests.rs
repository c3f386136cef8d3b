//! The database in memory keeps the rules of the port, so that what is simulated on it holds for the real ones.

use super::MemoryStore;
use async_trait::async_trait;
use latchkey_store::conformance::{Database, Stalled};
use latchkey_store::{Append, Card, KeyChange, NewEvent, Snapshot, Store, Stream, Version};
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

latchkey_store::conformance_tests!(database);

async fn database() -> Database {
    let shared = MemoryStore::default();
    let stalled = shared.clone();
    Database {
        open: Box::new(move || {
            let client: Arc<dyn Store> = Arc::new(shared.clone());
            Box::pin(async move { client })
        }),
        // It numbers and writes at once, so that the two places to stop at are one.
        stall: Box::new(move |_, stream, event| {
            let store = stalled.clone();
            Box::pin(async move {
                let writing = store.writer.clone().lock_owned().await;
                let stalled: Box<dyn Stalled> =
                    Box::new(Slow { store, append: first(stream, event), _writing: writing });
                stalled
            })
        }),
        guard: Box::new(()),
    }
}

struct Slow {
    store: MemoryStore,
    append: Append,
    _writing: OwnedMutexGuard<()>,
}

#[async_trait]
impl Stalled for Slow {
    async fn commit(self: Box<Self>) {
        self.store.tables().append(self.append).unwrap();
    }

    async fn roll_back(self: Box<Self>) {}
}

fn first(stream: Stream, event: NewEvent) -> Append {
    Append {
        stream,
        expected: Version(0),
        events: vec![event],
        snapshot: Snapshot { format: 1, state: "{}".to_owned() },
        card: Card {
            environment: "dev".to_owned(),
            parent: String::new(),
            subject: String::new(),
            status: "live".to_owned(),
            label: String::new(),
            ..Card::default()
        },
        key: KeyChange::Keep,
        tags: None,
        releases: None,
        status_was: None,
    }
}
