//! What happens is told over HTTP, signed as the libraries that receivers use check it, and again until it was taken.

mod checked;

use checked::{checked, is_refused, public_key_fits};
use latchkey_testkit::pb::admin::{
    CreateWebhookEndpointRequest, Delivery, DeliveryState, GetDeliveryRequest, GetWebhookEndpointRequest,
    RedeliverWebhooksRequest, RotateWebhookSecretRequest, SendTestWebhookRequest,
    UpdateWebhookEndpointRequest, WebhookEndpoint, WebhookEndpointState, WebhookFormat,
};
use latchkey_testkit::pb::events::{ListEventsRequest, ReplayEventsRequest};
use latchkey_testkit::{Answer, Received, Receiver, World, demo::Selection};
use std::time::{Duration, Instant, SystemTime};

const PATIENCE: Duration = Duration::from_secs(60);

/// An endpoint at a receiver, and its secret, which must be found nowhere.
async fn endpoint(world: &mut World, receiver: &Receiver, event_types: &[&str]) -> (WebhookEndpoint, String) {
    let request = CreateWebhookEndpointRequest {
        url: receiver.url(),
        event_types: event_types.iter().map(ToString::to_string).collect(),
        ed25519: true,
        ..CreateWebhookEndpointRequest::default()
    };
    let made = world.backend().webhooks().create_webhook_endpoint(request).await.unwrap().into_inner();
    keep(world, &made.secret);
    (made.endpoint.unwrap(), made.secret)
}

fn keep(world: &mut World, secret: &str) {
    world.also_secret(secret.trim_start_matches("whsec_"), "a webhook secret");
}

async fn delivery(world: &World, endpoint: &WebhookEndpoint, event: &str) -> Delivery {
    let request = GetDeliveryRequest { endpoint_id: endpoint.id.clone(), event_id: event.to_owned() };
    world.backend().webhooks().get_delivery(request).await.unwrap().into_inner().delivery.unwrap()
}

async fn wait_for(
    world: &World,
    endpoint: &WebhookEndpoint,
    event: &str,
    wanted: impl Fn(&Delivery) -> bool,
) -> Delivery {
    let begun = Instant::now();
    loop {
        let is = delivery(world, endpoint, event).await;
        if wanted(&is) {
            return is;
        }
        assert!(begun.elapsed() < PATIENCE, "it stays as it is: {is:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn test(world: &World, endpoint: &WebhookEndpoint) -> String {
    let request = SendTestWebhookRequest { endpoint_id: endpoint.id.clone() };
    let sent = world.backend().webhooks().send_test_webhook(request).await.unwrap();
    sent.into_inner().delivery.unwrap().event_id
}

async fn state(world: &World, endpoint: &WebhookEndpoint) -> WebhookEndpointState {
    let request = GetWebhookEndpointRequest { endpoint_id: endpoint.id.clone() };
    let found = world.backend().webhooks().get_webhook_endpoint(request).await.unwrap();
    found.into_inner().endpoint.unwrap().state()
}

/// The first of these types, once it is there.
async fn arrived(receiver: &Receiver, event_type: &str) -> Received {
    let is = |it: &Received| it.json()["type"] == event_type;
    let received = receiver.wait_for(|all| all.iter().any(is)).await;
    received.into_iter().find(is).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_arrives_signed_and_again_until_it_is_taken() {
    let mut world = World::start().await;
    let receiver = Receiver::start().await;
    let (endpoint, secret) = endpoint(&mut world, &receiver, &["connection.*"]).await;

    receiver.answers(Answer::Status(500));
    let connection = world.connect("demo-oauth", "ana").await;
    receiver.wait_for(|all| all.len() >= 3).await;
    receiver.answers(Answer::Status(204));
    let all = receiver.wait_for(|all| all.iter().any(|it| it.answer == Answer::Status(204))).await;
    let (first, taken) = (&all[0], all.last().unwrap());
    assert!(
        all.iter().all(|it| it.header("webhook-id") == first.header("webhook-id") && it.body == first.body)
    );
    assert!(taken.header("user-agent").starts_with("latchkey/"));
    assert_eq!(taken.header("content-type"), "application/json");
    let body = taken.json();
    assert_eq!(
        (&body["type"], &body["data"]["connection"]["id"]),
        (&"connection.created".into(), &connection.as_str().into())
    );
    checked(&secret, taken).await;
    assert!(public_key_fits(&endpoint.public_key, taken));
    let other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert!(is_refused(other, taken).await, "another secret is noticed");

    let event = taken.header("webhook-id").to_owned();
    let log = wait_for(&world, &endpoint, &event, |it| it.state() == DeliveryState::Delivered).await;
    let statuses: Vec<u32> = log.attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(statuses.split_last(), Some((&204, &vec![500; all.len() - 1][..])), "{log:?}");
    assert!(log.attempts.iter().all(|attempt| attempt.latency.is_some()));

    // The same news as everywhere else, under the same id.
    let mut watch = world.backend().watch("0-0").await.unwrap();
    assert_eq!(watch.next().await.id, event);
    drop(watch);

    world.provider().revoke(&Selection::All);
    world.backend().new_token(&connection).await.unwrap_err();
    let failed = arrived(&receiver, "connection.failed").await;
    checked(&secret, &failed).await;
    assert_eq!(failed.json()["data"]["failure"]["owner"], "END_USER");

    // Whoever comes later is told the same on demand, under the same ids, and once.
    let late = Receiver::start().await;
    let (endpoint, secret) = self::endpoint(&mut world, &late, &[]).await;
    let mut events = world.backend().events();
    let an_hour_ago = SystemTime::now() - Duration::from_secs(3600);
    let replay = ReplayEventsRequest {
        endpoint_id: endpoint.id.clone(),
        start_time: Some(an_hour_ago.into()),
        event_types: vec!["connection.created".into(), "connection.failed".into()],
        ..ReplayEventsRequest::default()
    };
    assert_eq!(events.replay_events(replay.clone()).await.unwrap().into_inner().count, 2);
    let told = late.wait_for(|all| all.len() >= 2).await;
    assert!(told.iter().any(|it| it.header("webhook-id") == event));
    for message in &told {
        checked(&secret, message).await;
    }
    let again = events.replay_events(replay).await.unwrap().into_inner();
    assert_eq!((again.count, again.skipped), (0, 2));
    assert_eq!(late.received().len(), 2);

    let list = ListEventsRequest { event_types: vec!["connection.*".into()], ..ListEventsRequest::default() };
    let listed = events.list_events(list).await.unwrap().into_inner();
    assert_eq!(listed.events[0].id, event);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_followed_elsewhere_and_who_is_gone_is_left_alone_until_its_owner_mends_it() {
    let mut world = World::start().await;
    let receiver = Receiver::start().await;
    let watching = Receiver::start().await;
    let (endpoint, _) = endpoint(&mut world, &receiver, &[]).await;
    self::endpoint(&mut world, &watching, &["webhook_endpoint.disabled"]).await;

    receiver.answers(Answer::Elsewhere);
    let event = test(&world, &endpoint).await;
    let log = wait_for(&world, &endpoint, &event, |it| !it.attempts.is_empty()).await;
    assert_eq!((log.attempts[0].status, log.attempts[0].failure.as_str()), (302, "REDIRECTED"));
    assert!(receiver.received().iter().all(|it| it.path == "/hooks"), "nobody was followed");

    receiver.answers(Answer::Status(410));
    let log = wait_for(&world, &endpoint, &event, |it| it.state() == DeliveryState::Failed).await;
    assert_eq!(log.ending, "GIVEN_UP");
    assert_eq!(state(&world, &endpoint).await, WebhookEndpointState::Disabled);
    let told = arrived(&watching, "webhook_endpoint.disabled").await;
    assert_eq!(told.json()["data"]["webhook_endpoint"]["id"], endpoint.id);
    assert_eq!(told.json()["data"]["cause"], "GONE");

    // What happens meanwhile is kept, and told when it is asked for.
    receiver.answers(Answer::Status(204));
    let connection = world.connect("demo-oauth", "ana").await;
    let mut watch = world.backend().watch("0-0").await.unwrap();
    let missed = loop {
        let event = watch.next().await;
        if event.connection_id == connection {
            break event.id;
        }
    };
    drop(watch);
    let begun = Instant::now();
    let mut webhooks = world.backend().webhooks();
    loop {
        let request = GetDeliveryRequest { endpoint_id: endpoint.id.clone(), event_id: missed.clone() };
        match webhooks.get_delivery(request).await {
            Ok(found) => break assert_eq!(found.into_inner().delivery.unwrap().ending, "ENDPOINT_DISABLED"),
            Err(_) => assert!(begun.elapsed() < PATIENCE, "it was not kept"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let enable = UpdateWebhookEndpointRequest {
        endpoint_id: endpoint.id.clone(),
        enabled: Some(true),
        ..UpdateWebhookEndpointRequest::default()
    };
    webhooks.update_webhook_endpoint(enable).await.unwrap();
    let again = RedeliverWebhooksRequest { endpoint_id: endpoint.id.clone(), event_ids: vec![] };
    assert_eq!(webhooks.redeliver_webhooks(again).await.unwrap().into_inner().count, 2);
    for event in [&event, &missed] {
        wait_for(&world, &endpoint, event, |it| it.state() == DeliveryState::Delivered).await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn during_a_rotation_either_secret_will_do_and_afterwards_only_the_new_one() {
    let mut world = World::start().await;
    let receiver = Receiver::start().await;
    let (endpoint, old) = endpoint(&mut world, &receiver, &[]).await;
    let rotate = |keep_seconds: i64| RotateWebhookSecretRequest {
        endpoint_id: endpoint.id.clone(),
        keep_previous: Some(prost_types::Duration { seconds: keep_seconds, nanos: 0 }),
    };
    let mut webhooks = world.backend().webhooks();
    let rotated = webhooks.rotate_webhook_secret(rotate(3600)).await.unwrap().into_inner();
    keep(&mut world, &rotated.secret);
    test(&world, &endpoint).await;
    let both = arrived(&receiver, "test.ping").await;
    checked(&old, &both).await;
    checked(&rotated.secret, &both).await;
    assert!(public_key_fits(&endpoint.public_key, &both));
    assert!(public_key_fits(&rotated.endpoint.unwrap().public_key, &both));

    let last = webhooks.rotate_webhook_secret(rotate(0)).await.unwrap().into_inner();
    keep(&mut world, &last.secret);
    let event = test(&world, &endpoint).await;
    let all = receiver.wait_for(|all| all.iter().any(|it| it.header("webhook-id") == event)).await;
    let newest = all.iter().find(|it| it.header("webhook-id") == event).unwrap();
    checked(&last.secret, newest).await;
    assert!(is_refused(&rotated.secret, newest).await && is_refused(&old, newest).await);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_under_way_when_everything_stopped_arrives_again() {
    let mut world = World::start().await;
    let receiver = Receiver::start().await;
    let (_, secret) = endpoint(&mut world, &receiver, &["connection.created"]).await;
    receiver.answers(Answer::Silence);
    world.connect("demo-oauth", "ana").await;
    let taken = receiver.wait_for(|all| !all.is_empty()).await;
    world.crash().await;
    receiver.answers(Answer::Status(204));
    let again = receiver.wait_for(|all| all.iter().any(|it| it.answer == Answer::Status(204))).await;
    let last = again.last().unwrap();
    assert_eq!((last.header("webhook-id"), &last.body), (taken[0].header("webhook-id"), &taken[0].body));
    checked(&secret, last).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_of_the_compatible_format_is_told_in_its_own_words_over_rest_as_over_grpc() {
    let mut world = World::start().await;
    let receiver = Receiver::start().await;
    let asked = serde_json::json!({"url": receiver.url(), "format": WebhookFormat::Compat.as_str_name()});
    let made = world.rest("POST", "/v1/webhook-endpoints").json(&asked).send().await.unwrap();
    assert_eq!(made.status(), 200);
    let made: serde_json::Value = made.json().await.unwrap();
    let secret = made["secret"].as_str().unwrap().to_owned();
    keep(&mut world, &secret);
    let connection = world.connect("demo-oauth", "ana").await;
    let received = receiver.wait_for(|all| !all.is_empty()).await;
    let body = received[0].json();
    assert_eq!(
        (&body["type"], &body["operation"], &body["success"]),
        (&"auth".into(), &"creation".into(), &true.into())
    );
    assert_eq!(body["connectionId"], connection.as_str());
    assert_eq!(
        received[0].header("x-nango-hmac-sha256"),
        latchkey_signing::webhook::body_digest(&secret, &received[0].body)
    );
    checked(&secret, &received[0]).await;

    let id = made["endpoint"]["id"].as_str().unwrap();
    let path = format!("/v1/webhook-endpoints/{id}/deliveries?state=DELIVERY_STATE_DELIVERED");
    let begun = Instant::now();
    loop {
        let listed: serde_json::Value = world.rest("GET", &path).send().await.unwrap().json().await.unwrap();
        if listed["deliveries"][0]["attempts"][0]["status"] == 204 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{listed}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let rename = serde_json::json!({"description": "ops", "enabled": false});
    let path = format!("/v1/webhook-endpoints/{id}");
    let paused: serde_json::Value =
        world.rest("PATCH", &path).json(&rename).send().await.unwrap().json().await.unwrap();
    assert_eq!(paused["endpoint"]["state"], WebhookEndpointState::Paused.as_str_name());
    assert_eq!(
        (&paused["endpoint"]["description"], &paused["endpoint"]["url"]),
        (&"ops".into(), &receiver.url().into())
    );
    world.finish().await;
}
