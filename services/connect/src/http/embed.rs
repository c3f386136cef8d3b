//! The pages around the program: the frame that products embed, the window that goes to the provider, and what it ends with.

use super::page_with;
use super::{Site, headers};
use crate::look::Look;
use crate::pages::{Boot, CompatPage, EmbedPage, WindowDonePage, WindowPage};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use latchkey_domain::Environment;
use latchkey_web_ui::Policy;

pub fn routes() -> Router<Site> {
    Router::new()
        .route("/embed/{environment}", get(embed))
        .route("/connect-ui", get(compat))
        .route("/connect-ui/", get(compat))
        .route("/connect/window", get(window))
        .route("/connect/window/done", get(done))
        .route("/connect/logo/{environment}/{scheme}", get(logo))
}

/// Whether there are such an environment, is not told: one without settings looks plain.
async fn embed(State(site): State<Site>, Path(environment): Path<String>) -> Response {
    let Ok(environment) = environment.parse::<Environment>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let look = site.looks.of(&environment);
    let page = EmbedPage { boot: boot(&site, &environment, look, "frame") };
    let policy =
        Policy::new().framed_by(look.allowed_origins.iter().map(|origin| origin.as_str().to_owned()));
    opener_kept(page_with(StatusCode::OK, &page, &policy))
}

/// The frame as another product's client for browsers shows it: it names no environment, so whoever any of them allows may
/// show it, and the session's token decides the rest.
async fn compat(State(site): State<Site>) -> Response {
    let origins: Vec<String> = site.looks.origins().map(|origin| origin.as_str().to_owned()).collect();
    let boot = Boot::of(&Look::default(), "compat").allowing(origins.clone());
    opener_kept(page_with(StatusCode::OK, &CompatPage { boot }, &Policy::new().framed_by(origins)))
}

/// Opened by a frame or a page of ours, which tells it where to go. It must keep its opener for that.
async fn window() -> Response {
    let boot = Boot::of(&Look::default(), "window");
    opener_kept(page_with(StatusCode::OK, &WindowPage { boot }, &Policy::new()))
}

/// Where the window comes to in the end. The page that opened it is told by the server, so nothing is said here to anybody.
async fn done() -> Response {
    let boot = Boot::of(&Look::default(), "done");
    opener_kept(page_with(StatusCode::OK, &WindowDonePage { boot }, &Policy::new()))
}

async fn logo(State(site): State<Site>, Path((environment, scheme)): Path<(String, String)>) -> Response {
    let found =
        environment.parse().ok().and_then(|it: Environment| site.looks.logo(&it, scheme == "dark").cloned());
    match found {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(logo) => ([(header::CONTENT_TYPE, logo.content_type)], logo.bytes.to_vec()).into_response(),
    }
}

/// What a page's program begins with.
pub fn boot(site: &Site, environment: &Environment, look: &Look, mode: &'static str) -> Boot {
    let logo = |dark: bool| {
        let scheme = if dark { "dark" } else { "light" };
        site.looks.logo(environment, dark).map(|_| format!("/connect/logo/{environment}/{scheme}"))
    };
    Boot::of(look, mode).with_logos(logo(false), logo(true))
}

/// A page that opens windows, or is one, must not be cut off from the other side.
pub fn opener_kept(mut response: Response) -> Response {
    let unsafe_none = HeaderValue::from_static("unsafe-none");
    response.headers_mut().insert(headers::OPENER_POLICY, unsafe_none);
    response
}
