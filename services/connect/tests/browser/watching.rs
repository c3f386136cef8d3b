//! A backend watches what becomes of the session it made.

use crate::world::{API_KEY, World, dev, world};
use latchkey_demo_provider::EntryKind;
use latchkey_domain::SessionId;
use latchkey_domain::api_key::Scope;
use latchkey_wire::contract::{CreateSession, IssueKey};
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::pb::connect::{
    CancelConnectSessionRequest, SessionProgress, SessionState, WatchConnectSessionRequest,
    WatchConnectSessionResponse,
};
use latchkey_wire::{Fault, Reason};
use std::time::Duration;
use tokio::time::timeout;
use tonic::{Request, Status, Streaming};

struct Backend {
    bearer: String,
}

type Watch = Streaming<WatchConnectSessionResponse>;

impl Backend {
    async fn of(world: &World, environment: &str, scope: Scope) -> Self {
        let issue = IssueKey {
            environment: environment.parse().unwrap(),
            name: "backend".into(),
            scopes: vec![scope],
            expires_at: None,
        };
        let issued = world.vault.issue_key(issue).await.unwrap();
        Self { bearer: format!("Bearer {}", secret_to_pb(&issued.secret)) }
    }

    fn with_key<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.bearer.parse().unwrap());
        request
    }

    async fn watch(&self, world: &World, session: &str) -> Result<Watch, Status> {
        let request = self.with_key(WatchConnectSessionRequest { session_id: session.to_owned() });
        Ok(world.sessions().watch_connect_session(request).await?.into_inner())
    }
}

/// The next that is no heartbeat; `None` at the end.
async fn next(watch: &mut Watch) -> Option<SessionProgress> {
    loop {
        let told = timeout(Duration::from_secs(10), watch.message()).await.unwrap().unwrap()?;
        if told.session.is_some() {
            return told.session;
        }
    }
}

/// What is told until it is like that.
async fn until(watch: &mut Watch, wanted: impl Fn(&SessionProgress) -> bool) -> SessionProgress {
    loop {
        let told = next(watch).await.unwrap();
        if wanted(&told) {
            return told;
        }
    }
}

#[tokio::test]
async fn a_backend_is_told_that_its_link_was_opened_what_failed_and_what_came_of_it() {
    let world = world().await;
    let backend = Backend::of(&world, "dev", Scope::SessionsWrite).await;
    let (session, token) = world.session(EntryKind::ApiKey).await;
    let mut watch = backend.watch(&world, &session.to_string()).await.unwrap();
    let at_once = next(&mut watch).await.unwrap();
    assert_eq!((at_once.state(), at_once.opened, &*at_once.integration), (SessionState::Open, false, ""));
    assert_eq!(at_once.session_id, session.to_string());

    let browser = world.browser();
    browser.post("/connect/open").form(&[("token", token)]).send().await.unwrap();
    assert!(until(&mut watch, |told| told.opened).await.last_failure.is_empty());
    browser.start(session, EntryKind::ApiKey, &[("in.api_key", "canary_wrong")]).await;
    let failed = until(&mut watch, |told| !told.last_failure.is_empty()).await;
    assert_eq!((&*failed.last_failure, failed.state()), ("CREDENTIALS_REJECTED", SessionState::Open));
    assert_eq!((&*failed.integration, failed.under_way), ("demo-api-key", false));
    browser.start(session, EntryKind::ApiKey, &[("in.api_key", API_KEY)]).await;
    let done = until(&mut watch, |told| told.state() == SessionState::Completed).await;
    let connection = world.described(session).await.connection.unwrap();
    assert_eq!((done.connection_id, done.under_way), (connection.to_string(), false));
    assert_eq!(next(&mut watch).await, None, "that was the last");

    // Whoever comes late is told the same.
    let mut late = backend.watch(&world, &session.to_string()).await.unwrap();
    assert_eq!(next(&mut late).await.unwrap().state(), SessionState::Completed);
    assert_eq!(next(&mut late).await, None);
}

#[tokio::test]
async fn a_watch_ends_with_a_session_that_is_taken_back_or_runs_out() {
    let world = world().await;
    let backend = Backend::of(&world, "dev", Scope::SessionsWrite).await;
    let (session, _) = world.session(EntryKind::OAuth).await;
    let mut watch = backend.watch(&world, &session.to_string()).await.unwrap();
    assert_eq!(next(&mut watch).await.unwrap().state(), SessionState::Open);
    let cancel = backend.with_key(CancelConnectSessionRequest { session_id: session.to_string() });
    world.sessions().cancel_connect_session(cancel).await.unwrap();
    assert_eq!(next(&mut watch).await.unwrap().state(), SessionState::Cancelled);
    assert_eq!(next(&mut watch).await, None);

    let short = |end_user: &str| CreateSession {
        environment: dev(),
        end_user: end_user.parse().unwrap(),
        integrations: vec![EntryKind::OAuth.id().parse().unwrap()],
        reconnect: None,
        manages: false,
        lifetime: Duration::from_secs(3),
        outline: latchkey_domain::session::Outline::default(),
    };
    let left = world.vault.create_session(short("ana")).await.unwrap();
    let mut watch = backend.watch(&world, &left.session.to_string()).await.unwrap();
    assert_eq!(next(&mut watch).await.unwrap().state(), SessionState::Open);
    assert_eq!(next(&mut watch).await.unwrap().state(), SessionState::Expired);
    assert_eq!(next(&mut watch).await, None);

    // One whose end user is at the provider is not over with its time: it may lead to a connection still.
    let begun = world.vault.create_session(short("ben")).await.unwrap();
    let mut watch = backend.watch(&world, &begun.session.to_string()).await.unwrap();
    let browser = world.browser();
    browser.post("/connect/open").form(&[("token", secret_to_pb(&begun.token))]).send().await.unwrap();
    let back = browser.decided(begun.session, "allow").await;
    let expired = until(&mut watch, |told| told.state() == SessionState::Expired).await;
    assert!(expired.under_way, "{expired:?}");
    let page = browser.get(back.strip_prefix(&world.url).unwrap()).send().await.unwrap();
    let came = world.described(begun.session).await.connection;
    assert!(came.is_some(), "{}: {}", page.status(), page.text().await.unwrap());
    assert_eq!(
        until(&mut watch, |told| told.state() == SessionState::Completed).await.connection_id,
        came.unwrap().to_string()
    );
    assert_eq!(next(&mut watch).await, None);
}

#[tokio::test]
async fn a_session_is_watched_by_its_environments_backends_alone() {
    let world = world().await;
    let backend = Backend::of(&world, "dev", Scope::SessionsWrite).await;
    let (session, _) = world.session(EntryKind::OAuth).await;
    let never = SessionId::from_parts(1, 1).to_string();
    let elsewhere = Backend::of(&world, "prod", Scope::SessionsWrite).await;
    let reader = Backend::of(&world, "dev", Scope::ConnectionsRead).await;
    for (backend, id, reason) in [
        (&elsewhere, session.to_string(), Reason::SessionUnknown),
        (&backend, never, Reason::SessionUnknown),
        (&backend, "x".repeat(300), Reason::FieldInvalid),
        (&reader, session.to_string(), Reason::ScopeNotGranted),
    ] {
        let refused = backend.watch(&world, &id).await.unwrap_err();
        assert_eq!(Fault::from(refused).reason, reason, "{id}");
    }
}
