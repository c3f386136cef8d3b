use crate::keys::watched_world;
use crate::world::{World, dev, service_of};
use futures::future::join_all;
use latchkey_chassis::Clock as _;
use latchkey_store::{Position, ReadRow};
use latchkey_vault::audit::{Problem, Root, Verdict, Verifier, step};
use serde_json::Value;
use std::sync::atomic::Ordering;

impl World {
    /// Chains whatever there is; the first root makes the key it is signed with, and that is an event too.
    pub async fn chained(&self) {
        for _ in 0..4 {
            step(&self.vault).await.unwrap();
        }
    }

    pub async fn exported(&self) -> Vec<String> {
        let (mut lines, mut after) = (vec![], Some(0));
        while let Some(from) = after {
            let page = self.vault.export_audit(&dev(), from).await.unwrap();
            lines.extend(page.lines);
            after = page.next;
        }
        lines
    }

    async fn verified(&self, lines: &[String]) -> Verdict {
        self.verified_against(lines, None).await
    }

    /// With a root from before, where there is one.
    pub async fn verified_against(&self, lines: &[String], known: Option<Root>) -> Verdict {
        let keys = self.vault.public_keys(&dev()).await.unwrap().into_iter().map(|key| key.key).collect();
        let mut verifier = Verifier::new(keys, known);
        lines.iter().for_each(|line| verifier.line(line));
        verifier.finish()
    }

    pub async fn read_by(&self, reader: &str, environment: &str) {
        let read = ReadRow {
            environment: environment.into(),
            connection: "con_1".into(),
            generation: 1,
            reader: reader.into(),
            way: "TOKEN".into(),
            count: 3,
            first_at: self.vault_now(),
            last_at: self.vault_now(),
        };
        self.store.reads().add(&[read]).await.unwrap();
    }

    fn vault_now(&self) -> i64 {
        self.parts.clock.now()
    }
}

fn records(lines: &[String]) -> Vec<Value> {
    let all = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter(|line| line.get("record").is_some()).collect()
}

#[tokio::test]
async fn every_event_of_an_environment_is_chained_once_in_the_order_of_the_feed() {
    let world = World::new().await;
    world.register("prod".parse().unwrap()).await;
    world.connected().await;
    world.chained().await;
    world.read_by("key_1", "dev").await;
    world.read_by("key_2", "prod").await;
    world.connected().await;
    world.chained().await;

    let lines = world.exported().await;
    let verdict = world.verified(&lines).await;
    assert_eq!(verdict.problems, []);
    let chained = records(&lines);
    let feed = world.store.feed(Position::START, 1000).await.unwrap();
    let ids = |source: &str| -> Vec<String> {
        let of_it = chained.iter().filter(|line| line["source"] == source);
        of_it.map(|line| line["record"]["id"].as_str().unwrap_or("read").to_owned()).collect()
    };
    let expected: Vec<String> = feed
        .iter()
        .filter(|recorded| recorded.environment == "dev")
        .map(|recorded| recorded.event.id.to_string())
        .collect();
    assert_eq!((ids("event"), ids("read")), (expected, vec!["read".to_owned()]));
    assert!(feed.iter().any(|recorded| recorded.environment == "prod"), "another's are in another chain");
    assert!(chained.iter().all(|line| line["record"]["environment"] == "dev"));
    assert!(verdict.roots >= 3, "each batch has a signed root: {verdict:?}");
}

#[tokio::test]
async fn vaults_that_chain_at_once_chain_each_record_once() {
    let world = World::new().await;
    let vaults: Vec<_> = (0..4).map(|_| service_of(&world.parts).vault().clone()).collect();
    for _ in 0..3 {
        world.connected().await;
        world.read_by("key_1", "dev").await;
        let steps = vaults.iter().map(|vault| async { step(vault).await.map(drop) });
        for stepped in join_all(steps).await {
            stepped.unwrap();
        }
    }
    world.chained().await;
    let lines = world.exported().await;
    assert_eq!(world.verified(&lines).await.problems, []);
    let events = world.store.feed(Position::START, 1000).await.unwrap().len();
    assert_eq!(records(&lines).len(), events + 3);
}

#[tokio::test]
async fn a_long_chain_is_exported_in_pages_and_begins_in_the_middle_for_nobody() {
    let world = World::new().await;
    world.chained().await;
    let rows: Vec<ReadRow> = (0..1200)
        .map(|number| ReadRow {
            environment: "dev".into(),
            connection: format!("con_{number}"),
            generation: 1,
            reader: "key_1".into(),
            way: "TOKEN".into(),
            count: 1,
            first_at: world.vault_now(),
            last_at: world.vault_now(),
        })
        .collect();
    world.store.reads().add(&rows).await.unwrap();
    assert!(step(&world.vault).await.unwrap().was_full);
    world.chained().await;
    let first = world.vault.export_audit(&dev(), 0).await.unwrap();
    assert!(first.next.is_some() && first.lines.len() < 1200, "{}", first.lines.len());
    let lines = world.exported().await;
    assert_eq!(world.verified(&lines).await.problems, []);
    assert!(records(&lines).len() > 1200);
    world.vault.export_audit(&dev(), 1_000_000).await.unwrap_err();
}

#[tokio::test]
async fn a_chain_goes_on_without_the_key_service_and_is_signed_when_it_is_back() {
    let (world, keys) = watched_world().await;
    world.connected().await;
    world.chained().await;
    // Another process, with no key in its memory.
    let fresh = service_of(&world.parts).vault().clone();
    keys.down.store(true, Ordering::SeqCst);
    world.read_by("key_1", "dev").await;
    assert!(step(&fresh).await.unwrap().unsigned);
    keys.down.store(false, Ordering::SeqCst);
    world.read_by("key_2", "dev").await;
    assert!(!step(&service_of(&world.parts).vault().clone()).await.unwrap().unsigned);
    assert_eq!(world.verified(&world.exported().await).await.problems, []);
}

#[tokio::test]
async fn a_read_that_was_swept_in_time_is_no_gap_and_one_that_was_swept_too_early_is() {
    let world = World::new().await;
    world.read_by("key_1", "dev").await;
    world.chained().await;
    world.clock.advance(std::time::Duration::from_secs(91 * 24 * 3600));
    world.read_by("key_2", "dev").await;
    world.chained().await;
    assert_eq!(world.store.reads().sweep(world.vault_now(), 10).await.unwrap(), 1);
    let verdict = world.verified(&world.exported().await).await;
    assert_eq!((&verdict.problems, verdict.expired), (&vec![], 1));
    assert_eq!(world.store.reads().sweep(world.vault_now() + 1, 10).await.unwrap(), 1);
    let verdict = world.verified(&world.exported().await).await;
    assert!(matches!(verdict.problems[..], [Problem::Missing { .. }]), "{verdict:?}");
}

#[tokio::test]
async fn a_chain_goes_on_under_another_signing_key() {
    let world = World::new().await;
    world.connected().await;
    world.chained().await;
    let first = world.vault.public_keys(&dev()).await.unwrap().remove(0);
    world.vault.replace_signing_key(&dev()).await.unwrap();
    world.read_by("key_1", "dev").await;
    world.chained().await;
    let lines = world.exported().await;
    let verdict = world.verified(&lines).await;
    assert_eq!(verdict.problems, [], "roots of both keys are believed");
    let signers: std::collections::BTreeSet<_> = lines
        .iter()
        .filter_map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["signed_by"].as_str().map(str::to_owned)
        })
        .collect();
    assert_eq!(signers.len(), 2);
    let mut with_the_first = Verifier::new(vec![first.key], None);
    lines.iter().for_each(|line| with_the_first.line(line));
    let problems = with_the_first.finish().problems;
    assert!(!problems.is_empty(), "whoever knows the first key alone is told so");
    assert!(
        problems.iter().all(|problem| matches!(problem, Problem::RootNotBelieved { .. })),
        "{problems:?}"
    );
}
