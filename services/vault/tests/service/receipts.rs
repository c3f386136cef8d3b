use crate::world::{World, dev};
use latchkey_domain::ConnectionId;
use latchkey_domain::revocation::{Extent, Outcome};
use latchkey_signing::statement::{Disbelief, check};
use latchkey_store::Stream;
use latchkey_vault::Error;
use latchkey_wire::contract::ReportRevocation;
use latchkey_wire::{Fault, Reason};
use serde_json::{Value, json};

const DELETED_AT: &str = "2027-01-15T08:00:00Z";

impl World {
    async fn receipt(&self, connection: ConnectionId) -> Value {
        self.vault.deletion_receipt(&dev(), connection).await.unwrap()
    }

    async fn public_keys(&self) -> Vec<String> {
        self.vault.public_keys(&dev()).await.unwrap().into_iter().map(|key| key.key).collect()
    }

    async fn data_key(&self, connection: ConnectionId) -> Option<String> {
        let stream = Stream::new("connection", connection.to_string());
        let key = self.store.load(&stream).await.unwrap().unwrap().key;
        key.map(|key| key.id.simple().to_string())
    }
}

#[tokio::test]
async fn a_receipt_names_the_key_that_was_destroyed_and_how_long_backups_may_hold_what_it_sealed() {
    let world = World::new().await;
    let connection = world.connected().await;
    let key = world.data_key(connection).await.unwrap();
    world.vault.delete_connection(&dev(), connection, None).await.unwrap();
    assert_eq!(world.data_key(connection).await, None);

    world.clock.advance(std::time::Duration::from_secs(60));
    let receipt = world.receipt(connection).await;
    assert_eq!(check(&receipt, &world.public_keys().await), Ok(()));
    let mut said = receipt.as_object().unwrap().clone();
    assert_eq!(said.remove("signed_by"), Some(json!(world.vault.public_keys(&dev()).await.unwrap()[0].id)));
    assert!(said.remove("signature").is_some());
    let expected = json!({
        "type": "latchkey.deletion_receipt.v1",
        "deployment": "latchkey",
        "environment": "dev",
        "connection": connection.to_string(),
        "integration": "demo",
        "provider": "demo",
        "created_at": DELETED_AT,
        "deleted_at": DELETED_AT,
        "destroyed_key": {"id": key, "destroyed_at": DELETED_AT},
        "revocation": {"result": "NOT_REQUESTED"},
        "backups": {"retention_days": 35, "may_hold_until": "2027-02-19T08:00:00Z"},
        "issued_at": "2027-01-15T08:01:00Z",
    });
    assert_eq!(Value::Object(said), expected);
}

#[tokio::test]
async fn a_receipt_says_what_became_of_the_grant_once_that_is_known() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.vault.delete_connection(&dev(), connection, Some(Extent::Grant)).await.unwrap();
    let pending = world.receipt(connection).await;
    assert_eq!(pending["revocation"]["result"], "PENDING");
    assert_eq!(pending["backups"]["may_hold_until"], Value::Null, "a copy is kept for asking the provider");

    let due = world.vault.claim_revocations(10).await.unwrap().remove(0);
    world.clock.advance(std::time::Duration::from_secs(24 * 3600));
    let (generation, fence, outcome) = (due.generation, due.fence, Outcome::Revoked);
    let report = ReportRevocation { connection, generation, fence, outcome };
    world.vault.report_revocation(report).await.unwrap();
    let settled = world.receipt(connection).await;
    let ended_at = "2027-01-16T08:00:00Z";
    assert_eq!(
        settled["revocation"],
        json!({"result": "REVOKED", "attempts": 1, "requested_at": DELETED_AT, "ended_at": ended_at})
    );
    assert_eq!(settled["backups"]["may_hold_until"], "2027-02-20T08:00:00Z");
    for receipt in [&pending, &settled] {
        assert_eq!(check(receipt, &world.public_keys().await), Ok(()));
    }
}

#[tokio::test]
async fn a_receipt_in_which_anything_was_changed_is_not_believed() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.vault.delete_connection(&dev(), connection, Some(Extent::Grant)).await.unwrap();
    let (receipt, keys) = (world.receipt(connection).await, world.public_keys().await);
    let places = places_in(&receipt, String::new());
    assert!(places.len() >= 18, "{places:?}");
    for place in places {
        let mut changed = receipt.clone();
        *changed.pointer_mut(&place).unwrap() = json!("other");
        assert!(check(&changed, &keys).is_err(), "{place} was changed");
        let (parent, name) = place.rsplit_once('/').unwrap();
        let mut without = receipt.clone();
        without.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        assert!(check(&without, &keys).is_err(), "{place} was left out");
    }
    let mut more = receipt.clone();
    more["revocation"]["ended_at"] = json!(DELETED_AT);
    assert_eq!(check(&more, &keys), Err(Disbelief::Forged));
}

#[tokio::test]
async fn keys_are_an_environments_own_and_made_once() {
    let world = World::new().await;
    let keys = world.public_keys().await;
    assert_eq!(keys, world.public_keys().await);
    let other = world.vault.public_keys(&"prod".parse().unwrap()).await.unwrap();
    assert_eq!((keys.len(), other.len()), (1, 1));
    assert_ne!(keys[0], other[0].key);

    let connection = world.connected().await;
    world.vault.delete_connection(&dev(), connection, None).await.unwrap();
    let refused = check(&world.receipt(connection).await, &[other[0].key.clone()]);
    assert!(matches!(refused, Err(Disbelief::OtherKey { .. })), "{refused:?}");
}

#[tokio::test]
async fn what_a_replaced_key_signed_is_believed_and_what_is_new_is_signed_by_the_next() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.vault.delete_connection(&dev(), connection, None).await.unwrap();
    let (old, old_keys) = (world.receipt(connection).await, world.public_keys().await);
    let sealed_with = || async {
        let stream = Stream::new("signing_key", dev().to_string());
        world.store.load(&stream).await.unwrap().unwrap().key.unwrap().id
    };
    let former = sealed_with().await;

    world.clock.advance(std::time::Duration::from_secs(60));
    let present = world.vault.replace_signing_key(&dev()).await.unwrap();
    assert_ne!(sealed_with().await, former, "nothing opens the key before any more");
    let known = world.vault.known_public_keys(&dev()).await.unwrap();
    assert_eq!(known.iter().map(|key| key.generation).collect::<Vec<_>>(), [1, 2]);
    assert!(known[0].made_at < known[1].made_at && known[1] == present);
    let new = world.receipt(connection).await;
    assert_eq!((&new["signed_by"], &old["signed_by"]), (&json!(present.id), &json!(known[0].id)));
    for receipt in [&old, &new] {
        assert_eq!(check(receipt, &world.public_keys().await), Ok(()));
    }
    let refused = check(&new, &old_keys);
    assert!(matches!(refused, Err(Disbelief::OtherKey { .. })), "{refused:?}");
    assert_eq!(check(&old, &[present.key]), Err(Disbelief::OtherKey { signed_by: known[0].id.clone() }));
}

#[tokio::test]
async fn there_is_no_receipt_for_what_lives_or_is_anothers() {
    let world = World::new().await;
    let connection = world.connected().await;
    let reason = |error: Error| Fault::from(error).reason;
    let refused = world.vault.deletion_receipt(&dev(), connection).await.unwrap_err();
    assert_eq!(reason(refused), Reason::ConnectionNotDeleted);
    world.vault.delete_connection(&dev(), connection, None).await.unwrap();
    let other = "prod".parse().unwrap();
    let refused = world.vault.deletion_receipt(&other, connection).await.unwrap_err();
    assert_eq!(reason(refused), Reason::ConnectionUnknown);
}

/// The JSON pointers of every member, at any depth.
fn places_in(value: &Value, at: String) -> Vec<String> {
    let Some(members) = value.as_object() else { return vec![] };
    let each = |(name, value): (&String, &Value)| {
        let place = format!("{at}/{name}");
        [vec![place.clone()], places_in(value, place)].concat()
    };
    members.iter().flat_map(each).collect()
}
