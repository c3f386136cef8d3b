//! The bus on a real NATS server with JetStream.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{self, consumer};
use futures::StreamExt;
use latchkey_bus::{Bus, BusError, Fact, Hint, LastPosition, NatsOptions, Severity, nats};
use tokio::time::{sleep, timeout};

const SOON: Duration = Duration::from_secs(10);

/// A corner of the shared server that no other test uses; emptied when the test is over.
struct Corner {
    options: NatsOptions,
    context: jetstream::Context,
}

impl Corner {
    async fn take() -> Self {
        let url = std::env::var("LATCHKEY_TEST_NATS_URL")
            .expect("no LATCHKEY_TEST_NATS_URL: run tests/run, or tests/with-servers cargo test …");
        Self::at(url).await
    }

    async fn at(url: String) -> Self {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let context = jetstream::new(async_nats::connect(&url).await.unwrap());
        let options = NatsOptions {
            prefix: format!("test-{name}"),
            stream: format!("TEST_{name}"),
            ..NatsOptions::at(url)
        };
        Self { options, context }
    }

    async fn bus(&self) -> Arc<dyn Bus> {
        let bus = nats(self.options.clone()).await.unwrap();
        connected(&*bus).await;
        bus
    }

    async fn stream(&self) -> jetstream::stream::Stream {
        self.context.get_stream(&self.options.stream).await.unwrap()
    }

    async fn messages(&self) -> Vec<async_nats::jetstream::Message> {
        let mut stream = self.stream().await;
        let count = usize::try_from(stream.info().await.unwrap().state.messages).unwrap();
        let consumer = stream.create_consumer(consumer::pull::Config::default()).await.unwrap();
        let messages = consumer.messages().await.unwrap();
        timeout(SOON, messages.take(count).map(Result::unwrap).collect()).await.unwrap()
    }

    async fn leave(self) {
        self.context.delete_stream(&self.options.stream).await.unwrap();
    }
}

async fn connected(bus: &dyn Bus) {
    timeout(SOON, async {
        while bus.last_position().await.is_err() {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("NATS answers");
}

fn fact(number: u64) -> Fact {
    Fact {
        id: format!("evt_{number}"),
        subject: "connection.dev.demo-oauth.failed".to_owned(),
        kind: "dev.latchkey.connection.failed.v1".to_owned(),
        source: "/environments/dev".to_owned(),
        about: "integrations/demo oauth/connections/con_1".to_owned(),
        time: "2026-11-23T09:12:44.120Z".to_owned(),
        position: format!("1/{number} %"),
        sequence: number,
        severity: Severity::Error,
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
        data: serde_json::json!({ "failure": { "cause": "GRANT_REVOKED" }, "number": number }),
    }
}

#[tokio::test]
async fn a_published_fact_is_read_by_a_plain_consumer_as_a_cloud_event() {
    let corner = Corner::take().await;
    corner.bus().await.publish(&[fact(7)]).await.unwrap();

    let messages = corner.messages().await;
    let [message] = &messages[..] else { panic!("{} messages", messages.len()) };
    assert_eq!(
        message.subject.as_str(),
        format!("{}.connection.dev.demo-oauth.failed", corner.options.prefix)
    );
    let headers = message.headers.as_ref().unwrap();
    for (name, value) in [
        ("Nats-Msg-Id", "evt_7"),
        ("Content-Type", "application/json"),
        ("Lk-Position", "1/7%20%25"),
        ("ce-specversion", "1.0"),
        ("ce-id", "evt_7"),
        ("ce-type", "dev.latchkey.connection.failed.v1"),
        ("ce-source", "/environments/dev"),
        ("ce-subject", "integrations/demo%20oauth/connections/con_1"),
        ("ce-time", "2026-11-23T09:12:44.120Z"),
        ("ce-datacontenttype", "application/json"),
        ("ce-severity", "error"),
        ("ce-sequence", "000000000000000007"),
        ("ce-traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ] {
        assert_eq!(headers.get(name).map(|found| found.as_str()), Some(value), "{name}");
    }
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&message.payload).unwrap(), fact(7).data);
    corner.leave().await;
}

#[tokio::test]
async fn the_stream_keeps_a_week_on_disk_and_remembers_ids_for_ten_minutes() {
    let corner = Corner::take().await;
    let _bus = corner.bus().await;
    let config = corner.stream().await.cached_info().config.clone();
    assert_eq!(config.subjects, [format!("{}.>", corner.options.prefix)]);
    assert_eq!(config.retention, jetstream::stream::RetentionPolicy::Limits);
    assert_eq!(config.storage, jetstream::stream::StorageType::File);
    assert_eq!(config.max_age, Duration::from_secs(7 * 24 * 3600));
    assert_eq!(config.duplicate_window, Duration::from_secs(600));
    corner.leave().await;
}

#[tokio::test]
async fn a_fact_published_twice_is_kept_once_and_order_is_kept() {
    let corner = Corner::take().await;
    let bus = corner.bus().await;
    let facts: Vec<Fact> = (1..=200).map(fact).collect();
    bus.publish(&facts[..150]).await.unwrap();
    bus.publish(&facts[100..]).await.unwrap();

    let messages = corner.messages().await;
    let ids: Vec<_> =
        messages.iter().map(|m| m.headers.as_ref().unwrap().get("ce-id").unwrap().as_str()).collect();
    assert_eq!(ids, facts.iter().map(|fact| fact.id.as_str()).collect::<Vec<_>>());
    assert_eq!(bus.last_position().await.unwrap(), LastPosition::At("1/200 %".to_owned()));
    corner.leave().await;
}

#[tokio::test]
async fn a_lost_stream_is_made_again_and_says_that_it_is_empty() {
    let corner = Corner::take().await;
    let bus = corner.bus().await;
    bus.publish(&[fact(1)]).await.unwrap();

    corner.context.delete_stream(&corner.options.stream).await.unwrap();
    assert_eq!(bus.last_position().await.unwrap(), LastPosition::None);

    corner.context.delete_stream(&corner.options.stream).await.unwrap();
    assert!(matches!(bus.ping().await, Err(BusError::Unavailable { .. })));
    // A publisher that did not hear of the loss must not hide it behind a new stream.
    assert!(matches!(bus.publish(&[fact(2)]).await, Err(BusError::Unavailable { .. })));
    assert_eq!(bus.last_position().await.unwrap(), LastPosition::None);
    bus.publish(&[fact(1), fact(2)]).await.unwrap();
    assert_eq!(bus.last_position().await.unwrap(), LastPosition::At("1/2 %".to_owned()));
    assert_eq!(corner.messages().await.len(), 2);
    corner.leave().await;
}

#[tokio::test]
async fn a_stream_whose_facts_all_grew_old_is_not_taken_for_a_lost_one() {
    let corner = Corner::take().await;
    let bus = corner.bus().await;
    bus.publish(&[fact(1)]).await.unwrap();
    corner.stream().await.purge().await.unwrap();
    assert_eq!(bus.last_position().await.unwrap(), LastPosition::NotKept);
    corner.leave().await;
}

#[tokio::test]
async fn a_stream_that_others_write_to_is_an_error_that_names_it() {
    let corner = Corner::take().await;
    let bus = corner.bus().await;
    let subject = format!("{}.connection", corner.options.prefix);
    corner.context.publish(subject, "{}".into()).await.unwrap().await.unwrap();
    let error = bus.last_position().await.unwrap_err();
    assert!(matches!(&error, BusError::Foreign { stream } if *stream == corner.options.stream), "{error:?}");
    corner.leave().await;
}

#[tokio::test]
async fn hints_cross_from_client_to_client_once_and_are_not_kept() {
    let corner = Corner::take().await;
    let (vault, refresher) = (corner.bus().await, corner.bus().await);
    let (mut at_vault, mut at_refresher) = (vault.hints(), refresher.hints());
    let wanted = |number: u32| Hint::RefreshWanted { connection: format!("con_{number}") };

    // The other's subscription may need a moment to reach the server, so the first is repeated until it is heard.
    let heard = timeout(SOON, async {
        loop {
            vault.hint(wanted(1));
            if let Ok(hint) = timeout(Duration::from_millis(100), at_refresher.next()).await {
                return hint;
            }
        }
    });
    assert_eq!(heard.await.unwrap(), Some(wanted(1)));

    let last = Hint::CredentialChanged { connection: "con_1".to_owned() };
    vault.hint(wanted(2));
    refresher.hint(last.clone());
    let until_both = async |hints: &mut futures::stream::BoxStream<'static, Hint>| {
        let mut heard = Vec::new();
        while !(heard.contains(&last) && heard.contains(&wanted(2))) {
            heard.push(timeout(SOON, hints.next()).await.unwrap().unwrap());
        }
        heard
    };
    for hints in [&mut at_vault, &mut at_refresher] {
        let heard = until_both(hints).await;
        assert_eq!(heard.iter().filter(|hint| **hint == wanted(2)).count(), 1, "{heard:?}");
    }
    assert_eq!(corner.stream().await.cached_info().state.messages, 0);
    corner.leave().await;
}

/// A server of the test's own, stopped when dropped.
struct Server {
    process: Child,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = std::env::var("LATCHKEY_TEST_NATS_SERVER").expect("run under tests/with-servers");
        let process = Command::new(program)
            .args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the NATS server starts");
        Self { process, _folder: folder }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_bus_started_before_nats_fails_at_once_then_works_and_survives_an_outage() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let bus = nats(NatsOptions::at(format!("nats://127.0.0.1:{port}"))).await.unwrap();
    let down = async || {
        timeout(Duration::from_secs(1), bus.publish(&[fact(1)])).await.expect("fails at once").unwrap_err()
    };
    assert!(matches!(down().await, BusError::Unavailable { .. }));
    // Inside the process, hints do not need NATS.
    let mut hints = bus.hints();
    bus.hint(Hint::FactsRecorded);
    assert_eq!(timeout(SOON, hints.next()).await.unwrap(), Some(Hint::FactsRecorded));

    let server = Server::start(port);
    connected(&*bus).await;
    bus.publish(&[fact(1)]).await.unwrap();
    assert_eq!(bus.last_position().await.unwrap(), LastPosition::At("1/1 %".to_owned()));

    // Back with an empty disk: what was kept is lost, and the bus says so.
    drop(server);
    timeout(SOON, async {
        while bus.ping().await.is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    let _server = Server::start(port);
    connected(&*bus).await;
    assert_eq!(bus.last_position().await.unwrap(), LastPosition::None);
    bus.publish(&[fact(1), fact(2)]).await.unwrap();
    assert_eq!(bus.last_position().await.unwrap(), LastPosition::At("1/2 %".to_owned()));
}

#[tokio::test]
async fn what_cannot_work_is_refused_at_once_without_repeating_a_password() {
    for options in [
        NatsOptions::at("nats://user:canary_password@:port:"),
        NatsOptions { prefix: "a.b".to_owned(), ..NatsOptions::at("nats://127.0.0.1:1") },
        NatsOptions { credentials: Some("/nowhere/creds".into()), ..NatsOptions::at("nats://127.0.0.1:1") },
    ] {
        let error = nats(options).await.err().unwrap();
        assert!(matches!(error, BusError::Misconfigured(_)), "{error:?}");
        assert!(!error.to_string().contains("canary"), "{error}");
    }
}
