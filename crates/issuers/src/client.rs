//! Asks an issuer: for its metadata, its keys, and what it says of somebody.

use latchkey_egress::{Egress, PublicResolver, trusting};
use reqwest::{Client, RequestBuilder, Url};
use rustls::pki_types::CertificateDer;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Longer than any key set.
const DOCUMENT_MAX: usize = 256 * 1024;

/// Follows no redirect, and goes nowhere it may not.
#[derive(Clone)]
pub struct IssuerClient {
    egress: Egress,
    http: Client,
}

impl IssuerClient {
    /// No connection is made yet.
    ///
    /// # Errors
    /// Where TLS or the HTTP client cannot be set up.
    pub fn new(egress: Egress, roots: &[CertificateDer<'static>]) -> anyhow::Result<Self> {
        let builder = Client::builder()
            .tls_backend_preconfigured(trusting(roots)?.with_no_client_auth())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(DEADLINE)
            .user_agent(concat!("latchkey/", env!("CARGO_PKG_VERSION")));
        let builder = match egress {
            Egress::PublicOnly => builder.dns_resolver(Arc::new(PublicResolver)),
            Egress::Any => builder,
        };
        Ok(Self { egress, http: builder.build()? })
    }

    /// `None` where there is no such document just now.
    pub async fn get<T: DeserializeOwned>(&self, url: Url) -> Option<T> {
        self.ask(url, |http, url| http.get(url)).await
    }

    /// The JSON that answers a request, where it succeeds.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        url: Url,
        request: impl FnOnce(&Client, Url) -> RequestBuilder,
    ) -> Option<T> {
        if !self.egress.permits(url.host()) {
            return None;
        }
        let answer = request(&self.http, url).send().await.ok();
        let mut response = answer.filter(|answer| answer.status().is_success())?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.ok()? {
            body.extend_from_slice(&chunk);
            if body.len() > DOCUMENT_MAX {
                return None;
            }
        }
        serde_json::from_slice(&body).ok()
    }
}
