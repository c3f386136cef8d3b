//! What is malformed is refused by its field's name, and not repeated.

use latchkey_domain::{ApiKeyId, ConnectionId, Digest, Failure};
use latchkey_wire::contract::{CompleteRefresh, CreateSession, KeyView};
use latchkey_wire::pb::vault::{self as pb, complete_refresh_request::Outcome};
use latchkey_wire::{Fault, Kind, Reason};
use prost_types::{Duration, Timestamp};
use std::{collections::BTreeMap, fmt::Debug};

fn refused<T: Debug>(result: Result<T, Fault>, field: &str) {
    let fault = result.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (Kind::Invalid, Reason::FieldInvalid));
    assert_eq!(fault.metadata.get("field").map(String::as_str), Some(field), "{fault:?}");
    assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
}

#[test]
fn a_malformed_field_is_named_and_not_repeated() {
    let valid = pb::CreateSessionRequest {
        environment: "dev".into(),
        end_user: "ada".into(),
        integrations: vec!["github".into()],
        reconnect: String::new(),
        lifetime: Some(Duration { seconds: 60, nanos: 0 }),
        about: None,
        manages: false,
        presets: BTreeMap::new(),
    };
    assert!(CreateSession::try_from(valid.clone()).is_ok());
    let wish = |change: fn(&mut pb::CreateSessionRequest)| {
        let mut request = valid.clone();
        change(&mut request);
        CreateSession::try_from(request)
    };
    refused(wish(|request| request.environment = "canary/".into()), "environment");
    refused(wish(|request| request.environment.clear()), "environment");
    refused(wish(|request| request.end_user = "canary\n".into()), "end_user");
    refused(wish(|request| request.integrations.push("canary/".into())), "integrations[1]");
    refused(wish(|request| request.reconnect = "canary".into()), "reconnect");
    refused(wish(|request| request.lifetime = None), "lifetime");
    let unnamed = |request: &mut pb::CreateSessionRequest| {
        drop(request.presets.insert("canary/".into(), pb::Preset::default()));
    };
    refused(wish(unnamed), "presets");
    let about = || pb::About { external_id: "canary\n".into(), ..pb::About::default() };
    refused(
        CreateSession::try_from(pb::CreateSessionRequest { about: Some(about()), ..valid.clone() }),
        "about.external_id",
    );
    refused(wish(|request| request.lifetime = Some(Duration { seconds: -1, nanos: 0 })), "lifetime");
}

#[test]
fn a_malformed_field_inside_is_named_by_its_path() {
    let connection = ConnectionId::from_parts(1, 1).to_string();
    let complete = |outcome| {
        CompleteRefresh::try_from(pb::CompleteRefreshRequest {
            connection: connection.clone(),
            generation: 1,
            fence: 1,
            outcome,
            receive_time: None,
            documented: None,
            unanswered: None,
        })
    };
    refused(complete(None), "outcome");
    refused(complete(Some(Outcome::Refused(pb::Failure::default()))), "refused.reason");
    let failure = Some(pb::Failure { reason: "canary".into(), ..pb::Failure::default() });
    refused(
        complete(Some(Outcome::Failed(pb::FailedRefresh { failure, retry_after: None }))),
        "failed.failure.reason",
    );
    let grant = pb::Grant {
        auth_mode: "OAUTH2".into(),
        expires_in: Some(Duration { seconds: 1, nanos: -5 }),
        ..pb::Grant::default()
    };
    refused(complete(Some(Outcome::Refreshed(grant))), "refreshed.expires_in");

    let status = pb::Failure {
        reason: "REAUTH_REQUIRED".into(),
        phase: "REFRESH".into(),
        http_status: 70_000,
        ..pb::Failure::default()
    };
    refused(Failure::try_from(status), "http_status");
    let bind = pb::BindSessionRequest { token: "canary".into(), browser: "canary".into() };
    refused(<(latchkey_secret::SecretText, Digest)>::try_from(bind), "browser");
    let keys = pb::ListKeysResponse {
        keys: vec![pb::Key { scopes: vec!["tokens:read".into(), "canary".into()], ..valid_key() }],
    };
    refused(Vec::<KeyView>::try_from(keys), "keys[0].scopes[1]");
    let late = pb::Key { expire_time: Some(Timestamp { seconds: i64::MAX, nanos: 0 }), ..valid_key() };
    refused(KeyView::try_from(late), "expire_time");
}

fn valid_key() -> pb::Key {
    pb::Key {
        id: ApiKeyId::from_parts(1, 1).to_string(),
        environment: "dev".into(),
        name: "backend".into(),
        scopes: vec![],
        create_time: Some(Timestamp::default()),
        expire_time: None,
        revoked: false,
        locked: false,
        successor: String::new(),
        role: String::new(),
    }
}
