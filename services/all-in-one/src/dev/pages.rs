//! The pages of a development server: where everything is, and a page to try connecting with.

use super::ENVIRONMENT;
use super::greeting::{Greeting, program};
use super::seed::Demo;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router, middleware};
use futures::future::{Ready, ready};
use latchkey_domain::{EndUser, IntegrationKey};
use latchkey_wire::contract::CreateSession;
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::{Fault, VaultClient};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use tracing::warn;

/// Whom the demo page connects.
const END_USER: &str = "me";

/// As long as a session lasts where nobody says.
const LIFETIME: Duration = Duration::from_secs(900);

#[derive(Clone)]
struct Site {
    vault: VaultClient,
    landing: Landing,
    demo: DemoPage,
}

#[derive(Clone, Template)]
#[template(path = "landing.html")]
struct Landing {
    version: &'static str,
    grpc: String,
    ops: String,
    program: &'static str,
    demo: bool,
}

#[derive(Clone, Template)]
#[template(path = "demo.html")]
struct DemoPage {
    offers: Vec<Offer>,
    problem: Option<String>,
}

/// One integration to try.
#[derive(Clone)]
struct Offer {
    key: &'static str,
    name: &'static str,
    what: &'static str,
    /// What will be asked for, and what to type: nobody has an account there to look it up in.
    hints: Vec<(&'static str, String)>,
}

/// The landing page, and the demo's where there is one.
pub fn router(vault: &VaultClient, greeting: &Greeting, demo: Option<&Demo>) -> Router {
    let landing = Landing {
        version: env!("CARGO_PKG_VERSION"),
        grpc: greeting.grpc.trim_start_matches("http://").to_owned(),
        ops: greeting.ops.clone(),
        program: program(),
        demo: demo.is_some(),
    };
    let page = DemoPage { offers: demo.map(offers).unwrap_or_default(), problem: None };
    let site = Site { vault: vault.clone(), landing, demo: page };
    let mut pages = Router::new().route("/", get(landing_page));
    if demo.is_some() {
        pages = pages
            .route("/demo", get(demo_page))
            .route("/demo/connect", post(connect))
            .route("/assets/demo.js", get(script));
    }
    let pages = pages
        .route("/assets/dev.css", get(stylesheet))
        .layer(middleware::map_response(guard))
        .with_state(site);
    match demo {
        None => pages,
        // The provider is somebody else, who happens to live here: it brings its own headers.
        Some(demo) => {
            pages.nest(super::DEMO_PATH, demo.provider().router()).merge(demo.provider().origin_router())
        }
    }
}

fn offers(demo: &Demo) -> Vec<Offer> {
    let secrets = demo.secrets();
    vec![
        Offer {
            key: "demo-oauth",
            name: "Demo",
            what: "OAuth 2: you are sent to the demo provider, allow access, and come back.",
            hints: vec![],
        },
        Offer {
            key: "demo-api-key",
            name: "Demo with an API key",
            what: "You paste a key, and it is tried out before it is kept.",
            hints: vec![("API key", secrets.api_key.clone())],
        },
        Offer {
            key: "demo-basic",
            name: "Demo with a password",
            what: "You type a user name and a password, and they are tried out before they are kept.",
            hints: vec![("User name", secrets.username.clone()), ("Password", secrets.password.clone())],
        },
        Offer {
            key: "demo-machine",
            name: "Demo robot",
            what: "Client credentials: the app proves itself, and nobody is asked.",
            hints: vec![],
        },
    ]
}

async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../../templates/dev.css"))
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("../../templates/demo.js"))
}

async fn landing_page(State(site): State<Site>) -> Response {
    page(StatusCode::OK, &site.landing)
}

async fn demo_page(State(site): State<Site>) -> Response {
    page(StatusCode::OK, &site.demo)
}

#[derive(Deserialize)]
struct Chosen {
    integration: String,
}

async fn connect(State(site): State<Site>, headers: HeaderMap, Form(chosen): Form<Chosen>) -> Response {
    // Another site must not make sessions here, though it could not read them either (Fetch Metadata).
    let foreign = headers.get("sec-fetch-site").is_some_and(|from| from != "same-origin" && from != "none");
    if foreign {
        return (StatusCode::FORBIDDEN, "This form was sent by another site.").into_response();
    }
    let wants_token = headers.get(header::ACCEPT).is_some_and(|types| types == "application/json");
    match session(&site.vault, &chosen.integration).await {
        Ok(token) if wants_token => Json(json!({ "token": token })).into_response(),
        Ok(token) => Redirect::to(&format!("/connect#s={token}")).into_response(),
        Err(fault) => {
            let problem = Some(fault.message);
            page(StatusCode::UNPROCESSABLE_ENTITY, &DemoPage { problem, ..site.demo })
        }
    }
}

async fn session(vault: &VaultClient, integration: &str) -> Result<String, Fault> {
    let not_there = |_| Fault::field_invalid("integration", "There is no such demo.");
    let integration: IntegrationKey = integration.parse().map_err(not_there)?;
    let end_user: EndUser = END_USER.parse().map_err(|_| Fault::internal())?;
    let wish = CreateSession {
        environment: ENVIRONMENT.parse().map_err(|_| Fault::internal())?,
        end_user,
        integrations: vec![integration],
        reconnect: None,
        manages: false,
        lifetime: LIFETIME,
        outline: latchkey_domain::session::Outline::default(),
    };
    Ok(secret_to_pb(&vault.create_session(wish).await?.token))
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            warn!(error = %error, "A page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The demo page shows the demo's secrets, so no other site may frame it and no cache may keep it.
fn guard(mut response: Response) -> Ready<Response> {
    const FIXED: [(HeaderName, &str); 4] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in FIXED {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    ready(response)
}
