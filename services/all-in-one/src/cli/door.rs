//! A server over its REST API: this one, or one that connections come from.

use crate::dev::env_file::{self, EnvFile};
use crate::dev::folder::{self, Folder};
use anyhow::{Context as _, bail};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, redirect};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// Longer than anything that passes through the proxy is waited for.
const PASSED_WITHIN: Duration = Duration::from_secs(24 * 3600);
/// How often what failed for now is asked again, and how long it is waited for at most.
const TRIES_MAX: u32 = 4;
const WAIT_MAX: Duration = Duration::from_secs(60);
const WAIT_FIRST: Duration = Duration::from_secs(1);

/// Where this server is over HTTP, and which key it is asked with.
#[derive(clap::Args)]
pub struct Here {
    /// Where this server is, such as https://connect.example.com; without it, as the folder of `latchkey dev` says
    #[arg(long, value_name = "URL", env = env_file::URL, global = true)]
    url: Option<String>,
    /// A file with this server's API key; without it, LATCHKEY_API_KEY, or as the folder of `latchkey dev` says
    #[arg(long, value_name = "FILE", global = true)]
    api_key_file: Option<PathBuf>,
    /// The folder of `latchkey dev`
    #[arg(long, value_name = "FOLDER", default_value = folder::DEFAULT, global = true)]
    data: PathBuf,
    /// Allow http:// to another machine: keys and credentials cross the network in the clear
    #[arg(long, global = true)]
    pub insecure: bool,
}

impl Here {
    /// # Errors
    /// Where nothing says it.
    pub fn url(&self) -> anyhow::Result<String> {
        let url = self.url.clone().or_else(|| self.found().get(env_file::URL).map(str::to_owned));
        url.with_context(|| format!("say where this server is: --url https://…, or {}", env_file::URL))
    }

    /// # Errors
    /// Where nothing says where this server is, or which key it is asked with.
    pub fn door(&self) -> anyhow::Result<Door> {
        let key = key(self.api_key_file.as_deref(), env_file::API_KEY, self.found().get(env_file::API_KEY))?;
        Door::new("this server", &self.url()?, &key, self.insecure)
    }

    fn found(&self) -> EnvFile {
        EnvFile::read(&Folder::at(&self.data).env_file()).unwrap_or_default()
    }
}

/// A key, by the first of these that says one.
///
/// # Errors
/// Where none does.
pub fn key(file: Option<&Path>, variable: &str, found: Option<&str>) -> anyhow::Result<String> {
    match (file, std::env::var(variable), found) {
        (Some(path), ..) => {
            let text = std::fs::read_to_string(path);
            Ok(text.with_context(|| format!("{} cannot be read", path.display()))?.trim().to_owned())
        }
        (None, Ok(key), _) => Ok(key),
        (None, Err(_), Some(key)) => Ok(key.to_owned()),
        (None, Err(_), None) => bail!("no key is known: set {variable}, or name a file with it"),
    }
}

pub struct Door {
    what: &'static str,
    http: reqwest::Client,
    url: Url,
    bearer: HeaderValue,
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The programs' word for why not, where it is this server's.
    pub fn reason(&self) -> &str {
        self.body["reason"].as_str().unwrap_or_default()
    }

    /// Why not, in words; never what was sent. Both kinds of error bodies are known.
    pub fn why(&self) -> String {
        let text = |pointer: &str| self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let told = [text("/error/code"), text("/error/message"), text("/reason"), text("/detail")];
        let told: Vec<_> = told.into_iter().filter(|word| !word.is_empty()).collect();
        let clean = |text: String| text.chars().filter(|letter| !letter.is_control()).take(300).collect();
        let told: String = clean(told.join(": "));
        if told.is_empty() {
            format!("HTTP {}", self.status)
        } else {
            format!("HTTP {}, {told}", self.status)
        }
    }
}

impl Door {
    pub fn new(what: &'static str, url: &str, key: &str, insecure: bool) -> anyhow::Result<Self> {
        let malformed = || format!("`{url}` is not an address such as https://example.com");
        let url = Url::parse(url).with_context(malformed)?;
        let host = url.host_str().with_context(malformed)?;
        let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
        let loopback = host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback());
        match url.scheme() {
            "https" => {}
            "http" if loopback || insecure => {}
            _ => bail!(
                "{url} is not encrypted, and credentials would cross the network: use https://, or allow it with --insecure"
            ),
        }
        latchkey_chassis::tls::install_provider();
        // A redirect could take the key elsewhere.
        let http = reqwest::Client::builder().timeout(ANSWER_WITHIN).redirect(redirect::Policy::none());
        let mut bearer = HeaderValue::try_from(format!("Bearer {key}"))
            .map_err(|_| anyhow::anyhow!("the key for {what} holds characters no key has"))?;
        bearer.set_sensitive(true);
        Ok(Self { what, http: http.build().context("no HTTP client could be made")?, url, bearer })
    }

    pub async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<Answer> {
        self.call(Method::GET, path, query, None, None).await
    }

    pub async fn post(&self, path: &[&str], body: &Value) -> anyhow::Result<Answer> {
        self.call(Method::POST, path, &[], Some(body), None).await
    }

    pub async fn put(&self, path: &[&str], body: &Value) -> anyhow::Result<Answer> {
        self.call(Method::PUT, path, &[], Some(body), None).await
    }

    /// A connection is brought that is not to be used, or not usable, yet.
    pub async fn bring(&self, body: &Value, begin: &str) -> anyhow::Result<Answer> {
        self.call(Method::POST, &["connections"], &[], Some(body), Some(begin)).await
    }

    /// A request of its caller's own making, to the proxy's path with this one behind it; the answer as it comes, once.
    pub async fn pass(
        &self,
        method: Method,
        path: &str,
        mut headers: HeaderMap,
        body: Option<Vec<u8>>,
    ) -> anyhow::Result<reqwest::Response> {
        let base = self.url.as_str().trim_end_matches('/');
        let url = format!("{base}/proxy/{}", path.strip_prefix('/').unwrap_or(path));
        headers.insert(AUTHORIZATION, self.bearer.clone());
        let request = self.http.request(method, url).timeout(PASSED_WITHIN).headers(headers);
        let request = body.into_iter().fold(request, reqwest::RequestBuilder::body);
        let answer = request.send().await.map_err(reqwest::Error::without_url);
        answer.with_context(|| format!("{} does not answer", self.what))
    }

    /// What fails for now is asked again: everything that is sent here may come twice.
    async fn call(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
        begin: Option<&str>,
    ) -> anyhow::Result<Answer> {
        let mut url = self.url.clone();
        url.path_segments_mut()
            .map_err(|()| anyhow::anyhow!("{} has no paths", self.url))?
            .pop_if_empty()
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut wait = WAIT_FIRST;
        for tried in 1.. {
            let mut request =
                self.http.request(method.clone(), url.clone()).header(AUTHORIZATION, self.bearer.clone());
            if let Some(body) = body {
                request = request.json(body);
            }
            if let Some(begin) = begin {
                request = request.header("latchkey-begin", begin);
            }
            let answer = match request.send().await {
                Ok(answer) => answer,
                Err(_) if tried < TRIES_MAX => {
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(WAIT_MAX);
                    continue;
                }
                Err(error) => {
                    return Err(error.without_url())
                        .with_context(|| format!("{} does not answer", self.what));
                }
            };
            let status = answer.status().as_u16();
            if (status == 429 || status == 503) && tried < TRIES_MAX {
                let asked =
                    answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
                tokio::time::sleep(asked.map_or(wait, Duration::from_secs).min(WAIT_MAX)).await;
                wait = (wait * 2).min(WAIT_MAX);
                continue;
            }
            return Ok(Answer { status, body: answer.json().await.unwrap_or_default() });
        }
        bail!("{} does not answer", self.what)
    }
}
