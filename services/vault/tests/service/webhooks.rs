//! What happens is told those who want to know it, once for each endpoint, signed, and again until it was taken.

use crate::world::{World, dev, service_of};
use latchkey_domain::connection::{About, Field};
use latchkey_domain::webhook_delivery::{AttemptFailure, Ending, WebhookDelivery};
use latchkey_domain::webhook_endpoint::{DisabledCause, Format, Live, Settings, Standing};
use latchkey_domain::{ApiKeyId, Environment, Timestamp};
use latchkey_secret::SecretText;
use latchkey_signing::webhook::Message;
use latchkey_vault::Error;
use latchkey_vault::vault::{ChangeEndpoint, CreateEndpoint, DescribeConnection, ListDeliveries, Vault};
use latchkey_wire::contract::{ClaimWebhooks, CompleteWebhook, DueWebhook};
use std::time::Duration;

const HOLD: Duration = Duration::from_secs(25);
const DAY: Duration = Duration::from_secs(24 * 3600);

pub fn create(event_types: &[&str], format: Format) -> CreateEndpoint {
    CreateEndpoint {
        environment: dev(),
        settings: Settings {
            url: "https://example.com/hooks".into(),
            event_types: event_types.iter().map(ToString::to_string).collect(),
            description: "ops".into(),
            format,
        },
        enabled: true,
        ed25519: true,
    }
}

pub async fn endpoint(world: &World) -> (Live, SecretText) {
    world.vault.create_webhook_endpoint(create(&[], Format::Standard)).await.unwrap()
}

async fn fan_out(vault: &Vault) {
    while vault.queue_webhooks().await.unwrap() {}
}

pub async fn claim(vault: &Vault) -> Vec<DueWebhook> {
    fan_out(vault).await;
    vault.claim_webhooks(ClaimWebhooks { max: 10, hold: HOLD, except: vec![] }).await.unwrap()
}

pub async fn claim_one(world: &World) -> DueWebhook {
    let mut due = claim(&world.vault).await;
    assert_eq!(due.len(), 1, "exactly one webhook is due: {due:?}");
    due.remove(0)
}

fn outcome(due: &DueWebhook, failure: Option<AttemptFailure>) -> CompleteWebhook {
    CompleteWebhook {
        endpoint: due.endpoint,
        event: due.event.clone(),
        fence: due.fence,
        attempt: due.attempt,
        at: Timestamp(1_800_000_000_000),
        took: Duration::from_millis(7),
        status: Some(if failure.is_some() { 500 } else { 200 }),
        failure,
        retry_after: None,
    }
}

pub async fn complete(world: &World, due: &DueWebhook, failure: Option<AttemptFailure>) {
    world.vault.complete_webhook(outcome(due, failure)).await.unwrap();
}

async fn delivery(world: &World, due: &DueWebhook) -> WebhookDelivery {
    world.vault.webhook_delivery(&dev(), due.endpoint, &due.event).await.unwrap()
}

pub async fn all(world: &World, live: &Live) -> Vec<WebhookDelivery> {
    let list = ListDeliveries { environment: dev(), endpoint: live.id, status: None, after: None, max: 0 };
    world.vault.webhook_deliveries(list).await.unwrap().deliveries
}

async fn standing(world: &World, live: &Live) -> Standing {
    world.vault.webhook_endpoint(&dev(), live.id).await.unwrap().standing
}

pub fn is_signed(due: &DueWebhook, key: &str) -> bool {
    let header = |name: &str| due.headers[name].expose();
    let timestamp = header("webhook-timestamp").parse().unwrap();
    let message = Message { id: header("webhook-id"), timestamp, body: &due.body };
    assert_eq!(message.id, due.event.as_str());
    message.is_signed(header("webhook-signature"), key).unwrap()
}

fn signatures(due: &DueWebhook) -> usize {
    due.headers["webhook-signature"].expose().split(' ').count()
}

#[tokio::test]
async fn news_is_queued_once_for_each_endpoint_that_wants_it_whichever_vaults_do_so() {
    let world = World::new().await;
    world.connected().await;
    let (everything, _) = endpoint(&world).await;
    let (failures, _) =
        world.vault.create_webhook_endpoint(create(&["connection.failed"], Format::Standard)).await.unwrap();
    world.connected().await;
    let other = service_of(&world.parts);
    let (one, two) = tokio::join!(world.vault.queue_webhooks(), other.vault().queue_webhooks());
    one.unwrap();
    two.unwrap();
    fan_out(&world.vault).await;
    assert_eq!(all(&world, &everything).await.len(), 1, "what was before the endpoint is not told there");
    assert_eq!(all(&world, &failures).await.len(), 0);

    let due = claim_one(&world).await;
    let body: serde_json::Value = serde_json::from_slice(&due.body).unwrap();
    assert_eq!(body["type"], "connection.created");
    assert_eq!(body["data"]["connection"]["auth_mode"], "OAUTH2");
    assert_eq!(due.url.expose(), "https://example.com/hooks");
}

#[tokio::test]
async fn a_message_is_signed_with_the_secret_that_was_shown_once_and_with_the_public_key_that_is_shown() {
    let world = World::new().await;
    let (live, secret) = endpoint(&world).await;
    world.connected().await;
    let due = claim_one(&world).await;
    assert!(is_signed(&due, secret.expose()) && is_signed(&due, live.key.public_key.as_deref().unwrap()));
    assert!(secret.expose().starts_with("whsec_"));
    let file = std::fs::read(world.database_file()).unwrap();
    let needle = secret.expose().trim_start_matches("whsec_").as_bytes();
    assert!(!file.windows(needle.len()).any(|window| window == needle), "the secret is in the database");
}

#[tokio::test]
async fn two_claimers_never_make_one_attempt_and_one_that_was_stopped_is_replaced() {
    let world = World::new().await;
    let (live, _) = endpoint(&world).await;
    for _ in 0..6 {
        world.connected().await;
    }
    fan_out(&world.vault).await;
    let other = service_of(&world.parts);
    let ask = |vault: Vault| async move {
        vault.claim_webhooks(ClaimWebhooks { max: 3, hold: HOLD, except: vec![] }).await.unwrap()
    };
    let (one, two) = tokio::join!(ask(world.vault.clone()), ask(other.vault().clone()));
    let mut events: Vec<_> = one.iter().chain(&two).map(|due| due.event.clone()).collect();
    events.sort();
    events.dedup();
    assert_eq!(events.len(), one.len() + two.len());
    assert!(claim(&world.vault).await.len() + events.len() == 6 && claim(&world.vault).await.is_empty());

    // The first was stopped before it told; its attempt is made again, under the same id and a later fence.
    for due in &two {
        complete(&world, due, None).await;
    }
    world.clock.advance(HOLD + Duration::from_secs(1));
    let again = claim(&world.vault).await;
    let repeated = again.iter().find(|due| due.event == one[0].event).unwrap();
    assert!(repeated.attempt == one[0].attempt && repeated.fence > one[0].fence);
    complete(&world, repeated, Some(AttemptFailure::Status)).await;
    complete(&world, &one[0], Some(AttemptFailure::Status)).await;
    let told = delivery(&world, repeated).await;
    assert_eq!(told.delivery().unwrap().tries, 1, "an attempt counts once");
    assert_eq!(all(&world, &live).await.len(), 6);

    let busy = ClaimWebhooks { max: 10, hold: HOLD, except: vec![(dev(), live.id)] };
    world.clock.advance(HOLD + DAY);
    assert!(world.vault.claim_webhooks(busy).await.unwrap().is_empty(), "a busy endpoint is left alone");
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_on_the_schedule_and_given_up_after_ten() {
    let world = World::new().await;
    endpoint(&world).await;
    world.connected().await;
    let first = claim_one(&world).await;
    complete(&world, &first, Some(AttemptFailure::Timeout)).await;
    assert!(claim(&world.vault).await.is_empty(), "not at once");
    let waits = [6, 330, 1_980, 7_920, 19_800, 39_600, 55_440, 79_200, 95_040];
    for (wait, number) in waits.into_iter().zip(2..) {
        world.clock.advance(Duration::from_secs(wait));
        let due = claim_one(&world).await;
        assert_eq!((due.attempt, &due.event, &due.body), (number, &first.event, &first.body));
        complete(&world, &due, Some(AttemptFailure::Status)).await;
    }
    let given_up = delivery(&world, &first).await;
    assert!(matches!(given_up, WebhookDelivery::Ended { ending: Ending::GivenUp, .. }), "{given_up:?}");

    let (count, more) = world.vault.redeliver_webhooks(&dev(), first.endpoint, vec![]).await.unwrap();
    assert_eq!((count, more), (1, false));
    let again = claim_one(&world).await;
    assert_eq!((again.attempt, &again.event), (11, &first.event));
    complete(&world, &again, None).await;
    let done = delivery(&world, &first).await;
    assert!(matches!(done, WebhookDelivery::Ended { ending: Ending::Delivered, .. }), "{done:?}");
    assert_eq!(done.delivery().unwrap().attempts.len(), 11);
}

#[tokio::test]
async fn an_endpoint_that_asks_to_be_left_alone_is() {
    let world = World::new().await;
    endpoint(&world).await;
    world.connected().await;
    let due = claim_one(&world).await;
    let wish = CompleteWebhook {
        retry_after: Some(Duration::from_secs(600)),
        ..outcome(&due, Some(AttemptFailure::Status))
    };
    world.vault.complete_webhook(wish).await.unwrap();
    world.clock.advance(Duration::from_secs(599));
    assert!(claim(&world.vault).await.is_empty());
    world.clock.advance(Duration::from_secs(62));
    claim_one(&world).await;
}

#[tokio::test]
async fn an_endpoint_without_a_success_for_five_days_is_disabled_told_of_and_misses_nothing_for_good() {
    let world = World::new().await;
    let (failing, _) = endpoint(&world).await;
    let types = ["webhook_endpoint.*"];
    let (watching, _) = world.vault.create_webhook_endpoint(create(&types, Format::Standard)).await.unwrap();
    world.connected().await;
    complete(&world, &claim_one(&world).await, Some(AttemptFailure::Unreachable)).await;
    world.clock.advance(5 * DAY);
    complete(&world, &claim_one(&world).await, Some(AttemptFailure::Unreachable)).await;
    let at = Timestamp(1_800_000_000_000).plus(5 * DAY);
    assert_eq!(standing(&world, &failing).await, Standing::Disabled { cause: DisabledCause::Failing, at });

    let told = claim_one(&world).await;
    assert_eq!(told.endpoint, watching.id, "the other endpoint is told, the disabled one is not");
    let body: serde_json::Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(body["type"], "webhook_endpoint.disabled");
    assert_eq!(body["data"]["webhook_endpoint"]["id"], failing.id.to_string());
    complete(&world, &told, None).await;

    // What happens meanwhile is kept, and what was pending is too.
    world.connected().await;
    world.clock.advance(DAY);
    assert!(claim(&world.vault).await.is_empty());
    let kept = all(&world, &failing).await;
    assert_eq!(kept.len(), 2);
    for delivery in kept {
        assert!(matches!(delivery, WebhookDelivery::Ended { ending: Ending::EndpointDisabled, .. }));
    }
    let enable = ChangeEndpoint { enabled: Some(true), ..ChangeEndpoint::default() };
    world.vault.change_webhook_endpoint(&dev(), failing.id, enable).await.unwrap();
    assert_eq!(world.vault.redeliver_webhooks(&dev(), failing.id, vec![]).await.unwrap(), (2, false));
    let again = claim(&world.vault).await;
    assert_eq!(again.len(), 2);
    complete(&world, &again[0], Some(AttemptFailure::Status)).await;
    assert_eq!(standing(&world, &failing).await, Standing::Enabled, "the days are counted anew");
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_disabled_at_once_and_not_tried_again() {
    let world = World::new().await;
    let (live, _) = endpoint(&world).await;
    world.connected().await;
    let due = claim_one(&world).await;
    complete(&world, &due, Some(AttemptFailure::Gone)).await;
    assert!(matches!(standing(&world, &live).await, Standing::Disabled { cause: DisabledCause::Gone, .. }));
    let ended = delivery(&world, &due).await;
    assert!(matches!(ended, WebhookDelivery::Ended { ending: Ending::GivenUp, .. }), "{ended:?}");
}

#[tokio::test]
async fn after_a_rotation_both_secrets_sign_until_the_old_ones_time_is_over_and_it_is_destroyed() {
    let world = World::new().await;
    let (before, old) = endpoint(&world).await;
    let keep = Some(Duration::from_secs(3600));
    let (after, new) = world.vault.rotate_webhook_secret(&dev(), before.id, keep).await.unwrap();
    let publics = [&before, &after].map(|live| live.key.public_key.clone().unwrap());
    world.connected().await;
    let due = claim_one(&world).await;
    for key in [old.expose(), new.expose(), &publics[0], &publics[1]] {
        assert!(is_signed(&due, key), "{}", signatures(&due));
    }
    complete(&world, &due, None).await;

    world.clock.advance(Duration::from_secs(3600));
    world.connected().await;
    let due = claim_one(&world).await;
    assert!(is_signed(&due, new.expose()) && !is_signed(&due, old.expose()));
    assert_eq!(signatures(&due), 2);
    world.vault.retire_webhook_keys().await.unwrap();
    let live = world.vault.webhook_endpoint(&dev(), before.id).await.unwrap();
    assert!(live.secrets.previous.is_none() && live.secrets.present.is_some());
}

#[tokio::test]
async fn a_receiver_of_the_compatible_format_is_told_what_it_knows_and_signed_as_it_expects() {
    let world = World::new().await;
    let (live, secret) = world.vault.create_webhook_endpoint(create(&[], Format::Compat)).await.unwrap();
    let connection = world.connected().await;
    let due = claim_one(&world).await;
    let body: serde_json::Value = serde_json::from_slice(&due.body).unwrap();
    assert_eq!(
        (&body["type"], &body["operation"], &body["connectionId"]),
        (&"auth".into(), &"creation".into(), &connection.to_string().into())
    );
    let expected = latchkey_signing::webhook::body_digest(secret.expose(), &due.body);
    assert_eq!(due.headers["x-nango-hmac-sha256"].expose(), expected);
    assert!(is_signed(&due, secret.expose()), "it is signed in the standard way too");
    complete(&world, &due, None).await;

    world.vault.delete_connection(&dev(), connection, None).await.unwrap();
    assert!(claim(&world.vault).await.is_empty(), "there is no word for this");
    assert_eq!(all(&world, &live).await.len(), 1);
}

#[tokio::test]
async fn a_connections_own_address_takes_the_place_of_all_of_its_format_and_says_nothing_of_them() {
    let world = World::new().await;
    let (standard, _) = endpoint(&world).await;
    // Each a moment later: of two made in the same one, neither is the older.
    let later = async || {
        world.clock.advance(Duration::from_millis(1));
        world.vault.create_webhook_endpoint(create(&[], Format::Compat)).await.unwrap()
    };
    let (one, two) = (later().await, later().await);
    later().await;
    world.connected().await;
    let due = claim(&world.vault).await;
    assert_eq!(due.len(), 4, "each endpoint is told");
    for due in &due {
        complete(&world, due, (due.endpoint == one.0.id).then_some(AttemptFailure::Gone)).await;
    }

    let own = "https://own.example/hooks?for=ana";
    let about = About { webhook_url: own.into(), ..About::default() };
    let connection = world.connected_about(about.clone()).await;
    let (there, elsewhere): (Vec<_>, Vec<_>) =
        claim(&world.vault).await.into_iter().partition(|due| due.url.expose() == own);
    assert!(elsewhere.iter().all(|due| due.endpoint == standard.id), "{elsewhere:?}");
    let [due] = &there[..] else { panic!("once, not {}: {there:?}", there.len()) };
    assert_eq!(due.endpoint, two.0.id, "the one that is disabled would keep it");
    let expected = latchkey_signing::webhook::body_digest(two.1.expose(), &due.body);
    assert_eq!(due.headers["x-nango-hmac-sha256"].expose(), expected);
    complete(&world, due, Some(AttemptFailure::Gone)).await;
    assert_eq!(standing(&world, &two.0).await, Standing::Enabled);
    let ended = delivery(&world, due).await;
    assert!(matches!(ended, WebhookDelivery::Ended { ending: Ending::GivenUp, .. }), "{ended:?}");
    assert!(ended.delivery().unwrap().message.own_address);

    // The address is the one it has when it is told, and the endpoint's where it has none any more.
    for (url, told) in
        [("https://other.example/", "https://other.example/"), ("", "https://example.com/hooks")]
    {
        let (fields, about) = (vec![Field::WebhookUrl], About { webhook_url: url.into(), ..about.clone() });
        let by = ApiKeyId::from_parts(1, 1);
        let describe = DescribeConnection { environment: dev(), connection, fields, about, etag: None, by };
        world.vault.describe_connection(describe).await.unwrap();
        let again = vec![due.event.clone()];
        world.vault.redeliver_webhooks(&dev(), two.0.id, again).await.unwrap();
        let is_it = |it: &DueWebhook| it.event == due.event && it.endpoint == due.endpoint;
        let due = claim(&world.vault).await.into_iter().find(is_it).unwrap();
        assert_eq!(due.url.expose(), told);
        complete(&world, &due, None).await;
    }
}

#[tokio::test]
async fn a_deleted_endpoint_is_told_nothing_and_another_environments_is_none() {
    let world = World::new().await;
    let (live, _) = endpoint(&world).await;
    world.connected().await;
    fan_out(&world.vault).await;
    let elsewhere: Environment = "prod".parse().unwrap();
    let unknown = |error: Error| matches!(error, Error::WebhookEndpoint(_));
    assert!(unknown(world.vault.webhook_endpoint(&elsewhere, live.id).await.unwrap_err()));
    assert!(unknown(world.vault.delete_webhook_endpoint(&elsewhere, live.id).await.unwrap_err()));
    assert!(unknown(world.vault.rotate_webhook_secret(&elsewhere, live.id, None).await.unwrap_err()));
    assert!(unknown(world.vault.redeliver_webhooks(&elsewhere, live.id, vec![]).await.unwrap_err()));

    world.vault.delete_webhook_endpoint(&dev(), live.id).await.unwrap();
    assert!(unknown(world.vault.webhook_endpoint(&dev(), live.id).await.unwrap_err()));
    assert!(claim(&world.vault).await.is_empty());
    assert!(world.store.key(&format!("webhook_endpoint/{}", live.id)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_delivery_is_forgotten_a_month_after_its_end() {
    let world = World::new().await;
    let (live, _) = endpoint(&world).await;
    world.connected().await;
    complete(&world, &claim_one(&world).await, None).await;
    world.clock.advance(29 * DAY);
    assert!(claim(&world.vault).await.is_empty());
    assert_eq!(all(&world, &live).await.len(), 1);
    world.clock.advance(2 * DAY);
    assert!(claim(&world.vault).await.is_empty());
    assert_eq!(all(&world, &live).await.len(), 0);
}

#[tokio::test]
async fn a_test_arrives_whatever_the_endpoint_wants() {
    let world = World::new().await;
    let (live, secret) =
        world.vault.create_webhook_endpoint(create(&["connection.failed"], Format::Standard)).await.unwrap();
    world.vault.send_test_webhook(&dev(), live.id).await.unwrap();
    let due = claim_one(&world).await;
    let body: serde_json::Value = serde_json::from_slice(&due.body).unwrap();
    assert!(body["type"] == "test.ping" && is_signed(&due, secret.expose()));
}
