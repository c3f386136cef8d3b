//! The way back to the product, with what its backend exchanges for what the session led to.

use super::{Site, headers, present, refuse_in};
use crate::failures::Problem;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use latchkey_wire::convert::secret_to_pb;
use serde::Deserialize;
use url::Url;

pub fn routes() -> Router<Site> {
    Router::new().route("/connect/{session}/return", post(back))
}

#[derive(Deserialize)]
struct Leaving {
    form_token: String,
    /// One of the environment's `return_urls`; the only one, where nothing is wished for.
    to: Option<String>,
}

/// A form and no link: the token is issued when somebody goes, and goes where the environment allows.
async fn back(
    State(site): State<Site>,
    headers: HeaderMap,
    Path(session): Path<String>,
    Form(leaving): Form<Leaving>,
) -> Response {
    match address(&site, &headers, &session, &leaving).await {
        Ok(address) => Redirect::to(address.as_str()).into_response(),
        Err(problem) => refuse_in(&site, &headers, &session, &problem).await,
    }
}

async fn address(site: &Site, headers: &HeaderMap, session: &str, leaving: &Leaving) -> Result<Url, Problem> {
    let (browser, view) = present(site, headers, session).await?;
    if !headers::from_here(headers) || !browser.made(&leaving.form_token) {
        return Err(Problem::FormStale);
    }
    let look = site.looks.of(&view.environment);
    let mut address = look.return_url(leaving.to.as_deref()).ok_or(Problem::FormStale)?.clone();
    let token = match view.connection {
        Some(_) => Some(site.flows.vault.issue_result(view.id, browser.digest()).await?),
        None => None,
    };
    let status = if token.is_some() { "connected" } else { "dismissed" };
    address
        .query_pairs_mut()
        .append_pair("latchkey_session", &view.id.to_string())
        .append_pair("latchkey_status", status)
        .extend_pairs(token.map(|token| ("latchkey_result", secret_to_pb(&token))));
    Ok(address)
}
