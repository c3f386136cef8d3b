//! Chains that go through a backup: they go on, and what was done to them or to what they are of is found out behind it.

use crate::restoring::{header, restored_with};
use crate::world::World;
use latchkey_store::{Position, Table};
use latchkey_vault::audit::{Problem, Root, step};
use latchkey_vault::backup::Header;
use serde_json::Value;

/// One whose chain holds events and reads, in several segments.
async fn chained_world() -> World {
    let world = World::new().await;
    world.register("prod".parse().unwrap()).await;
    world.connected().await;
    world.chained().await;
    world.read_by("key_1", "dev").await;
    world.read_by("key_2", "prod").await;
    world.chained().await;
    world.connected().await;
    world.read_by("key_1", "dev").await;
    world.chained().await;
    world
}

fn root_of(lines: &[String]) -> Option<Root> {
    Root::parse(&serde_json::from_str(lines.last()?).ok()?)
}

async fn last_of(world: &World) -> u64 {
    world.store.chains().end("dev").await.unwrap().unwrap().last
}

#[tokio::test]
async fn a_chain_goes_on_behind_what_was_restored() {
    let world = chained_world().await;
    let known = root_of(&world.exported().await);
    // Recorded, and not chained when the backup is made.
    world.connected().await;
    world.read_by("key_1", "dev").await;
    let restored = restored_with(&world, header(), |_, _| true).await;
    assert_eq!(last_of(&restored).await, last_of(&world).await);
    assert!(!step(&restored.vault).await.unwrap().unsigned, "that safe mode is on is of no environment");
    for _ in 0..2 {
        let lines = restored.exported().await;
        assert_eq!(restored.verified_against(&lines, known.clone()).await.problems, []);
        restored.connected().await;
        restored.read_by("key_3", "dev").await;
        restored.chained().await;
    }
    // And once more, of what was restored.
    let known = root_of(&restored.exported().await);
    let again = restored_with(&restored, header(), |_, _| true).await;
    again.chained().await;
    let lines = again.exported().await;
    let verdict = again.verified_against(&lines, known).await;
    assert_eq!(verdict.problems, []);
    let feed = again.store.feed(Position::START, 1000).await.unwrap();
    let (events, reads) = (feed.iter().filter(|recorded| recorded.environment == "dev").count(), 5);
    assert_eq!(verdict.records, (events + reads) as u64, "every record is in it once");
}

fn is_of_a_session(table: Table, row: &Value) -> bool {
    matches!(table, Table::Streams | Table::Events) && row["category"] == "session"
}

/// What somebody does to the rows on their way into a backup.
type Change = Box<dyn Fn(Table, &mut Value) -> bool + Send + Sync>;

/// Its name, what it does, and what an auditor is to find.
type Case = (&'static str, Change, fn(&Problem) -> bool);

#[tokio::test]
async fn what_was_done_to_a_backup_is_found_out_when_it_was_restored() {
    let world = chained_world().await;
    let known = root_of(&world.exported().await).unwrap();
    let end = last_of(&world).await;
    assert_eq!(known.records, end);
    let changes: [Case; 7] = [
        (
            "changed",
            Box::new(|table, row| {
                if table == Table::Events && row["category"] == "connection" {
                    row["trace"] = "another".into();
                }
                true
            }),
            |problem| matches!(problem, Problem::Changed { name, .. } if name.contains("connection.established")),
        ),
        (
            "a read that was changed",
            Box::new(|table, row| {
                if table == Table::CredentialReads {
                    row["count"] = 1.into();
                }
                true
            }),
            |problem| matches!(problem, Problem::Changed { name, .. } if name.starts_with("read of con_1")),
        ),
        (
            "missing",
            Box::new(|table, row| !is_of_a_session(table, row)),
            |problem| matches!(problem, Problem::Missing { name, .. } if name.contains("event")),
        ),
        (
            "in each other's place",
            Box::new(|table, row| {
                if table == Table::Events {
                    row["number"] = match row["number"].as_u64() {
                        Some(2) => 3.into(),
                        Some(3) => 2.into(),
                        number => number.into(),
                    };
                }
                true
            }),
            |problem| matches!(problem, Problem::Changed { .. }),
        ),
        (
            "reordered",
            Box::new(|table, row| {
                if table == Table::AuditSegments && row["first"] == 1 {
                    row["entries"].as_array_mut().unwrap().reverse();
                }
                true
            }),
            |problem| matches!(problem, Problem::RootDiffers { .. }),
        ),
        (
            "taken out of the middle",
            Box::new(|table, row| {
                table != Table::AuditSegments || row["first"] == 1 || row["source"] != "read"
            }),
            |problem| matches!(problem, Problem::OutOfOrder { .. }),
        ),
        (
            "truncated",
            Box::new(move |table, row| table != Table::AuditSegments || row["last"] != end),
            |problem| matches!(problem, Problem::ShorterThan { .. }),
        ),
    ];
    for (what, change, is_it) in changes {
        let restored = restored_with(&world, header(), change).await;
        let lines = restored.exported().await;
        let problems = restored.verified_against(&lines, Some(known.clone())).await.problems;
        assert!(problems.iter().any(is_it), "{what}: {problems:?}");
    }
}

#[tokio::test]
async fn what_was_missing_before_a_backup_is_missing_behind_it_too() {
    let world = chained_world().await;
    let known = root_of(&world.exported().await);
    let robbed = restored_with(&world, header(), |table, row| !is_of_a_session(table, row)).await;
    let again = restored_with(&robbed, header(), |_, _| true).await;
    let verdict = again.verified_against(&again.exported().await, known).await;
    assert!(
        verdict
            .problems
            .iter()
            .any(|problem| problem.to_string().contains("a backup was made without the event")),
        "{:?}",
        verdict.problems
    );
    // The event that tells of safe mode has the place of one of them.
    let is_expected =
        |problem: &&Problem| matches!(problem, Problem::Missing { .. } | Problem::Changed { .. });
    assert_eq!(verdict.problems.iter().find(|problem| !is_expected(problem)), None);
}

#[tokio::test]
async fn over_a_backup_without_chains_they_begin_anew() {
    let world = chained_world().await;
    let older = Header { form: 1, ..header() };
    let restored = restored_with(&world, older, |table, row| {
        if table == Table::CredentialReads {
            row.as_object_mut().unwrap().remove("number");
        }
        let is_of_chains = row["reader"].as_str().is_some_and(|reader| reader.starts_with("audit."));
        table != Table::AuditSegments && !(table == Table::Cursors && is_of_chains)
    })
    .await;
    assert_eq!(restored.store.cursor("audit.events").await.unwrap(), Position::START);
    let before = last_of(&world).await;
    restored.chained().await;
    assert!(last_of(&restored).await >= before, "every record is in it");
    let verdict = restored.verified_against(&restored.exported().await, None).await;
    assert_eq!(verdict.problems, []);
}
