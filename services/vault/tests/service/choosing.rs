//! Grants that open several accounts: what came is kept until the end user has said which.

use crate::world::World;
use latchkey_domain::authorization::{Choice, Refusal};
use latchkey_domain::{AuthorizationId, Digest, Failure, Phase, Reason, session};
use latchkey_secret::Account;
use latchkey_vault::Error;
use latchkey_wire::contract::AttemptState;
use std::collections::BTreeMap;
use std::time::Duration;

pub fn browser() -> Digest {
    Digest::of(b"browser")
}

fn choices(labels: &[&str]) -> Vec<Choice> {
    let of = |label: &&str| Choice {
        label: (*label).to_owned(),
        detail: None,
        values: BTreeMap::from([("site".to_owned(), (*label).to_owned())]),
    };
    labels.iter().map(of).collect()
}

pub async fn undecided(world: &World) -> AuthorizationId {
    let (session, token) = world.session(None).await;
    world.vault.bind_session(&token, browser()).await.unwrap();
    let attempt = AuthorizationId::from_parts(1_800_000_000_000, u128::from(world.fresh()));
    world.vault.start_authorization(world.start(attempt, session)).await.unwrap();
    world.vault.claim_authorization(attempt, Digest::of(b"state"), browser()).await.unwrap();
    let mut obtained = world.obtained();
    obtained.grant.expires_in = Some(Duration::from_secs(1000));
    world.vault.hold_authorization(attempt, obtained, choices(&["north", "south"])).await.unwrap();
    attempt
}

#[tokio::test]
async fn what_came_is_kept_for_a_choice_and_becomes_a_connection_with_it() {
    let world = World::new().await;
    let attempt = undecided(&world).await;
    let elsewhere = world.vault.resume_authorization(attempt, Digest::of(b"other")).await;
    assert!(matches!(elsewhere, Err(Error::Authorization(Refusal::OtherBrowser))), "{elsewhere:?}");
    let yes = world.vault.confirm_authorization(attempt, browser()).await;
    assert!(matches!(yes, Err(Error::Authorization(Refusal::NotClaimed))), "{yes:?}");

    world.clock.advance(Duration::from_secs(400));
    let resumed = world.vault.resume_authorization(attempt, browser()).await.unwrap();
    let view = world.vault.session(resumed.attempt.session, browser()).await.unwrap();
    let latest = view.latest_attempt.unwrap();
    assert_eq!((latest.state, latest.choices), (AttemptState::Held, choices(&["north", "south"])));
    assert!(view.connection.is_none());
    assert!(resumed.attempt.app.client_secret.is_some() && resumed.attempt.inputs.is_empty());
    assert_eq!(resumed.obtained.grant.expires_in, Some(Duration::from_secs(600)));

    let token = resumed.obtained.grant.handout.access_token.as_ref().unwrap().expose().to_owned();
    let mut chosen = resumed.obtained;
    chosen.grant.account = Some(Account { id: None, label: Some("ana (south)".into()) });
    let made = world.vault.establish(attempt, chosen).await.unwrap();
    assert_eq!(world.token_of(made.connection).await, token);
    let late = world.vault.resume_authorization(attempt, browser()).await;
    assert!(matches!(late, Err(Error::Authorization(Refusal::Spent))), "{late:?}");
}

#[tokio::test]
async fn what_waits_for_a_choice_ends_with_its_session_or_where_nothing_is_chosen() {
    let world = World::new().await;
    let given_up = undecided(&world).await;
    let failure = Failure::new(Reason::UserDeclined, Phase::Verify);
    world.vault.fail_authorization(given_up, failure).await.unwrap();
    let late = world.vault.resume_authorization(given_up, browser()).await;
    assert!(matches!(late, Err(Error::Authorization(Refusal::Spent))), "{late:?}");

    let attempt = undecided(&world).await;
    world.clock.advance(Duration::from_secs(900));
    let late = world.vault.resume_authorization(attempt, browser()).await;
    assert!(matches!(late, Err(Error::Session(session::Refusal::Expired))), "{late:?}");
}

#[tokio::test]
async fn a_choice_is_between_two_things_at_least_and_none_is_too_long() {
    let world = World::new().await;
    let attempt = world.claimed(None).await;
    let mut long = choices(&["north", "south"]);
    long[1].values.insert("url".into(), "x".repeat(2049));
    let many: Vec<_> = (0..101).map(|number| number.to_string()).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    for wrong in [vec![], choices(&["north"]), choices(&["north", ""]), long, choices(&many)] {
        let refused = world.vault.hold_authorization(attempt, world.obtained(), wrong).await;
        assert!(matches!(refused, Err(Error::Field { field: "choices", .. })), "{refused:?}");
    }
    world.vault.hold_authorization(attempt, world.obtained(), choices(&many[..100])).await.unwrap();
}

#[tokio::test]
async fn what_there_is_to_choose_from_stands_in_no_event() {
    let world = World::new().await;
    let attempt = undecided(&world).await;
    let stream = latchkey_store::Stream::new("authorization", attempt.to_string());
    let history = world.store.history(&stream, latchkey_store::Version(0), 10).await.unwrap();
    assert!(history.iter().any(|it| it.event.kind.ends_with("held")), "{history:?}");
    assert!(!format!("{history:?}").contains("north"));
}
