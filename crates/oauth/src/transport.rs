//! One request, one answer, nothing else: no redirect is followed, nothing is sent twice, no proxy is taken from the
//! environment. What can be known of a failure is whether the request was written at all, and that is what is told.

use crate::{
    ClientIdentity, Fault, FaultKind,
    carrier::{Answer, AnswerBody, Call, Carrier, Operation},
    trace_context,
};
use async_trait::async_trait;
use latchkey_egress::{Egress, PublicResolver, retry_after, trusting};
use latchkey_providers::{Body, HttpRequest, Trust};
use rustls::pki_types::CertificateDer;
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use tracing::{Instrument, Span, info_span};
use zeroize::Zeroizing;

/// Token answers are a few kilobytes; what is larger is something else.
const BODY_MAX: usize = 256 * 1024;
/// A connection idle for longer may be half closed: a request written to it could be lost without anybody knowing.
const POOL_IDLE_MAX: Duration = Duration::from_secs(20);
const USER_AGENT: &str = concat!("latchkey/", env!("CARGO_PKG_VERSION"));

/// How a [`Client`] behaves.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// For one request, from name resolution to the last byte of the answer, where the request does not say.
    pub deadline: Duration,
    /// For name resolution, TCP and TLS together. Kept below `deadline`, so that a request that was never written is
    /// not mistaken for one whose answer is lost.
    pub connect_timeout: Duration,
    pub egress: Egress,
    /// Authorities that are believed beside those browsers believe, such as an operator's own.
    pub roots: Vec<CertificateDer<'static>>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            egress: Egress::default(),
            roots: Vec::new(),
        }
    }
}

/// The network.
#[derive(Debug)]
pub(crate) struct Https {
    http: reqwest::Client,
    /// For entries whose endpoints are on this machine by design.
    local: reqwest::Client,
    egress: Egress,
    /// For requests with a certificate of their own: each has its connection, so that none is made in another's name.
    options: ClientOptions,
}

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
    #[error("cannot set up the HTTP client")]
    Http(#[from] reqwest::Error),
}

impl Https {
    /// # Errors
    /// [`ClientError`] where TLS or the HTTP client cannot be set up. No connection is made yet.
    pub(crate) fn new(options: &ClientOptions) -> Result<Self, ClientError> {
        let [http, local] = [options.egress, Egress::Any]
            .map(|egress| build(options, egress, trusting(&options.roots)?.with_no_client_auth()));
        Ok(Self { http: http?, local: local?, egress: options.egress, options: options.clone() })
    }

    /// A client that shows a certificate, for one request.
    fn identified(&self, identity: &ClientIdentity, egress: Egress) -> Result<reqwest::Client, Fault> {
        let config = identity.tls(&self.options.roots)?;
        build(&self.options, egress, config).map_err(|_| Fault::new(FaultKind::Unsupported))
    }

    async fn send(&self, span: &Span, call: Call, host: String) -> Result<Answer, Fault> {
        let (client, egress) = match call.trust {
            Trust::Public => (&self.http, self.egress),
            Trust::Loopback => (&self.local, Egress::Any),
        };
        if !egress.permits(call.request.url.host()) {
            let why = "the host is an address that is not public";
            return Err(Fault::described(FaultKind::NotSent, why).at(&host));
        }
        let identified = call.identity.map(|identity| self.identified(&identity, egress)).transpose()?;
        let client = identified.as_ref().unwrap_or(client);
        let mut request = into_reqwest(client, call.request).map_err(|fault| fault.at(&host))?;
        if let Some(deadline) = call.deadline {
            *request.timeout_mut() = Some(deadline);
        }
        trace_context::inject(span, request.headers_mut());
        let response = client.execute(request).await.map_err(|error| lost(&error).at(&host))?;
        Ok(receive(response, host).await)
    }
}

#[async_trait]
impl Carrier for Https {
    async fn carry(&self, call: Call) -> Result<Answer, Fault> {
        let host = call.request.url.host_str().unwrap_or_default().to_owned();
        let (operation, provider) = (call.operation, call.provider.clone());
        let span = info_span!(
            "provider_request",
            otel.kind = "client",
            provider = %provider,
            operation = operation.as_str(),
            server.address = %host,
            http.response.status_code = tracing::field::Empty,
        );
        let started = Instant::now();
        let outcome = self.send(&span, call, host).instrument(span.clone()).await;
        let status_class = match &outcome {
            Ok(answer) => {
                span.record("http.response.status_code", answer.status);
                status_class(answer.status)
            }
            Err(fault) => fault.kind.as_str(),
        };
        count(operation, &provider, status_class, started.elapsed());
        outcome
    }
}

fn build(
    options: &ClientOptions,
    egress: Egress,
    tls: rustls::ClientConfig,
) -> Result<reqwest::Client, ClientError> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        // With HTTP/2 a lost connection leaves open which streams were acted on.
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(options.connect_timeout.min(options.deadline / 2))
        .timeout(options.deadline)
        .pool_idle_timeout(POOL_IDLE_MAX)
        .user_agent(USER_AGENT);
    Ok(match egress {
        Egress::PublicOnly => builder.dns_resolver(Arc::new(PublicResolver)),
        Egress::Any => builder,
    }
    .build()?)
}

/// A failure without an answer. Only one to connect proves that nothing was written.
fn lost(error: &reqwest::Error) -> Fault {
    if error.is_connect() {
        return Fault::described(FaultKind::NotSent, connect_failure(error));
    }
    if error.is_builder() {
        return Fault::new(FaultKind::Unsupported);
    }
    let what =
        if error.is_timeout() { "no answer in time" } else { "the connection ended without an answer" };
    Fault::described(FaultKind::Ambiguous, what)
}

fn connect_failure(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "cannot connect in time"
    } else if error.is_dns() {
        "the name cannot be resolved, or leads to an address that is not public"
    } else {
        "cannot connect"
    }
}

fn into_reqwest(client: &reqwest::Client, request: HttpRequest) -> Result<reqwest::Request, Fault> {
    // What is wrong with it is not told: the texts of such errors repeat what was refused.
    let refused = || Fault::new(FaultKind::Unsupported);
    let method = request.method.parse().map_err(|_| refused())?;
    let mut headers = http::HeaderMap::new();
    for (name, value) in request.headers {
        let name: http::HeaderName = name.parse().map_err(|_| refused())?;
        let mut value = http::HeaderValue::try_from(value).map_err(|_| refused())?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    let builder = client.request(method, request.url);
    let builder = match request.body {
        Body::None => builder,
        Body::Form(pairs) => builder.form(&pairs),
        Body::Json(document) => builder.json(&document),
        Body::Text { content_type, text } => {
            builder.header(http::header::CONTENT_TYPE, content_type).body(text)
        }
    };
    builder.headers(headers).build().map_err(|_| refused())
}

async fn receive(mut response: reqwest::Response, host: String) -> Answer {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let mut answer = Answer {
        host,
        status: response.status().as_u16(),
        received_at: SystemTime::now(),
        content_type: header(http::header::CONTENT_TYPE).map(ToOwned::to_owned),
        retry_after: header(http::header::RETRY_AFTER).and_then(|text| retry_after(text, SystemTime::now())),
        www_authenticate: joined(response.headers(), &http::header::WWW_AUTHENTICATE),
        set_cookie: each(response.headers(), &http::header::SET_COOKIE),
        body: AnswerBody::TooLarge,
    };
    if response.content_length().is_none_or(|length| length <= BODY_MAX as u64) {
        answer.body = read_body(&mut response).await;
    }
    answer
}

fn each(headers: &http::HeaderMap, name: &http::HeaderName) -> Vec<String> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).map(ToOwned::to_owned).collect()
}

fn joined(headers: &http::HeaderMap, name: &http::HeaderName) -> Option<String> {
    let fields = each(headers, name);
    (!fields.is_empty()).then(|| fields.join(", "))
}

async fn read_body(response: &mut reqwest::Response) -> AnswerBody {
    // Room for nearly every answer at once: growing leaves copies of a token behind in freed memory.
    let mut body = Zeroizing::new(Vec::with_capacity(16 * 1024));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > BODY_MAX => return AnswerBody::TooLarge,
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return AnswerBody::Whole(body),
            Err(_) => return AnswerBody::CutOff,
        }
    }
}

fn status_class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

fn count(operation: Operation, provider: &str, status_class: &'static str, took: Duration) {
    let labels = [("provider", provider.to_owned()), ("operation", operation.as_str().to_owned())];
    metrics::histogram!("latchkey_provider_request_duration_seconds", &labels).record(took.as_secs_f64());
    metrics::counter!(
        "latchkey_provider_requests_total",
        "provider" => provider.to_owned(), "operation" => operation.as_str(), "status_class" => status_class,
    )
    .increment(1);
}
