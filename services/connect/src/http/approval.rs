//! A link for the admin at the provider who has to allow the access: whoever opens it goes on with the session.

use super::{Site, headers, hosted, page, present, refuse, refuse_in};
use crate::browser::Browser;
use crate::failures::Problem;
use crate::pages::ApprovalPage;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use latchkey_domain::Reason;
use latchkey_wire::contract::SessionView;
use serde::Deserialize;

pub fn routes() -> Router<Site> {
    Router::new().route("/connect/{session}/approval", post(shown)).route("/connect/approve", post(open))
}

/// Whether an admin has been asked, and this browser is not theirs.
pub fn is_awaited(session: &SessionView) -> bool {
    let failure = session.last_failure.as_ref();
    !session.approving && failure.is_some_and(|failure| failure.reason == Reason::AdminApprovalPending)
}

/// The link, which is the same each time. The invitation is in its fragment, which browsers send to nobody.
///
/// # Errors
/// The vault's: the session is over, or this browser is the admin's own.
pub async fn link(site: &Site, browser: &Browser, session: &SessionView) -> Result<String, Problem> {
    site.flows
        .vault
        .invite_approver(session.id, browser.digest(), browser.approval_digest(session.id))
        .await?;
    let here = site.flows.redirect_uri.trim_end_matches("/oauth/callback");
    Ok(format!("{here}/connect#a={}", browser.approval(session.id)))
}

#[derive(Deserialize)]
struct Wished {
    form_token: String,
}

/// For browsers without a program: a page with the link.
async fn shown(
    State(site): State<Site>,
    headers: HeaderMap,
    Path(session): Path<String>,
    Form(wished): Form<Wished>,
) -> Response {
    let shown = async {
        let (browser, view) = present(&site, &headers, &session).await?;
        if !headers::from_here(&headers) || !browser.made(&wished.form_token) {
            return Err(Problem::FormStale);
        }
        let link = link(&site, &browser, &view).await?;
        Ok(ApprovalPage { boot: hosted(&site, &browser, &view), session: view.id.to_string(), link })
    };
    match shown.await {
        Ok(shown) => page(StatusCode::OK, &shown),
        Err(problem) => refuse_in(&site, &headers, &session, &problem).await,
    }
}

#[derive(Deserialize)]
struct Opening {
    approval: String,
}

/// The admin's browser shows what the link's fragment held.
async fn open(State(site): State<Site>, headers: HeaderMap, Form(opening): Form<Opening>) -> Response {
    if !headers::from_here(&headers) {
        return refuse(&Problem::FormStale);
    }
    let browser = site.cookies.read(&headers).unwrap_or_default();
    match site.flows.vault.bind_approver(&opening.approval.into(), browser.digest()).await {
        Err(fault) => refuse(&fault.into()),
        Ok(session) => {
            let there = Redirect::to(&format!("/connect/{}", session.id));
            (site.cookies.set(&browser).into_iter().collect::<HeaderMap>(), there).into_response()
        }
    }
}
