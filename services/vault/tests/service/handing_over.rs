//! Sessions that go on elsewhere: with an admin who was invited, and with the product's backend.

use crate::world::{World, dev};
use latchkey_domain::{AuthorizationId, Digest, SessionId, session};
use latchkey_secret::SecretText;
use latchkey_vault::Error;
use std::time::Duration;

fn browser() -> Digest {
    Digest::of(b"browser")
}

/// A session that has led to a connection.
async fn ended(world: &World) -> SessionId {
    let (session, token) = world.session(None).await;
    world.vault.bind_session(&token, browser()).await.unwrap();
    let attempt = AuthorizationId::from_parts(1_800_000_000_000, u128::from(world.fresh()));
    world.vault.start_authorization(world.start(attempt, session)).await.unwrap();
    world.vault.claim_authorization(attempt, Digest::of(b"state"), browser()).await.unwrap();
    world.vault.establish(attempt, world.obtained()).await.unwrap();
    session
}

fn refused<T: std::fmt::Debug>(answer: &Result<T, Error>, expected: &session::Refusal) {
    assert!(matches!(answer, Err(Error::Session(refusal)) if refusal == expected), "{answer:?}");
}

#[tokio::test]
async fn a_result_token_tells_a_backend_once_what_a_session_led_to() {
    let world = World::new().await;
    let session = ended(&world).await;
    let token = world.vault.issue_result(session, browser()).await.unwrap();
    refused(
        &world.vault.exchange_result(&"prod".parse().unwrap(), &token).await,
        &session::Refusal::ResultUnknown,
    );
    let told = world.vault.exchange_result(&dev(), &token).await.unwrap();
    assert_eq!(told.id, session);
    assert!(told.connection.is_some());
    assert_eq!(told.summary.unwrap().integration.as_str(), "demo");
    refused(&world.vault.exchange_result(&dev(), &token).await, &session::Refusal::ResultUsed);

    let late = world.vault.issue_result(session, browser()).await.unwrap();
    world.clock.advance(Duration::from_secs(300));
    refused(&world.vault.exchange_result(&dev(), &late).await, &session::Refusal::ResultExpired);
}

#[tokio::test]
async fn a_result_token_that_was_made_up_or_is_anothers_is_none() {
    let world = World::new().await;
    let session = ended(&world).await;
    world.vault.issue_result(session, browser()).await.unwrap();
    for guess in ["", "lk_cr_", "lk_cr_AAAA", "garbage"] {
        let guess = SecretText::new(guess.to_owned());
        refused(&world.vault.exchange_result(&dev(), &guess).await, &session::Refusal::ResultUnknown);
    }
    refused(&world.vault.issue_result(session, Digest::of(b"other")).await, &session::Refusal::OtherBrowser);
    let (open, token) = world.session(None).await;
    world.vault.bind_session(&token, browser()).await.unwrap();
    refused(&world.vault.issue_result(open, browser()).await, &session::Refusal::NotCompleted);
}

#[tokio::test]
async fn an_admin_who_was_invited_finishes_what_another_began() {
    let world = World::new().await;
    let (session, token) = world.session(None).await;
    world.vault.bind_session(&token, browser()).await.unwrap();
    let secret = [7; 32];
    let invitation = invitation(session, secret);
    refused(&world.vault.bind_approver(&invitation, Digest::of(b"admin")).await, &session::Refusal::Unknown);
    let until = world.vault.invite_approver(session, browser(), Digest::of(&secret)).await.unwrap();
    assert_eq!(until.0, 1_800_000_000_000 + 7 * 24 * 3_600_000);

    world.clock.advance(Duration::from_secs(6 * 24 * 3600));
    let admin = Digest::of(b"admin");
    assert!(world.vault.bind_approver(&invitation, admin).await.unwrap().approving);
    assert!(!world.vault.session(session, browser()).await.unwrap().approving);
    let attempt = AuthorizationId::from_parts(1_800_600_000_000, 1);
    let start =
        latchkey_wire::contract::StartAuthorization { browser: admin, ..world.start(attempt, session) };
    world.vault.start_authorization(start).await.unwrap();
    world.vault.claim_authorization(attempt, Digest::of(b"state"), admin).await.unwrap();
    let made = world.vault.establish(attempt, world.obtained()).await.unwrap();
    for who in [admin, browser()] {
        assert_eq!(world.vault.session(session, who).await.unwrap().connection, Some(made.connection));
    }
    refused(&world.vault.issue_result(session, admin).await, &session::Refusal::OtherBrowser);
}

fn invitation(session: SessionId, secret: [u8; 32]) -> SecretText {
    use base64::Engine as _;
    let bytes = [&session.to_bytes()[..], &secret].concat();
    SecretText::new(format!("lk_ca_{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)))
}
