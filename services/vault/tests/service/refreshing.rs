use crate::world::{TOKEN_LIFE, World, demo, dev, invalid_grant};
use latchkey_domain::revocation::Extent;
use latchkey_domain::rotation::{Behaviour, RotationClass};
use latchkey_domain::{Failure, Phase, Reason, connection};
use latchkey_secret::Renewal;
use latchkey_vault::Error;
use latchkey_wire::contract::{Obtained, RefreshOutcome};
use std::time::Duration;

fn outage() -> RefreshOutcome {
    RefreshOutcome::Failed {
        failure: Failure::new(Reason::ProviderUnavailable, Phase::Refresh),
        retry_after: None,
    }
}

#[tokio::test]
async fn only_what_is_due_is_claimed_and_only_once() {
    let world = World::new().await;
    world.connected().await;
    assert!(world.vault.claim_due(10).await.unwrap().is_empty());
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    assert_eq!(due.generation.0, 1);
    assert!(due.renewal.refresh_token.is_some() && due.app.client_secret.is_some());
    assert!(world.vault.claim_due(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_claim_that_lapsed_can_be_taken_over_and_the_first_to_tell_wins() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let first = world.claim_one().await;
    world.clock.advance(Duration::from_secs(91));
    let second = world.claim_one().await;
    assert!(second.fence > first.fence);
    world.complete(&first, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    let token = world.token_of(connection).await;
    // The provider answered the one refresh token twice: the second answer is kept, and hands nothing out.
    world.complete(&second, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    assert_eq!(world.token_of(connection).await, token);
    let late = world.complete(&second, RefreshOutcome::Refreshed(world.obtained())).await;
    assert!(matches!(late, Err(Error::Connection(connection::Refusal::Superseded))));
    let history = world.history(connection).await;
    let kept = ["connection.established", "connection.credentials_refreshed", "connection.answer_set_aside"];
    assert_eq!(history, kept);
}

#[tokio::test]
async fn a_refusal_turns_to_the_second_answer_before_it_is_believed() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let first = world.claim_one().await;
    world.clock.advance(Duration::from_secs(91));
    let second = world.claim_one().await;
    world.complete(&first, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    let answer = world.obtained();
    let kept = answer.grant.renewal.as_ref().unwrap().to_document();
    world.complete(&second, RefreshOutcome::Refreshed(answer)).await.unwrap();
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    assert_ne!(due.renewal.to_document().expose(), kept.expose());
    world.complete_strictly(&due, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    let again = world.claim_one().await;
    assert_eq!(again.generation, due.generation);
    assert_eq!(again.renewal.to_document().expose(), kept.expose());
    world.complete_strictly(&again, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    assert_eq!(world.history(connection).await.last().unwrap(), "connection.broken");
}

#[tokio::test]
async fn a_refusal_is_believed_when_it_is_said_again_ten_minutes_later() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    world.complete(&due, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    world.clock.advance(Duration::from_secs(599));
    assert!(world.vault.claim_due(10).await.unwrap().is_empty());
    world.clock.advance(Duration::from_secs(1));
    let due = world.claim_one().await;
    world.complete(&due, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    let history = world.history(connection).await;
    assert_eq!(history, ["connection.established", "connection.refresh_failed", "connection.broken"]);
}

#[tokio::test]
async fn an_outage_of_two_hundred_tries_degrades_and_never_breaks() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    for _ in 0..200 {
        let due = world.claim_one().await;
        world.complete(&due, outage()).await.unwrap();
        world.clock.advance(Duration::from_secs(301));
    }
    let now = world.vault.connection_in(&dev(), connection).await.unwrap();
    assert!(now.live().is_ok());
    let due = world.claim_one().await;
    world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    assert!(world.vault.credential(&world.query(connection)).await.is_ok());
}

#[tokio::test]
async fn a_failing_provider_is_left_in_peace_between_tries() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    let retry_after = Some(Duration::from_secs(120));
    let failure = Failure::new(Reason::ProviderRateLimited, Phase::Refresh);
    world.complete(&due, RefreshOutcome::Failed { failure, retry_after }).await.unwrap();
    let waiting = world.vault.credential(&world.query(connection)).await;
    assert!(
        matches!(waiting, Err(Error::Waiting { wait, .. }) if wait == Duration::from_secs(120)),
        "{waiting:?}"
    );
    world.clock.advance(Duration::from_secs(119));
    assert!(world.vault.claim_due(10).await.unwrap().is_empty());
    world.clock.advance(Duration::from_secs(1));
    world.claim_one().await;
}

#[tokio::test]
async fn a_refresh_for_a_deleted_connection_changes_nothing() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    world.vault.delete_connection(&dev(), connection, Some(Extent::Grant)).await.unwrap();
    let late = world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await;
    assert!(matches!(late, Err(Error::Connection(connection::Refusal::Revoked))));
}

#[tokio::test]
async fn what_cannot_be_prepared_neither_blocks_the_queue_nor_is_forgotten() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.vault.retire_integration(&dev(), &demo()).await.unwrap();
    world.clock.advance(TOKEN_LIFE);
    assert!(world.vault.claim_due(10).await.unwrap().is_empty());
    let explained = world.vault.explain_connection(&dev(), connection).await.unwrap();
    assert_eq!(explained.explanation.whose_turn, "DEVELOPER");
    world.register(dev()).await;
    world.clock.advance(Duration::from_secs(301));
    world.claim_one().await;
}

#[tokio::test]
async fn what_was_learnt_of_refresh_tokens_goes_with_a_claim_once_it_was_so_for_two_days() {
    let world = World::new().await;
    world.connected().await;
    let mut learnt = vec![];
    for _ in 0..5 {
        world.clock.advance(Duration::from_secs(20 * 3600));
        let due = world.claim_one().await;
        learnt.push(due.learnt);
        let mut kept = world.obtained();
        kept.grant.renewal = Some(Renewal::from_document(&due.renewal.to_document()).unwrap());
        world.complete(&due, RefreshOutcome::Refreshed(kept)).await.unwrap();
    }
    let [.., before, after] = learnt[..] else { panic!("{learnt:?}") };
    assert_eq!((before, after), (RotationClass::Unknown, RotationClass::None), "{learnt:?}");
}

#[tokio::test]
async fn what_is_documented_is_known_from_the_consent_on() {
    let world = World::new().await;
    let authorization = world.claimed(None).await;
    let documented = Behaviour { absolute_seconds: Some(90 * 86_400), ..Behaviour::default() };
    let obtained = Obtained { documented, ..world.obtained() };
    let connection = world.vault.establish(authorization, obtained).await.unwrap().connection;
    let state = world.vault.connection_in(&dev(), connection).await.unwrap();
    assert_eq!(state.live().unwrap().credential.behaviour, documented);
}
