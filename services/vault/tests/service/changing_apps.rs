//! An app is changed without losing what is not changed, and it is said beforehand what a change meets.

use crate::world::{TOKEN_LIFE, World, demo, dev, put};
use latchkey_domain::integration::Refusal;
use latchkey_domain::{AuthorizationId, Failure, IntegrationKey, Phase, Reason};
use latchkey_secret::ClientSecret;
use latchkey_store::{Stream, Version};
use latchkey_vault::Error;
use latchkey_wire::contract::{App, AppSecrets, PrepareConnection, RefreshOutcome, Target};
use std::collections::BTreeMap;

async fn app(world: &World) -> App {
    let prepare = PrepareConnection {
        environment: dev(),
        target: Target::New(demo()),
        request: AuthorizationId::from_parts(1, 1),
        named: false,
        reveals_app: false,
    };
    world.vault.prepare_connection(prepare).await.unwrap().app
}

async fn secrets(world: &World) -> (Option<String>, BTreeMap<String, String>) {
    let app = app(world).await;
    let fields = app.fields.iter().map(|(name, value)| (name.clone(), value.expose().to_owned()));
    (app.client_secret.as_ref().map(|secret| secret.expose().to_owned()), fields.collect())
}

fn given(client_secret: Option<&str>, field: Option<&str>) -> Option<AppSecrets> {
    let fields = field.map(|value| ("signing_key".to_owned(), value.to_owned().into()));
    let client_secret = client_secret.map(|secret| secret.to_owned().into());
    Some(AppSecrets { client_secret, fields: fields.into_iter().collect() })
}

async fn history(world: &World) -> Vec<String> {
    let stream = Stream::new("integration", "dev/demo");
    let events = world.store.history(&stream, Version(0), 100).await.unwrap();
    events.into_iter().map(|recorded| recorded.event.kind).collect()
}

#[tokio::test]
async fn what_is_not_given_of_an_apps_secrets_stays() {
    let world = World::new().await;
    let key = |value: &str| BTreeMap::from([("signing_key".to_owned(), value.to_owned())]);
    for (wish, secret, field) in [
        (given(None, Some("canary_key_1")), "canary_client_secret", "canary_key_1"),
        (given(Some("canary_2"), None), "canary_2", "canary_key_1"),
        (given(Some("canary_3"), Some("canary_key_3")), "canary_3", "canary_key_3"),
        (None, "canary_3", "canary_key_3"),
    ] {
        world.vault.put_integration(put(dev(), wish)).await.unwrap();
        assert_eq!(secrets(&world).await, (Some(secret.to_owned()), key(field)));
    }
    // What took the place of something retired has nothing of it.
    world.vault.retire_integration(&dev(), &demo()).await.unwrap();
    world.vault.put_integration(put(dev(), given(None, Some("canary_key_4")))).await.unwrap();
    assert_eq!(secrets(&world).await, (None, key("canary_key_4")));
}

#[tokio::test]
async fn a_client_secret_is_replaced_alone_and_its_connections_are_tried_with_it_at_once() {
    let world = World::new().await;
    world.vault.put_integration(put(dev(), given(Some("canary_old"), Some("canary_key")))).await.unwrap();
    let before = world.vault.integration(&dev(), &demo()).await.unwrap();
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.claim_one().await;
    let failure = Failure::new(Reason::ClientRejected, Phase::Refresh);
    world.complete(&due, RefreshOutcome::Failed { failure, retry_after: None }).await.unwrap();

    let secret = ClientSecret::new("canary_new".into());
    let after = world.vault.rotate_client_secret(&dev(), &demo(), secret).await.unwrap();
    assert_eq!(after, before);
    let (secret, fields) = secrets(&world).await;
    assert_eq!((secret.as_deref(), fields["signing_key"].as_str()), (Some("canary_new"), "canary_key"));
    assert_eq!(history(&world).await.last().unwrap(), "integration.secret_rotated");
    let due = world.claim_one().await;
    assert_eq!((due.connection, due.app.client_secret.unwrap().expose()), (connection, "canary_new"));

    let nowhere: IntegrationKey = "nowhere".parse().unwrap();
    let secret = ClientSecret::new("canary_new".into());
    let unknown = world.vault.rotate_client_secret(&dev(), &nowhere, secret).await;
    assert!(matches!(unknown, Err(Error::IntegrationUnknown(_))), "{unknown:?}");
}

#[tokio::test]
async fn a_preview_tells_what_there_is_and_writes_nothing() {
    let world = World::new().await;
    world.connected().await;
    let deleted = world.connected().await;
    world.vault.delete_connection(&dev(), deleted, None).await.unwrap();
    let before = history(&world).await;
    let mut wish = put(dev(), given(Some("canary_other"), None));
    wish.settings.client_id = "another".into();
    let preview = world.vault.preview_integration(wish).await.unwrap();
    assert_eq!((preview.present.unwrap().settings.client_id.as_str(), preview.connections), ("app", 1));
    assert_eq!(history(&world).await, before);
    assert_eq!(secrets(&world).await.0.as_deref(), Some("canary_client_secret"));

    let mut other = put(dev(), None);
    other.key = "other".parse().unwrap();
    let made = world.vault.preview_integration(other).await.unwrap();
    assert_eq!((made.present, made.connections), (None, 0));
    // What could not be put is refused the same.
    let mut wrong = put(dev(), None);
    wrong.settings.provider = "another".into();
    let refused = world.vault.preview_integration(wrong).await;
    assert!(matches!(refused, Err(Error::Integration(Refusal::OtherProvider))), "{refused:?}");
    let mut long = put(dev(), None);
    long.settings.client_id = "x".repeat(1025);
    let refused = world.vault.preview_integration(long).await;
    assert!(matches!(refused, Err(Error::Field { field: "integration.client_id", .. })), "{refused:?}");
}
