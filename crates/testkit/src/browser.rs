//! An end user's browser: cookies, redirects, forms and the fragment of a link. No script runs in it; what the one script
//! of the connect page does, [`Browser::open_link`] does.

use crate::html::{Form, forms};
use latchkey_chassis::tls;
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, StatusCode, header};
use url::Url;

const REDIRECTS_MAX: usize = 10;

/// A browser of its own, with its own cookies.
#[derive(Debug, Clone)]
pub struct Browser {
    http: reqwest::Client,
    /// Headers a browser would not send, to see whether they are believed.
    lies: Vec<(&'static str, String)>,
}

/// Where a browser arrived.
#[derive(Debug)]
pub struct Page {
    pub url: Url,
    pub status: StatusCode,
    pub html: String,
    /// The redirect that was not followed, where the browser was told to stop before it.
    pub stopped_before: Option<Url>,
}

impl Page {
    /// The first form that has a field of this name.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn form_with(&self, field: &str) -> Form {
        let found = forms(&self.html).into_iter().find(|form| form.asks_for(field));
        found.unwrap_or_else(|| panic!("no form with `{field}` at {}:\n{}", self.url.path(), self.html))
    }

    /// Whether the page says so; tags and entities as they are.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.html.contains(text)
    }

    /// The redirect the browser stopped before.
    ///
    /// # Panics
    /// Where it did not.
    #[must_use]
    pub fn stopped(self) -> Url {
        match self.stopped_before {
            Some(url) => url,
            None => panic!("the browser went all the way to {} ({}):\n{}", self.url, self.status, self.html),
        }
    }
}

impl Browser {
    /// # Panics
    /// Never in a process that may open sockets.
    #[must_use]
    pub fn new() -> Self {
        tls::install_provider();
        let http = reqwest::Client::builder().cookie_store(true).redirect(Policy::none()).no_proxy().build();
        Self { http: http.expect("a client"), lies: Vec::new() }
    }

    /// The same browser behind something that adds a header to everything it sends.
    #[must_use]
    pub fn lying(mut self, header: &'static str, value: &str) -> Self {
        self.lies.push((header, value.to_owned()));
        self
    }

    pub async fn get(&self, url: impl AsRef<str>) -> Page {
        self.travel(self.http.get(url.as_ref()), None).await
    }

    /// Opens a connect link: reads the token from the fragment and hands it in.
    pub async fn open_link(&self, link: &str) -> Page {
        let (address, fragment) = link.split_once('#').expect("a connect link has a fragment");
        let token = fragment.strip_prefix("s=").expect("the fragment carries the token");
        let page = self.get(address).await;
        self.submit(&page, page.form_with("token").with("token", token)).await
    }

    /// Sends a form as it stands.
    pub async fn submit(&self, page: &Page, form: Form) -> Page {
        self.travel(self.filled(page, &form), None).await
    }

    /// Sends a form, presses the button of this name and value, and follows redirects up to the one whose path this is.
    pub async fn press(&self, page: &Page, form: Form, button: (&str, &str), stop: Option<&str>) -> Page {
        let (name, value) = button;
        let there = form.buttons.iter().any(|(has, holds)| (has.as_str(), holds.as_str()) == button);
        assert!(there, "the form has no button {button:?}: {form:?}");
        self.travel(self.filled(page, &form.with(name, value)), stop).await
    }

    /// Connects to an integration from the page that offers it, as far as the provider's consent page.
    pub async fn choose(&self, page: &Page, integration: &str) -> Page {
        let form = forms(&page.html).into_iter().find(|form| {
            form.fields.iter().any(|(name, value)| name == "integration" && value == integration)
        });
        let form = form.unwrap_or_else(|| panic!("`{integration}` is not offered:\n{}", page.html));
        self.submit(page, form).await
    }

    /// The page that asks for what an integration needs.
    pub async fn asked_for(&self, page: &Page, integration: &str) -> Page {
        let mut url = page.url.clone();
        url.set_path(&format!("{}/form", page.url.path()));
        url.set_query(Some(&format!("integration={integration}")));
        self.get(url).await
    }

    /// Allows or declines at the provider's consent page, and goes back all the way.
    pub async fn decide(&self, consent: &Page, decision: &str) -> Page {
        self.press(consent, consent.form_with("consent"), ("decision", decision), None).await
    }

    /// Allows at the provider's consent page, and stops on the way back: what would have been called.
    pub async fn allow_and_stop(&self, consent: &Page) -> Url {
        let stop = Some("/oauth/callback");
        self.press(consent, consent.form_with("consent"), ("decision", "allow"), stop).await.stopped()
    }

    fn filled(&self, page: &Page, form: &Form) -> RequestBuilder {
        let action = page.url.join(&form.action).expect("an action is an address");
        match form.method.as_str() {
            "post" => self.http.post(action).form(&form.fields),
            _ => {
                let mut address = action;
                address.query_pairs_mut().clear().extend_pairs(&form.fields);
                self.http.get(address)
            }
        }
    }

    async fn travel(&self, mut request: RequestBuilder, stop: Option<&str>) -> Page {
        for _ in 0..REDIRECTS_MAX {
            for (name, value) in &self.lies {
                request = request.header(*name, value);
            }
            let answer = request.send().await.expect("the server answers");
            let (url, status) = (answer.url().clone(), answer.status());
            let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            let Some(next) = location.filter(|_| status.is_redirection()) else {
                let html = answer.text().await.expect("a page is text");
                return Page { url, status, html, stopped_before: None };
            };
            let next = url.join(next).expect("a redirect leads somewhere");
            if stop == Some(next.path()) {
                return Page { url, status, html: String::new(), stopped_before: Some(next) };
            }
            request = self.http.get(next);
        }
        panic!("more than {REDIRECTS_MAX} redirects")
    }
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}
