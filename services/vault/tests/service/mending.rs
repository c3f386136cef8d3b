//! Reconnections that come back with another account than the connection has.

use crate::world::{World, dev, put};
use latchkey_domain::authorization::Refusal;
use latchkey_domain::integration::OtherAccount;
use latchkey_domain::{AuthorizationId, ConnectionId, Digest, Failure, Phase, Reason, SessionId, session};
use latchkey_secret::Account;
use latchkey_vault::Error;
use latchkey_wire::contract::{AttemptState, Obtained, SessionView};
use std::time::Duration;

fn browser() -> Digest {
    Digest::of(b"browser")
}

fn of(world: &World, id: Option<&str>, label: Option<&str>) -> Obtained {
    let mut obtained = world.obtained();
    obtained.grant.account = Some(Account { id: id.map(Into::into), label: label.map(Into::into) });
    obtained
}

/// A world in which Ana's account is connected, and what to do with another is settled.
async fn connected(policy: OtherAccount) -> (World, ConnectionId) {
    let world = World::new().await;
    let mut wish = put(dev(), None);
    wish.settings.other_account = policy;
    world.vault.put_integration(wish).await.unwrap();
    let authorization = world.claimed(None).await;
    let made = world.vault.establish(authorization, of(&world, Some("1"), Some("ana"))).await.unwrap();
    (world, made.connection)
}

async fn mending(world: &World, connection: ConnectionId) -> (SessionId, AuthorizationId) {
    let (session, token) = world.session(Some(connection)).await;
    world.vault.bind_session(&token, browser()).await.unwrap();
    let authorization = AuthorizationId::from_parts(1_800_000_000_000, u128::from(world.fresh()));
    world.vault.start_authorization(world.start(authorization, session)).await.unwrap();
    world.vault.claim_authorization(authorization, Digest::of(b"state"), browser()).await.unwrap();
    (session, authorization)
}

async fn seen(world: &World, session: SessionId) -> SessionView {
    world.vault.session(session, browser()).await.unwrap()
}

fn is_other<T: std::fmt::Debug>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Authorization(Refusal::OtherAccount)))
}

#[tokio::test]
async fn another_account_is_held_until_the_end_user_says_that_it_is_meant() {
    let (world, connection) = connected(OtherAccount::Warn).await;
    let before = world.token_of(connection).await;
    let (session, attempt) = mending(&world, connection).await;
    let bobs = of(&world, Some("2"), Some("bob"));
    let token = bobs.grant.handout.access_token.as_ref().unwrap().expose().to_owned();
    assert!(is_other(&world.vault.establish(attempt, bobs).await));
    // An answer that was lost is asked for again.
    assert!(is_other(&world.vault.establish(attempt, of(&world, Some("2"), Some("bob"))).await));

    let view = seen(&world, session).await;
    let latest = view.latest_attempt.unwrap();
    assert_eq!((latest.state, latest.account.as_deref()), (AttemptState::Held, Some("bob")));
    assert_eq!(view.summary.unwrap().account.as_deref(), Some("ana"));
    assert_eq!(world.token_of(connection).await, before, "nothing has changed yet");

    let elsewhere = world.vault.confirm_authorization(attempt, Digest::of(b"other")).await;
    assert!(matches!(elsewhere, Err(Error::Authorization(Refusal::OtherBrowser))), "{elsewhere:?}");
    let confirmed = world.vault.confirm_authorization(attempt, browser()).await.unwrap();
    assert_eq!((confirmed.connection, confirmed.generation.0), (connection, 2));
    assert_eq!(world.vault.confirm_authorization(attempt, browser()).await.unwrap(), confirmed);
    assert_eq!(world.token_of(connection).await, token);
    assert_eq!(seen(&world, session).await.connection, Some(connection));
}

#[tokio::test]
async fn what_was_held_lives_no_longer_than_it_was_given_for() {
    let (world, connection) = connected(OtherAccount::Warn).await;
    let (_, attempt) = mending(&world, connection).await;
    let mut bobs = of(&world, Some("2"), None);
    bobs.grant.expires_in = Some(Duration::from_secs(1000));
    world.vault.establish(attempt, bobs).await.unwrap_err();
    world.clock.advance(Duration::from_secs(400));
    world.vault.confirm_authorization(attempt, browser()).await.unwrap();
    let credential = world.vault.credential(&world.query(connection)).await.unwrap();
    assert_eq!(credential.facts.expires_at.unwrap().0, 1_800_000_000_000 + 1_000_000);
    assert_eq!(credential.facts.account.as_deref(), Some("2"));
}

#[tokio::test]
async fn nothing_is_confirmed_once_the_session_is_over_or_the_attempt_was_given_up() {
    let (world, connection) = connected(OtherAccount::Warn).await;
    let (_, given_up) = mending(&world, connection).await;
    world.vault.establish(given_up, of(&world, Some("2"), None)).await.unwrap_err();
    let failure = Failure::new(Reason::OtherAccount, Phase::Verify);
    world.vault.fail_authorization(given_up, failure).await.unwrap();
    let late = world.vault.confirm_authorization(given_up, browser()).await;
    assert!(matches!(late, Err(Error::Authorization(Refusal::Spent))), "{late:?}");

    let (_, attempt) = mending(&world, connection).await;
    let nothing = world.vault.confirm_authorization(attempt, browser()).await;
    assert!(matches!(nothing, Err(Error::Authorization(Refusal::NotClaimed))), "{nothing:?}");
    world.vault.establish(attempt, of(&world, Some("2"), None)).await.unwrap_err();
    world.clock.advance(Duration::from_secs(900));
    let late = world.vault.confirm_authorization(attempt, browser()).await;
    assert!(matches!(late, Err(Error::Session(session::Refusal::Expired))), "{late:?}");
}

#[tokio::test]
async fn a_policy_takes_it_or_refuses_it_without_asking() {
    let (world, connection) = connected(OtherAccount::Block).await;
    let (session, attempt) = mending(&world, connection).await;
    for _ in 0..2 {
        assert!(is_other(&world.vault.establish(attempt, of(&world, Some("2"), Some("bob"))).await));
    }
    assert_eq!(seen(&world, session).await.last_failure.unwrap().reason, Reason::OtherAccount);
    let refused = world.vault.confirm_authorization(attempt, browser()).await;
    assert!(matches!(refused, Err(Error::Authorization(Refusal::Spent))), "{refused:?}");

    let (world, connection) = connected(OtherAccount::Allow).await;
    let (_, attempt) = mending(&world, connection).await;
    let mended = world.vault.establish(attempt, of(&world, Some("2"), Some("bob"))).await.unwrap();
    assert_eq!((mended.connection, mended.generation.0), (connection, 2));
}

#[tokio::test]
async fn the_same_account_under_another_name_and_one_that_nobody_names_are_taken() {
    let (world, connection) = connected(OtherAccount::Warn).await;
    for same in [of(&world, Some("1"), Some("ana@new.example")), of(&world, None, None), world.obtained()] {
        let (_, attempt) = mending(&world, connection).await;
        assert_eq!(world.vault.establish(attempt, same).await.unwrap().connection, connection);
    }
}

#[tokio::test]
async fn what_is_held_is_sealed() {
    let (world, connection) = connected(OtherAccount::Warn).await;
    let (_, attempt) = mending(&world, connection).await;
    world.vault.establish(attempt, of(&world, Some("2"), Some("bob"))).await.unwrap_err();
    let stream = latchkey_store::Stream::new("authorization", attempt.to_string());
    let stored = world.store.load(&stream).await.unwrap().unwrap();
    assert!(stored.snapshot.state.contains("held"), "{}", stored.snapshot.state);
    for file in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"canary_"));
    }
}
