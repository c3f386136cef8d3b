//! A credential that leaves for another installation is recorded first, and given as it is kept.

use crate::world::{TOKEN_LIFE, World, dev, invalid_grant};
use latchkey_domain::ApiKeyId;
use latchkey_domain::connection::Refusal;
use latchkey_vault::Error;
use latchkey_vault::vault::Switch;
use latchkey_wire::contract::RefreshOutcome;

const REVEALED: &str = "connection.credential_revealed";

#[tokio::test]
async fn a_credential_is_exported_as_it_is_and_its_history_says_so() {
    let world = World::new().await;
    let connection = world.connected().await;
    let whole = world.vault.exported_credential(&dev(), connection).await.unwrap();
    assert_eq!(whole.credential.facts.generation.0, 1);
    assert!(whole.renewal.is_some_and(|renewal| renewal.refresh_token.is_some()), "what renews it comes too");
    assert_eq!(world.history(connection).await.last().unwrap(), REVEALED);

    // Neither run out nor switched off, it waits for nobody.
    world.clock.advance(TOKEN_LIFE);
    let by = ApiKeyId::from_parts(1, 1);
    world.vault.switch_connection(&dev(), connection, Switch::Off, by).await.unwrap();
    assert!(world.vault.exported_credential(&dev(), connection).await.is_ok());
    let told = world.vault.explain_connection(&dev(), connection).await.unwrap().history;
    assert_eq!(told.iter().filter(|line| line.summary == "The credential was exported.").count(), 2);
}

#[tokio::test]
async fn nothing_is_recorded_of_what_cannot_be_exported() {
    let world = World::new().await;
    let connection = world.connected().await;
    let other = "prod".parse().unwrap();
    let refused = world.vault.exported_credential(&other, connection).await;
    assert!(matches!(refused, Err(Error::Connection(Refusal::Absent))), "{refused:?}");
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    world.complete_strictly(&due, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    let refused = world.vault.exported_credential(&dev(), connection).await;
    assert!(matches!(refused, Err(Error::Connection(Refusal::NeedsReauthorization(_)))), "{refused:?}");
    assert!(!world.history(connection).await.contains(&REVEALED.to_owned()));
}
