//! Every call of the client arrives at its own rpc with what was asked, and brings the answer back.

#![allow(clippy::unwrap_used)] // A test that panics has failed, in its helping functions too.

mod peer;

use latchkey_domain::rotation::{Course, RotationClass};
use latchkey_domain::{
    ApiKeyId, AuthorizationId, Digest, Failure, Generation, Phase, Timestamp,
    api_key::Scope,
    integration::{RegisteredClient, Settings},
};
use latchkey_secret::SecretText;
use latchkey_wire::{
    Reason, Route, VaultClient,
    contract::{
        CompleteRefresh, CreateEnvironment, CreateSession, IssueKey, KeptClient, Lane, ListSessions,
        ProviderState, PutIntegration, RefreshOutcome, ReportProvider, ResumeRefresh, SessionState,
        StartAuthorization,
    },
};
use peer::{
    KEY, Peer, choices, connection_id, environment, integration_key, key_view, obtained, own_connection,
    session_entry, session_id,
};
use std::{collections::BTreeMap, time::Duration};

fn vault() -> (Peer, VaultClient) {
    let peer = Peer::default();
    let client = VaultClient::new(Route::local(peer.routes()));
    (peer, client)
}

fn authorization() -> AuthorizationId {
    AuthorizationId::from_parts(9, 9)
}

fn failure() -> Failure {
    Failure::new(latchkey_domain::Reason::UserDeclined, Phase::Authorize)
}

#[tokio::test]
async fn from_a_session_to_a_connection() {
    let (peer, vault) = vault();
    let wish = CreateSession {
        environment: environment(),
        end_user: "ada".parse().unwrap(),
        integrations: vec![integration_key()],
        reconnect: None,
        manages: false,
        lifetime: Duration::from_secs(60),
        outline: latchkey_domain::session::Outline::default(),
    };
    let created = vault.create_session(wish).await.unwrap();
    assert_eq!(created.token.expose(), "canary_ada");
    assert_eq!(created.expires_at, Timestamp(60_000));

    let browser = Digest::of(b"browser");
    let bound = vault.bind_session(&SecretText::new("canary_token".into()), browser).await.unwrap();
    assert_eq!(bound.last_failure, Some(failure()));
    let other = vault.bind_session(&SecretText::new("canary_other".into()), browser).await.unwrap_err();
    assert_eq!(other.reason, Reason::SessionUnknown);
    assert_eq!(vault.get_session(session_id(), browser).await.unwrap().id, session_id());
    let described = vault.describe_session(&"live".parse().unwrap(), session_id()).await.unwrap();
    assert_eq!(described.environment.as_str(), "live");

    let list = ListSessions {
        environment: environment(),
        end_user: None,
        state: Some(SessionState::Open),
        after: Some(session_id()),
        max: 7,
    };
    let listed = vault.list_sessions(list).await.unwrap();
    assert_eq!((&listed.sessions[..], listed.next), (&[session_entry()][..], Some(session_id())));
    vault.cancel_session(&environment(), session_id()).await.unwrap();

    let start = StartAuthorization {
        authorization: authorization(),
        session: session_id(),
        browser,
        integration: integration_key(),
        state: Digest::of(b"state"),
        redirect_uri: "https://connect.example/callback".into(),
        scopes: vec![],
        code_verifier: None,
        inputs: BTreeMap::from([("subdomain".into(), SecretText::new("acme".into()))]),
    };
    vault.start_authorization(start).await.unwrap();
    let state = Digest::of(b"state");
    let claimed = vault.claim_authorization(authorization(), state, browser).await.unwrap();
    assert_eq!(claimed.integration, integration_key());
    let swapped = vault.claim_authorization(authorization(), browser, state).await.unwrap_err();
    assert_eq!(swapped.reason, Reason::StateUnknown);
    vault.fail_authorization(authorization(), failure()).await.unwrap();
    let established = vault.establish(authorization(), obtained()).await.unwrap();
    assert_eq!((established.connection, established.generation), (connection_id(), Generation(1)));
    let confirmed = vault.confirm_authorization(authorization(), browser).await.unwrap();
    assert_eq!(confirmed.generation, Generation(2));
    vault.hold_authorization(authorization(), obtained(), choices()).await.unwrap();
    let undecided = vault.resume_authorization(authorization(), browser).await.unwrap();
    assert_eq!((undecided.attempt.session, &*undecided.obtained.auth_mode), (session_id(), "OAUTH2"));
    assert_eq!(vault.own_connections(session_id(), browser).await.unwrap(), [own_connection()]);
    vault.disconnect(session_id(), browser, connection_id()).await.unwrap();
    let until = vault.invite_approver(session_id(), browser, Digest::of(b"approval")).await.unwrap();
    assert_eq!(until, Timestamp(9));
    let approval = SecretText::new("canary_approval".into());
    assert!(vault.bind_approver(&approval, browser).await.unwrap().approving);
    let result = vault.issue_result(session_id(), browser).await.unwrap();
    assert_eq!(vault.exchange_result(&environment(), &result).await.unwrap().id, session_id());
    let told = [
        "sessions true 7",
        "cancelled true",
        "started github acme",
        "failed USER_DECLINED",
        "established OAUTH2",
        "confirmed true",
        "held OAUTH2 true",
        "resumed true",
        "listed true",
        "disconnected true",
        "invited true",
        "approving true",
        "issued true",
        "exchanged dev true",
    ];
    assert_eq!(peer.seen().told, told);
}

#[tokio::test]
async fn what_is_due_and_what_became_of_it() {
    let (peer, vault) = vault();
    let due = vault.claim_due(2).await.unwrap();
    assert_eq!(due.iter().map(|due| due.fence).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(due[0].learnt, RotationClass::Grace { seconds: 40 });
    let outcomes = [
        RefreshOutcome::Refreshed(obtained()),
        RefreshOutcome::Failed { failure: failure(), retry_after: Some(Duration::from_secs(1)) },
        RefreshOutcome::Unanswered { failure: failure(), resend_at: Some(Timestamp(7)) },
        RefreshOutcome::Refused(failure()),
    ];
    for outcome in outcomes {
        let complete = CompleteRefresh {
            connection: connection_id(),
            generation: Generation(3),
            fence: 4,
            outcome,
            received_at: None,
            course: Course::default(),
        };
        vault.complete_refresh(complete).await.unwrap();
    }
    assert!(vault.renew_refresh(connection_id(), 4, Duration::from_secs(7)).await.unwrap());
    let lane = Lane { environment: environment(), integration: integration_key() };
    let report = |state| ReportProvider { lane: lane.clone(), provider: "github".into(), state };
    for state in [ProviderState::Failing, ProviderState::Probed, ProviderState::Answering] {
        vault.report_provider(report(state)).await.unwrap();
    }
    vault.release_refresh(connection_id(), 4).await.unwrap();
    let told = [
        "asked for 2 but for 0",
        "refreshed 3 4",
        "failed 3 4",
        "unanswered 3 4",
        "refused 3 4",
        "renewed true 4 for 7s",
        "github Failing",
        "github Probed",
        "github Answering",
        "released true 4",
    ];
    assert_eq!(peer.seen().told, told);
}

#[tokio::test]
async fn what_was_written_down_is_resumed() {
    let (peer, vault) = vault();
    let resume = ResumeRefresh {
        connection: connection_id(),
        generation: Generation(3),
        fence: 4,
        sealed_key: vec![9; 200],
    };
    let due = vault.resume_refresh(resume).await.unwrap();
    assert_eq!((due.fence, due.generation), (4, Generation(3)));
    assert_eq!((due.journal.clear.expose(), due.journal.sealed.len()), (&[7; 32], 200));
    assert_eq!(peer.seen().told, ["resumed true 3 4 200"]);
    assert_eq!(vault.epoch().await.unwrap(), "first");
}

#[tokio::test]
async fn a_registered_client_arrives_with_what_goes_with_its_connections() {
    let (peer, vault) = vault();
    let (environment, integration) = (environment(), integration_key());
    assert!(vault.registered_client(&environment, &integration).await.unwrap().is_none());
    let client = RegisteredClient {
        client_id: "c-1".into(),
        registration: Digest::of(b"a registration"),
        registered_at: Timestamp(1_000),
        secret_expires_at: Some(Timestamp(2_000)),
    };
    let fields = BTreeMap::from([("oauth.client_secret".to_owned(), "canary_registered".to_owned().into())]);
    let told = KeptClient { client: client.clone(), fields };
    let kept =
        vault.keep_registered_client(&environment, &integration, told, Some("c-0".into())).await.unwrap();
    assert_eq!(kept.client, client);
    assert_eq!(kept.fields["oauth.client_secret"].expose(), "canary_registered");
    vault.forget_registered_client(&environment, &integration, "c-1".into()).await.unwrap();
    let told = ["client of dev github", r#"kept of dev github for Some("c-0")"#, "forgot c-1"];
    assert_eq!(peer.seen().told, told);
}

#[tokio::test]
async fn keys_and_integrations() {
    let (peer, vault) = vault();
    let key = vault.authenticate(&SecretText::new(KEY.into())).await.unwrap();
    assert_eq!(key, key_view(environment()));
    let issue = IssueKey {
        environment: environment(),
        name: "ci".into(),
        scopes: vec![Scope::KeysAdmin],
        expires_at: Some(Timestamp(9)),
    };
    let issued = vault.issue_key(issue).await.unwrap();
    assert_eq!(issued.secret.expose(), "canary_issued");
    assert_eq!((issued.key.name.as_str(), issued.key.expires_at), ("ci", Some(Timestamp(9))));
    assert_eq!(vault.list_keys(&environment()).await.unwrap(), [key_view(environment())]);
    let id = ApiKeyId::from_parts(1, 1);
    assert_eq!(vault.get_key(&environment(), id).await.unwrap(), key_view(environment()));
    let rotated = vault.rotate_key(&environment(), id, Some(Duration::from_secs(7))).await.unwrap();
    assert_eq!(rotated.successor.secret.expose(), "canary_successor");
    assert_eq!(rotated.previous.successor, Some(rotated.successor.key.id));
    vault.revoke_key(&environment(), id).await.unwrap();
    assert_eq!(vault.list_environments().await.unwrap(), [(environment(), 3)]);
    let first_key = IssueKey {
        environment: "acme".parse().unwrap(),
        name: "first".into(),
        scopes: vec![],
        expires_at: None,
    };
    let create = CreateEnvironment { first_key, cloned_from: Some(environment()) };
    let begun = vault.create_environment(create).await.unwrap();
    assert_eq!((begun.key.environment.as_str(), begun.secret.expose()), ("acme", "canary_first"));
    let there = vault.get_environment(&environment()).await.unwrap();
    assert_eq!((there.keys, there.integrations, there.connections), (1, 2, 3));
    vault.delete_environment(&environment()).await.unwrap();

    let settings = Settings { provider: "slack".into(), ..Settings::default() };
    let put = PutIntegration { environment: environment(), key: integration_key(), settings, secrets: None };
    assert_eq!(vault.put_integration(put).await.unwrap().settings.provider, "slack");
    let settings = Settings { provider: "slack".into(), ..Settings::default() };
    let put = PutIntegration { environment: environment(), key: integration_key(), settings, secrets: None };
    let preview = vault.preview_integration(put).await.unwrap();
    assert_eq!((preview.present.unwrap().key, preview.connections), (integration_key(), 4));
    let secret = latchkey_secret::ClientSecret::new("canary_secret".into());
    let rotated = vault.rotate_client_secret(&environment(), &integration_key(), &secret).await.unwrap();
    assert_eq!(rotated.key, integration_key());
    let got = vault.get_integration(&environment(), &"other".parse().unwrap()).await.unwrap();
    assert_eq!(got.key.as_str(), "other");
    assert_eq!(vault.list_integrations(&environment()).await.unwrap().len(), 1);
    vault.retire_integration(&environment(), &integration_key()).await.unwrap();
    let key = ApiKeyId::from_parts(1, 1);
    let began = format!("began acme of {:?}", Some(environment()));
    let rotated = format!("rotated {key} Some(7s)");
    let told = [
        rotated,
        format!("revoked dev {key}"),
        began,
        "ended dev".to_owned(),
        "secret of github canary_secret".to_owned(),
        "retired dev github".to_owned(),
    ];
    assert_eq!(peer.seen().told, told);
}
