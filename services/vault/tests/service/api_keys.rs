//! An API key has a successor, and there is no moment at which whoever uses it has none that works.

use crate::racing::meddled_world;
use crate::world::{World, dev};
use latchkey_chassis::Clock as _;
use latchkey_domain::api_key::{Refusal, Scope};
use latchkey_domain::{ApiKeyId, Role, Timestamp};
use latchkey_secret::SecretText;
use latchkey_vault::Error;
use latchkey_wire::contract::{CreateLogin, IssueKey, IssuedKey, KeyState};
use latchkey_wire::{Fault, Reason};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn now(world: &World) -> Timestamp {
    Timestamp(world.clock.now())
}

async fn issued(world: &World, lifetime: Option<Duration>) -> IssuedKey {
    let issue = IssueKey {
        environment: dev(),
        name: "backend".into(),
        scopes: vec![Scope::TokensRead, Scope::KeysAdmin],
        expires_at: lifetime.map(|lifetime| now(world).plus(lifetime)),
    };
    world.vault.issue_key(issue).await.unwrap()
}

async fn works(world: &World, key: &SecretText) -> bool {
    match world.vault.authenticate(key).await {
        Ok(_) => true,
        Err(Error::ApiKey(Refusal::Expired)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

async fn refused(world: &World, id: ApiKeyId) -> &'static str {
    match world.vault.rotate_key(&dev(), id, None).await {
        Err(Error::KeyNotReplaceable(state)) => state,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_successor_may_do_the_same_for_as_long_and_the_old_key_goes_on_for_a_day() {
    let world = World::new().await;
    let old = issued(&world, Some(10 * DAY)).await;
    world.clock.advance(3 * DAY);
    let rotated = world.vault.rotate_key(&dev(), old.key.id, None).await.unwrap();
    let successor = &rotated.successor.key;
    assert_eq!((&successor.name, &successor.scopes), (&old.key.name, &old.key.scopes));
    assert_eq!(successor.expires_at, Some(now(&world).plus(10 * DAY)), "the span, not the rest of it");
    assert_eq!(rotated.previous.expires_at, Some(now(&world).plus(DAY)));
    let seen = world.vault.key(&dev(), old.key.id).await.unwrap();
    assert_eq!((seen.successor, seen.state), (Some(successor.id), KeyState::Active));

    // Whoever repeats the call, since the answer was lost, does not make it last.
    world.clock.advance(DAY / 2);
    let again = world.vault.rotate_key(&dev(), old.key.id, Some(7 * DAY)).await.unwrap();
    assert_eq!(again.previous.expires_at, rotated.previous.expires_at);
    assert_eq!(again.successor.key.expires_at, Some(now(&world).plus(10 * DAY)), "nor its successor shorter");
    world.clock.advance(DAY / 2 - Duration::from_millis(1));
    assert!(works(&world, &old.secret).await);
    world.clock.advance(Duration::from_millis(1));
    assert!(!works(&world, &old.secret).await);
    assert!(works(&world, &rotated.successor.secret).await && works(&world, &again.successor.secret).await);
}

#[tokio::test]
async fn the_old_key_goes_on_for_as_long_as_is_said_and_a_week_at_most() {
    let world = World::new().await;
    let old = issued(&world, None).await;
    let too_long = world.vault.rotate_key(&dev(), old.key.id, Some(7 * DAY + Duration::from_nanos(1))).await;
    assert!(matches!(too_long, Err(Error::Field { field: "keep_previous", .. })), "{too_long:?}");
    let next = world.vault.rotate_key(&dev(), old.key.id, Some(7 * DAY)).await.unwrap().successor;
    assert_eq!(next.key.expires_at, None);
    assert!(works(&world, &old.secret).await);
    let last = world.vault.rotate_key(&dev(), next.key.id, Some(Duration::ZERO)).await.unwrap().successor;
    assert!(!works(&world, &next.secret).await, "zero ends it at once");
    assert!(works(&world, &last.secret).await);
}

#[tokio::test]
async fn who_is_cut_short_has_a_key_that_works() {
    let (world, store) = meddled_world().await;
    let old = issued(&world, None).await;
    let (cut, was_cut) = tokio::sync::oneshot::channel::<()>();
    let second = store.clone();
    // The first of the two appends is the successor's, and the second is cut.
    store.before("api_key", async move {
        second.before("api_key", async move {
            drop(cut);
            std::future::pending().await
        });
    });
    let environment = dev();
    tokio::select! {
        _ = world.vault.rotate_key(&environment, old.key.id, Some(Duration::ZERO)) => panic!("it was cut"),
        _ = was_cut => {}
    }
    assert!(works(&world, &old.secret).await);
    let rotated = world.vault.rotate_key(&dev(), old.key.id, Some(Duration::ZERO)).await.unwrap();
    assert!(works(&world, &rotated.successor.secret).await && !works(&world, &old.secret).await);
}

#[tokio::test]
async fn what_opens_nothing_and_who_logs_in_have_no_successor() {
    let world = World::new().await;
    let create = CreateLogin { environment: dev(), operator: "ana".into(), role: Role::Admin, lifetime: DAY };
    let link = world.vault.create_login(create).await.unwrap();
    let login = world.vault.redeem_login(&link.token).await.unwrap();
    assert_eq!(refused(&world, login.key.id).await, "login");

    let expired = issued(&world, Some(DAY)).await.key.id;
    world.clock.advance(DAY);
    assert_eq!(refused(&world, expired).await, "expired");
    let (revoked, locked) = (issued(&world, None).await.key.id, issued(&world, None).await.key.id);
    world.vault.revoke_key(&dev(), revoked).await.unwrap();
    assert_eq!(refused(&world, revoked).await, "revoked");
    world.vault.lock_keys().await.unwrap();
    assert_eq!(refused(&world, locked).await, "locked");
    let count = world.vault.keys(&dev()).await.unwrap().len();
    assert_eq!(count, 4, "none was made");

    for (environment, id) in [("prod", locked), ("dev", ApiKeyId::from_parts(1, 1))] {
        let unknown = world.vault.rotate_key(&environment.parse().unwrap(), id, None).await.unwrap_err();
        assert_eq!(Fault::from(unknown).reason, Reason::ApiKeyUnknown, "{environment}");
    }
}
