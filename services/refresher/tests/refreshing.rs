//! The refresher at work: with a vault behind it, and two providers of which one is slow.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod world;

use latchkey_chassis::Lifecycle;
use latchkey_demo_provider::{Extent, NextAnswer, Target};
use latchkey_domain::Generation;
use latchkey_refresher::config::Settings;
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use world::world;

#[tokio::test]
async fn a_slow_provider_with_a_long_queue_does_not_hide_what_is_due_at_another() {
    let mut world = world().await;
    let slow = world.provider("slow-one").await;
    world.provider("quick-one").await;
    slow.controls().slow(Target::Token, Extent::UntilCleared, Duration::from_secs(60));
    // All of the slow one's are due before the quick one's, and more of them than are claimed at a time.
    for _ in 0..30 {
        world.connected("slow-one", Duration::from_millis(1)).await;
    }
    let quick = world.connected("quick-one", Duration::from_millis(1)).await;
    sleep(Duration::from_millis(50)).await;

    let lifecycle = Lifecycle::new(Duration::from_millis(10));
    let number = |number| NonZeroUsize::new(number).unwrap();
    let settings = Settings { concurrency: number(4), per_provider: number(1), per_integration: number(1) };
    world.refresher(&settings, &lifecycle).run();
    let refreshed = async {
        while world.generation(quick).await == Generation(1) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(15), refreshed).await.expect("the quick one is refreshed");
    assert_eq!(slow.controls().counters().token_requests_in_flight_max, 1);
    // What waits at the slow provider is cut off: there is nothing to wait for in a test.
    assert!(lifecycle.finish().await.is_err());
}

#[tokio::test]
async fn a_token_that_was_seen_to_stay_as_it_is_is_sent_again_at_once_when_an_answer_is_lost() {
    let mut world = world().await;
    let provider = world.provider("undocumented").await;
    let connection = world.connected("undocumented", Duration::from_millis(1)).await;
    for days_ago in [3, 2, 1] {
        world.refreshed(days_ago, Duration::from_millis(1)).await;
    }
    world.refreshed(0, Duration::from_secs(3600)).await;

    let lifecycle = Lifecycle::new(Duration::from_secs(30));
    world.refresher(&Settings::default(), &lifecycle).run();
    provider.controls().answer_next(NextAnswer::CloseAfterRequest, 1);
    // Of what nobody knows anything it would be sent again when the present token is about to run out.
    let credential = world.new_credential(connection).await.unwrap();
    assert_eq!(credential.facts.generation, Generation(6));
    assert!(lifecycle.finish().await.is_ok());
}

#[tokio::test]
async fn what_came_is_told_until_the_vault_has_heard() {
    let mut world = world().await;
    let provider = world.provider("only-one").await;
    let connection = world.connected("only-one", Duration::from_millis(1)).await;
    let lifecycle = Lifecycle::new(Duration::from_secs(30));
    let to_vault = world.hard_of_hearing(3);
    world.refresher_with(world.journal("journal"), to_vault, &Settings::default(), &lifecycle).run();
    let refreshed = async {
        while world.generation(connection).await == Generation(1) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    // Within its claim: whoever is told once has to wait until that is over.
    timeout(Duration::from_secs(20), refreshed).await.expect("the vault hears of it");
    assert_eq!(provider.controls().counters().token_requests["client_credentials"], 1);
    assert!(lifecycle.finish().await.is_ok());
}
