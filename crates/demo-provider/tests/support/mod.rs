//! The vocabulary of these tests: a provider on a loopback port, and a browser and a client that talk to it.

#![allow(dead_code, reason = "each test binary uses its part of the vocabulary")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_demo_provider::{Client, DemoProvider, Options};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use url::Url;

pub const CALLBACK: &str = "http://127.0.0.1:9/callback?from=demo";
pub const CLIENT: (&str, &str) = ("demo-client", "canary_client secret&:+%");
pub const CONTROL: &str = "canary_control";
pub const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-in-all";

pub struct World {
    pub provider: DemoProvider,
    pub issuer: String,
    pub browser: reqwest::Client,
    /// A client without cookies: a backend.
    pub backend: reqwest::Client,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

pub async fn world() -> World {
    world_with(|_| {}).await
}

/// A provider nested at a path, as it is in development.
pub async fn world_with(adjust: impl FnOnce(&mut Options)) -> World {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}/demo-provider", listener.local_addr().unwrap());
    let mut options = Options::new(&issuer);
    options.clients = vec![
        Client::new(CLIENT.0, CLIENT.1, [CALLBACK]),
        Client::new("other-client", "canary_other", ["http://127.0.0.1:9/other"]),
        Client { secret: None, ..Client::new("public-client", "", [CALLBACK]) },
    ];
    options.control_token = Some(CONTROL.into());
    options.secret_prefix = "canary_".into();
    adjust(&mut options);
    let provider = DemoProvider::new(options).unwrap();
    let app = axum::Router::new().nest("/demo-provider", provider.router()).merge(provider.origin_router());
    let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    World { provider, issuer, browser: http(true), backend: http(false), serving }
}

pub fn http(cookies: bool) -> reqwest::Client {
    // Somebody else in this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.cookie_store(cookies).build().unwrap()
}

pub fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// What came back to the redirect URI.
pub type Reply = HashMap<String, String>;

impl World {
    /// The query of a right authorization request.
    pub fn request(&self) -> Vec<(&'static str, String)> {
        vec![
            ("response_type", "code".into()),
            ("client_id", CLIENT.0.into()),
            ("redirect_uri", CALLBACK.into()),
            ("state", "st&te=1".into()),
            ("scope", "profile:read notes:read".into()),
            ("code_challenge", challenge()),
            ("code_challenge_method", "S256".into()),
        ]
    }

    pub async fn authorize(&self, query: &[(&'static str, String)]) -> Response {
        let url = Url::parse_with_params(&format!("{}/authorize", self.issuer), query).unwrap();
        self.browser.get(url).send().await.unwrap()
    }

    /// Walks the page as somebody would who presses one of its buttons.
    pub async fn decide(&self, page: &str, decision: &str) -> Response {
        let form = [("consent", hidden(page)), ("decision", decision.into())];
        self.browser.post(self.action(page)).form(&form).send().await.unwrap()
    }

    pub fn action(&self, page: &str) -> String {
        let path = between(page, "action=\"", "\"");
        Url::parse(&self.issuer).unwrap().join(&path).unwrap().into()
    }

    pub async fn consent(&self, decision: &str) -> Reply {
        let page = self.authorize(&self.request()).await;
        assert_eq!(page.status(), StatusCode::OK);
        let answer = self.decide(&page.text().await.unwrap(), decision).await;
        reply(&answer)
    }

    pub async fn code(&self) -> String {
        self.consent("allow").await["code"].clone()
    }

    pub fn token(&self, form: &[(&str, &str)]) -> RequestBuilder {
        self.post("/token", form)
    }

    /// A form request that authenticates the usual client by Basic.
    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> RequestBuilder {
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let request = self.backend.post(format!("{}{path}", self.issuer));
        request.basic_auth(encoded(CLIENT.0), Some(encoded(CLIENT.1))).form(form)
    }

    pub fn redeem(&self, code: &str, verifier: &str) -> RequestBuilder {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", verifier),
        ])
    }

    pub fn refresh(&self, refresh_token: &str) -> RequestBuilder {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
    }

    /// Connects: consent, code, tokens.
    pub async fn connect(&self) -> Tokens {
        Tokens::of(self.redeem(&self.code().await, VERIFIER)).await
    }

    pub async fn me(&self, access_token: &str) -> Response {
        self.backend.get(format!("{}/me", self.issuer)).bearer_auth(access_token).send().await.unwrap()
    }

    pub async fn works(&self, access_token: &str) -> bool {
        self.me(access_token).await.status() == StatusCode::OK
    }

    /// A control over HTTP.
    pub async fn control(&self, name: &str, body: Value) -> Value {
        let request = self.backend.post(format!("{}/_control/{name}", self.issuer));
        let answer = request.bearer_auth(CONTROL).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{name}");
        answer.json().await.unwrap()
    }
}

#[derive(Debug, Clone)]
pub struct Tokens {
    pub access: String,
    pub refresh: Option<String>,
    pub json: Value,
}

impl Tokens {
    pub async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let json: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{json}");
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        Self { access: text("access_token").unwrap(), refresh: text("refresh_token"), json }
    }

    pub fn refresh(&self) -> &str {
        self.refresh.as_deref().unwrap()
    }
}

/// Status and `error` of an answer that refuses.
pub async fn refused(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let json: Value = answer.json().await.unwrap();
    (status, json["error"].as_str().unwrap_or_default().to_owned())
}

pub fn refusal(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

/// What a redirect to the client carries.
pub fn reply(answer: &Response) -> Reply {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(CALLBACK), "{location}");
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

pub fn hidden(page: &str) -> String {
    between(page, "name=\"consent\" value=\"", "\"")
}

fn between(text: &str, start: &str, end: &str) -> String {
    text.split_once(start).unwrap().1.split_once(end).unwrap().0.to_owned()
}
