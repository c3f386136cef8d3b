//! Where end users look after their connections: what the page's program asks, and the same as forms.

use super::api::{answer, bearer, changing, held, read};
use super::view::{SessionDocument, left_out, session_document};
use super::{Site, headers, hosted, page, present, refuse, refuse_in};
use crate::browser::Browser;
use crate::failures::Problem;
use crate::flows::Errand;
use crate::pages::{ManagePage, Owned};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{delete, get, post};
use axum::{Form, Json, Router};
use latchkey_domain::ConnectionId;
use latchkey_wire::contract::{OwnConnection, SessionView};
use serde::{Deserialize, Serialize};

pub fn routes() -> Router<Site> {
    Router::new()
        .route("/connect/api/sessions/{session}/connections", get(list))
        .route("/connect/api/sessions/{session}/connections/{connection}", delete(disconnect))
        .route("/connect/api/sessions/{session}/errands", post(errand))
        .route("/connect/{session}/manage", post(decided))
}

#[derive(Serialize)]
struct OwnDocument {
    id: String,
    integration: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// `connected`, `failing` (it passes by itself) or `ended`.
    state: &'static str,
    /// Why and when, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<(&'static str, i64)>,
    /// Asked for by now, and not granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_left_out: Vec<String>,
    mendable: bool,
    /// In milliseconds since 1970.
    created_at: i64,
}

impl From<OwnConnection> for OwnDocument {
    fn from(own: OwnConnection) -> Self {
        let state = state_of(&own);
        Self {
            id: own.id.to_string(),
            integration: own.summary.integration.to_string(),
            name: own.name,
            state,
            ended: own.summary.ended.as_ref().map(|(failure, since)| (failure.reason.as_str(), since.0)),
            scopes_left_out: left_out(&own.asked, &own.summary.scopes),
            account: own.summary.account,
            mendable: own.mendable,
            created_at: own.created_at.0,
        }
    }
}

fn state_of(own: &OwnConnection) -> &'static str {
    match (&own.summary.ended, own.failing) {
        (Some(_), _) => "ended",
        (None, true) => "failing",
        (None, false) => "connected",
    }
}

async fn list(State(site): State<Site>, headers: HeaderMap, Path(session): Path<String>) -> Response {
    answer(
        async {
            let (browser, view) = held(&site, &headers, &session).await?;
            let own = site.flows.vault.own_connections(view.id, browser.digest()).await?;
            Ok(Json(own.into_iter().map(OwnDocument::from).collect::<Vec<_>>()))
        }
        .await,
    )
}

async fn disconnect(
    State(site): State<Site>,
    headers: HeaderMap,
    Path((session, connection)): Path<(String, String)>,
) -> Response {
    answer(
        async {
            let (browser, view) = changing(&site, &headers, &session).await?;
            let connection = connection.parse().map_err(|_| Problem::StateUnknown)?;
            site.flows.vault.disconnect(view.id, browser.digest(), connection).await?;
            Ok(StatusCode::NO_CONTENT)
        }
        .await,
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wished {
    /// The connection that is to be connected again; a new one where none is named.
    mends: Option<ConnectionId>,
}

#[derive(Serialize)]
struct ErrandDocument {
    session: SessionDocument,
}

async fn errand(
    State(site): State<Site>,
    headers: HeaderMap,
    Path(session): Path<String>,
    body: Result<Json<Wished>, JsonRejection>,
) -> Response {
    answer(
        async {
            let (browser, view) = changing(&site, &headers, &session).await?;
            let errand = read(body)?.mends.map_or(Errand::Connect, Errand::Mend);
            let opened = site.flows.run_errand(&view, browser.digest(), errand).await?;
            // A frame shows its secret with each call, and is given no cookie.
            let cookie =
                if bearer(&headers).is_some() { None } else { site.cookies.set_for(&browser, opened.id) };
            let document = ErrandDocument { session: session_document(&site, &opened) };
            Ok((StatusCode::CREATED, cookie.into_iter().collect::<HeaderMap>(), Json(document)))
        }
        .await,
    )
}

#[derive(Deserialize)]
struct Decided {
    form_token: String,
    /// `connect`, `mend` or `disconnect`.
    #[serde(rename = "do")]
    what: String,
    connection: Option<ConnectionId>,
}

/// A button of the page without a program.
async fn decided(
    State(site): State<Site>,
    headers: HeaderMap,
    Path(session): Path<String>,
    Form(decided): Form<Decided>,
) -> Response {
    let done = async {
        let (browser, view) = present(&site, &headers, &session).await?;
        if !headers::from_here(&headers) || !browser.made(&decided.form_token) {
            return Err(Problem::FormStale);
        }
        let errand = match (&*decided.what, decided.connection) {
            ("disconnect", Some(connection)) => {
                site.flows.vault.disconnect(view.id, browser.digest(), connection).await?;
                return Ok((HeaderMap::new(), view.id));
            }
            ("mend", Some(connection)) => Errand::Mend(connection),
            ("connect", None) => Errand::Connect,
            _ => return Err(Problem::StateUnknown),
        };
        let opened = site.flows.run_errand(&view, browser.digest(), errand).await?;
        Ok((site.cookies.set_for(&browser, opened.id).into_iter().collect(), opened.id))
    };
    match done.await {
        Ok((cookie, there)) => (cookie, Redirect::to(&format!("/connect/{there}"))).into_response(),
        Err(problem) => refuse_in(&site, &headers, &session, &problem).await,
    }
}

/// The list, for browsers without a program.
pub(super) async fn shown(site: &Site, browser: &Browser, session: &SessionView) -> Response {
    let own = match site.flows.vault.own_connections(session.id, browser.digest()).await {
        Ok(own) => own,
        Err(fault) => return refuse(&fault.into()),
    };
    let owned = own.into_iter().map(|own| Owned {
        id: own.id.to_string(),
        state: match state_of(&own) {
            "ended" => "The access has ended. Connect again to restore it.",
            "failing" => "Not working at the moment. It is tried again by itself.",
            _ if !left_out(&own.asked, &own.summary.scopes).is_empty() => {
                "Connected, with some access left out."
            }
            _ => "Connected.",
        },
        name: own.name,
        account: own.summary.account.unwrap_or_default(),
        mendable: own.mendable,
    });
    page(
        StatusCode::OK,
        &ManagePage {
            boot: hosted(site, browser, session),
            session: session.id.to_string(),
            form_token: browser.form_token(),
            owned: owned.collect(),
            offers: !session.integrations.is_empty(),
        },
    )
}
