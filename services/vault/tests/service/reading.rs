use crate::world::{TOKEN_LIFE, World, dev, invalid_grant};
use latchkey_chassis::Clock as _;
use latchkey_domain::rotation::Course;
use latchkey_domain::{Timestamp, connection};
use latchkey_store::{Append, Card, KeyChange, Stream};
use latchkey_vault::Error;
use latchkey_vault::vault::{Query, Source};
use latchkey_wire::contract::{CompleteRefresh, RefreshOutcome};
use std::time::Duration;

#[tokio::test]
async fn a_fresh_token_is_read_and_nothing_is_written() {
    let world = World::new().await;
    let connection = world.connected().await;
    let before = world.store.feed_end().await.unwrap();
    let credential = world.vault.credential(&world.query(connection)).await.unwrap();
    assert_eq!(credential.source, Source::Cached);
    assert_eq!(world.store.feed_end().await.unwrap(), before);
    assert!(world.vault.claim_due(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_caller_waits_for_the_refresh_in_flight() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let query = Query { deadline: Some(Duration::from_secs(5)), ..world.query(connection) };
    let refresh = async {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if let Some(due) = world.vault.claim_due(1).await.unwrap().pop() {
                world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
                return;
            }
        }
    };
    let (credential, ()) = tokio::join!(world.vault.credential(&query), refresh);
    let credential = credential.unwrap();
    assert_eq!((credential.source, credential.facts.generation.0), (Source::Refreshed, 2));
}

#[tokio::test]
async fn a_token_that_ran_out_on_its_way_here_is_no_answer_to_who_waits() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let query =
        Query { force_refresh: true, deadline: Some(Duration::from_secs(10)), ..world.query(connection) };
    let refresh = async {
        let mut lateness = TOKEN_LIFE;
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let Some(due) = world.vault.claim_due(1).await.unwrap().pop() else { continue };
            let outcome = RefreshOutcome::Refreshed(world.obtained());
            let received_at = Some(Timestamp(world.clock.now()).minus(lateness));
            let report = World::report_of(&due, outcome, Course::default());
            world.vault.complete_refresh(CompleteRefresh { received_at, ..report }).await.unwrap();
            if lateness.is_zero() {
                return;
            }
            lateness = Duration::ZERO;
        }
    };
    let (credential, ()) = tokio::join!(world.vault.credential(&query), refresh);
    assert_eq!(credential.unwrap().facts.generation.0, 3, "the second token has run out already");
}

#[tokio::test]
async fn a_thousand_forced_reads_share_one_refresh() {
    let world = World::new().await;
    let connection = world.connected().await;
    let query =
        Query { force_refresh: true, deadline: Some(Duration::from_secs(20)), ..world.query(connection) };
    let reads = futures::future::join_all((0..1000).map(|_| world.vault.credential(&query)));
    let refresh = async {
        let mut made = 0;
        // Long after the first was completed, nobody has asked for another.
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            for due in world.vault.claim_due(10).await.unwrap() {
                made += 1;
                world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
            }
        }
        made
    };
    let (reads, made) = tokio::join!(reads, refresh);
    assert_eq!(made, 1);
    for read in reads {
        assert_eq!(read.unwrap().facts.generation.0, 2);
    }
}

#[tokio::test]
async fn a_token_without_an_end_can_be_refreshed_by_who_insists() {
    let world = World::new().await;
    let authorization = world.claimed(None).await;
    let mut endless = world.obtained();
    endless.grant.expires_in = None;
    let connection = world.vault.establish(authorization, endless).await.unwrap().connection;
    assert!(world.vault.credential(&world.query(connection)).await.is_ok());
    assert!(world.vault.claim_due(1).await.unwrap().is_empty());
    let query =
        Query { force_refresh: true, deadline: Some(Duration::from_secs(5)), ..world.query(connection) };
    let refresh = async {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if let Some(due) = world.vault.claim_due(1).await.unwrap().pop() {
                world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
                return;
            }
        }
    };
    let forced = tokio::time::timeout(Duration::from_secs(10), async {
        tokio::join!(world.vault.credential(&query), refresh)
    });
    let (credential, ()) = forced.await.expect("the refresh is due");
    assert_eq!(credential.unwrap().facts.generation.0, 2);
}

#[tokio::test]
async fn a_refresh_that_takes_too_long_is_said_to_be_in_progress() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let late = world.vault.credential(&world.query(connection)).await;
    assert!(matches!(late, Err(Error::RefreshInProgress)));
}

#[tokio::test]
async fn a_token_that_still_lives_is_given_where_nothing_longer_was_promised() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE - Duration::from_secs(10));
    assert!(world.vault.credential(&world.query(connection)).await.is_ok());
    let promised = Query { min_remaining: Some(Duration::from_secs(30)), ..world.query(connection) };
    assert!(matches!(world.vault.credential(&promised).await, Err(Error::RefreshInProgress)));
    let too_much = Query { min_remaining: Some(Duration::from_secs(3601)), ..world.query(connection) };
    assert!(matches!(
        world.vault.credential(&too_much).await,
        Err(Error::Field { field: "min_remaining", .. })
    ));
}

#[tokio::test]
async fn a_row_that_was_moved_to_another_connection_does_not_open() {
    let world = World::new().await;
    let (mine, theirs) = (world.connected().await, world.connected().await);
    let row = |id: latchkey_domain::ConnectionId| Stream::new("connection", id.to_string());
    let from = world.store.load(&row(theirs)).await.unwrap().unwrap();
    let into = world.store.load(&row(mine)).await.unwrap().unwrap();
    // As somebody could who writes to the database: their row, key and all, under my id.
    let moved = Append {
        stream: row(mine),
        expected: into.version,
        events: vec![],
        snapshot: from.snapshot,
        card: Card {
            environment: "dev".into(),
            parent: "demo".into(),
            subject: "ana".into(),
            status: "active".into(),
            ..Card::default()
        },
        key: KeyChange::Put(from.key.unwrap()),
        tags: None,
        releases: None,
        status_was: None,
    };
    world.store.append(moved).await.unwrap();
    let refused = world.vault.credential(&world.query(mine)).await;
    assert!(matches!(refused, Err(Error::Unreadable { .. })), "{refused:?}");
    assert!(world.vault.credential(&world.query(theirs)).await.is_ok());
}

#[tokio::test]
async fn a_snapshot_of_another_format_is_folded_again_and_keeps_its_secrets() {
    let world = World::new().await;
    let connection = world.connected().await;
    let stream = Stream::new("connection", connection.to_string());
    let mut stored = world.store.load(&stream).await.unwrap().unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&stored.snapshot.state).unwrap();
    document["state"] = serde_json::json!({"an": "older shape"});
    stored.snapshot.state = document.to_string();
    stored.snapshot.format = 0;
    let older = Append {
        stream,
        expected: stored.version,
        events: vec![],
        snapshot: stored.snapshot,
        card: Card {
            environment: "dev".into(),
            parent: String::new(),
            subject: String::new(),
            status: String::new(),
            ..Card::default()
        },
        key: KeyChange::Keep,
        tags: None,
        releases: None,
        status_was: None,
    };
    world.store.append(older).await.unwrap();
    let credential = world.vault.credential(&world.query(connection)).await.unwrap();
    assert_eq!(credential.facts.generation.0, 1);
}

#[tokio::test]
async fn an_explanation_says_whose_turn_it_is() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    world.complete_strictly(&due, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    let explained = world.vault.explain_connection(&dev(), connection).await.unwrap();
    assert_eq!(explained.explanation.whose_turn, "END_USER");
    assert_eq!(explained.history[0].event, "connection.broken");
    let refused = world.vault.credential(&world.query(connection)).await;
    assert!(matches!(refused, Err(Error::Connection(connection::Refusal::NeedsReauthorization(_)))));
}
