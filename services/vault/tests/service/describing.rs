use crate::world::{World, dev};
use latchkey_domain::connection::{About, Connection, Field, Refusal};
use latchkey_domain::{ApiKeyId, ConnectionId, Reader};
use latchkey_store::{Stream, Version};
use latchkey_vault::Error;
use latchkey_vault::vault::{DescribeConnection, Switch};
use latchkey_wire::contract::RefreshOutcome;

fn key() -> ApiKeyId {
    ApiKeyId::from_parts(1, 1)
}

pub fn about(external_id: &str) -> About {
    About {
        external_id: Some(external_id.parse().unwrap()),
        display_name: "canary_name".into(),
        tags: [("team".to_owned(), "canary_tag".to_owned())].into(),
        metadata: [("plan".to_owned(), "canary_metadata".into())].into_iter().collect(),
        config: [("region".to_owned(), "canary_config".into())].into_iter().collect(),
        webhook_url: "https://example.com/canary_hook".into(),
    }
}

fn describe(connection: ConnectionId, about: About) -> DescribeConnection {
    let fields = Field::ALL.to_vec();
    DescribeConnection { environment: dev(), connection, fields, about, etag: None, by: key() }
}

async fn said(world: &World, connection: ConnectionId) -> Option<About> {
    world.vault.connection_in(&dev(), connection).await.unwrap().about().cloned()
}

#[tokio::test]
async fn what_is_said_is_kept_with_the_connection_and_is_in_no_event() {
    let world = World::new().await;
    let connection = world.connected().await;
    let told = world.vault.describe_connection(describe(connection, about("user-42"))).await.unwrap();
    assert_eq!(told.about(), Some(&about("user-42")));
    let due = world.vault.credential(&world.query(connection)).await;
    assert!(due.is_ok());
    assert_eq!(said(&world, connection).await, Some(about("user-42")));

    let stream = Stream::new("connection", connection.to_string());
    let events = world.store.history(&stream, Version(0), 100).await.unwrap();
    let recorded = format!("{:?}", events);
    assert!(!recorded.contains("canary_") && !recorded.contains("user-42"), "{recorded}");
    assert_eq!(events.last().unwrap().event.payload["fields"].as_array().unwrap().len(), Field::ALL.len());
}

#[tokio::test]
async fn a_refresh_leaves_it_as_it_is_and_deletion_takes_it_along() {
    let world = World::new().await;
    let connection = world.connected_about(about("user-42")).await;
    world.clock.advance(crate::world::TOKEN_LIFE);
    let due = world.claim_one().await;
    world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    assert_eq!(said(&world, connection).await, Some(about("user-42")));
    world.vault.delete_connection(&dev(), connection, None).await.unwrap();
    let stored = world.store.load(&Stream::new("connection", connection.to_string())).await.unwrap().unwrap();
    assert!(!stored.snapshot.state.contains("canary_"), "{}", stored.snapshot.state);
    // The external id is free again.
    world.connected_about(about("user-42")).await;
}

#[tokio::test]
async fn an_external_id_that_another_has_is_refused_and_nothing_changes() {
    let world = World::new().await;
    world.connected_about(about("user-42")).await;
    let other = world.connected().await;
    let refused = world.vault.describe_connection(describe(other, about("user-42"))).await;
    assert!(matches!(refused, Err(Error::ExternalIdTaken)), "{refused:?}");
    assert_eq!(said(&world, other).await, Some(About::default()));
    let create = latchkey_wire::contract::CreateSession {
        environment: dev(),
        end_user: "ana".parse().unwrap(),
        integrations: vec![crate::world::demo()],
        reconnect: None,
        manages: false,
        lifetime: std::time::Duration::from_secs(60),
        outline: about("user-42").into(),
    };
    assert!(matches!(world.vault.create_session(create).await, Err(Error::ExternalIdTaken)));
}

#[tokio::test]
async fn who_connects_while_another_takes_the_external_id_is_connected_without_it() {
    let world = World::new().await;
    let authorization = world.claimed_about(None, about("user-42")).await;
    world.connected_about(about("user-42")).await;
    let connection = world.vault.establish(authorization, world.obtained()).await.unwrap().connection;
    assert_eq!(said(&world, connection).await, Some(About { external_id: None, ..about("user-42") }));
    let stream = Stream::new("connection", connection.to_string());
    let last = world.store.history(&stream, Version(0), 100).await.unwrap().pop().unwrap();
    assert_eq!(last.event.payload["external_id_taken"], true);
}

#[tokio::test]
async fn a_change_made_from_what_has_changed_since_is_refused() {
    let world = World::new().await;
    let connection = world.connected().await;
    let etag = Some(said(&world, connection).await.unwrap().etag());
    let change = |about| DescribeConnection { etag: etag.clone(), ..describe(connection, about) };
    world.vault.describe_connection(change(about("a"))).await.unwrap();
    let refused = world.vault.describe_connection(change(about("b"))).await;
    assert!(matches!(refused, Err(Error::Connection(Refusal::EtagMismatch { .. }))), "{refused:?}");
    assert_eq!(said(&world, connection).await, Some(about("a")));
}

#[tokio::test]
async fn a_disabled_connection_hands_out_nothing_and_is_not_refreshed() {
    let world = World::new().await;
    let connection = world.connected().await;
    let environment = dev();
    let switch = |switch| world.vault.switch_connection(&environment, connection, switch, key());
    let off = switch(Switch::Off).await.unwrap();
    assert!(off.disabled_at().is_some());
    let refused = world.vault.credential(&world.query(connection)).await;
    assert!(matches!(refused, Err(Error::Connection(Refusal::Disabled))), "{refused:?}");
    let insisting = latchkey_vault::vault::Query { force_refresh: true, ..world.query(connection) };
    assert!(matches!(world.vault.credential(&insisting).await, Err(Error::Connection(Refusal::Disabled))));
    world.clock.advance(crate::world::TOKEN_LIFE);
    assert!(world.vault.claim_due(10).await.unwrap().is_empty());
    let explained = world.vault.explain_connection(&dev(), connection).await.unwrap();
    assert_eq!(explained.explanation.whose_turn, "DEVELOPER");

    let on = switch(Switch::On).await.unwrap();
    assert!(matches!(on, Connection::Live(_)) && on.disabled_at().is_none());
    let due = world.claim_one().await;
    world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    assert!(world.vault.credential(&world.query(connection)).await.is_ok());
}

#[tokio::test]
async fn a_refresh_claimed_before_the_connection_was_disabled_loses_no_token() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(crate::world::TOKEN_LIFE);
    let due = world.claim_one().await;
    world.vault.switch_connection(&dev(), connection, Switch::Off, key()).await.unwrap();
    world.complete(&due, RefreshOutcome::Refreshed(world.obtained())).await.unwrap();
    world.vault.switch_connection(&dev(), connection, Switch::On, key()).await.unwrap();
    let credential = world.vault.credential(&world.query(connection)).await.unwrap();
    assert_eq!(credential.facts.generation.0, 2);
}

#[tokio::test]
async fn another_environments_connection_is_neither_described_nor_switched() {
    let world = World::new().await;
    let connection = world.connected().await;
    let other = "prod".parse().unwrap();
    let change =
        DescribeConnection { environment: "prod".parse().unwrap(), ..describe(connection, about("a")) };
    let refused = world.vault.describe_connection(change).await;
    assert!(matches!(refused, Err(Error::Connection(Refusal::Absent))), "{refused:?}");
    let refused = world.vault.switch_connection(&other, connection, Switch::Off, key()).await;
    assert!(matches!(refused, Err(Error::Connection(Refusal::Absent))), "{refused:?}");
    assert_eq!(said(&world, connection).await, Some(About::default()));
}

#[tokio::test]
async fn a_credential_is_lent_by_the_customers_own_id_too() {
    use latchkey_wire::contract::{LendCredential, Named};
    let world = World::new().await;
    let connection = world.connected_about(about("user/42")).await;
    let lend = |integration: &str, external_id: &str| {
        let (integration, external_id) = (integration.parse().unwrap(), external_id.parse().unwrap());
        let connection = Named::External { integration, external_id };
        let reader = Reader::Key(ApiKeyId::from_parts(1, 1));
        world.vault.lend(LendCredential {
            environment: dev(),
            connection,
            newer_than: None,
            reader,
            integrations: vec![],
        })
    };
    let lent = lend("demo", "user/42").await.unwrap();
    let token = world.token_of(connection).await;
    assert_eq!(lent.headers["authorization"].expose(), format!("Bearer {token}"));
    for (integration, external_id) in [("demo", "user/43"), ("other", "user/42")] {
        let refused = lend(integration, external_id).await;
        assert!(matches!(refused, Err(Error::Connection(Refusal::Absent))), "{refused:?}");
    }
}
