use crate::world::{World, demo, dev};
use latchkey_domain::api_key::Scope;
use latchkey_domain::{ApiKeyId, ConnectionId};
use latchkey_vault::vault::Switch;
use latchkey_wire::contract::IssueKey;
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::pb::connection::connection_service_client::ConnectionServiceClient;
use latchkey_wire::pb::connection::{ConnectionState, WatchConnectionsRequest, WatchConnectionsResponse};
use latchkey_wire::pb::events::WatchEventsRequest;
use latchkey_wire::pb::events::event_service_client::EventServiceClient;
use latchkey_wire::{Fault, Reason, Route};
use std::time::Duration;
use tokio::time::timeout;
use tonic::{Request, Status, Streaming};

type Watch = Streaming<WatchConnectionsResponse>;

/// More than a watcher that does not read is sent ahead of itself, and more than is listed at a time.
const MANY: usize = 130;

async fn watch(world: &World, environment: &str, asked: WatchConnectionsRequest) -> Result<Watch, Status> {
    let issue = IssueKey {
        environment: environment.parse().unwrap(),
        name: "watcher".into(),
        scopes: vec![Scope::ConnectionsRead],
        expires_at: None,
    };
    let issued = world.vault.issue_key(issue).await.unwrap();
    let mut request = Request::new(asked);
    let bearer = format!("Bearer {}", secret_to_pb(&issued.secret));
    request.metadata_mut().insert("authorization", bearer.parse().unwrap());
    let mut connections = ConnectionServiceClient::new(Route::local(world.service.public()));
    Ok(connections.watch_connections(request).await?.into_inner())
}

fn from(resume_token: &str) -> WatchConnectionsRequest {
    WatchConnectionsRequest { resume_token: resume_token.into(), ..WatchConnectionsRequest::default() }
}

/// The next that is no heartbeat.
async fn next(watch: &mut Watch) -> WatchConnectionsResponse {
    loop {
        let told = timeout(Duration::from_secs(5), watch.message()).await.unwrap().unwrap().unwrap();
        if told.connection.is_some() || told.snapshot_done {
            return told;
        }
    }
}

/// The connections of the rest of the list, and the token behind it.
async fn rest_of_list(watch: &mut Watch) -> (Vec<String>, String) {
    let mut ids = vec![];
    loop {
        let told = next(watch).await;
        match told.connection {
            Some(connection) => ids.push(connection.id),
            None => return (ids, told.resume_token),
        }
    }
}

async fn changed(watch: &mut Watch) -> (String, ConnectionState, String) {
    let told = next(watch).await;
    let connection = told.connection.unwrap();
    (connection.id.clone(), connection.state(), told.resume_token)
}

async fn switch(world: &World, connection: ConnectionId, to: Switch) {
    world.vault.switch_connection(&dev(), connection, to, ApiKeyId::from_parts(1, 1)).await.unwrap();
}

#[tokio::test]
async fn connections_are_told_as_they_are_and_then_as_they_change_also_what_changed_meanwhile() {
    let world = World::new().await;
    let mut all = vec![];
    for _ in 0..MANY {
        all.push(world.connected().await);
    }
    all.sort_by_key(ToString::to_string);
    let mut told = watch(&world, "dev", from("")).await.unwrap();
    let first = next(&mut told).await;
    assert_eq!(first.connection.unwrap().id, all[0].to_string());
    // It is listed already, and the list goes on.
    switch(&world, all[0], Switch::Off).await;
    let mut token = String::new();
    for _ in 1..10 {
        token = next(&mut told).await.resume_token;
    }
    let (rest, behind) = rest_of_list(&mut told).await;
    let ids = |which: &[ConnectionId]| which.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(rest, ids(&all[10..]));
    let (id, state, _) = changed(&mut told).await;
    assert_eq!((id, state), (all[0].to_string(), ConnectionState::Disabled), "what changed meanwhile");
    switch(&world, all[1], Switch::Off).await;
    let (id, state, after) = changed(&mut told).await;
    assert_eq!((id, state), (all[1].to_string(), ConnectionState::Disabled));
    drop(told);

    // Whoever was cut off in the middle of the list goes on there, and misses nothing.
    let mut again = watch(&world, "dev", from(&token)).await.unwrap();
    assert_eq!(rest_of_list(&mut again).await.0, ids(&all[10..]));
    assert_eq!(changed(&mut again).await.0, all[0].to_string());
    // And behind it, with what came after.
    let mut again = watch(&world, "dev", from(&behind)).await.unwrap();
    assert_eq!(
        (changed(&mut again).await.0, changed(&mut again).await.0),
        (all[0].to_string(), all[1].to_string())
    );
    let mut again = watch(&world, "dev", from(&after)).await.unwrap();
    let made = world.connected().await;
    assert_eq!(changed(&mut again).await.0, made.to_string());
}

#[tokio::test]
async fn a_watcher_is_told_its_own_environments_connections_and_those_it_asked_for() {
    let world = World::new().await;
    let mut elsewhere = watch(&world, "prod", from("")).await.unwrap();
    let asked = |integration: &str| WatchConnectionsRequest { integration: integration.into(), ..from("") };
    let mut of_another = watch(&world, "dev", asked("another")).await.unwrap();
    let mut mine = watch(&world, "dev", asked(demo().as_str())).await.unwrap();
    for watch in [&mut elsewhere, &mut of_another, &mut mine] {
        assert!(next(watch).await.snapshot_done);
    }
    let connection = world.connected().await;
    assert_eq!(changed(&mut mine).await.0, connection.to_string());
    for watch in [&mut elsewhere, &mut of_another] {
        let quiet = timeout(Duration::from_millis(700), next(watch)).await;
        assert!(quiet.is_err(), "{quiet:?}");
    }

    for (refused, reason) in [
        (from("0-0/con_1"), Reason::ResumeTokenInvalid),
        (from(&"9".repeat(100)), Reason::ResumeTokenInvalid),
        (asked(&"x".repeat(300)), Reason::FieldInvalid),
    ] {
        let fault = Fault::from(watch(&world, "dev", refused.clone()).await.unwrap_err());
        assert_eq!(fault.reason, reason, "{refused:?}");
    }
}

#[tokio::test]
async fn a_watcher_hears_what_happens_and_nothing_more_once_its_key_is_revoked() {
    let world = World::new().await;
    let issue = IssueKey {
        environment: dev(),
        name: "watcher".into(),
        scopes: vec![Scope::ConnectionsRead],
        expires_at: None,
    };
    let issued = world.vault.issue_key(issue).await.unwrap();
    let mut request = Request::new(WatchEventsRequest::default());
    let bearer = format!("Bearer {}", secret_to_pb(&issued.secret));
    request.metadata_mut().insert("authorization", bearer.parse().unwrap());
    let mut client = EventServiceClient::new(Route::local(world.service.public()));
    let mut events = client.watch_events(request).await.unwrap().into_inner();
    assert!(events.message().await.unwrap().unwrap().event.is_none(), "first where it stands");

    let connection = world.connected().await;
    let event = events.message().await.unwrap().unwrap().event.unwrap();
    assert_eq!(event.connection_id, connection.to_string());

    world.vault.revoke_key(&dev(), issued.key.id).await.unwrap();
    let ended = async {
        loop {
            if let Err(status) = events.message().await {
                return Fault::from(status);
            }
        }
    };
    // What a key may do is remembered for five seconds, and looked at every five.
    let fault = timeout(Duration::from_secs(15), ended).await.unwrap();
    assert_eq!(fault.reason, Reason::ApiKeyInvalid);
}
