//! A vendor on loopback with a login of its own and with an app to install, and what an operator would write about either.

use axum::Router;
use axum::extract::{Form, Json, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub const USERNAME: &str = "ada";
pub const PASSWORD: &str = "canary_login_password";

/// A login that sets a cookie, and a token for who has the cookie and the session it came with.
pub fn login_file(port: u16) -> String {
    r#"catalog: 1
id: real
name: Acme
categories: [test]
inputs:
  - {name: username, ask: connection, label: User name}
  - {name: password, ask: connection, label: Password, secret: true}
obtain:
  type: exchange
  steps:
    - {method: POST, url: "ORIGIN/login", format: json, params: {username: "${conn.username}", password: "${conn.password}"}}
    - {method: GET, url: "ORIGIN/token", params: {session: "${step.0.session}"}}
  token_response: {access_token: "1:/data/token", expires_in: "1:/data/ttl"}
apply: {scheme: bearer}
api: {base_url: "ORIGIN", hosts: ["127.0.0.1"]}
probes: {verify: {url: /me}}
"#
    .replace("ORIGIN", &origin(port))
}

/// An app to install, whose installation has tokens.
pub fn installation_file(port: u16) -> String {
    r#"catalog: 1
id: real
name: Acme
categories: [test]
obtain:
  type: exchange
  interaction: {url: "ORIGIN/apps/acme/new", state_param: state, redirect_uri_param: back, set: {installation_id: installation_id}}
  steps: [{method: POST, url: "ORIGIN/installations/${conn.installation_id}/tokens"}]
  token_response: {access_token: /token, expires_in: /ttl}
apply: {scheme: bearer}
api: {base_url: "ORIGIN", hosts: ["127.0.0.1"]}
probes: {verify: {url: /me}}
"#
    .replace("ORIGIN", &origin(port))
}

fn origin(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

#[derive(Default)]
struct Books {
    sessions: BTreeSet<String>,
    tokens: BTreeSet<String>,
}

type Shared = State<Arc<Mutex<Books>>>;

pub struct Vendor {
    origin: String,
    books: Arc<Mutex<Books>>,
    task: JoinHandle<()>,
}

impl Vendor {
    pub async fn start(port: u16) -> Self {
        let books = Arc::new(Mutex::new(Books::default()));
        let router = Router::new()
            .route("/login", post(login))
            .route("/token", get(token))
            .route("/apps/acme/new", get(ask))
            .route("/apps/acme/install", post(install))
            .route("/installations/{id}/tokens", post(installation_token))
            .route("/me", get(me))
            .with_state(Arc::clone(&books));
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin: origin(port), books, task }
    }

    pub fn logins(&self) -> usize {
        self.books.lock().unwrap().sessions.len()
    }

    pub fn tokens(&self) -> usize {
        self.books.lock().unwrap().tokens.len()
    }

    /// Calls the API with what was handed out.
    pub async fn me(&self, headers: &std::collections::BTreeMap<String, String>) -> u16 {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.get(format!("{}/me", self.origin));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status().as_u16()
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn login(State(books): Shared, Json(typed): Json<Value>) -> Response {
    if typed != json!({"username": USERNAME, "password": PASSWORD}) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"message": "no"}))).into_response();
    }
    let mut books = books.lock().unwrap();
    let session = format!("canary_session_{}", books.sessions.len() + 1);
    books.sessions.insert(session.clone());
    let cookie = format!("sid=of_{session}; HttpOnly; Path=/");
    ([(header::SET_COOKIE, cookie)], Json(json!({"session": session}))).into_response()
}

async fn token(
    State(books): Shared,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let mut books = books.lock().unwrap();
    let session = query.get("session").filter(|session| books.sessions.contains(*session));
    let cookie = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    let (Some(session), Some(cookie)) = (session, cookie) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    if cookie != format!("sid=of_{session}") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let token = books.new_token();
    Json(json!({"data": {"token": token, "ttl": 3600}})).into_response()
}

async fn ask(Query(query): Query<BTreeMap<String, String>>) -> Html<String> {
    let (state, back) = (&query["state"], &query["back"]);
    Html(format!(
        r#"<!doctype html><title>Install</title><h1>Install Acme</h1><form method="post" action="/apps/acme/install">
        <input type="hidden" name="state" value="{state}"><input type="hidden" name="back" value="{back}">
        <button name="decision" value="install">Install</button></form>"#
    ))
}

async fn install(Form(form): Form<BTreeMap<String, String>>) -> Redirect {
    let back = reqwest::Url::parse_with_params(
        &form["back"],
        [("installation_id", "42"), ("setup_action", "install"), ("state", &form["state"])],
    );
    Redirect::to(back.unwrap().as_str())
}

async fn installation_token(State(books): Shared, Path(id): Path<String>) -> Response {
    if id != "42" {
        return StatusCode::NOT_FOUND.into_response();
    }
    let token = books.lock().unwrap().new_token();
    (StatusCode::CREATED, Json(json!({"token": token, "ttl": 3600}))).into_response()
}

async fn me(State(books): Shared, headers: HeaderMap) -> StatusCode {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let known = |token: &str| books.lock().unwrap().tokens.contains(token);
    match given.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(known) {
        true => StatusCode::OK,
        false => StatusCode::UNAUTHORIZED,
    }
}

impl Books {
    fn new_token(&mut self) -> String {
        let token = format!("canary_vendor_token_{}", self.tokens.len() + 1);
        self.tokens.insert(token.clone());
        token
    }
}
