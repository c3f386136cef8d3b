//! A browser without a screen: it keeps cookies, follows redirects and sends forms.

use super::page::{Button, Form, Method, Page};
use anyhow::Context as _;
use std::time::Duration;
use url::Url;

/// Further than any flow goes; a circle ends here.
const REDIRECTS_MAX: usize = 10;

const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// More than any page worth reading.
const PAGE_BYTES_MAX: usize = 1024 * 1024;

pub struct Browser {
    http: reqwest::Client,
}

/// A page, and where it was found.
pub struct Visit {
    pub url: Url,
    pub status: reqwest::StatusCode,
    pub page: Page,
}

impl Browser {
    /// # Errors
    /// Where no client can be made at all.
    pub fn new() -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::limited(REDIRECTS_MAX))
            .timeout(ANSWER_WITHIN)
            // Its pages are on this machine.
            .no_proxy()
            .user_agent(concat!("latchkey-demo/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("no HTTP client could be made")?;
        Ok(Self { http })
    }

    /// # Errors
    /// Where no page comes back.
    pub async fn go(&self, url: Url) -> anyhow::Result<Visit> {
        arrive(self.http.get(url)).await
    }

    /// # Errors
    /// Where no page comes back.
    pub async fn post(&self, url: Url, pairs: &[(String, String)]) -> anyhow::Result<Visit> {
        arrive(self.http.post(url).form(pairs)).await
    }

    /// Sends a form as it stands, by one of its buttons.
    ///
    /// # Errors
    /// Where no page comes back.
    pub async fn send(&self, from: &Url, form: &Form, button: Option<&Button>) -> anyhow::Result<Visit> {
        let mut url = from.join(&form.action).context("the form leads nowhere")?;
        let mut pairs: Vec<_> =
            form.fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect();
        pairs.extend(button.and_then(|button| Some((button.name.clone()?, button.value.clone()))));
        match form.method {
            Method::Post => self.post(url, &pairs).await,
            Method::Get => {
                url.query_pairs_mut().clear().extend_pairs(&pairs);
                self.go(url).await
            }
        }
    }
}

async fn arrive(request: reqwest::RequestBuilder) -> anyhow::Result<Visit> {
    // An error would show the address, and an address in the middle of a flow holds codes.
    let answer = request.send().await.map_err(|error| error.without_url()).context("no page came back")?;
    let (url, status) = (answer.url().clone(), answer.status());
    let html = answer.text().await.map_err(|error| error.without_url()).context("the page broke off")?;
    anyhow::ensure!(html.len() <= PAGE_BYTES_MAX, "the page is too long to be one");
    Ok(Visit { url, status, page: Page::parse(&html) })
}
