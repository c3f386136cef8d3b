//! One call, from the caller's key to the provider's answer.

use crate::caller::{Caller, Callers};
use crate::compat::{self, Asked};
use crate::dry_run::DryRun;
use crate::headers::{asks_for_websocket, content_length, to_caller, to_provider};
use crate::inject::{address, credential_headers};
use crate::outgoing::Outgoing;
use crate::refusal::{Refusal, SOURCE};
use crate::replay::{Came, Next, Tries};
use crate::sign::{identity, incomplete, signature};
use crate::target::Target;
use crate::traffic::Traffic;
use crate::upgrade;
use crate::upstream::{Answer, Client, Lost, Upstream, exchange};
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use latchkey_chassis::{Lifecycle, trace};
use latchkey_egress::retry_after;
use latchkey_providers::{Catalogue, Provider, UrlTemplate};
use latchkey_wire::contract::{LendCredential, LentCredential, Source};
use latchkey_wire::{Fault, Kind, Reason, VaultClient};
use std::sync::Arc;
use std::time::{Instant, SystemTime};
use tokio::time::sleep;
use tracing::{Instrument, Span, field, info_span, warn};
use url::Url;

/// Calls providers for callers. Cheap to clone.
#[derive(Clone)]
pub struct Forwarder {
    pub vault: VaultClient,
    pub callers: Callers,
    pub catalogue: Catalogue,
    pub upstream: Upstream,
    pub lifecycle: Lifecycle,
    /// Whether requests may be written as another product's clients do.
    pub compat: bool,
}

/// What one try came to.
type Outcome = Result<http::Response<Answer>, Lost>;

/// What is said where the caller has not said it.
const UNLESS_SAID: [(header::HeaderName, &str); 2] =
    [(header::ACCEPT, "*/*"), (header::USER_AGENT, concat!("latchkey/", env!("CARGO_PKG_VERSION")))];

/// A request as far as it is the same whatever its body, and what it is sent with.
struct Ready {
    client: Client,
    url: Url,
    headers: HeaderMap,
}

/// What stays the same through all tries of one call.
struct Call {
    caller: Caller,
    target: Target,
    method: Method,
    headers: HeaderMap,
    websocket: bool,
    asked: Asked,
}

impl Forwarder {
    /// The provider's answer, or why there is none.
    ///
    /// # Errors
    /// A [`Refusal`]: nothing was passed on to the caller yet.
    pub async fn forward(&self, mut request: Request) -> Result<Response, Refusal> {
        let caller = self.callers.of(request.headers()).await?;
        let theirs = self.compat && compat::is_theirs(request.headers());
        let asked = if theirs { compat::translated(request.headers_mut())? } else { Asked::default() };
        let target = Target::of(request.uri(), request.headers(), asked.integration.as_deref())?;
        let websocket = asks_for_websocket(request.headers());
        let upgrading = websocket.then(|| hyper::upgrade::on(&mut request));
        let (parts, body) = request.into_parts();
        let outgoing = Outgoing::read(body, content_length(&parts.headers)).await?;
        let call = Call { caller, target, method: parts.method, headers: parts.headers, websocket, asked };
        let span = info_span!(
            "proxy",
            otel.kind = "client",
            connection.id = %call.target.connection,
            provider = field::Empty,
            http.response.status_code = field::Empty,
        );
        if call.target.dry_run {
            return self.told(&call, outgoing).instrument(span).await;
        }
        let (answer, traffic, source) = self.tried(&call, outgoing).instrument(span).await?;
        Ok(match upgrading {
            Some(upgrading) if answer.status() == StatusCode::SWITCHING_PROTOCOLS => {
                upgrade::joined(upgrading, answer, traffic, &self.lifecycle)
            }
            // The other product's clients are answered as they know it.
            _ => passed_on(answer, &traffic, (!theirs).then_some(source)),
        })
    }

    /// What would be sent, or why nothing would be.
    async fn told(&self, call: &Call, outgoing: Outgoing) -> Result<Response, Refusal> {
        let lent = self.lend(call, None).await?;
        let Ready { url, headers, .. } = self.ready(call, &lent, &outgoing)?;
        let entry = self.entry(&lent)?;
        let dry_run = DryRun {
            method: &call.method,
            url: &url,
            headers: &headers,
            body: &outgoing,
            target: &call.target,
            lent: &lent,
            fixed_path: entry.api.base_url.as_ref().and_then(UrlTemplate::fixed_path),
        };
        Ok(dry_run.answer())
    }

    /// The last answer, where it is to be counted, and where the credential came from that it was asked for with.
    async fn tried(
        &self,
        call: &Call,
        mut outgoing: Outgoing,
    ) -> Result<(http::Response<Answer>, Traffic, Source), Refusal> {
        let mut lent = self.lend(call, None).await?;
        let traffic = Traffic::of(&lent.integration);
        let answered =
            |outcome: Outcome, source| outcome.map(|answer| (answer, traffic.clone(), source)).map_err(lost);
        let mut tries = Tries::new(call.method.clone(), call.target.retries, outgoing.held().is_some())
            .also_after(&call.asked.retry_on);
        loop {
            let begun = Instant::now();
            let outcome = self.send(call, &lent, &mut outgoing, &traffic).await?;
            count(&lent, &call.method, &outcome, begun);
            match tries.after(came(&outcome)) {
                Next::Answer => return answered(outcome, lent.source),
                Next::Wait(wait) => sleep(wait).await,
                Next::Renew => match self.lend(call, Some(&lent)).await {
                    Ok(newer) if newer.generation > lent.generation => lent = newer,
                    // Nothing newer is to be had: the provider's own words are the best answer there is.
                    _ => return answered(outcome, lent.source),
                },
            }
        }
    }

    async fn lend(&self, call: &Call, refused: Option<&LentCredential>) -> Result<LentCredential, Refusal> {
        let wish = LendCredential {
            environment: call.caller.environment.clone(),
            connection: call.target.connection.clone(),
            newer_than: refused.map(|lent| lent.generation),
            reader: call.caller.reader.clone(),
            integrations: call.caller.integrations.clone(),
        };
        let lent = self.vault.lend(wish).await?;
        match &call.asked.integration {
            Some(wanted) if wanted != lent.integration.as_str() => {
                let message = "This integration has no such connection.";
                Err(Fault::new(Kind::NotFound, Reason::ConnectionUnknown, message).into())
            }
            _ => Ok(lent),
        }
    }

    /// One try. The outer error says that nothing may be sent at all.
    async fn send(
        &self,
        call: &Call,
        lent: &LentCredential,
        outgoing: &mut Outgoing,
        traffic: &Traffic,
    ) -> Result<Outcome, Refusal> {
        let Ready { client, url, mut headers } = self.ready(call, lent, outgoing)?;
        let pulse = self.upstream.pulse();
        let body = outgoing.body(&mut headers, &pulse, traffic);
        let request = request(call.method.clone(), &url, headers, body)?;
        Ok(exchange(&client, request, &pulse).await)
    }

    /// The request, the credential on it, but for its body.
    ///
    /// # Errors
    /// Where nothing may be sent at all.
    fn ready(&self, call: &Call, lent: &LentCredential, outgoing: &Outgoing) -> Result<Ready, Refusal> {
        Span::current().record("provider", &lent.provider);
        if lent.in_body {
            let message = "This provider takes its credential inside the request's body, which the proxy leaves alone: \
                           call the provider yourself, with what GetAccessToken gives.";
            return Err(Fault::new(Kind::Refused, Reason::RequestNeeded, message).into());
        }
        let url = address(&call.target, lent)?;
        let trust = self.entry(lent)?.trust;
        let (client, egress) = self.upstream.client(trust, call.websocket);
        if !egress.permits(url.host()) {
            let message = "The provider's host is an address that is not public, and this installation speaks to public ones only.";
            return Err(Refusal::egress_blocked("path", message));
        }
        let mut headers = to_provider(&call.headers, |name| lent.headers.contains_key(name.as_str()));
        if call.websocket {
            headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        trace::inject(&mut headers);
        credential_headers(&mut headers, &lent.headers)?;
        let mut client = client.clone();
        if let Some(signer) = &lent.signer {
            if let Some(identity) = identity(signer) {
                let showing = self.upstream.showing(&identity, trust, call.websocket);
                client = showing.map_err(|error| {
                    warn!(error = %error, "A connection's certificate cannot be shown");
                    incomplete(signer)
                })?;
            } else {
                let signed = signature(signer, &call.method, &url, &headers, outgoing)?;
                credential_headers(&mut headers, &signed)?;
            }
        }
        for (name, value) in UNLESS_SAID {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        Ok(Ready { client, url, headers })
    }

    fn entry(&self, lent: &LentCredential) -> Result<Arc<Provider>, Refusal> {
        let unknown = |_| {
            let message =
                "The connection's provider is in no catalogue here: the operator has to add its file.";
            Fault::new(Kind::Refused, Reason::ProviderUnknown, message)
        };
        Ok(self.catalogue.get(&lent.provider).map_err(unknown)?)
    }
}

fn request(method: Method, url: &Url, headers: HeaderMap, body: Body) -> Result<Request, Refusal> {
    let no_address = |_| Refusal::field("path", "The path and the query are no address together.");
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = url.as_str().parse::<Uri>().map_err(no_address)?;
    *request.headers_mut() = headers;
    Ok(request)
}

fn passed_on(answer: http::Response<Answer>, traffic: &Traffic, source: Option<Source>) -> Response {
    let (parts, body) = answer.into_parts();
    let mut response = Response::new(traffic.receiving(Body::new(body)));
    *response.status_mut() = parts.status;
    *response.headers_mut() = to_caller(&parts.headers);
    response.headers_mut().insert(SOURCE, HeaderValue::from_static("provider"));
    if let Some(source) = source {
        response.headers_mut().insert(Source::HEADER, HeaderValue::from_static(source.word()));
    }
    response
}

fn came(outcome: &Outcome) -> Came {
    match outcome {
        Ok(answer) => {
            let told = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
            let retry_after = told.and_then(|text| retry_after(text, SystemTime::now()));
            Came::Status { status: answer.status(), retry_after }
        }
        Err(Lost::Unreachable) => Came::NotSent,
        Err(Lost::Silent | Lost::Ended) => Came::Lost,
    }
}

fn lost(lost: Lost) -> Refusal {
    let (reason, message) = match lost {
        Lost::Unreachable => (
            Reason::ProviderUnreachable,
            "The provider cannot be reached, or its name leads to an address that is not public.",
        ),
        Lost::Silent => (Reason::ProviderTimeout, "The provider did not answer in time."),
        Lost::Ended => (
            Reason::ProviderUnavailable,
            "The connection to the provider ended without an answer. It may have acted on the request.",
        ),
    };
    Refusal::upstream(reason, message)
}

fn count(lent: &LentCredential, method: &Method, outcome: &Outcome, begun: Instant) {
    let status_class = match outcome {
        Ok(answer) => {
            Span::current().record("http.response.status_code", answer.status().as_u16());
            ["1xx", "2xx", "3xx", "4xx", "5xx"][usize::from(answer.status().as_u16() / 100).clamp(1, 5) - 1]
        }
        Err(_) => "none",
    };
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let method = known.iter().find(|it| *it == method).map_or("_OTHER", Method::as_str).to_owned();
    let labels = [
        ("integration", lent.integration.to_string()),
        ("method", method),
        ("status_class", status_class.to_owned()),
    ];
    metrics::counter!("latchkey_proxy_requests_total", &labels).increment(1);
    metrics::histogram!("latchkey_proxy_requests_duration_seconds", &labels).record(begun.elapsed());
}
