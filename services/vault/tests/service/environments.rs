//! Environments begin once, are copied without what is another's own, and end for good.

use crate::racing::meddled_world;
use crate::webhooks::endpoint;
use crate::world::{World, demo, dev, put};
use latchkey_domain::api_key::{self, Scope};
use latchkey_domain::environment::Refusal;
use latchkey_domain::{AuthorizationId, Environment};
use latchkey_store::Stream;
use latchkey_vault::Error;
use latchkey_wire::contract::{App, CreateEnvironment, IssueKey, IssuedKey, PrepareConnection, Target};

fn acme() -> Environment {
    "acme".parse().unwrap()
}

fn key_for(environment: Environment) -> IssueKey {
    IssueKey { environment, name: "first".into(), scopes: vec![Scope::KeysAdmin], expires_at: None }
}

async fn begin(world: &World, cloned_from: Option<Environment>) -> Result<IssuedKey, Error> {
    world.vault.create_environment(CreateEnvironment { first_key: key_for(acme()), cloned_from }).await
}

async fn app(world: &World, environment: Environment) -> Result<App, Error> {
    let prepare = PrepareConnection {
        environment,
        target: Target::New(demo()),
        request: AuthorizationId::from_parts(1, 1),
        named: false,
        reveals_app: false,
    };
    world.vault.prepare_connection(prepare).await.map(|prepared| prepared.app)
}

fn secret_of(app: &App) -> Option<&str> {
    app.client_secret.as_ref().map(latchkey_secret::ClientSecret::expose)
}

fn is_taken(result: &Result<IssuedKey, Error>) -> bool {
    matches!(result, Err(Error::Environment(Refusal::Taken)))
}

#[tokio::test]
async fn of_many_who_begin_one_name_at_once_one_is_given_it() {
    let world = World::new().await;
    let all = futures::future::join_all((0..12).map(|_| begin(&world, None))).await;
    assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 1, "{all:?}");
    assert_eq!(all.iter().filter(|one| is_taken(one)).count(), 11, "{all:?}");
    assert_eq!(world.vault.keys(&acme()).await.unwrap().len(), 1);
    assert!(is_taken(&begin(&world, Some(dev())).await), "nor is it made a copy afterwards");
}

#[tokio::test]
async fn whoever_comes_between_the_beginning_and_the_key_is_given_it_alone() {
    let (world, store) = meddled_world().await;
    let other = world.clone();
    store.before("api_key", async move { drop(begin(&other, None).await.unwrap()) });
    assert!(is_taken(&begin(&world, None).await));
    assert!(store.has_meddled());
    assert_eq!(world.vault.environments().await.unwrap().get("acme"), Some(&1));
}

#[tokio::test]
async fn a_name_that_has_a_key_or_an_integration_already_is_taken() {
    let world = World::new().await;
    world.register(acme()).await;
    assert!(is_taken(&begin(&world, None).await));
}

#[tokio::test]
async fn what_cannot_be_a_key_begins_no_environment() {
    let world = World::new().await;
    for (name, scopes, field) in [("", vec![Scope::KeysAdmin], "name"), ("first", vec![], "scopes")] {
        let first_key = IssueKey { name: name.into(), scopes, ..key_for(acme()) };
        let refused =
            world.vault.create_environment(CreateEnvironment { first_key, cloned_from: None }).await;
        assert!(matches!(refused, Err(Error::Field { field: told, .. }) if told == field), "{field}");
    }
    let nowhere = begin(&world, Some("nowhere".parse().unwrap())).await;
    assert!(matches!(nowhere, Err(Error::EnvironmentUnknown(_))), "{nowhere:?}");
    assert_eq!(world.vault.environments().await.unwrap().get("acme"), None);
}

#[tokio::test]
async fn a_clone_has_the_apps_of_its_source_and_nothing_else_of_it() {
    let world = World::new().await;
    world.connected().await;
    endpoint(&world).await;
    world.vault.issue_key(key_for(dev())).await.unwrap();
    let begun = begin(&world, Some(dev())).await.unwrap();
    assert_eq!(world.vault.authenticate(&begun.secret).await.unwrap().environment, acme());

    let there = world.vault.environment(&acme()).await.unwrap();
    assert_eq!((there.keys, there.integrations, there.connections), (1, 1, 0));
    assert!(world.vault.webhook_endpoints(&acme()).await.unwrap().is_empty());
    let copied = world.vault.integration(&acme(), &demo()).await.unwrap();
    assert_eq!(copied.settings, world.vault.integration(&dev(), &demo()).await.unwrap().settings);
    assert_eq!(secret_of(&app(&world, acme()).await.unwrap()), Some("canary_client_secret"));

    // They go their own ways from there.
    world.vault.retire_integration(&dev(), &demo()).await.unwrap();
    assert!(app(&world, acme()).await.is_ok());
}

#[tokio::test]
async fn a_clone_that_was_cut_short_is_gone_on_with() {
    let (world, store) = meddled_world().await;
    let (cut, was_cut) = tokio::sync::oneshot::channel::<()>();
    store.before("api_key", async move {
        drop(cut);
        std::future::pending().await
    });
    tokio::select! {
        _ = begin(&world, Some(dev())) => panic!("it was cut"),
        _ = was_cut => {}
    }
    assert!(is_taken(&begin(&world, None).await), "another wish is not mixed into it");
    let mut renamed = put(acme(), None);
    renamed.settings.display_name = "Ours".into();
    world.vault.put_integration(renamed).await.unwrap();
    begin(&world, Some(dev())).await.unwrap();
    let copied = world.vault.integration(&acme(), &demo()).await.unwrap();
    assert_eq!(copied.settings.display_name, "Ours", "what was made of the copy since is left alone");
    assert_eq!(world.vault.keys(&acme()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_environment_with_connections_does_not_end() {
    let world = World::new().await;
    let connection = world.connected().await;
    let refused = world.vault.delete_environment(&dev()).await;
    assert!(
        matches!(refused, Err(Error::EnvironmentInUse { connections: 1, revocations: 0 })),
        "{refused:?}"
    );
    assert!(app(&world, dev()).await.is_ok(), "nothing of it was touched");
    let extent = Some(latchkey_domain::revocation::Extent::Grant);
    world.vault.delete_connection(&dev(), connection, extent).await.unwrap();
    let refused = world.vault.delete_environment(&dev()).await;
    assert!(
        matches!(refused, Err(Error::EnvironmentInUse { connections: 0, revocations: 1 })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn with_an_environment_ends_all_that_could_act_in_it_and_its_name_is_not_given_again() {
    let world = World::new().await;
    let key = world.vault.issue_key(key_for(dev())).await.unwrap();
    endpoint(&world).await;
    let under_way = world.claimed(None).await;
    let connection = world.connected().await;
    world.vault.delete_connection(&dev(), connection, None).await.unwrap();
    for _ in 0..2 {
        world.vault.delete_environment(&dev()).await.unwrap();
    }
    let refused = world.vault.authenticate(&key.secret).await;
    assert!(matches!(refused, Err(Error::ApiKey(api_key::Refusal::Invalid))), "{refused:?}");
    assert!(matches!(app(&world, dev()).await, Err(Error::IntegrationUnknown(_))));
    let integration = Stream::new("integration", "dev/demo");
    assert_eq!(world.store.load(&integration).await.unwrap().unwrap().key, None, "its key is destroyed");
    assert!(world.vault.webhook_endpoints(&dev()).await.unwrap().is_empty());
    assert_eq!(world.vault.environments().await.unwrap().get("dev"), None);
    assert!(matches!(world.vault.environment(&dev()).await, Err(Error::EnvironmentUnknown(_))));

    let late = world.vault.establish(under_way, world.obtained()).await;
    assert!(matches!(late, Err(Error::IntegrationUnknown(_))), "{late:?}");
    let late = world.vault.issue_key(key_for(dev())).await;
    assert!(matches!(late, Err(Error::EnvironmentEnded)), "{late:?}");
    let late = world.vault.put_integration(put(dev(), None)).await;
    assert!(matches!(late, Err(Error::EnvironmentEnded)), "{late:?}");
    let again = CreateEnvironment { first_key: key_for(dev()), cloned_from: None };
    let again = world.vault.create_environment(again).await;
    assert!(matches!(again, Err(Error::Environment(Refusal::Ended))), "{again:?}");

    assert!(world.history(connection).await.len() > 1, "what was recorded stays");
    let nowhere = world.vault.delete_environment(&"nowhere".parse().unwrap()).await;
    assert!(matches!(nowhere, Err(Error::EnvironmentUnknown(_))), "{nowhere:?}");
}

#[tokio::test]
async fn an_end_that_was_cut_short_is_gone_on_with() {
    let (world, store) = meddled_world().await;
    let key = world.vault.issue_key(key_for(dev())).await.unwrap();
    let (cut, was_cut) = tokio::sync::oneshot::channel::<()>();
    store.before("api_key", async move {
        drop(cut);
        std::future::pending().await
    });
    let environment = dev();
    tokio::select! {
        _ = world.vault.delete_environment(&environment) => panic!("it was cut"),
        _ = was_cut => {}
    }
    assert!(world.vault.authenticate(&key.secret).await.is_ok());
    world.vault.delete_environment(&dev()).await.unwrap();
    assert!(world.vault.authenticate(&key.secret).await.is_err());
}

#[tokio::test]
async fn while_an_environment_is_ending_nothing_begins_in_it() {
    let (world, store) = meddled_world().await;
    let under_way = world.claimed(None).await;
    let other = world.clone();
    store.before("integration", async move {
        let late = other.vault.establish(under_way, other.obtained()).await;
        assert!(matches!(late, Err(Error::EnvironmentEnded)), "{late:?}");
    });
    world.vault.delete_environment(&dev()).await.unwrap();
    assert!(store.has_meddled());
}

#[tokio::test]
async fn a_connection_of_the_very_moment_goes_with_its_environment() {
    let (world, store) = meddled_world().await;
    let under_way = world.claimed(None).await;
    let other = world.clone();
    store.before("connection", async move { other.vault.delete_environment(&dev()).await.unwrap() });
    let made = world.vault.establish(under_way, world.obtained()).await.unwrap();
    assert!(store.has_meddled());
    world.vault.delete_environment(&dev()).await.unwrap();
    let history = world.history(made.connection).await;
    assert_eq!(history, ["connection.established", "connection.revoked"]);
}
