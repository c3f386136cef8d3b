use crate::world::{World, demo, dev};
use latchkey_domain::api_key::Scope;
use latchkey_domain::auth_log::{AuthLog, Operation, Outcome, Step};
use latchkey_domain::{
    AuthLogId, ConnectionId, Environment, Failure, Generation, Phase, ProviderError, Reason, Timestamp,
};
use latchkey_store::AuthLogPart;
use latchkey_vault::vault::{AuthLogFilter, ListAuthLogs};
use latchkey_wire::contract::IssueKey;
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::pb::admin as pb;
use latchkey_wire::pb::admin::auth_log_service_client::AuthLogServiceClient;
use latchkey_wire::pb::connection::ExplainConnectionRequest;
use latchkey_wire::pb::connection::connection_service_client::ConnectionServiceClient;
use latchkey_wire::{Fault, Reason as Why, Route};
use std::time::Duration;
use tonic::Request;

fn id(number: u128) -> AuthLogId {
    AuthLogId::from_parts(1, number)
}

fn refresh(number: u128, connection: ConnectionId, at: i64) -> AuthLog {
    let said = ProviderError {
        http_status: Some(400),
        code: Some("invalid_client".into()),
        description: Some("no such client".repeat(100)),
    };
    AuthLog {
        id: id(number),
        environment: dev(),
        integration: demo(),
        provider: "demo".into(),
        connection: Some(connection),
        session: None,
        operation: Operation::Refresh,
        outcome: Outcome::Failure,
        started_at: Timestamp(at),
        ended_at: Timestamp(at + 5),
        steps: vec![Step {
            name: "refresh".into(),
            at: Timestamp(at),
            took_ms: 5,
            succeeded: false,
            host: Some("login.example.com".into()),
            http_status: Some(400),
            fault: None,
        }],
        failure: Some(Failure {
            provider_error: Some(said),
            ..Failure::new(Reason::ClientRejected, Phase::Refresh)
        }),
        generation: Generation(3),
        trace: Some("4bf92f3577b34da6a3ce929d0e0e4736".into()),
    }
}

fn list() -> ListAuthLogs {
    ListAuthLogs {
        environment: dev(),
        filter: AuthLogFilter::default(),
        from: None,
        until: None,
        after: None,
        max: 0,
    }
}

async fn key(world: &World, environment: Environment, scope: Scope) -> String {
    let scopes = vec![scope];
    let issue = IssueKey { environment, name: "reader".into(), scopes, expires_at: None };
    format!("Bearer {}", secret_to_pb(&world.vault.issue_key(issue).await.unwrap().secret))
}

fn with<T>(message: T, bearer: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", bearer.parse().unwrap());
    request
}

fn logs_of(world: &World) -> AuthLogServiceClient<Route> {
    AuthLogServiceClient::new(Route::local(world.service.public()))
}

#[tokio::test]
async fn what_was_told_twice_is_one_log_and_its_texts_are_cut() {
    let world = World::new().await;
    let log = refresh(1, ConnectionId::from_parts(1, 1), 1000);
    for _ in 0..2 {
        world.vault.record_auth_logs(vec![log.clone()]).await.unwrap();
    }
    let kept = world.vault.auth_log(&dev(), log.id).await.unwrap();
    assert_eq!(kept.steps, log.steps);
    let said = kept.failure.unwrap().provider_error.unwrap();
    assert_eq!(said.description.unwrap().chars().count(), 500);
    let many = vec![log; 201];
    assert_eq!(Fault::from(world.vault.record_auth_logs(many).await.unwrap_err()).reason, Why::FieldInvalid);
}

#[tokio::test]
async fn a_log_is_read_over_the_wire_and_by_its_environment_alone() {
    let world = World::new().await;
    let connection = ConnectionId::from_parts(1, 1);
    world.vault.record_auth_logs(vec![refresh(1, connection, 1000)]).await.unwrap();
    let bearer = key(&world, dev(), Scope::ConnectionsRead).await;
    let mut logs = logs_of(&world);
    let ask = |log_id: String| pb::GetAuthLogRequest { log_id };
    let read =
        logs.get_auth_log(with(ask(id(1).to_string()), &bearer)).await.unwrap().into_inner().log.unwrap();
    assert_eq!(
        (read.operation(), read.outcome()),
        (pb::AuthLogOperation::Refresh, pb::AuthLogOutcome::Failure)
    );
    assert_eq!((read.whose_turn.as_str(), read.generation), ("DEVELOPER", 3));
    assert_eq!(read.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!((read.steps[0].host.as_str(), read.steps[0].http_status), ("login.example.com", 400));
    assert_eq!(read.failure.unwrap().code, "invalid_client");

    let other = key(&world, "prod".parse().unwrap(), Scope::ConnectionsRead).await;
    let never = key(&world, dev(), Scope::TokensRead).await;
    let refused = [
        (ask(id(1).to_string()), &other, Why::AuthLogUnknown),
        (ask(id(2).to_string()), &bearer, Why::AuthLogUnknown),
        (ask("nonsense".into()), &bearer, Why::FieldInvalid),
        (ask(id(1).to_string()), &never, Why::ScopeNotGranted),
    ];
    for (request, bearer, reason) in refused {
        let status = logs.get_auth_log(with(request, bearer)).await.unwrap_err();
        assert_eq!(Fault::from(status).reason, reason);
    }
}

#[tokio::test]
async fn logs_are_listed_by_page_and_filter_the_newest_first() {
    let world = World::new().await;
    let (one, other) = (ConnectionId::from_parts(1, 1), ConnectionId::from_parts(1, 2));
    let logs = vec![
        refresh(1, one, 1000),
        refresh(2, other, 2000),
        AuthLog { outcome: Outcome::Success, failure: None, ..refresh(3, one, 3000) },
    ];
    world.vault.record_auth_logs(logs).await.unwrap();
    let bearer = key(&world, dev(), Scope::ConnectionsRead).await;
    let mut client = logs_of(&world);
    let mut seen = vec![];
    let mut request = pb::ListAuthLogsRequest { page_size: 2, ..Default::default() };
    loop {
        let page = client.list_auth_logs(with(request.clone(), &bearer)).await.unwrap().into_inner();
        seen.extend(page.logs.into_iter().map(|log| log.id));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, [3, 2, 1].map(|number| id(number).to_string()));

    let narrowed = async |filter: pb::ListAuthLogsRequest| {
        let page = logs_of(&world).list_auth_logs(with(filter, &bearer)).await.unwrap().into_inner();
        page.logs.into_iter().map(|log| log.id).collect::<Vec<_>>()
    };
    let second = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let all = pb::ListAuthLogsRequest::default;
    let failed = pb::ListAuthLogsRequest { outcome: pb::AuthLogOutcome::Failure.into(), ..all() };
    assert_eq!(narrowed(failed).await, [2, 1].map(|number| id(number).to_string()));
    let of_other = pb::ListAuthLogsRequest { connection_id: other.to_string(), ..all() };
    assert_eq!(narrowed(of_other).await, [id(2).to_string()]);
    let between = pb::ListAuthLogsRequest { start_time: second(2), end_time: second(3), ..all() };
    assert_eq!(narrowed(between).await, [id(2).to_string()]);
    let none = pb::ListAuthLogsRequest { operation: pb::AuthLogOperation::Revoke.into(), ..all() };
    assert!(narrowed(none).await.is_empty());
    for wrong in [
        pb::ListAuthLogsRequest { page_token: "7".into(), ..all() },
        pb::ListAuthLogsRequest { operation: 99, ..all() },
        pb::ListAuthLogsRequest { outcome: -1, ..all() },
        pb::ListAuthLogsRequest { integration: "a/b".into(), ..all() },
    ] {
        assert!(client.list_auth_logs(with(wrong.clone(), &bearer)).await.is_err(), "{wrong:?}");
    }
}

#[tokio::test]
async fn a_tail_tells_what_is_written_and_goes_on_where_it_was() {
    let world = World::new().await;
    let (one, other) = (ConnectionId::from_parts(1, 1), ConnectionId::from_parts(1, 2));
    let bearer = key(&world, dev(), Scope::ConnectionsRead).await;
    let ask = |resume_token: &str| pb::TailAuthLogsRequest {
        resume_token: resume_token.to_owned(),
        connection_id: one.to_string(),
        ..Default::default()
    };
    world.vault.record_auth_logs(vec![refresh(1, one, 1000)]).await.unwrap();
    let mut tail = logs_of(&world).tail_auth_logs(with(ask(""), &bearer)).await.unwrap().into_inner();
    assert!(tail.message().await.unwrap().unwrap().log.is_none(), "first where it stands");
    world.vault.record_auth_logs(vec![refresh(2, other, 2000), refresh(3, one, 3000)]).await.unwrap();
    let told = tail.message().await.unwrap().unwrap();
    assert_eq!(told.log.unwrap().id, id(3).to_string(), "what was before, and others', is not told");

    world.vault.record_auth_logs(vec![refresh(4, one, 4000)]).await.unwrap();
    let resumed = logs_of(&world).tail_auth_logs(with(ask(&told.resume_token), &bearer)).await.unwrap();
    let mut resumed = resumed.into_inner();
    let next = loop {
        if let Some(log) = resumed.message().await.unwrap().unwrap().log {
            break log;
        }
    };
    assert_eq!(next.id, id(4).to_string());
    let refused = logs_of(&world).tail_auth_logs(with(ask("nonsense"), &bearer)).await;
    assert_eq!(Fault::from(refused.err().unwrap()).reason, Why::ResumeTokenInvalid);
}

#[tokio::test]
async fn an_explanation_names_the_latest_log_of_its_connection() {
    let world = World::new().await;
    let connection = world.connected().await;
    let bearer = key(&world, dev(), Scope::ConnectionsRead).await;
    let explained = async || {
        let request = ExplainConnectionRequest { connection_id: connection.to_string() };
        let mut connections = ConnectionServiceClient::new(Route::local(world.service.public()));
        connections.explain_connection(with(request, &bearer)).await.unwrap().into_inner().auth_log_id
    };
    assert_eq!(explained().await, "");
    let logs = vec![refresh(1, connection, 1000), refresh(2, connection, 2000)];
    world.vault.record_auth_logs(logs).await.unwrap();
    assert_eq!(explained().await, id(2).to_string());
}

#[tokio::test]
async fn logs_go_when_they_are_old_or_too_many() {
    let world = World::new().await;
    let day = Duration::from_secs(24 * 3600);
    let settings = latchkey_vault::config::Logs { retention_days: 7.try_into().unwrap(), max_rows: 2 };
    let at = |days: u32| {
        latchkey_chassis::Clock::now(&world.clock) - i64::try_from((day * days).as_millis()).unwrap()
    };
    let connection = ConnectionId::from_parts(1, 1);
    let logs = (0..5).map(|number| refresh(number, connection, at(10 - 2 * u32::try_from(number).unwrap())));
    world.vault.record_auth_logs(logs.collect()).await.unwrap();
    // Ten and eight days old: too old. Of the three that are left, one is too many.
    assert_eq!(world.service.sweep(&settings).await.unwrap(), 3);
    let left = world.vault.auth_logs(list()).await.unwrap().logs;
    assert_eq!(left.iter().map(|log| log.id).collect::<Vec<_>>(), [id(4), id(3)]);
}

#[tokio::test]
async fn a_log_of_another_version_that_cannot_be_read_is_said_to_be_corrupt() {
    let world = World::new().await;
    let part = AuthLogPart {
        id: id(1).to_string(),
        environment: "dev".into(),
        integration: "demo".into(),
        connection: String::new(),
        operation: "CONNECT".into(),
        outcome: "SUCCESS".into(),
        started_at: 1,
        ended_at: 1,
        part: "{}".into(),
    };
    world.store.auth_logs().put(&[part]).await.unwrap();
    let refused = world.vault.auth_log(&dev(), id(1)).await.unwrap_err();
    assert!(matches!(refused, latchkey_vault::Error::Store(_)), "{refused:?}");
}
