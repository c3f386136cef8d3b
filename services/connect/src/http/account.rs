//! Where a reconnection came back with another account, or what came opens several: the question, and the end user's word.

use super::{Site, headers, hosted, present, refuse_in};
use crate::browser::Browser;
use crate::failures::Problem;
use crate::flows::held;
use crate::pages::{OtherAccountPage, SeveralAccountsPage};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Form as FormBody, Router};
use latchkey_domain::AuthorizationId;
use latchkey_wire::contract::SessionView;
use serde::Deserialize;

pub fn routes() -> Router<Site> {
    Router::new().route("/connect/{session}/account", post(account))
}

#[derive(Deserialize)]
struct Decided {
    form_token: String,
    attempt: AuthorizationId,
    /// Of another account: `use` or `switch`.
    #[serde(default)]
    account: String,
    /// Of several: the place in the list.
    choice: Option<usize>,
}

/// What the end user says of the account that came back.
async fn account(
    State(site): State<Site>,
    headers: HeaderMap,
    Path(session): Path<String>,
    FormBody(decided): FormBody<Decided>,
) -> Response {
    let done = async {
        let (browser, view) = present(&site, &headers, &session).await?;
        if !headers::from_here(&headers) || !browser.made(&decided.form_token) {
            return Err(Problem::FormStale);
        }
        if let Some(choice) = decided.choice {
            return site.flows.choose(&view, decided.attempt, browser.digest(), Some(choice)).await;
        }
        match decided.account.as_str() {
            "use" => site.flows.confirm(&view, decided.attempt, browser.digest()).await,
            _ => site.flows.cancel(&view, decided.attempt).await,
        }
    };
    match done.await {
        // Recorded with the attempt, or still to be chosen: the session's page tells, and asks.
        Ok(()) | Err(Problem::Failed(_)) => Redirect::to(&format!("/connect/{session}")).into_response(),
        Err(problem) => refuse_in(&site, &headers, &session, &problem).await,
    }
}

/// The question which of several is meant.
pub(super) fn several(site: &Site, browser: &Browser, session: &SessionView) -> SeveralAccountsPage {
    let attempt = held(session);
    let integration = attempt
        .and_then(|attempt| session.integrations.iter().find(|offered| offered.key == attempt.integration));
    let choices = attempt.map(|attempt| &attempt.choices[..]).unwrap_or_default();
    SeveralAccountsPage {
        boot: hosted(site, browser, session),
        session: session.id.to_string(),
        form_token: browser.form_token(),
        attempt: attempt.map(|attempt| attempt.id.to_string()).unwrap_or_default(),
        name: integration.map(|offered| offered.settings.display_name.clone()).unwrap_or_default(),
        choices: choices
            .iter()
            .map(|choice| (choice.label.clone(), choice.detail.clone().unwrap_or_default()))
            .collect(),
    }
}

/// The question whether the other is meant.
pub(super) fn page(site: &Site, browser: &Browser, session: &SessionView) -> OtherAccountPage {
    let attempt = held(session);
    let integration = attempt
        .and_then(|attempt| session.integrations.iter().find(|offered| offered.key == attempt.integration));
    OtherAccountPage {
        boot: hosted(site, browser, session),
        session: session.id.to_string(),
        form_token: browser.form_token(),
        attempt: attempt.map(|attempt| attempt.id.to_string()).unwrap_or_default(),
        name: integration.map(|offered| offered.settings.display_name.clone()).unwrap_or_default(),
        expected: session.summary.as_ref().and_then(|summary| summary.account.clone()).unwrap_or_default(),
        actual: attempt.and_then(|attempt| attempt.account.clone()).unwrap_or_default(),
    }
}
