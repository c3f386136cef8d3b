//! Whatever was tried with a provider is a log: what was asked, how long it took, what came of it, and whose turn it is. That
//! nothing secret is in one is seen by `finish`, which searches the database they are kept in.

use latchkey_testkit::demo::Selection;
use latchkey_testkit::pb::admin::{
    AuthLog, AuthLogOperation, AuthLogOutcome, GetAuthLogRequest, ListAuthLogsRequest, TailAuthLogsRequest,
};
use latchkey_testkit::pb::connection::ConnectionState;
use latchkey_testkit::{Browser, World};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_a_refresh_and_a_revocation_are_logs_with_their_steps() {
    let world = World::start().await;
    let backend = world.backend();
    let connection = world.connect("demo-oauth", "ana").await;
    backend.new_token(&connection).await.unwrap();
    world.provider().revoke(&Selection::All);
    backend.new_token(&connection).await.unwrap_err();
    backend.wait_for_state(&connection, ConnectionState::NeedsReauth).await;
    backend.delete(&connection).await.unwrap();

    // Each process tells what it tried by itself, so the last may be told first.
    let all = [
        (AuthLogOperation::Connect, AuthLogOutcome::Success),
        (AuthLogOperation::Refresh, AuthLogOutcome::Success),
        (AuthLogOperation::Refresh, AuthLogOutcome::Failure),
        (AuthLogOperation::Revoke, AuthLogOutcome::Success),
    ];
    let logs = until("everything is logged", async || {
        let logs = logs_of(&world, &connection).await;
        let told = |one| logs.iter().any(|log| (log.operation(), log.outcome()) == one);
        all.into_iter().all(told).then_some(logs)
    })
    .await;
    let told: Vec<_> = logs.iter().rev().map(|log| (log.operation(), log.outcome())).collect();
    assert_eq!(told, all);

    let [_, refused, refreshed, connected] = &logs[..] else { unreachable!() };
    // From the browser's leaving to the connection: told in two parts, by whoever took the answer too.
    assert_eq!(
        steps(connected),
        ["consent", "exchange", "verify", "identity", "establish"],
        "{connected:#?}"
    );
    let exchange = &connected.steps[1];
    assert_eq!((exchange.http_status, exchange.host.as_str()), (200, "127.0.0.1"));
    assert!(exchange.duration.is_some() && connected.end_time.is_some());
    assert_eq!((connected.whose_turn.as_str(), connected.trace_id.len()), ("NOBODY", 32));
    assert!(!connected.session_id.is_empty());

    assert_eq!((steps(refreshed), refreshed.generation), (vec!["refresh"], 1));
    let said = refused.failure.clone().unwrap();
    assert_eq!(
        (said.reason.as_str(), said.code.as_str(), said.http_status),
        ("REAUTH_REQUIRED", "invalid_grant", 400)
    );
    assert_eq!((refused.whose_turn.as_str(), refused.generation), ("END_USER", 2));

    let explained = backend.explain(&connection).await.unwrap();
    let request = GetAuthLogRequest { log_id: explained.auth_log_id };
    let latest = backend.auth_logs().get_auth_log(request).await.unwrap().into_inner().log.unwrap();
    assert_eq!(latest.id, logs[0].id, "an explanation is read on in the latest log");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_away_at_the_provider_is_pending_and_who_declines_is_a_failure() {
    let world = World::start().await;
    let link = world.backend().link("demo-oauth", "ana").await.unwrap();
    let mut tail = world
        .backend()
        .auth_logs()
        .tail_auth_logs(TailAuthLogsRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert!(tail.message().await.unwrap().unwrap().log.is_none());

    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let consent = browser.choose(&offered, "demo-oauth").await;
    let away = next(&mut tail).await;
    assert_eq!((away.outcome(), away.whose_turn.as_str()), (AuthLogOutcome::Pending, "END_USER"));
    assert_eq!(away.session_id, link.session_id);

    browser.decide(&consent, "decline").await;
    let declined = next(&mut tail).await;
    assert_eq!(declined.id, away.id, "one attempt is one log");
    assert_eq!(declined.outcome(), AuthLogOutcome::Failure);
    assert_eq!(declined.failure.unwrap().reason, "USER_DECLINED");
    assert_eq!(declined.session_id, link.session_id);
    drop(tail);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credential_that_is_tried_out_is_a_log_of_its_own() {
    let world = World::start().await;
    let link = world.backend().link("demo-api-key", "ana").await.unwrap();
    let browser = Browser::new();
    let offered = browser.open_link(&link.connect_link).await;
    let asked = browser.asked_for(&offered, "demo-api-key").await;
    browser.submit(&asked, asked.form_with("in.api_key").with("in.api_key", "canary_wrong")).await;
    let request = ListAuthLogsRequest { operation: AuthLogOperation::Verify.into(), ..Default::default() };
    let verified = until("the verification is logged", async || {
        let answer = world.backend().auth_logs().list_auth_logs(request.clone()).await.unwrap();
        answer.into_inner().logs.pop()
    })
    .await;
    assert_eq!(verified.outcome(), AuthLogOutcome::Failure);
    assert_eq!(verified.failure.unwrap().reason, "CREDENTIALS_REJECTED");
    assert_eq!((verified.steps.len(), verified.steps[0].http_status), (1, 401));
    world.finish().await;
}

/// What a look finds, once it finds something: logs are told beside the work.
async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn logs_of(world: &World, connection: &str) -> Vec<AuthLog> {
    let request = ListAuthLogsRequest { connection_id: connection.to_owned(), ..Default::default() };
    world.backend().auth_logs().list_auth_logs(request).await.unwrap().into_inner().logs
}

async fn next(tail: &mut tonic::Streaming<latchkey_testkit::pb::admin::TailAuthLogsResponse>) -> AuthLog {
    loop {
        if let Some(log) = tail.message().await.unwrap().unwrap().log {
            return log;
        }
    }
}

fn steps(log: &AuthLog) -> Vec<&str> {
    log.steps.iter().map(|step| step.name.as_str()).collect()
}
