//! Whatever a peer may send in good form is the same after it was parsed and rendered again, so nothing is lost or
//! swapped on the way; whatever is malformed is refused by name.

#![allow(clippy::unwrap_used)] // A test that panics has failed, in its helping functions too.

mod malformed;

use latchkey_domain::{
    ApiKeyId, AuthorizationId, Cause, ConnectionId, Digest, Failure, Phase, SessionId, api_key::Scope,
};
use latchkey_wire::{
    Fault,
    contract::{
        AppSecrets, ClaimDue, ClaimedAuthorization, CompleteRefresh, CreateEnvironment, CreateSession,
        CreatedSession, DueRefresh, Established, IntegrationView, IssueKey, IssuedKey, KeyView, ListSessions,
        ListedSessions, Obtained, OwnConnection, PutIntegration, ResumeRefresh, RotatedKey, SessionView,
        StartAuthorization,
    },
    pb::vault::{self as pb, complete_refresh_request::Outcome},
};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
};
use prost_types::{Duration, Struct, Timestamp};
use std::{collections::BTreeMap, fmt::Debug};

/// Text to words and words to text.
fn survives<P, C>(sent: &P) -> Result<(), TestCaseError>
where
    P: Clone + PartialEq + Debug + From<C>,
    C: TryFrom<P, Error = Fault>,
{
    let parsed =
        C::try_from(sent.clone()).map_err(|fault| TestCaseError::fail(format!("{fault:?}: {sent:?}")))?;
    prop_assert!(P::from(parsed) == *sent, "changed on the way: {:?}", sent);
    Ok(())
}

fn ulid(make: fn(u64, u128) -> String) -> impl Strategy<Value = String> {
    (0..1_u64 << 48, any::<u128>()).prop_map(move |(millis, random)| make(millis, random))
}

fn connection() -> impl Strategy<Value = String> {
    ulid(|millis, random| ConnectionId::from_parts(millis, random).to_string())
}

fn session() -> impl Strategy<Value = String> {
    ulid(|millis, random| SessionId::from_parts(millis, random).to_string())
}

fn authorization() -> impl Strategy<Value = String> {
    ulid(|millis, random| AuthorizationId::from_parts(millis, random).to_string())
}

fn key_id() -> impl Strategy<Value = String> {
    ulid(|millis, random| ApiKeyId::from_parts(millis, random).to_string())
}

fn environment() -> impl Strategy<Value = String> {
    "[a-z]([a-z0-9-]{0,30}[a-z0-9])?"
}

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z0-9~:.@_-]{1,64}"
}

fn end_user() -> impl Strategy<Value = String> {
    "[^\\p{C}]{1,40}"
}

fn word() -> impl Strategy<Value = String> {
    "\\PC{1,20}"
}

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,20}"
}

fn digest() -> impl Strategy<Value = String> {
    any::<[u8; 8]>().prop_map(|bytes| Digest::of(&bytes).to_string())
}

fn map() -> impl Strategy<Value = BTreeMap<String, String>> {
    btree_map(word(), text(), 0..3)
}

fn scopes() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..3)
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (-1_000_000_000_i64..10_000_000_000, 0..1000)
        .prop_map(|(seconds, millis)| Timestamp { seconds, nanos: millis * 1_000_000 })
}

fn span() -> impl Strategy<Value = Duration> {
    (0..i64::MAX, 0..1_000_000_000).prop_map(|(seconds, nanos)| Duration { seconds, nanos })
}

fn sometimes(strategy: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    option::of(strategy).prop_map(Option::unwrap_or_default)
}

prop_compose! {
    fn failure()(
        reason in select(latchkey_domain::Reason::ALL),
        cause in option::of(select(Cause::ALL)),
        phase in select(Phase::ALL),
        http_status in 0..600_u32,
        code in text(),
        description in text(),
    ) -> pb::Failure {
        pb::Failure {
            reason: reason.as_str().into(),
            cause: cause.map_or(String::new(), |cause| cause.as_str().into()),
            phase: phase.as_str().into(),
            http_status,
            code,
            description,
        }
    }
}

prop_compose! {
    fn integration()(
        environment in environment(), key in name(), provider in word(), display_name in text(), client_id in text(),
        scopes in scopes(), fields in map(), create_time in moment(), other_account in "WARN|BLOCK|ALLOW",
    ) -> pb::Integration {
        let create_time = Some(create_time);
        pb::Integration {
            environment, key, provider, display_name, client_id, scopes, fields, create_time, other_account,
        }
    }
}

prop_compose! {
    fn choice()(label in text(), detail in text(), values in map()) -> pb::AccountChoice {
        pb::AccountChoice { label, detail, values }
    }
}

prop_compose! {
    fn attempt()(
        id in authorization(), integration in name(), state in "STARTED|CLAIMED|HELD|COMPLETED|FAILED", account in text(),
        choices in vec(choice(), 0..3),
    ) -> pb::Attempt {
        pb::Attempt { id, integration, state, account, choices }
    }
}

prop_compose! {
    fn own()(
        id in connection(), summary in summary(), name in text(), provider in word(), asked in scopes(), mendable: bool,
        failing: bool, create_time in moment(),
    ) -> pb::OwnConnection {
        let (summary, create_time) = (Some(summary), Some(create_time));
        pb::OwnConnection { id, summary, name, provider, asked, mendable, failing, create_time }
    }
}

prop_compose! {
    fn summary()(integration in name(), account in text(), scopes in scopes(), ended in option::of((failure(), moment()))) -> pb::ConnectionSummary {
        let (failure, fail_time) = ended.unzip();
        pb::ConnectionSummary { integration, account, scopes, failure, fail_time }
    }
}

prop_compose! {
    fn preset()(scopes in scopes(), authorization_params in map(), inputs in map(), docs_url in text()) -> pb::Preset {
        pb::Preset { scopes, authorization_params, inputs, config: Some(Struct::default()), docs_url }
    }
}

fn presets() -> impl Strategy<Value = BTreeMap<String, pb::Preset>> {
    proptest::collection::btree_map(name(), preset(), 0..3)
}

prop_compose! {
    fn session_entry()(
        id in session(), end_user in end_user(), integrations in vec(name(), 0..3), reconnect in sometimes(connection()),
        manages: bool, connection in sometimes(connection()), create_time in moment(), expire_time in moment(),
        state in "OPEN|COMPLETED|EXPIRED|CANCELLED",
    ) -> pb::SessionEntry {
        let (create_time, expire_time) = (Some(create_time), Some(expire_time));
        pb::SessionEntry {
            id, end_user, integrations, reconnect, manages, connection, create_time, expire_time, state,
        }
    }
}

prop_compose! {
    fn session_view()(
        id in session(), environment in environment(), end_user in end_user(),
        integrations in vec(integration(), 0..3), reconnect in sometimes(connection()), expire_time in moment(),
        connection in sometimes(connection()), last_failure in option::of(failure()),
        latest_attempt in option::of(attempt()), summary in option::of(summary()), failing in vec(name(), 0..3),
        (approving, manages, cancelled, opened, presets, tags) in
            (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), presets(), map()),
    ) -> pb::Session {
        pb::Session {
            id, environment, end_user, integrations, reconnect, expire_time: Some(expire_time), connection,
            last_failure, latest_attempt, summary, approving, manages, presets, cancelled, failing,
            tags,
            opened,
        }
    }
}

prop_compose! {
    fn app()(client_id in text(), client_secret in text(), scopes in scopes(), fields in map()) -> pb::App {
        pb::App { client_id, client_secret, scopes, fields }
    }
}

prop_compose! {
    fn renewal()(refresh_token in text(), fields in map()) -> pb::Renewal {
        pb::Renewal { refresh_token, fields }
    }
}

prop_compose! {
    fn grant()(
        auth_mode in word(), access_token in text(), headers in map(), fields in map(),
        renewal in option::of(renewal()), expires_in in option::of(span()), scopes in option::of(scopes()),
        origins in scopes(), account in option::of((text(), text())), base_url in text(),
    ) -> pb::Grant {
        pb::Grant {
            auth_mode, access_token, headers, fields, renewal, expires_in,
            scopes: scopes.map(|names| pb::GrantedScopes { names }), origins,
            account: account.map(|(id, label)| pb::Account { id, label }), base_url,
            documented: Some(pb::RefreshTokenBehaviour {
                rotation: "grace".into(), grace_seconds: 30, idle_seconds: 60, absolute_seconds: 90,
            }),
            ..pb::Grant::default()
        }
    }
}

prop_compose! {
    fn key()(
        id in key_id(), environment in environment(), name in text(),
        scopes in proptest::sample::subsequence(Scope::ALL, 0..=Scope::ALL.len()), create_time in moment(),
        expire_time in option::of(moment()), revoked: bool, locked: bool, successor in option::of(key_id()),
        role in proptest::sample::select(vec!["", "viewer", "developer", "admin"]),
    ) -> pb::Key {
        let scopes = scopes.iter().map(|scope| scope.as_str().into()).collect();
        let locked = revoked && locked;
        pb::Key {
            id, environment, name, scopes, create_time: Some(create_time), expire_time, revoked, role: role.into(), locked,
            successor: successor.unwrap_or_default(),
        }
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        grant().prop_map(Outcome::Refreshed),
        (failure(), option::of(span())).prop_map(|(failure, retry_after)| Outcome::Failed(
            pb::FailedRefresh { failure: Some(failure), retry_after }
        )),
        failure().prop_map(Outcome::Refused),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sessions_survive(
        view in session_view(), environment in environment(), end_user in end_user(),
        integrations in vec(name(), 0..3), reconnect in sometimes(connection()), lifetime in span(),
        token in word(), expire_time in moment(), external_id in name(), display_name in text(), tags in map(), webhook_url in text(),
        manages: bool, own in vec(own(), 0..3), presets in presets(),
    ) {
        survives::<_, Vec<OwnConnection>>(&pb::ListOwnConnectionsResponse { connections: own })?;
        let created = pb::CreateSessionResponse {
            session: view.id.clone(), token, expire_time: Some(expire_time),
        };
        survives::<_, CreatedSession>(&created)?;
        let lifetime = Some(lifetime);
        let (metadata, config) = (Some(Struct::default()), Some(Struct::default()));
        let about = Some(pb::About { external_id, display_name, tags, metadata, config, webhook_url });
        let wish = pb::CreateSessionRequest {
            environment, end_user, integrations, reconnect, lifetime, about, manages, presets,
        };
        survives::<_, CreateSession>(&wish)?;
        survives::<_, SessionView>(&pb::BindSessionResponse { session: Some(view.clone()) })?;
        survives::<_, SessionView>(&pb::GetSessionResponse { session: Some(view.clone()) })?;
        survives::<_, SessionView>(&pb::DescribeSessionResponse { session: Some(view.clone()) })?;
        survives::<_, SessionView>(&view)?;
    }

    #[test]
    fn lists_of_sessions_survive(
        sessions in vec(session_entry(), 0..3), next in sometimes(session()), environment in environment(),
        end_user in sometimes(end_user()), state in "OPEN|COMPLETED|EXPIRED|CANCELLED|", max: u32,
    ) {
        let after = next.clone();
        survives::<_, ListSessions>(&pb::ListSessionsRequest { environment, end_user, state, after, max })?;
        survives::<_, ListedSessions>(&pb::ListSessionsResponse { sessions, next })?;
    }

    #[test]
    fn integrations_survive(view in integration(), client_secret in text(), fields in map(), with_secrets: bool) {
        survives::<_, IntegrationView>(&view)?;
        survives::<_, IntegrationView>(&pb::PutIntegrationResponse { integration: Some(view.clone()) })?;
        survives::<_, IntegrationView>(&pb::GetIntegrationResponse { integration: Some(view.clone()) })?;
        survives::<_, Vec<IntegrationView>>(
            &pb::ListIntegrationsResponse { integrations: vec![view.clone(), view.clone()] },
        )?;
        let secrets = pb::AppSecrets { client_secret, fields };
        prop_assert!(pb::AppSecrets::from(AppSecrets::from(secrets.clone())) == secrets);
        let put = pb::PutIntegrationRequest {
            integration: Some(pb::Integration { create_time: None, ..view }),
            secrets: with_secrets.then_some(secrets),
        };
        survives::<_, PutIntegration>(&put)?;
    }

    #[test]
    fn authorizations_survive(
        authorization in authorization(), session in session(), browser in digest(), state in digest(),
        environment in environment(), integration in name(), redirect_uri in text(), scopes in scopes(),
        code_verifier in text(), inputs in map(), provider in word(), app in app(),
    ) {
        survives::<_, StartAuthorization>(&pb::StartAuthorizationRequest {
            authorization, session: session.clone(), browser, integration: integration.clone(), state,
            redirect_uri: redirect_uri.clone(), scopes, code_verifier: code_verifier.clone(), inputs: inputs.clone(),
        })?;
        survives::<_, ClaimedAuthorization>(&pb::ClaimAuthorizationResponse {
            session, environment, integration, redirect_uri, provider, app: Some(app), code_verifier, inputs,
        })?;
    }

    #[test]
    fn credentials_and_refreshes_survive(
        grant in grant(), failure in failure(), connection in connection(), environment in environment(),
        integration in name(), provider in word(), generation: u64, fence: u64, due_time in moment(), app in app(),
        renewal in renewal(), outcome in outcome(),
    ) {
        survives::<_, Obtained>(&grant)?;
        survives::<_, Failure>(&failure)?;
        survives::<_, Established>(
            &pb::EstablishConnectionResponse { connection: connection.clone(), generation },
        )?;
        survives::<_, CompleteRefresh>(&pb::CompleteRefreshRequest {
            connection: connection.clone(), generation, fence, outcome: Some(outcome), receive_time: Some(due_time),
            documented: Some(pb::RefreshTokenBehaviour {
                rotation: "grace".into(), grace_seconds: 30, idle_seconds: 0, absolute_seconds: fence,
            }),
            unanswered: Some(prost_types::Duration { seconds: 75, nanos: 0 }),
        })?;
        survives::<_, ResumeRefresh>(&pb::ResumeRefreshRequest {
            connection: connection.clone(), generation, fence, sealed_key: vec![7; 200],
        })?;
        let lane = pb::Lane { environment: environment.clone(), integration: integration.clone() };
        survives::<_, ClaimDue>(&pb::ClaimDueRequest {
            max: 7, wanted_only: fence % 2 == 0, except: vec![lane.clone(), lane],
        })?;
        let due = pb::DueRefresh {
            connection, environment, integration, provider, generation, fence, due_time: Some(due_time),
            app: Some(app), renewal: Some(renewal), wanted: fence % 2 == 0, expire_time: Some(due_time),
            journal_key: Some(pb::JournalKey { secret: vec![1; 32], sealed: vec![2; 200] }),
            lapse_time: Some(due_time), obtain_time: Some(due_time), learnt: Some(pb::RefreshTokenBehaviour {
                rotation: "grace".into(), grace_seconds: 40, ..pb::RefreshTokenBehaviour::default()
            }),
        };
        survives::<_, DueRefresh>(&pb::ResumeRefreshResponse { due: Some(due.clone()) })?;
        survives::<_, DueRefresh>(&due)?;
        survives::<_, Vec<DueRefresh>>(&pb::ClaimDueResponse { due: vec![due.clone(), due] })?;
    }

    #[test]
    fn keys_survive(key in key(), secret in word()) {
        survives::<_, KeyView>(&key)?;
        survives::<_, KeyView>(&pb::AuthenticateKeyResponse { key: Some(key.clone()) })?;
        survives::<_, Vec<KeyView>>(&pb::ListKeysResponse { keys: vec![key.clone()] })?;
        survives::<_, IssuedKey>(&pb::CreateEnvironmentResponse { key: Some(key.clone()), secret: secret.clone() })?;
        survives::<_, KeyView>(&pb::GetKeyResponse { key: Some(key.clone()) })?;
        let rotated = pb::RotateKeyResponse {
            key: Some(key.clone()),
            secret: secret.clone(),
            previous: Some(key.clone()),
        };
        survives::<_, RotatedKey>(&rotated)?;
        survives::<_, IssuedKey>(&pb::IssueKeyResponse { key: Some(key.clone()), secret })?;
        let (environment, name, scopes) = (key.environment, key.name, key.scopes);
        let expire_time = key.expire_time;
        let issue = pb::IssueKeyRequest { environment: environment.clone(), name, scopes, expire_time };
        survives::<_, IssueKey>(&issue)?;
        let first_key = Some(issue);
        survives::<_, CreateEnvironment>(&pb::CreateEnvironmentRequest { first_key, cloned_from: environment })?;
    }

    #[test]
    fn no_message_is_worth_a_panic(seconds: i64, nanos: i32, text in ".*", status: u32) {
        let expire_time = Some(Timestamp { seconds, nanos });
        let session = text.clone();
        let _ = CreatedSession::try_from(pb::CreateSessionResponse { session, token: text.clone(), expire_time });
        let lifetime = Some(Duration { seconds, nanos });
        let (environment, end_user) = (text.clone(), text.clone());
        let _ = CreateSession::try_from(
            pb::CreateSessionRequest { environment, end_user, lifetime, ..pb::CreateSessionRequest::default() },
        );
        let _ = Failure::try_from(pb::Failure { http_status: status, reason: text, ..pb::Failure::default() });
    }
}

/// Both directions could swap two fields alike; so once, what is where.
#[test]
fn each_text_arrives_in_its_own_field() {
    let put = PutIntegration::try_from(pb::PutIntegrationRequest {
        integration: Some(pb::Integration {
            environment: "dev".into(),
            key: "the-key".into(),
            provider: "the-provider".into(),
            display_name: "The name".into(),
            client_id: "the-client".into(),
            scopes: vec!["a".into()],
            fields: BTreeMap::from([("f".into(), "v".into())]),
            create_time: None,
            other_account: String::new(),
        }),
        secrets: Some(pb::AppSecrets {
            client_secret: "canary_client".into(),
            fields: BTreeMap::from([("s".into(), "canary_field".into())]),
        }),
    })
    .unwrap();
    assert_eq!((put.environment.as_str(), put.key.as_str()), ("dev", "the-key"));
    assert_eq!(put.settings.provider, "the-provider");
    assert_eq!(put.settings.display_name, "The name");
    assert_eq!(put.settings.client_id, "the-client");
    let secrets = put.secrets.unwrap();
    assert_eq!(secrets.client_secret.unwrap().expose(), "canary_client");
    assert_eq!(secrets.fields["s"].expose(), "canary_field");

    let obtained = Obtained::try_from(pb::Grant {
        auth_mode: "OAUTH2".into(),
        access_token: "canary_access".into(),
        headers: BTreeMap::from([("authorization".into(), "canary_header".into())]),
        fields: BTreeMap::from([("subdomain".into(), "acme".into())]),
        renewal: Some(pb::Renewal { refresh_token: "canary_refresh".into(), fields: BTreeMap::new() }),
        expires_in: Some(Duration { seconds: 60, nanos: 0 }),
        scopes: Some(pb::GrantedScopes { names: vec!["read".into()] }),
        origins: vec!["https://api.example.com".into()],
        account: Some(pb::Account { id: "42".into(), label: "ada".into() }),
        base_url: "https://api.example.com/v2".into(),
        ..pb::Grant::default()
    })
    .unwrap();
    let grant = obtained.grant;
    assert_eq!(grant.handout.access_token.unwrap().expose(), "canary_access");
    assert_eq!(grant.handout.headers["authorization"].expose(), "canary_header");
    assert_eq!(grant.handout.fields["subdomain"].expose(), "acme");
    assert_eq!(grant.handout.base_url.unwrap().expose(), "https://api.example.com/v2");
    assert_eq!(grant.renewal.unwrap().refresh_token.unwrap().expose(), "canary_refresh");
    assert_eq!(grant.expires_in, Some(std::time::Duration::from_secs(60)));
    assert_eq!(grant.scopes.unwrap(), ["read"]);
    assert_eq!(grant.origins, ["https://api.example.com"]);
    let account = grant.account.unwrap();
    assert_eq!((account.id.as_deref(), account.label.as_deref()), (Some("42"), Some("ada")));

    let claim = pb::ClaimAuthorizationRequest {
        authorization: AuthorizationId::from_parts(1, 1).to_string(),
        state: Digest::of(b"state").to_string(),
        browser: Digest::of(b"browser").to_string(),
    };
    let (_, state, browser) = claim.try_into().unwrap();
    assert_eq!((state, browser), (Digest::of(b"state"), Digest::of(b"browser")));
}

#[test]
fn scopes_the_provider_did_not_tell_are_not_an_empty_list() {
    let grant = |scopes| pb::Grant { auth_mode: "OAUTH2".into(), scopes, ..pb::Grant::default() };
    assert_eq!(Obtained::try_from(grant(None)).unwrap().grant.scopes, None);
    let none_granted = Some(pb::GrantedScopes::default());
    assert_eq!(Obtained::try_from(grant(none_granted)).unwrap().grant.scopes, Some(vec![]));
}
