//! What the rules put into streams, and how they look at what is there.

use crate::{
    Append, AppendError, Card, CardQuery, Claim, ClaimQuery, Fence, KeyChange, Listed, Millis, NewEvent,
    Position, Recorded, Snapshot, Store, Stream, Version, WrappedKey,
};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use uuid::Uuid;

pub const CATEGORY: &str = "thing";
pub const ENVIRONMENT: &str = "dev";

/// How long the feed may be held back by what goes on elsewhere on the server.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn thing(id: impl Into<String>) -> Stream {
    Stream::new(CATEGORY, id)
}

pub fn event(kind: &str) -> NewEvent {
    // Text that a careless column, collation or encoding would change.
    let payload = serde_json::json!({ "kind": kind, "text": "naïve \u{1f511} \\ ' \" %", "number": 9_007_199_254_740_993_u64 });
    let trace = Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned());
    NewEvent { id: Uuid::new_v4(), kind: kind.to_owned(), schema: 3, at: 1_790_000_000_123, payload, trace }
}

pub fn card() -> Card {
    Card {
        environment: ENVIRONMENT.to_owned(),
        parent: "parent".to_owned(),
        subject: "subject".to_owned(),
        status: "live".to_owned(),
        label: "A thing".to_owned(),
        ..Card::default()
    }
}

pub fn due(at: Millis) -> Card {
    Card { due_at: Some(at), ..card() }
}

pub fn key() -> WrappedKey {
    let id = Uuid::new_v4();
    WrappedKey { id, wrapped: [&[0, 255][..], id.as_bytes()].concat() }
}

/// An append of one event that touches neither key nor claim.
pub fn append(stream: &Stream, expected: u64) -> Append {
    Append {
        stream: stream.clone(),
        expected: Version(expected),
        events: vec![event("thing.changed")],
        snapshot: Snapshot { format: 1, state: format!(r#"{{"after":{expected}}}"#) },
        card: card(),
        key: KeyChange::Keep,
        tags: None,
        releases: None,
        status_was: None,
    }
}

/// A stream with one event that is due at a time.
pub async fn begin(store: &dyn Store, id: &str, card: Card) -> Stream {
    let stream = thing(id);
    store.append(Append { card, ..append(&stream, 0) }).await.expect("a new stream can be begun");
    stream
}

pub async fn claim(store: &dyn Store, now: Millis, until: Millis) -> Vec<Claim> {
    claim_some(store, &ClaimQuery { now, until, ..asking(100) }).await
}

pub async fn claim_some(store: &dyn Store, query: &ClaimQuery) -> Vec<Claim> {
    store.claim_due(query).await.expect("what is due can be claimed")
}

/// For all that is due at 20, to be held until 100.
pub fn asking(max: u32) -> ClaimQuery {
    ClaimQuery {
        category: CATEGORY.to_owned(),
        now: 20,
        until: 100,
        max,
        wanted_only: false,
        after: None,
        except: vec![],
    }
}

/// The one claim there is to be had.
pub async fn claim_one(store: &dyn Store, now: Millis, until: Millis) -> Claim {
    let mut claims = claim(store, now, until).await;
    assert_eq!(claims.len(), 1, "one stream is due: {claims:?}");
    claims.remove(0)
}

pub fn fulfilling(fence: Fence, append: Append) -> Append {
    Append { releases: Some(fence), ..append }
}

pub async fn history(store: &dyn Store, stream: &Stream) -> Vec<Recorded> {
    store.history(stream, Version(0), 1000).await.expect("the history reads")
}

pub async fn listed(store: &dyn Store, stream: &Stream) -> Listed {
    let page = store.list(&all()).await.expect("streams can be listed");
    page.items.into_iter().find(|listed| &listed.stream == stream).expect("the stream is listed")
}

pub fn all() -> CardQuery {
    CardQuery {
        category: CATEGORY.to_owned(),
        environment: ENVIRONMENT.to_owned(),
        max: 1000,
        ..CardQuery::default()
    }
}

pub fn assert_conflict(answer: Result<Version, AppendError>, stream: &Stream) {
    match answer {
        Err(AppendError::Conflict(refused)) => assert_eq!(&refused, stream),
        other => panic!("an append to a stream that is elsewhere is a conflict, not {other:?}"),
    }
}

/// The next page of the feed, checked for order, and the position after it.
pub async fn next_page(store: &dyn Store, after: Position, max: u32) -> (Vec<Recorded>, Position) {
    let page = store.feed(after, max).await.expect("the feed reads");
    let mut last = after;
    for recorded in &page {
        assert!(recorded.position > last, "the feed goes forward: {} after {last}", recorded.position);
        last = recorded.position;
    }
    assert!(page.len() <= max as usize, "a page holds at most {max}");
    (page, last)
}

/// The events behind a position, of which there are so many. Transactions in other databases of the server may hold them back.
pub async fn feed(store: &dyn Store, after: Position, count: usize) -> Vec<Recorded> {
    let begun = Instant::now();
    loop {
        let seen = store.feed(after, 100).await.expect("the feed is read");
        if seen.len() >= count {
            assert_eq!(seen.len(), count, "no event comes twice");
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "{} of {count} events are in the feed", seen.len());
        sleep(Duration::from_millis(20)).await;
    }
}
