//! One request to a customer's endpoint. No redirect is followed, nothing is sent twice, and of the answer only its status
//! and the wish to be left alone are looked at.

use latchkey_domain::webhook_delivery::AttemptFailure;
use latchkey_egress::{Egress, PublicResolver, is_blocked, retry_after, tls};
use latchkey_wire::contract::DueWebhook;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, Url};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// As much of an answer is read, so that its connection can be used again; of a longer one it is closed.
const READ_MAX: usize = 20 * 1024;

/// For name resolution, TCP and TLS together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An endpoint may close what was idle for longer just when it is written to.
const POOL_IDLE_MAX: Duration = Duration::from_secs(20);

const USER_AGENT: &str = concat!("latchkey/", env!("CARGO_PKG_VERSION"));

/// The way out.
#[derive(Clone)]
pub struct Requests {
    http: Client,
    egress: Egress,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    pub status: Option<u16>,
    /// `None`: it was taken.
    pub failure: Option<AttemptFailure>,
    pub retry_after: Option<Duration>,
}

#[derive(Debug, thiserror::Error)]
pub enum RequestsError {
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
    #[error("cannot set up the HTTP client")]
    Http(#[from] reqwest::Error),
}

impl Requests {
    /// # Errors
    /// Where TLS or the HTTP client cannot be set up. No connection is made yet.
    pub fn new(timeout: Duration, egress: Egress) -> Result<Self, RequestsError> {
        let builder = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT.min(timeout))
            .timeout(timeout)
            .pool_idle_timeout(POOL_IDLE_MAX)
            .user_agent(USER_AGENT);
        let builder = match egress {
            Egress::PublicOnly => builder.dns_resolver(Arc::new(PublicResolver)),
            Egress::Any => builder,
        };
        Ok(Self { http: builder.build()?, egress })
    }

    /// Makes a request, once.
    pub async fn make(&self, due: &mut DueWebhook) -> Outcome {
        let Some((url, headers)) = parts(due) else { return failed(AttemptFailure::Internal) };
        if !self.egress.permits(url.host()) {
            return failed(AttemptFailure::EgressBlocked);
        }
        let body = std::mem::take(&mut due.body);
        match self.http.post(url).headers(headers).body(body).send().await {
            Ok(response) => answered(response).await,
            Err(error) if is_blocked(&error) => failed(AttemptFailure::EgressBlocked),
            Err(error) if error.is_timeout() => failed(AttemptFailure::Timeout),
            Err(_) => failed(AttemptFailure::Unreachable),
        }
    }
}

fn failed(failure: AttemptFailure) -> Outcome {
    Outcome { failure: Some(failure), ..Outcome::default() }
}

fn parts(due: &DueWebhook) -> Option<(Url, HeaderMap)> {
    let url = Url::parse(due.url.expose()).ok()?;
    let header = |(name, value): (&String, &latchkey_secret::SecretText)| {
        let name = HeaderName::try_from(name.as_str()).ok()?;
        let mut value = HeaderValue::try_from(value.expose()).ok()?;
        value.set_sensitive(true);
        Some((name, value))
    };
    Some((url, due.headers.iter().map(header).collect::<Option<HeaderMap>>()?))
}

async fn answered(mut response: Response) -> Outcome {
    let status = response.status();
    let wish = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = wish.and_then(|text| retry_after(text, SystemTime::now()));
    let failure = match status.as_u16() {
        200..=299 => None,
        300..=399 => Some(AttemptFailure::Redirected),
        410 => Some(AttemptFailure::Gone),
        _ => Some(AttemptFailure::Status),
    };
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read > READ_MAX {
            break;
        }
    }
    Outcome { status: Some(status.as_u16()), failure, retry_after }
}

#[cfg(test)]
mod tests;
