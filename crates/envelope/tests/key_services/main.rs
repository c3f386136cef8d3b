//! What every key service must do, run against each: a local key file, the API of AWS KMS, and an OpenBao.
#![allow(clippy::unwrap_used, reason = "a test ends where an answer is missing")]

mod kubernetes;
mod openbao;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_kms::Client;
use latchkey_envelope::{
    Denial, EnvironmentKeys, KeyName, KeyService, KeyServiceError, OpenKeyServiceError, WrapContext, Wraps,
    create_key_file, open_key_service,
};
use std::sync::Arc;
use uuid::Uuid;

type Services = (Arc<dyn KeyService>, Arc<dyn KeyService>);

/// Two key services of one kind, whose keys differ.
async fn conforms((ours, foreign): Services) {
    what_was_wrapped_is_unwrapped(&*ours).await;
    every_wrap_of_one_key_is_different(&*ours).await;
    another_context_is_refused(&*ours).await;
    changed_bytes_are_refused(&*ours).await;
    a_wrap_by_a_foreign_key_is_refused(&*ours, &*foreign).await;
    it_is_healthy(&*ours).await;
    environment_keys_live_on_it(ours).await;
}

fn context() -> WrapContext {
    let key = KeyName { id: Uuid::from_u128(0xfeed), version: 3 };
    WrapContext { deployment: "main".into(), environment: "dev".into(), key }
}

fn is_not_ours<T>(outcome: &Result<T, KeyServiceError>) -> bool {
    matches!(outcome, Err(KeyServiceError::Denied { denial: Denial::NotOurs, .. }))
}

async fn what_was_wrapped_is_unwrapped(service: &dyn KeyService) {
    for key in [[7; 32], [0; 32], [255; 32]] {
        let wrapped = service.wrap(&key, &context()).await.unwrap();
        assert!(!wrapped.windows(32).any(|window| window == key));
        assert_eq!(*service.unwrap(&wrapped, &context()).await.unwrap(), key);
    }
}

async fn every_wrap_of_one_key_is_different(service: &dyn KeyService) {
    let one = service.wrap(&[7; 32], &context()).await.unwrap();
    assert_ne!(one, service.wrap(&[7; 32], &context()).await.unwrap());
}

async fn another_context_is_refused(service: &dyn KeyService) {
    let wrapped = service.wrap(&[7; 32], &context()).await.unwrap();
    let other_id = KeyName { id: Uuid::from_u128(0xbeef), ..context().key };
    let other_version = KeyName { version: 4, ..context().key };
    for other in [
        WrapContext { deployment: "other".into(), ..context() },
        WrapContext { environment: "prod".into(), ..context() },
        WrapContext { key: other_id, ..context() },
        WrapContext { key: other_version, ..context() },
        WrapContext { deployment: "dev".into(), environment: "main".into(), ..context() },
    ] {
        assert!(is_not_ours(&service.unwrap(&wrapped, &other).await), "{other:?}");
    }
}

async fn changed_bytes_are_refused(service: &dyn KeyService) {
    let wrapped = service.wrap(&[7; 32], &context()).await.unwrap();
    for at in [wrapped.len() - 1, wrapped.len() / 2, wrapped.len() - 20] {
        let mut changed = wrapped.clone();
        changed[at] ^= 1;
        assert!(is_not_ours(&service.unwrap(&changed, &context()).await), "byte {at}");
    }
    for end in [1, 12, 13, 30, wrapped.len() - 1] {
        assert!(is_not_ours(&service.unwrap(&wrapped[..end], &context()).await), "cut at {end}");
    }
}

async fn a_wrap_by_a_foreign_key_is_refused(ours: &dyn KeyService, foreign: &dyn KeyService) {
    assert_ne!(ours.uri(), foreign.uri());
    let wrapped = foreign.wrap(&[7; 32], &context()).await.unwrap();
    // Who may not use the foreign key is told so; who may, that it is not the key that was named.
    let outcome = ours.unwrap(&wrapped, &context()).await;
    assert!(matches!(
        outcome,
        Err(KeyServiceError::Denied { denial: Denial::NotOurs | Denial::AccessDenied, .. })
    ));
    assert!(foreign.unwrap(&wrapped, &context()).await.is_ok());
}

async fn it_is_healthy(service: &dyn KeyService) {
    assert_eq!(service.health().await, Ok(()));
}

async fn environment_keys_live_on_it(service: Arc<dyn KeyService>) {
    let keys = EnvironmentKeys::new(vec![service]);
    let fresh = keys.create("main", "dev", 1_800_000_000_000, None).await.unwrap();
    let name = Wraps::of(&fresh.wrapped).unwrap().key;
    let key =
        keys.get("main", "dev", name, || async { Ok::<_, KeyServiceError>(fresh.wrapped) }).await.unwrap();
    assert_eq!(key.name().id, fresh.id);
    assert_eq!(keys.calls(), 2);
}

#[tokio::test]
async fn a_local_key_file_is_a_key_service() {
    let folder = tempfile::tempdir().unwrap();
    let open = async |name: &str| {
        let path = folder.path().join(name);
        create_key_file(&path).unwrap();
        open_key_service(&format!("file://{}", path.display())).await.unwrap()
    };
    conforms((open("ours").await, open("foreign").await)).await;
}

#[tokio::test]
async fn aws_kms_is_a_key_service() {
    let Ok(endpoint) = std::env::var("LATCHKEY_TEST_KMS_ENDPOINT") else {
        panic!("no KMS to test with: run tests/run, or tests/with-servers cargo test -p latchkey-envelope");
    };
    let open = async || {
        let alias = create_key(&endpoint).await;
        let uri = format!("aws-kms://{alias}?region=eu-west-1&endpoint={endpoint}");
        open_key_service(&uri).await.unwrap()
    };
    conforms((open().await, open().await)).await;
}

#[tokio::test]
async fn the_transit_engine_of_an_openbao_is_a_key_service() {
    let bao = openbao::Bao::of_this_run().await;
    conforms((bao.service(&bao.new_key().await).await, bao.service(&bao.new_key().await).await)).await;
}

/// A key in the emulator, by an alias of its own.
async fn create_key(endpoint: &str) -> String {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let shared = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint)
        .load()
        .await;
    let client = Client::new(&shared);
    let alias = format!("alias/latchkey-{}", Uuid::new_v4());
    let key = client.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    client.create_alias().alias_name(&alias).target_key_id(key).send().await.unwrap();
    alias
}

#[tokio::test]
async fn a_moved_key_file_is_still_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    create_key_file(&here).unwrap();
    let before = open_key_service(&format!("file://{}", here.display())).await.unwrap();
    std::fs::rename(&here, &there).unwrap();
    let after = open_key_service(&format!("file://{}", there.display())).await.unwrap();
    assert_eq!(before.uri(), after.uri());
}

#[tokio::test]
async fn a_uri_that_names_no_key_service_is_refused_with_the_reason() {
    for (uri, reason) in [
        ("", "names no key service"),
        ("/etc/latchkey/kek", "names no key service"),
        ("vault://secret", "names no key service"),
        ("file://kek", "must be absolute"),
        ("file:///nowhere/kek", "there is no key file /nowhere/kek"),
        ("aws-kms://alias/a", "names no region"),
        ("transit://bao/transit/k", "names no login"),
        ("transit://bao/transit/k?role=r&ca_file=/nowhere/ca", "ca_file /nowhere/ca cannot be read"),
    ] {
        let complaint: OpenKeyServiceError = open_key_service(uri).await.err().unwrap();
        assert!(complaint.to_string().contains(reason), "{complaint}");
    }
}
