//! What happened is looked up later, and told whoever was not there.

use crate::webhooks::{all, claim, complete, create, endpoint};
use crate::world::{World, dev};
use latchkey_chassis::Clock as _;
use latchkey_domain::ConnectionId;
use latchkey_domain::api_key::Scope;
use latchkey_domain::connection::About;
use latchkey_domain::webhook_delivery::AttemptFailure;
use latchkey_domain::webhook_endpoint::{Format, Live};
use latchkey_store::{Append, Card, KeyChange, NewEvent, Snapshot, Stream, Version};
use latchkey_vault::vault::{ChangeEndpoint, Switch};
use latchkey_wire::contract::IssueKey;
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::pb::events::event_service_client::EventServiceClient;
use latchkey_wire::pb::events::{
    ListEventsRequest, ListEventsResponse, ReplayEventsRequest, ReplayEventsResponse, WatchEventsRequest,
};
use latchkey_wire::{Fault, Reason, Route};
use prost_types::Timestamp;
use std::time::Duration;
use tonic::Request;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A backend of the environment whose key has these scopes.
struct Caller {
    events: EventServiceClient<Route>,
    bearer: String,
}

impl Caller {
    async fn of(world: &World, environment: &str, scopes: &[Scope]) -> Self {
        let issue = IssueKey {
            environment: environment.parse().unwrap(),
            name: "backend".into(),
            scopes: scopes.to_vec(),
            expires_at: None,
        };
        let issued = world.vault.issue_key(issue).await.unwrap();
        let bearer = format!("Bearer {}", secret_to_pb(&issued.secret));
        Self { events: EventServiceClient::new(Route::local(world.service.public())), bearer }
    }

    async fn new(world: &World) -> Self {
        Self::of(world, "dev", &[Scope::ConnectionsRead, Scope::WebhooksAdmin]).await
    }

    fn with_key<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.bearer.parse().unwrap());
        request
    }

    async fn list(&self, asked: ListEventsRequest) -> Result<ListEventsResponse, Fault> {
        Ok(self.events.clone().list_events(self.with_key(asked)).await?.into_inner())
    }

    async fn replay(&self, asked: ReplayEventsRequest) -> Result<ReplayEventsResponse, Fault> {
        Ok(self.events.clone().replay_events(self.with_key(asked)).await?.into_inner())
    }
}

fn at(world: &World) -> Option<Timestamp> {
    let millis = world.clock.now();
    Some(Timestamp { seconds: millis / 1000, nanos: i32::try_from(millis % 1000).unwrap() * 1_000_000 })
}

fn types(listed: &ListEventsResponse) -> Vec<&str> {
    let named = listed.events.iter().map(|event| event.r#type.trim_start_matches("dev.latchkey."));
    named.map(|name| name.trim_end_matches(".v1")).collect()
}

fn since(live: &Live, start_time: Option<Timestamp>) -> ReplayEventsRequest {
    ReplayEventsRequest { endpoint_id: live.id.to_string(), start_time, ..ReplayEventsRequest::default() }
}

fn told(done: &ReplayEventsResponse) -> (u32, u32, &str) {
    (done.count, done.skipped, &done.next_page_token)
}

async fn switch(world: &World, connection: ConnectionId, to: Switch) {
    let key = latchkey_domain::ApiKeyId::from_parts(1, 1);
    world.vault.switch_connection(&dev(), connection, to, key).await.unwrap();
}

/// So many recorded events that are no news, an hour apart from what is.
async fn noise(world: &World, count: u64) {
    let event = |number: u64| NewEvent {
        id: uuid::Uuid::from_u128(u128::from(number)),
        kind: "noise.made".into(),
        schema: 1,
        at: world.clock.now(),
        payload: serde_json::json!({}),
        trace: None,
    };
    let append = Append {
        stream: Stream::new("noise", "1"),
        expected: Version(0),
        events: (1..=count).map(event).collect(),
        snapshot: Snapshot { format: 1, state: "{}".into() },
        card: Card { environment: "dev".into(), ..Card::default() },
        key: KeyChange::Keep,
        tags: None,
        releases: None,
        status_was: None,
    };
    world.store.append(append).await.unwrap();
}

#[tokio::test]
async fn what_happened_is_listed_by_time_type_and_connection_as_a_watcher_was_told_it() {
    let world = World::new().await;
    let caller = Caller::new(&world).await;
    let ana = world.connected().await;
    world.clock.advance(DAY);
    let then = at(&world);
    let ben = world.connected().await;
    switch(&world, ana, Switch::Off).await;
    world.clock.advance(DAY);
    let later = at(&world);
    switch(&world, ana, Switch::On).await;

    let everything = caller.list(ListEventsRequest::default()).await.unwrap();
    let happened = ["connection.created", "connection.created", "connection.disabled", "connection.enabled"];
    assert_eq!((types(&everything), &*everything.next_page_token), (happened.to_vec(), ""));
    let mut watching = WatchEventsRequest { resume_token: "0-0".into(), ..WatchEventsRequest::default() };
    let mut watch =
        caller.events.clone().watch_events(caller.with_key(watching.clone())).await.unwrap().into_inner();
    for event in &everything.events {
        let watched = loop {
            if let Some(event) = watch.message().await.unwrap().unwrap().event {
                break event;
            }
        };
        assert_eq!(watched, *event);
    }

    let list = async |asked: ListEventsRequest| caller.list(asked).await.unwrap();
    let asked = ListEventsRequest { start_time: then, end_time: later, ..ListEventsRequest::default() };
    assert_eq!(types(&list(asked).await), happened[1..3], "its beginning is included, its end is not");
    let asked = ListEventsRequest { connection_id: ben.to_string(), ..ListEventsRequest::default() };
    assert_eq!(list(asked).await.events, everything.events[1..2]);
    for (wanted, which) in [("connection.disabled", 2..3), ("connection.*", 0..4), ("session.*", 0..0)] {
        let asked = ListEventsRequest { event_types: vec![wanted.into()], ..ListEventsRequest::default() };
        assert_eq!(list(asked).await.events, everything.events[which], "{wanted}");
    }

    // What comes after a list is watched from where it ended.
    switch(&world, ben, Switch::Off).await;
    watching.resume_token = everything.resume_token;
    let mut watch = caller.events.clone().watch_events(caller.with_key(watching)).await.unwrap().into_inner();
    assert!(watch.message().await.unwrap().unwrap().event.is_none());
    assert_eq!(watch.message().await.unwrap().unwrap().event.unwrap().connection_id, ben.to_string());

    let elsewhere = Caller::of(&world, "prod", &[Scope::ConnectionsRead]).await;
    assert_eq!(elsewhere.list(ListEventsRequest::default()).await.unwrap().events, []);
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_and_what_was_recorded_as_one_stays_together() {
    let world = World::new().await;
    let caller = Caller::new(&world).await;
    let connection = world.connected().await;
    let due = {
        world.clock.advance(HOUR);
        world.claim_one().await
    };
    let refused = latchkey_wire::contract::RefreshOutcome::Failed {
        failure: crate::world::invalid_grant(),
        retry_after: None,
    };
    world.complete(&due, refused).await.unwrap();
    // Mended: reauthorized and recovered, in one append.
    let authorization = world.claimed(Some(connection)).await;
    world.vault.establish(authorization, world.obtained()).await.unwrap();
    let whole = caller.list(ListEventsRequest::default()).await.unwrap();
    assert_eq!(types(&whole)[2..], ["connection.reauthorized", "connection.recovered"]);

    let mut asked = ListEventsRequest { page_size: 1, ..ListEventsRequest::default() };
    let (mut sizes, mut paged) = (vec![], vec![]);
    loop {
        let page = caller.list(asked.clone()).await.unwrap();
        sizes.push(page.events.len());
        paged.extend(page.events);
        if page.next_page_token.is_empty() {
            break;
        }
        asked.page_token = page.next_page_token;
    }
    assert_eq!((paged, &sizes[..3]), (whole.events, &[1, 1, 2][..]));
}

#[tokio::test]
async fn one_call_looks_at_so_much_and_a_time_is_found_however_much_was_before() {
    let world = World::new().await;
    let caller = Caller::new(&world).await;
    world.connected().await;
    world.clock.advance(2 * DAY);
    noise(&world, 2_100).await;
    world.clock.advance(2 * DAY);
    let then = at(&world);
    world.connected().await;

    let first = caller.list(ListEventsRequest::default()).await.unwrap();
    assert_eq!(first.events.len(), 1, "it has not come to the end");
    assert!(!first.next_page_token.is_empty());
    let rest = ListEventsRequest { page_token: first.next_page_token, ..ListEventsRequest::default() };
    let rest = caller.list(rest).await.unwrap();
    assert_eq!((rest.events.len(), &*rest.next_page_token), (1, ""));

    let asked = ListEventsRequest { start_time: then, ..ListEventsRequest::default() };
    let found = caller.list(asked).await.unwrap();
    assert_eq!((found.events, &*found.next_page_token), (rest.events, ""), "in one call, past all of it");
    // Nothing after an end is looked at, either.
    let asked = ListEventsRequest { end_time: then, page_size: 1, ..ListEventsRequest::default() };
    let ended = caller.list(ListEventsRequest { end_time: first.events[0].time, ..asked }).await.unwrap();
    assert_eq!((ended.events.len(), &*ended.next_page_token), (0, ""));
}

#[tokio::test]
async fn a_new_endpoint_is_told_what_was_before_it_once_and_again_on_demand() {
    let world = World::new().await;
    let caller = Caller::new(&world).await;
    let start = at(&world);
    let connection = world.connected().await;
    world.clock.advance(HOUR);
    switch(&world, connection, Switch::Off).await;
    let (live, _) = endpoint(&world).await;
    assert_eq!(claim(&world.vault).await.len(), 0, "that was before it");

    let everything = since(&live, start);
    assert_eq!(told(&caller.replay(everything.clone()).await.unwrap()), (2, 0, ""));
    assert_eq!(told(&caller.replay(everything.clone()).await.unwrap()), (0, 2, ""), "they are on their way");
    let due = claim(&world.vault).await;
    let listed = caller.list(ListEventsRequest::default()).await.unwrap();
    let ids = |events: Vec<String>| events.into_iter().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(
        ids(due.iter().map(|due| due.event.to_string()).collect()),
        ids(listed.events.into_iter().map(|event| event.id).collect())
    );
    complete(&world, &due[0], None).await;
    complete(&world, &due[1], Some(AttemptFailure::Gone)).await;
    let change = ChangeEndpoint { enabled: Some(true), ..ChangeEndpoint::default() };
    world.vault.change_webhook_endpoint(&dev(), live.id, change).await.unwrap();
    assert_eq!(told(&caller.replay(everything.clone()).await.unwrap()), (1, 1, ""), "what was not taken");
    complete(&world, &claim(&world.vault).await[0], None).await;
    assert_eq!(told(&caller.replay(everything.clone()).await.unwrap()), (0, 2, ""));
    let again = ReplayEventsRequest { again: true, ..everything };
    assert_eq!(told(&caller.replay(again).await.unwrap()), (2, 0, ""));
    assert_eq!(claim(&world.vault).await.len(), 2);
    assert_eq!(all(&world, &live).await.len(), 2, "each is one delivery all the same");
}

#[tokio::test]
async fn an_endpoint_is_told_what_it_wants_unless_other_types_are_named() {
    let world = World::new().await;
    let caller = Caller::new(&world).await;
    let start = at(&world);
    let connection = world.connected().await;
    switch(&world, connection, Switch::Off).await;
    let (live, _) =
        world.vault.create_webhook_endpoint(create(&["connection.created"], Format::Standard)).await.unwrap();
    assert_eq!(told(&caller.replay(since(&live, start)).await.unwrap()), (1, 0, ""));
    let named = ReplayEventsRequest { event_types: vec!["connection.dis*".into()], ..since(&live, start) };
    assert_eq!(caller.replay(named).await.unwrap_err().metadata["field"], "event_types");
    let named =
        ReplayEventsRequest { event_types: vec!["connection.disabled".into()], ..since(&live, start) };
    assert_eq!(told(&caller.replay(named).await.unwrap()), (1, 0, ""));

    // The compatible format has no word for some news, and goes to the connection's own address where there is one.
    let about = About { webhook_url: "https://tenant.example.com/hooks".into(), ..About::default() };
    world.connected_about(about).await;
    world.clock.advance(Duration::from_secs(1));
    let (compat, _) = world.vault.create_webhook_endpoint(create(&[], Format::Compat)).await.unwrap();
    assert_eq!(told(&caller.replay(since(&compat, start)).await.unwrap()), (2, 0, ""));
    let own: Vec<bool> =
        all(&world, &compat).await.iter().map(|it| it.delivery().unwrap().message.own_address).collect();
    assert_eq!(own.iter().filter(|own| **own).count(), 1, "{own:?}");
}

#[tokio::test]
async fn what_cannot_be_told_again_is_refused() {
    let world = World::new().await;
    let caller = Caller::new(&world).await;
    world.connected().await;
    let (live, _) = endpoint(&world).await;
    let start = at(&world);
    let field = |refused: Result<ReplayEventsResponse, Fault>| {
        let fault = refused.unwrap_err();
        (fault.reason, fault.metadata.get("field").cloned().unwrap_or_default())
    };
    let invalid = |name: &str| (Reason::FieldInvalid, name.to_owned());
    assert_eq!(field(caller.replay(since(&live, None)).await), invalid("start_time"));
    let many = vec!["connection.failed".to_owned(); 51];
    let asked = ReplayEventsRequest { event_types: many.clone(), ..since(&live, start) };
    assert_eq!(field(caller.replay(asked).await), invalid("event_types"));
    let asked =
        ReplayEventsRequest { end_time: Some(Timestamp { seconds: 0, nanos: -1 }), ..since(&live, start) };
    assert_eq!(field(caller.replay(asked).await), invalid("end_time"));
    let asked = ReplayEventsRequest { endpoint_id: "whe_1".into(), ..since(&live, start) };
    assert_eq!(field(caller.replay(asked).await), invalid("endpoint_id"));
    let asked = ReplayEventsRequest { page_token: "x".into(), ..since(&live, start) };
    assert_eq!(field(caller.replay(asked).await), (Reason::PageTokenInvalid, "page_token".into()));
    let list = async |asked: ListEventsRequest| {
        let fault = caller.list(asked).await.unwrap_err();
        fault.metadata["field"].clone()
    };
    assert_eq!(
        list(ListEventsRequest { event_types: many, ..ListEventsRequest::default() }).await,
        "event_types"
    );
    let asked = ListEventsRequest { connection_id: "x".repeat(300), ..ListEventsRequest::default() };
    assert_eq!(list(asked).await, "connection_id");
    let asked = ListEventsRequest { page_token: "1-".into(), ..ListEventsRequest::default() };
    assert_eq!(list(asked).await, "page_token");
    let beyond = Some(Timestamp { seconds: i64::MAX, nanos: 0 });
    assert_eq!(
        list(ListEventsRequest { start_time: beyond, ..ListEventsRequest::default() }).await,
        "start_time"
    );

    let reading = Caller::of(&world, "dev", &[Scope::ConnectionsRead, Scope::WebhooksRead]).await;
    assert_eq!(field(reading.replay(since(&live, start)).await).0, Reason::ScopeNotGranted);
    let elsewhere = Caller::of(&world, "prod", &[Scope::WebhooksAdmin]).await;
    assert_eq!(field(elsewhere.replay(since(&live, start)).await).0, Reason::WebhookEndpointUnknown);
    assert_eq!(
        elsewhere.list(ListEventsRequest::default()).await.unwrap_err().reason,
        Reason::ScopeNotGranted
    );

    let change = ChangeEndpoint { enabled: Some(false), ..ChangeEndpoint::default() };
    world.vault.change_webhook_endpoint(&dev(), live.id, change).await.unwrap();
    assert_eq!(field(caller.replay(since(&live, start)).await), invalid("endpoint_id"), "it is paused");
}

#[tokio::test]
async fn what_is_older_than_deliveries_are_known_is_told_no_more() {
    let world = World::new().await;
    let caller = Caller::new(&world).await;
    let (live, _) = endpoint(&world).await;
    world.connected().await;
    let due = claim(&world.vault).await;
    complete(&world, &due[0], None).await;
    let start = at(&world);
    world.clock.advance(29 * DAY);
    assert_eq!(told(&caller.replay(since(&live, start)).await.unwrap()), (0, 1, ""));
    world.clock.advance(DAY + HOUR);
    assert_eq!(claim(&world.vault).await.len(), 0, "the delivery is forgotten with this");
    assert_eq!(all(&world, &live).await.len(), 0);
    assert_eq!(caller.replay(since(&live, start)).await.unwrap_err().metadata["field"], "start_time");
    // Whoever goes on with what was begun in time is told what is not too old.
    let going_on = ReplayEventsRequest { page_token: "0-0".into(), ..since(&live, start) };
    assert_eq!(told(&caller.replay(going_on).await.unwrap()), (0, 0, ""));
}
