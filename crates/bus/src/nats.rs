//! The bus on NATS. Facts go to a JetStream stream, hints over core NATS on subjects outside that stream.
//!
//! NATS may be down when the process starts and at any time after: the connection is made, and made again, in the
//! background. While it is down, publishing fails at once instead of queueing, because the feed is the queue.

mod examine;
mod headers;
mod hints;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::context::PublishError;
use async_nats::jetstream::{self, context::PublishAckFuture, stream};
use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::Deserialize;
use tracing::{debug, info, warn};

pub use self::examine::examine;
use self::hints::Hints;
use crate::{Bus, BusError, Fact, Hint, LastPosition};

/// How long facts are kept for consumers that were away: a week and its weekend.
const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long the stream remembers ids. Longer than an announcer may hang between an acknowledgement and its cursor.
const DUPLICATES_FOR: Duration = Duration::from_secs(10 * 60);
/// How long one acknowledgement or answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// The longest pause between two attempts to connect.
const RECONNECT_PAUSE_MAX: Duration = Duration::from_secs(2);

/// Where NATS is and what Latchkey may call its own there. A section of the configuration.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatsOptions {
    /// `nats://host:4222` or `tls://…`; several servers separated by commas.
    pub url: String,
    /// Facts are published under `<prefix>.`, hints under `<prefix>-hints.`.
    #[serde(default = "default_prefix")]
    pub prefix: String,
    /// The JetStream stream of facts, created where it is missing.
    #[serde(default = "default_stream")]
    pub stream: String,
    /// Copies of the stream, when it is created. Three survive the loss of a server.
    #[serde(default = "default_replicas")]
    pub replicas: usize,
    /// A file with a user's JWT and NKey seed, as `nsc` writes it.
    #[serde(default)]
    pub credentials: Option<PathBuf>,
    /// Certificates to trust besides the system's, PEM.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

impl NatsOptions {
    /// The defaults, at `url`.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            prefix: default_prefix(),
            stream: default_stream(),
            replicas: default_replicas(),
            credentials: None,
            ca: None,
        }
    }
}

fn default_prefix() -> String {
    "latchkey".to_owned()
}

fn default_stream() -> String {
    "LATCHKEY_EVENTS".to_owned()
}

fn default_replicas() -> usize {
    1
}

/// A bus on NATS. Returns without waiting for NATS to be there.
///
/// # Errors
/// [`BusError::Misconfigured`] where the URL, the prefix or the credentials file cannot be right.
pub async fn nats(options: NatsOptions) -> Result<Arc<dyn Bus>, BusError> {
    if options.prefix.is_empty() || options.prefix.contains(['.', '*', '>', ' ']) {
        return Err(BusError::Misconfigured("nats.prefix must be one token of a subject".to_owned()));
    }
    let client = connect(&options).await?;
    let mut context = jetstream::new(client.clone());
    context.set_timeout(ANSWER_WITHIN);
    let hints = Hints::start(client.clone(), &options.prefix);
    Ok(Arc::new(Nats { client, context, hints, options }))
}

async fn connect(options: &NatsOptions) -> Result<Client, BusError> {
    let (connection, servers) = connection(options).await?;
    let connection = connection
        // Own hints are handed round inside the process, so they work while NATS is down.
        .no_echo()
        .retry_on_initial_connect()
        .reconnect_delay_callback(|attempt| {
            let attempt = u32::try_from(attempt).unwrap_or(u32::MAX).min(8);
            (Duration::from_millis(20) * 2u32.saturating_pow(attempt)).min(RECONNECT_PAUSE_MAX)
        })
        .event_callback(|event| async move { report(&event) });
    connection.connect(servers).await.map_err(|error| BusError::Misconfigured(format!("NATS: {error}")))
}

/// Where the servers are, and what they are shown.
async fn connection(options: &NatsOptions) -> Result<(ConnectOptions, Vec<ServerAddr>), BusError> {
    let servers = options
        .url
        .split(',')
        .map(|server| server.trim().parse::<ServerAddr>())
        .collect::<Result<Vec<_>, _>>()
        // The URL may carry a password, so the message does not repeat it.
        .map_err(|_| {
            BusError::Misconfigured("nats.url is not a NATS URL such as nats://host:4222".to_owned())
        })?;
    let mut connection = ConnectOptions::new().name("latchkey");
    if let Some(path) = &options.credentials {
        let unusable =
            |cause: &str| BusError::Misconfigured(format!("nats.credentials {}: {cause}", path.display()));
        let text =
            tokio::fs::read_to_string(path).await.map_err(|error| unusable(&error.kind().to_string()))?;
        connection = connection.credentials(&text).map_err(|_| unusable("not a credentials file"))?;
    }
    if let Some(path) = &options.ca {
        connection = connection.add_root_certificates(path.clone());
    }
    Ok((connection, servers))
}

fn report(event: &Event) {
    match event {
        Event::Connected => info!("Connected to NATS"),
        Event::Disconnected => warn!("Lost the connection to NATS; facts wait in the feed until it is back"),
        other => debug!(event = %other, "NATS reports"),
    }
}

struct Nats {
    client: Client,
    context: jetstream::Context,
    hints: Hints,
    options: NatsOptions,
}

#[async_trait]
impl Bus for Nats {
    async fn publish(&self, facts: &[Fact]) -> Result<(), BusError> {
        self.connected("publishing facts")?;
        // A lost stream is not made here: whoever publishes must learn of the loss first, from `last_position`, or what
        // was in it would never be told again.
        self.publish_all(facts).await.map_err(|error| unavailable("publishing facts", error))
    }

    async fn last_position(&self) -> Result<LastPosition, BusError> {
        const DOING: &str = "reading the last position";
        self.connected(DOING)?;
        let stream = self.stream().await?;
        let state = &stream.cached_info().state;
        match (state.messages, state.last_sequence) {
            (0, 0) => return Ok(LastPosition::None),
            // It had facts and all of them grew old: a quiet week is not a loss.
            (0, _) => return Ok(LastPosition::NotKept),
            _ => {}
        }
        let last =
            stream.get_raw_message(state.last_sequence).await.map_err(|error| unavailable(DOING, error))?;
        headers::position(&last.headers)
            .map(LastPosition::At)
            .ok_or_else(|| BusError::Foreign { stream: self.options.stream.clone() })
    }

    fn hint(&self, hint: Hint) {
        self.hints.give(hint);
    }

    fn hints(&self) -> BoxStream<'static, Hint> {
        self.hints.follow()
    }

    async fn ping(&self) -> Result<(), BusError> {
        const DOING: &str = "checking the connection";
        self.connected(DOING)?;
        let found = self.context.get_stream(&self.options.stream).await;
        found.map(drop).map_err(|error| unavailable(DOING, error))
    }
}

impl Nats {
    /// Fails at once instead of letting the client hold messages back until it has a connection.
    fn connected(&self, doing: &'static str) -> Result<(), BusError> {
        match self.client.connection_state() {
            State::Connected => Ok(()),
            State::Pending | State::Disconnected => Err(unavailable(doing, "not connected to NATS")),
        }
    }

    /// Sends everything, then waits for every acknowledgement: one round trip for the batch.
    async fn publish_all(&self, facts: &[Fact]) -> Result<(), PublishError> {
        let mut acknowledgements: Vec<PublishAckFuture> = Vec::with_capacity(facts.len());
        for fact in facts {
            let subject = format!("{}.{}", self.options.prefix, fact.subject);
            let headers = headers::of(fact, &self.options.stream);
            let body = fact.data.to_string().into();
            acknowledgements.push(self.context.publish_with_headers(subject, headers, body).await?);
        }
        for acknowledgement in acknowledgements {
            acknowledgement.await?;
        }
        Ok(())
    }

    /// The stream, created where it is missing. An existing one is left as its operator made it.
    async fn stream(&self) -> Result<stream::Stream, BusError> {
        self.context
            .get_or_create_stream(stream::Config {
                name: self.options.stream.clone(),
                subjects: vec![format!("{}.>", self.options.prefix)],
                retention: stream::RetentionPolicy::Limits,
                storage: stream::StorageType::File,
                max_age: KEPT_FOR,
                duplicate_window: DUPLICATES_FOR,
                num_replicas: self.options.replicas,
                ..stream::Config::default()
            })
            .await
            .map_err(|error| unavailable("opening the stream of facts", error))
    }
}

fn unavailable(doing: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> BusError {
    BusError::Unavailable { doing, source: source.into() }
}
