//! The connect pages' own calls: JSON, for the program in the browser. The server alone knows what has become of a session;
//! the program asks, is told, and shows it.
//!
//! Whoever calls is known by a cookie, as the pages without a program are, or by the same secret in a header, for frames
//! on other sites, which browsers give no cookies.

use super::view::{SessionDocument, form_document, session_document};
use super::watch;
use super::{Site, approval, headers, inputs_of};
use crate::browser::{Browser, Place};
use crate::failures::Problem;
use crate::flows::{Next, Otherwise, Wish};
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use latchkey_domain::{AuthorizationId, SessionId};
use latchkey_wire::contract::SessionView;
use latchkey_wire::convert::secret_to_pb;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub fn routes() -> Router<Site> {
    Router::new()
        .route("/connect/api/sessions", post(open))
        .route("/connect/api/sessions/{session}", get(session))
        .route("/connect/api/sessions/{session}/watch", get(watching))
        .route("/connect/api/sessions/{session}/integrations/{key}", get(form))
        .route("/connect/api/sessions/{session}/attempts", post(start))
        .route("/connect/api/sessions/{session}/attempts/{attempt}", delete(cancel))
        .route("/connect/api/sessions/{session}/attempts/{attempt}/confirm", post(confirm))
        .route("/connect/api/sessions/{session}/attempts/{attempt}/choose", post(choose))
        .route("/connect/api/sessions/{session}/approval", post(invite))
        .route("/connect/api/sessions/{session}/result", post(result))
        .route("/connect/api/window", post(window))
}

/// A page's secret, which it carries in a header of this name where it was given a cookie.
const FORM_TOKEN: &str = "x-form-token";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    token: String,
    /// The frame's own, where it has one: who may show it was decided by that.
    environment: Option<String>,
}

#[derive(Serialize)]
struct Opened {
    /// To be shown with every call from now on; kept in memory, and gone with the page.
    binding: String,
    session: SessionDocument,
}

/// A frame shows the token and is bound to the session, with a secret of its own. No cookie is looked at or set.
async fn open(State(site): State<Site>, body: Result<Json<Opening>, JsonRejection>) -> Response {
    answer(
        async {
            let opening = read(body)?;
            let browser = Browser::new();
            let view = site.flows.vault.bind_session(&opening.token.into(), browser.digest()).await?;
            if opening.environment.is_some_and(|environment| view.environment.as_str() != environment) {
                return Err(Problem::NoBrowser);
            }
            site.flows.news.tell(view.id);
            let session = session_document(&site, &view);
            Ok((StatusCode::CREATED, Json(Opened { binding: browser.to_text(), session })))
        }
        .await,
    )
}

async fn session(State(site): State<Site>, headers: HeaderMap, Path(session): Path<String>) -> Response {
    answer(
        async {
            let (_, view) = held(&site, &headers, &session).await?;
            Ok(Json(session_document(&site, &view)))
        }
        .await,
    )
}

#[derive(Deserialize)]
struct Known {
    /// What the caller knows already, from `revision`: the answer waits for something else.
    known: Option<String>,
}

async fn watching(
    State(site): State<Site>,
    headers: HeaderMap,
    Path(session): Path<String>,
    Query(known): Query<Known>,
) -> Response {
    let (browser, view) = match held(&site, &headers, &session).await {
        Ok(held) => held,
        Err(problem) => return refuse(&problem),
    };
    let streams = headers
        .get(header::ACCEPT)
        .is_some_and(|types| types.to_str().is_ok_and(|types| types.contains("text/event-stream")));
    if streams {
        return watch::stream(site, browser.digest(), view.id).into_response();
    }
    answer(watch::changed(&site, browser.digest(), view.id, known.known.as_deref()).await.map(Json))
}

async fn form(
    State(site): State<Site>,
    headers: HeaderMap,
    Path((session, key)): Path<(String, String)>,
) -> Response {
    answer(
        async {
            let (_, view) = held(&site, &headers, &session).await?;
            form_document(&site, &view, &key).map(Json)
        }
        .await,
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    integration: String,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    /// Whether the provider is visited in a window beside the page.
    #[serde(default)]
    window: bool,
}

#[derive(Serialize)]
#[serde(tag = "next", rename_all = "snake_case")]
enum Started {
    /// The browser goes to the provider.
    Provider { url: String, attempt: String },
    /// It is done.
    Connected { session: Box<SessionDocument> },
    /// Several accounts were found: the attempt says which.
    ChooseAccount { session: Box<SessionDocument> },
}

async fn start(
    State(site): State<Site>,
    headers: HeaderMap,
    Path(session): Path<String>,
    body: Result<Json<Start>, JsonRejection>,
) -> Response {
    answer(
        async {
            let (browser, view) = changing(&site, &headers, &session).await?;
            let Start { integration, fields, window } = read(body)?;
            let key = integration.parse().map_err(|_| Problem::NotOffered(integration))?;
            let typed =
                inputs_of(fields.into_iter().map(|(name, value)| (format!("in.{name}"), value)).collect());
            let wish = Wish {
                session: view.id,
                browser: browser.digest(),
                integration: key,
                typed,
                otherwise: Otherwise::default(),
            };
            match site.flows.start(wish).await? {
                next @ (Next::Connected | Next::Undecided) => {
                    let view = site.flows.vault.get_session(view.id, browser.digest()).await?;
                    let session = Box::new(session_document(&site, &view));
                    Ok(Json(match next {
                        Next::Undecided => Started::ChooseAccount { session },
                        _ => Started::Connected { session },
                    })
                    .into_response())
                }
                Next::Away { url, attempt } => {
                    let started = Started::Provider { url: url.to_string(), attempt: attempt.to_string() };
                    // A window gets its cookie by itself: this answer may be another site's frame's, which has none.
                    let cookie =
                        if window { None } else { site.cookies.set_attempt(&browser, attempt, Place::Tab) };
                    Ok((cookie.into_iter().collect::<HeaderMap>(), Json(started)).into_response())
                }
            }
        }
        .await,
    )
}

async fn cancel(
    State(site): State<Site>,
    headers: HeaderMap,
    Path((session, attempt)): Path<(String, String)>,
) -> Response {
    answer(
        async {
            let (_, view) = changing(&site, &headers, &session).await?;
            let attempt = attempt.parse().map_err(|_| Problem::StateUnknown)?;
            site.flows.cancel(&view, attempt).await?;
            Ok(StatusCode::NO_CONTENT)
        }
        .await,
    )
}

/// The other account is meant.
async fn confirm(
    State(site): State<Site>,
    headers: HeaderMap,
    Path((session, attempt)): Path<(String, String)>,
) -> Response {
    answer(
        async {
            let (browser, view) = changing(&site, &headers, &session).await?;
            let attempt = attempt.parse().map_err(|_| Problem::StateUnknown)?;
            site.flows.confirm(&view, attempt, browser.digest()).await?;
            let view = site.flows.vault.get_session(view.id, browser.digest()).await?;
            Ok(Json(session_document(&site, &view)))
        }
        .await,
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    /// The place in the attempt's list.
    choice: usize,
}

/// Which of several accounts is meant.
async fn choose(
    State(site): State<Site>,
    headers: HeaderMap,
    Path((session, attempt)): Path<(String, String)>,
    body: Result<Json<Chosen>, JsonRejection>,
) -> Response {
    answer(
        async {
            let (browser, view) = changing(&site, &headers, &session).await?;
            let Chosen { choice } = read(body)?;
            let attempt = attempt.parse().map_err(|_| Problem::StateUnknown)?;
            site.flows.choose(&view, attempt, browser.digest(), Some(choice)).await?;
            let view = site.flows.vault.get_session(view.id, browser.digest()).await?;
            Ok(Json(session_document(&site, &view)))
        }
        .await,
    )
}

#[derive(Serialize)]
struct ApprovalDocument {
    /// Whoever opens it goes on with the session, for a week.
    link: String,
}

/// A link for the admin who has to allow it.
async fn invite(State(site): State<Site>, headers: HeaderMap, Path(session): Path<String>) -> Response {
    answer(
        async {
            let (browser, view) = changing(&site, &headers, &session).await?;
            let link = approval::link(&site, &browser, &view).await?;
            Ok(Json(ApprovalDocument { link }))
        }
        .await,
    )
}

#[derive(Serialize)]
struct ResultDocument {
    result_token: String,
}

/// What the page takes back to the product, whose backend exchanges it.
async fn result(State(site): State<Site>, headers: HeaderMap, Path(session): Path<String>) -> Response {
    answer(
        async {
            let (browser, view) = changing(&site, &headers, &session).await?;
            let token = site.flows.vault.issue_result(view.id, browser.digest()).await?;
            Ok(Json(ResultDocument { result_token: secret_to_pb(&token) }))
        }
        .await,
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    binding: String,
    session: String,
    attempt: AuthorizationId,
}

/// A window that a frame opened is given the cookie with which the provider's answer will be believed. The frame tells it
/// the secret; nobody else can, since it listens to its own origin alone.
async fn window(
    State(site): State<Site>,
    headers: HeaderMap,
    body: Result<Json<Window>, JsonRejection>,
) -> Response {
    answer(
        async {
            if !headers::from_here(&headers) {
                return Err(Problem::FormStale);
            }
            let Window { binding, session, attempt } = read(body)?;
            let browser = Browser::parse(&binding).ok_or(Problem::NoBrowser)?;
            let session: SessionId = session.parse().map_err(|_| Problem::NoBrowser)?;
            let view = site.flows.vault.get_session(session, browser.digest()).await?;
            if view.latest_attempt.is_none_or(|latest| latest.id != attempt) {
                return Err(Problem::StateUnknown);
            }
            let cookie = site.cookies.set_attempt(&browser, attempt, Place::Window);
            Ok((StatusCode::NO_CONTENT, cookie.into_iter().collect::<HeaderMap>()))
        }
        .await,
    )
}

/// The browser that holds a session, and the session.
pub(super) async fn held(
    site: &Site,
    headers: &HeaderMap,
    session: &str,
) -> Result<(Browser, SessionView), Problem> {
    let id: SessionId = session.parse().map_err(|_| Problem::NoBrowser)?;
    let browser = match bearer(headers) {
        Some(browser) => browser?,
        None => site.cookies.read_for(headers, id).ok_or(Problem::NoBrowser)?,
    };
    let view = site.flows.vault.get_session(id, browser.digest()).await?;
    Ok((browser, view))
}

/// The same, for a call that changes something: a cookie alone is not enough, for other sites could have it sent.
pub(super) async fn changing(
    site: &Site,
    headers: &HeaderMap,
    session: &str,
) -> Result<(Browser, SessionView), Problem> {
    let held = held(site, headers, session).await?;
    let ours = || {
        let token = headers.get(FORM_TOKEN).and_then(|token| token.to_str().ok());
        headers::from_here(headers) && token.is_some_and(|token| held.0.made(token))
    };
    if bearer(headers).is_some() || ours() { Ok(held) } else { Err(Problem::FormStale) }
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<Result<Browser, Problem>> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    Some(value.strip_prefix("Bearer ").and_then(Browser::parse).ok_or(Problem::NoBrowser))
}

pub(super) fn read<T>(body: Result<Json<T>, JsonRejection>) -> Result<T, Problem> {
    match body {
        Ok(Json(body)) => Ok(body),
        Err(rejection) => Err(Problem::Malformed(rejection.body_text())),
    }
}

pub(super) fn answer(outcome: Result<impl IntoResponse, Problem>) -> Response {
    match outcome {
        Ok(answer) => answer.into_response(),
        Err(problem) => refuse(&problem),
    }
}

/// A problem document (RFC 9457).
#[derive(Serialize)]
struct ProblemDocument {
    title: &'static str,
    status: u16,
    /// For programs: one of the protocol's, or of an attempt's.
    reason: &'static str,
    detail: String,
    /// Whose turn it is.
    owner: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

fn refuse(problem: &Problem) -> Response {
    let status = super::status(problem);
    let document = ProblemDocument {
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        reason: problem.word(),
        detail: problem.to_string(),
        owner: problem.owner().as_str(),
        field: match problem {
            Problem::Input { field, .. } => Some(field.clone()),
            _ => None,
        },
    };
    (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(document)).into_response()
}
