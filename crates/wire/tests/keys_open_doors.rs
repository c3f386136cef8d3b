//! The authenticator: who is let in, what others are told, and how long an answer is believed.

#![allow(clippy::unwrap_used)] // A test that panics has failed, in its helping functions too.

mod peer;

use latchkey_domain::api_key::Scope;
use latchkey_wire::{Authenticator, Kind, Reason, Route, VaultClient};
use peer::{KEY, Peer, environment, key_view};
use std::time::Duration;
use tonic::metadata::MetadataMap;

fn door() -> (Peer, Authenticator) {
    let peer = Peer::default();
    let authenticator = Authenticator::new(VaultClient::new(Route::local(peer.routes())));
    (peer, authenticator)
}

fn with(authorization: &str) -> MetadataMap {
    let mut metadata = MetadataMap::new();
    metadata.insert("authorization", authorization.parse().unwrap());
    metadata
}

#[tokio::test]
async fn a_key_with_the_scope_is_let_in() {
    let (_, door) = door();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let key = door.require(&with(&format!("{scheme} {KEY}")), Scope::TokensRead).await.unwrap();
        assert_eq!(key, key_view(environment()));
    }
}

#[tokio::test]
async fn a_call_without_a_key_is_told_what_to_send() {
    let (peer, door) = door();
    for metadata in [MetadataMap::new(), with("Bearer "), with("Bearer"), with("Basic canary"), with("")] {
        let fault = door.require(&metadata, Scope::TokensRead).await.unwrap_err();
        assert_eq!((fault.kind, fault.reason), (Kind::Unauthenticated, Reason::ApiKeyMissing));
        assert!(fault.message.contains("authorization: Bearer"), "{fault}");
        assert!(!fault.message.contains("canary"), "{fault}");
    }
    assert_eq!(peer.seen().calls, 0);
}

#[tokio::test]
async fn a_key_without_the_scope_is_told_which_one_it_lacks() {
    let (_, door) = door();
    let fault = door.require(&with(&format!("Bearer {KEY}")), Scope::KeysAdmin).await.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (Kind::Forbidden, Reason::ScopeNotGranted));
    assert_eq!(fault.metadata["needed"], "keys:admin");
}

#[tokio::test]
async fn an_answer_is_asked_for_once_and_outages_are_no_answers() {
    let (peer, door) = door();
    let known = with(&format!("Bearer {KEY}"));
    let calls = (0..20).map(|_| door.require(&known, Scope::TokensRead));
    assert!(futures::future::join_all(calls).await.into_iter().all(|answer| answer.is_ok()));
    assert_eq!(peer.seen().calls, 1);

    for _ in 0..2 {
        let fault = door.identify(&with("Bearer lost")).await.unwrap_err();
        assert_eq!((fault.kind, fault.reason), (Kind::Unavailable, Reason::StorageUnavailable));
        assert_eq!(fault.retry_after, Some(Duration::from_secs(1)));
    }
    assert_eq!(peer.seen().calls, 3);
}

#[tokio::test]
async fn a_revoked_key_is_refused_after_five_seconds_and_a_refused_key_is_tried_again_after_one() {
    let (peer, door) = door();
    let known = with(&format!("Bearer {KEY}"));
    let unknown = with("Bearer unknown");
    door.identify(&known).await.unwrap();
    assert_eq!(door.identify(&unknown).await.unwrap_err().reason, Reason::ApiKeyInvalid);
    assert_eq!(door.identify(&unknown).await.unwrap_err().reason, Reason::ApiKeyInvalid);
    assert_eq!(peer.seen().calls, 2);

    peer.seen().revoked = true;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(door.identify(&unknown).await.unwrap_err().reason, Reason::ApiKeyInvalid);
    assert_eq!(peer.seen().calls, 3);

    tokio::time::sleep(Duration::from_millis(4000)).await;
    assert_eq!(door.identify(&known).await.unwrap_err().reason, Reason::ApiKeyInvalid);
}

#[tokio::test]
async fn a_door_shows_no_key() {
    let (_, door) = door();
    door.identify(&with(&format!("Bearer {KEY}"))).await.unwrap();
    assert!(!format!("{door:?}").contains("canary"));
}
