//! Grants that end at their provider, because their connection is deleted, or their credential revoked.

mod credentials;

use crate::keys::watched_world;
use crate::racing::meddled_world;
use crate::world::{TOKEN_LIFE, World, demo, dev, service_of};
use latchkey_domain::connection::Connection;
use latchkey_domain::revocation::{ATTEMPTS_MAX, Extent, Outcome, PATIENCE, Revocation, Verdict};
use latchkey_domain::{ConnectionId, Failure, Phase, Reason, connection};
use latchkey_store::Stream;
use latchkey_vault::Error;
use latchkey_wire::contract::{DueRevocation, RefreshOutcome, ReportRevocation};
use std::sync::atomic::Ordering;
use std::time::Duration;

fn down() -> Outcome {
    Outcome::Failed { failure: Failure::new(Reason::ProviderUnavailable, Phase::Revoke), retry_after: None }
}

impl World {
    async fn delete(&self, connection: ConnectionId) {
        self.vault.delete_connection(&dev(), connection, Some(Extent::Grant)).await.unwrap();
    }

    async fn revocation_claimed(&self) -> DueRevocation {
        let mut due = self.vault.claim_revocations(10).await.unwrap();
        assert_eq!(due.len(), 1, "exactly one grant is to be ended");
        due.remove(0)
    }

    async fn report(&self, due: &DueRevocation, outcome: Outcome) {
        let &DueRevocation { connection, generation, fence, .. } = due;
        self.vault
            .report_revocation(ReportRevocation { connection, generation, fence, outcome })
            .await
            .unwrap();
    }

    async fn revocation(&self, connection: ConnectionId) -> Revocation {
        let state = self.vault.connection_in(&dev(), connection).await.unwrap();
        self.vault.revocation_of(&state).await.unwrap()
    }

    async fn ended(&self, connection: ConnectionId) -> Option<(Verdict, u32)> {
        let Revocation::Ended(ended) = self.revocation(connection).await else { return None };
        Some((ended.verdict, ended.attempts))
    }

    /// Whether the connection's and the revocation's data keys are there.
    async fn keys(&self, connection: ConnectionId) -> (bool, bool) {
        let has = async |category: &str| {
            let stored = self.store.load(&Stream::new(category, connection.to_string())).await.unwrap();
            stored.is_some_and(|stored| stored.key.is_some())
        };
        (has("connection").await, has("revocation").await)
    }
}

fn refresh_token(due: &DueRevocation) -> String {
    due.renewal.as_ref().unwrap().refresh_token.as_ref().unwrap().expose().to_owned()
}

#[tokio::test]
async fn what_is_needed_for_asking_is_kept_until_the_provider_has_answered_and_no_longer() {
    let world = World::new().await;
    let connection = world.connected().await;
    assert_eq!(world.keys(connection).await, (true, false));
    world.delete(connection).await;
    assert_eq!(world.keys(connection).await, (false, true));

    let due = world.revocation_claimed().await;
    assert_eq!((due.connection, due.provider.as_str(), due.generation.0), (connection, "demo", 1));
    assert_eq!(due.access_token.as_ref().unwrap().expose(), "canary_access_1");
    assert_eq!(refresh_token(&due), "canary_refresh_1");
    assert!(due.app.client_secret.is_some());
    assert!(world.vault.claim_revocations(10).await.unwrap().is_empty(), "one refresher has it to itself");

    world.report(&due, Outcome::Revoked).await;
    assert_eq!(world.ended(connection).await, Some((Verdict::Revoked, 1)));
    assert_eq!(world.keys(connection).await, (false, false));
    world.clock.advance(PATIENCE * 2);
    assert!(world.vault.claim_revocations(10).await.unwrap().is_empty());
    world.delete(connection).await;
    assert!(world.vault.claim_revocations(10).await.unwrap().is_empty(), "deleting twice asks once");
}

#[tokio::test]
async fn a_provider_that_stays_down_is_asked_a_few_times_and_the_key_goes_all_the_same() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.delete(connection).await;
    let mut asked = 0;
    while world.ended(connection).await.is_none() {
        let due = world.revocation_claimed().await;
        world.report(&due, down()).await;
        asked += 1;
        assert_eq!(world.keys(connection).await, (false, asked < ATTEMPTS_MAX));
        assert!(world.vault.claim_revocations(10).await.unwrap().is_empty(), "not at once again");
        world.clock.advance(Duration::from_secs(320));
    }
    assert_eq!(world.ended(connection).await, Some((Verdict::NotConfirmed, ATTEMPTS_MAX)));
    assert_eq!(asked, ATTEMPTS_MAX);
}

#[tokio::test]
async fn what_nobody_asks_about_is_given_up() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.delete(connection).await;
    // Claimed by a refresher that is never heard of again.
    world.revocation_claimed().await;
    world.clock.advance(PATIENCE - Duration::from_secs(1));
    assert_eq!(world.vault.give_up_revocations().await.unwrap(), 0);
    assert_eq!(world.keys(connection).await, (false, true));
    world.clock.advance(Duration::from_secs(120));
    assert_eq!(world.vault.give_up_revocations().await.unwrap(), 1);
    assert_eq!(world.ended(connection).await, Some((Verdict::NotConfirmed, 0)));
    assert_eq!(world.keys(connection).await, (false, false));
}

#[tokio::test]
async fn where_the_provider_is_not_to_be_asked_nothing_is_kept() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let refresh = world.claim_one().await;
    world.vault.delete_connection(&dev(), connection, None).await.unwrap();
    assert_eq!(world.keys(connection).await, (false, false));
    // Nor of a credential that comes afterwards.
    world.complete(&refresh, RefreshOutcome::Refreshed(world.obtained())).await.unwrap_err();
    assert_eq!(world.revocation(connection).await, Revocation::Absent);
    assert!(world.vault.claim_revocations(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn deleting_waits_for_no_key_service() {
    let (world, key_service) = watched_world().await;
    let connection = world.connected().await;
    // Another process, which has the environment's key not at hand and cannot have it.
    let elsewhere = service_of(&world.parts);
    key_service.down.store(true, Ordering::SeqCst);
    elsewhere.vault().delete_connection(&dev(), connection, Some(Extent::Grant)).await.unwrap();
    let read = world.vault.credential(&world.query(connection)).await;
    assert!(matches!(read, Err(Error::Connection(connection::Refusal::Revoked))));
    assert_eq!(world.ended(connection).await, Some((Verdict::NotConfirmed, 0)));
    assert_eq!(world.keys(connection).await, (false, false));
}

#[tokio::test]
async fn a_token_that_comes_of_a_refresh_under_way_is_ended_too() {
    for heard_before in [false, true] {
        let world = World::new().await;
        let connection = world.connected().await;
        world.clock.advance(TOKEN_LIFE);
        let refresh = world.claim_one().await;
        world.delete(connection).await;
        let first = world.revocation_claimed().await;
        if heard_before {
            world.report(&first, Outcome::Revoked).await;
        }
        let late = world.complete(&refresh, RefreshOutcome::Refreshed(world.obtained())).await;
        assert!(matches!(late, Err(Error::Connection(connection::Refusal::Revoked))));
        // What is told now is about the one before.
        world.report(&first, Outcome::Revoked).await;
        world.clock.advance(Duration::from_secs(60));
        let second = world.revocation_claimed().await;
        assert_eq!((second.generation.0, refresh_token(&second).as_str()), (2, "canary_refresh_2"));
        world.report(&second, Outcome::Revoked).await;
        assert_eq!(world.ended(connection).await, Some((Verdict::Revoked, 1)));
        assert_eq!(world.keys(connection).await, (false, false));
    }
}

#[tokio::test]
async fn a_refresh_that_is_faster_than_the_deletion_leaves_its_token_to_be_ended() {
    let (world, store) = meddled_world().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let refresh = world.claim_one().await;
    let refresher = world.clone();
    store.before("connection", async move {
        refresher.complete(&refresh, RefreshOutcome::Refreshed(refresher.obtained())).await.unwrap();
    });
    world.delete(connection).await;
    assert!(store.has_meddled());
    assert_eq!(refresh_token(&world.revocation_claimed().await), "canary_refresh_2");
}

#[tokio::test]
async fn a_deletion_that_was_cut_short_is_finished_before_the_provider_is_asked() {
    let (world, store) = meddled_world().await;
    let connection = world.connected().await;
    let (cut, was_cut) = tokio::sync::oneshot::channel::<()>();
    store.before("connection", async move {
        drop(cut);
        std::future::pending().await
    });
    let deleting = tokio::spawn({
        let world = world.clone();
        async move { world.delete(connection).await }
    });
    was_cut.await.unwrap_err();
    deleting.abort();
    assert!(matches!(world.vault.connection_in(&dev(), connection).await.unwrap(), Connection::Live(_)));
    assert!(
        world.vault.claim_revocations(10).await.unwrap().is_empty(),
        "nothing is ended that is still used"
    );
    assert!(matches!(world.vault.connection_in(&dev(), connection).await.unwrap(), Connection::Revoked(_)));
    assert_eq!(world.revocation_claimed().await.connection, connection);
}

#[tokio::test]
async fn an_app_that_is_gone_does_not_keep_its_grants_from_ending() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.delete(connection).await;
    world.vault.retire_integration(&dev(), &demo()).await.unwrap();
    let due = world.revocation_claimed().await;
    assert_eq!((due.connection, due.app.client_id.as_str()), (connection, ""));
}

#[tokio::test]
async fn what_became_of_it_is_told() {
    let world = World::new().await;
    for (outcome, told, turn) in [
        (Outcome::Revoked, "demo has ended the grant too", "NOBODY"),
        (Outcome::Unsupported, "demo has no way", "NOBODY"),
        (
            Outcome::Refused(Failure::new(Reason::ClientRejected, Phase::Revoke)),
            "does not accept the client id",
            "DEVELOPER",
        ),
        (down(), "asked again at", "NOBODY"),
    ] {
        let connection = world.connected().await;
        world.delete(connection).await;
        let due = world.revocation_claimed().await;
        world.report(&due, outcome).await;
        let explained = world.vault.explain_connection(&dev(), connection).await.unwrap();
        assert!(explained.explanation.what_happened.contains(told), "{explained:?}");
        assert_eq!(explained.explanation.whose_turn, turn);
        assert!(explained.history.iter().any(|line| line.event.starts_with("revocation.")));
    }
}
