//! Callers: each asks for one token after another, of connections all over the table.

use crate::cpu;
use crate::settings::Settings;
use anyhow::Context as _;
use futures::future::try_join_all;
use hdrhistogram::Histogram;
use latchkey_secret::SecretText;
use latchkey_wire::pb::vault::GetAccessTokenRequest;
use latchkey_wire::pb::vault::credential_service_client::CredentialServiceClient;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};

/// From one connection asked for to the next: a prime, so that a caller comes by all of them, and never by two that lie
/// side by side.
const STRIDE: usize = 7919;

/// Latencies in microseconds, to three digits.
pub struct Measured {
    pub latencies: Histogram<u64>,
    /// Answers per second.
    pub rate: f64,
    /// CPU time of one answer in microseconds, of its caller and of whoever gave it. Not a number where it is not known.
    pub cpu: f64,
}

pub struct Load {
    channels: Vec<Channel>,
    authorization: Option<MetadataValue<Ascii>>,
    ids: Arc<Vec<String>>,
    callers: usize,
}

/// One caller of many.
struct Caller {
    client: CredentialServiceClient<Channel>,
    authorization: Option<MetadataValue<Ascii>>,
    ids: Arc<Vec<String>>,
    next: usize,
}

impl Load {
    /// # Errors
    /// Where the service cannot be reached.
    pub async fn new(
        address: SocketAddr,
        key: Option<&SecretText>,
        ids: &Arc<Vec<String>>,
        settings: &Settings,
    ) -> anyhow::Result<Self> {
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?.tcp_nodelay(true);
        let channels = try_join_all((0..settings.channels).map(|_| endpoint.connect())).await?;
        let authorization = key.map(|key| format!("Bearer {}", key.expose()).parse()).transpose()?;
        Ok(Self { channels, authorization, ids: ids.clone(), callers: settings.callers })
    }

    /// Every caller asks again as soon as it has its answer.
    ///
    /// # Errors
    /// The first refusal: one that does not answer is not fast.
    pub async fn as_fast_as_it_can(&self, lasting: Duration) -> anyhow::Result<Measured> {
        self.run(lasting, None).await
    }

    /// So many questions per second, spread evenly. A caller whose answer is late asks late.
    ///
    /// # Errors
    /// As [`Self::as_fast_as_it_can`].
    pub async fn at(&self, rate: f64, lasting: Duration) -> anyhow::Result<Measured> {
        #[expect(clippy::cast_precision_loss, reason = "callers are few")]
        let between = Duration::from_secs_f64(self.callers as f64 / rate);
        self.run(lasting, Some(between)).await
    }

    async fn run(&self, lasting: Duration, between: Option<Duration>) -> anyhow::Result<Measured> {
        let (begin, spent) = (Instant::now(), cpu::spent());
        let callers = (0..self.callers).map(|number| {
            let caller = self.caller(number);
            // Not all at one moment.
            let offset = between.unwrap_or_default().mul_f64(share(number, self.callers));
            tokio::spawn(caller.ask(begin + offset, begin + lasting, between))
        });
        let mut latencies = Histogram::new(3)?;
        for asked in try_join_all(callers).await? {
            latencies.add(asked?)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "answers are fewer than 2^52")]
        let answers = latencies.len() as f64;
        let rate = answers / begin.elapsed().as_secs_f64();
        let cpu = cpu::spent().zip(spent).map_or(f64::NAN, |(now, then)| (now - then).as_secs_f64());
        Ok(Measured { latencies, rate, cpu: cpu * 1e6 / answers })
    }

    fn caller(&self, number: usize) -> Caller {
        Caller {
            client: CredentialServiceClient::new(self.channels[number % self.channels.len()].clone()),
            authorization: self.authorization.clone(),
            ids: self.ids.clone(),
            next: number * self.ids.len() / self.callers,
        }
    }
}

impl Caller {
    async fn ask(
        mut self,
        begin: Instant,
        end: Instant,
        between: Option<Duration>,
    ) -> anyhow::Result<Histogram<u64>> {
        let mut latencies = Histogram::new(3)?;
        let mut due = begin;
        while Instant::now() < end {
            if let Some(between) = between {
                sleep_until(due).await;
                due += between;
            }
            let asked = Instant::now();
            self.once().await?;
            latencies.record(u64::try_from(asked.elapsed().as_micros())?)?;
        }
        Ok(latencies)
    }

    async fn once(&mut self) -> anyhow::Result<()> {
        self.next = (self.next + STRIDE) % self.ids.len();
        let connection_id = self.ids[self.next].clone();
        let mut request = Request::new(GetAccessTokenRequest { connection_id, ..Default::default() });
        if let Some(authorization) = &self.authorization {
            request.metadata_mut().insert("authorization", authorization.clone());
        }
        let answer = self.client.get_access_token(request).await.context("a call failed")?;
        anyhow::ensure!(!answer.get_ref().access_token.is_empty(), "an answer without a token");
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "callers are few")]
fn share(number: usize, of: usize) -> f64 {
    number as f64 / of as f64
}
